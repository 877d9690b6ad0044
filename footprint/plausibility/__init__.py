"""Plausibility: values that are not credible, flagged and listed, never mended.

A check is a small function over the campaign's frames (`estate.Estate`) that returns `Finding` rows; it has no
effect on the calculation. `judged` runs them all, `findings` does so for the current campaign of a store,
`check_card` judges what a model card declares (M6). The table of codes is docs/vraisemblance.md.

energy        declared electricity against the type        applications  users, acts, kgCO2e by user and act
sizes         memory, cores, quantities, dates, lives      units         grams, factors, services bought
terminals     screens and computers an agent               measured      runs and hosts
sites         PUE, monthly meters                          card          model cards
pools         hosts, overcommitment, keys                  campaign      all of them over a store
"""

from footprint.plausibility.campaign import CHECKS, estate_of, findings, judged
from footprint.plausibility.card import Card, check_card, recomputed
from footprint.plausibility.card_files import BadCard, read_card
from footprint.plausibility.estate import Estate
from footprint.plausibility.finding import DOUBTFUL, IMPROBABLE, KINDS, SEVERITIES, Finding, harmless, shown

__all__ = [
    "CHECKS",
    "DOUBTFUL",
    "IMPROBABLE",
    "KINDS",
    "SEVERITIES",
    "BadCard",
    "Card",
    "Estate",
    "Finding",
    "check_card",
    "estate_of",
    "findings",
    "harmless",
    "judged",
    "read_card",
    "recomputed",
    "shown",
]
