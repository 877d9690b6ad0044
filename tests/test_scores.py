"""M8: thresholds, worst of two, decision on the P90, no act no letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint import lognormal, scores
from footprint.sheets import Amount


def amount(value: float, p90: float | None = None, unit: str = "kgCO2e") -> Amount:
    return Amount(value, value / 2, value * 2, p90 if p90 is not None else value, unit)


@pytest.mark.parametrize(
    ("value", "letter"),
    [
        (0.0, "A"),
        (0.0999, "A"),
        (0.1, "B"),
        (0.5, "C"),
        (2.5, "D"),
        (12.5, "E"),
        (62.5, "F"),
        (312.5, "G"),
        (1e9, "G"),
    ],
)
def test_each_letter_is_five_times_more(value: float, letter: str) -> None:
    assert scores.letter_of(value, scores.PER_ACT_G) == letter


def test_an_application_takes_the_worst_of_its_criteria() -> None:
    # 1,000 kg for 20 million acts: 0.05 g, A; for 200 users: 5 kg a user, E.
    score = scores.application_score(amount(1000.0), "acte", 20e6, 200)
    assert [criterion.letter for criterion in score.criteria] == ["A", "E"]
    assert score.letter == "E"
    assert score.provisional


def test_decisions_use_the_p90() -> None:
    score = scores.application_score(amount(100.0, p90=300.0), "", None, 100)
    assert (score.letter, score.decision_letter) == ("D", "E")


def test_no_act_and_no_users_no_letter_and_the_reason() -> None:
    score = scores.application_score(amount(100.0), "", None, None)
    assert score.letter is None
    assert score.size_class == 2
    assert "non déclaré" in score.why_fr
    assert "not declared" in score.why_en


def test_a_volume_without_an_act_gives_no_letter_per_act() -> None:
    score = scores.application_score(amount(100.0), "", 1e6, None)
    assert score.letter is None


def test_what_is_missing_is_never_taken_as_zero() -> None:
    score = scores.application_score(amount(100.0), "acte", 1e6, 100, complete=False)
    assert (score.letter, score.decision_letter, score.complete) == ("D", None, False)
    assert all(criterion.decision_letter is None for criterion in score.criteria)
    assert score.why_fr.startswith("Évaluation incomplète")


def test_nothing_assessed_is_not_zero() -> None:
    score = scores.application_score(None, "acte", 100.0, 10)
    assert (score.letter, score.size_class) == (None, None)
    assert score.why_fr == "Aucune émission évaluée."


@pytest.mark.parametrize(("kg", "size"), [(99.9, 1), (100.0, 2), (1e3, 3), (1e4, 4), (1e5, 5)])
def test_size_classes(kg: float, size: int) -> None:
    assert scores.size_class(kg) == size


@pytest.mark.parametrize(
    ("kg", "letter"), [(0.5, "A"), (5.0, "B"), (50.0, "C"), (500.0, "D"), (5e3, "E"), (5e5, "G")]
)
def test_training_letters(kg: float, letter: str) -> None:
    assert scores.training_score(amount(kg)).letter == letter


def test_inference_takes_the_worst_of_energy_and_carbon() -> None:
    score = scores.inference_score(amount(3.0, unit="Wh"), amount(20.0, unit="gCO2e"))
    assert [criterion.letter for criterion in score.criteria] == ["B", "E"]
    assert score.letter == "E"


@given(st.floats(1e-4, 1e5), st.floats(0.01, 1.5))
def test_probabilities_of_the_letters_sum_to_one(value: float, sigma: float) -> None:
    law = lognormal.law(value, sigma)
    below = [law.below(limit) for limit in scores.PER_ACT_G]
    each = [high - low for low, high in zip([0.0, *below], [*below, 1.0], strict=True)]
    assert sum(each) == pytest.approx(1.0)
    criterion = scores.criterion("", "", lognormal.amount(value, sigma), scores.PER_ACT_G, ("", ""))
    expected = each[scores.LETTERS.index(criterion.letter or "")]
    assert criterion.probability == pytest.approx(expected, abs=1e-6)
