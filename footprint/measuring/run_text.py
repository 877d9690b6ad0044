"""A run in one sentence, in the current language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footprint.formats import duration, energy, kg
from footprint.texts import say

if TYPE_CHECKING:
    from footprint.measuring import Run

_TIERS = {
    "meter": ("compteur", "meter"),
    "sensor": ("capteur", "sensor"),
    "model": ("modèle de puissance", "power model"),
    "declared": ("déclaré", "declared"),
    "generic": ("générique", "generic"),
}


def sentence(run: Run) -> str:
    """What a run used: energy and carbon with their 90 % intervals, duration, evidence tier."""
    name = str(run.application)
    if run.state is None:
        return say(f"{name} : pas commencée", f"{name}: not started")
    if run.state == "running":
        return say(f"{name} : mesure en cours", f"{name}: being measured")
    if run.energy_kwh is None:
        return say(f"{name} : énergie inconnue", f"{name}: energy unknown")
    return say(_french(run, name), _english(run, name))


def _french(run: Run, name: str) -> str:
    cut = " (interrompue)" if run.state == "interrupted" else ""
    tier = _TIERS.get(run.tier or "", ("inconnue", ""))[0]
    return (
        f"{name}{cut} : {energy(run.energy_kwh)} "
        f"(de {energy(run.energy_low_kwh)} à {energy(run.energy_high_kwh)}), {kg(run.gwp_kgco2e)} "
        f"(de {kg(run.gwp_low)} à {kg(run.gwp_high)}), en {duration(run.duration_s)} ; preuve : {tier}"
    )


def _english(run: Run, name: str) -> str:
    cut = " (interrupted)" if run.state == "interrupted" else ""
    tier = _TIERS.get(run.tier or "", ("", "unknown"))[1]
    return (
        f"{name}{cut}: {energy(run.energy_kwh)} "
        f"({energy(run.energy_low_kwh)} to {energy(run.energy_high_kwh)}), {kg(run.gwp_kgco2e)} "
        f"({kg(run.gwp_low)} to {kg(run.gwp_high)}), in {duration(run.duration_s)}; evidence: {tier}"
    )
