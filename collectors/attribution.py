"""From the energy of a host to that of a run (M5, last paragraph).

Dynamic energy follows processor time: `(P(u) - P(0)) x dt x run CPU s / busy CPU s`. Idle energy follows
the rule named "capacity": a run bears the idle power of the threads it kept busy, `P(0) x dt x run CPU s /
(threads x dt)`. The rest of the idle energy is "non affecté": it is nobody's run, and stays visible as such.
"""

from __future__ import annotations

from typing import NamedTuple

RULE = "capacity"
_JOULES_PER_KWH = 3.6e6


class Step(NamedTuple):
    """One sampling interval: its length, the host's threads, busy seconds of the host and of the run."""

    seconds: float
    threads: int
    busy_s: float
    run_s: float

    @property
    def capacity_s(self) -> float:
        """Processor seconds the host could have given."""
        return self.threads * self.seconds

    @property
    def utilisation(self) -> float:
        """Part of the host's capacity that was busy, 0 to 1."""
        return self.busy_s / self.capacity_s if self.capacity_s > 0 else 0.0


class Shares(NamedTuple):
    """Energy of a host over a step, in kWh, split without loss."""

    dynamic_kwh: float
    idle_share_kwh: float
    unallocated_kwh: float


def step(seconds: float, threads: int, busy_s: float, run_s: float) -> Step:
    """A coherent step: 0 <= run <= busy <= capacity.

    The run's time is counted finely and the host's by ticks of 10 ms, so over a short interval the host
    may seem less busy than one of its processes: the larger stands.
    """
    capacity = max(0.0, threads * seconds)
    run = min(max(0.0, run_s), capacity)
    busy = min(max(busy_s, run, 0.0), capacity)
    return Step(max(0.0, seconds), threads, busy, run)


def merged(first: Step, then: Step) -> Step:
    """Two steps of one host that follow each other."""
    return Step(
        first.seconds + then.seconds, then.threads, first.busy_s + then.busy_s, first.run_s + then.run_s
    )


def split(interval: Step, power_w: float, idle_w: float) -> Shares:
    """Share the energy of a step at mean `power_w` (W), of which `idle_w` at rest, between run and rest.

    The three parts sum to `power_w x seconds`.
    """
    to_kwh = interval.seconds / _JOULES_PER_KWH
    idle = min(power_w, idle_w) * to_kwh
    dynamic = max(0.0, power_w - idle_w) * to_kwh
    of_busy = interval.run_s / interval.busy_s if interval.busy_s > 0 else 0.0
    of_capacity = interval.run_s / interval.capacity_s if interval.capacity_s > 0 else 0.0
    mine = dynamic * of_busy
    idle_share = idle * of_capacity
    return Shares(mine, idle_share, dynamic + idle - mine - idle_share)
