"""Campaigns by form: freezing one, reopening it with a reason."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, HTTPException
from starlette.responses import RedirectResponse, Response

from footprint.errors import CampaignError
from footprint.server.forms import Fields, Posted, back, first
from footprint.server.refusals import Refusals
from footprint.server.visitor import visitor
from footprint.store import campaigns as years
from footprint.store.database import Store
from footprint.store.referential import campaigns
from footprint.store.tables import Campaign
from footprint.texts import message

PAGE = "/campagnes"


def routes(store: Store, refusals: Refusals) -> APIRouter:
    """The form routes over this store; refused forms wait in `refusals` for their page."""
    router = APIRouter(prefix=PAGE, include_in_schema=False)

    def act(identifier: int, fields: Fields, action: Callable[[Store, Campaign, str, str], bool]) -> Response:
        person = visitor().person
        if not person.may_freeze:
            raise HTTPException(403)
        campaign = next((each for each in campaigns(store) if each.id == identifier), None)
        if campaign is None:
            raise HTTPException(404)
        try:
            action(store, campaign, person.login, first(fields, "motif"))
        except CampaignError as error:
            return back(refusals, PAGE, message(error), fields)
        return RedirectResponse(PAGE, 303)

    @router.post("/{identifier}/figer")
    def freeze(identifier: int, fields: Posted) -> Response:
        return act(identifier, fields, years.freeze)

    @router.post("/{identifier}/rouvrir")
    def reopen(identifier: int, fields: Posted) -> Response:
        return act(identifier, fields, years.reopen)

    return router
