"""M8: the whole distribution of a letter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint import lognormal, scores
from footprint.letter_odds import odds, score_odds, worst_odds

spreads = st.floats(0.0, 1.5)
means = st.floats(1e-4, 1e4)


@given(means, spreads)
def test_the_seven_letters_sum_to_one(mean: float, sigma: float) -> None:
    found = odds(mean, sigma, scores.PER_ACT_G)
    assert list(found) == list("ABCDEFG")
    assert sum(found.values()) == pytest.approx(1.0)
    assert min(found.values()) >= 0.0


def test_a_certain_value_has_one_letter() -> None:
    assert odds(0.3, 0.0, scores.PER_ACT_G)["B"] == 1.0


@given(means, spreads, means)
def test_the_shown_letter_has_the_probability_of_the_score(mean: float, sigma: float, volume: float) -> None:
    total = lognormal.amount(mean, sigma)
    score = scores.application_score(total, sigma, "acte", volume, None)
    criterion = score.criteria[0]
    assert criterion.letter is not None
    found = odds(mean * 1000 / volume, sigma, scores.PER_ACT_G)
    assert found[criterion.letter] == pytest.approx(criterion.probability)
    assert score_odds(score)[criterion.letter] == pytest.approx(criterion.probability, abs=1e-9)


def test_the_worst_of_two_criteria_of_one_total_against_monte_carlo() -> None:
    mean, sigma, acts, users = 500.0, 0.6, 2e5, 120
    total = np.random.default_rng(3).lognormal(math.log(mean) - sigma**2 / 2, sigma, 200_000)
    ranks = np.maximum(
        np.searchsorted(scores.PER_ACT_G, total * 1000 / acts, side="right"),
        np.searchsorted(scores.PER_USER_KG, total / users, side="right"),
    )
    found = worst_odds(
        [((mean * 1000 / acts, sigma), scores.PER_ACT_G), ((mean / users, sigma), scores.PER_USER_KG)]
    )
    for rank, letter in enumerate("ABCDEFG"):
        assert found[letter] == pytest.approx((ranks == rank).mean(), abs=0.004)
    assert max(found.values()) < 0.9  # the case is a real doubt


def test_no_letter_no_odds() -> None:
    total = lognormal.amount(10.0, 0.3)
    assert score_odds(scores.application_score(total, 0.3, "", None, None)) == {}
    assert score_odds(scores.application_score(total, 0.3, "acte", 100.0, None, complete=False)) == {}
