"""The warnings of imports, which stay attached to their record until an import says them no more."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from footprint.store.database import Store
from footprint.store.tables import Campaign, RecordNote
from pos_map import Gathered, Inventory
from pos_map.changes import Identity
from pos_map.model import identity as identity_of

# Warnings met on the line of a machine that are about its application.
_ABOUT_APPLICATIONS = frozenset({"unmapped-application", "application-without-machine", "two-places"})
_CHUNK = 20_000
_COLUMNS = {"table": "entry_table", "key": "entry_key", "column": "header"}


@dataclass(frozen=True, slots=True)
class Note:
    """A warning attached to a record: its table and `key` (of `note_key`), both "" for a whole file.

    Where it was read, the sentence in both languages, and the import that first brought it (0: not kept yet).
    """

    table: str
    key: str
    file: str
    sheet: str
    line: int | None
    column: str
    value: str
    code: str
    fr: str
    en: str
    import_id: int = 0


def note_key(identity: Identity) -> str:
    """What names a record, as notes write it: a JSON list."""
    return json.dumps(list(identity), ensure_ascii=False, separators=(",", ":"), default=date.isoformat)


def notes(store: Store, campaign: Campaign, table: str = "", identity: Identity = ()) -> list[Note]:
    """The warnings attached to the records of a campaign, in the order they were read; of a table, of a record."""
    with store.session() as session:
        found = [note for _id, note in kept(session, campaign.id or 0)]
    key = note_key(identity) if identity else ""
    return [note for note in found if table in ("", note.table) and key in ("", note.key)]


def of_files(gathered: Gathered) -> list[Note]:
    """The warnings of what was read, each with the record of its line."""
    found = []
    for fault in gathered.warnings:
        table, identity = gathered.entries.get((fault.file, fault.sheet, fault.line), ("", ()))
        if table == "links" and fault.code in _ABOUT_APPLICATIONS:
            table, identity = "applications", identity[:1]
        found.append(
            Note(
                table, note_key(identity) if table else "", fault.file, fault.sheet, fault.line, fault.column,
                fault.value, fault.code, fault.fr, fault.en,
            )
        )  # fmt: skip
    return found


def kept(session: Session, campaign_id: int) -> list[tuple[int, Note]]:
    """The notes of a campaign with their row, in order."""
    table = RecordNote.__table__  # type: ignore[attr-defined]
    columns = [table.c[_COLUMNS.get(name, name)] for name in Note.__dataclass_fields__]
    query = select(table.c.id, *columns).where(table.c.campaign_id == campaign_id).order_by(table.c.id)
    return [(row[0], Note(*row[1:])) for row in session.connection().execute(query)]


@dataclass(frozen=True, slots=True)
class NoteChanges:
    """What an import does to the notes: those it drops, with their rows, and those it brings."""

    dropped: tuple[tuple[int, Note], ...]
    brought: tuple[Note, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the notes stay as they are."""
        return not (self.dropped or self.brought)


def differences(
    session: Session, campaign_id: int, new: Sequence[Note], droppable: Collection[int] | None
) -> NoteChanges:
    """What changes when `new` is what an import says; `droppable` are the rows it may drop (None: all)."""
    fresh = dict.fromkeys(_content(note) for note in new)
    stored = kept(session, campaign_id)
    old = {_content(note) for _id, note in stored}
    dropped = tuple(
        (row, note)
        for row, note in stored
        if _content(note) not in fresh and (droppable is None or row in droppable)
    )
    return NoteChanges(dropped, tuple(note for note in fresh if note not in old))


def rewritten(session: Session, campaign_id: int, before: Inventory, found: Gathered) -> frozenset[int]:
    """The rows of the notes on records that these files give again, or on the files themselves."""
    stored = kept(session, campaign_id)
    names = {fault.file for fault in found.faults}
    again: dict[str, set[str]] = {}
    for table in {note.table for _row, note in stored if note.table}:
        old = {identity_of(table, entry): entry for entry in getattr(before, table)}
        entries = ((identity_of(table, entry), entry) for entry in getattr(found.inventory, table))
        again[table] = {note_key(name) for name, entry in entries if old.get(name) is not entry}
    return frozenset(
        row for row, note in stored if (note.key in again[note.table] if note.table else note.file in names)
    )


def write(session: Session, campaign_id: int, import_id: int, changes: NoteChanges) -> None:
    """Apply them, in the caller's transaction."""
    table = RecordNote.__table__  # type: ignore[attr-defined]
    rows = [row for row, _note in changes.dropped]
    for start in range(0, len(rows), 500):
        session.connection().execute(delete(table).where(table.c.id.in_(rows[start : start + 500])))
    insert_all(
        session,
        campaign_id,
        ({**asdict(note), "import_id": import_id} for note in changes.brought),
    )


def insert_all(session: Session, campaign_id: int, given: Iterable[dict[str, Any]]) -> None:
    """Add notes, given by the names of `Note`."""
    rows = [
        {"campaign_id": campaign_id, **{_COLUMNS.get(name, name): value for name, value in note.items()}}
        for note in given
    ]
    for start in range(0, len(rows), _CHUNK):
        session.connection().execute(insert(RecordNote.__table__), rows[start : start + _CHUNK])  # type: ignore[attr-defined]


def drop_of(session: Session, import_id: int) -> None:
    """Remove the notes an import brought."""
    table = RecordNote.__table__  # type: ignore[attr-defined]
    session.connection().execute(delete(table).where(table.c.import_id == import_id))


def _content(note: Note) -> Note:
    """What it says, whichever import said it."""
    return note if note.import_id == 0 else Note(**{**asdict(note), "import_id": 0})
