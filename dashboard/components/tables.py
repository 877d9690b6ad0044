"""Tables: a caption, header cells with their scope, numbers aligned.

A wide one scrolls in its own frame, or makes a card of each row where the screen is narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html


def table(
    caption: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    numeric: Sequence[int] = (),
    *,
    hide_caption: bool = False,
    label: str = "",
    cards: bool = False,
) -> Any:
    """A table whose first column names the rows; `numeric` are the columns aligned on the right.

    With `cards`, each row is a card on a narrow screen, every cell under the name of its column: for rows to act on.
    """
    name = "visually-hidden" if hide_caption else ""
    head = html.Tr([html.Th(text, scope="col", className=_align(i, numeric)) for i, text in enumerate(heads)])
    body = [_row(row, numeric, heads if cards else ()) for row in rows]
    grid = html.Table([html.Caption(caption, className=name), html.Thead(head), html.Tbody(body)])
    name = "scroll as-cards" if cards else "scroll"
    return html.Div(grid, className=name, tabIndex="0", role="region", **{"aria-label": label or caption})


def _row(row: Sequence[Any], numeric: Sequence[int], told: Sequence[str]) -> Any:
    """A row, each cell with the name of its column when these are `told`."""
    first = html.Th(row[0], scope="row", className=_align(0, numeric))
    cells = [
        html.Td(cell, className=_align(i, numeric), **({"data-column": told[i]} if told else {}))
        for i, cell in enumerate(row)
        if i
    ]
    return html.Tr([first, *cells])


def _align(place: int, numeric: Sequence[int]) -> str:
    return "number" if place in numeric else ""


def facts(pairs: Sequence[tuple[str, Any]]) -> Any:
    """A list of names and values; empty values are left out."""
    kept = [(name, value) for name, value in pairs if value not in ("", None)]
    return html.Dl(
        [html.Div([html.Dt(name), html.Dd(value)], className="fact") for name, value in kept],
        className="facts",
    )
