"""Files to download around imports: the template, what is wrong in sent files, mapping profiles."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

import pos_map.profiles
from footprint.server.rest import XLSX, slug
from footprint.server.uploads import importer
from footprint.store.database import Store
from footprint.store.imports import inventory_of
from footprint.store.referential import current_campaign
from footprint.texts import language
from footprint.uploads import checking, correcting, folder
from pos_map.faults import Fault
from pos_map.profile_writing import to_profile

YAML, JSON = "application/yaml", "application/json"


def routes(store: Store) -> APIRouter:
    """The downloads over this store."""
    router = APIRouter(prefix="/import", include_in_schema=False)

    @router.get("/modele.xlsx")
    def blank() -> Response:
        return _written(None, "modele-inventaire.xlsx")

    @router.get("/modele-rempli.xlsx")
    def filled() -> Response:
        campaign = current_campaign(store)
        name = f"inventaire-{slug(campaign.organisation)}-{campaign.year}.xlsx"
        return _written(inventory_of(store, campaign), name)

    @router.get("/profil-vierge.yaml")
    def profile() -> Response:
        return attached(pos_map.profiles.template(), YAML, "profil-vierge.yaml")

    @router.get("/{identifier}/remarques.json")
    def as_json(identifier: str) -> Response:
        from pos_map.validation import faults_json

        upload = _mine(store, identifier)
        return attached(faults_json(_faults(upload)), JSON, "remarques.json")

    @router.get("/{identifier}/remarques.xlsx")
    def as_workbook(identifier: str) -> Response:
        from pos_map.validation import write_faults_xlsx

        upload = _mine(store, identifier)
        with tempfile.TemporaryDirectory(prefix="footprint-") as place:
            path = Path(place) / "remarques.xlsx"
            profiles = checking.profiles_of(store, upload)
            write_faults_xlsx(_faults(upload), upload.paths(), path, language(), profiles)
            return attached(path.read_bytes(), XLSX, "remarques.xlsx")

    @router.get("/{identifier}/profil-{file}.yaml")
    def proposed(identifier: str, file: int) -> Response:
        text = to_profile(correcting.unknown(_mine(store, identifier), file))
        return attached(text, YAML, "profil.yaml")

    return router


def attached(content: str | bytes, media: str, name: str) -> Response:
    """A file to keep, never shown as a page of this site."""
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=disposition)


def _mine(store: Store, identifier: str) -> folder.Upload:
    return folder.find(store, identifier, importer().login)


def _faults(upload: folder.Upload) -> list[Fault]:
    kept = upload.read(checking.FAULTS)
    if kept is None:
        raise HTTPException(404)
    return [Fault(**fault) for fault in kept]


def _written(inventory: pos_map.Inventory | None, name: str) -> Response:
    from pos_map.template import write_template

    with tempfile.TemporaryDirectory(prefix="footprint-") as place:
        path = Path(place) / name
        write_template(path, inventory)
        return attached(path.read_bytes(), XLSX, name)
