"""From an address to a page: which module, about what; and the page in its frame, whatever goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from typing import Any
from urllib.parse import unquote

from dash import html

from dashboard.components.frame import framed
from dashboard.page import Page
from dashboard.pages import (
    annulation,
    application,
    campagnes,
    carte,
    demande,
    demandes,
    evaluation,
    explication,
    importer,
    modele,
    modeles,
    qualite,
    rattachements,
    tableau,
    verification,
)
from footprint import views
from footprint.errors import CampaignError, FootprintError
from footprint.server.refusals import Refusals
from footprint.server.visitor import visitor
from footprint.sheets import Summary
from footprint.store.database import Store
from footprint.store.referential import current_campaign
from footprint.store.tables import Campaign
from footprint.texts import message, say

PAGES: tuple[ModuleType, ...] = (
    carte,
    tableau,
    application,
    explication,
    qualite,
    modeles,
    modele,
    demandes,
    demande,
    importer,
    annulation,
    verification,
    rattachements,
    campagnes,
    evaluation,
)

NATIVE: tuple[ModuleType, ...] = (
    importer,
    annulation,
    verification,
    rattachements,
    campagnes,
    evaluation,
)
"""Pages served as plain HTML, for they send files and need no script."""
NO_QUERY: Mapping[str, str] = MappingProxyType({})

log = logging.getLogger("footprint.dashboard")


def find(path: str) -> tuple[ModuleType, str] | None:
    """The page module of an address and its subject (after the module's PATH), or None."""
    for module in PAGES:
        if path == module.PATH and (path == "/" or not path.endswith("/")):
            return module, ""
        if module.PATH != "/" and module.PATH.endswith("/") and path.startswith(module.PATH):
            subject = unquote(path.removeprefix(module.PATH))
            # Some addresses under a page's are files the server gives: the page says which are its own.
            if subject and getattr(module, "is_mine", bool)(subject):
                return module, subject
    return None


def title(path: str) -> str:
    """Title of the browser's window for an address."""
    found = find(path)
    if found is None:
        return "footprint"
    module, subject = found
    name = say(*module.NAME)
    if module is explication:
        name = f"{name} {subject}"
    return f"{name if module in (explication, verification) else subject or name} – footprint"


def render(store: Store, refusals: Refusals, path: str, query: Mapping[str, str] = NO_QUERY) -> list[Any]:
    """The page of this address for the current visitor, in its frame; errors become readable pages."""
    who = visitor()
    waiting = refusals.take(who.key, path)
    done = waiting if waiting and waiting.done else None
    page = Page(store, who, path, None if done else waiting, done, query)
    summary = _summary(store)
    try:
        content = _content(page)
    except FootprintError as error:
        content = _refused(message(error))
    except Exception:
        log.exception("page %s", path)
        content = _refused(
            say(
                "Cette page n’a pas pu être préparée. L’incident est dans le journal du serveur.",
                "This page could not be prepared. The incident is in the server's log.",
            )
        )
    return framed(page, summary, content, _campaign(store))


def _content(page: Page) -> Any:
    found = find(page.path)
    if found is None:
        return _refused(say("Rien ne se trouve à cette adresse.", "There is nothing at this address."))
    module, subject = found
    return module.layout(page, subject)


def _summary(store: Store) -> Summary | None:
    try:
        return views.summary(store)
    except CampaignError:
        return None


def _campaign(store: Store) -> Campaign | None:
    try:
        return current_campaign(store)
    except CampaignError:
        return None


def _refused(text: str) -> Any:
    heading = say("Rien à montrer ici", "Nothing to show here")
    back = html.A(say("Revenir à la carte", "Back to the map"), href="/", className="button")
    return html.Section([html.H1(heading), html.P(text, role="alert"), html.P(back)], className="card")
