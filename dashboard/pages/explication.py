"""Any total, unfolded: of the map, a node, a stage, a post, what nobody takes; applications link to their page."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components.explanation import tree
from dashboard.components.tables import table
from dashboard.page import Page, application_link
from footprint import formats, views
from footprint.sheets import Explanation
from footprint.texts import count, say

PATH = "/explication/"
NAME = ("Explication", "Explanation")
BRANCHES = 12  # a whole estate unfolds here: only the biggest of each level are drawn


def layout(page: Page, subject: str) -> Any:
    """The whole page of the total of this view and key."""
    found = views.explained(page.store, subject, unfold=False)
    folded = found.children and not any(child.children for child in found.children)
    shown = _applications(found) if folded else tree(found, branches=BRANCHES)
    hint = say(
        "Chaque montant se déplie jusqu’à sa formule, ses données, son facteur et sa source.",
        "Each amount unfolds to its formula, inputs, factor and source.",
    )
    return [
        html.Div(
            [
                html.Nav(
                    html.Ol(
                        [html.Li(html.A(say("Carte", "Map"), href="/")), html.Li(say(*NAME))],
                        className="crumbs",
                    ),
                    **{"aria-label": say("Vous êtes ici", "You are here")},
                ),
                html.H1(views.label_of(page.store, subject)),
                html.P(formats.kg(found.amount), className="big"),
            ],
            className="page-title",
        ),
        html.Section([html.P(hint, className="hint"), shown], className="card", id="explication"),
    ]


def _applications(found: Explanation) -> Any:
    """The applications a total adds up; each unfolds on its own page."""
    whole = found.amount or 0.0
    heads = (say("Application", "Application"), say("Émissions", "Emissions"), say("Part", "Share"))
    rows = [
        [
            html.A(child.label, href=f"{application_link(child.label)}#explication"),
            formats.kg(child.amount),
            formats.percent((child.amount or 0.0) / whole if whole else None),
        ]
        for child in found.children
    ]
    many = count(len(rows), ("application", "applications"), ("application", "applications"))
    caption = say(f"Somme de {many}, la plus lourde d’abord", f"Sum of {many}, heaviest first")
    return table(caption, heads, rows, numeric=(1, 2))
