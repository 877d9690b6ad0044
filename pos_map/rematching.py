"""Apply matching rules to an inventory already read, and list the names that nothing bears in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pos_map.columns import (
    ASSETS,
    DATA_CENTRES,
    FLOWS,
    LINKS,
    MACHINES,
    MAP,
    ORGANISATIONS,
    PLACEMENTS,
    PLATFORM_KEYS,
    READINGS,
    SERVICES,
    USE_CASES,
)
from pos_map.estate import Estate, Located
from pos_map.following import Made, standing, take_back, without_empty_boxes
from pos_map.matching import Matcher, Rule, Unmatched
from pos_map.model import Entry, Inventory
from pos_map.organisations import name_bodies
from pos_map.placement import MapBuilder
from pos_map.resolving import Resolution, is_unmapped, without_empty_box
from pos_map.rows import Layout, Row
from pos_map.values import Cell

_KINDS = {
    "applications": MAP, "data_centres": DATA_CENTRES, "assets": ASSETS, "machines": MACHINES, "links": LINKS,
    "use_cases": USE_CASES, "readings": READINGS, "services": SERVICES, "platform_keys": PLATFORM_KEYS,
    "placements": PLACEMENTS, "flows": FLOWS, "organisations": ORGANISATIONS,
}  # fmt: skip
# Code of a warning -> the kind of name it says nothing bears: gone when the name is matched.
MATCHED = {
    "unknown-application": "application",
    "unknown-vm": "machine",
    "unknown-host": "host",
    "unknown-cluster": "cluster",
    "unknown-data-centre": "data_centre",
    "unmapped-application": "application",
    "machine-without-application": "machine_application",
    "no-place": "place",
}


@dataclass(frozen=True, slots=True)
class Rematched:
    """The inventory once the rules are applied, the names that still nothing bears, and what rules alone made."""

    inventory: Inventory
    unmatched: tuple[Unmatched, ...]
    by_rule: frozenset[Made] = frozenset()


def rematch(
    inventory: Inventory,
    rules: Sequence[Rule] = (),
    year: int | None = None,
    made: Collection[Made] = (),
) -> Rematched:
    """Resolve the references of an inventory again, as reading does (see `resolving`).

    An application known only from what runs it gives way to the one a rule names. `year`: see `reading.gather`.
    `made` is what rules alone made of this inventory (see `Estate.by_rule`): it follows the rules that change.
    """
    estate = _estate(inventory)
    _give_way(estate, rules)
    resolution = Resolution(estate, Inventory(), rules, ())
    resolution.machines_and_hosts()
    resolution.links()
    resolution.applications_named()
    take_back(resolution, rules, made)
    unattached = resolution.attach(Inventory())
    name_bodies(estate, Inventory(), rules, year)
    found = (*resolution.unmatched(), *unattached)
    after = without_empty_box(_each_once(estate.inventory()))
    if made:
        after = without_empty_boxes(after, estate.by_rule)
    return Rematched(after, found, standing(after, estate.by_rule))


def _each_once(inventory: Inventory) -> Inventory:
    """Two links that a rule made the same count once, the last one."""
    return Inventory().merge(inventory)


def _give_way(estate: Estate, rules: Sequence[Rule]) -> None:
    """Drop the applications that no map names and that a rule matches with another.

    Only a person's rule makes one give way: a record that says no more than its code may be a declared one.
    """
    codes = {line.entry.code for line in estate.applications}
    mapped = [line.entry.code for line in estate.applications if not is_unmapped(line.entry)]
    matcher = Matcher("application", mapped, rules)
    kept = []
    for line in estate.applications:
        code = line.entry.code
        target = matcher.rule(code) if is_unmapped(line.entry) else None
        if target and target != code and target in codes:
            codes.discard(code)  # no other gives way to one that is gone
        else:
            kept.append(line)
    estate.applications = kept


def _estate(inventory: Inventory) -> Estate:
    """The entries as if they had just been read, each from a line of its own."""
    boxes = MapBuilder(inventory.nodes)
    for node in inventory.nodes:
        boxes.declare(node)
    tables = {table: list(_located(kind.kind, getattr(inventory, table))) for table, kind in _KINDS.items()}
    links = tables.pop("links")
    return Estate(boxes, link_rows=links, **tables)


def _located(kind: str, entries: Collection[Entry]) -> Iterable[Located[Any]]:
    layout = Layout(kind, "", "", {}, {}, [])
    return (Located(entry, _Kept(layout, entry)) for entry in entries)


class _Kept(Row):
    """The row an entry would have been read from: its cells are its fields."""

    __slots__ = ("_entry",)

    def __init__(self, layout: Layout, entry: Entry) -> None:
        super().__init__(layout, 0, ())
        self._entry = entry

    def cell(self, field: str) -> Cell:
        """The field of the entry, None for a column that was not kept."""
        return getattr(self._entry, field, None) or None
