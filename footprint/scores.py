"""M8: letters from fixed thresholds, the worst of the criteria that can be computed.

The letter shown is that of the central value; decisions use the one of the P90. Its probability is read off the
law that has the P5, P90 and P95 shown: the two never disagree. No declared functional act or users, no letter.
Thresholds belong to scale 2026.1, frozen three years; those of applications are provisional until calibrated on
thirty real applications.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from footprint.lognormal import law_of
from footprint.sheets import Amount, Letter, Score

SCALE = "2026.1"
LETTERS = "ABCDEFG"
PER_ACT_G = (0.1, 0.5, 2.5, 12.5, 62.5, 312.5)  # gCO2e per functional act
PER_USER_KG = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)  # kgCO2e per active user and year
TRAINING_KG = (1.0, 10.0, 100.0, 1e3, 1e4, 1e5)  # kgCO2e
INFERENCE_WH = (1.0, 5.0, 25.0, 125.0, 625.0, 3125.0)  # Wh per 1,000 requests
INFERENCE_G = (0.1, 0.5, 2.5, 12.5, 62.5, 312.5)  # gCO2e per 1,000 requests
SIZE_KG = (100.0, 1e3, 1e4, 1e5)  # kgCO2e a year


def letter_of(value: float, thresholds: Sequence[float]) -> str:
    """The letter of a value: A below the first threshold … G from the last on."""
    return next((LETTERS[i] for i, limit in enumerate(thresholds) if value < limit), LETTERS[-1])


def size_class(total_kg: float) -> int:
    """1 to 5 by total kgCO2e a year: below 100 kg, 1 t, 10 t, 100 t, then 5. It sets the evidence duty."""
    return 1 + sum(total_kg >= limit for limit in SIZE_KG)


def criterion(
    fr: str, en: str, amount: Amount | None, thresholds: Sequence[float], why: tuple[str, str]
) -> Letter:
    """One criterion; `why` (fr, en) says what is missing when there is no amount."""
    if amount is None:
        return Letter(fr, en, None, None, None, None, *why)
    letter = letter_of(amount.value, thresholds)
    rank = LETTERS.index(letter)
    law = law_of(amount)
    above = law.below(thresholds[rank]) if rank < len(thresholds) else 1.0
    probability = above - (law.below(thresholds[rank - 1]) if rank else 0.0)
    return Letter(fr, en, letter, letter_of(amount.p90, thresholds), amount, probability)


def worst(criteria: Sequence[Letter], total_kg: float | None, *, provisional: bool) -> Score:
    """The score: worst letter shown and worst letter for decisions, each over the computed criteria."""
    shown = [c.letter for c in criteria if c.letter]
    decided = [c.decision_letter for c in criteria if c.decision_letter]
    size = size_class(total_kg) if total_kg is not None else None
    score = Score(
        max(shown, default=None), max(decided, default=None), tuple(criteria), size, provisional, SCALE
    )
    if shown:
        return score
    return replace(
        score,
        why_fr=" ".join(dict.fromkeys(c.why_fr for c in criteria if c.why_fr)),
        why_en=" ".join(dict.fromkeys(c.why_en for c in criteria if c.why_en)),
    )


def scaled(amount: Amount, by: float, unit: str) -> Amount:
    """An amount multiplied by an exact number, in another unit."""
    return Amount(amount.value * by, amount.low * by, amount.high * by, amount.p90 * by, unit)


def application_score(
    total: Amount | None,
    act: str,
    act_volume: float | None,
    users: int | None,
    *,
    complete: bool = True,
) -> Score:
    """The score of an application: per functional act and per active user, the worst of the two.

    When a machine it draws on is not fully assessed (`complete` False), the letter is a lower bound and there
    is none to decide on: what is missing is never taken as zero.
    """
    missing_total = ("Aucune émission évaluée.", "No emission assessed.")
    no_act = (
        "Acte fonctionnel ou volume annuel non déclaré.",
        "Functional act or yearly volume not declared.",
    )
    no_users = ("Nombre d’utilisateurs nul ou non déclaré.", "Number of users zero or not declared.")
    per_act = scaled(total, 1000.0 / act_volume, "gCO2e") if total and act and act_volume else None
    per_user = scaled(total, 1.0 / users, "kgCO2e") if total and users else None
    criteria = (
        criterion(
            "par acte fonctionnel", "per functional act", per_act, PER_ACT_G,
            no_act if total else missing_total,
        ),
        criterion(
            "par utilisateur actif et par an", "per active user and year", per_user, PER_USER_KG,
            no_users if total else missing_total,
        ),
    )  # fmt: skip
    score = worst(criteria, total.value if total else None, provisional=True)
    return score if complete else _lower_bound(score)


def withheld(score: Score, fr: str, en: str) -> Score:
    """A score without a letter, for want of what a letter needs; the amounts stay."""
    criteria = tuple(replace(c, letter=None, decision_letter=None, probability=None) for c in score.criteria)
    return replace(score, letter=None, decision_letter=None, criteria=criteria, why_fr=fr, why_en=en)


def _lower_bound(score: Score) -> Score:
    """A score with parts missing: shown, but nothing to decide on."""
    return replace(
        score,
        complete=False,
        decision_letter=None,
        criteria=tuple(replace(c, decision_letter=None, probability=None) for c in score.criteria),
        why_fr=("Évaluation incomplète : la note est au mieux celle-ci. " + score.why_fr).strip(),
        why_en=("Incomplete assessment: the letter is at best this one. " + score.why_en).strip(),
    )


def training_score(total: Amount | None) -> Score:
    """The score of a model's training, all runs included."""
    why = ("Aucun entraînement mesuré.", "No training measured.")
    return worst(
        (criterion("entraînement, total", "training, total", total, TRAINING_KG, why),),
        None,  # a size class is of a year (M8)
        provisional=False,
    )


def inference_score(wh: Amount | None, gwp: Amount | None) -> Score:
    """The score of a model's inference, per 1,000 requests of one declared act."""
    why = (
        "Aucune inférence mesurée avec un nombre de requêtes et un acte déclarés.",
        "No inference measured with a number of requests and a declared act.",
    )
    return worst(
        (
            criterion("énergie pour 1 000 requêtes", "energy per 1,000 requests", wh, INFERENCE_WH, why),
            criterion("carbone pour 1 000 requêtes", "carbon per 1,000 requests", gwp, INFERENCE_G, why),
        ),
        None,
        provisional=False,
    )


# Criterion (its French name) -> thresholds and unit, for pages and commands that show the bands.
BANDS: dict[str, tuple[Sequence[float], str]] = {
    "par acte fonctionnel": (PER_ACT_G, "gCO2e"),
    "par utilisateur actif et par an": (PER_USER_KG, "kgCO2e"),
    "entraînement, total": (TRAINING_KG, "kgCO2e"),
    "énergie pour 1 000 requêtes": (INFERENCE_WH, "Wh"),
    "carbone pour 1 000 requêtes": (INFERENCE_G, "gCO2e"),
}


def band(c: Letter) -> tuple[float, float | None, str] | None:
    """Lower bound, upper bound (None for G) and unit of the letter of a criterion; None without a letter."""
    if c.letter is None or c.criterion_fr not in BANDS:
        return None
    thresholds, unit = BANDS[c.criterion_fr]
    limits = (0.0, *thresholds, None)
    rank = LETTERS.index(c.letter)
    return limits[rank] or 0.0, limits[rank + 1], unit
