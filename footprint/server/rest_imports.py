"""Imports by the API, under /api/v1/imports: send files, see what they would change, then confirm or forget.

    POST   /imports                 files (multipart: files, mode, profile), checked; 201, nothing is imported
    GET    /imports/{id}            where the check is, what it found
    GET    /imports/{id}/findings   every finding, as `footprint check --format json`
    POST   /imports/{id}/check      check again
    POST   /imports/{id}/confirm    import what was checked: 200, 202 while under way, 409 when it is refused
    DELETE /imports/{id}            forget the files
    GET    /imports/history         the imports of the campaign
    POST   /imports/undo            undo the last one, named by its number

With a session and its token, as the rest of the API, or with a bearer token of scope "import".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from footprint.errors import CampaignFrozen, UnknownSubject
from footprint.roles import Person
from footprint.server.multipart import Sent, received
from footprint.server.rest_import_views import (
    CheckView,
    ImportDone,
    LastImport,
    Outcomes,
    checked,
)
from footprint.server.upload_door import TurnedAway, boundary_of
from footprint.server.uploads import importer, named
from footprint.store import imports
from footprint.store.batches import Batch, batches
from footprint.store.database import Store
from footprint.store.imports import Applied
from footprint.store.referential import current_campaign
from footprint.texts import say
from footprint.uploads import checking, folder, jobs, own_profiles

SHORT_S, LONG_S = 1.5, 20.0
"""What an answer waits for: a check, a confirmation."""
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        "mode": {"type": "string", "enum": ["replace", "complete"], "default": "replace"},
                        "profile": {"type": "string"},
                    },
                }
            }
        },
    }
}


def routes(store: Store) -> APIRouter:
    """The routes of imports of the API over this store."""
    router = APIRouter(prefix="/api/v1/imports")
    outcomes = Outcomes()
    _history(router, store)
    _checking(router, store, outcomes)
    _deciding(router, store, outcomes)
    return router


def _history(router: APIRouter, store: Store) -> None:
    @router.get("/history")
    def history() -> list[Batch]:
        importer()
        return batches(store, current_campaign(store))

    @router.post("/undo")
    def undo(last: LastImport) -> Batch:
        person = importer()
        return imports.undo(store, current_campaign(store), person.login, last.number).batch


def _checking(router: APIRouter, store: Store, outcomes: Outcomes) -> None:
    @router.post("", status_code=201, response_model=CheckView, openapi_extra=_FORM)
    async def send(request: Request) -> Any:
        person = importer()
        if boundary_of(request) is None:
            said = say(
                "Envoyez les fichiers en multipart/form-data.", "Send the files as multipart/form-data."
            )
            return JSONResponse({"error": 415, "message": said}, 415)
        identifier, files = await run_in_threadpool(folder.begin, store)
        try:
            sent = await received(request, files, partial(named, []))
            upload = await run_in_threadpool(_kept, store, identifier, person, sent)
        except TurnedAway as away:
            await run_in_threadpool(folder.discard, store, identifier)
            return away.told(request)
        except BaseException:
            await run_in_threadpool(folder.discard, store, identifier)
            raise
        await _done(upload.id, partial(checking.check, store, upload), SHORT_S)
        return await run_in_threadpool(checked, upload)

    @router.get("/{identifier}")
    def state(identifier: str) -> CheckView:
        return _view(store, identifier, outcomes)

    @router.get("/{identifier}/findings", response_class=Response)
    def findings(identifier: str) -> Response:
        from pos_map import Fault
        from pos_map.validation import faults_json

        kept = _mine(store, identifier).read(checking.FAULTS) or []
        return Response(faults_json([Fault(**fault) for fault in kept]), media_type="application/json")

    @router.post("/{identifier}/check")
    async def again(identifier: str) -> CheckView:
        upload = await run_in_threadpool(_mine, store, identifier)
        await _done(upload.id, partial(checking.check, store, upload), SHORT_S)
        return await run_in_threadpool(checked, upload)


def _deciding(router: APIRouter, store: Store, outcomes: Outcomes) -> None:
    @router.post("/{identifier}/confirm", response_model=CheckView)
    async def confirm(identifier: str) -> Any:
        person = importer()
        if outcomes.of(identifier, person.login):
            return _view(store, identifier, outcomes)
        upload = await run_in_threadpool(_mine, store, identifier)
        found = await run_in_threadpool(checking.found, upload)
        if found is None or found.errors:
            return _refused(*_why_not(upload, found is not None))

        def imported() -> None:
            applied: Applied | None = checking.import_checked(store, upload, person.login)
            if applied is not None:
                outcomes.keep(upload.id, person.login, ImportDone(applied.batch_id, dict(applied.counts)))

        if not await _done(upload.id, imported, LONG_S):
            return _refused(
                "Un travail est déjà en cours sur ces fichiers.", "Work is already under way on these files."
            )
        view = await run_in_threadpool(_view, store, identifier, outcomes)
        if view.state == "running":
            return JSONResponse(view.plain(), 202)
        return view if view.imported else _refused(view.reason or "", view.reason or "")

    @router.delete("/{identifier}", status_code=204, response_class=Response)
    def forget(identifier: str) -> Response:
        upload = _mine(store, identifier)
        if jobs.is_running(upload.id):
            return _refused(
                "Attendez la fin du travail en cours sur ces fichiers.",
                "Wait for the work under way on these files.",
            )
        folder.remove(upload)
        return Response(status_code=204)


def _kept(store: Store, identifier: str, person: Person, sent: Sent) -> folder.Upload:
    """The upload of a request. Raises CampaignError, ProfileRefused; TurnedAway: no file, an unknown mode."""
    campaign = current_campaign(store)
    if campaign.frozen_at:
        raise CampaignFrozen(campaign.organisation, campaign.year, campaign.frozen_at)
    mode = (sent.fields.get("mode") or ("replace",))[0]
    if mode not in ("replace", "complete"):
        raise TurnedAway(
            422, f"mode : replace ou complete, pas « {mode} ».", f"mode: replace or complete, not “{mode}”."
        )
    if not any(field == "files" for field, _path in sent.files):
        raise TurnedAway(422, "Aucun fichier dans le champ « files ».", "No file in the field “files”.")
    profile = (sent.fields.get("profile") or ("",))[0]
    if profile:
        own_profiles.load(store, profile)
    return folder.keep(store, identifier, person.login, campaign.id or 0, mode, profile)  # type: ignore[arg-type]


def _mine(store: Store, identifier: str) -> folder.Upload:
    return folder.find(store, identifier, importer().login)


def _view(store: Store, identifier: str, outcomes: Outcomes) -> CheckView:
    """Raises UnknownSubject for a check that is not there, or someone else's."""
    done = outcomes.of(identifier, importer().login)
    if done is not None and not jobs.is_running(identifier):
        return CheckView(identifier, "imported", imported=done)
    try:
        return checked(_mine(store, identifier))
    except UnknownSubject:
        # It was imported between the two looks.
        if done := outcomes.of(identifier, importer().login):
            return CheckView(identifier, "imported", imported=done)
        raise


def _why_not(upload: folder.Upload, is_checked: bool) -> tuple[str, str]:
    if is_checked:
        return (
            "Ces fichiers ont des erreurs : rien ne peut être importé. Corrigez-les et envoyez-les à nouveau.",
            "These files have errors: nothing can be imported. Mend them and send them again.",
        )
    reason = checking.refusal(upload)
    return reason or ("Vérifiez d’abord ces fichiers.", "Check these files first.")


def _refused(fr: str, en: str) -> JSONResponse:
    return JSONResponse({"error": "Refused", "message": say(fr, en)}, 409)


async def _done(identifier: str, work: Callable[[], object], seconds: float) -> bool:
    """Start the work and wait for it, so long at most; False when some is already under way."""
    started = jobs.start(identifier, work)
    if started is not None:
        await asyncio.wait([asyncio.wrap_future(started)], timeout=seconds)
    return started is not None
