"""The explanation tree: what, how much, by which rule, from which inputs, down to factor and source."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components.tables import table
from footprint import formats
from footprint.sheets import Explanation, Input
from footprint.texts import say
from footprint.wording import word

OPEN_DEPTH = 1  # levels unfolded at first
BRANCHES = 60  # children shown at a level; the rest is counted, and given in full by `footprint explain`


def tree(step: Explanation, depth: int = 0, branches: int = BRANCHES) -> Any:
    """A step and the steps below, `branches` at most at a level, folded beyond the first."""
    inner = [_formula(step), _inputs(step), *_children(step, depth, branches)]
    content = [part for part in inner if part is not None]
    if not content:
        return html.Div(_title(step), className="step step-leaf")
    summary = html.Summary(_title(step))
    body = html.Div(content, className="step-body")
    return html.Details([summary, body], open=depth < OPEN_DEPTH, className="step")


def _title(step: Explanation) -> list[Any]:
    chips = [html.Span(step.rule, className="chip")] if step.rule else []
    if step.tier:
        chips.append(html.Span(word(step.tier), className="chip chip-quiet"))
    return [
        html.Span(step.label, className="step-label"),
        html.Span(chips, className="step-chips"),
        html.Span(_quantity(step.amount, step.unit), className="step-amount"),
    ]


def _formula(step: Explanation) -> Any:
    return (
        html.P(html.Code(step.formula.replace(" x ", " × ")), className="formula") if step.formula else None
    )


def _inputs(step: Explanation) -> Any:
    if not step.inputs:
        return None
    heads: tuple[str, ...] = (
        say("Donnée", "Input"),
        say("Valeur", "Value"),
        say("Facteur", "Factor"),
        say("Source", "Source"),
        say("Année", "Year"),
    )
    rows = [_input_row(value) for value in step.inputs]
    caption = say(f"Données de « {step.label} »", f"Inputs of “{step.label}”")
    if not any(value.factor_id or value.source for value in step.inputs):
        heads, rows = heads[:2], [row[:2] for row in rows]
    return table(caption, heads, rows, numeric=(1,), hide_caption=True)


def _input_row(value: Input) -> list[Any]:
    factor = html.Code(value.factor_id) if value.factor_id else ""
    shown = value.value if isinstance(value.value, str) else _quantity(value.value, value.unit)
    return [say(value.name_fr, value.name_en), shown, factor, value.source, value.year]


def _children(step: Explanation, depth: int, branches: int) -> list[Any]:
    shown = [tree(child, depth + 1, branches) for child in step.children[:branches]]
    left = len(step.children) - len(shown)
    if left > 0:
        shown.append(
            html.P(
                say(
                    f"… et {left} autres, données en entier par footprint explain.",
                    f"… and {left} others, given in full by footprint explain.",
                ),
                className="hint",
            )
        )
    return shown


def _quantity(value: float | None, unit: str) -> str:
    """A value of an explanation: three figures, enough to redo the calculation by eye."""
    if value is None:
        return formats.unknown()
    if unit == "kgCO2e":
        return formats.kg(value, 3)
    if unit == "1":
        return formats.number(value, 3)
    return f"{formats.number(value, 3)}{formats.NARROW}{unit}"
