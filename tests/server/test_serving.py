"""Serving: the port, the first account, the printed link."""

from __future__ import annotations

import logging
import os
import socket

import pytest

from footprint import people
from footprint.errors import PortTaken
from footprint.server import serving
from footprint.store.database import Store


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(serving, "_run", lambda *_: None)
    return []


def test_taken_port_is_one_sentence(store: Store) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"127.0.0.1:{port} n’est pas libre"):
            serving.serve(store, port=port)
    assert people.accounts(store) == ()


def test_first_start_makes_an_administrator_and_a_link(store: Store, printed: list[str]) -> None:
    serving.serve(store, port=8765, open_link=False, echo=printed.append)
    (person,) = people.accounts(store)
    assert (person.login, person.role) == ("admin", "admin")
    assert printed[0] == "Tableau de bord : http://127.0.0.1:8765"
    token = printed[1].rsplit("/entrer/", 1)[1]
    assert people.redeem_link(store, token) == person


def test_no_link_once_someone_has_a_password(store: Store, printed: list[str]) -> None:
    person = people.create_account(store, "anne", "approbateur", "Anne", "DSI")
    people.change_password(store, person.id, "correct cheval pile")
    serving.serve(store, port=8765, open_link=False, echo=printed.append)
    assert not any("/entrer/" in line for line in printed)
    serving.serve(store, port=8765, open_link=True, echo=printed.append)
    assert any("/entrer/" in line for line in printed)
    assert [p.login for p in people.accounts(store)] == ["anne"]


def test_the_link_is_for_the_administrator_first(store: Store) -> None:
    people.create_account(store, "lise", "lecteur")
    people.create_account(store, "paul", "approbateur")
    assert serving.first_account(store).login == "paul"
    people.create_account(store, "anne", "admin")
    assert serving.first_account(store).login == "anne"


def test_the_served_application_opens_the_same_store(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: dict[str, object] = {}
    monkeypatch.setattr("uvicorn.run", lambda named, **options: ran.update(options, named=named))
    monkeypatch.setenv("FOOTPRINT_STORE", "")
    serving._run(store, "127.0.0.1", 8765)
    assert (ran["named"], ran["factory"], ran["host"], ran["port"]) == (
        "dashboard.app:create_app", True, "127.0.0.1", 8765,
    )  # fmt: skip
    assert os.environ["FOOTPRINT_HOME"] == str(store.home)
    assert os.environ["FOOTPRINT_STORE"] == ""  # the file of that home
    assert ran["proxy_headers"] is False
    assert ran["ws"] == "none"


def test_websocket_requests_make_no_noise(
    caplog: pytest.LogCaptureFixture,
) -> None:
    import uvicorn

    serving.quiet()
    uvicorn.Config(lambda: None, ws="none", log_level="warning")  # sets its own logging up
    log = logging.getLogger("uvicorn.error")
    log.addHandler(caplog.handler)
    try:
        log.warning("Unsupported upgrade request.")
        log.warning("No supported WebSocket library detected. Please use …")
        log.warning("Invalid HTTP request received.")
    finally:
        log.removeHandler(caplog.handler)
    assert [record.getMessage() for record in caplog.records] == ["Invalid HTTP request received."]
