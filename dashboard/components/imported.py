"""What an import just did, and where to go from there."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components.inventory import counted
from dashboard.page import Page
from footprint import formats
from footprint.server import assessing
from footprint.store import matching
from footprint.store.batches import batches
from footprint.store.tables import Campaign
from footprint.texts import say


def imported(page: Page, campaign: Campaign) -> Any:
    """The last import that stands of who reads the page: its number, what it changed, the names it leaves to be matched
    and the ways on. None without any."""
    mine = (one for one in batches(page.store, campaign) if one.actor == page.who.person.login)
    last = next((one for one in mine if one.undone_at is None), None)
    if last is None:
        return None
    names = len(matching.unmatched(page.store, campaign))
    said = say(f"Import n° {last.id} fait", f"Import no. {last.id} done")
    changed = counted(last.counts) or say("Rien n’a changé.", "Nothing changed.")
    links = [html.A(say("Annuler cet import", "Undo this import"), href="/import/annuler")]
    if page.who.person.may_assess and assessing.is_due(page.store, campaign):
        compute = say("Calculer l’évaluation", "Compute the assessment")
        links.insert(0, html.A(compute, href=assessing.PATH, className="button button-quiet"))
    if names:
        links.insert(0, html.A(_to_match(names), href="/rattachements", className="button button-quiet"))
    return html.Section(
        [html.H2(said), html.P(changed), html.Div(links, className="actions")],
        className="card verdict-good",
        role="status",
    )


def _to_match(names: int) -> str:
    many, s = formats.integer(names), "s" if names > 1 else ""
    return say(f"{many} nom{s} à rapprocher", f"{many} name{s} to match")
