"""From samples of exporters to the energy of nodes by hour: idle, dynamic, GPU, and applications' shares.

The shares of applications are taken out of what the node measured, never added to it: the rows of a node
sum to the node.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from collectors.pulls.counters import (
    RAPL_RANGES_J,
    Point,
    Read,
    Rise,
    at_once,
    counter_rises,
    gauge_rises,
    observed,
    restarted,
    turned,
)
from collectors.pulls.found import BOUNDS, KWH_J, BadOption, Fault, Found, Measure, Slice, cut, hours
from collectors.pulls.prometheus import Series
from collectors.records import EnergyRow, Notice, Tier

Ask = Callable[[str], list[Series]]
Classify = Callable[[Mapping[str, str]], str | None]

MOST_NODE_W = 20_000.0
"""Mean power above which a sample of a node is impossible (own rule): eight 1 kW GPUs take half of it."""


@dataclass(frozen=True, slots=True)
class Choices:
    """How to read. `classify`: labels -> application code; `assets`: node -> its name in the inventory.

    `asset`: that name when there is one node only; `longest_gap_s`: beyond, nothing is known; `matchers`:
    matchers added to each selector, without braces.
    """

    step_s: float
    longest_gap_s: float
    classify: Classify = lambda labels: None
    assets: Mapping[str, str] = field(default_factory=dict)
    asset: str | None = None
    matchers: str = ""

    def latest(self, names: str, matchers: str = "") -> str:
        """The last value of these metrics at each step, if it is not older than the step (a minute at least).

        Left to itself, Prometheus goes on with the last value for five minutes after a target is gone.
        """
        return f"last_over_time({self.selector(names, matchers)}[{self.window_s}s])"

    def averaged(self, name: str, matchers: str = "") -> str:
        """The mean of a gauge of power since the step before (M5). Prometheus leaves the metric's name out."""
        return f"avg_over_time({self.selector(name, matchers)}[{self.window_s}s])"

    @property
    def window_s(self) -> int:
        """How far back a sample counts at each step."""
        return max(60, round(self.step_s))

    def selector(self, names: str, matchers: str = "") -> str:
        """A selector of the metrics whose name matches `names`, with the matchers asked for."""
        parts = (f'__name__=~"{names}"', matchers, self.matchers)
        return "{" + ",".join(part for part in parts if part) + "}"


@dataclass(slots=True)
class Node:
    """What was read of a node. `pools`: component -> rises of what was measured; `shares`: (component,
    application) -> rises of that application's part of it; `bounds`: multipliers of the interval."""

    name: str
    channel: str
    tier: Tier
    pools: dict[str, list[Rise]] = field(default_factory=lambda: defaultdict(list))
    shares: dict[tuple[str, str], list[Rise]] = field(default_factory=lambda: defaultdict(list))
    notices: dict[str, Notice] = field(default_factory=dict)
    bounds: tuple[float, float] | None = None
    restarts: int = 0
    turns: int = 0

    def add(self, component: str, read: Read) -> None:
        """Energy the node measured."""
        self.pools[component].extend(read.rises)
        self.restarts += read.restarts
        self.turns += read.turns


def one_each(found: Iterable[Series]) -> tuple[list[Series], set[str]]:
    """One series a counter, and the nodes where several told the same counter at once.

    Two jobs, or two replicas of Prometheus, that read one exporter give each of its counters twice.
    """
    told: dict[tuple[str, tuple[str, ...]], list[Series]] = defaultdict(list)
    for series in found:
        told[_counter(series.labels)].append(series)
    twice = {node for (node, _), several in told.items() if at_once(one.points for one in several)}
    return [merged(several) for several in told.values()], twice


def merged(several: Iterable[Series]) -> Series:
    """The longest of the series of one counter; the others only tell the instants where it says nothing.

    They follow each other when a label of the target changes: the exporter's own pod, a GPU's user.
    """
    ranked = sorted(several, key=lambda series: (-len(series.points), sorted(series.labels.items())))
    points = {point.t: point for series in reversed(ranked) for point in series.points}
    return Series(ranked[0].labels, [points[t] for t in sorted(points)])


def read_points(
    series: Series, per_unit: float, kind: str, choices: Choices, file: str, faults: list[Fault]
) -> Read:
    """Rises of a series in J. `per_unit`: J ("counter", "rapl") or W ("gauge") of one unit. Faults: bad samples."""
    points = [Point(t, value * per_unit) for t, value in series.points]
    if kind == "gauge":
        read = gauge_rises(points, choices.longest_gap_s, MOST_NODE_W, choices.window_s)
    else:
        ranges = RAPL_RANGES_J if kind == "rapl" else ()
        read = counter_rises(points, choices.longest_gap_s, MOST_NODE_W, ranges)
    for reason in dict.fromkeys(bad[2] for bad in read.set_aside):
        bad = [item for item in read.set_aside if item[2] == reason]
        faults.append(_impossible(file, series, reason, len(bad), bad[0]))
    return read


def _impossible(file: str, series: Series, reason: str, count: int, first: tuple[float, float, str]) -> Fault:
    name = series.labels.get("__name__", "")
    return Fault(
        file, None, name, f"{first[1]:.6g} @ {first[0]:.0f}", reason,
        f"{count} échantillon(s) impossible(s) écarté(s) : négatif, ou plus de {MOST_NODE_W / 1000:g} kW en moyenne.",
        f"{count} impossible sample(s) set aside: negative, or above {MOST_NODE_W / 1000:g} kW on average.",
    )  # fmt: skip


def assemble(nodes: Iterable[Node], source: str, choices: Choices, faults: list[Fault]) -> Found:
    """A measure for each node. Raises BadOption when one name is given for several nodes."""
    found = [node for node in nodes if any(node.pools.values())]
    if choices.asset is not None and len(found) > 1:
        names = ", ".join(cut(node.name) for node in found[:5])
        raise BadOption(
            f"{len(found)} nœuds trouvés ({names}) pour un seul --asset : donnez --map NŒUD=NOM pour chacun, "
            "ou restreignez avec --selector.",
            f"{len(found)} nodes found ({names}) for a single --asset: give --map NODE=NAME for each, or narrow "
            "with --selector.",
        )
    measures = [_measure(node, source, choices) for node in found]
    return Found(tuple(measures), tuple(faults))


def _measure(node: Node, source: str, choices: Choices) -> Measure:
    notices = list(node.notices.values())
    if node.restarts:
        notices.append(restarted())
    if node.turns:
        notices.append(turned())
    return Measure(
        source=source,
        subject="host",
        identity=(node.name,),
        name=node.name,
        slices=tuple(_hourly(node)),
        asset=choices.assets.get(node.name, choices.asset),
        context={"host_id": hashlib.sha256(node.name.encode()).hexdigest()[:12]},
        notices=tuple(notices),
    )


def _hourly(node: Node) -> list[Slice]:
    """The node's energy by hour, split between components and applications."""
    pools = {component: _by_hour(rises) for component, rises in node.pools.items() if rises}
    shares = {key: _by_hour(rises) for key, rises in node.shares.items() if rises}
    seen: dict[float, list[tuple[float, float]]] = defaultdict(list)
    for start, end in observed(rise for rises in node.pools.values() for rise in rises):
        for begin, stop, _ in hours(start, end):
            seen[begin // 3600].append((begin, stop))
    made = []
    for hour in sorted(seen):
        spans = seen[hour]
        rows = [
            row
            for component, amounts in sorted(pools.items())
            if hour in amounts
            for row in _rows(node, component, amounts[hour], _drawn(shares, component, hour))
        ]
        made.append(Slice(spans[0][0], spans[-1][1], sum(b - a for a, b in spans), tuple(rows)))
    return made


def _by_hour(rises: Iterable[Rise]) -> dict[float, tuple[float, float]]:
    """J by hour number, and at most."""
    sums: dict[float, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for rise in rises:
        for begin, _stop, part in hours(rise.start, rise.end):
            sums[begin // 3600][0] += rise.joules * part
            sums[begin // 3600][1] += rise.most * part
    return {hour: (joules, most) for hour, (joules, most) in sums.items()}


def _drawn(
    shares: Mapping[tuple[str, str], Mapping[float, tuple[float, float]]], component: str, hour: float
) -> dict[str, float]:
    return {
        code: amounts[hour][0]
        for (pool, code), amounts in sorted(shares.items())
        if pool == component and hour in amounts and amounts[hour][0] > 0
    }


def _rows(
    node: Node, component: str, amount: tuple[float, float], drawn: dict[str, float]
) -> list[EnergyRow]:
    """Rows of a component: applications' parts, then what is left. Parts above the whole are scaled to it."""
    joules, most = amount
    asked = sum(drawn.values())
    scale = joules / asked if asked > joules else 1.0
    rows = [_row(node, f"app:{code}", part * scale, part * scale) for code, part in drawn.items()]
    left = 0.0 if scale < 1.0 else max(0.0, joules - asked)
    if left > 0 or most > joules or not rows:
        rows.append(_row(node, component, left, left + most - joules))
    return rows


def _row(node: Node, component: str, joules: float, most: float) -> EnergyRow:
    low, high = node.bounds or BOUNDS[node.tier]
    kwh = joules / KWH_J
    return EnergyRow(node.channel, node.tier, component, kwh, kwh * low, max(kwh, most / KWH_J) * high)


def told_twice() -> Notice:
    """Several series told one counter."""
    return Notice(
        "releve_en_double",
        "Plusieurs séries disent le même compteur (deux jobs ou deux Prometheus) : une seule est comptée.",
        "Several series tell the same counter (two jobs, or two Prometheus): only one is counted.",
    )


def node_of(labels: Mapping[str, str]) -> str:
    """The node a series speaks of, as the exporter names it."""
    return next(
        (labels[key] for key in ("node_name", "node", "kubernetes_node", "instance") if labels.get(key)), ""
    )


_LABELS = {
    "namespace": ("exported_namespace", "pod_namespace", "container_namespace", "kubernetes_pod_namespace",
                  "namespace"),
    "pod": ("exported_pod", "pod_name", "kubernetes_pod_name", "pod"),
    "container": ("exported_container", "container_name", "container_names", "container"),
    "process": ("exe",),
    "vm": ("vm_name", "vmname"),
    "service": ("container_label_com_docker_compose_service",),
}  # fmt: skip


_OWN = ("__name__", "zone", "path", "index", "package", "mode", "state", "chip", "sensor", "GPU_I_ID")
_WHOSE = ("container_id", "pod_id", "vm_id", "command", "pid")
TARGET = (
    "job",
    "prometheus",
    "prometheus_replica",
    "replica",
    "service",
    "endpoint",
    "pod",
    "namespace",
    "container",
)
"""Labels that Prometheus puts on what it reads; the exporter's own of these names become "exported_…"."""


def _counter(labels: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The node, and what tells its counters apart: what the exporter says, not what Prometheus adds."""
    own = tuple(labels.get(name, "") for name in _OWN)
    if not own[0].startswith(("kepler_node", "node_", "scaph_host")):
        own += tuple(labels.get(name, "") for name in _WHOSE)
        own += tuple(f"{key}={value}" for key, value in workload(labels).items())
    return node_of(labels), own


def workload(labels: Mapping[str, str]) -> dict[str, str]:
    """Labels of a workload under the names the rules use; an executable without its path."""
    known = {
        key: next((labels[name] for name in names if labels.get(name)), "") for key, names in _LABELS.items()
    }
    known["process"] = known["process"].rsplit("/", 1)[-1]
    return {key: value for key, value in known.items() if value}
