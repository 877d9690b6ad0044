"""The catalogue: factors, items and zones, looked up by key, by name, by place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from factors import selection
from factors.errors import SwitchedOff, UnknownFactor, UnknownItem, UnknownZone
from factors.model import SPLIT_STAGES, Choice, Factor, Item, Zone, written
from factors.names import near, near_names, plain
from factors.overlay import Known, digest, read_overlay


class Applied(NamedTuple):
    """One thing a catalogue was derived by, for manifests.

    `kind`: "choice" (detail: the id chosen), "without_unclear" (detail: ""), "overlay" (detail: the file's
    name and the digest of its bytes).
    """

    kind: str
    detail: str


class Catalogue:
    """A set of factors under one version; every look-up either gives a sourced row or raises.

    Never changed once made: `with_choices`, `without_unclear` and `with_overlay` give another one, whose
    `version` is "<version of the set>+<8 hexadecimal digits>" and whose `applied` says what was done, in order.

    Stages and zones that have no meaning for a row are "". Beside equipment, these keys exist:
    `electricity` (zone: a code of zones.csv), `pue` (zone: "room", "colocation-FR"…), `vcpu` and `gpu`
    (indicator power, stage idle or full), `uncertainty` (zone: an evidence tier of M1).
    """

    def __init__(
        self,
        version: str,
        factors: Sequence[Factor],
        items: Sequence[Item],
        zones: Sequence[Zone],
        choices: Sequence[Choice] = (),
        applied: Sequence[Applied] = (),
    ) -> None:
        self.base_version = version
        self.applied = tuple(applied)
        self.version = _version(version, self.applied)
        self.factors = tuple(factors)
        self.items = tuple(items)
        self.zones = tuple(zones)
        self.choices = tuple(choices)
        self._choices = {choice.key: choice for choice in self.choices}
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
            key = written((item, indicator, stage, zone))
            same = [written(other) for other in self._defaults if other[0] == item]
            raise UnknownFactor(key, near(key, same or map(written, self._defaults)))
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
        (stage "embodied"), and for a total the stages others split: a total is compared with the sum of the
        stages, not with one of them.
        """
        keys = selection.rivals(factor)
        return tuple(
            other
            for other in self.factors
            if other.key in keys and not other.default and other.id != factor.id
        )

    def choice(self, factor: Factor) -> Choice | None:
        """Why the shipped set advises what it does for the key of this row; None where no choice was written."""
        return self._choices.get(factor.family)

    @property
    def open_only(self) -> bool:
        """Whether rows of unclear terms of reuse are switched off."""
        return any(applied.kind == "without_unclear" for applied in self.applied)

    def with_choices(self, ids: Iterable[str]) -> Catalogue:
        """This catalogue with other rows advised for their keys.

        A total chosen takes the place of its stages, a stage that of the total (with the other stages of its
        source). Raises UnknownFactor with near ids, ClashingChoices for two rows that exclude one another,
        SwitchedOff for a row switched off by `without_unclear`.
        """
        wanted = sorted(set(ids))
        chosen = [self.get(name) for name in wanted]
        for factor in chosen:
            if self.open_only and selection.unclear(factor):
                raise SwitchedOff(factor.id)
        factors = selection.advise(self.factors, chosen)
        return self._derived(factors, [Applied("choice", name) for name in wanted])

    def without_unclear(self) -> Catalogue:
        """This catalogue with no row advised whose terms of reuse are unclear.

        Each such key takes its next open row in table order (an embodied impact, the total of another source
        too); where none remains the key has no factor any more: UnknownFactor, never zero.
        """
        if self.open_only:
            return self
        return self._derived(self.factors, [Applied("without_unclear", "")])

    def with_overlay(self, path: Path) -> Catalogue:
        """This catalogue and an organisation's own rows (a CSV of the same columns, after the shipped rows).

        A row with default=1 takes the place of the advised row of its key. Raises BadTables with every fault
        at its file, line and column; an id of this catalogue can't be used again.
        """
        rows = read_overlay(path, Known(self.factors, self.items, self.zones))
        applied = Applied("overlay", f"{path.name} {digest(path)}")
        return self._derived(selection.add(self.factors, rows), [applied])

    def _derived(self, factors: Sequence[Factor], applied: Sequence[Applied]) -> Catalogue:
        if not applied:
            return self
        steps = (*self.applied, *applied)
        if any(step.kind == "without_unclear" for step in steps):
            factors = selection.without(factors, selection.unclear)
        return Catalogue(self.base_version, factors, self.items, self.zones, self.choices, steps)

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
            raise UnknownFactor(written(key))
        return found


def _version(base: str, applied: Sequence[Applied]) -> str:
    """The version of a set, with a digest of what was applied to it."""
    if not applied:
        return base
    text = "\n".join(f"{step.kind}\t{step.detail}" for step in applied)
    return f"{base}+{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _index(names: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Code by plain name."""
    return {plain(name): code for code, written in names.items() for name in written}
