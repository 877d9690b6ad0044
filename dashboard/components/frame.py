"""The frame of every page: skip link, header, navigation, alerts, footer."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.components.assessing import banner
from dashboard.components.dates import day
from dashboard.page import Page
from footprint import __version__
from footprint.sheets import Summary
from footprint.store.tables import Campaign
from footprint.texts import language, say

NAVIGATION = (
    (("/", "/tableau", "/application/", "/explication/"), "Carte", "Map"),
    (("/import", "/import/", "/import/annuler", "/rattachements", "/campagnes"), "Inventaire", "Inventory"),
    (("/qualite",), "Qualité", "Quality"),
    (("/modeles", "/modele/"), "Modèles d’IA", "AI models"),
    (("/demandes", "/demande/"), "Demandes", "Requests"),
)


def framed(page: Page, summary: Summary | None, content: Any, campaign: Campaign | None = None) -> list[Any]:
    """The content of a page in its frame, which says that the campaign is frozen when it is."""
    skip = html.A(say("Aller au contenu", "Skip to content"), href="#contenu", className="skip")
    alert = [html.P(page.refusal.message, className="alert", role="alert")] if page.refusal else []
    if page.done and page.done.message:
        alert = [html.P(page.done.message, className="done", role="status")]
    frozen = [_frozen(campaign)] if campaign and campaign.frozen_at else []
    old = banner(page, summary, campaign)
    children = [*alert, *frozen, *old, *(content if isinstance(content, list) else [content])]
    return [
        skip,
        _header(page, summary, campaign),
        html.Main(children, id="contenu", tabIndex="-1"),
        _footer(summary),
    ]


def _frozen(campaign: Campaign) -> Any:
    since = day(str(campaign.frozen_at))
    return html.P(
        [
            html.Strong(say(f"Campagne {campaign.year} figée", f"{campaign.year} campaign frozen")),
            say(f" depuis le {since} : rien n’y change. ", f" since {since}: nothing of it changes. "),
            html.A(say("Voir les campagnes", "See the campaigns"), href="/campagnes"),
        ],
        className="notice",
        role="status",
    )


def csrf(page: Page) -> Any:
    """The hidden field every form carries."""
    return dcc.Input(type="hidden", name="csrf", value=page.who.csrf, className="hidden-input")


def _header(page: Page, summary: Summary | None, campaign: Campaign | None) -> Any:
    about = summary or campaign
    body = f"{about.organisation} · {about.year}" if about else ""
    brand = html.A(
        [html.Span("footprint", className="brand"), html.Span(body, className="body-name")],
        href="/",
        className="home",
    )
    return html.Header(html.Div([brand, _navigation(page), _tools(page, summary)], className="bar"))


def _navigation(page: Page) -> Any:
    links = []
    for paths, fr, en in NAVIGATION:
        here = page.path in paths or any(
            p != "/" and p.endswith("/") and page.path.startswith(p) for p in paths
        )
        current = {"aria-current": "page" if page.path == paths[0] else "true"} if here else {}
        links.append(html.Li(html.A(say(fr, en), href=paths[0], **current)))
    return html.Nav(html.Ul(links), **{"aria-label": say("Navigation principale", "Main navigation")})


def _tools(page: Page, summary: Summary | None) -> Any:
    other, name = ("fr", "Français") if language() == "en" else ("en", "English")
    report = html.A(
        say("Bilan (.xlsx)", "Report (.xlsx)"), href="/api/v1/report.xlsx", className="button button-small"
    )
    switch = html.Form(
        [
            csrf(page),
            dcc.Input(type="hidden", name="suite", value=page.path, className="hidden-input"),
            html.Button(name, type="submit", className="link", lang=other),
        ],
        method="post",
        action=f"/langue/{other}",
    )
    person = page.who.person
    account = html.A(
        person.name or person.login,
        href="/bienvenue",
        title=say("Votre compte", "Your account"),
        className="who",
    )
    leave = html.Form(
        [csrf(page), html.Button(say("Se déconnecter", "Sign out"), type="submit", className="link")],
        method="post",
        action="/deconnexion",
    )
    return html.Div([*([report] if summary else []), switch, account, leave], className="tools")


def _footer(summary: Summary | None) -> Any:
    if summary is None:
        return html.Footer(html.P(f"footprint {__version__}"))
    said = say(
        f"Évaluation {summary.assessment_id[:12]} · facteurs {summary.factor_set} · méthode {summary.method} · "
        f"échelle {summary.scale} · footprint {__version__}",
        f"Assessment {summary.assessment_id[:12]} · factors {summary.factor_set} · method {summary.method} · "
        f"scale {summary.scale} · footprint {__version__}",
    )
    intervals = say(
        "Émissions en kgCO2e par an, deux chiffres significatifs, intervalles à 90 %. "
        "Les notes informent, une personne décide.",
        "Emissions in kgCO2e a year, two significant figures, 90% intervals. Letters inform, a person decides.",
    )
    return html.Footer([html.P(intervals), html.P(said)])
