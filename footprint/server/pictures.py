"""The picture of the map, for who is signed in: /carte.svg, /carte.png, /carte.pdf, with ?colour=."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from footprint import views
from footprint.report.map_picture import FORMS, Colour, Form, picture
from footprint.server.rest import slug
from footprint.store.database import Store

MEDIA: dict[Form, str] = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


def routes(store: Store) -> APIRouter:
    """The pictures' routes over this store."""
    router = APIRouter(include_in_schema=False)
    for form in FORMS:
        router.add_api_route(f"/carte.{form}", _sender(store, form), methods=["GET"])
    return router


def _sender(store: Store, form: Form) -> Callable[[Colour], Response]:
    def send(colour: Colour = "note") -> Response:
        content, found = picture(store, form, colour), views.summary(store)
        name = f"carte-{slug(found.organisation)}-{found.year}.{form}"
        # Always a file to keep: its labels are the body's, and nothing of theirs is shown as a page of this site.
        disposition = f'attachment; filename="{name}"'
        return Response(content, media_type=MEDIA[form], headers={"content-disposition": disposition})

    return send
