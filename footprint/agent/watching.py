"""From the counters of the host to its energy by application, one interval after another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from collectors.records import EnergyRow
from collectors.sampler import Sampler
from footprint.agent.attribution import Energy, attributed, shares, steps


class Interval(NamedTuple):
    """What the host did between two looks: its length (s), utilisation (0 to 1), busy processor seconds,
    those of each application, and energy by channel, tier and component: (kWh, low, high)."""

    seconds: float
    utilisation: float
    busy_s: float
    spent_s: Mapping[str, float]
    energy: Energy

    @property
    def power_w(self) -> float | None:
        """Mean power (W), None for an interval without length."""
        joules = sum(kwh for kwh, _, _ in self.energy.values()) * 3.6e6
        return joules / self.seconds if self.seconds > 0 else None


class Times(Protocol):
    """Whoever knows the processor time of applications."""

    def spent(self) -> dict[str, float]:
        """Processor seconds by application since the last call."""


class Watch:
    """Looks at the host; the caller owns the clock."""

    def __init__(self, sampler: Sampler, applications: Times) -> None:
        self._sampler = sampler
        self._applications = applications
        self._rows: tuple[EnergyRow, ...] = ()
        self._seconds = 0.0
        self._busy_s = 0.0

    def begin(self, monotonic_s: float) -> None:
        """Set the origin of time (s, monotonic) and of every counter."""
        self._sampler.begin(monotonic_s)
        self._applications.spent()

    def look(self, monotonic_s: float) -> Interval:
        """The time since the last look."""
        sample = self._sampler.sample(monotonic_s)
        spent = self._applications.spent()
        seconds, busy_s = sample.seconds - self._seconds, sample.cpu_s - self._busy_s
        energy = attributed(steps(self._rows, sample.rows), shares(spent, busy_s))
        self._rows, self._seconds, self._busy_s = sample.rows, sample.seconds, sample.cpu_s
        return Interval(seconds, sample.utilisation, busy_s, spent, energy)
