"""Submit, decide, contest, read: the four things done with launch requests (M9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlmodel import Session

from footprint.errors import DecisionRefused, UnknownSubject
from footprint.launch import checks
from footprint.launch.folding import (
    ASSESSED,
    CONTESTED,
    DECIDED,
    SUBMITTED,
    Condition,
    LaunchRequest,
    RequestForm,
    fold,
)
from footprint.launch.policy import POLICY, advise, freeze
from footprint.people import accounts
from footprint.roles import Person
from footprint.store import events
from footprint.store.database import Store
from footprint.store.tables import Event


def submit(store: Store, who: Person, form: RequestForm) -> LaunchRequest:
    """Submit a request; the scores of its model or application are frozen into it at once."""
    checks.signature(who)
    if not who.may_submit:
        raise DecisionRefused(
            "Votre rôle permet de lire, non de soumettre une demande.",
            "Your role lets you read, not submit a request.",
        )
    form = checks.form(form)
    frozen = freeze(store, form.application, form.model, form.yearly_volume)
    advice = advise(frozen)
    with store.writing() as session:
        request_id = f"D-{_count(session) + 1:04d}"
        _write(session, who, request_id, SUBMITTED, {"form": asdict(form)})
        assessed = {"frozen": asdict(frozen), "recommendation": asdict(advice), "policy": POLICY}
        tool = replace(who, name="footprint", function=POLICY)
        _write(session, tool, request_id, ASSESSED, assessed)
        return _request(session, request_id)


def decide(
    store: Store,
    who: Person,
    request_id: str,
    decision: str,
    reason: str,
    conditions: Sequence[Condition] = (),
) -> LaunchRequest:
    """Decide an assessed or contested request. Raises DecisionRefused with the rule that is broken."""
    checks.signature(who)
    if not who.may_decide:
        raise DecisionRefused(
            "Seul un approbateur décide d’une demande.", "Only an approver decides a request."
        )
    reason = checks.reason(reason)
    kept = checks.conditions(decision, conditions)
    people = accounts(store)
    with store.writing() as session:
        request = _request(session, request_id)
        checks.state(request, (ASSESSED, CONTESTED))
        checks.ceiling(request.frozen, decision)
        own = request.submitter_login == who.login
        if own and len(people) > 1:
            raise DecisionRefused(
                "Quatre yeux : une autre personne doit décider de votre demande.",
                "Four eyes: someone else must decide your request.",
            )
        if who.login in _parties(session, request_id) and _others(people, session, request_id):
            raise DecisionRefused(
                "Décision contestée : une personne qui n’a ni décidé ni contesté doit la reprendre.",
                "Contested decision: someone who neither took nor contested it must take it again.",
            )
        payload = {
            "decision": decision,
            "reason": reason,
            "conditions": [asdict(condition) for condition in kept],
            "alone": own,
        }
        _write(session, who, request_id, DECIDED, payload)
        return _request(session, request_id)


def _parties(session: Session, request_id: str) -> set[str]:
    """Who decided and who contested the decision in dispute; nobody when there is none."""
    found = events.history(session, f"demande:{request_id}")
    if not found or found[-1].kind != f"demande.{CONTESTED}":
        return set()
    decided = [event.actor for event in found if event.kind == f"demande.{DECIDED}"]
    return {found[-1].actor, *decided[-1:]}


def _others(people: Sequence[Person], session: Session, request_id: str) -> bool:
    """Whether another approver could take the decision again."""
    parties = _parties(session, request_id)
    submitter = _request(session, request_id).submitter_login
    return any(p.may_decide and p.login not in parties and p.login != submitter for p in people)


def contest(store: Store, who: Person, request_id: str, reason: str) -> LaunchRequest:
    """Contest a decision; the request must then be decided again."""
    checks.signature(who)
    if not who.may_submit:
        raise DecisionRefused(
            "Votre rôle permet de lire, non de contester une décision.",
            "Your role lets you read, not contest a decision.",
        )
    reason = checks.reason(reason)
    with store.writing() as session:
        checks.state(_request(session, request_id), (DECIDED,))
        _write(session, who, request_id, CONTESTED, {"reason": reason})
        return _request(session, request_id)


def get(store: Store, request_id: str) -> LaunchRequest:
    """One request. Raises UnknownSubject."""
    with store.session() as session:
        return _request(session, request_id)


def requests(store: Store) -> tuple[LaunchRequest, ...]:
    """Every request, newest first."""
    with store.session() as session:
        by_subject: dict[str, list[Event]] = {}
        for event in events.of_kind(session, "demande."):
            by_subject.setdefault(event.subject, []).append(event)
    return tuple(fold(found) for found in reversed(by_subject.values()))


def _write(session: Session, who: Person, request_id: str, kind: str, payload: dict[str, Any]) -> None:
    signed = {**payload, "name": who.name, "function": who.function}
    events.append(session, who.login, f"demande.{kind}", f"demande:{request_id}", signed)


def _request(session: Session, request_id: str) -> LaunchRequest:
    found = events.history(session, f"demande:{request_id}")
    if not found:
        raise UnknownSubject("Demande", "request", request_id)
    return fold(found)


def _count(session: Session) -> int:
    return len(events.of_kind(session, f"demande.{SUBMITTED}"))
