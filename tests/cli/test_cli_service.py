"""account, gate, verify, report, demo: running the product from the terminal."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from footprint import people
from footprint.cli.main import app
from footprint.errors import CampaignError, DecisionRefused, FootprintError, SignInRefused
from footprint.store.database import Store, open_store
from footprint.store.referential import ensure_campaign

PASSWORD = "phrase de passe assez longue"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def account(store: Store, login: str, role: str) -> None:
    person = people.create_account(store, login, role, f"Personne {login}", "Fonction")
    people.change_password(store, person.id, PASSWORD)


def signed(login: str) -> tuple[str, ...]:
    return ("--login", login, "--password", PASSWORD)


def test_accounts_are_made_listed_and_closed(sample_store: Store) -> None:
    made = run(
        "account", "add", "u.un", "--role", "approbateur", "--name", "Personne Un", "--function", "RSO"
    )
    link = re.search(r"/entrer/(\S+)", made.output)
    assert link is not None
    assert people.redeem_link(sample_store, link[1]).login == "u.un"
    assert "u.un\tapprobateur\tPersonne Un\tRSO" in run("account", "list").output
    run("account", "close", "u.un")
    with pytest.raises(SignInRefused):
        people.redeem_link(sample_store, people.make_link(sample_store, "u.un"))


def test_a_request_is_submitted_decided_contested_and_verified(sample_store: Store) -> None:
    account(sample_store, "demandeur", "contributeur")
    account(sample_store, "approbateur", "approbateur")
    asked = run(
        "gate", "submit", *signed("demandeur"), "--title", "Tri du courrier", "--model", "tri-courrier:1.0",
        "--functional-act", "courrier trié", "--purpose", "Orienter le courrier.",
        "--alternative", "Règles par mots clés.",
    )  # fmt: skip
    number = asked.output.split()[0]
    assert json.loads(run("gate", "list", "--json").stdout)[0]["id"] == number
    reason = ("--reason", "Pilote mesuré, plafond fixé par le comité.")
    with pytest.raises(DecisionRefused):
        run("gate", "decide", number, *signed("demandeur"), "--decision", "approuvee", *reason)
    condition = "Plafond de 1 000 actes|Chef de produit|actes par mois|2027-06-30"
    decided = run(
        "gate", "decide", number, *signed("approbateur"), "--decision", "approuvee_sous_conditions", *reason,
        "--condition", condition,
    )  # fmt: skip
    assert "approuvee_sous_conditions" in decided.output
    run("gate", "contest", number, *signed("demandeur"), "--reason", "Le volume annuel déclaré est inexact.")
    shown = json.loads(run("gate", "show", number).stdout)
    assert [step["kind"] for step in shown["history"]] == [
        "soumise", "evaluee", "approuvee_sous_conditions", "contestee",
    ]  # fmt: skip
    assert re.search(r"\d+ événements, chaîne vérifiée", run("verify").output)


def test_a_wrong_password_is_refused(sample_store: Store) -> None:
    account(sample_store, "demandeur", "contributeur")
    with pytest.raises(SignInRefused):
        run("gate", "submit", "--login", "demandeur", "--password", "faux", "--title", "T")


def test_the_report_is_a_workbook(sample_store: Store, tmp_path: Path) -> None:
    assert "Bilan écrit" in run("report", str(tmp_path / "bilan.xlsx")).output
    assert (tmp_path / "bilan.xlsx").read_bytes().startswith(b"PK")
    with pytest.raises(FootprintError, match=r"\.xlsx"):
        run("report", str(tmp_path / "bilan.txt"))


@pytest.mark.slow
def test_the_demonstration_goes_all_the_way_and_does_it_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from footprint.cli import demonstration
    from footprint.demo import mail_triage

    monkeypatch.setattr(mail_triage, "main", partial(mail_triage.main, letters=240))
    monkeypatch.setattr(demonstration, "HOST_SECONDS", 1.0)
    first = run("demo", "--no-serve").output
    assert "tri-courrier:1.0" in first
    assert "machine mesurée hors inventaire" in first
    monkeypatch.setattr(mail_triage, "main", lambda: pytest.fail("measured twice"))
    assert "(inchangée)" in run("demo", "--no-serve").output


def test_the_demonstration_never_settles_in_a_real_store() -> None:
    ensure_campaign(open_store(), "Une vraie caisse", 2026)
    with pytest.raises(CampaignError, match="FOOTPRINT_HOME"):
        run("demo", "--no-serve")
