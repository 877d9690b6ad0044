"""Campaigns: one a year; freezing what is settled, reopening it with a reason that stays."""

from __future__ import annotations

import json
from typing import Any

from dash import html

from dashboard.components import native
from dashboard.components.dates import day, moment
from dashboard.components.inventory import title
from dashboard.components.tables import table
from dashboard.page import Page
from footprint.plausibility import shown
from footprint.store import events
from footprint.store.batches import batches
from footprint.store.database import Store
from footprint.store.referential import campaigns
from footprint.store.tables import Campaign
from footprint.texts import say

PATH = "/campagnes"
NAME = ("Campagnes", "Campaigns")
STEPS = {
    "campagne.ouverte": ("ouverte", "opened"),
    "campagne.figee": ("figée", "frozen"),
    "campagne.rouverte": ("rouverte", "reopened"),
}


def layout(page: Page, _subject: str = "") -> Any:
    """The whole page."""
    found = campaigns(page.store)
    lead = say(
        "Une campagne par an. Figée, elle ne change plus : ni import, ni réglage, jusqu’à sa réouverture.",
        "One campaign a year. Frozen, it changes no more: no import, no setting, until it is reopened.",
    )
    cards = [_card(page, campaign, current=rank == 0) for rank, campaign in enumerate(found)]
    none = say("Aucune campagne. Ouvrez-en une : footprint init.", "No campaign. Open one: footprint init.")
    return [title(page, NAME, lead), *(cards or [html.P(none)])]


def _card(page: Page, campaign: Campaign, *, current: bool) -> Any:
    chips = []
    if current:
        chips.append(html.Span(say("en cours", "current"), className="chip"))
    if campaign.frozen_at:
        since = day(campaign.frozen_at)
        chips.append(html.Span(say(f"figée le {since}", f"frozen on {since}"), className="chip chip-strong"))
    imported = [batch for batch in batches(page.store, campaign) if batch.undone_at is None]
    last = moment(imported[0].at) if imported else say("aucun", "none")
    assessed = (
        say("évaluée", "assessed")
        if campaign.assessment_id
        else say("pas encore évaluée", "not assessed yet")
    )
    about = say(
        f"Imports : {len(imported)} ; dernier : {last}. Campagne {assessed}.",
        f"Imports: {len(imported)}; last: {last}. Campaign {assessed}.",
    )
    return html.Section(
        [
            html.Div(
                [html.H2(f"{campaign.organisation}, {campaign.year}"), html.Div(chips)], className="case-head"
            ),
            html.P(about, className="hint"),
            _steps(page.store, campaign),
            _form(page, campaign),
        ],
        className="card",
    )


def _steps(store: Store, campaign: Campaign) -> Any:
    """When it was opened, frozen and reopened, by whom and why."""
    with store.session() as session:
        kept = [each for each in events.history(session, f"campagne:{campaign.id}") if each.kind in STEPS]
    rows = [
        [
            say(*STEPS[each.kind]),
            moment(each.at),
            shown(each.actor),
            shown(json.loads(each.payload).get("motif", "")),
        ]
        for each in kept
    ]
    heads = (say("Étape", "Step"), say("Le (UTC)", "On (UTC)"), say("Par", "By"), say("Motif", "Reason"))
    name = say(f"Étapes de la campagne {campaign.year}", f"Steps of the {campaign.year} campaign")
    return table(name, heads, rows, hide_caption=True) if rows else None


def _form(page: Page, campaign: Campaign) -> Any:
    if not page.who.person.may_freeze:
        return None
    frozen = campaign.frozen_at is not None
    name = f"motif-{campaign.id}"
    label = say("Motif de la réouverture", "Reason for reopening") if frozen else say("Motif", "Reason")
    mark = [" ", html.Span(say("obligatoire", "required"), className="required")] if frozen else []
    field = html.Div(
        [
            html.Label([label, *mark], htmlFor=name),
            native.Input(id=name, name="motif", required=frozen, maxLength=500, autoComplete="off"),
        ],
        className="field",
    )
    text = (
        say("Rouvrir la campagne", "Reopen the campaign")
        if frozen
        else say("Figer la campagne", "Freeze the campaign")
    )
    action = f"{PATH}/{campaign.id}/{'rouvrir' if frozen else 'figer'}"
    button = html.Button(text, type="submit", className="button button-quiet")
    return native.post(page, action, [field, button], name="inline-choice")
