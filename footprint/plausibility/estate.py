"""What the checks look at: the campaign's frames, its measurements, the catalogue and the last totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import factors
from factors import Catalogue, Item
from footprint.plausibility.columns import NUMBER, TEXT, Array, column, mapped, text

#: kWh a year of one watt all year: 8,766 hours (365.25 days).
KWH_OF_A_WATT = 8.766
#: How far from the sources' own range a value must be to be doubted, then to be improbable.
DOUBT, SURE = 5.0, 20.0


@dataclass(frozen=True)
class Estate:
    """The matter of the checks; absent tables and columns count as empty.

    `totals` are those of the last assessment (None: not assessed); `agents` the staff of the body, in heads;
    `shipped` the factors the tool ships, when `catalogue` may hold others.
    """

    frames: Mapping[str, pa.Table]
    runs: pa.Table
    catalogue: Catalogue
    year: int
    zone: str
    totals: pa.Table | None = None
    agents: float | None = None
    shipped: Catalogue | None = None

    def table(self, name: str) -> pa.Table:
        """A table of the inventory; an empty one when it is not there."""
        found = self.frames.get(name)
        return found if found is not None else pa.table({})

    @cached_property
    def names(self) -> Array:
        """Names of the equipment lines."""
        return text(self.table("assets"), "name")

    @cached_property
    def items(self) -> Array:
        """Item code of each equipment line; null where the type is not known."""
        types = text(self.table("assets"), "type")
        found = {name: _item(self.catalogue, name) for name in pc.unique(types).to_pylist()}
        return mapped(types, {name: item.code for name, item in found.items() if item}, TEXT)

    @cached_property
    def housed(self) -> Array:
        """Whether each line is of a type that lives in a server room; null where the type is not known."""
        return mapped(
            self.items, {item.code: item.in_data_centre for item in self.catalogue.items}, pa.bool_()
        )

    @cached_property
    def posts(self) -> Array:
        """Post of each equipment line; null where the type is not known."""
        return mapped(self.items, {item.code: item.post for item in self.catalogue.items}, TEXT)

    def asset(self, name: str, kind: Any = NUMBER) -> Array:
        """A column of the equipment."""
        return column(self.table("assets"), name, kind)

    def zones(self, places: Array) -> Array:
        """Zone code of each place; null where it is blank or unknown."""
        found = {}
        for place in pc.unique(places).to_pylist():
            code = _zone(self.catalogue, place) if place else None
            if code:
                found[place] = code
        return mapped(places, found, TEXT)


def energy_ranges(catalogue: Catalogue) -> dict[str, tuple[float, float, str, float]]:
    """kWh a year of one unit of each item: lowest and highest of its sources, the advised row's id and value."""
    found: dict[str, tuple[float, float, str, float]] = {}
    for factor in catalogue.factors:
        if factor.indicator != "energy":
            continue
        low, high, name, value = found.get(factor.item, (factor.value, factor.value, factor.id, factor.value))
        low, high = min(low, factor.value, factor.low or low), max(high, factor.value, factor.high or high)
        advised = (factor.id, factor.value) if factor.default else (name, value)
        found[factor.item] = (low, high, *advised)
    return found


def embodied_ranges(catalogue: Catalogue) -> dict[str, tuple[float, float, str]]:
    """kgCO2e to make, move and discard one unit of each item: lowest, highest bound, id of the first row (M3)."""
    found: dict[str, tuple[float, float, str]] = {}
    for item in catalogue.items:
        try:
            rows = catalogue.embodied(item.code)
        except factors.UnknownFactor:
            continue
        low = sum(row.low if row.low is not None else row.value for row in rows)
        found[item.code] = (low, sum(row.high or row.value for row in rows), rows[0].id)
    return found


def _item(catalogue: Catalogue, name: str) -> Item | None:
    try:
        return catalogue.item(name)
    except factors.FactorError:
        return None


def _zone(catalogue: Catalogue, name: str) -> str | None:
    try:
        return catalogue.zone(name)
    except factors.FactorError:
        return None
