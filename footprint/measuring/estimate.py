"""A pre-flight estimate: run a little of the work, then foretell the whole (`footprint run --estimate`)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from footprint.errors import FootprintError
from footprint.formats import duration, energy, kg
from footprint.measuring.live import Live
from footprint.texts import say

_DURATIONS = {
    1.0: ("s", "sec", "secs", "second", "seconds", "seconde", "secondes"),
    60.0: ("m", "mn", "min", "mins", "minute", "minutes"),
    3600.0: ("h", "hr", "hrs", "hour", "hours", "heure", "heures"),
    86400.0: ("d", "j", "day", "days", "jour", "jours"),
}
_STEPS = {
    "steps": ("step", "steps", "pas", "etape", "etapes"),
    "epochs": ("epoch", "epochs", "epoque", "epoques"),
    "iterations": ("it", "its", "iter", "iters", "iteration", "iterations"),
    "batches": ("batch", "batches", "batchs", "lot", "lots"),
    "examples": ("example", "examples", "exemple", "exemples", "sample", "samples"),
}
_SECONDS = {word: seconds for seconds, words in _DURATIONS.items() for word in words}
_KINDS = {word: kind for kind, words in _STEPS.items() for word in words}
_QUANTITY = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*([a-z]*)\s*")
_TIME = "seconds"


class BadEstimate(FootprintError):
    """A quantity that is neither a duration nor a number of steps, or a total in another unit."""

    exit_code = 2

    def __init__(self, text: str) -> None:
        super().__init__(
            f"« {text} » : donnez une durée (60, 90s, 10min, 8h, 2jours) ou des étapes (200steps, 300pas, "
            "3époques, 500it, 40lots), sans autre unité ni abréviation ; --total dans l'unité de --estimate.",
            f"“{text}”: give a duration (60, 90s, 10min, 8h, 2days) or steps (200steps, 3epochs, 500it, "
            "40batches), no other unit or shorthand; --total in the unit of --estimate.",
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """Stop after `after` seconds or steps; `total`: the whole work in the same unit, None when the program
    says it itself (`footprint.progress(done, total)`)."""

    after: float
    in_seconds: bool
    total: float | None

    def reached(self, seen: Live) -> bool:
        """Whether enough was seen."""
        return seen.seconds >= self.after if self.in_seconds else (seen.done or 0.0) >= self.after

    def enough(self, seen: Live | None, unheard_s: float) -> bool:
        """Whether to stop: enough was seen or, of a measure that does not answer, `unheard_s` is enough."""
        if seen is None:
            return self.in_seconds and unheard_s >= self.after
        return self.reached(seen)

    def sentence(self, seen: Live | None) -> str:
        """What the whole work will use; an hour of it when nobody said how long the whole is."""
        if seen is None:
            return _nothing()
        if seen.forecast_kwh is None:
            return self._an_hour(seen)
        carbon = ""
        if seen.energy_kwh and seen.gwp_kgco2e is not None:
            carbon = f", {kg(seen.forecast_kwh * seen.gwp_kgco2e / seen.energy_kwh)}"
        return say(
            f"prévision : {energy(seen.forecast_kwh)} (de {energy(seen.forecast_low_kwh)} à "
            f"{energy(seen.forecast_high_kwh)}){carbon}, en {duration(seen.forecast_s)} ; arrêt de l'essai.",
            f"forecast: {energy(seen.forecast_kwh)} ({energy(seen.forecast_low_kwh)} to "
            f"{energy(seen.forecast_high_kwh)}){carbon}, in {duration(seen.forecast_s)}; stopping the trial.",
        )

    def _an_hour(self, seen: Live) -> str:
        if not seen.energy_kwh or not seen.low_kwh or not seen.high_kwh:
            return _nothing()
        hour = 3600.0 / seen.seconds
        low, high = energy(seen.low_kwh * hour), energy(seen.high_kwh * hour)
        value = energy(seen.energy_kwh * hour)
        return say(
            f"prévision : {value} par heure (de {low} à {high}) ; pour le total, donnez --total ou appelez "
            "footprint.progress(fait, total) ; arrêt de l'essai.",
            f"forecast: {value} an hour ({low} to {high}); for the whole, give --total or call "
            "footprint.progress(done, total); stopping the trial.",
        )


def _nothing() -> str:
    return say("prévision impossible : rien n'a encore été mesuré.", "no forecast: nothing measured yet.")


def read_estimate(after: str, total: str | None) -> Estimate:
    """From the command line: "60", "10m", "200steps"; the total in the same kind. Raises BadEstimate."""
    quantity, kind = _read(after, plain=_TIME)
    if total is None:
        return Estimate(quantity, kind == _TIME, None)
    whole, kind_of_total = _read(total, plain=kind)
    if kind_of_total != kind:
        raise BadEstimate(total)
    return Estimate(quantity, kind == _TIME, whole)


def _read(text: str, *, plain: str) -> tuple[float, str]:
    """Seconds, or a number of steps, and what it is a number of: `plain` when the text does not say."""
    found = _QUANTITY.fullmatch(_without_accents(text))
    number = float(found[1].replace(",", ".")) if found else 0.0
    if found is None or number <= 0:
        raise BadEstimate(text)
    unit = found[2]
    if unit in _SECONDS:
        return number * _SECONDS[unit], _TIME
    # An unknown unit read as steps would run in full a program that counts none.
    kind = _KINDS.get(unit) if unit else plain
    if kind is None:
        raise BadEstimate(text)
    return number, kind


def _without_accents(text: str) -> str:
    return "".join(
        one for one in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(one)
    )
