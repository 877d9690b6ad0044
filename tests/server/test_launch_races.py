"""Launch requests decided by several processes at once, contested, and bounded by M9."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from footprint import launch, people
from footprint.errors import DecisionRefused
from footprint.launch import checks
from footprint.roles import Person
from footprint.store import events
from footprint.store.database import Store

FORM = launch.RequestForm(
    "Tri", "", "tri-courrier:1.0", "courrier trié", 1e6, "Orienter le courrier.", "Règles."
)
REASON = "Pilote mesuré et suivi par le comité."


def person(store: Store, login: str, role: str) -> Person:
    made = people.create_account(store, login, role)
    return people.complete_profile(store, made.id, f"Personne {login}", "Fonction")


PROGRAM = """
import sys
from pathlib import Path
from footprint import launch, people
from footprint.errors import DecisionRefused
from footprint.store.database import open_store
store = open_store(Path(sys.argv[1]))
who = people.find(store, sys.argv[2])
try:
    launch.decide(store, who, sys.argv[3], "refusee", "Décision prise en même temps qu’une autre.")
except DecisionRefused:
    sys.exit(7)
"""


def test_of_two_processes_that_decide_at_once_one_is_refused(sample_store: Store) -> None:
    asker = person(sample_store, "demandeur", "contributeur")
    for name in ("un", "deux"):
        person(sample_store, f"approbateur.{name}", "approbateur")
    request = launch.submit(sample_store, asker, FORM)
    words = [sys.executable, "-c", PROGRAM, str(sample_store.home)]
    both = [subprocess.Popen([*words, f"approbateur.{n}", request.id]) for n in ("un", "deux")]
    assert sorted(process.wait(60) for process in both) == [0, 7]
    assert len(launch.get(sample_store, request.id).decisions) == 1
    with sample_store.session() as session:
        events.verify(session)


def test_what_is_not_measured_is_approved_with_conditions_at_most(sample_store: Store) -> None:
    asker, approver = (person(sample_store, n, r) for n, r in (("aa", "contributeur"), ("bb", "approbateur")))
    request = launch.submit(sample_store, asker, replace(FORM, model="jamais-mesure:0.1"))
    assert request.frozen is not None
    assert request.frozen.evidence == "estimé"
    with pytest.raises(DecisionRefused, match="sous conditions"):
        launch.decide(sample_store, approver, request.id, "approuvee", REASON)
    checks.ceiling(None, "refusee")


def test_a_measured_pilot_may_be_approved(sample_store: Store) -> None:
    asker, approver = (person(sample_store, n, r) for n, r in (("aa", "contributeur"), ("bb", "approbateur")))
    request = launch.submit(sample_store, asker, FORM)
    assert request.frozen is not None
    assert request.frozen.evidence == "mesuré"
    assert launch.decide(sample_store, approver, request.id, "approuvee", REASON).decision is not None


def test_a_contested_decision_is_taken_again_by_someone_else(sample_store: Store) -> None:
    asker = person(sample_store, "aa", "contributeur")
    first, second = (person(sample_store, n, "approbateur") for n in ("bb", "cc"))
    request = launch.submit(sample_store, asker, FORM)
    launch.decide(sample_store, first, request.id, "approuvee", REASON)
    launch.contest(sample_store, first, request.id, "Le volume annuel est à revoir.")
    with pytest.raises(DecisionRefused, match="ni décidé ni contesté"):
        launch.decide(sample_store, first, request.id, "approuvee", REASON)
    launch.decide(sample_store, second, request.id, "refusee", REASON)


def test_alone_an_approver_may_still_take_a_contested_decision_again(sample_store: Store) -> None:
    asker, only = person(sample_store, "aa", "contributeur"), person(sample_store, "bb", "approbateur")
    request = launch.submit(sample_store, asker, FORM)
    launch.decide(sample_store, only, request.id, "approuvee", REASON)
    launch.contest(sample_store, asker, request.id, "Le volume annuel est à revoir.")
    launch.decide(sample_store, only, request.id, "refusee", REASON)


def test_a_name_is_that_of_one_account(sample_store: Store) -> None:
    person(sample_store, "aa", "contributeur")
    other = people.create_account(sample_store, "bb", "contributeur")
    with pytest.raises(people.AccountRefused, match="déjà le nom"):
        people.complete_profile(sample_store, other.id, "personne AA", "Fonction")
    with sample_store.session() as session:
        assert [e.actor for e in events.of_kind(session, "compte.profil")] == ["aa"]
    with pytest.raises(people.AccountRefused):
        people.create_account(sample_store, "AA", "contributeur")
