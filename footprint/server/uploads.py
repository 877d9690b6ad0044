"""Importing by form: send files, check them, correct how they are read, import them, undo the last import.

Nothing of a client's is believed but the id of a check, which belongs to who sent its files.
"""

from __future__ import annotations

import re
from functools import partial

from fastapi import APIRouter, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from footprint.errors import CampaignError, CampaignFrozen, FootprintError
from footprint.roles import Person
from footprint.server.forms import Fields, Posted, back, done, first
from footprint.server.multipart import Sent, received
from footprint.server.refusals import Refusals
from footprint.server.upload_door import TurnedAway
from footprint.server.visitor import visitor
from footprint.server.working import work
from footprint.store import imports
from footprint.store.database import Store
from footprint.store.referential import current_campaign
from footprint.texts import message, say
from footprint.uploads import checking, correcting, folder, jobs, own_profiles


def routes(store: Store, refusals: Refusals) -> APIRouter:
    """The routes of imports over this store; refused forms wait in `refusals` for their page."""
    router = APIRouter(prefix="/import", include_in_schema=False)
    _sending(router, store, refusals)
    _deciding(router, store, refusals)
    _profiles(router, store)
    return router


def _sending(router: APIRouter, store: Store, refusals: Refusals) -> None:
    @router.post("")
    async def send(request: Request) -> Response:
        person = importer()
        identifier, files = await run_in_threadpool(folder.begin, store)
        try:
            taken: list[str] = []
            sent = await received(request, files, partial(named, taken))
            upload = await run_in_threadpool(_kept, store, identifier, person, sent)
        except TurnedAway as away:
            await run_in_threadpool(folder.discard, store, identifier)
            return away.answer
        except FootprintError as error:
            await run_in_threadpool(folder.discard, store, identifier)
            return back(refusals, "/import", message(error), {})
        except BaseException:
            await run_in_threadpool(folder.discard, store, identifier)
            raise
        await work(upload.id, partial(checking.check, store, upload))
        return _page(upload)

    @router.post("/{identifier}/verifier")
    async def again(identifier: str) -> Response:
        upload = await run_in_threadpool(_mine, store, identifier)
        await work(upload.id, partial(checking.check, store, upload))
        return _page(upload)

    @router.post("/{identifier}/correspondance")
    async def columns(identifier: str, fields: Posted) -> Response:
        upload = await run_in_threadpool(_mine, store, identifier)
        try:
            file, name = _rank(fields, "fichier"), first(fields, "nom")
            upload = await run_in_threadpool(correcting.correct, store, upload, file, name, fields)
        except FootprintError as error:
            return back(refusals, f"/import/{upload.id}", message(error), fields)
        await work(upload.id, partial(checking.check, store, upload))
        return _page(upload)


def _profiles(router: APIRouter, store: Store) -> None:
    @router.post("/profils/suppression")
    def forget(fields: Posted) -> Response:
        importer()
        own_profiles.drop(store, first(fields, "profil"))
        return RedirectResponse("/import#profils", 303)


def _deciding(router: APIRouter, store: Store, refusals: Refusals) -> None:
    @router.post("/{identifier}/importer")
    async def apply(identifier: str) -> Response:
        person = importer()
        upload = await run_in_threadpool(_mine, store, identifier)
        await work(upload.id, partial(checking.import_checked, store, upload, person.login))
        if jobs.is_running(upload.id) or upload.folder.exists():
            return _page(upload)
        return done(refusals, "/import")

    @router.post("/{identifier}/abandonner")
    def give_up(identifier: str) -> Response:
        upload = _mine(store, identifier)
        if jobs.is_running(upload.id):
            refused = say(
                "Attendez la fin du travail en cours sur ces fichiers.",
                "Wait for the work under way on these files.",
            )
            return back(refusals, f"/import/{upload.id}", refused, {})
        folder.remove(upload)
        return RedirectResponse("/import", 303)

    @router.post("/annuler")
    def undo(fields: Posted) -> Response:
        person = importer()
        try:
            campaign = current_campaign(store)
            imports.undo(store, campaign, person.login, _number(fields))
        except CampaignError as error:
            return back(refusals, "/import", message(error), fields)
        return done(refusals, "/import", say("Le dernier import est annulé.", "The last import is undone."))


def importer() -> Person:
    """The visitor, who may import. Raises 403."""
    person = visitor().person
    if not person.may_import:
        raise HTTPException(403)
    return person


def _mine(store: Store, identifier: str) -> folder.Upload:
    return folder.find(store, identifier, importer().login)


def named(taken: list[str], given: str) -> str:
    """A safe name for a file sent, unlike those taken, which it joins."""
    name = folder.safe_name(given, taken)
    taken.append(name)
    return name


def _kept(store: Store, identifier: str, person: Person, sent: Sent) -> folder.Upload:
    """The upload of a form. Raises FootprintError: no campaign, no file, a profile that can't be used."""
    campaign = current_campaign(store)
    if campaign.frozen_at:
        raise CampaignFrozen(campaign.organisation, campaign.year, campaign.frozen_at)
    profile = first(sent.fields, "profil")
    for field, path in sent.files:
        if field == "profil_fichier":
            text = own_profiles.read_text(path)
            path.unlink()
            own_profiles.save(store, path.stem, text)
            profile = path.stem
    if not any(field == "fichiers" for field, _path in sent.files):
        raise CampaignError("Choisissez au moins un fichier.", "Choose at least one file.")
    if profile:
        own_profiles.load(store, profile)
    mode: folder.Mode = "complete" if first(sent.fields, "mode") == "complete" else "replace"
    return folder.keep(store, identifier, person.login, campaign.id or 0, mode, profile)


def _number(fields: Fields) -> int:
    """The import that was shown, 0 for none."""
    written = first(fields, "import")
    return int(written) if re.fullmatch(r"[0-9]{1,9}", written) else 0


def _rank(fields: Fields, name: str) -> int:
    written = first(fields, name)
    return int(written) if re.fullmatch(r"[0-9]{1,3}", written) else -1


def _page(upload: folder.Upload) -> Response:
    return RedirectResponse(f"/import/{upload.id}", 303)
