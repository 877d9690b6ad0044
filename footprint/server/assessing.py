"""Computing the campaign from its pages, once its inventory changed: what `footprint assess` does, in a thread."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

from fastapi import APIRouter, HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from footprint import kept
from footprint.errors import CampaignFrozen, FootprintError, StoreError
from footprint.server.forms import Posted, done, first
from footprint.server.headers import local_path
from footprint.server.refusals import Refusals
from footprint.server.visitor import visitor
from footprint.server.working import work
from footprint.store.database import Store
from footprint.store.referential import current_campaign, last_import
from footprint.store.tables import Campaign
from footprint.texts import say
from footprint.uploads import jobs

PATH = "/evaluation"
KEY = "evaluation"
"""The name of the work: one computation at a time."""

log = logging.getLogger("footprint.assessing")
# Why the last computation of a campaign, by home and id, was not done, and what the campaign showed then; as the
# work itself, of this process.
_refused: dict[tuple[Path, int], tuple[tuple[str, str], str | None]] = {}


def routes(store: Store, refusals: Refusals) -> APIRouter:
    """The form that computes; it leads back to the page it was on, or to that of the work under way."""
    router = APIRouter(include_in_schema=False)

    @router.post(PATH)
    async def assess(fields: Posted) -> Response:
        person = visitor().person
        if not person.may_assess:
            raise HTTPException(403)
        campaign = await run_in_threadpool(current_campaign, store)
        await work(KEY, partial(compute, store, campaign, person.login))
        if jobs.is_running(KEY) or refusal(store, campaign):
            return RedirectResponse(PATH, 303)
        return done(
            refusals, local_path(first(fields, "suite")), say("Évaluation faite.", "Assessment done.")
        )

    return router


def compute(store: Store, campaign: Campaign, actor: str) -> None:
    """Store the measures that wait, then assess the campaign; errors of ours included, why it failed is kept."""
    from footprint import assessments  # loads the engine
    from footprint.records.ingest import ingest

    _refused.pop(_key(store, campaign), None)
    try:
        if campaign.frozen_at:
            raise CampaignFrozen(campaign.organisation, campaign.year, campaign.frozen_at)
        ingest(store)
        assessments.assess_campaign(store, campaign, actor)
    except FootprintError as error:
        _fail(store, campaign, error.fr, error.en)
    except Exception:
        log.exception("assessment of campaign %s", campaign.id)
        _fail(
            store, campaign,
            "Le calcul n’a pas pu être fait. L’incident est dans le journal du serveur.",
            "The computation could not be done. The incident is in the server's log.",
        )  # fmt: skip


def refusal(store: Store, campaign: Campaign) -> tuple[str, str] | None:
    """Why the last computation was not done, in French and English; None once another, of whomever, was."""
    why, shown = _refused.get(_key(store, campaign), (None, None))
    return why if shown == campaign.assessment_id else None


def is_due(store: Store, campaign: Campaign) -> bool:
    """Whether an open campaign holds an inventory that the assessment it shows, if any, does not come from."""
    if campaign.frozen_at:
        return False
    with store.session() as session:
        last = last_import(session, campaign)
    if campaign.assessment_id is None:
        return last is not None
    try:
        return bool(kept.current(store, campaign).manifest["imported_sha256"] != last)
    except StoreError:
        return True


def _fail(store: Store, campaign: Campaign, fr: str, en: str) -> None:
    _refused[_key(store, campaign)] = ((fr, en), campaign.assessment_id)


def _key(store: Store, campaign: Campaign) -> tuple[Path, int]:
    return store.home, campaign.id or 0
