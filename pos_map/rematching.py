"""Apply matching rules to an inventory already read, and list the names that nothing bears in it."""

from __future__ import annotations

from collections import Counter
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
from pos_map.matching import Matcher, Rule, Unmatched
from pos_map.model import Application, Entry, Inventory
from pos_map.organisations import name_bodies
from pos_map.placement import MapBuilder
from pos_map.resolving import Resolution, Resolver
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
    """The inventory once the rules are applied, and the names that still nothing bears."""

    inventory: Inventory
    unmatched: tuple[Unmatched, ...]


def rematch(inventory: Inventory, rules: Sequence[Rule] = (), year: int | None = None) -> Rematched:
    """Resolve the references of an inventory again, as reading does (see `resolving`).

    An application known only from what runs it gives way to the one a rule names. `year`: see `reading.gather`.
    """
    estate = _estate(inventory)
    unmapped = _give_way(estate, rules)
    resolution = Resolution(estate, Inventory(), rules, ())
    resolution.machines_and_hosts()
    resolution.links()
    resolution.applications_named()
    unattached = resolution.attach(Inventory())
    name_bodies(estate, Inventory(), rules, year)
    found = (*resolution.unmatched(), *unmapped, *unattached)
    return Rematched(_each_once(estate.inventory()), found)


def _each_once(inventory: Inventory) -> Inventory:
    """Two links that a rule made the same count once, the last one."""
    return Inventory().merge(inventory)


def is_unmapped(application: Application) -> bool:
    """Whether no map names it: `estate.add_unmapped` made it from the line of a machine."""
    made = Application(application.code, application.code, application.node, owner=application.owner)
    return application == made


def _give_way(estate: Estate, rules: Sequence[Rule]) -> list[Unmatched]:
    """Drop the applications that no map names and that a rule matches; those nobody decided of.

    Only a person's rule makes one give way: a record that says no more than its code may be a declared one.

    Where every application is such, there is no map to match them with, but rules still hold.
    """
    codes = {line.entry.code for line in estate.applications}
    mapped = [line.entry.code for line in estate.applications if not is_unmapped(line.entry)]
    resolver = Resolver(Matcher("application", mapped, rules))
    uses = Counter(line.entry.application for line in estate.link_rows)
    kept = []
    for line in estate.applications:
        code = line.entry.code
        if is_unmapped(line.entry):
            target = resolver.matcher.rule(code)
            if target and target != code and target in codes:
                codes.discard(code)  # no other gives way to one that is gone
                continue
            if mapped and target is None:
                resolver.missed[code] = max(uses[code], 1)
        kept.append(line)
    estate.applications = kept
    return resolver.unmatched()


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
