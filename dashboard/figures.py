"""Charts made on request. Each takes parts of a total and returns a plotly figure; a table says the same."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from footprint.sheets import Part
from footprint.texts import language, say

TOP = 12


def machines(parts: Sequence[Part]) -> Any:
    """Emissions by machine, kgCO2e a year, with 90 % intervals; the twelve largest, largest on top."""
    import plotly.graph_objects as go  # a heavy import, for those who ask for the chart

    shown = list(parts[:TOP])[::-1]
    values = [part.amount.value for part in shown]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=[escape(part.label) for part in shown],  # plotly reads tags in labels
            orientation="h",
            marker={"color": "#2c7f88"},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [part.amount.high - part.amount.value for part in shown],
                "arrayminus": [part.amount.value - part.amount.low for part in shown],
                "color": "#16242a",
                "thickness": 1.2,
            },
        )
    )
    figure.update_layout(
        template="none",
        height=90 + 30 * len(shown),
        margin={"l": 10, "r": 20, "t": 10, "b": 45},
        font={"family": "system-ui, sans-serif", "size": 13, "color": "#16242a"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        separators=". ," if language() == "en" else ", ",
        xaxis={
            "title": {"text": say("kgCO2e par an", "kgCO2e a year")},
            "gridcolor": "#dfe5e4",
            "zeroline": True,
        },
        yaxis={"automargin": True, "ticks": ""},
        bargap=0.35,
    )
    return figure
