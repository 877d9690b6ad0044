"""Accounts, links, sessions: what opens, what refuses, what the store keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from footprint import people
from footprint.errors import SignInRefused
from footprint.people import AccountRefused
from footprint.roles import Person
from footprint.store import events
from footprint.store.database import Store
from footprint.store.tables import SignInLink, SignInSession, User

PASSWORD = "correct cheval pile agrafe"


@pytest.fixture
def anne(store: Store) -> Person:
    return people.create_account(store, "anne", "approbateur", "Anne", "Directrice")


def _later(monkeypatch: pytest.MonkeyPatch, **delta: float) -> None:
    moment = people.clock() + timedelta(**delta)
    monkeypatch.setattr(people, "clock", lambda: moment)


def test_account_is_kept_and_logged(store: Store, anne: Person) -> None:
    assert people.accounts(store) == (anne,)
    assert people.find(store, " anne ") == anne
    with store.session() as session:
        assert [event.kind for event in events.history(session, "compte:anne")] == ["compte.cree"]
        assert events.verify(session) == 1


@pytest.mark.parametrize("login", ["", "a", "deux mots", "x" * 201, "<script>"])
def test_ill_formed_identifier_is_refused(store: Store, login: str) -> None:
    with pytest.raises(AccountRefused):
        people.create_account(store, login, "lecteur")


def test_taken_identifier_and_unknown_role_are_refused(store: Store, anne: Person) -> None:
    with pytest.raises(AccountRefused, match="existe déjà"):
        people.create_account(store, "anne", "lecteur")
    with pytest.raises(AccountRefused, match="Rôle inconnu"):
        people.create_account(store, "bob", "chef")
    assert people.accounts(store) == (anne,)


def test_password_opens_and_is_kept_as_a_hash(store: Store, anne: Person) -> None:
    people.change_password(store, anne.id, PASSWORD)
    assert people.authenticate(store, "anne", PASSWORD).login == "anne"
    with store.session() as session:
        kept = session.exec(select(User.password_hash)).one()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_every_refusal_says_the_same(store: Store, anne: Person) -> None:
    people.change_password(store, anne.id, PASSWORD)
    people.create_account(store, "sans-mot-de-passe", "lecteur")
    people.create_account(store, "ferme", "lecteur")
    people.close_account(store, "ferme")
    said = set()
    for login, password in (
        ("anne", "faux"),
        ("inconnue", PASSWORD),
        ("sans-mot-de-passe", ""),
        ("ferme", "x"),
    ):
        with pytest.raises(SignInRefused) as refused:
            people.authenticate(store, login, password)
        said.add(str(refused.value))
    assert said == {"Identifiant ou mot de passe refusé."}


@pytest.mark.parametrize("password", ["", "court", "x" * 11, "x" * 1001])
def test_password_length(store: Store, anne: Person, password: str) -> None:
    with pytest.raises(AccountRefused, match="12 caractères"):
        people.change_password(store, anne.id, password)


def test_link_opens_once(store: Store, anne: Person) -> None:
    token = people.make_link(store, "anne")
    assert people.redeem_link(store, token) == anne
    with pytest.raises(SignInRefused, match="déjà servi"):
        people.redeem_link(store, token)


def test_link_expires(store: Store, anne: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    token = people.make_link(store, "anne")
    _later(monkeypatch, minutes=people.LINK_MINUTES, seconds=1)
    with pytest.raises(SignInRefused):
        people.redeem_link(store, token)


def test_links_of_closed_or_unknown_accounts(store: Store, anne: Person) -> None:
    token = people.make_link(store, "anne")
    people.close_account(store, "anne")
    with pytest.raises(SignInRefused):
        people.redeem_link(store, token)
    for login in ("anne", "personne"):
        with pytest.raises(SignInRefused):
            people.make_link(store, login)


def test_session_slides_and_ends(store: Store, anne: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    token = people.open_session(store, anne.id)
    _later(monkeypatch, hours=7)
    held = people.session_of(store, token)
    assert held is not None
    assert held.person == anne
    _later(monkeypatch, hours=7)  # fourteen hours after sign-in, seven after the last use
    assert people.session_of(store, token) is not None
    _later(monkeypatch, hours=8, seconds=1)
    assert people.session_of(store, token) is None


def test_session_ends_on_sign_out_password_change_and_closing(store: Store, anne: Person) -> None:
    for end in (
        lambda key: people.close_session(store, key),
        lambda _key: people.change_password(store, anne.id, PASSWORD),
        lambda _key: people.close_account(store, "anne"),
    ):
        token = people.open_session(store, anne.id)
        held = people.session_of(store, token)
        assert held is not None
        end(held.key)
        assert people.session_of(store, token) is None


def test_no_token_is_kept(store: Store, anne: Person) -> None:
    link, token = people.make_link(store, "anne"), people.open_session(store, anne.id)
    with store.session() as session:
        links = session.exec(select(SignInLink.token_sha256)).all()
        sessions = session.exec(select(SignInSession.token_sha256)).all()
    assert links == [people.sha256(link)]
    assert sessions == [people.sha256(token)]
    assert people.session_of(store, sessions[0]) is None  # the kept digest opens nothing


def test_profile_needs_name_and_function(store: Store, anne: Person) -> None:
    with pytest.raises(AccountRefused):
        people.complete_profile(store, anne.id, "  ", "Directrice")
    renamed = people.complete_profile(store, anne.id, " Anne   Roy ", "DSI")
    assert (renamed.name, renamed.function) == ("Anne Roy", "DSI")
