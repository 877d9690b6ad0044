"""The picture of the map behind the sign-in."""

from __future__ import annotations

import pytest
from server_browser import Browser

from footprint import people
from footprint.report.map_picture import picture
from footprint.server.app import create_api
from footprint.store.database import Store

KINDS = (
    ("svg", "image/svg+xml", b"<?xml"),
    ("png", "image/png", b"\x89PNG"),
    ("pdf", "application/pdf", b"%PDF"),
)


def reader(store: Store) -> Browser:
    people.create_account(store, "moi", "lecteur", "Anne Roy", "Responsable")
    return Browser(create_api(store)).enter(store, "moi")


@pytest.mark.parametrize(("form", "media", "start"), KINDS)
def test_pictures_download(sample_store: Store, form: str, media: str, start: bytes) -> None:
    answer = reader(sample_store).get(f"/carte.{form}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media)
    expected = f'attachment; filename="carte-caisse-exemple-2026.{form}"'
    assert answer.headers["content-disposition"] == expected
    assert answer.content.startswith(start)


def test_colours_are_asked_for_and_others_refused(sample_store: Store) -> None:
    browser = reader(sample_store)
    assert browser.get("/carte.svg?colour=total").content == picture(sample_store, "svg", "total")
    assert browser.get("/carte.svg?colour=rose").status_code == 422
    assert browser.get("/carte.gif").status_code == 404


def test_nobody_sees_a_picture_without_a_session(sample_store: Store) -> None:
    for form, _media, start in KINDS:
        answer = Browser(create_api(sample_store)).get(f"/carte.{form}")
        assert answer.status_code in (303, 401)
        assert start not in answer.content[:8]


def test_without_an_assessment_it_is_said(store: Store) -> None:
    assert reader(store).get("/carte.png").status_code == 409
