"""Records that come over the network: checked as hostile, stored once by their id, in one transaction.

What may come for an id already there: the same content, or content that says the same energy of the same run
(a record thinned since), is "already" there and changes nothing; a strict continuation of what was received
(it begins with the very same bytes) takes its place; anything else is a "conflict" and is refused.

Not the record itself is kept, but its rows, its digest, and which token sent it.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isclose
from pathlib import Path
from typing import Literal

from sqlalchemy import delete
from sqlmodel import Session, col, select

from collectors.spool import parse_spool
from footprint.records.ingest import keep
from footprint.records.quarantine import REASONS, Unusable, counted
from footprint.records.rows import Rows, rows_of
from footprint.records.runs import RUN_ID
from footprint.store import archive, events
from footprint.store.database import Store
from footprint.store.tables import EnergyHour, EnergyMonth, MeasuredRun, ReceivedSpool

LARGEST_RECORD = 32 * 1024 * 1024
"""Bytes of a record, as sent and once unpacked."""

Outcome = Literal["stored", "already", "conflict", "unusable"]


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a record: its reason in both languages when it was not stored, its bad lines by reason."""

    outcome: Outcome
    fr: str = ""
    en: str = ""
    bad_lines: dict[str, int] = field(default_factory=dict)


class TooLarge(Exception):
    """A record is larger than `LARGEST_RECORD` once unpacked."""


class BadPacking(Exception):
    """What should be gzip is not, or not only."""


def receive(store: Store, token_id: int, run_id: str, content: bytes) -> Received:
    """Store a record; returns once it is committed. Raises StoreError, nothing else, whatever the content."""
    log = parse_spool(content)
    bad = counted(log.bad)
    try:
        if not RUN_ID.fullmatch(run_id) or log.header.get("run_id") not in (None, run_id):
            raise Unusable("identifiant")
        rows = rows_of(log, run_id)
    except Unusable as unusable:
        fr, en = REASONS[unusable.reason]
        return Received("unusable", f"Mesure refusée : {fr}.", f"Record refused: {en}.", bad)
    seen = ReceivedSpool(
        run_id=run_id,
        token_id=token_id,
        sha256=_digest(content),
        size=len(content),
        received_on=events.now()[:10],
        bad_lines=json.dumps(bad, sort_keys=True, ensure_ascii=False),
    )
    with store.writing() as session:
        outcome = _store(session, rows, seen, content, store.home)
    if outcome == "already":
        return Received("already", "Mesure déjà là.", "Record already there.", bad)
    if outcome == "conflict":
        return Received(
            "conflict",
            "Une autre mesure porte déjà cet identifiant ; celle-ci n’a pas été gardée.",
            "Another record already has this id; this one was not kept.",
            bad,
        )
    return Received("stored", bad_lines=bad)


def unpack(packed: bytes) -> bytes:
    """The content of one gzip member. Raises BadPacking, TooLarge (before it is all unpacked)."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        content = inflater.decompress(packed, LARGEST_RECORD + 1)
    except zlib.error as error:
        raise BadPacking from error
    if len(content) > LARGEST_RECORD:
        raise TooLarge
    if not inflater.eof or inflater.unused_data:
        raise BadPacking
    return content


def _store(session: Session, rows: Rows, seen: ReceivedSpool, content: bytes, home: Path) -> Outcome:
    known = session.get(ReceivedSpool, seen.run_id)
    if known is not None and known.sha256 == seen.sha256:
        return "already"
    if keep(session, rows):
        session.add(seen)
        return "stored"
    if known is not None and known.size < seen.size and _digest(content[: known.size]) == known.sha256:
        _forget(session, seen.run_id, home)
        keep(session, rows)
        session.add(seen)
        return "stored"
    return "already" if _says_the_same(session, rows) else "conflict"


def _forget(session: Session, run_id: str, home: Path) -> None:
    """Remove the rows of a record whose continuation comes in the same transaction."""
    services = col(MeasuredRun.run_id).startswith(f"{run_id}:", autoescape=True)
    mine = (col(MeasuredRun.run_id) == run_id) | services
    ids = list(session.exec(select(MeasuredRun.run_id).where(mine)))
    session.execute(delete(ReceivedSpool).where(col(ReceivedSpool.run_id) == run_id))
    session.execute(delete(EnergyHour).where(col(EnergyHour.run_id).in_(ids)))
    archive.withdraw(session, home, ids)
    session.execute(delete(MeasuredRun).where(col(MeasuredRun.run_id).in_(ids)))
    session.flush()
    session.expunge_all()


def _says_the_same(session: Session, rows: Rows) -> bool:
    """Whether what is stored under this id is the same run with the same energy, by component."""
    run = rows.runs[0]
    known = session.get(MeasuredRun, run.run_id)
    if known is None:
        return False
    if any(getattr(known, name) != getattr(run, name) for name in ("subject", "application", "model")):
        return False
    if not (isclose(known.started_s, run.started_s) and isclose(known.duration_s, run.duration_s)):
        return False
    hours = session.exec(select(EnergyHour).where(EnergyHour.run_id == run.run_id)).all()
    months = session.exec(select(EnergyMonth).where(EnergyMonth.run_id == run.run_id)).all()
    there = _by_component((*hours, *months))
    here = _by_component(h for h in rows.hours if h.run_id == run.run_id)
    return there.keys() == here.keys() and all(
        isclose(there[key], here[key], rel_tol=1e-9, abs_tol=1e-15) for key in there
    )


def _by_component(hours: Iterable[EnergyHour | EnergyMonth]) -> dict[tuple[str, str, str], float]:
    totals: dict[tuple[str, str, str], float] = {}
    for hour in hours:
        key = (hour.component, hour.channel, hour.tier)
        totals[key] = totals.get(key, 0.0) + hour.energy_kwh
    return totals


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
