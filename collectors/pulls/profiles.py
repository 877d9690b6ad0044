"""What each exporter calls energy, and how to read it without counting twice.

kepler      from 0.10: kepler_node_cpu_{active,idle}_joules_total by zone, pods, containers, machines;
            before: kepler_{node,container}_{package,dram,other,gpu}_joules_total by mode.
scaphandre  scaph_host_energy_microjoules, else scaph_host_power_microwatts; processes by power.
dcgm        DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION (mJ), else DCGM_FI_DEV_POWER_USAGE (W).
node        node_exporter: ACPI power meter, else RAPL, else processor time and M5.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from collectors.power_model import PowerModel
from collectors.pulls.counters import Point, gauge_rises
from collectors.pulls.found import Fault, Found
from collectors.pulls.nodes import (
    MOST_NODE_W,
    TARGET,
    Ask,
    Choices,
    Node,
    assemble,
    merged,
    node_of,
    one_each,
    read_points,
    told_twice,
    workload,
)
from collectors.pulls.prometheus import Series
from collectors.records import Notice, Tier

PROFILES = ("kepler", "scaphandre", "dcgm", "node")

_OLD_KEPLER = re.compile(
    r"kepler_(node|container)_(package|dram|gpu|other|other_host_components)_joules_total"
)
_WHOLE = ("package", "dram")


@dataclass(frozen=True, slots=True)
class Modelled:
    """For node_exporter without a sensor: the power model of its hosts (M5)."""

    model: PowerModel


def read_profile(profile: str, ask: Ask, choices: Choices, modelled: Modelled | None = None) -> Found:
    """Read a profile through `ask` (a query -> its series). Raises KeyError for an unknown profile."""
    if profile == "node":
        return read_node(ask, choices, modelled)
    return {"kepler": read_kepler, "scaphandre": read_scaphandre, "dcgm": read_dcgm}[profile](ask, choices)


def read_kepler(ask: Ask, choices: Choices) -> Found:
    """Kepler, from 0.10, else its older names."""
    faults: list[Fault] = []
    new = ask(
        choices.latest("kepler_(node_cpu_active|node_cpu_idle|pod_cpu|container_cpu|vm_cpu)_joules_total")
    )
    if new:
        nodes = _new_kepler(new, choices, faults)
    else:
        old = ask(choices.latest(_OLD_KEPLER.pattern))
        tiers = _old_kepler_tiers(ask(choices.latest("kepler_node_info"))) if old else {}
        nodes = _old_kepler(old, tiers, choices, faults)
    return assemble(nodes.values(), "kepler", choices, faults)


def _new_kepler(found: list[Series], choices: Choices, faults: list[Fault]) -> dict[str, Node]:
    """Zones "core" and "uncore" are inside "package"; "psys" holds everything: it replaces the others."""
    nodes: dict[str, Node] = {}
    found, twice = one_each(found)
    has_psys = {node_of(s.labels) for s in found if s.labels.get("zone") == "psys"}
    for series in found:
        labels, kind = series.labels, series.labels.get("__name__", "")
        name, zone = node_of(labels), re.sub(r"[-_]?\d+$", "", labels.get("zone", "package"))
        wanted = zone == "psys" if name in has_psys else zone in _WHOLE
        if (
            not wanted
            or "mmio" in labels.get("path", "")
            or (kind.startswith("kepler_container") and labels.get("pod_id"))
        ):
            continue
        node = nodes.setdefault(name, Node(name, "kepler", "sensor"))
        read = read_points(series, 1.0, "counter", choices, "prometheus", faults)
        if kind.startswith("kepler_node"):
            node.add("idle" if "_idle_" in kind else "dynamic", read)
        elif labels.get("state", "running") == "running":
            code = choices.classify(workload(labels))
            if code:
                node.shares["dynamic", code].extend(read.rises)
    return _told(nodes, twice)


def _old_kepler(
    found: list[Series], tiers: Mapping[str, Tier], choices: Choices, faults: list[Fault]
) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    found, twice = one_each(found)
    for series in found:
        match = _OLD_KEPLER.fullmatch(series.labels.get("__name__", ""))
        if match is None:
            continue
        name, idle = node_of(series.labels), series.labels.get("mode") == "idle"
        node = nodes.setdefault(name, Node(name, "kepler", tiers.get(name, "model")))
        if node.tier == "model":
            node.notices["kepler_estime"] = _kepler_model()
        gpu = match[2] == "gpu"
        if match[1] == "node":
            read = read_points(series, 1.0, "counter", choices, "prometheus", faults)
            node.add("gpu" if gpu else "idle" if idle else "dynamic", read)
        elif not idle and (code := choices.classify(workload(series.labels))):
            read = read_points(series, 1.0, "counter", choices, "prometheus", faults)
            node.shares["gpu" if gpu else "dynamic", code].extend(read.rises)
    return _told(nodes, twice)


def _old_kepler_tiers(infos: list[Series]) -> dict[str, Tier]:
    """What Kepler measured with, by node: a sensor only when it says so."""
    tiers: dict[str, Tier] = {}
    for series in infos:
        said = series.labels.get("components_power_source", "")
        sensed = said.startswith("rapl") or said in ("apm-xgene-sysfs", "redfish", "hmc")
        tiers[node_of(series.labels)] = "sensor" if sensed else "model"
    return tiers


def _kepler_model() -> Notice:
    return Notice(
        "kepler_estime",
        "Kepler estime l’énergie par un modèle (machine virtuelle ou sans RAPL) : niveau « model ».",
        "Kepler estimates energy with a model (virtual machine, or no RAPL): tier “model”.",
    )


def read_scaphandre(ask: Ask, choices: Choices) -> Found:
    """Scaphandre. Command lines and process numbers are left on the server by the query itself."""
    faults: list[Fault] = []
    nodes: dict[str, Node] = {}
    unit, kind = 1e-6, "counter"
    hosts = ask(choices.latest("scaph_host_energy_microjoules"))
    if not hosts:
        hosts, kind = _gauges(ask, choices, "scaph_host_power_microwatts"), "gauge"
    hosts, twice = one_each(hosts)
    for series in hosts:
        name = node_of(series.labels)
        node = nodes.setdefault(name, Node(name, "scaphandre", "sensor"))
        node.add("total", read_points(series, unit, kind, choices, "prometheus", faults))
    kept = ("instance", "exe", "vmname", "container_names", "kubernetes_pod_name", "kubernetes_pod_namespace",
            "container_label_com_docker_compose_service")  # fmt: skip
    power = choices.averaged("scaph_process_power_consumption_microwatts")
    # A process told by two jobs counts once.
    once = f"max without ({', '.join(TARGET)}) ({power})"
    for series in ask(f"sum by ({', '.join(kept)}) ({once})"):
        owner, code = nodes.get(node_of(series.labels)), choices.classify(workload(series.labels))
        if owner is not None and code:
            read = read_points(series, unit, "gauge", choices, "prometheus", faults)
            owner.shares["total", code].extend(read.rises)
            owner.notices["repos_compris"] = _idle_included()
    return assemble(_told(nodes, twice).values(), "scaphandre", choices, faults)


def _idle_included() -> Notice:
    return Notice(
        "repos_compris",
        "Scaphandre partage toute la puissance du nœud entre ses processus : la part du repos est comprise.",
        "Scaphandre shares the whole power of the node between its processes: the idle part is included.",
    )


def read_dcgm(ask: Ask, choices: Choices) -> Found:
    """NVIDIA's exporter: the GPUs of each node. A physical GPU counts once, whatever its MIG slices."""
    faults: list[Fault] = []
    unit, kind = 1e-3, "counter"
    found = ask(choices.latest("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"))
    if not found:
        found, unit, kind = _gauges(ask, choices, "DCGM_FI_DEV_POWER_USAGE"), 1.0, "gauge"
    cards: dict[tuple[str, str], list[Series]] = defaultdict(list)
    for series in found:
        card = series.labels.get("UUID") or series.labels.get("gpu", "")
        cards[series.labels.get("Hostname") or node_of(series.labels), card].append(series)
    nodes: dict[str, Node] = {}
    for (name, _card), told in sorted(cards.items()):
        node = nodes.setdefault(name, Node(name, "dcgm", "sensor"))
        # The same counter under the labels of one pod after another: one series.
        node.add("gpu", read_points(merged(told), unit, kind, choices, "prometheus", faults))
        several, twice = one_each(told)
        if twice:
            node.notices["releve_en_double"] = told_twice()
        sliced = any(series.labels.get("GPU_I_ID") for series in several)
        for series in several:
            code = choices.classify(workload(series.labels))
            if code and sliced:
                node.notices["mig_non_reparti"] = _mig()
            elif code:
                read = read_points(series, unit, kind, choices, "prometheus", [])
                node.shares["gpu", code].extend(read.rises)
    return assemble(nodes.values(), "dcgm", choices, faults)


def _mig() -> Notice:
    return Notice(
        "mig_non_reparti",
        "GPU découpé (MIG) : son énergie est celle de la carte entière, non répartie entre applications.",
        "Sliced GPU (MIG): its energy is the whole card’s, not shared between applications.",
    )


def read_node(ask: Ask, choices: Choices, modelled: Modelled | None = None) -> Found:
    """node_exporter, node by node: ACPI power meter, else RAPL, else M5 when a model is given."""
    faults: list[Fault] = []
    nodes: dict[str, Node] = {}
    # One metric at a time: an average loses its name, and two could then no longer be told apart.
    meters = [
        series
        for name in ("average_watt", "watt", "input_watt")
        for series in _gauges(ask, choices, f"node_hwmon_power_{name}", _METER)
    ]
    meters, twice = one_each(meters)
    for series in _one_each(meters):
        name = node_of(series.labels)
        node = nodes.setdefault(name, Node(name, "node-hwmon", "sensor"))
        node.add("total", read_points(series, 1.0, "gauge", choices, "prometheus", faults))
    rapl = ask(choices.latest("node_rapl_(package|dram|psys)_joules_total"))
    rapl, again = one_each(rapl)
    psys = {node_of(s.labels) for s in rapl if "psys" in s.labels.get("__name__", "")}
    for series in rapl:
        name, is_psys = node_of(series.labels), "psys" in series.labels.get("__name__", "")
        if "mmio" in series.labels.get("path", "") or is_psys != (name in psys):
            continue
        if nodes.setdefault(name, Node(name, "node-rapl", "sensor")).channel == "node-rapl":
            nodes[name].notices["perimetre_rapl"] = _rapl_boundary()
            # node_exporter gives the register as it is: it goes through its range every twenty minutes at 200 W.
            nodes[name].add("total", read_points(series, 1.0, "rapl", choices, "prometheus", faults))
    if modelled is not None:
        _from_utilisation(ask, choices, modelled.model, nodes)
    return assemble(_told(nodes, twice | again).values(), "node-exporter", choices, faults)


_METER = 'chip=~"(?i).*(acpi000d|power_meter).*"'


def _gauges(ask: Ask, choices: Choices, name: str, matchers: str = "") -> list[Series]:
    """The averages of a gauge of power, under its name again."""
    found = ask(choices.averaged(name, matchers))
    return [Series({**series.labels, "__name__": name}, series.points) for series in found]


def _one_each(meters: list[Series]) -> list[Series]:
    """A power meter a chip, those that only ever say 0 left out (sensor not wired)."""
    chips: dict[tuple[str, str, str], Series] = {}
    for series in meters:
        key = (node_of(series.labels), series.labels.get("chip", ""), series.labels.get("sensor", ""))
        if any(point.value > 0 for point in series.points):
            chips.setdefault(key, series)
    return list(chips.values())


def _from_utilisation(ask: Ask, choices: Choices, model: PowerModel, nodes: dict[str, Node]) -> None:
    """M5 from the processors' idle time, for the nodes no sensor tells of; averaged as power."""
    window = max(120, round(4 * choices.step_s))
    idle = choices.selector("node_cpu_seconds_total", 'mode="idle"')
    for series in ask(f"1 - avg by (instance) (rate({idle}[{window}s]))"):
        name = node_of(series.labels)
        if name in nodes or not series.points:
            continue
        node = nodes[name] = Node(name, model.rule, "model")
        levels = [min(1.0, max(0.0, level)) for _, level in series.points]
        node.bounds = model.bounds(sum(levels) / len(levels))
        rest = model.idle.value
        for component, watts in (
            ("idle", [rest for _ in levels]),
            ("dynamic", [model.power(u).value - rest for u in levels]),
        ):
            points = [Point(point.t, w) for point, w in zip(series.points, watts, strict=True)]
            node.add(component, gauge_rises(points, choices.longest_gap_s, MOST_NODE_W))


def _rapl_boundary() -> Notice:
    return Notice(
        "perimetre_rapl",
        "RAPL : processeurs et mémoire seulement ; carte mère, disques, ventilateurs et alimentation n’y sont pas.",
        "RAPL: processors and memory only; board, disks, fans and power supply are not in it.",
    )


def _told(nodes: dict[str, Node], twice: set[str]) -> dict[str, Node]:
    """Nodes some counter of which was told twice say so."""
    for name in twice & nodes.keys():
        nodes[name].notices["releve_en_double"] = told_twice()
    return nodes
