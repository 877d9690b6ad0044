"""Native controls of the pages written as plain HTML: files, boxes to tick, hidden fields."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from dash import html

from dashboard.page import Page


class Input(SimpleNamespace):
    """A native <input>, with its attributes, which Dash does not have for files and boxes to tick."""


def hidden(name: str, value: str) -> Input:
    """A hidden field."""
    return Input(type="hidden", name=name, value=value)


def tick(
    name: str, value: str, label: Any, *, kind: str = "checkbox", chosen: bool = False, **more: Any
) -> Any:
    """A box to tick, or a round one of a group with `kind` "radio", with its label."""
    box = Input(type=kind, name=name, value=value, checked=chosen, **more)
    return html.Label([box, html.Span(label)], className="tick")


def files(
    name: str, label: str, hint: str, *, accept: str, many: bool = False, required: bool = False
) -> Any:
    """A choice of files."""
    described = {"aria-describedby": f"{name}-aide"}
    field = Input(
        id=name, type="file", name=name, accept=accept, multiple=many, required=required, **described
    )
    return html.Div(
        [html.Label(label, htmlFor=name), html.Span(hint, className="hint", id=f"{name}-aide"), field],
        className="field field-wide",
    )


def post(page: Page, action: str, children: list[Any], *, files: bool = False, name: str = "form") -> Any:
    """A form of a native page; its token comes first, as the door of files wants it."""
    more = {"encType": "multipart/form-data"} if files else {}
    token = hidden("csrf", page.who.csrf)
    return html.Form([token, *children], method="post", action=action, className=name, **more)


def act(
    page: Page, action: str, text: Any, fields: dict[str, str] | None = None, *, kind: str = "button"
) -> Any:
    """A form that is a button alone."""
    given = [hidden(name, value) for name, value in (fields or {}).items()]
    button = html.Button(text, type="submit", className=kind)
    return post(page, action, [*given, button], name="inline-form")
