"""What collectors send: nothing without a token, nothing twice, nothing before the commit, nothing else."""

from __future__ import annotations

import gzip
import json
import threading
import zlib
from typing import Any

import httpx
import pytest
from server_browser import Browser
from sqlmodel import select

from footprint import people, tokens
from footprint.errors import StoreLocked
from footprint.records import receiving
from footprint.server import collectors_door
from footprint.server.app import create_api
from footprint.store.database import Store
from footprint.store.tables import CollectToken, EnergyHour, MeasuredRun, ReceivedSpool
from tests.spool_files import content, host_lines, run_lines, sample

PATH = "/api/v1/collect/spool/"
TYPE = {"content-type": "application/x-ndjson"}


class Collector:
    """Sends as an agent does: a token, no cookie, no origin."""

    def __init__(self, store: Store, secret: str | None) -> None:
        self.browser = Browser(create_api(store))
        self.browser.headers.pop("origin")
        self.headers = {**TYPE, **({"authorization": f"Bearer {secret}"} if secret else {})}

    def send(self, run_id: str, body: bytes, **headers: str) -> httpx.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.browser.post(PATH + run_id, content=body, headers={**self.headers, **given})


@pytest.fixture
def secret(store: Store) -> str:
    return tokens.create(store, "agent")[1]


@pytest.fixture
def collector(store: Store, secret: str) -> Collector:
    return Collector(store, secret)


def total(store: Store, run_id: str = "r1") -> float:
    with store.session() as session:
        return sum(h.energy_kwh for h in session.exec(select(EnergyHour).where(EnergyHour.run_id == run_id)))


def count(store: Store) -> int:
    with store.session() as session:
        return len(session.exec(select(MeasuredRun)).all())


GOOD = content(run_lines("r1"))


# -- the door --------------------------------------------------------------------------------


def test_nothing_without_a_good_token(store: Store, secret: str) -> None:
    tokens.revoke(store, "agent")
    people.create_account(store, "anne", "admin", "Anne", "DSI")
    session = Browser(create_api(store)).enter(store, "anne")
    csrf = session.csrf()
    cookie_only = session.post(PATH + "r1", content=GOOD, headers={**TYPE, "x-csrf-token": csrf})
    answers = [
        Collector(store, None).send("r1", GOOD),
        Collector(store, secret).send("r1", GOOD),
        Collector(store, "fp_" + "A" * 43).send("r1", GOOD),
        Collector(store, None).send("r1", GOOD, authorization=f"Basic {secret}"),
        cookie_only,
    ]
    assert [answer.status_code for answer in answers] == [401] * 5
    assert {answer.headers["www-authenticate"] for answer in answers} == {"Bearer"}
    assert "footprint token create" in answers[0].json()["reason"]["fr"]
    assert count(store) == 0


def test_a_token_opens_nothing_else(store: Store, collector: Collector) -> None:
    browser = collector.browser
    for path in ("/api/v1/summary", "/api/v1/session", "/", "/api/v1/collect", "/api/v1/openapi.json"):
        assert browser.get(path, headers=collector.headers).status_code in (303, 401)
    assert browser.post("/api/v1/launch-requests", json={}, headers=collector.headers).status_code == 401
    assert browser.get(PATH + "r1", headers=collector.headers).status_code == 405
    assert browser.post("/api/v1/collect/autre", headers=collector.headers).status_code == 404
    assert browser.post("/api/v1/collect/../summary", headers=collector.headers).status_code in (
        401,
        403,
        404,
    )


def test_a_token_of_another_scope_may_not(store: Store, secret: str) -> None:
    with store.session() as session:
        row = session.exec(select(CollectToken)).one()
        row.scope = "lecture"
        session.add(row)
    assert Collector(store, secret).send("r1", GOOD).status_code == 403


def test_the_pace_of_one_token_is_bounded(store: Store, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collectors_door, "PER_MINUTE", 3)
    collector = Collector(store, secret)
    answers = [collector.send("r1", GOOD) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 429]
    assert answers[-1].headers["retry-after"] == "30"


def test_sizes_and_types(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collectors_door, "LARGEST_RECORD", 5_000)
    monkeypatch.setattr(receiving, "LARGEST_RECORD", 5_000)
    bomb = zlib.compressobj(wbits=31)
    packed_bomb = bomb.compress(b"\n" * 6_000) + bomb.flush()
    packed = gzip.compress(GOOD)
    cases: list[tuple[int, bytes, dict[str, str]]] = [
        (413, b"x" * 5_001, {}),
        (413, packed_bomb, {"content_encoding": "gzip"}),
        (422, packed[:-9], {"content_encoding": "gzip"}),
        (422, packed + b"more", {"content_encoding": "gzip"}),
        (422, GOOD, {"content_encoding": "gzip"}),
        (415, packed, {"content_encoding": "br"}),
        (415, GOOD, {"content_type": "application/json"}),
        (201, packed, {"content_encoding": "gzip", "content_type": "application/x-ndjson; charset=utf-8"}),
    ]
    assert [collector.send("r1", body, **headers).status_code for _, body, headers in cases] == [
        status for status, _, _ in cases
    ]


# -- what is stored --------------------------------------------------------------------------


def test_stored_once_then_already_there(store: Store, collector: Collector) -> None:
    first, again = collector.send("r1", GOOD), collector.send("r1", GOOD)
    assert (first.status_code, first.json()) == (201, {"result": "stored", "reason": None, "bad_lines": {}})
    assert (again.status_code, again.json()["result"]) == (200, "already")
    assert again.json()["reason"]["fr"] == "Mesure déjà là."
    assert (count(store), total(store)) == (1, pytest.approx(0.06))
    with store.session() as session:
        seen = session.exec(select(ReceivedSpool)).one()
        token = session.get(CollectToken, seen.token_id)
    assert (seen.run_id, seen.size, token.name if token else None) == ("r1", len(GOOD), "agent")


def test_a_strict_continuation_takes_its_place(store: Store, collector: Collector) -> None:
    lines = GOOD.splitlines(keepends=True)
    assert collector.send("r1", b"".join(lines[:4])).status_code == 201
    assert total(store) == pytest.approx(0.02)
    answer = collector.send("r1", GOOD)
    assert (answer.status_code, answer.json()["result"]) == (201, "stored")
    assert (count(store), total(store)) == (1, pytest.approx(0.06))
    assert collector.send("r1", b"".join(lines[:4])).status_code == 409  # going back is not
    assert total(store) == pytest.approx(0.06)


def test_a_session_is_continued_with_its_services(store: Store, collector: Collector) -> None:
    data = content(host_lines("h1"))
    assert collector.send("h1", b"".join(data.splitlines(keepends=True)[:4])).status_code == 201
    assert collector.send("h1", data).status_code == 201
    assert count(store) == 3
    assert total(store, "h1:TRI") == pytest.approx(0.018)


def test_other_content_under_the_same_id_is_a_conflict(store: Store, collector: Collector) -> None:
    collector.send("r1", GOOD)
    other = content(run_lines("r1", 7))
    answer = collector.send("r1", other)
    assert (answer.status_code, answer.json()["result"]) == (409, "refused")
    assert "déjà cet identifiant" in answer.json()["reason"]["fr"]
    assert total(store) == pytest.approx(0.06)


def test_a_record_thinned_since_says_the_same(store: Store, collector: Collector) -> None:
    collector.send("r1", GOOD)
    lines = run_lines("r1")
    thinned = content([*lines[:2], sample(6), *lines[-1:]])
    answer = collector.send("r1", thinned)
    assert (answer.status_code, answer.json()["result"]) == (200, "already")


def test_bad_lines_are_counted_and_the_rest_kept(store: Store, collector: Collector) -> None:
    lines = GOOD.splitlines(keepends=True)
    answer = collector.send("r1", b"".join([*lines[:3], b"\x00\xff\n", lines[3], *lines[3:]]))
    assert answer.json() == {"result": "stored", "reason": None, "bad_lines": {"illisible": 1, "doublon": 1}}
    assert total(store) == pytest.approx(0.06)


@pytest.mark.parametrize(
    ("run_id", "body"),
    [
        ("r2", GOOD), ("r1:TRI", content(run_lines("r1:TRI"))), ("..x", GOOD), ("r1%2Fx", GOOD),
        ("a" * 97, content(run_lines("a" * 97))), ("r1", b""), ("r1", b"\xff" * 5000), ("r1", b"{}"),
        ("r1", content(run_lines("r1", 0))), ("r1", GOOD.replace(b'"v": 1', b'"v": 2')),
    ],
)  # fmt: skip
def test_what_makes_no_record_is_refused_clearly(
    store: Store, collector: Collector, run_id: str, body: bytes
) -> None:
    answer = collector.send(run_id, body)
    assert answer.status_code in (404, 422)
    if answer.status_code == 422:
        assert answer.json()["reason"]["fr"].startswith("Mesure refusée")
        assert answer.json()["reason"]["en"].startswith("Record refused")
    assert count(store) == 0


def test_fields_off_the_list_are_never_stored(store: Store, collector: Collector) -> None:
    lines = run_lines("r1", user="marie.curie", cmdline="/home/marie/train.py")
    lines[1] |= {"hostname": "srv-secret"}
    assert collector.send("r1", content(lines)).status_code == 201
    with store.session() as session:
        kept = session.exec(select(MeasuredRun)).one().model_dump_json()
    assert not any(word in kept for word in ("marie", "secret", "train.py"))


def test_a_store_that_is_busy_is_said_and_nothing_is_claimed(
    store: Store, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> None:
        raise StoreLocked("La base est verrouillée.", "The store is locked.")

    monkeypatch.setattr(receiving, "_store", busy)
    assert collector.send("r1", GOOD).status_code == 503
    assert count(store) == 0


def test_many_at_once_store_each_once(store: Store, secret: str) -> None:
    answers: list[tuple[int, str]] = []
    # Five servers over one store, built one after the other (FastAPI builds its routes at the first request, and
    # pydantic's warnings are one for all threads): only what they store is at stake here.
    collectors = [Collector(store, secret) for _ in range(5)]
    for collector in collectors:
        assert collector.send("r0", b"").status_code >= 400

    def send(collector: Collector) -> None:
        answer = collector.send("r1", GOOD)
        answers.append((answer.status_code, json.loads(answer.content)["result"]))

    threads = [threading.Thread(target=send, args=(collector,)) for collector in collectors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [(200, "already")] * 4 + [(201, "stored")]
    assert (count(store), total(store)) == (1, pytest.approx(0.06))
