"""What a launch request is judged on: the scores frozen at submission, and what the policy recommends (M9).

The policy only recommends; a named person decides. Policy 2026.1:
- the letter is the worst one on the P90 (M8);
- A to C: approve, D or E: approve with conditions, F or G: refuse;
- nothing measured, or no letter: at most "approve with conditions" (a pilot is measured first);
- a model nobody measured has no letter: the one of its application never stands in for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pos_map
from footprint import views
from footprint.phases import INFERENCE
from footprint.scores import scaled
from footprint.sheets import Amount, ApplicationSheet, ModelSheet, Score
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
    never_measured: bool = False  # the named model has no run
    near: tuple[str, ...] = ()  # known models it may have been meant for, when its name is unknown
    yearly: Amount | None = None  # kgCO2e a year: gCO2e per 1,000 requests x yearly volume; None: unknown
    act: str = ""  # the measured act the yearly amount counts


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the policy recommends, with its reason in both languages."""

    advice: str
    fr: str
    en: str


DECISION_OF = {APPROVE: "approuvee", CONDITIONS: "approuvee_sous_conditions", REFUSE: "refusee"}


def strictness(advice: str, decision: str) -> int:
    """Steps between decision and recommendation: 0 the same, above it stricter, below it laxer."""
    order = tuple(DECISION_OF.values())
    return order.index(decision) - order.index(DECISION_OF[advice])


def advise(frozen: Frozen) -> Recommendation:
    """The recommendation on frozen evidence; it opens by saying that the model was never measured."""
    # Of an incomplete assessment the letter is a lower bound: already F or G, it is enough to refuse.
    bound = frozen.letter if frozen.letter and frozen.letter in "FG" else None
    advice = recommend(frozen.decision_letter or bound, frozen.evidence)
    if not frozen.never_measured:
        return advice
    names = ", ".join(frozen.near)
    fr = "Modèle jamais mesuré" + (f" (noms proches : {names}). " if names else ". ")
    en = "Model never measured" + (f" (close names: {names}). " if names else ". ")
    return Recommendation(advice.advice, fr + advice.fr, en + advice.en)


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


def freeze(store: Store, application: str, model: str, yearly_volume: float | None = None) -> Frozen:
    """The scores of this model (without one, of this application) as they stand now.

    A model nobody has measured yet is allowed (that is what a request is for) and brings no letter.
    `yearly_volume` is in functional acts a year. Raises UnknownSubject for an application that is not on the
    map, CampaignError without an assessment.
    """
    assessment_id = views.summary(store).assessment_id
    app_sheet = views.application_sheet(store, application) if application else None
    known = views.models(store) if model else ()
    model_sheet = views.model_sheet(store, model) if model in known else None
    criteria: list[Criterion] = []
    if model_sheet:
        criteria += _criteria(model, model_sheet.inference_score)
        criteria += _criteria(model, model_sheet.training_score)
    if app_sheet and not model:
        criteria += _criteria(application, app_sheet.tile.score)
    return Frozen(
        assessment_id,
        max((c.letter for c in criteria if c.letter), default=None),
        max((c.decision_letter for c in criteria if c.decision_letter), default=None),
        _evidence(app_sheet, model_sheet, model),
        tuple(criteria),
        never_measured=bool(model) and not (model_sheet and model_sheet.runs),
        near=pos_map.near(model, known) if model and not model_sheet else (),
        yearly=_yearly(model_sheet, yearly_volume),
        act=model_sheet.functional_act if model_sheet else "",
    )


def _yearly(sheet: ModelSheet | None, volume: float | None) -> Amount | None:
    """kgCO2e a year: gCO2e per 1,000 requests times the acts of a year, bounds alike; None when one is unknown."""
    if sheet is None or sheet.gwp_per_1000 is None or volume is None:
        return None
    return scaled(sheet.gwp_per_1000, volume / 1000 / 1000, "kgCO2e")


def _evidence(app: ApplicationSheet | None, model_sheet: ModelSheet | None, model: str) -> str:
    """Measured: a complete run of the model that served requests, or most of the application's total."""
    if model:
        runs = model_sheet.runs if model_sheet else ()
        # A pilot is complete runs that served a declared act, and are in the assessment shown.
        piloted = any(
            r.phase == INFERENCE and r.requests and r.state == "complete" and r.tier in MEASURED_TIERS
            for r in runs
        )
        piloted = (
            piloted and model_sheet is not None and model_sheet.inference_score.decision_letter is not None
        )
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
    yearly = kept.get("yearly")
    return Frozen(
        kept["assessment_id"],
        kept["letter"],
        kept["decision_letter"],
        kept["evidence"],
        criteria,
        # Requests of earlier versions keep none of these.
        never_measured=kept.get("never_measured", False),
        near=tuple(kept.get("near", ())),
        yearly=Amount(**yearly) if yearly else None,
        act=kept.get("act", ""),
    )


def _english(evidence: str) -> str:
    return "measured" if evidence == MEASURED else "estimated"
