"""The policy: what is recommended, and how far a decision is from it."""

from __future__ import annotations

import pytest

from footprint import launch
from footprint.launch.policy import APPROVE, CONDITIONS, ESTIMATED, MEASURED, REFUSE, Frozen, frozen_from


@pytest.mark.parametrize(
    ("letter", "evidence", "advice"),
    [("A", MEASURED, APPROVE), ("C", MEASURED, APPROVE), ("D", MEASURED, CONDITIONS), ("E", MEASURED, CONDITIONS),
     ("F", MEASURED, REFUSE), ("G", ESTIMATED, REFUSE), ("A", ESTIMATED, CONDITIONS), ("E", ESTIMATED, CONDITIONS),
     (None, MEASURED, CONDITIONS), (None, ESTIMATED, CONDITIONS)],
)  # fmt: skip
def test_policy(letter: str | None, evidence: str, advice: str) -> None:
    recommended = launch.recommend(letter, evidence)
    assert recommended.advice == advice
    assert recommended.fr
    assert recommended.en
    assert recommended.fr != recommended.en


def test_requests_of_earlier_versions_are_read() -> None:
    frozen = {
        "assessment_id": "a",
        "letter": "B",
        "decision_letter": "C",
        "evidence": MEASURED,
        "criteria": [],
    }
    assert frozen_from({"frozen": frozen}) == Frozen("a", "B", "C", MEASURED, ())


@pytest.mark.parametrize(
    ("advice", "decision", "steps"),
    [
        (APPROVE, "approuvee", 0),
        (REFUSE, "approuvee", -2),
        (CONDITIONS, "refusee", 1),
        (REFUSE, "refusee", 0),
    ],
)
def test_strictness(advice: str, decision: str, steps: int) -> None:
    assert launch.strictness(advice, decision) == steps
