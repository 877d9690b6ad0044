"""AI models and use cases: what was measured, and the register with automates that are not AI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.components import letters
from dashboard.components.tables import facts, table
from dashboard.page import Page, application_link, model_link
from footprint import formats, views
from footprint.sheets import ModelSheet, UseCase
from footprint.texts import say

PATH = "/modeles"
NAME = ("Modèles d’IA", "AI models")


def layout(page: Page, _subject: str = "") -> Any:
    """The whole page."""
    sheets = [views.model_sheet(page.store, model) for model in views.models(page.store)]
    return [
        html.Div(
            [
                html.H1(say("Modèles d’IA et cas d’usage", "AI models and use cases")),
                html.P(
                    say(
                        "Ce qui a été mesuré, et le registre : abandons et automates sans IA compris.",
                        "What was measured, and the register: abandoned cases and non-AI automates included.",
                    ),
                    className="lead",
                ),
            ],
            className="page-title",
        ),
        _models(sheets, known_codes(page)),
        _register(views.use_cases(page.store), known_codes(page)),
    ]


def known_codes(page: Page) -> frozenset[str]:
    """Codes of the applications on the map."""
    return frozenset(tile.code for tile in views.tiles(page.store))


def application_names(codes: Sequence[str], known: frozenset[str]) -> list[Any]:
    """Applications side by side: links to those on the map, plain text for the others."""
    names: list[Any] = []
    for code in codes:
        shown = html.A(code, href=application_link(code))
        if code not in known:
            shown = f"{code} ({say('non rattachée', 'not attached')})"
        names += [", ", shown] if names else [shown]
    return names


def _models(sheets: list[ModelSheet], known: frozenset[str]) -> Any:
    title = say("Modèles", "Models")
    if not sheets:
        none = say(
            "Aucun modèle encore. Mesurez-en un : footprint run --application CODE --model NOM -- commande.",
            "No model yet. Measure one: footprint run --application CODE --model NAME -- command.",
        )
        return html.Section([html.H2(title), html.P(none)], className="card")
    heads = (
        say("Modèle", "Model"),
        say("Applications", "Applications"),
        say("Entraînement", "Training"),
        say("Note", "Letter"),
        say("Pour 1 000 requêtes", "Per 1,000 requests"),
        say("Note", "Letter"),
        say("Exécutions", "Runs"),
    )
    rows = [_model_row(sheet, known) for sheet in sheets]
    return html.Section(
        [html.H2(title), table(title, heads, rows, numeric=(2, 4, 6), hide_caption=True)], className="card"
    )


def _model_row(sheet: ModelSheet, known: frozenset[str]) -> list[Any]:
    per_1000 = formats.amount(sheet.gwp_per_1000) if sheet.gwp_per_1000 else not_measured()
    return [
        html.A(sheet.model, href=model_link(sheet.model)),
        application_names(sheet.applications, known),
        formats.kg(sheet.training) if sheet.training else not_measured(),
        letters.badge(sheet.training_score.letter, "s", say("note d’entraînement", "training letter")),
        per_1000,
        letters.badge(sheet.inference_score.letter, "s", say("note d’usage", "inference letter")),
        formats.integer(len(sheet.runs)),
    ]


def not_measured() -> str:
    """What stands in place of a value nobody measured."""
    return say("non mesuré", "not measured")


def is_ai(case: UseCase) -> bool:
    """Whether a use case of the register is AI: it names a model, or its kind of automation is not RPA or rules."""
    kind = case.automation.strip().lower()
    return bool(case.model) or not any(word in kind for word in ("rpa", "règle", "regle", "rule", "automate"))


def _register(cases: tuple[UseCase, ...], known: frozenset[str]) -> Any:
    title = say("Registre des cas d’usage", "Register of use cases")
    if not cases:
        return None
    return html.Section(
        [html.H2(title), html.Ul([_case(case, known) for case in cases], className="cases")], className="card"
    )


def _case(case: UseCase, known: frozenset[str]) -> Any:
    kind = case.automation or say("IA", "AI")
    chips = [html.Span(case.status, className="chip")] if case.status else []
    if is_ai(case):
        chips.append(html.Span(kind, className="chip chip-quiet"))
    else:
        chips.append(html.Span(say("non IA", "not AI") + f" · {kind}", className="chip chip-strong"))
    links: list[Any] = application_names([case.application], known) if case.application else []
    if case.model:
        links.append(html.A(case.model, href=model_link(case.model)))
    return html.Li(
        [
            html.Div(
                [html.H3([case.title, " ", html.Span(case.code, className="code")]), html.Div(chips)],
                className="case-head",
            ),
            *([html.P(case.summary)] if case.summary else []),
            facts(
                [
                    (say("Décision humaine", "Human decision"), case.human_decision),
                    (say("Alternative sans IA", "Non-AI alternative"), case.non_ai_alternative),
                    (say("Raison de l’abandon", "Reason for abandoning"), case.abandon_reason),
                ]
            ),
            html.P([part for link in links for part in (link, " ")], className="case-links"),
        ],
        className="case",
    )
