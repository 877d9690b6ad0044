"""Imports by the API: who may, what a check tells, what is imported, what is refused, with a session or a token."""

from __future__ import annotations

import json

import pytest
import sent_files as sent
from importing_program import URL, Program
from server_browser import Browser

from footprint import tokens
from footprint.server import imports_door, multipart, rest_imports, upload_door
from footprint.store import campaigns, events
from footprint.store.batches import batches
from footprint.store.database import Store
from footprint.store.imports import inventory_of
from footprint.store.referential import current_campaign, ensure_campaign
from footprint.store.rules import save_rule
from footprint.store.tables import Campaign
from footprint.uploads import jobs
from pos_map import Inventory, Rule

NOBODYS = "0" * 32
ROUTES = (
    ("GET", ""), ("GET", "/history"), ("POST", "/undo"), ("GET", f"/{NOBODYS}"), ("GET", f"/{NOBODYS}/findings"),
    ("POST", f"/{NOBODYS}/check"), ("POST", f"/{NOBODYS}/confirm"), ("DELETE", f"/{NOBODYS}"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def campaign(store: Store) -> Campaign:
    return ensure_campaign(store, "Caisse Exemple", 2026)


@pytest.fixture
def program(store: Store) -> Program:
    return Program(store)


def _inventory(store: Store) -> Inventory:
    return inventory_of(store, current_campaign(store))


# -- who may ------------------------------------------------------------------------------------


def test_a_token_of_another_scope_or_none_opens_nothing(store: Store) -> None:
    collector = Program(store, "collect", "agent")
    revoked = Program(store, name="ancien")
    tokens.revoke(store, "ancien")
    for method, path in ROUTES:
        assert collector.ask(method, path).status_code == 403, path
        refused = revoked.ask(method, path)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer"), path
        assert collector.client.request(method, URL + path).status_code == 401, path
    assert collector.send().status_code == 403
    assert sent.left(store) == []


def test_a_token_of_imports_opens_nothing_else(store: Store, program: Program) -> None:
    headers = {"authorization": f"Bearer {program.secret}"}
    for path in (
        "/api/v1/summary",
        "/api/v1/session",
        "/",
        "/import",
        "/api/v1/importsx",
        f"{URL}/../summary",
    ):
        answer = program.client.get(path, headers=headers)
        assert answer.status_code in (401, 303, 404), path
    for path in ("/import", "/evaluation", "/campagnes/1/figer", "/api/v1/launch-requests"):
        assert program.client.post(path, headers=headers).status_code in (401, 403), path
    body = b'{"x": 1}\n'
    kind = {**headers, "content-type": "application/x-ndjson"}
    assert program.client.post("/api/v1/collect/spool/x", content=body, headers=kind).status_code == 403


@pytest.mark.parametrize("role", ["lecteur", "contributeur", "rso", "approbateur"])
def test_other_roles_may_not(store: Store, role: str) -> None:
    browser = sent.visitor(store, role)
    headers = {"x-csrf-token": browser.csrf()}
    for method, path in ROUTES[1:]:
        body = {"json": {"number": 1}} if path == "/undo" else {}
        assert browser.request(method, URL + path, headers=headers, **body).status_code == 403, path
    content = sent.form(None, [sent.MAP], "files")
    assert browser.post(URL, content=content, headers={**headers, **sent.MULTIPART}).status_code == 403
    assert sent.left(store) == []


def test_a_session_needs_its_token_and_our_origin(store: Store) -> None:
    browser = sent.visitor(store, "urbaniste")
    content, token = sent.form(None, [sent.MAP], "files"), {"x-csrf-token": browser.csrf()}
    assert browser.post(URL, content=content, headers=sent.MULTIPART).status_code == 403
    wrong = {**sent.MULTIPART, "x-csrf-token": "faux"}
    refused = browser.post(URL, content=content, headers=wrong)
    assert (refused.status_code, "message" in refused.json()) == (403, True)
    elsewhere = {**sent.MULTIPART, **token, "origin": "http://ailleurs.example"}
    assert browser.post(URL, content=content, headers=elsewhere).status_code == 403
    assert sent.left(store) == []
    answer = browser.post(URL, content=content, headers={**sent.MULTIPART, **token})
    assert answer.status_code == 201
    identifier = answer.json()["id"]
    sent.finished(identifier)
    assert browser.post(f"{URL}/{identifier}/confirm").status_code == 403
    assert browser.post(f"{URL}/{identifier}/confirm", headers=token).json()["state"] == "imported"
    assert batches(store, current_campaign(store))[0].actor == "urbaniste"


def test_what_another_sent_is_out_of_reach(store: Store, program: Program) -> None:
    identifier = program.checked()["id"]
    other = Program(store, name="autre")
    for method, path in (
        ("GET", ""),
        ("GET", "/findings"),
        ("POST", "/check"),
        ("POST", "/confirm"),
        ("DELETE", ""),
    ):
        assert other.ask(method, f"/{identifier}{path}").status_code == 404
    program.ask("POST", f"/{identifier}/confirm")
    assert program.state(identifier)["state"] == "imported"
    assert other.ask("GET", f"/{identifier}").status_code == 404
    assert other.ask("POST", f"/{identifier}/confirm").status_code == 404


def test_the_pace_is_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports_door, "PER_MINUTE", 3)
    program = Program(store)
    codes = [program.ask("GET", "/history").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]


# -- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(("where", "limit"), [
    (multipart, "FILE_BYTES"), (multipart, "TOTAL_BYTES"), (upload_door, "TOTAL_BYTES"),
])  # fmt: skip
def test_too_large(
    store: Store, program: Program, monkeypatch: pytest.MonkeyPatch, where: object, limit: str
) -> None:
    monkeypatch.setattr(where, limit, 1_000)
    answer = program.send([("carte.csv", b"x" * 1_001)])
    assert (answer.status_code, "message" in answer.json()) == (413, True)
    assert sent.left(store) == []


def test_requests_that_are_not_understood(store: Store, program: Program) -> None:
    assert program.send([sent.MAP], mode="completer").status_code == 422
    assert program.send([sent.MAP], profile="../../inconnu").status_code == 422
    assert program.send([]).status_code == 422
    assert program.ask("POST", json={"files": []}).status_code == 415
    cut = sent.form(None, sent.ESTATE, "files")[:-30]
    assert program.ask("POST", content=cut, headers=sent.MULTIPART).status_code == 400
    assert program.ask("POST", "/undo", json={"number": "x"}).status_code == 422
    for identifier in ("%2e%2e", "Z" * 32, NOBODYS):
        assert program.ask("POST", f"/{identifier}/confirm").status_code == 404
    assert sent.left(store) == []


def test_a_faulty_file_imports_nothing(store: Store, program: Program) -> None:
    found = program.checked([sent.MAP, sent.FAULTY])
    assert (found["state"], found["errors"]) == ("faulty", 1)
    (error,) = [each for each in found["findings"] if each["severity"] == "error"]
    assert (error["file"], error["line"], error["rule"]) == ("physiques.csv", 2, "bad-number")
    told = program.ask("GET", f"/{found['id']}/findings").json()
    assert {fault["rule"] for fault in told} >= {"bad-number"}
    answer = program.ask("POST", f"/{found['id']}/confirm")
    assert (answer.status_code, answer.json()["error"]) == (409, "Refused")
    assert _inventory(store) == Inventory()
    assert batches(store, current_campaign(store)) == []


def test_rules_changed_since_the_check_refuse_the_import(store: Store, program: Program) -> None:
    identifier = program.checked()["id"]
    save_rule(store, "Caisse Exemple", Rule("host", "absent", "H1"), "urbaniste")
    answer = program.ask("POST", f"/{identifier}/confirm")
    assert answer.status_code == 409
    assert "règles" in answer.json()["message"]
    assert _inventory(store) == Inventory()
    assert program.state(identifier)["state"] == "refused"
    assert program.ask("POST", f"/{identifier}/confirm").status_code == 409
    assert program.ask("POST", f"/{identifier}/check").status_code == 200
    sent.finished(identifier)
    assert program.state(identifier)["state"] == "ready"
    assert program.ask("POST", f"/{identifier}/confirm").status_code == 200
    assert {vm.host for vm in _inventory(store).machines} == {"H1"}


def test_a_frozen_campaign_takes_nothing(store: Store, program: Program) -> None:
    identifier = program.checked()["id"]
    campaigns.freeze(store, current_campaign(store), "essai")
    assert program.send().status_code == 409
    assert program.ask("POST", f"/{identifier}/confirm").status_code == 409
    assert _inventory(store) == Inventory()


def test_work_under_way_is_waited_for(
    store: Store, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = program.checked()["id"]
    with monkeypatch.context() as busy:
        busy.setattr(jobs, "is_running", lambda _name: True)
        assert program.state(identifier)["state"] == "running"
        assert program.ask("DELETE", f"/{identifier}").status_code == 409
    with monkeypatch.context() as busy:
        busy.setattr(jobs, "start", lambda *_: None)
        assert program.ask("POST", f"/{identifier}/confirm").status_code == 409
    monkeypatch.setattr(rest_imports, "LONG_S", 0.0)
    assert program.ask("POST", f"/{identifier}/confirm").status_code in (200, 202)
    sent.finished(identifier)
    assert program.state(identifier)["state"] == "imported"


# -- check, confirm, forget, undo ---------------------------------------------------------------


def test_a_check_tells_what_would_change_and_imports_nothing(store: Store, program: Program) -> None:
    found = program.checked()
    assert (found["state"], found["mode"], found["errors"]) == ("ready", "replace", 0)
    assert {each["table"]: each["count"] for each in found["changes"]}["applications"] == 2
    assert [each["name"] for each in found["unmatched"]] == ["absent"]
    assert {file["name"] for file in found["files"]} == {name for name, _content in sent.ESTATE}
    assert found["imported"] is None
    assert _inventory(store) == Inventory()


def test_what_is_confirmed_is_imported_once(store: Store, program: Program) -> None:
    identifier = program.checked()["id"]
    done = program.ask("POST", f"/{identifier}/confirm")
    assert done.status_code == 200, done.text
    assert done.json()["state"] == "imported"
    number = done.json()["imported"]["number"]
    assert done.json()["imported"]["counts"]["applications"]["added"] == 2
    assert program.ask("POST", f"/{identifier}/confirm").json() == done.json()
    (batch,) = batches(store, current_campaign(store))
    assert (batch.id, batch.actor) == (number, "jeton:ordonnanceur")
    assert list((store.home / "uploads").iterdir()) == []
    with store.session() as session:
        told = [
            each
            for each in events.history(session, f"campagne:{batch.id}")
            if each.kind == "inventaire.importe"
        ]
    assert [each.actor for each in told] == ["jeton:ordonnanceur"]


def test_completing_adds(store: Store, program: Program) -> None:
    program.ask("POST", f"/{program.checked()['id']}/confirm")
    one = ("carte.csv", b"zone;quartier;code application;nom\nM;Droits;APP3;Troisieme\n")
    program.ask("POST", f"/{program.checked([one], mode='complete')['id']}/confirm")
    assert [each.code for each in _inventory(store).applications] == ["APP1", "APP2", "APP3"]


def test_what_is_forgotten_leaves_nothing(store: Store, program: Program) -> None:
    identifier = program.checked()["id"]
    assert program.ask("DELETE", f"/{identifier}").status_code == 204
    assert program.ask("GET", f"/{identifier}").status_code == 404
    assert list((store.home / "uploads").iterdir()) == []


def test_the_last_import_is_undone_by_its_number(store: Store, program: Program) -> None:
    for files in ([sent.MAP], sent.ESTATE):
        program.ask("POST", f"/{program.checked(files)['id']}/confirm")
    second, first = [batch["id"] for batch in program.ask("GET", "/history").json()]
    assert program.ask("POST", "/undo", json={"number": first}).status_code == 409
    undone = program.ask("POST", "/undo", json={"number": second})
    assert (undone.status_code, undone.json()["undone_by"]) == (200, "jeton:ordonnanceur")
    assert _inventory(store).machines == ()


def test_the_description_tells_of_imports(store: Store) -> None:
    browser: Browser = sent.visitor(store, "lecteur")
    told = browser.get("/api/v1/openapi.json").json()["paths"]
    assert set(told) >= {URL, f"{URL}/history", f"{URL}/undo", f"{URL}/{{identifier}}/confirm"}
    form = told[URL]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert json.dumps(form["properties"]["mode"]["enum"]) == '["replace", "complete"]'
