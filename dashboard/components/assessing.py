"""Totals that are older than the inventory: said on every page, with the button that computes them again."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.page import Page
from footprint.server import assessing
from footprint.sheets import Summary
from footprint.store.tables import Campaign
from footprint.texts import say
from footprint.uploads import jobs


def assess_button(page: Page, after: str, kind: str = "button button-small") -> Any:
    """The form that computes, for who may, and leads to the page `after`; None for others."""
    if not page.who.person.may_assess:
        return None
    # Fields of dcc, which pages with and without script both show.
    hidden = [
        dcc.Input(type="hidden", name=name, value=value, className="hidden-input")
        for name, value in (("csrf", page.who.csrf), ("suite", after))
    ]
    button = html.Button(say("Calculer maintenant", "Compute now"), type="submit", className=kind)
    return html.Form([*hidden, button], method="post", action=assessing.PATH, className="inline-form")


def banner(page: Page, summary: Summary | None, campaign: Campaign | None) -> list[Any]:
    """What the totals of the page lack, and how they get it; nothing when they are up to date."""
    old = summary.stale if summary else campaign is not None and assessing.is_due(page.store, campaign)
    if not old or page.path == assessing.PATH:
        return []
    if jobs.is_running(assessing.KEY):
        link = html.A(say("Voir où il en est", "See how far it is"), href=assessing.PATH)
        said = say(
            "Le calcul de l’inventaire importé est en cours. ", "The imported inventory is being computed. "
        )
        return [html.P([said, link], className="alert", role="status")]
    said = _said(summary is not None)
    if campaign is not None and campaign.frozen_at:
        return [html.P(said, className="alert", role="status")]
    if not page.who.person.may_assess:
        ask = say(
            " Un urbaniste ou le responsable RSO peut les calculer.",
            " An architect or the CSR officer can compute them.",
        )
        return [html.P(said + ask, className="alert", role="status")]
    # A form may not stand in a paragraph.
    return [
        html.Div([html.Span(f"{said} "), assess_button(page, page.path)], className="alert", role="status")
    ]


def _said(assessed: bool) -> str:
    if assessed:
        return say(
            "L’inventaire a changé depuis cette évaluation : les totaux montrés sont ceux d’avant.",
            "The inventory changed since this assessment: the totals shown are those of before.",
        )
    return say("L’inventaire importé n’est pas encore évalué.", "The imported inventory is not assessed yet.")
