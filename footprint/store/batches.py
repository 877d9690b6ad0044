"""The imports a campaign keeps: who, when, from which files, and which of them is the last that stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from footprint.store import events
from footprint.store.database import Store
from footprint.store.tables import Campaign, ImportBatch


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file of an import: its name, the SHA-256 of its content and its size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One import. `mode` is "replace", "complete" or "rules" (matching rules applied to what is stored).

    `digest` is that of the inventory it left (`basis.digest_of`), of the files for one of an older version.
    `counts` gives, by table that changed, how many entries were added, removed, changed, moved and merged.
    """

    id: int
    at: str
    actor: str
    mode: str
    digest: str
    files: tuple[FileRead, ...]
    counts: Mapping[str, Mapping[str, int]]
    undone_at: str | None
    undone_by: str | None


@dataclass(frozen=True, slots=True)
class State:
    """Where a campaign stands: its last import and how many were undone. Equal states hold the same inventory."""

    last: int
    undone: int


_COLUMNS = ("id", "at", "actor", "mode", "digest", "files", "counts", "undone_at", "undone_by")


def batches(store: Store, campaign: Campaign) -> list[Batch]:
    """The imports of a campaign, undone ones included, the newest first."""
    with store.session() as session:
        return _batches(session, campaign.id or 0)


def last_batch(session: Session, campaign_id: int) -> Batch | None:
    """The last import that was not undone."""
    return next((batch for batch in _batches(session, campaign_id) if batch.undone_at is None), None)


def state_of(session: Session, campaign_id: int) -> State:
    """Where a campaign stands."""
    counts = select(func.max(ImportBatch.id), func.count(col(ImportBatch.undone_at)))
    last, undone = session.exec(counts.where(ImportBatch.campaign_id == campaign_id)).one()
    return State(last or 0, undone)


def last_import(session: Session, campaign: Campaign) -> str | None:
    """Digest of the inventory that the last import not undone left, None before any import.

    An assessment keeps it: it is up to date while it is this one.
    """
    batch = last_batch(session, campaign.id or 0)
    if batch is not None:
        return batch.digest
    for event in reversed(events.history(session, f"campagne:{campaign.id}")):
        payload = json.loads(event.payload) if event.kind == "inventaire.importe" else {"import": 0}
        # An import of an older version, which kept nothing to undo it.
        if "import" not in payload:
            return str(payload["sha256"])
    return None


def _batches(session: Session, campaign_id: int) -> list[Batch]:
    table = ImportBatch.__table__  # type: ignore[attr-defined]
    columns = [table.c[name] for name in _COLUMNS]
    query = select(*columns).where(table.c.campaign_id == campaign_id).order_by(table.c.id.desc())
    found = [dict(zip(_COLUMNS, row, strict=True)) for row in session.connection().execute(query)]
    return [
        Batch(
            **{
                **row,
                "files": tuple(FileRead(**file) for file in json.loads(row["files"])),
                "counts": json.loads(row["counts"]),
            }
        )
        for row in found
    ]
