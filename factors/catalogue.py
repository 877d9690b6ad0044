"""The catalogue: factors, items and zones, looked up by key, by name, by place."""

from __future__ import annotations

from collections.abc import Sequence

from factors.errors import UnknownFactor, UnknownItem, UnknownZone
from factors.model import SPLIT_STAGES, Factor, Item, Zone
from factors.names import near, near_names, plain


class Catalogue:
    """A set of factors under one version; every look-up either gives a sourced row or raises.

    Stages and zones that have no meaning for a row are "". Beside equipment, these keys exist:
    `electricity` (zone: a code of zones.csv), `pue` (zone: "room", "colocation-FR"…), `vcpu` and `gpu`
    (indicator power, stage idle or full), `uncertainty` (zone: an evidence tier of M1).
    """

    def __init__(
        self, version: str, factors: Sequence[Factor], items: Sequence[Item], zones: Sequence[Zone]
    ) -> None:
        self.version = version
        self.factors = tuple(factors)
        self.items = tuple(items)
        self.zones = tuple(zones)
        self._by_id = {factor.id: factor for factor in self.factors}
        self._defaults = {factor.key: factor for factor in self.factors if factor.default}
        self._item_names = {
            item.code: (item.label_fr, item.label_en, item.code, *item.aliases) for item in items
        }
        self._zone_names = {
            zone.code: (zone.label_fr, zone.label_en, zone.code, *zone.aliases) for zone in zones
        }
        self._items = {item.code: item for item in self.items}
        self._item_codes = _index(self._item_names)
        self._zone_codes = _index(self._zone_names)

    def find(self, item: str, indicator: str = "gwp", stage: str = "", zone: str = "") -> Factor:
        """The advised row of a key; raises UnknownFactor with the nearest keys (same item first)."""
        found = self._defaults.get((item, indicator, stage, zone))
        if found is None:
            key = _written((item, indicator, stage, zone))
            same = [_written(other) for other in self._defaults if other[0] == item]
            raise UnknownFactor(key, near(key, same or map(_written, self._defaults)))
        return found

    def get(self, factor_id: str) -> Factor:
        """The row with this id, advised or not; raises UnknownFactor with the nearest ids."""
        found = self._by_id.get(factor_id)
        if found is None:
            raise UnknownFactor(factor_id, near(factor_id, self._by_id))
        return found

    def alternatives(self, factor: Factor) -> tuple[Factor, ...]:
        """The rows of the same key that are not advised, in table order.

        For one stage of a split embodied impact (manufacture…), also the totals other sources give
        (stage "embodied"): they are compared with the sum of the stages, not with that stage alone.
        """
        item, indicator, stage, zone = factor.key
        keys = {factor.key}
        if stage in SPLIT_STAGES:
            keys.add((item, indicator, "embodied", zone))
        return tuple(
            other
            for other in self.factors
            if other.key in keys and not other.default and other.id != factor.id
        )

    def embodied(self, item: str, indicator: str = "gwp") -> tuple[Factor, ...]:
        """The advised rows whose sum is the embodied impact of one unit of `item` (M3).

        One row of stage "embodied", or the stages its source splits (manufacture, transport, end of
        life; a stage the source leaves out is absent). Raises UnknownFactor when there is neither.
        """
        rows = (self._defaults.get((item, indicator, stage, "")) for stage in (*SPLIT_STAGES, "embodied"))
        found = tuple(row for row in rows if row is not None)
        return found or (self.find(item, indicator, "embodied"),)

    def item(self, name: str) -> Item:
        """The item of a code, label or alias, however it is written; raises UnknownItem."""
        code = self._item_codes.get(plain(name))
        if code is None:
            raise UnknownItem(name, near_names(name, self._item_names))
        return self._items[code]

    def zone(self, name: str) -> str:
        """The zone code of a country or territory, however it is written; raises UnknownZone."""
        code = self._zone_codes.get(plain(name))
        if code is None:
            raise UnknownZone(name, near_names(name, self._zone_names))
        return code

    def electricity(self, zone: str, indicator: str = "gwp") -> Factor:
        """The advised factor of one kWh in a zone (name or code): kgCO2e, kgSbeq or MJ per kWh (M2).

        Raises UnknownZone, or UnknownFactor where no sourced row exists for that indicator; another
        place's electricity is never a near match.
        """
        key = ("electricity", indicator, "", self.zone(zone))
        found = self._defaults.get(key)
        if found is None:
            raise UnknownFactor(_written(key))
        return found


def _index(names: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Code by plain name."""
    return {plain(name): code for code, written in names.items() for name in written}


def _written(key: tuple[str, str, str, str]) -> str:
    """A key as shown to people: "server / gwp / embodied"."""
    return " / ".join(part for part in key if part)
