"""The warnings that matching a name settles: those on the records that bear it, and no other."""

from __future__ import annotations

from collections.abc import Sequence

from footprint.store.notes import Note, note_key
from pos_map import Inventory, Rule
from pos_map.matching import Matcher
from pos_map.model import Entry, identity
from pos_map.rematching import MATCHED, Rematched

# Where a record holds the names of a kind: kind -> table -> fields.
_FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "application": {
        "applications": ("code",), "use_cases": ("application",), "flows": ("source", "target"),
    },
    "machine": {"links": ("vm",), "machines": ("inside",)},
    "host": {"links": ("host",), "machines": ("host",)},
    "cluster": {"machines": ("cluster",)},
    "data_centre": {"assets": ("data_centre",)},
    "machine_application": {"machines": ("name",)},
    "place": {"applications": ("code",)},
}  # fmt: skip


def settled_notes(
    stored: Sequence[tuple[int, Note]], before: Inventory, found: Rematched, rules: Sequence[Rule]
) -> frozenset[int]:
    """The rows of the notes that are true no more once the rules are applied.

    Their record bears a name that is matched now, or the record gave way to another. What a note shows of the
    name may be masked or written otherwise: the record says which name it is.
    """
    tables = {note.table for _row, note in stored if note.table}
    old = {table: _entries(before, table) for table in tables}
    new = {table: _entries(found.inventory, table).keys() for table in tables}
    missed = {(name.kind, name.name) for name in found.unmatched}
    matchers = {kind: Matcher(kind, (), rules) for kind in _FIELDS}
    return frozenset(
        row
        for row, note in stored
        if note.table
        and (entry := old[note.table].get(note.key)) is not None
        and (note.key not in new[note.table] or _is_matched(note, entry, missed, matchers))
    )


def _entries(inventory: Inventory, table: str) -> dict[str, Entry]:
    return {note_key(identity(table, entry)): entry for entry in getattr(inventory, table)}


def _is_matched(note: Note, entry: Entry, missed: set[tuple[str, str]], matchers: dict[str, Matcher]) -> bool:
    kind = MATCHED.get(note.code)
    if kind is None:
        return False
    fields = _FIELDS[kind].get(note.table, ())
    names = [name for name in (getattr(entry, field) for field in fields) if name]
    read = " ".join(note.value.split())
    if not names:  # a record that does not keep the name it was read with
        return matchers[kind].rule(read) is not None
    return not any((kind, name) in missed for name in ([read] if read in names else names))
