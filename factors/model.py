"""The vocabulary: a factor, an equipment item, a zone, and the units each indicator may have."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: What a row is looked up by: (item, indicator, stage, zone).
Key = tuple[str, str, str, str]

#: Units a row may carry, by indicator. Quantities (gwp…wue) are per kWh of electricity, per unit of
#: equipment, per GB moved or per kg; the others are parameters of the calculation. `pe` is all primary
#: energy, `adpf` its fossil and fissile part alone; `water` is weighted by scarcity, `water_volume` is a
#: volume consumed: neither pair may be added up.
UNITS: dict[str, tuple[str, ...]] = {
    "gwp": ("kgCO2e/kWh", "kgCO2e/unit", "kgCO2e/GB", "kgCO2e/kg", "kgCO2e/cm2", "kgCO2e/EUR"),
    "adpe": ("kgSbeq/kWh", "kgSbeq/unit", "kgSbeq/kg", "kgSbeq/cm2"),
    "pe": ("MJ/kWh", "MJ/unit", "MJ/kg", "MJ/cm2"),
    "adpf": ("MJ/kWh", "MJ/unit"),
    "water": ("L/unit",),
    "water_volume": ("L/kWh",),
    "wue": ("L/kWh",),
    "lifetime": ("year",),
    "energy": ("kWh/year",),
    "power": ("W", "W/GB", "W/TB"),
    "pue": ("1",),
    "share": ("1",),
    "threads_per_core": ("1",),
    "threads": ("1",),
    "uncertainty": ("1",),
    # Of the parts of a server: GB in a cm2 of die, area of a die, size of a module, weight, pieces.
    "density": ("GB/cm2",),
    "area": ("cm2",),
    "size": ("GB",),
    "weight": ("kg",),
    "count": ("1",),
}

#: Items that no shipped set has and an overlay may fill: a euro spent on bought services.
OWN_ITEMS = ("cloud-spend",)

#: Life-cycle stages that make up the embodied footprint when a source splits it.
SPLIT_STAGES = ("manufacture", "transport", "end_of_life")

#: All stages a row may carry: "" where a stage has no meaning, idle/full for power at rest and at full load.
STAGES = ("", *SPLIT_STAGES, "embodied", "idle", "full")

#: Posts of the balance an item may belong to.
POSTS = ("serveurs", "stockage", "reseau", "postes", "ecrans", "telephonie", "impression", "autres")

#: ln X of a lognormal spans this many sigmas between its 5th and 95th percentiles.
_SIGMAS_IN_90_PERCENT = 2 * 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Factor:
    """One row of a table: a value, its unit, its 90 % bounds when known, and where it comes from.

    `default` marks the advised row of its key (item, indicator, stage, zone). `reuse` is "open", or
    "unclear" where the source's terms of reuse are not settled (rows derived from NegaOctet).
    """

    id: str
    item: str
    indicator: str
    stage: str
    zone: str
    value: float
    low: float | None
    high: float | None
    unit: str
    year: str
    label_fr: str
    label_en: str
    source: str
    reference: str
    licence: str
    reuse: str
    default: bool
    note_fr: str
    note_en: str

    @property
    def key(self) -> Key:
        """What the row is looked up by: (item, indicator, stage, zone)."""
        return (self.item, self.indicator, self.stage, self.zone)

    @property
    def family(self) -> Key:
        """The key of the whole the row is a part of: its own, or "embodied" for a stage of it (M3)."""
        return whole(self.key)

    @property
    def sigma(self) -> float | None:
        """Standard deviation of ln X from the 90 % bounds (M7); None without two positive bounds."""
        if self.low is None or self.high is None or self.low <= 0:
            return None
        return math.log(self.high / self.low) / _SIGMAS_IN_90_PERCENT


@dataclass(frozen=True, slots=True)
class Choice:
    """Why the shipped set advises what it does for a key where sources disagree.

    `low` and `high` span the values seen, in `unit`; they are an extent, not a statistical interval. The
    key of an embodied impact is that of its whole (stage "embodied"), even when the stages are advised.
    """

    item: str
    indicator: str
    stage: str
    zone: str
    low: float
    high: float
    unit: str
    why_fr: str
    why_en: str

    @property
    def key(self) -> Key:
        """The key it speaks of: (item, indicator, stage, zone)."""
        return (self.item, self.indicator, self.stage, self.zone)


@dataclass(frozen=True, slots=True)
class Item:
    """A type of equipment an inventory may hold, with the names people write for it.

    `in_data_centre` says that the site's PUE applies to its electricity (M2).
    """

    code: str
    label_fr: str
    label_en: str
    post: str
    in_data_centre: bool
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Zone:
    """A place electricity comes from: ISO code, labels, other names."""

    code: str
    label_fr: str
    label_en: str
    aliases: tuple[str, ...]


def whole(key: Key) -> Key:
    """The key of the whole: stages that a source splits make up stage "embodied"; other keys stay."""
    item, indicator, stage, zone = key
    return (item, indicator, "embodied" if stage in SPLIT_STAGES else stage, zone)


def written(key: Key) -> str:
    """A key as shown to people: "server / gwp / embodied"."""
    return " / ".join(part for part in key if part)
