"""The vocabulary of measuring: tiers of evidence, coded notices, machines, energy records.

Errors of the package, one root:

    CollectorError            anything this package refuses, with its message in French and English
    └── BadCalibration        a site calibration that is not a positive number
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Tier = Literal["meter", "sensor", "model", "declared", "generic"]
TIERS: tuple[Tier, ...] = ("meter", "sensor", "model", "declared", "generic")
"""Evidence tiers, best first (M1)."""


def tier_rank(tier: Tier) -> int:
    """Rank of a tier, 0 the best (M1)."""
    return TIERS.index(tier)


class CollectorError(Exception):
    """Root of the errors of this package; `str()` gives the French message."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(fr)
        self.fr = fr
        self.en = en


class BadCalibration(CollectorError):
    """A site calibration factor must be a finite number above 0."""

    def __init__(self, value: str) -> None:
        super().__init__(
            f"Calibration « {value} » refusée : donnez un nombre positif (mesuré / modèle), comme 1.08.",
            f"Calibration “{value}” refused: give a positive number (measured / model), such as 1.08.",
        )
        self.value = value


class Notice(NamedTuple):
    """A coded warning: a stable code, and its sentence in both languages."""

    code: str
    fr: str
    en: str


class EnergyRow(NamedTuple):
    """Cumulative energy of one channel, tier and component, in kWh, with its 90 % bounds."""

    channel: str
    tier: Tier
    component: str
    kwh: float
    low_kwh: float
    high_kwh: float


@dataclass(frozen=True, slots=True)
class Machine:
    """What the power model needs to know of a host.

    `threads`: logical processors; `chips`: sockets; `ram_gb`: GiB of memory; `virtual`: a guest of a
    hypervisor; `host_id`: pseudonym (12 hexadecimal digits), never a host name.
    """

    threads: int
    chips: int
    ram_gb: float
    cpu_model: str | None
    virtual: bool
    host_id: str | None


@dataclass(frozen=True, slots=True)
class EnergyRecord:
    """Energy of one subject over one hour (or part of it), ready for the store.

    `record_id` is a pure function of the run, hour, channel and component: ingesting twice changes
    nothing. `start`, `end`: UTC epoch seconds. `energy_kwh` with 90 % bounds `low_kwh`, `high_kwh`.
    `component`: "dynamic", "idle_share" (runs), "idle" (hosts) or "gpu". `zone`: electricity zone.
    """

    record_id: str
    run_id: str
    subject: str
    component: str
    channel: str
    tier: Tier
    start: float
    end: float
    energy_kwh: float
    low_kwh: float
    high_kwh: float
    zone: str
