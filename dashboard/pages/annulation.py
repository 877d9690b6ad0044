"""Undoing the last import: what it was, and whether she is sure."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import native
from dashboard.components.dates import moment
from dashboard.components.inventory import counted, title
from dashboard.components.tables import facts
from dashboard.page import Page
from dashboard.pages.importer import files_of
from footprint.plausibility import shown
from footprint.store.batches import batches
from footprint.store.referential import current_campaign
from footprint.texts import say
from footprint.wording import IMPORT_MODES

PATH = "/import/annuler"
NAME = ("Annuler le dernier import", "Undo the last import")


def layout(page: Page, _subject: str = "") -> Any:
    """The whole page."""
    campaign = current_campaign(page.store)
    last = next((batch for batch in batches(page.store, campaign) if batch.undone_at is None), None)
    lead = say(
        "L’inventaire revient exactement à ce qu’il était avant cet import.",
        "The inventory goes back exactly to what it was before this import.",
    )
    head = title(page, NAME, lead)
    back = html.A(
        say("Garder cet import", "Keep this import"), href="/import", className="button button-quiet"
    )
    if last is None or campaign.frozen_at or not page.who.person.may_import:
        none = say("Il n’y a rien que vous puissiez annuler ici.", "There is nothing you can undo here.")
        return [head, html.Section([html.P(none), html.P(back)], className="card")]
    pairs = [
        (say("Import", "Import"), say(f"n° {last.id}", f"no. {last.id}")),
        (say("Le (UTC)", "On (UTC)"), moment(last.at)),
        (say("Par", "By"), shown(last.actor)),
        (say("Façon", "Way"), say(*IMPORT_MODES.get(last.mode, (last.mode, last.mode)))),
        (say("Fichiers", "Files"), files_of(last) or ""),
        (say("Ce qui avait changé", "What had changed"), counted(last.counts)),
    ]
    rules = (
        html.P(
            say(
                "Les décisions de rattachement gardées avec lui sont défaites aussi.",
                "The matching decisions kept with it are undone too.",
            )
        )
        if last.mode == "rules"
        else None
    )
    undo = say("Annuler cet import", "Undo this import")
    buttons = html.Div([native.act(page, PATH, undo, {"import": str(last.id)}), back], className="actions")
    return [head, html.Section([facts(pairs), rules, buttons], className="card")]
