"""Form fields with their labels; forms post natively, so they need no script of ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboard.page import Page
from footprint.texts import say


def text_field(
    page: Page,
    name: str,
    label: str,
    *,
    hint: str = "",
    required: bool = False,
    kind: str = "text",
    list_id: str = "",
    place: int = 0,
    longest: int = 200,
) -> Any:
    """A one-line field, filled with what had been typed when the form was refused."""
    identifier = f"{name}-{place}" if place else name
    options: dict[str, Any] = {"list": list_id} if list_id else {}
    field = dcc.Input(
        id=identifier,
        name=name,
        type=kind,
        value=page.typed(name, place),
        required=required,
        maxLength=longest,
        autoComplete="off",
        **options,
    )
    return html.Div([_label(label, identifier, required), field, *_hint(hint)], className="field")


def long_field(
    page: Page, name: str, label: str, *, hint: str = "", required: bool = False, shortest: int = 0
) -> Any:
    """A field of several lines."""
    area = dcc.Textarea(
        id=name,
        name=name,
        value=page.typed(name),
        required=required,
        minLength=shortest,
        maxLength=4000,
        rows=3,
    )
    return html.Div([_label(label, name, required), area, *_hint(hint)], className="field field-wide")


def choice(
    page: Page, name: str, label: str, options: Sequence[tuple[str, str]], *, required: bool = False
) -> Any:
    """A native list: (value, text) pairs, the first one being shown."""
    chosen = page.typed(name)
    items = [html.Option(text, value=value, selected=value == chosen) for value, text in options]
    # Fields of dcc carry `required` alone, which says the same to assistive tools.
    told = {"aria-required": "true"} if required else {}
    chooser = html.Select(items, id=name, name=name, required=required, **told)
    return html.Div([_label(label, name, required), chooser], className="field")


def suggestions(identifier: str, values: Sequence[tuple[str, str]]) -> Any:
    """Known values a field proposes: (value, name) pairs."""
    return html.Datalist([html.Option(name, value=value) for value, name in values], id=identifier)


def _label(text: str, identifier: str, required: bool) -> Any:
    mark = [" ", html.Span(say("obligatoire", "required"), className="required")] if required else []
    return html.Label([text, *mark], htmlFor=identifier)


def _hint(text: str) -> list[Any]:
    return [html.Span(text, className="hint")] if text else []
