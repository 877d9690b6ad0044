"""A pre-flight estimate: run a little of the work, then foretell the whole (`footprint run --estimate`)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from footprint.errors import FootprintError
from footprint.formats import duration, energy, kg
from footprint.measuring.live import Live
from footprint.texts import say

_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "j": 86400.0, "d": 86400.0}
_QUANTITY = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*([a-zé]*)\s*", re.IGNORECASE)


class BadEstimate(FootprintError):
    """A quantity that is neither a duration nor a number of steps."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"« {text} » : donnez une durée (60, 90s, 10m, 8h) ou des étapes (200steps, 3epochs).",
            f"“{text}”: give a duration (60, 90s, 10m, 8h) or steps (200steps, 3epochs).",
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

    def sentence(self, seen: Live) -> str:
        """What the whole work will use; an hour of it when nobody said how long the whole is."""
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
            return say(
                "prévision impossible : rien n'a encore été mesuré.", "no forecast: nothing measured yet."
            )
        hour = 3600.0 / seen.seconds
        low, high = energy(seen.low_kwh * hour), energy(seen.high_kwh * hour)
        value = energy(seen.energy_kwh * hour)
        return say(
            f"prévision : {value} par heure (de {low} à {high}) ; pour le total, donnez --total ou appelez "
            "footprint.progress(fait, total) ; arrêt de l'essai.",
            f"forecast: {value} an hour ({low} to {high}); for the whole, give --total or call "
            "footprint.progress(done, total); stopping the trial.",
        )


def read_estimate(after: str, total: str | None) -> Estimate:
    """From the command line: "60", "10m", "200steps"; the total in the same kind. Raises BadEstimate."""
    quantity, in_seconds = _read(after)
    if total is None:
        return Estimate(quantity, in_seconds, None)
    whole, total_in_seconds = _read(total, plain_is_steps=not in_seconds)
    if total_in_seconds != in_seconds:
        raise BadEstimate(total)
    return Estimate(quantity, in_seconds, whole)


def _read(text: str, *, plain_is_steps: bool = False) -> tuple[float, bool]:
    found = _QUANTITY.fullmatch(text)
    number = float(found[1].replace(",", ".")) if found else 0.0
    if found is None or number <= 0:
        raise BadEstimate(text)
    unit = found[2].lower()
    if unit in _SECONDS and not (plain_is_steps and unit == ""):
        return number * _SECONDS[unit], True
    return number, False
