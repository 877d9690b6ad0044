"""Bearer tokens: what an agent shows to send its records, or a program to import files.

The secret is told once, at creation; the store keeps its SHA-256, so that a copy of the store opens nothing.
A token has one scope, an end, and a name of the machine or agent that holds it, never of a person. Creations
and revocations are events of the chained log (M9). Of its use, only the day of the last one is kept.

Errors: TokenRefused (a bad name, length of life or scope, a name already taken or unknown).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from footprint.errors import FootprintError, StoreError
from footprint.store import events
from footprint.store.database import Store
from footprint.store.tables import CollectToken

PREFIX = "fp_"
SCOPES = ("collect", "import")
"""What a token may do. "collect": post measured records; "import": import files by the API. Nothing else."""
DEFAULT_DAYS = 365
LONGEST_DAYS = 1825
_SECRET = re.compile(re.escape(PREFIX) + r"[A-Za-z0-9_-]{43}")
_NAME = re.compile(r"[\w][\w .:@()’'/-]{0,98}[\w)]")


class TokenRefused(FootprintError):
    """A token can't be made or revoked as asked."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token, without its secret. `expires_at`, `revoked_at`: UTC ISO 8601; `last_used`: a day, or None."""

    id: int
    name: str
    scope: str
    created_at: str
    expires_at: str
    last_used: str | None
    revoked_at: str | None

    def state(self, now: str) -> str:
        """ "revoked", "expired" or "open" at this instant (UTC ISO 8601)."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "open"


def create(
    store: Store, name: str, days: int = DEFAULT_DAYS, scope: str = "collect", actor: str = "CLI"
) -> tuple[Token, str]:
    """A new token and its secret, which nothing will tell again. Raises TokenRefused.

    `days`: how long it lives, 1 to 1825 (five years).
    """
    name = name.strip()
    _check(name, days, scope)
    secret = PREFIX + secrets.token_urlsafe(32)
    expires = (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with store.writing() as session:
        if _by_name(session, name):
            raise TokenRefused(
                f"Un jeton « {name} » existe déjà : choisissez un autre nom (un nom révoqué ne sert plus).",
                f"A token “{name}” already exists: choose another name (a revoked one is not used again).",
            )
        row = CollectToken(
            name=name, scope=scope, token_sha256=_digest(secret), created_at=events.now(), expires_at=expires
        )
        session.add(row)
        session.flush()
        events.append(session, actor, "jeton.cree", f"jeton:{name}", {"scope": scope, "expires_at": expires})
        return _token(row), secret


def tokens(store: Store) -> tuple[Token, ...]:
    """Every token, oldest first, those that no longer open anything included."""
    with store.session() as session:
        return tuple(_token(row) for row in session.exec(select(CollectToken).order_by(col(CollectToken.id))))


def revoke(store: Store, name: str, actor: str = "CLI") -> Token:
    """End a token at once; what it sent stays. Raises TokenRefused for an unknown name."""
    with store.writing() as session:
        row = _by_name(session, name.strip())
        if row is None:
            raise TokenRefused(
                f"Aucun jeton « {name} ». Les noms : footprint token list.",
                f"No token “{name}”. The names: footprint token list.",
            )
        if row.revoked_at is None:
            row.revoked_at = events.now()
            session.add(row)
            events.append(session, actor, "jeton.revoque", f"jeton:{row.name}", {"scope": row.scope})
        return _token(row)


def bearer(store: Store, secret: str) -> Token | None:
    """The open token of this secret; None for one unknown, expired or revoked."""
    if not _SECRET.fullmatch(secret):
        return None
    with store.session() as session:
        row = session.exec(select(CollectToken).where(CollectToken.token_sha256 == _digest(secret))).first()
        token = _token(row) if row else None
    now = events.now()
    if token is None or token.state(now) != "open":
        return None
    if token.last_used != now[:10]:
        with suppress(StoreError):  # a busy store must not turn a good token away
            _note_use(store, token.id, now[:10])
    return token


def well_formed(secret: str) -> bool:
    """Whether a text has the form of a secret."""
    return _SECRET.fullmatch(secret) is not None


def _note_use(store: Store, token_id: int, day: str) -> None:
    with store.writing() as session:
        row = session.get(CollectToken, token_id)
        if row is not None:
            row.last_used = day
            session.add(row)


def _check(name: str, days: int, scope: str) -> None:
    if not _NAME.fullmatch(name):
        raise TokenRefused(
            "Nom de jeton refusé : 2 à 100 lettres, chiffres, espaces ou tirets, comme « agent salle B ».",
            "Token name refused: 2 to 100 letters, digits, spaces or hyphens, such as “agent room B”.",
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise TokenRefused(
            f"Durée refusée : de 1 à {LONGEST_DAYS} jours.", f"Length refused: 1 to {LONGEST_DAYS} days."
        )
    if scope not in SCOPES:
        raise TokenRefused(
            f"Portée inconnue : « {scope} ». Choisissez parmi {', '.join(SCOPES)}.",
            f"Unknown scope: “{scope}”. Choose one of {', '.join(SCOPES)}.",
        )


def _by_name(session: Session, name: str) -> CollectToken | None:
    return session.exec(select(CollectToken).where(CollectToken.name == name)).first()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _token(row: CollectToken) -> Token:
    assert row.id is not None
    return Token(row.id, row.name, row.scope, row.created_at, row.expires_at, row.last_used, row.revoked_at)
