"""Train, serve and measure a mail triage model, beside keyword rules: `python -m footprint.demo.mail_triage`.

What a data scientist would write: scikit-learn code, inside `with footprint.measure(...)`. The experiment is
real (a few seconds of processor); the letters are generated (see `letters`).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import footprint
from footprint.demo.letters import Letter, letters
from footprint.demo.phrases import SERVICES
from footprint.demo.rules import triage as triage_by_rules
from footprint.formats import integer, percent
from footprint.texts import say

APPLICATION = "TRI-COURRIER"
MODEL = "tri-courrier:1.0"
ACT = "courrier trié"
GRID = {"classifier__C": [0.1, 0.3], "features__words__min_df": [1, 2]}
FOLDS = 3
PHASES = {
    "training": ("entraînement", "training"),
    "inference": ("inférence", "inference"),
    "baseline": ("règles sans IA", "rules without AI"),
}
SHARE_HELD_OUT = 0.25
SERVED = 3  # letters served for each letter generated to learn from
BATCH = 200  # letters served together


@dataclass(frozen=True)
class TriageResult:
    """What the experiment found. Scores are shares of 1 on letters never trained on.

    `confusions`: (true service, given service, letters), most frequent first. `runs`: the measured runs of
    training, inference and rules, in this order.
    """

    accuracy: float
    macro_f1: float
    rules_accuracy: float
    rules_macro_f1: float
    best: dict[str, Any]
    confusions: tuple[tuple[str, str, int], ...]
    served: int
    runs: tuple[footprint.Run, ...]


def main(letters: int = 2400, seed: int = 2026) -> TriageResult:
    """Run the experiment on this many letters, print what it found, and return it."""
    train, test, incoming = corpus(letters, seed)
    search = classifier(seed)
    with footprint.measure(application=APPLICATION, model=MODEL, phase="training") as training:
        fit(search, train)
        given = [str(service) for service in search.predict([letter.text for letter in test])]
    with footprint.measure(
        application=APPLICATION, model=MODEL, phase="inference", requests=len(incoming), functional_act=ACT
    ) as serving:
        served = serve(search, incoming)
    # No model: these rules must not weigh in the model's training, whose runs all count (M6).
    with footprint.measure(
        application=APPLICATION, phase="baseline", requests=len(incoming), functional_act=ACT
    ) as baseline:
        for letter in incoming:
            triage_by_rules(letter.text)
    by_rules = [triage_by_rules(letter.text) for letter in test]
    truth = [letter.service for letter in test]
    result = TriageResult(
        *scores(truth, given),
        *scores(truth, by_rules),
        best=dict(search.best_params_),
        confusions=confusions(truth, given),
        served=served,
        runs=(training, serving, baseline),
    )
    print(report(result))
    return result


def corpus(count: int, seed: int) -> tuple[tuple[Letter, ...], tuple[Letter, ...], tuple[Letter, ...]]:
    """Letters to learn from, letters to judge by, and letters to serve, drawn apart."""
    held = int(count * SHARE_HELD_OUT)
    known = letters(count, seed)
    return known[held:], known[:held], letters(SERVED * count, seed + 1)


def classifier(seed: int) -> Any:
    """A search over a small grid of linear classifiers on words and character n-grams, not trained yet."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.model_selection import GridSearchCV, StratifiedKFold
    from sklearn.pipeline import FeatureUnion, Pipeline
    from sklearn.svm import LinearSVC

    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), min_df=3, sublinear_tf=True)
    model = Pipeline(
        [
            ("features", FeatureUnion([("words", words), ("characters", characters)])),
            ("classifier", LinearSVC(random_state=seed)),
        ]
    )
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    return GridSearchCV(model, GRID, cv=folds, scoring="f1_macro")


def fit(search: Any, train: Sequence[Letter]) -> None:
    """Train every candidate of the search, then the best one on all the letters."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)  # a model that did not converge is no model
        search.fit([letter.text for letter in train], [letter.service for letter in train])


def serve(model: Any, incoming: Sequence[Letter]) -> int:
    """Sort letters batch by batch, as a service would; how many were sorted."""
    served = 0
    for first in range(0, len(incoming), BATCH):
        served += len(model.predict([letter.text for letter in incoming[first : first + BATCH]]))
    return served


def scores(truth: Sequence[str], given: Sequence[str]) -> tuple[float, float]:
    """Accuracy and macro F1 over the services; a letter left to hand sorting is wrong."""
    from sklearn.metrics import accuracy_score, f1_score

    macro = f1_score(truth, given, labels=list(SERVICES), average="macro", zero_division=0.0)
    return float(accuracy_score(truth, given)), float(macro)


def confusions(truth: Sequence[str], given: Sequence[str]) -> tuple[tuple[str, str, int], ...]:
    """Pairs of services taken for one another, most frequent first."""
    from collections import Counter

    counts = Counter((right, wrong) for right, wrong in zip(truth, given, strict=True) if right != wrong)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((right, wrong, count) for (right, wrong), count in ranked)


def report(result: TriageResult) -> str:
    """The findings in a few lines, then what was measured."""
    settings = ", ".join(f"{name.rsplit('__', 1)[-1]}={value}" for name, value in result.best.items())
    lines = [
        say(
            f"Modèle retenu ({settings}) : exactitude {percent(result.accuracy)}, "
            f"F1 macro {percent(result.macro_f1)}",
            f"Model kept ({settings}): accuracy {percent(result.accuracy)}, "
            f"macro F1 {percent(result.macro_f1)}",
        ),
        say(
            f"Règles par mots clés, sans IA : exactitude {percent(result.rules_accuracy)}, "
            f"F1 macro {percent(result.rules_macro_f1)}",
            f"Keyword rules, without AI: accuracy {percent(result.rules_accuracy)}, "
            f"macro F1 {percent(result.rules_macro_f1)}",
        ),
        say(f"Courriers triés : {integer(result.served)}", f"Letters sorted: {integer(result.served)}"),
        say("Confusions les plus fréquentes :", "Most frequent confusions:"),
        *(f"  {right} → {wrong} : {count}" for right, wrong, count in result.confusions[:3]),
        *(f"{say(*PHASES[run.phase or ''])} — {run}" for run in result.runs),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
