"""Sending to a real server, killed for real: each record once, none lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from measuring_bench import Bench, wait_until
from push_bench import RealServer, marks
from sqlmodel import select
from typer.testing import CliRunner

from footprint import tokens
from footprint.cli.main import app
from footprint.records import posting, pushing
from footprint.records.ingest import ingest
from footprint.records.pushing import PushFailed, push
from footprint.records.runs import runs
from footprint.store.database import open_store
from footprint.store.tables import EnergyHour, MeasuredRun
from tests.spool_files import content, leave, run_lines


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(posting, "LONGEST_WAIT_S", 0.05)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    made = RealServer(tmp_path)
    yield made
    made.kill()


@pytest.mark.parametrize(("moment", "outcome"), [("before", "sent"), ("after", "already")])
def test_a_server_killed_in_the_middle_of_a_request(
    home: Path, server: RealServer, moment: str, outcome: str
) -> None:
    """Killed before its commit: nothing is kept. After it, before its answer: kept, and said on the next push."""
    leave(home, "r1", content(run_lines("r1")))
    server.start(moment)
    with pytest.raises(PushFailed, match="Les mesures restent ici"):
        push(home, server.url, server.secret)
    server.kill()
    assert marks(home) == set()
    assert list(server.energies()) == ([] if moment == "before" else ["r1"])
    server.start()
    done = push(home, server.url, server.secret)
    assert getattr(done, outcome) == ["r1"]
    assert server.energies() == {"r1": pytest.approx(0.06)}
    assert marks(home) == {"r1"}
    assert push(home, server.url, server.secret) == pushing.Pushed()


def test_two_pushes_at_once_and_a_server_that_dies_meanwhile(home: Path, server: RealServer) -> None:
    names = [f"r{n:02d}" for n in range(30)]
    for name in names:
        leave(home, name, content(run_lines(name)))
    server.start()

    def insist() -> None:
        while len(marks(home)) < len(names):
            try:
                push(home, server.url, server.secret, timeout_s=10)
            except PushFailed:
                time.sleep(0.05)

    pushers = [threading.Thread(target=insist) for _ in range(2)]
    for pusher in pushers:
        pusher.start()
    wait_until(lambda: len(marks(home)) >= 5, 60.0)
    server.kill()
    server.start()
    for pusher in pushers:
        pusher.join(120)
    assert server.energies() == {name: pytest.approx(0.06) for name in names}
    assert sorted(path.stem for path in (home / "spool").glob("*.jsonl")) == names


def test_a_revoked_token_stops_everything_at_once(home: Path, server: RealServer) -> None:
    for name in ("r1", "r2"):
        leave(home, name, content(run_lines(name)))
    store = open_store(server.home)
    tokens.revoke(store, "agent")
    store.close()
    server.start()
    with pytest.raises(PushFailed, match=r"refuse ce jeton \(401\)") as failed:
        push(home, server.url, server.secret)
    assert failed.value.done.waiting == ["r1", "r2"]
    assert marks(home) == set()


# -- a recorder killed -----------------------------------------------------------------------


def test_what_a_killed_recorder_left_is_ingested_at_the_next_push(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = bench.start(
        "from footprint.measuring import measure\n"
        "with measure('A', model='m', phase='training') as run:\n"
        "    while True: pass\n"
    )
    bench.wait_for("sample", 3)
    recorder = bench.recorder()
    recorder.kill()
    process.kill()
    psutil.wait_procs([recorder], 10)
    process.wait(10)
    last = [line for line in bench.lines() if line["kind"] == "sample"][-1]
    assert runs(bench.home)[0].state == "interrupted"
    monkeypatch.setenv("FOOTPRINT_HOME", str(bench.home))
    assert CliRunner().invoke(app, ["push"]).stdout.startswith("1 exécution enregistrée.")
    store = open_store(bench.home)
    with store.session() as session:
        run = session.exec(select(MeasuredRun)).one()
        stored = sum(hour.energy_kwh for hour in session.exec(select(EnergyHour)))
    assert (run.state, run.application, run.duration_s) == ("interrupted", "A", last["seconds"])
    assert stored == pytest.approx(sum(row[3] for row in last["energy"]))
    assert ingest(store).stored == ()
