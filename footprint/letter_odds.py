"""M8: the probability of each letter, from the law of the value it is read on."""

from __future__ import annotations

from collections.abc import Sequence

from footprint.lognormal import Law, law_of
from footprint.scores import BANDS, LETTERS
from footprint.sheets import Score


def odds(law: Law, thresholds: Sequence[float]) -> dict[str, float]:
    """P(A) … P(G) of one criterion; they sum to 1. `thresholds` are in the unit of the law."""
    return worst_odds([(law, thresholds)])


def worst_odds(criteria: Sequence[tuple[Law, Sequence[float]]]) -> dict[str, float]:
    """P(A) … P(G) of the worst of several criteria read on one total; they sum to 1.

    Criteria of one total (per act, per user) are that total divided by exact numbers: they rise and fall
    together, so the worst letter is at most L when the total is below the lowest of the limits, and
    P(worst ≤ L) is the least of the P(criterion ≤ L). For two values that do not move together (energy and
    carbon of inference) it is the most favourable they allow. Empty without a criterion.
    """
    if not criteria:
        return {}
    best = [min(law.below(limits[rank]) for law, limits in criteria) for rank in range(len(LETTERS) - 1)]
    reached = [0.0, *best, 1.0]
    return {letter: reached[rank + 1] - reached[rank] for rank, letter in enumerate(LETTERS)}


def score_odds(score: Score) -> dict[str, float]:
    """P(A) … P(G) of a score, from its criteria that have an amount; empty when there is none (no letter).

    A score whose assessment is incomplete has no odds: what is missing is not in its interval.
    """
    if not score.complete:
        return {}
    return worst_odds(
        [
            (law_of(c.amount), BANDS[c.criterion_fr][0])
            for c in score.criteria
            if c.amount is not None and c.letter is not None and c.criterion_fr in BANDS
        ]
    )
