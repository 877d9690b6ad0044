"""What an interval rests on (M7): one bar an uncertain value, around the total, and the table that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.components.bars import share_text
from dashboard.components.tables import table
from footprint import formats
from footprint.sheets import Swing
from footprint.texts import say


def tornado(swings: Sequence[Swing], subject: str) -> Any:
    """The section of a total's uncertainty; None where nothing is uncertain."""
    if not swings:
        return None
    title = say("Sur quoi repose l’intervalle", "What the interval rests on")
    hint = say(
        "Chaque barre : où irait le total (90 %) si cette seule valeur variait. Mesurer ou préciser les premières "
        "resserre le plus l’intervalle.",
        "Each bar: where the total would go (90 %) if that value alone varied. Measuring or refining the first "
        "ones narrows the interval most.",
    )
    said = ", ".join(f"{swing.label} {share_text(swing.share)}" for swing in swings)
    bars = [_bar(swing, *_span(swings)) for swing in swings]
    heads = (
        say("Valeur incertaine", "Uncertain value"),
        say("Part de l’incertitude", "Share of uncertainty"),
        say("Total, si elle seule varie", "Total, when it alone varies"),
    )
    rows = [[swing.label, share_text(swing.share), _between(swing)] for swing in swings]
    return html.Section(
        [
            html.H2(title),
            html.P(hint, className="hint"),
            html.Div(bars, className="tornado", role="img", **{"aria-label": f"{title}, {subject} : {said}"}),
            html.Details(
                [
                    html.Summary(say("Voir en tableau", "Show as a table")),
                    table(f"{title}, {subject}", heads, rows, numeric=(1, 2), hide_caption=True),
                ],
                className="fold",
            ),
        ],
        className="card",
        id="incertitude",
    )


def _span(swings: Sequence[Swing]) -> tuple[float, float]:
    """The least and the greatest value any bar reaches."""
    low, high = min(swing.low for swing in swings), max(swing.high for swing in swings)
    return low, high if high > low else low + 1.0


def _bar(swing: Swing, low: float, high: float) -> Any:
    def place(value: float) -> float:
        return 100.0 * min(max((value - low) / (high - low), 0.0), 1.0)

    left, right = place(swing.low), place(swing.high)
    line = html.Span(
        [
            html.Span(
                className="tornado-range", style={"left": f"{left:.2f}%", "width": f"{right - left:.2f}%"}
            ),
            html.Span(className="tornado-centre", style={"left": f"{place(swing.total):.2f}%"}),
        ],
        className="tornado-line",
    )
    return html.Div(
        [
            html.Span(swing.label, className="tornado-label"),
            line,
            html.Span(share_text(swing.share), className="tornado-share"),
        ],
        className="tornado-row",
    )


def _between(swing: Swing) -> str:
    low, high = formats.kg(swing.low), formats.kg(swing.high)
    return say(f"{low} à {high}", f"{low} to {high}")
