"""The phases of a model's life, however people write them (M6)."""

from __future__ import annotations

import unicodedata

TRAINING, INFERENCE, EVALUATION, BASELINE = "training", "inference", "evaluation", "baseline"
# Runs that did not lead to the model: serving it, and the alternative without AI.
NOT_TRAINING = (INFERENCE, BASELINE)
WORDS = {
    TRAINING: ("training", "train", "entrainement", "apprentissage", "finetuning", "affinage"),
    INFERENCE: ("inference", "usage", "production", "serving", "prediction"),
    EVALUATION: ("evaluation", "eval", "test", "validation"),
    BASELINE: ("baseline", "reference", "sansia"),
}


def canonical(phase: str) -> str:
    """The phase of these words ("Inférence" -> "inference"); others as written, in lower case.

    Every phase that is neither inference nor baseline counts as training: all runs led to the model.
    """
    plain = unicodedata.normalize("NFKD", phase.casefold())
    letters = "".join(c for c in plain if c.isalnum())
    return next((name for name, words in WORDS.items() if letters in words), phase.strip().casefold())
