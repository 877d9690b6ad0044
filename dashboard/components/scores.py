"""A score on a page: the letter, the one decisions use, its criteria with their intervals."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import letters
from dashboard.components.bars import interval_bar
from dashboard.components.odds import letter_odds
from footprint import formats
from footprint.scores import band
from footprint.sheets import Letter, Score
from footprint.texts import say

SIZES = ("< 100 kg", "< 1 t", "< 10 t", "< 100 t", "≥ 100 t")  # size classes 1..5 by kgCO2e a year (M8)


def score_panel(score: Score, title: str, *, yearly: bool = True) -> Any:
    """The letter with its criteria beside it; a total that is not `yearly` has no size class (M8)."""
    marks = [html.P(text, className="chip") for text in _mentions(score, yearly)]
    unsure = not score.letter or not score.complete
    reason = [html.P(letters.why(score), className="hint")] if unsure and letters.why(score) else []
    head = html.Div(
        [
            letters.badge(score.letter, "xl", title),
            html.Div([html.H2(title), html.Div(marks, className="mentions"), *reason]),
        ],
        className="score-head",
    )
    return html.Section(
        [
            head,
            html.Div([_criterion(c) for c in score.criteria], className="criteria"),
            *([odds] if (odds := letter_odds(score, title)) is not None else []),
        ],
        className="card score",
    )


def _mentions(score: Score, yearly: bool) -> list[str]:
    found = []
    if score.decision_letter:
        found.append(
            say(
                f"Note de décision (P90) : {score.decision_letter}",
                f"Decision letter (P90): {score.decision_letter}",
            )
        )
    if score.size_class and yearly:
        size = SIZES[score.size_class - 1]
        found.append(
            say(f"Taille {score.size_class} sur 5 ({size}/an)", f"Size {score.size_class} of 5 ({size}/year)")
        )
    if score.provisional:
        found.append(say("Provisoire", "Provisional"))
    return [*found, say(f"Échelle {score.scale}", f"Scale {score.scale}")]


def _criterion(c: Letter) -> Any:
    name = letters.criterion_name(c)
    if c.amount is None:
        body: list[Any] = [html.P(letters.why(c), className="hint")]
    else:
        body = [
            html.P(
                [
                    html.Span(formats.amount(c.amount), className="criterion-value"),
                    html.Span(formats.interval(c.amount), className="criterion-range"),
                ]
            ),
            interval_bar(c.amount, name),
            *([html.P(band_text(c), className="band")] if band_text(c) else []),
            html.P(_odds(c), className="hint"),
        ]
    return html.Div(
        [html.Div([letters.badge(c.letter, "m", name), html.H3(name)], className="criterion-head"), *body],
        className="criterion",
    )


def band_text(c: Letter) -> str:
    """The values its letter stands for: "D : de 1 à 3 kgCO2e"; "" without a letter."""
    found = band(c)
    if found is None:
        return ""
    low, high, unit = found
    until = formats.exact(high) + formats.NARROW + unit if high is not None else ""
    if not low:
        return say(f"{c.letter} : moins de {until}", f"{c.letter}: below {until}")
    since = formats.exact(low)
    if not until:
        return say(
            f"{c.letter} : {since}{formats.NARROW}{unit} et plus",
            f"{c.letter}: {since}{formats.NARROW}{unit} and above",
        )
    return say(f"{c.letter} : de {since} à {until}", f"{c.letter}: {since} to {until}")


def _odds(c: Letter) -> str:
    odds = ""
    if c.probability is not None:
        odds = say(
            f"{formats.percent(c.probability)} de chances que la note soit {c.letter}",
            f"{formats.percent(c.probability)} chance that the letter is {c.letter}",
        )
    p90 = (
        say(f"au P90 : {c.decision_letter}", f"at the P90: {c.decision_letter}") if c.decision_letter else ""
    )
    return " · ".join(text for text in (odds, p90) if text)
