"""Computing the campaign: what is under way, why it failed, or that it is done."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components.assessing import assess_button
from dashboard.page import Page
from footprint.server import assessing
from footprint.store.referential import current_campaign
from footprint.texts import say
from footprint.uploads import jobs

PATH = assessing.PATH
NAME = ("Évaluation", "Assessment")


def waits(_subject: str) -> bool:
    """Whether the page is worth coming back to by itself."""
    return jobs.is_running(assessing.KEY)


def layout(page: Page, _subject: str = "") -> Any:
    """The whole page."""
    campaign = current_campaign(page.store)
    head = html.Div(
        [html.H1(say(*NAME)), html.P(f"{campaign.organisation} · {campaign.year}", className="lead")],
        className="page-title",
    )
    if jobs.is_running(assessing.KEY):
        return [head, _under_way()]
    refused = assessing.refusal(page.store, campaign)
    alert = html.P(say(*refused), className="alert", role="alert") if refused else None
    return [head, alert, _state(page, assessing.is_due(page.store, campaign))]


def _under_way() -> Any:
    said = say(
        "Calcul en cours : quelques secondes, une minute pour un grand parc.",
        "Computing: a few seconds, a minute for a large estate.",
    )
    again = html.A(say("Actualiser", "Refresh"), href=f"{PATH}?attendre=oui", className="button")
    stop = html.A(say("Ne plus actualiser", "Stop refreshing"), href=f"{PATH}?attendre=non")
    hint = say("Cette page s’actualise d’elle-même.", "This page refreshes itself.")
    return html.Section(
        [
            html.P(said, role="status", className="verdict"),
            html.P([hint, " ", stop], className="hint"),
            html.P(again),
        ],
        className="card",
    )


def _state(page: Page, due: bool) -> Any:
    campaign = current_campaign(page.store)
    link = html.A(say("Voir la carte", "See the map"), href="/", className="button button-quiet")
    if campaign.frozen_at:
        said = say(
            "La campagne est figée : l’évaluation qu’elle montre ne change plus.",
            "The campaign is frozen: the assessment it shows no longer changes.",
        )
        return html.Section([html.P(said), html.P(link)], className="card")
    if due:
        said = say(
            "L’inventaire a changé, ou n’a pas encore été évalué.",
            "The inventory changed, or was not assessed yet.",
        )
    elif campaign.assessment_id is None:
        said = say("Rien n’est encore importé.", "Nothing is imported yet.")
        link = html.A(say("Importer", "Import"), href="/import", className="button")
        return html.Section([html.P(said), html.P(link)], className="card")
    else:
        said = say(
            "L’évaluation est à jour de l’inventaire. Des mesures reçues depuis s’y ajoutent en recalculant.",
            "The assessment is up to date with the inventory. Measures received since are added by computing again.",
        )
    buttons = html.Div([assess_button(page, "/", "button"), link], className="actions")
    return html.Section([html.P(said), buttons], className="card")
