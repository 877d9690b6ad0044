"""Submit, decide, contest, read: the four things done with launch requests (M9)."""

from __future__ import annotations

import threading
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
from footprint.launch.policy import POLICY, freeze, recommend
from footprint.people import Person, accounts
from footprint.store import events
from footprint.store.database import Store
from footprint.store.tables import Event

# Two requests at once must not both take the same place in the chain.
_writing = threading.RLock()


def submit(store: Store, who: Person, form: RequestForm) -> LaunchRequest:
    """Submit a request; the scores of its model or application are frozen into it at once."""
    checks.signature(who)
    if not who.may_submit:
        raise DecisionRefused(
            "Votre rôle permet de lire, non de soumettre une demande.",
            "Your role lets you read, not submit a request.",
        )
    form = checks.form(form)
    frozen = freeze(store, form.application, form.model)
    advice = recommend(frozen.decision_letter, frozen.evidence)
    with _writing, store.session() as session:
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
    with _writing:
        alone = len(accounts(store)) == 1
        with store.session() as session:
            request = _request(session, request_id)
            checks.state(request, (ASSESSED, CONTESTED))
            own = request.submitter_login == who.login
            if own and not alone:
                raise DecisionRefused(
                    "Quatre yeux : une autre personne doit décider de votre demande.",
                    "Four eyes: someone else must decide your request.",
                )
            payload = {
                "decision": decision,
                "reason": reason,
                "conditions": [asdict(condition) for condition in kept],
                "alone": own,
            }
            _write(session, who, request_id, DECIDED, payload)
            return _request(session, request_id)


def contest(store: Store, who: Person, request_id: str, reason: str) -> LaunchRequest:
    """Contest a decision; the request must then be decided again."""
    checks.signature(who)
    if not who.may_submit:
        raise DecisionRefused(
            "Votre rôle permet de lire, non de contester une décision.",
            "Your role lets you read, not contest a decision.",
        )
    reason = checks.reason(reason)
    with _writing, store.session() as session:
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
