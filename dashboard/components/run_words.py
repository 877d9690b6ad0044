"""Words for the phases and states of a measured run; unknown ones show as they were declared."""

from __future__ import annotations

from footprint.texts import say

STATES = {
    "complete": ("complète", "complete"),
    "interrupted": ("interrompue", "interrupted"),
    "running": ("en cours", "running"),
    "failed": ("sans mesure", "not measured"),
    "pushed": ("transmise", "pushed"),
}
PHASES = {
    "training": ("entraînement", "training"),
    "inference": ("usage", "inference"),
    "evaluation": ("évaluation", "evaluation"),
    "search": ("recherche", "search"),
    "baseline": ("référence sans IA", "baseline without AI"),
}


def phase_name(phase: str) -> str:
    """Name of a phase in the current language."""
    return say(*PHASES.get(phase, (phase, phase)))


def state_name(state: str) -> str:
    """Name of a run's state in the current language."""
    return say(*STATES.get(state, (state, state)))
