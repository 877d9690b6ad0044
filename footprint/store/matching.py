"""Names that nothing bears in a campaign, the rules a body keeps, and applying them to what is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from footprint.errors import RuleRefused
from footprint.store import content, events
from footprint.store import notes as n
from footprint.store.batches import last_import, state_of
from footprint.store.database import Store
from footprint.store.imports import Applied, Prepared, apply, lost_tables
from footprint.store.rules import Decided, KeptRule, drop_rule, rules, rules_of, save_rule, with_decided
from footprint.store.settling import settled_notes
from footprint.store.tables import Campaign
from footprint.store.undoing import made_by_rules
from pos_map import Rule, Unmatched
from pos_map.changes import compare
from pos_map.following import FOLLOWED, overruled
from pos_map.matching import rule_fault
from pos_map.rematching import rematch as match_again

__all__ = [
    "Done", "KeptRule", "decide", "drop_rule", "prepare_rematch", "rematch", "rules", "save_rule", "unmatched",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """What decisions changed: what was shown, what was written, and the names on which they have no effect."""

    prepared: Prepared
    applied: Applied
    overruled: tuple[str, ...] = ()


def unmatched(store: Store, campaign: Campaign) -> list[Unmatched]:
    """The names that nothing bears in the campaign as it stands, the rules of the body applied, with proposals."""
    with store.session() as session:
        before = content.read(session, campaign.id or 0)
        kept = rules_of(session, campaign.organisation)
    return list(match_again(before, kept, campaign.year).unmatched)


def prepare_rematch(store: Store, campaign: Campaign, decided: Sequence[Decided] = ()) -> Prepared:
    """What applying the rules of the body, and those decided, to the campaign would change; nothing is written."""
    campaign_id = campaign.id or 0
    with store.session() as session:
        state = state_of(session, campaign_id)
        before = content.read(session, campaign_id)
        standing = rules_of(session, campaign.organisation)
        made = made_by_rules(session, campaign_id)
        last = last_import(session, campaign)
        stored = n.kept(session, campaign_id)
    kept = with_decided(standing, decided)
    found = match_again(before, kept, campaign.year, made)
    written = compare(before, found.inventory)
    return Prepared(
        campaign_id=campaign_id,
        mode="rules",
        files=(),
        digest=_digest(kept, last),
        state=state,
        inventory=found.inventory,
        changes=written,
        written=written,
        against=None,
        lost=lost_tables(before, found.inventory),
        faults=(),
        unmatched=found.unmatched,
        notes=(),
        droppable=settled_notes(stored, before, found, kept),
        rules=standing,
        by_rule=found.by_rule,
    )


def rematch(store: Store, campaign: Campaign, actor: str) -> Applied:
    """Apply the rules of the body to the campaign, as an import of its own that can be undone.

    Raises CampaignFrozen, CampaignChanged.
    """
    return decide(store, campaign, (), actor).applied


def decide(store: Store, campaign: Campaign, decided: Sequence[Decided], actor: str) -> Done:
    """Keep rules and apply those of the body to the campaign, in one transaction; undone together.

    Raises RuleRefused, CampaignFrozen, CampaignChanged.
    """
    for each in decided:
        if fault := rule_fault(each.rule):
            raise RuleRefused(*fault)
    prepared = prepare_rematch(store, campaign, decided)
    applied = apply(store, campaign, prepared, actor, decided)
    given = [each.rule for each in decided]
    return Done(prepared, applied, (*overruled(prepared.inventory, given), *_too_late(prepared, given)))


def _too_late(prepared: Prepared, given: Sequence[Rule]) -> tuple[str, ...]:
    """The names whose rule is corrected in vain: the inventory holds what the rule before made of them, no more."""
    if not prepared.written.is_empty:
        return ()
    before = {(rule.kind, rule.pattern, rule.regex): rule.target for rule in prepared.rules or ()}
    return tuple(
        rule.pattern
        for rule in given
        if rule.kind not in FOLLOWED
        and before.get((rule.kind, rule.pattern, rule.regex), rule.target) != rule.target
    )


def _digest(kept: Sequence[Rule], last: str | None) -> str:
    """SHA-256 of the rules and of the import they are applied to."""
    said = {"rules": [asdict(rule) for rule in kept], "import": last}
    return hashlib.sha256(events.canonical(said).encode()).hexdigest()
