"""From the recorders' spools to the store: each run once, by its id, rolled up by hour.

A spool is marked as pushed only after its transaction is committed. A run that is still being recorded, or
that measured nothing, stays where it is. Good records are kept; bad lines and bad files go to the quarantine
with their reason and count (footprint.records.quarantine), and never stop the others.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from collectors.spool import SUFFIX, SpoolLog, is_being_written, read_spool
from footprint.home import spool_dir
from footprint.records.quarantine import SetAside, Unusable, keep_lines, move_whole
from footprint.records.rows import Rows, rows_of
from footprint.records.runs import id_of, mark_pushed, not_a_record, pushed_to
from footprint.store.database import Store, plain_errors
from footprint.store.tables import MeasuredRun


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one pass did: ids of the runs stored now, files set aside whole, bad lines of the good ones."""

    stored: tuple[str, ...]
    damaged: tuple[SetAside, ...] = ()
    bad_lines: tuple[SetAside, ...] = ()


def ingest(store: Store) -> Ingested:
    """Store the finished runs of the local spool that are not stored yet. Raises StoreError."""
    stored: list[str] = []
    aside: list[SetAside] = []
    for path in sorted(spool_dir(store.home).glob(f"*{SUFFIX}")):
        try:
            stored += _ingest(store, path, aside)
        except Unusable as bad:
            aside.append(move_whole(path, bad.reason))
    damaged = tuple(one for one in aside if one.whole)
    return Ingested(tuple(stored), damaged, tuple(one for one in aside if not one.whole))


def keep(session: Session, rows: Rows) -> bool:
    """Add a record's rows, in the caller's transaction; False when its run is already stored."""
    if session.get(MeasuredRun, rows.runs[0].run_id) is not None:
        return False
    session.add_all(rows.runs)
    session.flush()
    session.add_all(rows.hours)
    session.flush()
    return True


def _ingest(store: Store, path: Path, aside: list[SetAside]) -> list[str]:
    """Store one file; its id when it is stored now. Raises Unusable for a file to set aside whole."""
    name = path.name.removesuffix(SUFFIX)
    if pushed_to(name, store.home):
        return []
    reason = not_a_record(path)
    if reason is not None:
        raise Unusable(reason)
    try:
        # Asked before reading: a recorder that ends in between would leave half a run as a whole one.
        under_way = is_being_written(path, now=time.time())
        log = read_spool(path)
    except OSError:
        aside.append(SetAside(path.name, {"droits": 1}, whole=True))
        return []
    if log.result is None and log.end is None and under_way:
        return []
    run_id = _id(store, path, log)
    try:
        rows = rows_of(log, run_id)
    except Unusable as bad:
        if bad.reason == "sans_energie" and all(reason == "tronquée" for _, reason in log.bad):
            return []  # it measured nothing: too short, or ended at once
        raise
    with store.writing() as session:
        new = keep(session, rows)
    if log.bad:
        aside.append(keep_lines(path, log.bad))
    with plain_errors(store.home):
        mark_pushed(name, store.home)
    return [run_id] if new else []


def _id(store: Store, path: Path, log: SpoolLog) -> str:
    run_id = id_of(path, log)
    if run_id != path.name.removesuffix(SUFFIX):
        with store.session() as session:
            if session.get(MeasuredRun, run_id) is not None:
                raise Unusable("copie")
    return run_id
