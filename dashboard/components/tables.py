"""Tables: a caption, header cells with their scope, numbers aligned; wide ones scroll in their own frame."""

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
) -> Any:
    """A table whose first column names the rows; `numeric` are the columns aligned on the right."""
    name = "visually-hidden" if hide_caption else ""
    head = html.Tr([html.Th(text, scope="col", className=_align(i, numeric)) for i, text in enumerate(heads)])
    body = [_row(row, numeric) for row in rows]
    grid = html.Table([html.Caption(caption, className=name), html.Thead(head), html.Tbody(body)])
    return html.Div(grid, className="scroll", tabIndex="0", role="region", **{"aria-label": label or caption})


def _row(row: Sequence[Any], numeric: Sequence[int]) -> Any:
    first = html.Th(row[0], scope="row", className=_align(0, numeric))
    return html.Tr([first, *(html.Td(cell, className=_align(i, numeric)) for i, cell in enumerate(row) if i)])


def _align(place: int, numeric: Sequence[int]) -> str:
    return "number" if place in numeric else ""


def facts(pairs: Sequence[tuple[str, Any]]) -> Any:
    """A list of names and values; empty values are left out."""
    kept = [(name, value) for name, value in pairs if value not in ("", None)]
    return html.Dl(
        [html.Div([html.Dt(name), html.Dd(value)], className="fact") for name, value in kept],
        className="facts",
    )
