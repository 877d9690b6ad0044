"""M8: the whole distribution of a letter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint import lognormal, scores
from footprint.letter_odds import odds, score_odds, worst_odds
from footprint.sheets import Amount

spreads = st.floats(0.0, 1.5)
means = st.floats(1e-4, 1e4)


@given(means, spreads)
def test_the_seven_letters_sum_to_one(mean: float, sigma: float) -> None:
    found = odds(lognormal.law(mean, sigma), scores.PER_ACT_G)
    assert list(found) == list("ABCDEFG")
    assert sum(found.values()) == pytest.approx(1.0)
    assert min(found.values()) >= 0.0


def test_a_certain_value_has_one_letter() -> None:
    assert odds(lognormal.law(0.3, 0.0), scores.PER_ACT_G)["B"] == 1.0


@given(means, spreads, means)
def test_the_shown_letter_has_the_probability_of_the_score(mean: float, sigma: float, volume: float) -> None:
    total = lognormal.amount(mean, sigma)
    score = scores.application_score(total, "acte", volume, None)
    criterion = score.criteria[0]
    assert criterion.letter is not None
    found = odds(lognormal.law(mean * 1000 / volume, sigma), scores.PER_ACT_G)
    assert found[criterion.letter] == pytest.approx(criterion.probability, abs=1e-6)
    assert score_odds(score)[criterion.letter] == pytest.approx(criterion.probability, abs=1e-9)


@given(means, st.floats(1e-3, 1.5), st.floats(0.0, 0.95), st.floats(1.0, 1e6))
def test_the_letter_of_the_p90_is_where_nine_chances_in_ten_end(
    mean: float, sigma: float, certain: float, volume: float
) -> None:
    """M8: the decision letter and P(letter) are of one law, with a constant part or not."""
    law = lognormal.law(mean, sigma, certain * mean)
    low, p90, high = (law.quantile(z) for z in (-lognormal.Z95, lognormal.Z90, lognormal.Z95))
    score = scores.application_score(Amount(mean, low, high, p90), "acte", volume, None)
    assert score.decision_letter is not None
    found, rank = score_odds(score), scores.LETTERS.index(score.decision_letter)
    assert sum(found[letter] for letter in scores.LETTERS[:rank]) <= 0.9 + 1e-6
    assert sum(found[letter] for letter in scores.LETTERS[: rank + 1]) >= 0.9 - 1e-6


def test_the_worst_of_two_criteria_of_one_total_against_monte_carlo() -> None:
    mean, sigma, acts, users = 500.0, 0.6, 2e5, 120
    total = np.random.default_rng(3).lognormal(math.log(mean) - sigma**2 / 2, sigma, 200_000)
    ranks = np.maximum(
        np.searchsorted(scores.PER_ACT_G, total * 1000 / acts, side="right"),
        np.searchsorted(scores.PER_USER_KG, total / users, side="right"),
    )
    per_act, per_user = lognormal.law(mean * 1000 / acts, sigma), lognormal.law(mean / users, sigma)
    found = worst_odds([(per_act, scores.PER_ACT_G), (per_user, scores.PER_USER_KG)])
    for rank, letter in enumerate("ABCDEFG"):
        assert found[letter] == pytest.approx((ranks == rank).mean(), abs=0.004)
    assert max(found.values()) < 0.9  # the case is a real doubt


def test_no_letter_no_odds() -> None:
    total = lognormal.amount(10.0, 0.3)
    assert score_odds(scores.application_score(total, "", None, None)) == {}
    assert score_odds(scores.application_score(total, "acte", 100.0, None, complete=False)) == {}
