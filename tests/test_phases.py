"""Phases, however people write them."""

from __future__ import annotations

import pytest

from footprint.phases import NOT_TRAINING, canonical


@pytest.mark.parametrize(
    ("written", "phase"),
    [("Inférence", "inference"), ("INFERENCE", "inference"), ("entraînement", "training"), ("fine-tuning", "training"),
     ("référence", "baseline"), ("", ""), ("Recherche d’hyperparamètres", "recherche d’hyperparamètres")],
)  # fmt: skip
def test_accents_case_and_synonyms(written: str, phase: str) -> None:
    assert canonical(written) == phase


def test_what_is_neither_serving_nor_baseline_led_to_the_model() -> None:
    assert canonical("évaluation") not in NOT_TRAINING
    assert canonical("usage") in NOT_TRAINING
