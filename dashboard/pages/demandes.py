"""Launch requests: the list with their states, and the form to submit one."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import letters
from dashboard.components.dates import day
from dashboard.components.forms import long_field, suggestions, text_field
from dashboard.components.frame import csrf
from dashboard.components.tables import table
from dashboard.page import Page, request_link
from footprint import launch, views
from footprint.errors import CampaignError
from footprint.texts import message, say

PATH = "/demandes"
NAME = ("Demandes de lancement", "Launch requests")

STATES = {
    "soumise": ("Soumise", "Submitted"),
    "evaluee": ("Évaluée, à décider", "Assessed, to decide"),
    "decidee": ("Décidée", "Decided"),
    "contestee": ("Contestée, à redécider", "Contested, to decide again"),
}
DECISIONS = {
    "approuvee": ("Approuvée", "Approved"),
    "approuvee_sous_conditions": ("Approuvée sous conditions", "Approved with conditions"),
    "refusee": ("Refusée", "Refused"),
}
ADVICE = {
    "approuver": ("Approuver", "Approve"),
    "approuver_sous_conditions": ("Approuver sous conditions", "Approve with conditions"),
    "refuser": ("Refuser", "Refuse"),
}


def layout(page: Page, _subject: str = "") -> Any:
    """The whole page."""
    lead = say(
        "Avant tout lancement d’IA : une demande, une évaluation figée, une personne qui décide et signe.",
        "Before any AI launch: a request, a frozen assessment, a person who decides and signs.",
    )
    return [
        html.Div([html.H1(say(*NAME)), html.P(lead, className="lead")], className="page-title"),
        _list(launch.requests(page.store)),
        _form_if_assessed(page),
    ]


def _form_if_assessed(page: Page) -> Any:
    """The form; before the campaign is assessed there is nothing to freeze, but past requests stay readable."""
    try:
        return _form(page)
    except CampaignError as error:
        return html.P(message(error), className="alert", role="status")


def state_name(request: launch.LaunchRequest) -> str:
    """State of a request in words; the decision itself once decided."""
    if request.decision:
        return say(*DECISIONS[request.decision.decision])
    return say(*STATES[request.state])


def departure(request: launch.LaunchRequest) -> list[Any]:
    """A mark when the last decision is not the recommended one."""
    if not request.decisions or request.recommendation is None:
        return []
    advice = request.recommendation.advice
    steps = launch.strictness(advice, request.decisions[-1].decision)
    if not steps:
        return []
    kind = say("Contre la recommandation", "Against the recommendation")
    if steps > 0:
        kind = say("Plus stricte que la recommandation", "Stricter than the recommendation")
    return [" ", html.Span(f"{kind} ({say(*ADVICE[advice]).lower()})", className="chip chip-alert")]


def _list(requests: tuple[launch.LaunchRequest, ...]) -> Any:
    title = say("Demandes", "Requests")
    if not requests:
        none = say("Aucune demande pour l’instant.", "No request so far.")
        return html.Section([html.H2(title), html.P(none)], className="card")
    heads = (
        say("Demande", "Request"),
        say("Intitulé", "Title"),
        say("Application ou modèle", "Application or model"),
        say("Note de décision", "Decision letter"),
        say("État", "State"),
        say("Soumise par", "Submitted by"),
        say("Le", "On"),
    )
    rows = [_row(request) for request in requests]
    return html.Section([html.H2(title), table(title, heads, rows, hide_caption=True)], className="card")


def _row(request: launch.LaunchRequest) -> list[Any]:
    letter = request.frozen.decision_letter if request.frozen else None
    subject = " · ".join(name for name in (request.form.application, request.form.model) if name)
    return [
        html.A(request.id, href=request_link(request.id)),
        request.form.title,
        subject,
        letters.badge(letter, "s", say("note de décision", "decision letter")),
        [html.Span(state_name(request), className="chip"), *departure(request)],
        request.submitter,
        day(request.submitted_at),
    ]


def _form(page: Page) -> Any:
    title = say("Soumettre une demande", "Submit a request")
    if not page.who.person.may_submit:
        said = say("Votre rôle permet de lire les demandes.", "Your role lets you read requests.")
        return html.Section([html.H2(title), html.P(said, className="hint")], className="card")
    frozen = say(
        "À l’envoi, les notes du moment sont figées dans la demande.",
        "On sending, the current letters are frozen into the request.",
    )
    send = html.Button(say("Soumettre", "Submit"), type="submit", className="button")
    form = html.Form([csrf(page), *_fields(page), send], method="post", action="/demandes", className="form")
    return html.Section([html.H2(title), html.P(frozen, className="hint"), form], className="card")


def _fields(page: Page) -> list[Any]:
    codes = [(tile.code, tile.name) for tile in views.tiles(page.store)]
    models = [(model, model) for model in views.models(page.store)]
    return [
        text_field(page, "intitule", say("Intitulé", "Title"), required=True),
        text_field(
            page,
            "application",
            say("Application (code)", "Application (code)"),
            hint=say("Vide si elle n’est pas encore sur la carte.", "Empty if it is not on the map yet."),
            list_id="applications",
        ),
        suggestions("applications", codes),
        text_field(
            page,
            "modele",
            say("Modèle", "Model"),
            list_id="modeles",
            hint=say("Nom et version.", "Name and version."),
        ),
        suggestions("modeles", models),
        text_field(
            page,
            "acte",
            say("Acte fonctionnel", "Functional act"),
            hint=say(
                "Ce que compte une requête : un courrier trié…", "What one request counts: a letter sorted…"
            ),
        ),
        text_field(
            page,
            "volume",
            say("Volume annuel (actes)", "Yearly volume (acts)"),
            hint=say("Vide s’il est inconnu.", "Empty when unknown."),
        ),
        long_field(page, "finalite", say("Finalité", "Purpose"), required=True),
        long_field(
            page,
            "alternative",
            say("Alternative étudiée, sans IA", "Alternative considered, without AI"),
            required=True,
        ),
    ]
