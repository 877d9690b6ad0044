"""Launch requests: the states, the rules, the chain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from footprint import launch, people
from footprint.errors import DecisionRefused, StoreError, UnknownSubject
from footprint.launch import Condition, RequestForm, commands
from footprint.launch.policy import (
    CONDITIONS,
    ESTIMATED,
    MEASURED,
    Criterion,
    Frozen,
)
from footprint.roles import Person
from footprint.sheets import Amount
from footprint.store import events
from footprint.store.database import Store

FORM = RequestForm("Tri du courrier", "TRI", "tri:1", "courrier", 1e6, "Orienter", "Règles de mots clés")
FROZEN = Frozen(
    "a" * 64,
    "B",
    "C",
    MEASURED,
    (Criterion("tri:1", "énergie", "energy", "B", "C", 0.5, 0.3, 0.8, 0.7, "Wh"),),
)
REASON = "Volume borné et mesuré."
CONDITION = Condition("Plafond de 1 000 actes", "Chef de produit", "actes par mois", "2199-12-31")


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "freeze", lambda *_: FROZEN)


@pytest.fixture
def claire(store: Store) -> Person:
    return people.create_account(store, "claire", "contributeur", "Claire", "Cheffe de projet")


@pytest.fixture
def paul(store: Store) -> Person:
    return people.create_account(store, "paul", "approbateur", "Paul", "DSI")


def test_submission_is_assessed_at_once(store: Store, claire: Person) -> None:
    request = launch.submit(store, claire, FORM)
    assert (request.id, request.state, request.form) == ("D-0001", "evaluee", FORM)
    assert request.frozen == FROZEN
    assert request.recommendation == launch.recommend("C", MEASURED)
    assert [(s.kind, s.name) for s in request.history] == [("soumise", "Claire"), ("evaluee", "footprint")]
    assert launch.submit(store, claire, FORM).id == "D-0002"
    assert [r.id for r in launch.requests(store)] == ["D-0002", "D-0001"]
    assert launch.get(store, "D-0001") == request


def test_decided_contested_decided_again(store: Store, claire: Person, paul: Person) -> None:
    launch.submit(store, claire, FORM)
    decided = launch.decide(store, paul, "D-0001", "refusee", REASON)
    assert decided.decision is not None
    assert (decided.decision.decision, decided.decision.name, decided.decision.function) == (
        "refusee",
        "Paul",
        "DSI",
    )
    assert not decided.decision.alone
    contested = launch.contest(store, claire, "D-0001", "Le volume retenu est faux.")
    assert (contested.state, contested.contest_reason, contested.decision) == (
        "contestee", "Le volume retenu est faux.", None,
    )  # fmt: skip
    again = launch.decide(store, paul, "D-0001", "approuvee_sous_conditions", REASON, [CONDITION])
    assert again.decision is not None
    assert again.decision.conditions == (CONDITION,)
    assert [d.decision for d in again.decisions] == ["refusee", "approuvee_sous_conditions"]
    assert again.contest_reason == ""
    with store.session() as session:
        kinds = [event.kind for event in events.history(session, "demande:D-0001")]
        assert events.verify(session) == 7  # two accounts, five steps
    assert kinds == [f"demande.{k}" for k in ("soumise", "evaluee", "decidee", "contestee", "decidee")]


def test_later_name_does_not_change_a_signature(store: Store, claire: Person, paul: Person) -> None:
    launch.submit(store, claire, FORM)
    launch.decide(store, paul, "D-0001", "approuvee", REASON)
    people.complete_profile(store, paul.id, "Paul Autre", "Retraité")
    decision = launch.get(store, "D-0001").decision
    assert decision is not None
    assert (decision.name, decision.function) == ("Paul", "DSI")


def test_steps_out_of_order_are_refused(store: Store, claire: Person, paul: Person) -> None:
    launch.submit(store, claire, FORM)
    with pytest.raises(DecisionRefused, match="evaluee"):
        launch.contest(store, claire, "D-0001", REASON)
    launch.decide(store, paul, "D-0001", "approuvee", REASON)
    with pytest.raises(DecisionRefused, match="decidee"):
        launch.decide(store, paul, "D-0001", "refusee", REASON)
    with pytest.raises(UnknownSubject):
        launch.decide(store, paul, "D-9999", "refusee", REASON)
    assert len(launch.get(store, "D-0001").history) == 3


@pytest.mark.parametrize("role", ["lecteur", "contributeur", "urbaniste", "rso"])
def test_only_approvers_decide(store: Store, claire: Person, role: str) -> None:
    launch.submit(store, claire, FORM)
    other = people.create_account(store, "autre", role, "Autre", "Fonction")
    with pytest.raises(DecisionRefused, match="Seul un approbateur"):
        launch.decide(store, other, "D-0001", "approuvee", REASON)


def test_a_reader_neither_submits_nor_contests(store: Store, claire: Person, paul: Person) -> None:
    reader = people.create_account(store, "lectrice", "lecteur", "Lise", "Auditrice")
    with pytest.raises(DecisionRefused):
        launch.submit(store, reader, FORM)
    launch.submit(store, claire, FORM)
    launch.decide(store, paul, "D-0001", "approuvee", REASON)
    with pytest.raises(DecisionRefused):
        launch.contest(store, reader, "D-0001", REASON)


def test_four_eyes(store: Store, claire: Person, paul: Person) -> None:
    launch.submit(store, paul, FORM)
    with pytest.raises(DecisionRefused, match="Quatre yeux"):
        launch.decide(store, paul, "D-0001", "approuvee", REASON)


def test_a_store_with_one_account_says_that_it_decided_alone(store: Store, paul: Person) -> None:
    launch.submit(store, paul, FORM)
    decision = launch.decide(store, paul, "D-0001", "approuvee", REASON).decision
    assert decision is not None
    assert decision.alone


def test_an_unnamed_person_signs_nothing(store: Store) -> None:
    nameless = people.create_account(store, "admin", "admin")
    with pytest.raises(DecisionRefused, match="nom et votre fonction"):
        launch.submit(store, nameless, FORM)
    assert launch.requests(store) == ()


@pytest.mark.parametrize("reason", ["", "   ", "court", "x" * 4001])
def test_reason_is_needed(store: Store, claire: Person, paul: Person, reason: str) -> None:
    launch.submit(store, claire, FORM)
    with pytest.raises(DecisionRefused, match="motif"):
        launch.decide(store, paul, "D-0001", "approuvee", reason)


@pytest.mark.parametrize(
    ("decision", "conditions", "said"),
    [
        ("peut-etre", (), "Décision inconnue"),
        ("approuvee_sous_conditions", (), "au moins une"),
        ("approuvee", (CONDITION,), "ne vont qu’avec"),
        (
            "approuvee_sous_conditions",
            (Condition("", "x", "y", "2199-01-01"),),
            "Condition 1 : donnez un texte",
        ),
        (
            "approuvee_sous_conditions",
            (CONDITION, Condition("t", "x", "y", "")),
            "Condition 2 : donnez une échéance",
        ),
        (
            "approuvee_sous_conditions",
            (Condition("t", "x", "y", "demain"),),
            r"Condition 1 : donnez une échéance \(AAAA-MM-JJ\)",
        ),
        ("approuvee_sous_conditions", (Condition("t", "x", "y", "2001-01-01"),), "à venir"),
    ],
)
def test_conditions_are_complete(
    store: Store, claire: Person, paul: Person,
    decision: str, conditions: tuple[Condition, ...], said: str,
) -> None:  # fmt: skip
    launch.submit(store, claire, FORM)
    with pytest.raises(DecisionRefused, match=said):
        launch.decide(store, paul, "D-0001", decision, REASON, conditions)
    assert launch.get(store, "D-0001").state == "evaluee"


@pytest.mark.parametrize(
    "change",
    [{"title": " "}, {"purpose": ""}, {"alternative": ""}, {"title": "x" * 201}, {"purpose": "x" * 4001},
     {"yearly_volume": 0.0}, {"yearly_volume": -1.0}, {"yearly_volume": float("nan")}, {"yearly_volume": float("inf")}],
)  # fmt: skip
def test_form_is_checked(store: Store, claire: Person, change: dict[str, object]) -> None:
    with pytest.raises(DecisionRefused):
        launch.submit(store, claire, replace(FORM, **change))
    assert launch.requests(store) == ()


@pytest.mark.parametrize(
    ("near", "said"),
    [
        ((), "Modèle jamais mesuré. Aucune lettre"),
        (("tri:1", "tri:2"), "Modèle jamais mesuré (noms proches : tri:1, tri:2). A"),
    ],
)
def test_a_model_never_measured_is_said_in_the_reason(
    store: Store, claire: Person, monkeypatch: pytest.MonkeyPatch, near: tuple[str, ...], said: str
) -> None:
    frozen = Frozen("a" * 64, None, None, ESTIMATED, (), never_measured=True, near=near)
    monkeypatch.setattr(commands, "freeze", lambda *_: frozen)
    launch.submit(store, claire, FORM)
    request = launch.get(store, "D-0001")  # as its events say
    assert request.frozen == frozen
    assert request.recommendation is not None
    assert request.recommendation.advice == CONDITIONS
    assert request.recommendation.fr.startswith(said)
    assert "measured" in request.recommendation.en


def test_yearly_estimate_is_kept_by_the_event(
    store: Store, claire: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen = replace(FROZEN, yearly=Amount(120.0, 60.0, 240.0, 200.0), act="courrier")
    monkeypatch.setattr(commands, "freeze", lambda *_: frozen)
    launch.submit(store, claire, FORM)
    kept = launch.get(store, "D-0001").frozen
    assert kept is not None
    assert (kept.yearly, kept.act) == (Amount(120.0, 60.0, 240.0, 200.0), "courrier")


def test_unknown_volume_stays_unknown(store: Store, claire: Person) -> None:
    assert launch.submit(store, claire, replace(FORM, yearly_volume=None)).form.yearly_volume is None


def test_a_decision_can_t_be_rewritten(store: Store, claire: Person, paul: Person) -> None:
    launch.submit(store, claire, FORM)
    launch.decide(store, paul, "D-0001", "refusee", REASON)
    with pytest.raises(StoreError, match="ne se réécrit pas"), store.session() as session:
        session.connection().execute(text("UPDATE event SET payload='{}' WHERE kind='demande.decidee'"))
    decision = launch.get(store, "D-0001").decision
    assert decision is not None
    assert decision.decision == "refusee"


def test_many_at_once_keep_one_chain(store: Store, claire: Person) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: launch.submit(store, claire, FORM).id, range(16)))
    assert sorted(made) == [f"D-{n:04d}" for n in range(1, 17)]
    with store.session() as session:
        assert events.verify(session) == 1 + 2 * 16


@given(st.lists(st.sampled_from(["decide", "contest"]), max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_steps_keeps_the_states_in_turn(store: Store, steps: list[str]) -> None:
    """Whatever people try, decisions and contests alternate and the chain holds."""
    known = {person.login: person for person in people.accounts(store)}
    claire = known.get("claire") or people.create_account(store, "claire", "contributeur", "Claire", "Projet")
    paul = known.get("paul") or people.create_account(store, "paul", "approbateur", "Paul", "DSI")
    request = launch.submit(store, claire, FORM)
    expected = "evaluee"
    for step in steps:
        allowed = expected != "decidee" if step == "decide" else expected == "decidee"
        try:
            if step == "decide":
                launch.decide(store, paul, request.id, "approuvee", REASON)
            else:
                launch.contest(store, claire, request.id, REASON)
        except DecisionRefused:
            assert not allowed
        else:
            assert allowed
            expected = "decidee" if step == "decide" else "contestee"
        assert launch.get(store, request.id).state == expected
    with store.session() as session:
        events.verify(session)
