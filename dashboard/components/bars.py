"""Bars drawn in HTML: an interval with its centre and P90, shares of a total; each has its words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from dash import html

from dashboard.components.tables import table
from footprint import formats
from footprint.sheets import Amount, Part
from footprint.texts import say

SHADES = 6  # shades of a stacked bar; smaller parts share the last one
SMALLEST = 0.001  # share printed as such; below, "less than"
SHOWN = 8  # rows before the rest is folded
ROOM = 1.04  # length of an interval's line, in times its largest mark


def interval_bar(amount: Amount, what: str) -> Any:
    """The 90 % interval on a line from zero, with the central value and the P90."""
    end = max((v for v in (amount.high, amount.p90, amount.value) if math.isfinite(v)), default=0.0)

    def on_line(value: float) -> float:
        """Percent of the line, never off it: an absurd value stops at its end."""
        if math.isnan(value) or end <= 0:
            return 0.0
        return 100 * min(max(value / end / ROOM, 0.0), 1.0)

    def place(value: float) -> str:
        return f"{on_line(value):.2f}%"

    said = say(
        f"{what} : {formats.amount(amount)}, intervalle à 90 % de {formats.interval(amount)}",
        f"{what}: {formats.amount(amount)}, 90% interval {formats.interval(amount)}",
    )
    width = f"{max(on_line(amount.high) - on_line(amount.low), 0):.2f}%"
    marks = [
        html.Span(className="interval-range", style={"left": place(amount.low), "width": width}),
        html.Span(className="interval-p90", style={"left": place(amount.p90)}),
        html.Span(className="interval-value", style={"left": place(amount.value)}),
    ]
    return html.Div(marks, className="interval", role="img", **{"aria-label": said})


def stacked(parts: Sequence[Part], what: str) -> Any:
    """Parts of a whole side by side; the table beside it says the same in words."""
    spans = [
        html.Span(className=f"segment {shade(i)}", style={"flexGrow": f"{max(part.share, 0):.4f}"})
        for i, part in enumerate(parts)
        if part.share > 0
    ]
    said = ", ".join(f"{part.label} {share_text(part.share)}" for part in parts)
    return html.Div(spans, className="stacked", role="img", **{"aria-label": f"{what} : {said}"})


def share_text(share: float) -> str:
    """A share in percent; what is there but tiny reads "< 0,1 %", not a row of zeros."""
    return f"< {formats.percent(SMALLEST)}" if 0 < share < SMALLEST else formats.percent(share)


def shade(place: int) -> str:
    """CSS class of the shade of a part, by its place."""
    return f"shade-{min(place, SHADES - 1) + 1}"


def breakdown(
    caption: str,
    head: str,
    parts: Sequence[Part],
    *,
    swatches: bool = False,
    link: Callable[[str], str] | None = None,
) -> Any:
    """Parts of a total as a table: name, emissions, interval, share with its bar; long ones fold.

    `link` gives the address of what explains a part, by its key.
    """
    heads = (
        head,
        say("Émissions", "Emissions"),
        say("Intervalle à 90 %", "90% interval"),
        say("Part", "Share"),
    )
    rows = [_part_row(i, part, swatches, link) for i, part in enumerate(parts)]
    if len(rows) <= SHOWN + 2:
        return table(caption, heads, rows, numeric=(1, 2, 3), hide_caption=True)
    more = say(f"Voir les {len(rows) - SHOWN} suivantes", f"Show the {len(rows) - SHOWN} others")
    rest = table(f"{caption} ({more})", heads, rows[SHOWN:], numeric=(1, 2, 3), hide_caption=True)
    first = table(caption, heads, rows[:SHOWN], numeric=(1, 2, 3), hide_caption=True)
    return html.Div([first, html.Details([html.Summary(more), rest], className="fold")])


def _part_row(place: int, part: Part, swatches: bool, link: Callable[[str], str] | None) -> list[Any]:
    name: Any = html.A(part.label, href=link(part.key)) if link else part.label
    if swatches:
        name = [html.Span(className=f"swatch {shade(place)}", **{"aria-hidden": "true"}), part.label]
    gauge = html.Span(
        html.Span(style={"width": f"{100 * min(max(part.share, 0), 1):.1f}%"}),
        className="gauge",
        **{"aria-hidden": "true"},
    )
    share = html.Span([gauge, html.Span(share_text(part.share))], className="share")
    return [name, formats.amount(part.amount), formats.interval(part.amount), share]
