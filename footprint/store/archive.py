"""Closed months of hourly energy, out of the database and into Parquet, in one transaction.

A file is written whole beside, put on the disk, and counts only once the transaction that takes its rows out
of the database and names it there is committed: killed at any moment, every hour is in one place, and one only.
What the hours of a run come to stays in the database by month, so totals never need the files.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import delete, func, insert, select
from sqlmodel import Session

from footprint.errors import StoreError
from footprint.store import events
from footprint.store import tables as t
from footprint.store.database import Store, plain_errors
from footprint.store.frames import hours_of_month

FOLDER = "energy"
ROW_GROUP = 250_000
DRAFT_S = 3600.0  # an unnamed file older than this was left by a process that was killed


@dataclass(frozen=True, slots=True)
class Archived:
    """A month that was archived: its rows and the file they are in."""

    month: str
    rows: int
    path: Path


def archive(store: Store, before: str | None = None) -> tuple[Archived, ...]:
    """Archive every month that ended before `before` ("2026-11", the current one by default). Raises StoreError."""
    last = before or datetime.now(UTC).strftime("%Y-%m")
    with store.session() as session:
        hour = t.EnergyHour.__table__.c.hour  # type: ignore[attr-defined]
        found = session.connection().execute(select(func.substr(hour, 1, 7)).distinct()).scalars()
        months = sorted(month for month in found if month < last)
    _sweep(store)
    return tuple(done for month in months if (done := _archive(store, month)))


def files(session: Session, home: Path, year: int) -> tuple[tuple[str, str], ...]:
    """The archive of a year: path and SHA-256 of each file, in a fixed order.

    Raises StoreError when one is gone, or is no longer the file that was archived.
    """
    table = t.EnergyArchive.__table__  # type: ignore[attr-defined]
    query = select(table.c.path, table.c.sha256).where(
        table.c.month >= f"{year}-", table.c.month < f"{year + 1}-"
    )
    found = [
        (str(home / path), digest)
        for path, digest in session.connection().execute(query.order_by(table.c.path))
    ]
    for path, digest in found:
        if not Path(path).is_file():
            raise _gone(path)
        if _digest(Path(path)) != digest:
            raise _damaged(path)
    return tuple(found)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _gone(path: str | Path) -> StoreError:
    return StoreError(
        f"Un fichier de l’archive des énergies manque : {path}. Remettez-le depuis une sauvegarde.",
        f"A file of the energy archive is missing: {path}. Put it back from a backup.",
    )


def _damaged(path: str | Path) -> StoreError:
    return StoreError(
        f"Un fichier de l’archive des énergies est abîmé : {path}. Remettez-le depuis une sauvegarde.",
        f"A file of the energy archive is damaged: {path}. Put it back from a backup.",
    )


def _read(path: Path) -> pa.Table:
    """A file of the archive. Raises StoreError when it is gone or damaged."""
    if not path.is_file():
        raise _gone(path)
    try:
        return pq.read_table(path)
    except pa.ArrowInvalid as error:
        raise _damaged(path) from error


def withdraw(session: Session, home: Path, run_ids: Sequence[str]) -> None:
    """Take runs out of the archive, in the caller's transaction: a record whose continuation has come.

    Their files are written again without them; the old ones are no longer named, and swept later.
    """
    table, month = t.EnergyArchive.__table__, t.EnergyMonth.__table__  # type: ignore[attr-defined]
    mine = month.c.run_id.in_(run_ids)
    query = select(table.c.path, table.c.month).where(
        table.c.month.in_(select(month.c.month).where(mine).distinct())
    )
    for path, of_month in session.connection().execute(query).all():
        frame = _read(home / path)
        kept = frame.filter(pc.invert(pc.is_in(frame["run_id"], pa.array(run_ids, pa.string()))))
        if kept.num_rows == frame.num_rows:
            continue
        session.execute(delete(t.EnergyArchive).where(table.c.path == path))
        if kept.num_rows:
            _name(session, home, of_month, kept)
    session.execute(delete(t.EnergyMonth).where(mine))


def _archive(store: Store, month: str) -> Archived | None:
    """One month: its file written first, then named, its hours summed and taken out, all or nothing."""
    with plain_errors(store.home), store.writing() as session:
        frame = hours_of_month(session, month)
        if not frame.num_rows:
            return None
        values = _name(session, store.home, month, frame)
        _sum(session, month)
        hour = t.EnergyHour.__table__.c.hour  # type: ignore[attr-defined]
        session.execute(delete(t.EnergyHour).where(func.substr(hour, 1, 7) == month))
        events.append(session, "footprint", "energie.archivee", f"mois:{month}", values)
    return Archived(month, frame.num_rows, store.home / str(values["path"]))


def _name(session: Session, home: Path, month: str, frame: pa.Table) -> dict[str, Any]:
    """Write a file and make it count with the caller's transaction."""
    path, digest = _write(home, month, frame)
    values = {"path": path, "month": month, "rows": frame.num_rows, "sha256": digest}
    session.execute(insert(t.EnergyArchive), [{**values, "archived_at": events.now()}])
    return values


def _write(home: Path, month: str, frame: pa.Table) -> tuple[str, str]:
    """Write a file named by its contents; its path inside the home and its SHA-256."""
    year, number = month.split("-")
    folder = home / FOLDER / f"year={year}" / f"month={number}"
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".draft-{os.getpid()}"
    pq.write_table(frame, draft, compression="zstd", row_group_size=ROW_GROUP)
    digest = _digest(draft)
    path = folder / f"{digest[:16]}.parquet"
    with draft.open("rb") as stream:
        os.fsync(stream.fileno())
    draft.replace(path)
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    return path.relative_to(home).as_posix(), digest


def _sum(session: Session, month: str) -> None:
    """The month of each run and component; a run is stored once (its id), so its month is summed once."""
    hour = t.EnergyHour.__table__  # type: ignore[attr-defined]
    keys = ("run_id", "component", "channel", "tier")
    numbers = ("seconds", "energy_kwh", "low_kwh", "high_kwh")
    of_month = func.substr(hour.c.hour, 1, 7)
    sums = select(
        of_month, *[hour.c[name] for name in keys], *[func.sum(hour.c[name]) for name in numbers]
    ).where(of_month == month)
    grouped = sums.group_by(of_month, *[hour.c[name] for name in keys])
    session.execute(insert(t.EnergyMonth).from_select(["month", *keys, *numbers], grouped))


def _sweep(store: Store) -> None:
    """Remove files that no commit names: left by a process that was killed."""
    with store.session() as session:
        named = set(session.connection().execute(select(t.EnergyArchive.__table__.c.path)).scalars())  # type: ignore[attr-defined]
    for path in (store.home / FOLDER).glob("year=*/month=*/*"):
        old = time.time() - path.stat().st_mtime > DRAFT_S
        if old and path.relative_to(store.home).as_posix() not in named:
            path.unlink(missing_ok=True)
