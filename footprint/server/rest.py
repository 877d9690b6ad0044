"""The REST API, under /api/v1: what the pages show, as JSON, and the launch requests.

Reading needs a session; writing needs its token too, in the header X-CSRF-Token (GET /api/v1/session gives
it). Amounts are kgCO2e a year unless `unit` says otherwise; null means unknown.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from footprint import launch, views
from footprint.server.visitor import visitor
from footprint.sheets import ApplicationSheet, MapNode, ModelSheet, Summary, Tile, UseCase
from footprint.store.database import Store

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class SessionView:
    """Who is signed in, and the token that writing needs."""

    login: str
    name: str
    function: str
    role: str
    csrf: str


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """A decision: `approuvee`, `approuvee_sous_conditions` or `refusee`, its reason and conditions."""

    decision: str
    reason: str
    conditions: tuple[launch.Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class ContestForm:
    """Why a decision is contested."""

    reason: str


def routes(store: Store) -> APIRouter:
    """The API's routes over this store."""
    router = APIRouter(prefix="/api/v1")
    _reading(router, store)
    _requests(router, store)
    return router


def _reading(router: APIRouter, store: Store) -> None:
    @router.get("/session")
    def session() -> SessionView:
        who = visitor()
        person = who.person
        return SessionView(person.login, person.name, person.function, person.role, who.csrf)

    @router.get("/summary")
    def summary() -> Summary:
        return views.summary(store)

    @router.get("/map")
    def map_tree() -> tuple[MapNode, ...]:
        return views.map_tree(store)

    @router.get("/applications")
    def applications() -> tuple[Tile, ...]:
        return views.tiles(store)

    @router.get("/applications/{code:path}")
    def application(code: str) -> ApplicationSheet:
        return views.application_sheet(store, code)

    @router.get("/models")
    def models() -> tuple[str, ...]:
        return views.models(store)

    @router.get("/models/{model:path}")
    def model_sheet(model: str) -> ModelSheet:
        return views.model_sheet(store, model)

    @router.get("/use-cases")
    def use_cases() -> tuple[UseCase, ...]:
        return views.use_cases(store)

    @router.get("/report.xlsx", response_class=Response)
    def report() -> Response:
        from footprint.report.workbook import write_workbook  # its library comes with another extra

        found = views.summary(store)
        with tempfile.TemporaryDirectory(prefix="footprint-") as folder:
            path = Path(folder) / "bilan.xlsx"
            write_workbook(store, path)
            content = path.read_bytes()
        name = f"bilan-allege-{slug(found.organisation)}-{found.year}.xlsx"
        return Response(
            content, media_type=XLSX, headers={"content-disposition": f'attachment; filename="{name}"'}
        )


def _requests(router: APIRouter, store: Store) -> None:
    @router.get("/launch-requests")
    def requests() -> tuple[launch.LaunchRequest, ...]:
        return launch.requests(store)

    @router.get("/launch-requests/{request_id}")
    def request(request_id: str) -> launch.LaunchRequest:
        return launch.get(store, request_id)

    @router.post("/launch-requests", status_code=201)
    def submit(form: launch.RequestForm) -> launch.LaunchRequest:
        who = visitor().person
        _require(who.may_submit)
        return launch.submit(store, who, form)

    @router.post("/launch-requests/{request_id}/decision")
    def decide(request_id: str, form: DecisionForm) -> launch.LaunchRequest:
        who = visitor().person
        _require(who.may_decide)
        return launch.decide(store, who, request_id, form.decision, form.reason, form.conditions)

    @router.post("/launch-requests/{request_id}/contestation")
    def contest(request_id: str, form: ContestForm) -> launch.LaunchRequest:
        who = visitor().person
        _require(who.may_submit)
        return launch.contest(store, who, request_id, form.reason)


def _require(allowed: bool) -> None:
    if not allowed:
        raise HTTPException(403)


def slug(text: str) -> str:
    """Letters and digits of ASCII, hyphens between."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-") or "organisme"
