from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from footprint import __version__
from footprint.agent import metrics_server
from footprint.agent.config import AgentError
from footprint.agent.metrics import Snapshot, render
from footprint.agent.metrics_server import MetricsServer

ENERGY = {
    ("m5", "model", "dynamic"): (1e-3, 5e-4, 2e-3),
    ("m5", "model", "idle"): (2e-3, 1e-3, 3e-3),
    ("m5", "model", "app:ERP"): (3e-3, 1e-3, 6e-3),
}


def families(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    return {
        family.name: {tuple(s.labels.values()): s.value for s in family.samples}
        for family in text_string_to_metric_families(text)
    }


def test_the_page_is_read_by_the_client_of_prometheus() -> None:
    found = families(render(Snapshot(ENERGY, 42.5, 10.0, 0.05), 12.5))  # type: ignore[arg-type]
    assert found == {
        "footprint_build_info": {(__version__,): 1.0},
        "footprint_host_energy_joules": {
            ("m5", "model", "dynamic"): pytest.approx(14400),  # the application's included
            ("m5", "model", "idle"): pytest.approx(7200),
        },
        "footprint_application_energy_joules": {("ERP",): pytest.approx(10800)},
        "footprint_application_carbon_grams": {("ERP",): pytest.approx(0.15)},
        "footprint_host_power_watts": {(): 42.5},
        "footprint_sample_age_seconds": {(): 2.5},
    }


def test_what_is_not_known_is_not_shown() -> None:
    assert families(render(None, 1.0)) == {"footprint_build_info": {(__version__,): 1.0}}
    found = families(render(Snapshot(ENERGY, None, 10.0, None), 10.0))  # type: ignore[arg-type]
    assert not found.keys() & {"footprint_application_carbon_grams", "footprint_host_power_watts"}


@settings(deadline=None)
@given(st.text(min_size=1, alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp"))))
def test_any_code_is_escaped(code: str) -> None:
    page = render(Snapshot({("m5", "model", f"app:{code}"): (1.0, 1.0, 1.0)}, None, 0.0, None), 0.0)
    assert families(page)["footprint_application_energy_joules"] == {(code,): 3.6e6}


def test_codes_that_would_break_a_line() -> None:
    page = render(Snapshot({("m5", "model", 'app:a"\\\nb'): (1.0, 1.0, 1.0)}, None, 0.0, None), 0.0)
    assert 'application="a\\"\\\\\\nb"' in page


@pytest.fixture
def server() -> Iterator[MetricsServer]:
    server = MetricsServer(("127.0.0.1", 0), lambda: "footprint_x 1.0\n")
    server.start()
    yield server
    server.stop()


def exchange(server: MetricsServer, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as link:
        link.sendall(data)
        answer = b""
        try:
            while more := link.recv(4096):
                answer += more
        except ConnectionResetError:
            pass
        return answer


def test_serving(server: MetricsServer) -> None:
    with urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=10) as answer:
        assert answer.read() == b"footprint_x 1.0\n"
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    with pytest.raises(HTTPError, match="404"):
        urlopen(f"http://127.0.0.1:{server.port}/etc/passwd", timeout=10)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"POST /metrics HTTP/1.1\r\n\r\n", b"405"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"\r\n\r\n", b"400"),
        (b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n", b"400"),
        (b"GET /metrics?a=b HTTP/1.0\r\n\r\n", b"200"),
    ],
)
def test_requests_that_are_not_ours(server: MetricsServer, request_: bytes, status: bytes) -> None:
    assert exchange(server, request_)[9:12] in (status, b"")  # b"": hung up on what it had not read
    if status == b"200":
        assert exchange(server, request_).endswith(b"\r\n\r\nfootprint_x 1.0\n")


def test_head_has_no_body(server: MetricsServer) -> None:
    assert exchange(server, b"HEAD /metrics HTTP/1.1\r\n\r\n").endswith(b"Connection: close\r\n\r\n")


GET = b"GET /metrics HTTP/1.1\r\n\r\n"


def callers(server: MetricsServer, said: bytes = b"") -> list[socket.socket]:
    links = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(4)]
    for link in links:
        link.sendall(said)
    time.sleep(0.1)
    return links


@pytest.mark.parametrize("said", [b"", b"GET"])
def test_silent_callers_do_not_deny_the_counters(
    server: MetricsServer, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(metrics_server, "HEAD_S", 60.0)
    monkeypatch.setattr(metrics_server, "REQUEST_S", 60.0)
    first, *others = callers(server, said)
    assert exchange(server, GET)[9:12] == b"200"
    assert first.recv(100)[9:12] in (b"400", b"")  # the oldest is hung up on
    for link in others:
        link.sendall(GET[len(said) :])
        assert link.recv(100)[9:12] == b"200"
    for link in (first, *others):
        link.close()


def test_few_at_a_time_and_slow_callers_are_hung_up(
    server: MetricsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics_server, "HEAD_S", 0.5)
    slow = callers(server, b"GET /metrics HTTP/1.1\r\n")
    assert exchange(server, GET) == b""  # all have asked: turned away
    for link in slow:
        assert link.recv(100)[9:12] in (b"400", b"")
        link.close()
    until = time.monotonic() + 60
    while not (answer := exchange(server, GET)) and time.monotonic() < until:
        time.sleep(0.05)
    assert answer[9:12] == b"200"


def test_an_address_that_is_taken(server: MetricsServer) -> None:
    with pytest.raises(AgentError, match="--metrics"):
        MetricsServer(("192.0.2.1", 9), lambda: "")
    with pytest.raises(AgentError):
        MetricsServer(("127.0.0.1", 99999), lambda: "")
