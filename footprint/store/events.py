"""The append-only, hash-chained log (M9).

Each event holds the digest of the one before, so that no event can be changed, removed or inserted
without breaking every later digest. The database refuses updates and deletions of its own accord;
`verify` recomputes the chain, offline, and names the first event that does not hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, select

from footprint.errors import ChainBroken
from footprint.store.database import take_turn
from footprint.store.tables import Event

GENESIS = "0" * 64


def now() -> str:
    """This instant, UTC, to the second, as the store writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def canonical(payload: dict[str, Any]) -> str:
    """JSON with sorted keys and no spaces: one text for one content."""
    return json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def append(session: Session, actor: str, kind: str, subject: str, payload: dict[str, Any]) -> Event:
    """Add an event at the end of the chain, in the caller's transaction; other processes wait their turn."""
    take_turn(session)
    last = session.exec(select(Event).order_by(col(Event.seq).desc()).limit(1)).first()
    event = Event(
        seq=last.seq + 1 if last else 1,
        at=now(),
        actor=actor,
        kind=kind,
        subject=subject,
        payload=canonical(payload),
        previous=last.digest if last else GENESIS,
        digest="",
    )
    event.digest = digest_of(event)
    session.add(event)
    session.flush()
    return event


def digest_of(event: Event) -> str:
    """SHA-256 over everything the event says and the digest of the one before."""
    parts = [event.previous, str(event.seq), event.at, event.actor, event.kind, event.subject, event.payload]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def history(session: Session, subject: str) -> list[Event]:
    """The events of one subject, oldest first."""
    return list(session.exec(select(Event).where(Event.subject == subject).order_by(col(Event.seq))))


def of_kind(session: Session, prefix: str) -> list[Event]:
    """The events whose kind starts with `prefix`, oldest first."""
    query = select(Event).where(col(Event.kind).startswith(prefix)).order_by(col(Event.seq))
    return list(session.exec(query))


def verify(session: Session) -> int:
    """Number of events whose chain holds. Raises ChainBroken at the first that does not."""
    return check_chain(session.exec(select(Event).order_by(col(Event.seq))))


def last_digest(session: Session) -> str:
    """Digest of the newest event; that of the beginning when there is none."""
    last = session.exec(select(Event).order_by(col(Event.seq).desc()).limit(1)).first()
    return last.digest if last else GENESIS


def check_chain(events: Iterable[Event]) -> int:
    """Check a chain given oldest first; used on the store and on an exported log."""
    previous, count = GENESIS, 0
    for count, event in enumerate(events, start=1):
        if event.seq != count:
            raise ChainBroken(count, "un événement manque.", "an event is missing.")
        if event.previous != previous:
            raise ChainBroken(
                event.seq, "le lien au précédent est rompu.", "the link to the one before is broken."
            )
        if event.digest != digest_of(event):
            raise ChainBroken(event.seq, "le contenu a changé.", "its content changed.")
        previous = event.digest
    return count
