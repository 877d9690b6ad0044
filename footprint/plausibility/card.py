"""What a model card declares against its own GPU hours (M6).

    estimate = gpu_hours x W of one GPU x PUE x electricity factor

The power is the nameplate, or full load of the catalogue: the estimate is a high one, which a range of three
either way covers (utilisation, PUE left out, site). Beyond, the card contradicts itself.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import factors
from factors import Catalogue, Factor
from footprint.plausibility.finding import DOUBTFUL, IMPROBABLE, Finding, Rule, figure, finding
from footprint.plausibility.sites import pue_hint
from footprint.plausibility.units import thousand_hint

RATIO = Rule(
    "P-CARD-RATIO", "émissions déclarées", "emissions declared",
    "M6 : heures GPU × W × PUE × facteur, à un facteur trois", "M6: GPU hours × W × PUE × factor, within three",
    "Ne reprenez pas la valeur : recalculez-la depuis les heures GPU, ou demandez le calcul à l’auteur.",
    "Do not reuse the value: compute it again from the GPU hours, or ask the author for the calculation.",
)  # fmt: skip
UNIT = Rule(
    "P-CARD-UNIT", "émissions déclarées", "emissions declared",
    "M6, et convention des fiches : co2_eq_emissions est en grammes",
    "M6, and the convention of cards: co2_eq_emissions is in grams",
    "Corrigez l’unité sur la fiche : grammes dans co2_eq_emissions, kilogrammes dans declared_kgco2e.",
    "Correct the unit on the card: grams in co2_eq_emissions, kilograms in declared_kgco2e.",
)  # fmt: skip
ENERGY = Rule(
    "P-CARD-ENERGY", "électricité déclarée", "electricity declared",
    "M6 : heures GPU × W × PUE, à un facteur trois", "M6: GPU hours × W × PUE, within three",
    "Vérifiez les heures (de GPU, non de machines), le nombre de GPU et l’unité (kWh).",
    "Check the hours (of GPUs, not of machines), the number of GPUs and the unit (kWh).",
)  # fmt: skip
INTENSITY = Rule(
    "P-CARD-INTENSITY", "émissions par kWh", "emissions a kWh",
    "règle : de 0,005 à 1,3 kgCO2e par kWh, mix de zone", "rule: 0.005 to 1.3 kgCO2e a kWh, mix of the zone",
    "Donnez des émissions fondées sur le mix du lieu (location-based), avant toute compensation.",
    "Give location-based emissions, before any offset.",
)  # fmt: skip
PUE = Rule(
    "P-CARD-PUE", "PUE", "PUE", "règle : de 1 à 3", "rule: 1 to 3",
    "Corrigez le PUE sur la fiche.", "Correct the PUE on the card.",
)  # fmt: skip
POWER = Rule(
    "P-CARD-POWER", "puissance d’un GPU", "power of one GPU",
    "règle : du tiers au triple de la pleine charge du catalogue ; sans elle, de 10 à 2 500 W",
    "rule: a third to three times the full load of the catalogue; without it, 10 to 2,500 W",
    "Donnez la puissance d’un seul GPU, en watts.", "Give the power of one GPU, in watts.",
)  # fmt: skip
FACTOR = Rule(
    "P-CARD-FACTOR", "facteur d’électricité", "electricity factor",
    "règle : au plus 2 kgCO2e par kWh", "rule: at most 2 kgCO2e a kWh",
    "Donnez le facteur en kgCO2e par kWh.", "Give the factor in kgCO2e a kWh.",
)  # fmt: skip
GAP = Rule(
    "P-CARD-GAP", "il manque", "missing", "M6", "M6",
    "Sans ces données la fiche ne peut pas être recalculée : complétez-la, ou demandez-les à l’auteur.",
    "Without these the card can’t be computed again: complete it, or ask the author.",
)  # fmt: skip

WITHIN = 3.0
SURE = 10.0
WORDS = {
    "gpu_hours": ("heures GPU", "GPU hours"),
    "tdp_w": ("puissance du GPU (tdp_w), ou GPU du catalogue", "power of the GPU (tdp_w), or a GPU of the catalogue"),
    "zone": ("zone ou facteur d’électricité", "zone or electricity factor"),
    "declared": ("émissions ou électricité déclarées", "emissions or electricity declared"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """What a model card says; None or "" where it says nothing.

    `gpu_hours` sums the hours of all GPUs; `tdp_w` is one GPU's power (W); `factor` is in kgCO2e/kWh and wins over
    `zone` (place as written). `declared_kgco2e` is in kilograms whatever unit the file uses; `grams` says that it
    was read from a field whose convention is grams.
    """

    model: str
    gpu: str = ""
    gpu_hours: float | None = None
    tdp_w: float | None = None
    pue: float | None = None
    factor: float | None = None
    zone: str = ""
    declared_kgco2e: float | None = None
    declared_kwh: float | None = None
    grams: bool = False


@dataclass(frozen=True, slots=True)
class Recomputed:
    """M6 from the card's own figures: kWh and kgCO2e (None: can't be computed), from which power and factor."""

    kwh: float | None
    kgco2e: float | None
    power_w: float | None
    factor: float | None
    sources: str  # ids of the catalogue's factors used, " + " between
    missing: tuple[str, ...]  # keys of WORDS


def recomputed(card: Card, catalogue: Catalogue) -> Recomputed:
    """M6: gpu_hours x W x PUE x factor; a PUE left out, or impossible, counts as 1 (the lowest)."""
    named = gpu_power(card.gpu, catalogue)
    power = card.tdp_w if _positive(card.tdp_w) else (named.value if named else None)
    place = electricity_of(card.zone, catalogue)
    factor = card.factor if _positive(card.factor) else (place.value if place else None)
    hours = card.gpu_hours if _positive(card.gpu_hours) else None
    gaps = [
        name for name, known in (("gpu_hours", hours), ("tdp_w", power), ("zone", factor)) if known is None
    ]
    pue = card.pue if card.pue is not None and card.pue >= 1.0 and math.isfinite(card.pue) else 1.0
    kwh = hours * power * pue / 1000.0 if hours is not None and power is not None else None
    kg = kwh * factor if kwh is not None and factor is not None else None
    ids = [
        named.id if named and power == named.value else "",
        place.id if place and factor == place.value else "",
    ]
    return Recomputed(kwh, kg, power, factor, " + ".join(name for name in ids if name), tuple(gaps))


def _positive(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value > 0


def gpu_power(name: str, catalogue: Catalogue) -> Factor | None:
    """Full load of a GPU by its name as cards write it ("8 x NVIDIA A100-80GB"); None when it is not listed."""
    rows = [f for f in catalogue.factors if f.item == "gpu" and f.indicator == "power" and f.stage == "full"]
    for row in rows:
        chip = row.zone.split("-")[-1]
        if re.search(rf"(?<![a-z0-9]){re.escape(chip)}(?!\d)", name.lower()):
            return row
    return None


def electricity_of(place: str, catalogue: Catalogue) -> Factor | None:
    """Factor of a place as cards write it: the whole, then its parts from the last ("Brooklyn, NY, USA")."""
    for part in (place, *reversed(place.split(","))):
        try:
            if part.strip():
                return catalogue.electricity(part.strip())
        except factors.FactorError:
            continue
    return None


def check_card(card: Card, catalogue: Catalogue | None = None) -> tuple[Finding, ...]:
    """What a card says that contradicts itself, or that can't be checked; empty when all is credible."""
    catalogue = catalogue or factors.load()
    own = recomputed(card, catalogue)
    found = [*_stated(card, catalogue), *_emissions(card, own), *_energy(card, own), *_intensity(card)]
    declared = card.declared_kgco2e is not None or card.declared_kwh is not None
    missing = [*own.missing, *(() if declared else ("declared",))]
    if missing:
        fr, en = (", ".join(WORDS[name][side] for name in missing) for side in (0, 1))
        told = (f"À donner : {fr}.", f"To give: {en}.")
        found.append(finding(GAP, DOUBTFUL, "card", card.model, missing[0], ", ".join(missing), hint=told))
    return tuple(sorted(found, key=lambda f: (f.severity != IMPROBABLE, f.code)))


def _stated(card: Card, catalogue: Catalogue) -> list[Finding]:
    """PUE, power and factor as the card gives them."""
    found: list[Finding] = []
    if card.pue is not None and not 1.0 <= card.pue <= 3.0:
        found.append(finding(PUE, IMPROBABLE, "card", card.model, "pue", card.pue, low=1.0, high=3.0,
                             hint=pue_hint(card.pue)))  # fmt: skip
    listed = gpu_power(card.gpu, catalogue)
    low, high = (listed.value / 3.0, listed.value * 3.0) if listed else (10.0, 2500.0)
    if card.tdp_w is not None and not low <= card.tdp_w <= high:
        found.append(finding(POWER, DOUBTFUL, "card", card.model, "tdp_w", card.tdp_w, "W", low=low, high=high,
                             source=listed.id if listed else ""))  # fmt: skip
    if card.factor is not None and not 0.0 < card.factor <= 2.0:
        found.append(finding(FACTOR, IMPROBABLE, "card", card.model, "factor", card.factor, "kgCO2e/kWh", high=2.0,
                             hint=thousand_hint(card.factor / 0.4)))  # fmt: skip
    return found


def _emissions(card: Card, own: Recomputed) -> list[Finding]:
    """P-CARD-UNIT where a unit explains the gap, else P-CARD-RATIO with how many times it is off."""
    if card.declared_kgco2e is None or own.kgco2e is None:
        return []
    times = card.declared_kgco2e / own.kgco2e
    if 1 / WITHIN <= times <= WITHIN:
        return []
    rule, cause = _cause(card, times)
    told = (f"{_off(times, french=True)} {cause[0]}", f"{_off(times, french=False)} {cause[1]}")
    severity = DOUBTFUL if 1 / SURE <= times <= SURE else IMPROBABLE
    return [
        finding(rule, severity, "card", card.model, "declared_kgco2e", card.declared_kgco2e, "kgCO2e",
                low=own.kgco2e / WITHIN, high=own.kgco2e * WITHIN, source=own.sources, hint=told)
    ]  # fmt: skip


def _off(times: float, *, french: bool) -> str:
    if times <= 0:
        return "Aucune émission déclarée." if french else "No emission declared."
    less, many = times < 1.0, float(f"{max(times, 1 / times):.2g}")
    if french:
        return f"{figure(many, french=True)} fois {'moins' if less else 'plus'} que ses propres heures GPU."
    return f"{figure(many, french=False)} times {'less' if less else 'more'} than its own GPU hours."


def _cause(card: Card, times: float) -> tuple[Rule, tuple[str, str]]:
    """The likely cause of a gap: a unit (a thousand, a million), or what is left out."""
    if times <= 0:
        return RATIO, ("Compensation retranchée ?", "Offsets subtracted?")
    thousands = round(math.log10(times) / 3)
    if thousands and abs(math.log10(times) - 3 * thousands) <= math.log10(WITHIN):
        if card.grams and thousands == -1:
            return UNIT, (
                "Des kilogrammes écrits là où la convention est en grammes ?",
                "Kilograms written where the convention is grams?",
            )
        up = ("Des grammes pris pour des kilogrammes ?", "Grams taken for kilograms?")
        down = ("Des tonnes prises pour des kilogrammes ?", "Tonnes taken for kilograms?")
        return UNIT, up if thousands > 0 else down
    if times < 1 / SURE:
        return RATIO, (
            "Électricité « verte » ou compensée retranchée (market-based), ou chiffre d’un autre modèle ?",
            "“Green” or offset electricity subtracted (market-based), or the figure of another model?",
        )
    return RATIO, (
        "Heures de machines et non de GPU, nombre de GPU, ou périmètre différent ?",
        "Hours of machines instead of GPUs, number of GPUs, or another boundary?",
    )


def _energy(card: Card, own: Recomputed) -> list[Finding]:
    if card.declared_kwh is None or own.kwh is None or 1 / WITHIN <= card.declared_kwh / own.kwh <= WITHIN:
        return []
    times = card.declared_kwh / own.kwh
    told = (_off(times, french=True), _off(times, french=False))
    severity = DOUBTFUL if 1 / SURE <= times <= SURE else IMPROBABLE
    return [
        finding(ENERGY, severity, "card", card.model, "declared_kwh", card.declared_kwh, "kWh",
                low=own.kwh / WITHIN, high=own.kwh * WITHIN, source=own.sources, hint=told)
    ]  # fmt: skip


def _intensity(card: Card) -> list[Finding]:
    if card.declared_kgco2e is None or not card.declared_kwh or card.declared_kwh < 0:
        return []
    value = card.declared_kgco2e / card.declared_kwh
    if 0.005 <= value <= 1.3:
        return []
    severity = DOUBTFUL if 0.0005 <= value <= 2.0 else IMPROBABLE
    return [
        finding(INTENSITY, severity, "card", card.model, "declared_kwh", value, "kgCO2e/kWh", low=0.005, high=1.3,
                hint=thousand_hint(value / 0.4))
    ]  # fmt: skip
