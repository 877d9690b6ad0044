"""Launch requests by form: submit, decide, contest. A refusal goes back to its page with what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from footprint import launch
from footprint.errors import CampaignError, DecisionRefused, UnknownSubject
from footprint.server.refusals import Refusal, Refusals
from footprint.server.visitor import visitor
from footprint.store.database import Store
from footprint.texts import message

Fields = Mapping[str, tuple[str, ...]]
REFUSED = (DecisionRefused, UnknownSubject, CampaignError)


async def _fields(request: Request) -> Fields:
    """The form's fields, each with all its values; never the session's token."""
    form = await request.form()
    names = [name for name in form if name != "csrf"]
    return {name: tuple(str(value) for value in form.getlist(name)) for name in names}


Posted = Annotated[Fields, Depends(_fields)]


def routes(store: Store, refusals: Refusals) -> APIRouter:
    """The form routes over this store; refused forms wait in `refusals` for their page."""
    router = APIRouter(include_in_schema=False)

    @router.post("/demandes")
    def submit(fields: Posted) -> Response:
        try:
            made = launch.submit(store, visitor().person, request_form(fields))
        except REFUSED as error:
            return back(refusals, "/demandes", message(error), fields)
        return RedirectResponse(f"/demande/{quote(made.id)}", 303)

    @router.post("/demandes/{request_id}/decision")
    def decide(request_id: str, fields: Posted) -> Response:
        page = f"/demande/{quote(request_id)}"
        try:
            decision, reason = first(fields, "decision"), first(fields, "motif")
            launch.decide(store, visitor().person, request_id, decision, reason, conditions(fields))
        except REFUSED as error:
            return back(refusals, page, message(error), fields)
        return RedirectResponse(page, 303)

    @router.post("/demandes/{request_id}/contestation")
    def contest(request_id: str, fields: Posted) -> Response:
        page = f"/demande/{quote(request_id)}"
        try:
            launch.contest(store, visitor().person, request_id, first(fields, "motif_contestation"))
        except REFUSED as error:
            return back(refusals, page, message(error), fields)
        return RedirectResponse(page, 303)

    return router


def request_form(fields: Fields) -> launch.RequestForm:
    """The request as typed. Raises DecisionRefused for a volume that is not a number."""
    return launch.RequestForm(
        title=first(fields, "intitule"),
        application=first(fields, "application"),
        model=first(fields, "modele"),
        functional_act=first(fields, "acte"),
        yearly_volume=_volume(first(fields, "volume")),
        purpose=first(fields, "finalite"),
        alternative=first(fields, "alternative"),
    )


def conditions(fields: Fields) -> tuple[launch.Condition, ...]:
    """The conditions as typed, one a row; rows left wholly empty are not conditions."""
    columns = [
        fields.get(f"condition_{name}", ()) for name in ("texte", "fonction", "indicateur", "echeance")
    ]
    rows = zip(*columns, strict=False)
    return tuple(launch.Condition(*row) for row in rows if any(cell.strip() for cell in row))


def first(fields: Fields, name: str) -> str:
    """The first value of a field, "" when it is not there."""
    values = fields.get(name, ())
    return values[0] if values else ""


def _volume(text: str) -> float | None:
    """A whole number of acts, spaces between thousands at most: a comma may mean two things, so it is refused."""
    plain = "".join(text.split())
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit()):
        raise DecisionRefused(
            f"Volume annuel « {text} » illisible : écrivez un nombre d’actes entier, par exemple 120 000.",
            f"Yearly volume “{text}” can't be read: write a whole number of acts, for instance 120 000.",
        )
    return float(plain)


def back(refusals: Refusals, page: str, text: str, fields: Fields) -> Response:
    """Back to the page of a refused form, with the reason and what was typed."""
    refusals.keep(visitor().key, Refusal(page, text, fields))
    return RedirectResponse(page, 303)


def done(refusals: Refusals, page: str, text: str = "") -> Response:
    """On to a page, which says once what a form did; without a text, the page has its own words for it."""
    path = page.partition("#")[0].partition("?")[0]
    refusals.keep(visitor().key, Refusal(path, text, {}, done=True))
    return RedirectResponse(page, 303)
