"""A run's share of a graphics processor (M6), by the first of these rules that what is known allows:

    mig_slices           slices of the run's MIG devices / slices of the GPU
    sole_tenant          every compute process of the GPU is the run's: all of it
    process_accounting   SM utilisation of the run / of everybody; power at rest by presence
    absent               processes are known and none is the run's: nothing (a reservation: part at rest)
    declared_share       a part given by the user or the site file, 0 to 1
    lock_holder          nothing is known: the whole GPU for one run of the host, elected by a lock
    not_holder           nothing is known and another run holds the lock: nothing, and it is said

A GPU at rest that a run occupies is its own (M6: reservation counts, own rule).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from collectors.records import Notice

RULE_BOUNDS: Mapping[str, tuple[float, float]] = {
    "whole_host": (0.9, 1.1),
    "sole_tenant": (0.9, 1.1),
    "absent": (0.9, 1.1),
    "process_accounting": (0.65, 1.4),
    "mig_slices": (0.6, 1.5),
    "declared_share": (0.5, 1.5),
    "lock_holder": (0.25, 1.1),
    "not_holder": (1.0, 1.0),
}
"""90 % interval of a share by rule, the counter's ±10 % included (own rule: SM utilisation, slices and
declarations are stand-ins for power, and their errors on shared GPUs are not published)."""
SENSOR_HIGH = 1.1
"""No share exceeds the whole GPU by its counter's bound (M7, tier "sensor")."""


class GpuReading(NamedTuple):
    """Cumulative kWh since the source was opened.

    `mine_kwh`: the run's share, with its 90 % bounds `low_kwh`, `high_kwh`; `whole_kwh`: the GPUs looked
    at, whole; `rule`: the rule that shared the most energy (see the module).
    """

    mine_kwh: float
    whole_kwh: float
    low_kwh: float
    high_kwh: float
    rule: str


class GpuSource(Protocol):
    """Energy of graphics processors, shared."""

    reason: Notice | None

    @property
    def name(self) -> str:
        """Name of the channel."""

    @property
    def rule(self) -> str | None:
        """The rule that shared the most energy so far, None before any."""

    def gpu_reading(self, pids: Collection[int] | None) -> GpuReading | None:
        """Share of the processes `pids`, all of it for None (a host); None while nothing is measured."""

    def host_kwh(self) -> float | None:
        """kWh of every GPU of the host since opened, None while nothing is measured."""


class WholeGpu(Protocol):
    """A cumulative counter of all the GPUs of a host (CodeCarbon)."""

    name: str

    def gpu_kwh(self) -> float | None:
        """kWh since it started, None where there is none."""


class Lock(Protocol):
    """A lock held by one process of the host (see `collectors.host_lock`)."""

    def acquire(self) -> bool:
        """Whether it is ours."""


@dataclass(frozen=True, slots=True)
class Tenancy:
    """Who used one GPU during an interval.

    `ours`: processes of the run; `present`: compute processes on the GPU, None when the driver does not
    tell; `activity`: SM utilisation summed by process, None when not counted; `slices`: the run's part of
    the GPU by MIG slices, None outside MIG.
    """

    ours: frozenset[int] = frozenset()
    present: frozenset[int] | None = None
    activity: Mapping[int, float] | None = None
    slices: float | None = None


class Share(NamedTuple):
    """A run's part of a GPU's energy over an interval, in kWh, and the rule that gave it."""

    kwh: float
    low_kwh: float
    high_kwh: float
    rule: str


def share_of(kwh: float, idle_kwh: float, who: Tenancy, declared: float | None, lock: Lock) -> Share:
    """The run's part of `kwh`, of which `idle_kwh` at rest, by the first rule that applies (M6).

    `declared`: part given by the user, 0 to 1; `lock` is asked for only when nothing else is known.
    """
    if who.slices is not None:
        return _bounded(kwh, kwh * who.slices, "mig_slices")
    if who.present is not None:
        tenants = who.present | set(who.activity or ())
        mine = tenants & who.ours
        if not mine:
            return _bounded(kwh, min(kwh, idle_kwh) * (declared or 0.0), "absent")
        if mine == tenants:
            return _bounded(kwh, kwh, "sole_tenant")
        if who.activity is not None:
            part = _by_activity(kwh, idle_kwh, len(mine) / len(tenants), who.activity, mine)
            return _bounded(kwh, part, "process_accounting")
    if declared is not None:
        return _bounded(kwh, kwh * declared, "declared_share")
    if lock.acquire():
        return _bounded(kwh, kwh, "lock_holder")
    return Share(0.0, 0.0, 0.0, "not_holder")


def _by_activity(
    kwh: float, idle_kwh: float, presence: float, activity: Mapping[int, float], mine: Collection[int]
) -> float:
    """Power at rest by presence, the rest by utilisation (by presence too when nobody was active)."""
    everybody = sum(activity.values())
    active = sum(activity.get(pid, 0.0) for pid in mine) / everybody if everybody > 0 else presence
    idle = min(kwh, idle_kwh)
    return idle * presence + (kwh - idle) * active


def _bounded(whole_kwh: float, kwh: float, rule: str) -> Share:
    low, high = RULE_BOUNDS[rule]
    return Share(kwh, kwh * low, max(kwh, min(kwh * high, whole_kwh * SENSOR_HIGH)), rule)


class SharedGpu:
    """A counter of all the GPUs together (CodeCarbon: AMD, Apple), shared by declaration or by the lock."""

    def __init__(self, counter: WholeGpu, share: float | None, lock: Lock) -> None:
        """`share`: part of the run, 0 to 1, when declared."""
        self.name = counter.name
        self.reason: Notice | None = None
        self._counter = counter
        self._share = share
        self._lock = lock
        self._origin: float | None = None
        self._seen = 0.0
        self._tally = Tally()

    @property
    def rule(self) -> str | None:
        """See `GpuSource`."""
        return self._tally.rule

    def gpu_reading(self, pids: Collection[int] | None) -> GpuReading | None:
        """See `GpuSource`; whose process is whose is not known here."""
        total = self.host_kwh()
        if total is None:
            return None
        step, self._seen = max(0.0, total - self._seen), max(self._seen, total)
        if pids is None:
            self._tally.add(step, _bounded(step, step, "whole_host"))
        else:
            self._tally.add(step, share_of(step, 0.0, Tenancy(), self._share, self._lock))
        return self._tally.reading()

    def host_kwh(self) -> float | None:
        """See `GpuSource`; the first figure read is the origin."""
        total = self._counter.gpu_kwh()
        if total is None:
            return None
        if self._origin is None:
            self._origin = total
        return total - self._origin


class Tally:
    """Adds up shares, interval by interval; the bounds of one source come from one cause (M7)."""

    def __init__(self) -> None:
        self._sums = [0.0, 0.0, 0.0, 0.0]
        self._by_rule: dict[str, float] = {}

    def add(self, whole_kwh: float, share: Share) -> None:
        """Add the share of one GPU over one interval, and the whole it is a part of."""
        for i, kwh in enumerate((share.kwh, whole_kwh, share.low_kwh, share.high_kwh)):
            self._sums[i] += kwh
        self._by_rule[share.rule] = self._by_rule.get(share.rule, 0.0) + whole_kwh

    @property
    def rule(self) -> str | None:
        """The rule that shared the most energy so far, None before any."""
        return max(self._by_rule, key=lambda name: self._by_rule[name], default=None)

    def reading(self) -> GpuReading:
        """The sums so far."""
        mine, whole, low, high = self._sums
        return GpuReading(mine, whole, low, high, self.rule or "absent")


def whole_host(kwh: float) -> Share:
    """All of a GPU's energy over an interval, for a host."""
    return _bounded(kwh, kwh, "whole_host")


def rule_notice(rule: str) -> Notice | None:
    """What a reader must know of a share made by `rule`; None when there is nothing to add."""
    texts = _NOTICES.get(rule)
    return Notice(f"gpu_{rule}", *texts) if texts else None


LockMaker = Callable[[str], Lock]
"""From the name of a GPU to its lock."""

_NOTICES: Mapping[str, tuple[str, str]] = {
    "process_accounting": (
        "GPU partagé : part de l'exécution selon l'utilisation des unités de calcul par processus (NVML), "
        "puissance au repos selon la présence.",
        "Shared GPU: the run's part follows the use of compute units by process (NVML), power at rest "
        "follows presence.",
    ),
    "mig_slices": (
        "GPU partagé en tranches MIG : part de l'exécution selon ses tranches.",
        "GPU split into MIG slices: the run's part follows its slices.",
    ),
    "declared_share": (
        "GPU partagé : part de l'exécution déclarée, non mesurée.",
        "Shared GPU: the run's part is declared, not measured.",
    ),
    "lock_holder": (
        "GPU : le pilote ne dit pas qui s'en sert ; il est compté en entier à cette exécution, et à elle "
        "seule. Donnez la part avec gpu_share=… ou dans le fichier de site.",
        "GPU: the driver does not say who uses it; it is counted whole for this run, and for it alone. "
        "Give the part with gpu_share=… or in the site file.",
    ),
    "not_holder": (
        "GPU : le pilote ne dit pas qui s'en sert et une autre exécution le compte déjà ; rien n'en est "
        "compté ici. Donnez la part avec gpu_share=… ou dans le fichier de site.",
        "GPU: the driver does not say who uses it and another run already counts it; none is counted "
        "here. Give the part with gpu_share=… or in the site file.",
    ),
}
