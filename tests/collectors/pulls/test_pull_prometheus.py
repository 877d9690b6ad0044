"""The HTTP side: slices, rights, tries, refusals. A small server of our own answers on the loopback."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
import typer
from typer.testing import CliRunner

from collectors.pulls.counters import Point
from collectors.pulls.found import SourceRefused, SourceUnreachable
from collectors.pulls.prometheus import (
    MOST_POINTS,
    TRIES,
    Last,
    Series,
    Server,
    carried,
    check,
    query_range,
    slices,
    windows,
)
from footprint.cli import collecting

Answer = tuple[int, bytes, dict[str, str]]


class Bench:
    """A server whose answers a test chooses; `asked`: query strings and headers received."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Callable[[dict[str, str]], Answer] = self.counter
        bench = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                bench.asked.append(asked)
                bench.headers.append(dict(self.headers))
                status, body, headers = bench.answer(asked)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def server(self, **fields: object) -> Server:
        return Server(self.url, pause=lambda _s: None, **fields)  # type: ignore[arg-type]

    @staticmethod
    def counter(asked: dict[str, str]) -> Answer:
        """A counter of 10 W, as Prometheus answers."""
        start, end, step = (float(asked[name]) for name in ("start", "end", "step"))
        count = int((end - start) / step) + 1
        if count > MOST_POINTS:
            return 400, b'{"status":"error","error":"exceeded maximum resolution of 11,000 points"}', {}
        values = [[start + i * step, str(10 * (start + i * step))] for i in range(count)]
        result = [{"metric": {"instance": "a"}, "values": values}]
        return 200, json.dumps({"status": "success", "data": {"result": result}}).encode(), {}


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.http.shutdown()
    made.http.server_close()


def test_slices_meet_and_hold_no_more_than_allowed() -> None:
    cut = list(slices(30, 86_400 * 20, 60))
    assert cut[0][0] == 0
    assert all(before[1] == after[0] for before, after in pairwise(cut))
    assert all((end - start) / 60 + 1 <= MOST_POINTS for start, end in cut)
    assert cut[-1][1] == 86_400 * 20


def test_windows_meet_and_are_cut_on_the_hour() -> None:
    cut = list(windows(1800, 86_400, 60))
    assert cut == [(1800, 21_600), (21_600, 43_200), (43_200, 64_800), (64_800, 86_400)]


def test_a_long_range_is_one_series_without_double_points(bench: Bench) -> None:
    (series,) = query_range(bench.server(), "x", 0, 25_000, 1)
    assert len(bench.asked) == 3
    assert [point.t for point in series.points] == [float(t) for t in range(25_001)]


def test_an_answer_too_big_is_asked_in_halves(bench: Bench) -> None:
    whole = query_range(bench.server(), "x", 0, 2000, 1)
    bench.asked.clear()
    assert query_range(bench.server(most_bytes=20_000), "x", 0, 2000, 1) == whole
    assert len(bench.asked) > 2


def test_one_step_too_big_is_refused_with_what_to_do(bench: Bench) -> None:
    with pytest.raises(SourceRefused, match="--selector"):
        query_range(bench.server(most_bytes=10), "x", 0, 100, 60)


def test_rights_are_sent(bench: Bench) -> None:
    query_range(bench.server(token="abc"), "x", 0, 60, 60)
    query_range(bench.server(user="lecteur", password="mot"), "x", 0, 60, 60)
    assert [headers["Authorization"] for headers in bench.headers] == ["Bearer abc", "Basic bGVjdGV1cjptb3Q="]


def test_secrets_are_not_shown() -> None:
    assert "abc" not in repr(Server("https://x", token="abc", user="u", password="abc"))


def test_what_may_pass_is_tried_again(bench: Bench) -> None:
    waits: list[float] = []
    bench.answer = lambda asked: bench.counter(asked) if len(bench.asked) > 2 else (503, b"", {})
    server = Server(bench.url, pause=waits.append)
    assert len(query_range(server, "x", 0, 60, 60)) == 1
    assert waits == [1.0, 2.0]


def test_what_does_not_pass_is_said(bench: Bench) -> None:
    bench.answer = lambda _asked: (502, b"", {})
    with pytest.raises(SourceUnreachable, match=r"HTTP 502, 4 essais"):
        query_range(bench.server(), "x", 0, 60, 60)
    assert len(bench.asked) == TRIES


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, b"", {}), "--token-file"),
        ((403, b"{}", {}), "--token-file"),
        ((400, b'{"status":"error","error":"parse error at char 3"}', {}), "parse error at char 3"),
        ((302, b"", {"Location": "http://127.0.0.1:1/steal"}), "HTTP 302"),
        ((200, b"<html>login</html>", {}), "pas de Prometheus"),
        ((200, b'{"status":"success","data":{"result":[{"metric":{}}]}}', {}), "pas de Prometheus"),
        (
            (200, b'{"status":"success","data":{"result":[{"metric":{},"values":[["a"]]}]}}', {}),
            "pas de Prometheus",
        ),
        ((200, b"[" * 100_000, {}), "pas de Prometheus"),
        ((200, b"\xff\xfe", {}), "pas de Prometheus"),
    ],
)
def test_refusals_say_what_to_do(bench: Bench, answer: Answer, said: str) -> None:
    bench.answer = lambda _asked: answer
    with pytest.raises(SourceRefused) as refused:
        query_range(bench.server(token="abc"), "x", 0, 60, 60)
    assert said in refused.value.fr
    assert refused.value.en
    assert len(bench.asked) == 1


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x", "prometheus:9090", "http://", "http://u:p@h", "http://["]
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(SourceRefused, match="refusée"):
        check(Server(url))


def test_a_secret_never_leaves_in_clear() -> None:
    with pytest.raises(SourceRefused, match="https"):
        check(Server("http://prometheus.example.org", token="abc"))
    check(Server("http://127.0.0.1:9090", token="abc"))
    check(Server("https://prometheus.example.org", token="abc"))


def test_nobody_there() -> None:
    with pytest.raises(SourceUnreachable, match="ConnectionRefusedError"):
        query_range(Server("http://127.0.0.1:1", pause=lambda _s: None), "x", 0, 60, 60)


def test_an_answer_that_drips_is_given_up_at_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, the whole doesn't: the reader leaves before the end."""
    monkeypatch.setattr("collectors.pulls.prometheus.TRIES", 1)
    sent: list[int] = []

    def drip(listening: socket.socket) -> None:
        caller, _ = listening.accept()
        with caller, suppress(OSError):
            caller.recv(65536)
            caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
            for number in range(100):
                caller.sendall(b" ")
                sent.append(number)
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        with pytest.raises(SourceUnreachable, match="TimeoutError"):
            query_range(
                Server(f"http://127.0.0.1:{listening.getsockname()[1]}", timeout_s=0.3), "x", 0, 60, 60
            )
        thread.join()
    assert len(sent) < 100


def test_a_window_goes_on_from_the_last_point_of_the_one_before() -> None:
    said: Last = {}
    a, a2, b = {"i": "a"}, {"i": "a", "z": "2"}, {"i": "b"}

    def then(*found: Series) -> list[Series]:
        return carried(said, list(found), lambda labels: labels["i"])

    first = [Series(a, [Point(0, 0), Point(60, 6)]), Series(a2, [Point(0, 7)]), Series(b, [Point(0, 1)])]
    assert then(*first) == first
    # The second series of "a" was already missing when "a" was last heard: windows would overlap.
    assert then(
        Series(a, [Point(180, 18)]), Series(a2, [Point(180, 9)]), Series(b, [Point(0, 1), Point(60, 2)])
    ) == [
        Series(a, [Point(60, 6), Point(180, 18)]),
        Series(a2, [Point(180, 9)]),
        Series(b, [Point(0, 1), Point(60, 2)]),
    ]
    then(Series(a, []))
    assert then(Series(b, [Point(900, 9)])) == [Series(b, [Point(900, 9)])]


def test_the_interval_across_two_windows_is_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the command: the exporter doesn't answer at the instant where two windows meet."""

    def silent_at_six(_server: Server, query: str, start: float, end: float, step: float) -> list[Series]:
        if "kepler_(node_cpu" not in query:
            return []
        labels = {"__name__": "kepler_node_cpu_active_joules_total", "zone": "package", "node_name": "n1"}
        at = [start + i * step for i in range(int((end - start) / step) + 1)]
        return [Series(labels, [Point(t, 100 * t) for t in at if t % 86_400 != 6 * 3600])]

    monkeypatch.setattr("collectors.pulls.prometheus.query_range", silent_at_six)
    app = typer.Typer()
    collecting.register(app)
    words = "collect prometheus --url http://127.0.0.1:1 --profile kepler --from 2026-03-04T00:00Z"
    done = CliRunner().invoke(
        app, [*words.split(), "--to", "2026-03-04T12:00Z", "--json"], catch_exceptions=False
    )
    (measure,) = json.loads(done.stdout)["measures"]
    assert measure["energy_kwh"] == pytest.approx(1.2)
    assert measure["coverage"] == 1.0
