"""The link between a program and its recorder: threads, signal handlers, and what a program gives."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from measuring_bench import Bench

from footprint.measuring.given import count, number, plain, text
from footprint.measuring.link import Link


@pytest.fixture
def ends() -> Iterator[tuple[Link, socket.socket]]:
    """A link, and the recorder's end of it."""
    ours, theirs = socket.socketpair()
    link = Link(ours.detach())
    yield link, theirs
    link.close()
    theirs.close()


def said(recorder: socket.socket) -> list[Any]:
    """The lines a recorder understands of what came."""
    lines = recorder.recv(1 << 20).split(b"\n")
    return [json.loads(line) for line in lines if line.startswith(b"{") and line.endswith(b"}")]


def test_a_result_heard_by_another_question_is_kept(ends: tuple[Link, socket.socket]) -> None:
    link, recorder = ends
    recorder.sendall(
        b'{"result": {"state": "complete"}}\nnot JSON\n[]\n{"now": {"seconds": 1}, "about": 1}\n'
    )
    assert link.ask("now", 5.0) == {"seconds": 1}
    assert link.hear("result", 0.0) == {"state": "complete"}


def test_an_answer_that_comes_late_is_passed_over(ends: tuple[Link, socket.socket]) -> None:
    link, recorder = ends
    assert link.ask("now", 0.0) is None
    recorder.sendall(b'{"now": {"seconds": 1}, "about": 1}\n{"now": {"seconds": 2}, "about": 2}\n')
    assert link.ask("now", 5.0) == {"seconds": 2}


def test_each_thread_has_the_answer_to_its_own_question(ends: tuple[Link, socket.socket]) -> None:
    link, recorder = ends
    found: list[int] = []

    def answer() -> None:
        # In reverse and in pieces: no order of arrival is to be relied on.
        asked: list[int] = []
        while len(asked) < 8:
            asked += [message["now"] for message in said(recorder)]
        for number_ in reversed(asked):
            line = json.dumps({"now": {"of": number_}, "about": number_}).encode() + b"\n"
            recorder.sendall(line[:9])
            recorder.sendall(line[9:])
        recorder.sendall(b'{"result": {"last": true}}\n')

    def ask() -> None:
        seen = link.ask("now", 20.0)
        found.append(seen["of"] if seen else 0)

    threads = [threading.Thread(target=target) for target in (answer, *[ask] * 8)]
    for thread in threads:
        thread.start()
    assert link.hear("result", 20.0) == {"last": True}
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(1, 9))


def test_a_full_link_refuses_and_its_next_line_is_whole(ends: tuple[Link, socket.socket]) -> None:
    link, recorder = ends
    sent = 0
    while link.send({"set": "x" * 1000}, 0.0):
        sent += 1
    assert len(said(recorder)) > 0
    while link.send({"stop": "complete"}, 0.0) is False:
        said(recorder)
    last: list[Any] = []
    while not last or "stop" not in last[-1]:
        last = said(recorder)
    assert last[-1] == {"stop": "complete"}
    assert sent > 0


def test_a_lost_link_is_said_without_an_exception(ends: tuple[Link, socket.socket]) -> None:
    link, recorder = ends
    recorder.close()
    assert link.send({"set": {}}) is False
    assert link.ask("now", 5.0) is None
    assert link.hear("result", 5.0) is None
    link.close()
    link.close()


def test_a_handler_in_the_middle_of_a_reading_does_not_wait(
    ends: tuple[Link, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    link, recorder = ends
    inside: list[Any] = []
    loads = json.loads

    def interrupted(line: bytes) -> Any:
        link.tell({"progress": [1.0, None, 0.0]})
        inside.append(link.ask("now", 600.0))
        return loads(line)

    recorder.sendall(b'{"result": {}}\n')
    with monkeypatch.context() as patch:
        patch.setattr(json, "loads", interrupted)
        assert link.hear("result", 600.0) == {}
    assert inside == [None]


@pytest.mark.parametrize("kind", [TimeoutError, BlockingIOError, ConnectionResetError, ValueError])
def test_what_a_signal_handler_raises_is_the_programs(
    ends: tuple[Link, socket.socket], kind: type[Exception]
) -> None:
    link, _ = ends

    def limit(*_: object) -> None:
        raise kind("mine")

    before = signal.signal(signal.SIGALRM, limit)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(kind, match="mine"):
            link.hear("result", 600.0)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert link.send({"set": {}}, 0.0)


def test_a_forgotten_link_closes_nothing_of_the_program() -> None:
    ours, theirs = socket.socketpair()
    descriptor = ours.detach()
    link = Link(descriptor)
    os.dup2(theirs.fileno(), descriptor)  # the program's now
    del link
    gc.collect()
    os.close(descriptor)  # still open: no OSError
    theirs.close()


ALARMS = """
import signal, time
from footprint.measuring import measure
class Limit(Exception): pass
for kind in (Limit, TimeoutError, OSError, RuntimeError):
    def ring(number, frame): raise kind
    signal.signal(signal.SIGALRM, ring)
    run, rung = measure("A").start(), 0
    for i in range(50):
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.001 + i * 1e-5)
            end = time.monotonic() + 20
            while time.monotonic() < end:
                run.progress(i, 50)
                run.now()
        except kind:
            rung += 1
    print(kind.__name__, rung, run.stop().state)
"""


def test_no_time_limit_of_the_program_is_lost(bench: Bench) -> None:
    lines = bench.run(ALARMS).splitlines()
    assert [line.split()[:2] for line in lines] == [
        [name, "50"] for name in ("Limit", "TimeoutError", "OSError", "RuntimeError")
    ]


def test_a_time_limit_in_the_start_leaves_the_block(bench: Bench) -> None:
    code = (
        "import signal\nfrom footprint.measuring import measure, nesting, spawning\n"
        "def ring(number, frame): raise TimeoutError\n"
        "signal.signal(signal.SIGALRM, ring)\n"
        "origin = spawning.origin\n"
        "def slow(): signal.raise_signal(signal.SIGALRM); return origin()\n"
        "spawning.origin = slow\n"
        "run = measure('A')\n"
        "try:\n    with run: print('inside')\n"
        "except TimeoutError: print(run.state, nesting.under_way)\n"
    )
    assert bench.run(code) == "failed []\n"


class Odd:
    """A number, or a text, that can't be told."""

    def __float__(self) -> float:
        raise RuntimeError("a Tensor with 2 elements cannot be converted to Scalar")

    __int__ = __float__  # type: ignore[assignment]

    def __str__(self) -> str:
        raise KeyError("no text")


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 10**400, Odd(), "many", [], None])
def test_what_is_no_number_is_none(value: object) -> None:
    assert number(value) is None
    assert count(value) is None


def test_what_can_be_said_in_json() -> None:
    assert [count(value) for value in (0, "12", 2.0, -1, 2**63)] == [0, 12, 2, None, None]
    assert text("caf\udce9") == "caf\\udce9"
    assert text(Odd()) is None
    for value in (10**5000, Odd(), 0.5, "caf\udce9", True, None):
        json.dumps(plain(value)).encode()


def test_a_whole_application_that_cannot_be_decoded(bench: Bench) -> None:
    code = "import sys\nfrom footprint.measuring import measure\nwith measure(sys.argv[1]) as run: sum(range(10**6))\n"
    process = bench.start(code + "print(run.state, run)\n", os.fsdecode(b"caf\xe9"))
    out, err = process.communicate(timeout=60)
    assert (err, process.returncode) == ("", 0)
    assert out.startswith("complete caf\\udce9 : ")
    assert bench.wait_for("header")["application"] == "caf\\udce9"


def test_a_home_that_is_relative_stays_where_it_was(bench: Bench) -> None:
    code = (
        "import os, signal, sys, time\nfrom footprint.measuring import measure\n"
        "run = measure('A', home='there').start()\n"
        "end = time.process_time() + 0.2\nwhile time.process_time() < end: pass\n"
        "sys.stdin.readline(); os.chdir('/')\n"
        "run.stop(); print(run.state, run.energy_kwh > 0)\n"
    )
    process = bench.start(code)
    bench.home = bench.folder / "there"
    bench.wait_for("sample", 2)
    recorder = bench_recorder(bench)
    os.kill(recorder, signal.SIGKILL)
    out, err = process.communicate("\n", timeout=60)
    assert (out, err) == ("interrupted True\n", "")


def bench_recorder(bench: Bench) -> int:
    """Number of the recorder: it has the spool open."""
    for process in psutil.process_iter():
        try:
            if any(str(bench.home) in file.path for file in process.open_files()):
                return process.pid
        except psutil.Error:
            continue
    raise AssertionError("no recorder")


@pytest.mark.skipif(sys.platform != "linux", reason="what a recorder needs is counted on Linux")
@pytest.mark.parametrize("limit", [6, 8])
def test_a_limit_of_descriptors_is_named(bench: Bench, limit: int) -> None:
    code = (
        "import resource\nfrom footprint.measuring import measure\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({limit}, {limit}))\n"
        "with measure('A') as run: sum(range(10**6))\n"
        "print(run.state, *(notice.fr for notice in run.warnings))\n"
    )
    out = bench.run(code)
    assert out.startswith("failed ")
    assert f"({limit}) trop basse, à relever avec « ulimit -n »" in out
