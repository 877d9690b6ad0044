"""The matching decisions of a body, kept from year to year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from footprint.errors import RuleRefused
from footprint.store import events
from footprint.store.database import Store
from footprint.store.tables import MatchRule
from pos_map.matching import Rule, rule_fault


class Decided(Protocol):
    """A rule and why it was decided."""

    @property
    def rule(self) -> Rule:
        """The rule."""

    @property
    def reason(self) -> str:
        """Why, "" when it is not said."""


@dataclass(frozen=True, slots=True)
class KeptRule:
    """A rule, who decided it, when (UTC) and why."""

    rule: Rule
    actor: str
    at: str
    reason: str


def rules(store: Store, organisation: str) -> list[KeptRule]:
    """The rules of a body, in the order they are tried: the first expression that matches decides."""
    with store.session() as session:
        return [
            KeptRule(_rule(row), row.actor, row.at, row.reason) for row in session.exec(_query(organisation))
        ]


def rules_of(session: Session, organisation: str) -> tuple[Rule, ...]:
    """The rules of a body, alone."""
    return tuple(_rule(row) for row in session.exec(_query(organisation)))


def save_rule(store: Store, organisation: str, rule: Rule, actor: str, reason: str = "") -> bool:
    """Keep a rule, in place of the one on the same names; whether anything changed. A change leaves an event.

    Raises RuleRefused with what is wrong.
    """
    if fault := rule_fault(rule):
        raise RuleRefused(*fault)
    with store.writing() as session:
        return keep_rule(session, organisation, rule, actor, reason)


def save_rules(store: Store, organisation: str, given: Sequence[Decided], actor: str) -> int:
    """Keep several rules with their reasons, all or none; how many changed something. Raises RuleRefused."""
    for decided in given:
        if fault := rule_fault(decided.rule):
            raise RuleRefused(*fault)
    with store.writing() as session:
        return sum(keep_rule(session, organisation, decided.rule, actor, decided.reason) for decided in given)


def keep_rule(session: Session, organisation: str, rule: Rule, actor: str, reason: str) -> bool:
    """Keep a rule that was checked, in the caller's transaction; whether anything changed."""
    row = session.exec(_same(organisation, rule)).first()
    if row is not None and row.target == rule.target:
        return False
    if row is None:
        row = MatchRule(
            organisation=organisation, kind=rule.kind, pattern=rule.pattern, regex=rule.regex, target="",
            actor="", at="",
        )  # fmt: skip
    row.target, row.actor, row.at, row.reason = rule.target, actor, events.now(), reason.strip()
    session.add(row)
    payload = {**_said(rule), "cible": rule.target, "motif": row.reason}
    events.append(session, actor, "rapprochement.retenu", _subject(organisation), payload)
    return True


def drop_rule(store: Store, organisation: str, rule: Rule, actor: str) -> bool:
    """Forget the rule on these names, whatever its target; whether there was one. Leaves an event.

    What it already matched in a campaign stays as it is until the files are imported again.
    """
    with store.writing() as session:
        row = session.exec(_same(organisation, rule)).first()
        if row is None:
            return False
        session.delete(row)
        payload = {**_said(rule), "cible": row.target}
        events.append(session, actor, "rapprochement.oublie", _subject(organisation), payload)
        return True


def _query(organisation: str) -> SelectOfScalar[MatchRule]:
    return select(MatchRule).where(MatchRule.organisation == organisation).order_by(col(MatchRule.id))


def _same(organisation: str, rule: Rule) -> SelectOfScalar[MatchRule]:
    query = select(MatchRule).where(MatchRule.organisation == organisation, MatchRule.kind == rule.kind)
    return query.where(MatchRule.pattern == rule.pattern, MatchRule.regex == rule.regex)


def _rule(row: MatchRule) -> Rule:
    return Rule(row.kind, row.pattern, row.target, row.regex)


def _said(rule: Rule) -> dict[str, object]:
    return {"genre": rule.kind, "nom": rule.pattern, "expression": rule.regex}


def _subject(organisation: str) -> str:
    return f"organisme:{organisation}"[:200]
