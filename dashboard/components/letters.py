"""Letters A to G: a single hue from light to dark, the letter always printed."""

from __future__ import annotations

from typing import Any

from dash import html

from footprint.sheets import Letter, Score
from footprint.texts import say

LETTERS = "ABCDEFG"
LOW_QUALITY_SHARE = 0.5  # of the total resting on generic values


def hidden(text: str) -> Any:
    """Text for those who listen to the page rather than look at it."""
    return html.Span(text, className="visually-hidden")


def tone(letter: str | None) -> str:
    """CSS class of a letter's colours."""
    return f"letter-{letter}" if letter else "letter-none"


def badge(letter: str | None, size: str = "m", what: str = "") -> Any:
    """A letter in its colour; `what` says of what it is the letter, for screen readers."""
    said = what or say("note", "letter")
    if letter is None:
        none = say(f"{said} : aucune", f"{said}: none")
        return html.Span(
            [html.Span("–", **{"aria-hidden": "true"}), hidden(none)], className=_class(None, size)
        )
    return html.Span([hidden(f"{said} "), letter], className=_class(letter, size))


def _class(letter: str | None, size: str) -> str:
    return f"badge badge-{size} {tone(letter)}"


def criterion_name(criterion: Letter) -> str:
    """Name of a criterion in the current language."""
    return say(criterion.criterion_fr, criterion.criterion_en)


def why(subject: Letter | Score) -> str:
    """Why there is no letter, in the current language."""
    return say(subject.why_fr, subject.why_en)


def low_quality(quality: dict[str, float]) -> bool:
    """Whether most of a total rests on generic values (M1)."""
    return quality.get("generic", 0.0) > LOW_QUALITY_SHARE
