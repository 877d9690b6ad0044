"""A launch request as plain values, folded from the events that make it.

Events of one subject `demande:D-0001`, in order: `demande.soumise`, `demande.evaluee`, then
`demande.decidee` and `demande.contestee` in turn. Each carries the name and function of who signed it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from footprint.launch.policy import Frozen, Recommendation, frozen_from
from footprint.store.tables import Event

SUBMITTED, ASSESSED, DECIDED, CONTESTED = "soumise", "evaluee", "decidee", "contestee"
DECISIONS = ("approuvee", "approuvee_sous_conditions", "refusee")


@dataclass(frozen=True, slots=True)
class RequestForm:
    """What a person asks to launch; `yearly_volume` is in functional acts a year, None when unknown."""

    title: str
    application: str
    model: str
    functional_act: str
    yearly_volume: float | None
    purpose: str
    alternative: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of an approval: what, the function that owns it, how it is checked, by when (ISO date)."""

    text: str
    owner: str
    metric: str
    due: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as written: by whom (name and function at that time), when, why, under which conditions."""

    decision: str
    reason: str
    conditions: tuple[Condition, ...]
    name: str
    function: str
    at: str
    alone: bool  # decided by its own submitter because the store has one account


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a request's history."""

    seq: int
    kind: str
    name: str
    function: str
    at: str
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class LaunchRequest:
    """A request as its events add up to."""

    id: str
    state: str
    form: RequestForm
    submitter_login: str
    submitter: str
    submitter_function: str
    submitted_at: str
    frozen: Frozen | None = None
    recommendation: Recommendation | None = None
    decisions: tuple[Decision, ...] = ()
    contest_reason: str = ""
    history: tuple[Step, ...] = field(default=())

    @property
    def decision(self) -> Decision | None:
        """The decision in force, if any."""
        return self.decisions[-1] if self.decisions and self.state == DECIDED else None


def fold(found: Iterable[Event]) -> LaunchRequest:
    """The request that these events (of one subject, oldest first, at least one) add up to."""
    first, *rest = found
    said = json.loads(first.payload)
    request = LaunchRequest(
        id=first.subject.removeprefix("demande:"),
        state=SUBMITTED,
        form=RequestForm(**said["form"]),
        submitter_login=first.actor,
        submitter=said["name"],
        submitter_function=said["function"],
        submitted_at=first.at,
        history=(_step(first, said),),
    )
    for event in rest:
        request = _applied(request, event)
    return request


def _applied(request: LaunchRequest, event: Event) -> LaunchRequest:
    said = json.loads(event.payload)
    state = event.kind.removeprefix("demande.")
    after = replace(request, state=state, history=(*request.history, _step(event, said)))
    if state == ASSESSED:
        advice = Recommendation(**said["recommendation"])
        return replace(after, frozen=frozen_from(said), recommendation=advice)
    if state == DECIDED:
        conditions = tuple(Condition(**c) for c in said["conditions"])
        signed = (said["name"], said["function"], event.at, said["alone"])
        decided = Decision(said["decision"], said["reason"], conditions, *signed)
        return replace(after, decisions=(*request.decisions, decided), contest_reason="")
    return replace(after, contest_reason=said.get("reason", ""))


def _step(event: Event, said: dict[str, Any]) -> Step:
    text = said.get("reason") or said.get("decision") or ""
    kind = said.get("decision") or event.kind.removeprefix("demande.")
    return Step(event.seq, kind, said["name"], said["function"], event.at, text, event.digest)
