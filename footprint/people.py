"""Accounts, sign-in links and server-side sessions.

A password is kept as its argon2 hash; the token of a link or of a session only as its SHA-256, so that a
copy of the store opens nothing. Refusals say the same thing whatever went wrong, and take the same time for
an unknown identifier as for a wrong password. Instants are UTC; durations are in minutes or hours as named.

Errors: SignInRefused (sign-in, links, sessions), AccountRefused (a bad identifier, role or password).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from footprint import passwords
from footprint.errors import FootprintError, SignInRefused
from footprint.roles import Person
from footprint.store import events
from footprint.store.database import Store
from footprint.store.tables import ROLES, SignInLink, SignInSession, User

LINK_MINUTES = 15
SESSION_HOURS = 8
LONGEST_HOURS = 24  # a session used all along still ends
PASSWORD_LENGTH = 12

_LOGIN = re.compile(r"[\w.@+-]{2,200}")


class AccountRefused(FootprintError):
    """An account can't be made or changed as asked."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person with an open session: `csrf` goes into every form, `key` names the session (not its token)."""

    person: Person
    csrf: str
    key: str


def create_account(store: Store, login: str, role: str, name: str = "", function: str = "") -> Person:
    """A new account. Raises AccountRefused: identifier already taken or ill-formed, unknown role."""
    login = login.strip().casefold()  # « Alice » and « alice » are one person
    if not _LOGIN.fullmatch(login):
        raise AccountRefused(
            "Identifiant refusé : 2 à 200 lettres, chiffres, points, tirets ou @, sans espace.",
            "Identifier refused: 2 to 200 letters, digits, dots, hyphens or @, no space.",
        )
    if role not in ROLES:
        raise AccountRefused(
            f"Rôle inconnu : « {role} ». Choisissez parmi {', '.join(ROLES)}.",
            f"Unknown role: “{role}”. Choose one of {', '.join(ROLES)}.",
        )
    with store.writing() as session:
        if _by_login(session, login):
            raise AccountRefused(f"Le compte « {login} » existe déjà.", f"Account “{login}” already exists.")
        user = User(login=login, name=name, function=function, role=role, created_at=events.now())
        session.add(user)
        session.flush()
        events.append(session, login, "compte.cree", f"compte:{login}", {"role": role})
        return _person(user)


def accounts(store: Store) -> tuple[Person, ...]:
    """Every open account, oldest first."""
    with store.session() as session:
        query = select(User).where(User.disabled == False).order_by(col(User.id))  # noqa: E712
        return tuple(_person(user) for user in session.exec(query))


def find(store: Store, login: str) -> Person | None:
    """The open account with this identifier."""
    with store.session() as session:
        user = _by_login(session, login.strip())
        return _person(user) if user and not user.disabled else None


def close_account(store: Store, login: str) -> None:
    """Disable an account and end its sessions at once."""
    with store.session() as session:
        user = _by_login(session, login)
        if user is None:
            raise AccountRefused(f"Compte inconnu : « {login} ».", f"Unknown account: “{login}”.")
        user.disabled = True
        session.add(user)
        _end_sessions(session, _person(user).id)
        events.append(session, login, "compte.ferme", f"compte:{login}", {})


def authenticate(store: Store, login: str, password: str) -> Person:
    """The person with this identifier and password. Raises SignInRefused, always the same one."""
    with store.session() as session:
        user = _by_login(session, login)
    # Verified with no hold on the store: it takes a while, on purpose.
    known = user is not None and not user.disabled and bool(user.password_hash)
    # An unknown identifier costs one verification too: the answer's time tells nothing.
    matches = passwords.verify(user.password_hash if user and known else None, password)
    if user is None or not (known and matches):
        raise _refused()
    return _person(user)


def check_password(password: str) -> None:
    """Raises AccountRefused for a password shorter than 12 characters, or absurdly long."""
    if not PASSWORD_LENGTH <= len(password) <= 1000:
        raise AccountRefused(
            f"Mot de passe refusé : {PASSWORD_LENGTH} caractères au moins, 1000 au plus.",
            f"Password refused: at least {PASSWORD_LENGTH} characters, at most 1000.",
        )


def change_password(store: Store, person_id: int, password: str) -> None:
    """Set a password and end every session of the person. Raises AccountRefused (see check_password)."""
    check_password(password)
    with store.session() as session:
        user = _existing(session, person_id)
        user.password_hash = passwords.hashed(password)
        session.add(user)
        _end_sessions(session, person_id)
        session.connection().execute(delete(SignInLink).where(col(SignInLink.user_id) == person_id))
        events.append(session, user.login, "compte.mot_de_passe", f"compte:{user.login}", {})


def complete_profile(store: Store, person_id: int, name: str, function: str) -> Person:
    """Give the name and function that decisions will carry; each change is an event.

    Raises AccountRefused when one is empty, or the name is that of another open account.
    """
    name, function = " ".join(name.split()), " ".join(function.split())
    if not name or not function or len(name) > 200 or len(function) > 200:
        raise AccountRefused(
            "Indiquez votre nom et votre fonction (200 caractères au plus).",
            "Give your name and your function (200 characters at most).",
        )
    with store.writing() as session:
        user = _existing(session, person_id)
        others = session.exec(select(User).where(User.id != person_id, User.disabled == False))  # noqa: E712
        if any(other.name.casefold() == name.casefold() for other in others):
            raise AccountRefused(
                f"Un autre compte porte déjà le nom « {name} » : précisez le vôtre.",
                f"Another account already bears the name “{name}”: make yours more precise.",
            )
        if (user.name, user.function) != (name, function):
            change = {"avant": [user.name, user.function], "apres": [name, function]}
            user.name, user.function = name, function
            session.add(user)
            events.append(session, user.login, "compte.profil", f"compte:{user.login}", change)
        return _person(user)


def make_link(store: Store, login: str) -> str:
    """Token of a one-time sign-in link, good for 15 minutes. Raises SignInRefused for a closed account."""
    token = secrets.token_urlsafe(32)
    with store.session() as session:
        user = _by_login(session, login)
        if user is None or user.disabled:
            raise _refused()
        expires = _stamp(clock() + timedelta(minutes=LINK_MINUTES))
        session.add(SignInLink(token_sha256=sha256(token), user_id=_person(user).id, expires_at=expires))
    return token


def redeem_link(store: Store, token: str) -> Person:
    """The person a one-time link is for; the link is spent. Raises SignInRefused: used, expired, unknown."""
    moment = _stamp(clock())
    with store.session() as session:
        # One statement spends it, so two clicks at once can't both pass.
        spent = session.connection().execute(
            update(SignInLink)
            .where(
                col(SignInLink.token_sha256) == sha256(token),
                col(SignInLink.used_at).is_(None),
                col(SignInLink.expires_at) > moment,
            )
            .values(used_at=moment)
        )
        link = session.get(SignInLink, sha256(token)) if spent.rowcount == 1 else None
        user = session.get(User, link.user_id) if link else None
        if user is None or user.disabled:
            raise SignInRefused(
                "Ce lien a déjà servi ou n’est plus valable. Demandez-en un autre.",
                "This link was already used or is no longer valid. Ask for another one.",
            )
        return _person(user)


def open_session(store: Store, person_id: int) -> str:
    """Open a session and give its token, which only the browser keeps."""
    token = secrets.token_urlsafe(32)
    with store.session() as session:
        old = delete(SignInSession).where(col(SignInSession.expires_at) <= _stamp(clock()))
        session.connection().execute(old)
        session.add(
            SignInSession(
                token_sha256=sha256(token),
                user_id=person_id,
                csrf=secrets.token_urlsafe(32),
                created_at=_stamp(clock()),
                expires_at=_stamp(clock() + timedelta(hours=SESSION_HOURS)),
            )
        )
    return token


def session_of(store: Store, token: str) -> SignedIn | None:
    """Who holds this session token; each use puts its end off to 8 hours from now."""
    moment = clock()
    with store.session() as session:
        row = session.get(SignInSession, sha256(token))
        if row is None or row.expires_at <= _stamp(moment):
            return None
        user = session.get(User, row.user_id)
        if user is None or user.disabled:
            return None
        if row.created_at <= _stamp(moment - timedelta(hours=LONGEST_HOURS)):
            return None
        # Written every five minutes at most: reading a page must not cost a write.
        if row.expires_at < _stamp(moment + timedelta(hours=SESSION_HOURS, minutes=-5)):
            row.expires_at = _stamp(moment + timedelta(hours=SESSION_HOURS))
            session.add(row)
        return SignedIn(_person(user), row.csrf, row.token_sha256)


def close_session(store: Store, key: str) -> None:
    """End a session (its `key`); its token opens nothing from now on."""
    with store.session() as session:
        session.connection().execute(delete(SignInSession).where(col(SignInSession.token_sha256) == key))


def clock() -> datetime:
    """This instant, UTC."""
    return datetime.now(UTC)


def sha256(token: str) -> str:
    """What the store keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _by_login(session: Session, login: str) -> User | None:
    return session.exec(select(User).where(User.login == login.strip().casefold())).first()


def _existing(session: Session, person_id: int) -> User:
    user = session.get(User, person_id)
    if user is None or user.disabled:
        raise _refused()
    return user


def _end_sessions(session: Session, person_id: int) -> None:
    session.connection().execute(delete(SignInSession).where(col(SignInSession.user_id) == person_id))


def _person(user: User) -> Person:
    if user.id is None:
        raise ValueError("an account without a key")
    return Person(user.id, user.login, user.name, user.function, user.role, bool(user.password_hash))


def _refused() -> SignInRefused:
    return SignInRefused("Identifiant ou mot de passe refusé.", "Identifier or password refused.")
