"""What a request, a decision or a contest must hold; each check raises DecisionRefused, naming the rule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from footprint.errors import DecisionRefused
from footprint.launch.folding import DECISIONS, Condition, LaunchRequest, RequestForm
from footprint.launch.policy import MEASURED, Frozen
from footprint.roles import Person
from footprint.store import events

REASON_LENGTH = 10
LONGEST = 4000
_TEXTS = ("title", "application", "model", "functional_act", "purpose", "alternative")


def signature(who: Person) -> None:
    """A name and a function are there to sign with."""
    if not (who.name and who.function):
        raise DecisionRefused(
            "Indiquez d’abord votre nom et votre fonction : ils signent ce que vous écrivez.",
            "First give your name and function: they sign what you write.",
        )


def state(request: LaunchRequest, allowed: tuple[str, ...]) -> None:
    """The request is at one of these states."""
    if request.state not in allowed:
        raise DecisionRefused(
            f"La demande {request.id} est à l’état « {request.state} » : cette étape n’est plus ouverte.",
            f"Request {request.id} is in state “{request.state}”: this step is not open.",
        )


def reason(given: str) -> str:
    """A reason of 10 to 4,000 characters, trimmed."""
    kept = given.strip()
    if not REASON_LENGTH <= len(kept) <= LONGEST:
        raise DecisionRefused(
            f"Donnez un motif de {REASON_LENGTH} à {LONGEST} caractères.",
            f"Give a reason of {REASON_LENGTH} to {LONGEST} characters.",
        )
    return kept


def ceiling(frozen: Frozen | None, decision: str) -> None:
    """M9: what is estimated, or has no letter to decide on, is at most approved with conditions."""
    measured = frozen is not None and frozen.evidence == MEASURED and frozen.decision_letter is not None
    if decision == "approuvee" and not measured:
        raise DecisionRefused(
            "Sans mesure, on approuve au mieux sous conditions : plafond de volume, échéance, nouvelle mesure.",
            "Without a measurement, approve with conditions at most: volume cap, end date, new measurement.",
        )


def conditions(decision: str, given: Sequence[Condition]) -> tuple[Condition, ...]:
    """The decision is a known one; its conditions are complete, and there when and only when it has some."""
    if decision not in DECISIONS:
        raise DecisionRefused(
            f"Décision inconnue : « {decision} ». Choisissez parmi {', '.join(DECISIONS)}.",
            f"Unknown decision: “{decision}”. Choose one of {', '.join(DECISIONS)}.",
        )
    if decision != "approuvee_sous_conditions":
        if given:
            raise DecisionRefused(
                "Des conditions ne vont qu’avec une approbation sous conditions.",
                "Conditions only go with an approval with conditions.",
            )
        return ()
    if not given:
        raise DecisionRefused(
            "Une approbation sous conditions en demande au moins une.",
            "An approval with conditions needs at least one.",
        )
    return tuple(_condition(place, condition) for place, condition in enumerate(given, 1))


def _condition(n: int, given: Condition) -> Condition:
    kept = Condition(*(getattr(given, name).strip() for name in ("text", "owner", "metric", "due")))
    if not (kept.text and kept.owner and kept.metric):
        raise DecisionRefused(
            f"Condition {n} : donnez un texte, une fonction responsable, un indicateur et une échéance.",
            f"Condition {n}: give a text, an owner function, a metric and a due date.",
        )
    try:
        late = date.fromisoformat(kept.due) < date.fromisoformat(events.now()[:10])
    except ValueError:
        raise DecisionRefused(
            f"Condition {n} : donnez une échéance (AAAA-MM-JJ).",
            f"Condition {n}: give a due date (YYYY-MM-DD).",
        ) from None
    if late:
        raise DecisionRefused(
            f"Condition {n} : l’échéance {kept.due} est passée, donnez une date à venir (AAAA-MM-JJ).",
            f"Condition {n}: the due date {kept.due} is past, give a date to come (YYYY-MM-DD).",
        )
    return kept


def form(asked: RequestForm) -> RequestForm:
    """The form, trimmed: title, purpose and alternative filled, a volume above zero or unknown."""
    volume = asked.yearly_volume
    texts = {name: getattr(asked, name).strip() for name in _TEXTS}
    missing = not texts["title"] or not texts["purpose"] or not texts["alternative"]
    if missing or len(texts["title"]) > 200 or any(len(text) > LONGEST for text in texts.values()):
        raise DecisionRefused(
            "Indiquez l’intitulé (200 caractères au plus), la finalité et l’alternative étudiée.",
            "Give the title (200 characters at most), the purpose and the alternative considered.",
        )
    if volume is not None and not (math.isfinite(volume) and volume > 0):
        raise DecisionRefused(
            "Le volume annuel est un nombre d’actes supérieur à zéro, ou reste vide s’il est inconnu.",
            "The yearly volume is a number of acts above zero, or is left empty when unknown.",
        )
    return RequestForm(**texts, yearly_volume=volume)
