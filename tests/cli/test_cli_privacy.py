"""The register: generated from the allow-lists, complete, in both languages and four formats."""

from __future__ import annotations

import csv
import io
import json

import pytest
import typer
from typer.testing import CliRunner, Result

from collectors import spool
from footprint import people, privacy
from footprint.cli.privacy import as_csv, as_markdown, as_text, register
from footprint.measuring.outcome import build
from footprint.privacy_words import ACTIVITIES, LINK_MINUTES, LONGEST_HOURS, NEVER, SESSION_HOURS, SOURCES
from footprint.store.tables import SQLModel


def run(*words: str) -> Result:
    app = typer.Typer()
    register(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["privacy", *words], catch_exceptions=False)


def test_every_field_kept_is_described() -> None:
    """When this fails: say in footprint/privacy_fields.csv what the new field holds."""
    assert privacy.undescribed() == ()


def test_no_sentence_about_a_field_that_is_gone() -> None:
    """When this fails: remove its line from footprint/privacy_fields.csv."""
    assert privacy.outdated() == ()


def test_every_table_and_kind_of_line_belongs_to_an_activity() -> None:
    """When this fails: name the new record in footprint/privacy_words.py."""
    assert privacy.unplaced() == ()
    records = [record for activity in ACTIVITIES for record in activity.records]
    assert len(records) == len(set(records))


def test_the_register_is_that_of_the_allow_lists() -> None:
    fields = {(f.place, f.record, f.name) for entry in privacy.register() for f in entry.fields}
    expected = {("spool", kind, name) for kind, names in spool.FIELDS.items() for name in names}
    expected |= {("result", "result", name) for name in build({}, {}, None, (), reason="complete")}
    expected |= {
        ("store", t.name, column.name) for t in SQLModel.metadata.tables.values() for column in t.columns
    }
    assert fields == expected


def test_a_new_field_shows_as_not_described(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(privacy.FIELDS, "sample", frozenset({"t", "nouveau"}))
    monkeypatch.setitem(privacy.FIELDS, "genre", frozenset({"x"}))
    assert privacy.undescribed() == ("spool/sample/nouveau", "spool/genre/x")
    assert "spool/sample/apps" in privacy.outdated()
    assert privacy.unplaced() == ("spool/genre",)
    text = as_text()
    assert "spool.sample.nouveau — non décrit [peut être une donnée personnelle]" in text
    assert "spool.genre.x — non décrit" in text


def test_people_are_marked_where_they_are() -> None:
    degree = {(f.record, f.name): f.personal for f in privacy.kept()}
    assert set(degree.values()) <= set(privacy.DEGREES)
    assert degree["account", "name"] == degree["event", "actor"] == degree["event", "payload"] == "oui"
    assert degree["context", "host_id"] == degree["measured_run", "machine"] == "pseudonyme"
    assert degree["sample", "utilisation"] == "possible"
    assert all(
        value == "oui" for (record, _), value in degree.items() if record in ("account", "signin_link")
    )


def test_deadlines_are_those_of_the_code() -> None:
    assert (LINK_MINUTES, SESSION_HOURS, LONGEST_HOURS) == (
        people.LINK_MINUTES, people.SESSION_HOURS, people.LONGEST_HOURS,
    )  # fmt: skip


def test_retention_that_no_code_enforces_says_so() -> None:
    for activity in ACTIVITIES:
        assert "purgé" in activity.retention.fr
        assert "purged automatically" in activity.retention.en


def test_text_names_purpose_and_retention() -> None:
    text = run().stdout
    assert text.startswith("Données gardées par footprint")
    assert "Finalité : Calculer l’empreinte environnementale" in text
    assert "store.account.login — identifiant de connexion [donnée personnelle]" in text
    assert "non purgés automatiquement" in text
    assert "\n  footprint agent : " in text


def test_english_is_complete() -> None:
    text = run("--lang", "en").stdout
    assert text.startswith("Data kept by footprint")
    for french in ("Finalité", "donnée", "Conservation", "énergie", "non décrit"):
        assert french not in text
    every = [f.what for f in privacy.kept()] + [NEVER]
    every += [words for source in SOURCES for words in source]
    assert all(words.fr and words.en for words in every)


def test_csv_has_one_line_a_field() -> None:
    rows = list(csv.DictReader(io.StringIO(run("--format", "csv").stdout), delimiter=";"))
    assert len(rows) == len(privacy.kept())
    login = next(row for row in rows if (row["enregistrement"], row["champ"]) == ("store.account", "login"))
    assert login["donnée personnelle"] == "donnée personnelle"
    assert login["traitement"] == "Comptes et connexions"
    assert "8 h après le dernier usage" in login["conservation"]
    assert all(None not in row and None not in row.values() for row in rows)


def test_json_and_markdown() -> None:
    text = run("--format", "md").stdout
    assert text.count("\n## ") == len(ACTIVITIES) + 1
    assert "| `store.event.actor` | identifiant de la personne qui a agi | donnée personnelle |" in text
    found = json.loads(run("--format", "json", "--lang", "en").stdout)
    assert found["store_listed"] is True
    assert [entry["code"] for entry in found["activities"]] == [a.code for a in ACTIVITIES]
    assert sum(len(entry["fields"]) for entry in found["activities"]) == len(privacy.kept())
    assert len(found["collectors"]) == len(SOURCES)


def test_a_measuring_install_lists_its_own_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "has_store", lambda: False)
    assert {f.place for f in privacy.kept()} == {"spool", "result"}
    for text in (as_text(), as_markdown()):
        assert "Installation de mesure seule" in text
    assert "store.account" not in as_csv()


def test_unknown_format_is_refused() -> None:
    refused = run("--format", "pdf")
    assert refused.exit_code == 2
    assert "pdf" in refused.stderr
