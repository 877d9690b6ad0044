"""What changes from an inventory to another: added, removed, changed, renamed, moved and merged entries.

Entries are the same when they bear the same identity (`model.IDENTITIES`). Their order means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from pos_map.model import TABLE_NAMES, Entry, Inventory, Node
from pos_map.placement import SEPARATOR

Identity = tuple[Any, ...]
# Where an entry stands on the map: a change of it is a move.
_PLACES = {"applications": "node", "nodes": "parent"}
_HIGHEST = 20


@dataclass(frozen=True, slots=True)
class TableChanges:
    """What changes in one table, by identity; each map is empty when nothing of the kind happens.

    `added`, `removed` and `changed` say everything; `changed` gives (before, after) by field. The rest reads
    them: `renamed` gives the new identity of removed entries whose source identifier (`ref`) is among those
    added; `merged` that of entries another one takes over (`replaces`, `successor`); `moved` gives
    (before, after) of the place on the map, by the identity after.
    """

    added: Mapping[Identity, Entry] = field(default_factory=dict)
    removed: Mapping[Identity, Entry] = field(default_factory=dict)
    changed: Mapping[Identity, Mapping[str, tuple[Any, Any]]] = field(default_factory=dict)
    renamed: Mapping[Identity, Identity] = field(default_factory=dict)
    merged: Mapping[Identity, Identity] = field(default_factory=dict)
    moved: Mapping[Identity, tuple[Any, Any]] = field(default_factory=dict)

    def newcomers(self) -> Iterator[tuple[Identity, Entry]]:
        """The entries added, those that only changed their code left out."""
        renamed = set(self.renamed.values())
        return ((name, entry) for name, entry in self.added.items() if name not in renamed)

    def gone(self) -> Iterator[tuple[Identity, Entry]]:
        """The entries removed, those renamed or taken over left out."""
        return (
            (name, entry)
            for name, entry in self.removed.items()
            if name not in self.renamed and name not in self.merged
        )

    def altered(self, table: str) -> Iterator[tuple[Identity, dict[str, tuple[Any, Any]]]]:
        """The entries changed in something else than their place."""
        place = _PLACES.get(table)
        for name, values in self.changed.items():
            rest = {key: pair for key, pair in values.items() if key != place or name not in self.moved}
            if rest:
                yield name, rest

    def counts(self, table: str) -> dict[str, int]:
        """How many are added, removed, changed (renamed included), moved and merged."""
        return {
            "added": sum(1 for _ in self.newcomers()),
            "removed": sum(1 for _ in self.gone()),
            "changed": sum(1 for _ in self.altered(table)) + len(self.renamed),
            "moved": len(self.moved),
            "merged": len(self.merged),
        }


NONE = TableChanges()


@dataclass(frozen=True, slots=True)
class Changes:
    """The tables that change, in the order of `TABLE_NAMES`; `places` gives the labels of a box by its code."""

    tables: Mapping[str, TableChanges] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not self.tables

    @property
    def loses(self) -> bool:
        """Whether something that was there is removed or changed: an import that only adds does not."""
        return any(table.removed or table.changed for table in self.tables.values())

    def of(self, table: str) -> TableChanges:
        """What changes in a table."""
        return self.tables.get(table, NONE)

    def counts(self) -> dict[str, dict[str, int]]:
        """For each table that changes, how many entries are added, removed, changed, moved and merged."""
        return {name: table.counts(name) for name, table in self.tables.items()}


def compare(before: Inventory, after: Inventory) -> Changes:
    """What changes from `before` to `after`."""
    labels = {**_labels(before.nodes), **_labels(after.nodes)}
    boxes = _renamed(*_apart(before, after, "nodes")) if before.nodes else {}
    codes = {old: new for (old,), (new,) in boxes.items()}
    tables = {}
    for name in TABLE_NAMES:
        found = _table(name, before, after, codes)
        if found is not NONE:
            tables[name] = found
    return Changes(tables, labels)


def _apart(
    before: Inventory, after: Inventory, table: str
) -> tuple[dict[Identity, Entry], dict[Identity, Entry]]:
    """The entries of `before` that are not in `after`, and the other way round."""
    old, new = before.by_identity(table), after.by_identity(table)
    return (
        {name: entry for name, entry in old.items() if name not in new},
        {name: entry for name, entry in new.items() if name not in old},
    )


def _table(table: str, before: Inventory, after: Inventory, codes: Mapping[str, str]) -> TableChanges:
    old, new = before.by_identity(table), after.by_identity(table)
    removed = {name: entry for name, entry in old.items() if name not in new}
    added = {name: entry for name, entry in new.items() if name not in old}
    changed = {}
    for name, entry in new.items():
        former = old.get(name)
        if former is not None and former is not entry and former != entry:
            changed[name] = _fields(former, entry)
    if not (removed or added or changed):
        return NONE
    renamed = _renamed(removed, added)
    merged = _merged(table, old, new, removed, renamed)
    moved = _moved(table, removed, added, changed, renamed, codes)
    return TableChanges(added, removed, changed, renamed, merged, moved)


def _fields(before: Entry, after: Entry) -> dict[str, tuple[Any, Any]]:
    names = [each.name for each in fields(before)]
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return {name: (old, new) for name, old, new in pairs if old != new}


def _renamed(removed: Mapping[Identity, Entry], added: Mapping[Identity, Entry]) -> dict[Identity, Identity]:
    """Entries removed under a code and added under another with the same source identifier.

    An identifier that two entries bear tells nothing.
    """
    if not removed or not added:
        return {}
    here, there = _by_ref(removed), _by_ref(added)
    return {name: there[ref] for ref, name in here.items() if ref in there}


def _by_ref(entries: Mapping[Identity, Entry]) -> dict[str, Identity]:
    found: dict[str, Identity | None] = {}
    for name, entry in entries.items():
        if ref := getattr(entry, "ref", ""):
            found[ref] = None if ref in found else name
    return {ref: name for ref, name in found.items() if name is not None}


def _merged(
    table: str,
    old: Mapping[Identity, Any],
    new: Mapping[Identity, Any],
    removed: Mapping[Identity, Entry],
    renamed: Mapping[Identity, Identity],
) -> dict[Identity, Identity]:
    """Applications another one replaces, bodies closed since with a successor."""
    if table == "applications" and removed:
        return {
            (code,): name
            for name, entry in new.items()
            for part in entry.replaces.split(";")
            if (code := part.strip()) and (code,) in removed and (code,) not in renamed
        }
    if table == "organisations":
        return {
            name: (body.successor,)
            for name, body in new.items()
            if body.closed
            and body.successor
            and name in old
            and not (old[name].closed and old[name].successor)
        }
    return {}


def _moved(
    table: str,
    removed: Mapping[Identity, Entry],
    added: Mapping[Identity, Entry],
    changed: Mapping[Identity, Mapping[str, tuple[Any, Any]]],
    renamed: Mapping[Identity, Identity],
    codes: Mapping[str, str],
) -> dict[Identity, tuple[Any, Any]]:
    """Entries whose box changed; one whose box only changed its code did not move."""
    place = _PLACES.get(table)
    if place is None:
        return {}
    get = attrgetter(place)
    pairs = {name: values[place] for name, values in changed.items() if place in values}
    pairs |= {new: (get(removed[old]), get(added[new])) for old, new in renamed.items()}
    return {
        name: (old, new) for name, (old, new) in pairs.items() if old != new and codes.get(old, old) != new
    }


def _labels(nodes: tuple[Node, ...]) -> dict[str, str]:
    """The labels of each box from the top, by its code."""
    by_code = {node.code: node for node in nodes}
    found = {}
    for node in nodes:
        labels, above = [node.label], node.parent
        while above in by_code and len(labels) < _HIGHEST:
            labels.append(by_code[above].label)
            above = by_code[above].parent
        found[node.code] = SEPARATOR.join(reversed(labels))
    return found
