"""The application: routes, readable refusals, and the guard put on last so that it stands in front.

`create_api(store)` serves the API and the sign-in pages; `pages` mounts more (the dashboard does) and gives
back the hashes of the inline scripts its pages need.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import JSONResponse, Response

import footprint
from footprint.errors import (
    CampaignError,
    DecisionRefused,
    FootprintError,
    SignInRefused,
    StoreError,
    UnknownSubject,
)
from footprint.server import (
    assessing,
    collect,
    downloads,
    forms,
    matching,
    pictures,
    plain,
    rest,
    rest_imports,
    signin,
    uploads,
    yearly,
)
from footprint.server.guard import Guard
from footprint.server.refusals import Refusals
from footprint.store.database import Store
from footprint.texts import message, say
from footprint.uploads.own_profiles import ProfileRefused

Pages = Callable[[FastAPI, Store, Refusals], Sequence[str]]

STATUS: tuple[tuple[type[FootprintError], int], ...] = (
    (UnknownSubject, 404),
    (SignInRefused, 401),
    (DecisionRefused, 409),
    (CampaignError, 409),
    (ProfileRefused, 422),
    (StoreError, 503),
)


def create_api(store: Store, pages: Pages | None = None) -> FastAPI:
    """The FastAPI application over an open store, guarded."""
    api = FastAPI(
        title="footprint",
        version=footprint.__version__,
        docs_url=None,  # its pages load scripts from elsewhere; the description itself is served
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    refusals = Refusals()
    _answer_errors(api)

    @api.get("/sante", include_in_schema=False)
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    for router in (
        signin.routes(store),
        forms.routes(store, refusals),
        collect.routes(store),
        rest.routes(store),
        rest_imports.routes(store),
        pictures.routes(store),
        downloads.routes(store),
        uploads.routes(store, refusals),
        matching.routes(store, refusals),
        yearly.routes(store, refusals),
        assessing.routes(store, refusals),
    ):
        api.include_router(router)
    hashes = pages(api, store, refusals) if pages else ()
    _answer_the_rest(api)
    api.add_middleware(Guard, store=store, script_hashes=tuple(hashes))
    return api


def _answer_the_rest(api: FastAPI) -> None:
    """Whatever no route knows is not found: said plainly, before any other catch-all can answer."""

    @api.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def not_found(path: str) -> Response:
        raise HTTPException(404)


def _answer_errors(api: FastAPI) -> None:
    @api.exception_handler(FootprintError)
    async def refused(request: Request, error: FootprintError) -> Response:
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
        return _answer(request, status, type(error).__name__, message(error))

    @api.exception_handler(StarletteHTTPException)
    async def http_error(request: Request, error: StarletteHTTPException) -> Response:
        return _answer(request, error.status_code, "HTTP", _words(error.status_code))

    @api.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        places = ", ".join(".".join(str(part) for part in fault["loc"]) for fault in error.errors())
        said = say(f"Champs manquants ou mal formés : {places}.", f"Missing or malformed fields: {places}.")
        return _answer(request, 422, "Invalid", said)


def _answer(request: Request, status: int, kind: str, text: str) -> Response:
    if request.scope["path"].startswith("/api/"):
        return JSONResponse({"error": kind, "message": text}, status)
    return plain.refusal(status, text)


def _words(status: int) -> str:
    if status == 404:
        return say("Rien ne se trouve à cette adresse.", "There is nothing at this address.")
    if status == 403:
        return say("Votre rôle ne permet pas cette action.", "Your role does not allow this action.")
    if status == 405:
        return say("Cette adresse ne s’utilise pas ainsi.", "This address is not used that way.")
    return say("La demande n’a pas pu être traitée.", "The request could not be handled.")
