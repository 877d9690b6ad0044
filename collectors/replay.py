"""A recorded trace played again through the sampler, with a virtual clock: demos and tests run anywhere.

Whatever is replayed says channel "replay", tier "declared" and the notice "rejeu": it never passes for a
measurement. What a trace is: collectors.trace.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

from collectors.attribution import Step, step
from collectors.gpu import GpuReading, Tally, whole_host
from collectors.host import HostTimes
from collectors.power_model import PowerModel
from collectors.process_tree import ProcessTree
from collectors.records import EnergyRow, Machine, Notice, Tier
from collectors.sampler import Sample, Sampler
from collectors.trace import Trace

CHANNEL = "replay"
TIER: Tier = "declared"
_JOULES_PER_KWH = 3.6e6


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay gave: cumulative samples, and the notice that goes with them."""

    samples: tuple[Sample, ...]
    notice: Notice


def play(trace: Trace, machine: Machine, model: PowerModel, step_s: float = 1.0) -> Replayed:
    """Drive the sampler along a trace, a sample every `step_s` s; the same trace gives the same samples."""
    source = _Source(trace, machine.threads)
    sampler = _Player(machine=machine, model=model, tree=source.tree(), counters=(source,), gpu=source)
    sampler.begin(source.now, source.host())
    samples = []
    steps = math.ceil(trace.seconds / step_s - 1e-9)
    for i in range(1, steps + 1):
        source.now = min(trace.times[-1], trace.times[0] + i * step_s)
        taken = sampler.sample(source.now)
        samples.append(taken._replace(rows=relabelled(taken.rows)))
    return Replayed(tuple(samples), replay_notice())


def relabelled(rows: Sequence[EnergyRow]) -> tuple[EnergyRow, ...]:
    """Rows by component only, under the channel and tier of a replay; energies and bounds add up."""
    sums: dict[str, list[float]] = {}
    for row in rows:
        energy = sums.setdefault(row.component, [0.0, 0.0, 0.0])
        for i, kwh in enumerate((row.kwh, row.low_kwh, row.high_kwh)):
            energy[i] += kwh
    return tuple(EnergyRow(CHANNEL, TIER, component, *energy) for component, energy in sums.items())


def replay_notice() -> Notice:
    """What every result of a replay carries."""
    return Notice(
        "rejeu",
        "Rejeu d'une trace enregistrée : ce n'est pas une mesure de cette machine.",
        "Replay of a recorded trace: not a measurement of this machine.",
    )


class _Source:
    """The trace as the sampler sees a machine, at the moment `now`: host times, counters, GPUs."""

    name = CHANNEL
    tier: Tier = "sensor"  # so that the sampler prefers it to its model; the rows are relabelled
    bounds = (0.9, 1.1)

    def __init__(self, trace: Trace, threads: int) -> None:
        self.reason: Notice | None = replay_notice()
        self.now = trace.times[0]
        self._trace = trace
        self._tally = Tally()
        self._gpu_seen = 0.0
        lengths = [after - before for before, after in pairwise(trace.times)]
        self._busy = [(u or 0.0) * threads * s for u, s in zip(trace.utilisation, lengths, strict=True)]
        columns = {"busy": self._busy, "host": trace.host_j, "gpu": trace.gpu_j, "run": trace.run_s or ()}
        self._sums = {name: _running(values) for name, values in columns.items()}

    @property
    def rule(self) -> str | None:
        """See `collectors.gpu.GpuSource`."""
        return self._tally.rule

    def host(self) -> HostTimes:
        """Busy processor seconds of the replayed host."""
        return HostTimes(self._at("busy", self._busy) or 0.0)

    def cumulative_kwh(self) -> float | None:
        """kWh of the host without its GPUs, None where the trace does not say."""
        joules = self._at("host", self._trace.host_j)
        return None if joules is None else joules / _JOULES_PER_KWH

    def host_kwh(self) -> float | None:
        """kWh of the GPUs, None where the trace does not say."""
        joules = self._at("gpu", self._trace.gpu_j)
        return None if joules is None else joules / _JOULES_PER_KWH

    def gpu_reading(self, pids: Collection[int] | None) -> GpuReading | None:
        """All of the GPUs: a trace does not say whose they were."""
        total = self.host_kwh()
        if total is None:
            return None
        step, self._gpu_seen = total - self._gpu_seen, total
        self._tally.add(step, whole_host(step))
        return self._tally.reading()

    def tree(self) -> ProcessTree | None:
        """The run's processor time, None where a host is replayed."""
        return None if self._trace.run_s is None else cast(ProcessTree, _Tree(self))

    def run_s(self) -> float:
        """Processor seconds of the run."""
        return self._at("run", self._trace.run_s or ()) or 0.0

    def _at(self, name: str, values: Sequence[float | None]) -> float | None:
        """Cumulative value now, on the straight line between two rows; None in an unknown interval."""
        times = self._trace.times
        i = max(1, bisect_left(times, self.now))
        step = values[i - 1]
        if step is None:
            return None
        return self._sums[name][i - 1] + step * (self.now - times[i - 1]) / (times[i] - times[i - 1])


class _Player(Sampler):
    """The sampler, hearing of processor time from the trace instead of the system."""

    def _interval(self, monotonic_s: float, floor_s: float) -> Step:
        host = cast(_Source, self.counters[0]).host()
        seconds, self._at = monotonic_s - self._at, monotonic_s
        spent = busy = host.busy_s - self._busy_s
        self._busy_s = host.busy_s
        if self.tree is not None:
            self.tree.update(floor_s)
            spent = self.tree.cpu_s - self._cpu_s
        self._cpu_s += spent
        return step(seconds, self.machine.threads, busy, spent)


class _Tree:
    """The run of a trace, with what the sampler asks of a process tree."""

    alive = True
    pids: frozenset[int] = frozenset()

    def __init__(self, source: _Source) -> None:
        self.cpu_s = 0.0
        self._source = source

    def update(self, floor_s: float = 0.0) -> bool:
        """Read the run's processor time."""
        self.cpu_s = max(self.cpu_s, floor_s, self._source.run_s())
        return True


def _running(values: Sequence[float | None]) -> list[float]:
    """Sums before each value; an unknown one adds nothing."""
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + (value or 0.0))
    return sums
