"""Collectors' tokens: told once, kept as a digest, ended by date or by hand, written in the log."""

from __future__ import annotations

import json
import sqlite3

import pytest
import typer
from sqlmodel import select
from typer.testing import CliRunner

from footprint import tokens
from footprint.cli import tokens as token_commands
from footprint.store import events
from footprint.store.database import Store
from footprint.store.tables import CollectToken

CLI = typer.Typer()
token_commands.register(CLI)


def test_a_secret_is_told_once_and_kept_as_its_digest(store: Store) -> None:
    made, secret = tokens.create(store, "agent salle B")
    assert secret.startswith("fp_")
    assert tokens.well_formed(secret)
    assert tokens.bearer(store, secret) is not None
    dump = "\n".join(sqlite3.connect(store.home / "footprint.db").iterdump())
    assert secret not in dump
    assert secret[3:] not in dump
    assert tokens.tokens(store)[0].name == made.name


def test_use_leaves_the_day_and_no_more(store: Store) -> None:
    _, secret = tokens.create(store, "agent salle B")
    assert tokens.tokens(store)[0].last_used is None
    tokens.bearer(store, secret)
    assert tokens.tokens(store)[0].last_used == events.now()[:10]


def test_a_revoked_or_expired_token_opens_nothing(store: Store) -> None:
    _, revoked = tokens.create(store, "un agent")
    _, expired = tokens.create(store, "autre agent", days=1)
    tokens.revoke(store, "un agent")
    with store.session() as session:
        row = session.exec(select(CollectToken).where(CollectToken.name == "autre agent")).one()
        row.expires_at = "2026-01-01T00:00:00Z"
        session.add(row)
    assert tokens.bearer(store, revoked) is None
    assert tokens.bearer(store, expired) is None
    now = events.now()
    assert [token.state(now) for token in tokens.tokens(store)] == ["revoked", "expired"]


@pytest.mark.parametrize(
    "secret", ["", "fp_", "fp_" + "a" * 43, "a" * 46, "fp_" + "é" * 43, "fp_" + "a" * 5000]
)
def test_other_secrets_open_nothing(store: Store, secret: str) -> None:
    tokens.create(store, "agent")
    assert tokens.bearer(store, secret) is None


@pytest.mark.parametrize(
    ("name", "days", "scope", "words"),
    [
        ("", 30, "collect", "Nom de jeton"), ("a\nb", 30, "collect", "Nom de jeton"), ("a" * 101, 30, "collect", "Nom"),
        ("agent", 0, "collect", "Durée refusée"), ("agent", 4000, "collect", "Durée"), ("agent", 30, "admin", "Portée"),
        ("déjà pris", 30, "collect", "existe déjà"),
    ],
)  # fmt: skip
def test_what_is_refused(store: Store, name: str, days: int, scope: str, words: str) -> None:
    tokens.create(store, "déjà pris")
    with pytest.raises(tokens.TokenRefused, match=words):
        tokens.create(store, name, days, scope)
    assert len(tokens.tokens(store)) == 1


def test_creation_and_revocation_are_in_the_chained_log(store: Store) -> None:
    tokens.create(store, "agent salle B", days=30)
    tokens.revoke(store, "agent salle B")
    tokens.revoke(store, "agent salle B")  # again: nothing more to say
    with store.session() as session:
        history = events.history(session, "jeton:agent salle B")
        assert [event.kind for event in history] == ["jeton.cree", "jeton.revoque"]
        assert json.loads(history[0].payload)["scope"] == "collect"
        assert events.verify(session) == 2


def test_an_unknown_name_cannot_be_revoked(store: Store) -> None:
    with pytest.raises(tokens.TokenRefused, match="footprint token list"):
        tokens.revoke(store, "personne")


def test_commands(store: Store) -> None:
    made = CliRunner().invoke(CLI, ["token", "create", "--name", "agent salle B", "--days", "30"])
    assert made.exit_code == 0
    secret = made.stdout.strip()
    assert tokens.bearer(store, secret) is not None
    assert "ne sera plus affiché" in made.stderr
    assert "--token-file" in made.stderr
    assert secret not in made.stderr
    imports = (
        CliRunner().invoke(CLI, ["token", "create", "--name", "ordonnanceur", "--scope", "import"]).stderr
    )
    assert "Authorization: Bearer" in imports
    assert "--token-file" not in imports, "no command that imports takes one"
    listed = CliRunner().invoke(CLI, ["token", "list"]).stdout
    assert listed.startswith("agent salle B\tcollect\touvert\t")
    assert secret not in listed
    assert "révoqué" in CliRunner().invoke(CLI, ["token", "revoke", "agent salle B"]).stdout
    rows = json.loads(CliRunner().invoke(CLI, ["token", "list", "--json"]).stdout)
    assert [(row["name"], row["state"]) for row in rows] == [
        ("agent salle B", "revoked"), ("ordonnanceur", "open"),
    ]  # fmt: skip
    assert tokens.bearer(store, secret) is None
