"""Values of the campaign that are not credible (footprint.plausibility), for pages and reports."""

from __future__ import annotations

from footprint.factor_set import catalogue_of
from footprint.plausibility import Finding, findings
from footprint.store.database import Store


def doubts(store: Store) -> tuple[Finding, ...]:
    """What is not credible in the current campaign, with the factors in force; nothing is changed."""
    return findings(store, catalogue=catalogue_of(store.home))
