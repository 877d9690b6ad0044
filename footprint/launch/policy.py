"""What a launch request is judged on: the scores frozen at submission, and what the policy recommends (M9).

The policy only recommends; a named person decides. Policy 2026.1:
- the letter is the worst one on the P90 (M8);
- A to C: approve, D or E: approve with conditions, F or G: refuse;
- nothing measured, or no letter: at most "approve with conditions" (a pilot is measured first).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from footprint import views
from footprint.sheets import ApplicationSheet, ModelSheet, Score
from footprint.store.database import Store

POLICY = "2026.1"
MEASURED_TIERS = ("meter", "sensor", "model")
MEASURED_SHARE = 0.5  # of an application's total, for its evidence to count as measured (own rule)

APPROVE = "approuver"
CONDITIONS = "approuver_sous_conditions"
REFUSE = "refuser"

MEASURED = "mesuré"
ESTIMATED = "estimé"


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion as it stood at submission; amounts in `unit`, None when it could not be computed."""

    subject: str
    fr: str
    en: str
    letter: str | None
    decision_letter: str | None
    value: float | None
    low: float | None
    high: float | None
    p90: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Frozen:
    """The evidence of a request: letters, values with their 90 % interval, the assessment they come from."""

    assessment_id: str
    letter: str | None
    decision_letter: str | None
    evidence: str  # "mesuré" | "estimé"
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the policy recommends, with its reason in both languages."""

    advice: str
    fr: str
    en: str


def recommend(decision_letter: str | None, evidence: str) -> Recommendation:
    """Policy 2026.1 applied to the letter on the P90 and to the kind of evidence."""
    if decision_letter is None:
        return Recommendation(
            CONDITIONS,
            "Aucune lettre ne peut être calculée : au mieux un pilote mesuré, avec plafond et échéance.",
            "No letter can be computed: at best a measured pilot, with a cap and an end date.",
        )
    fr, en = f"Lettre {decision_letter} au P90", f"Letter {decision_letter} at the P90"
    if decision_letter in "FG":
        return Recommendation(REFUSE, f"{fr}, {evidence}.", f"{en}, {_english(evidence)}.")
    if evidence != MEASURED:
        return Recommendation(
            CONDITIONS,
            f"{fr}, mais rien n’est mesuré : conditions de pilote, plafond de volume et échéance.",
            f"{en}, but nothing is measured: pilot conditions, volume cap and end date.",
        )
    if decision_letter in "DE":
        return Recommendation(
            CONDITIONS,
            f"{fr}, mesurée : à encadrer (volume, échéance, nouvelle mesure).",
            f"{en}, measured: to be bounded (volume, end date, new measurement).",
        )
    return Recommendation(APPROVE, f"{fr}, mesurée.", f"{en}, measured.")


def freeze(store: Store, application: str, model: str) -> Frozen:
    """The scores of this application and model as they stand now; empty codes are left out.

    A model nobody has measured yet is allowed (that is what a request is for) and brings no criterion.
    Raises UnknownSubject for an application that is not on the map, CampaignError without an assessment.
    """
    assessment_id = views.summary(store).assessment_id
    app_sheet = views.application_sheet(store, application) if application else None
    model_sheet = views.model_sheet(store, model) if model and model in views.models(store) else None
    criteria: list[Criterion] = []
    if model_sheet:
        criteria += _criteria(model, model_sheet.inference_score)
        criteria += _criteria(model, model_sheet.training_score)
    if app_sheet and not criteria:
        criteria += _criteria(application, app_sheet.tile.score)
    return Frozen(
        assessment_id,
        max((c.letter for c in criteria if c.letter), default=None),
        max((c.decision_letter for c in criteria if c.decision_letter), default=None),
        _evidence(app_sheet, model_sheet, model),
        tuple(criteria),
    )


def _evidence(app: ApplicationSheet | None, model_sheet: ModelSheet | None, model: str) -> str:
    """Measured: a complete run of the model that served requests, or most of the application's total."""
    if model:
        runs = model_sheet.runs if model_sheet else ()
        piloted = any(r.requests and r.state == "complete" and r.tier in MEASURED_TIERS for r in runs)
        return MEASURED if piloted else ESTIMATED
    shares = app.tile.quality if app else {}
    measured = sum(shares.get(tier, 0.0) for tier in MEASURED_TIERS)
    return MEASURED if measured >= MEASURED_SHARE else ESTIMATED


def _criteria(subject: str, score: Score) -> Iterable[Criterion]:
    for c in score.criteria:
        a = c.amount
        bounds = (a.value, a.low, a.high, a.p90, a.unit) if a else (None, None, None, None, "")
        yield Criterion(subject, c.criterion_fr, c.criterion_en, c.letter, c.decision_letter, *bounds)


def frozen_from(payload: dict[str, Any]) -> Frozen:
    """Read back what an event keeps of it."""
    kept = payload["frozen"]
    criteria = tuple(Criterion(**criterion) for criterion in kept["criteria"])
    return Frozen(kept["assessment_id"], kept["letter"], kept["decision_letter"], kept["evidence"], criteria)


def _english(evidence: str) -> str:
    return "measured" if evidence == MEASURED else "estimated"
