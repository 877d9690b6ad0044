"""The matching decisions of a body, kept from year to year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from footprint.errors import RuleRefused
from footprint.store import events
from footprint.store.database import Store
from footprint.store.tables import MatchRule
from pos_map.matching import Rule, rule_fault

# What a rule holds beside the names it is about.
_VALUES = ("target", "actor", "at", "reason")


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


def with_decided(kept: Sequence[Rule], given: Sequence[Decided]) -> tuple[Rule, ...]:
    """The rules as they will be once these are kept, in the order they are tried."""
    found = {(rule.kind, rule.pattern, rule.regex): rule for rule in kept}
    for decided in given:
        found[(decided.rule.kind, decided.rule.pattern, decided.rule.regex)] = decided.rule
    return tuple(found.values())


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


def replace_rules(
    session: Session, organisation: str, given: Sequence[Decided], actor: str
) -> list[dict[str, Any]]:
    """Keep rules that were checked, with their reasons, in the caller's transaction.

    Returns what `give_back` needs for those that changed something.
    """
    replaced = []
    for decided in given:
        row = session.exec(_same(organisation, decided.rule)).first()
        before = None if row is None else _values(row)
        if keep_rule(session, organisation, decided.rule, actor, decided.reason):
            session.flush()
            after = session.exec(_same(organisation, decided.rule)).one()
            replaced.append({"rule": asdict(decided.rule), "before": before, "after": _values(after)})
    return replaced


def give_back(session: Session, organisation: str, replaced: Sequence[Mapping[str, Any]], actor: str) -> int:
    """Bring back the rules as they were before `replace_rules`, but for those decided anew or forgotten since.

    Returns how many changed.
    """
    changed = 0
    for each in replaced:
        rule, before = Rule(**each["rule"]), each["before"]
        row = session.exec(_same(organisation, rule)).first()
        # An import of an older version only kept the target.
        if row is None or not (each.get("after") or {"target": rule.target}).items() <= _values(row).items():
            continue
        changed += 1
        if before is None:
            _forget(session, organisation, row, actor)
            continue
        for field in _VALUES:
            setattr(row, field, before[field])
        session.add(row)
        payload = {**_said(rule), "cible": row.target, "motif": row.reason}
        events.append(session, actor, "rapprochement.retenu", _subject(organisation), payload)
    return changed


def keep_rule(session: Session, organisation: str, rule: Rule, actor: str, reason: str) -> bool:
    """Keep a rule that was checked, in the caller's transaction; whether anything changed.

    A reason given for a decision that stands is kept, with who gave it; no reason leaves the one there is.
    """
    row, reason = session.exec(_same(organisation, rule)).first(), reason.strip()
    if row is not None and row.target == rule.target and reason in ("", row.reason):
        return False
    if row is None:
        row = MatchRule(
            organisation=organisation, kind=rule.kind, pattern=rule.pattern, regex=rule.regex, target="",
            actor="", at="",
        )  # fmt: skip
    row.target, row.actor, row.at, row.reason = rule.target, actor, events.now(), reason
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
        _forget(session, organisation, row, actor)
        return True


def _forget(session: Session, organisation: str, row: MatchRule, actor: str) -> None:
    payload = {**_said(_rule(row)), "cible": row.target}
    session.delete(row)
    events.append(session, actor, "rapprochement.oublie", _subject(organisation), payload)


def _query(organisation: str) -> SelectOfScalar[MatchRule]:
    return select(MatchRule).where(MatchRule.organisation == organisation).order_by(col(MatchRule.id))


def _same(organisation: str, rule: Rule) -> SelectOfScalar[MatchRule]:
    query = select(MatchRule).where(MatchRule.organisation == organisation, MatchRule.kind == rule.kind)
    return query.where(MatchRule.pattern == rule.pattern, MatchRule.regex == rule.regex)


def _values(row: MatchRule) -> dict[str, str]:
    return {field: getattr(row, field) for field in _VALUES}


def _rule(row: MatchRule) -> Rule:
    return Rule(row.kind, row.pattern, row.target, row.regex)


def _said(rule: Rule) -> dict[str, object]:
    return {"genre": rule.kind, "nom": rule.pattern, "expression": rule.regex}


def _subject(organisation: str) -> str:
    return f"organisme:{organisation}"[:200]
