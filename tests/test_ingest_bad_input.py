"""Whatever lies in the spool: good records kept, the rest set aside with its reason, nothing aborts."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from collectors.records import TIERS
from collectors.spool import parse_spool
from collectors.spool_log import _TIERS, LONGEST_LINE
from footprint.cli.main import app
from footprint.records.ingest import Ingested, ingest
from footprint.records.quarantine import REASONS, SetAside, listing
from footprint.records.runs import runs
from footprint.store.database import Store, open_store
from footprint.store.tables import EnergyHour, MeasuredRun
from tests.spool_files import START, STEP_KWH, STEP_S, content, host_lines, leave, run_lines, sample


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "home")


def energy(store: Store, run_id: str) -> float:
    with store.session() as session:
        rows = session.exec(select(EnergyHour).where(EnergyHour.run_id == run_id))
        return sum(row.energy_kwh for row in rows)


def stored(store: Store) -> dict[str, MeasuredRun]:
    with store.session() as session:
        return {row.run_id: row for row in session.exec(select(MeasuredRun))}


def raw(line: dict[str, Any], seq: int = 99) -> bytes:
    return (json.dumps({"v": 1, "seq": seq, **line}) + "\n").encode()


BAD_LINES = {
    "illisible": b"\x00\xff\xfe not a line\n",
    "forme": b'{"seq": 1, "kind": ["sample"], "v": 1}\n',
    "version": raw(sample(4)).replace(b'"v": 1', b'"v": 2'),
    "longue": b'"' + b"x" * LONGEST_LINE + b'"\n',
    "valeur": raw(sample(4, cpu_s=float("nan"))),
    "futur": raw(sample(4, t=time.time() + 90_000)),
    "puissance": raw(sample(4, energy=[["kepler", "model", "dynamic", 1e15 / 3.6e6, 0.0, 1e15 / 3.6e6]])),
}


@pytest.mark.parametrize("reason", BAD_LINES)
def test_one_bad_line_costs_that_line_alone(store: Store, reason: str) -> None:
    lines = content(run_lines("r1")).splitlines(keepends=True)
    leave(store.home, "r1", b"".join([*lines[:5], BAD_LINES[reason], *lines[5:]]))
    done = ingest(store)
    assert done == Ingested(("r1",), (), (SetAside("r1.jsonl", {reason: 1}, whole=False),))
    assert energy(store, "r1") == pytest.approx(6 * STEP_KWH, rel=1e-12)
    assert stored(store)["r1"].duration_s == 3600.0
    note = (store.home / "spool" / "quarantine" / "r1.jsonl").read_text(encoding="ascii").splitlines()
    assert json.loads(note[0]) == {"file": "r1.jsonl", "whole": False, "counts": {reason: 1}}
    extract = json.loads(note[1])
    assert (extract["line"], extract["reason"], len(extract["text"]) <= 500) == (6, reason, True)
    assert listing(store.home) == done.bad_lines


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"energy": [["m5", "model", "dynamic", 3.0, 2.5, 3.5]]}, 10),  # 3 kWh at once, where 0.1 is due
        ({"seconds": 1e8}, 10),
        ({"seconds": STEP_S * 59.9}, 10),
        ({"seconds": STEP_S * 59.9}, 1),
        ({"energy": [["m5", "model", "dynamic", 3.0, 2.5, 3.5]]}, 1),
    ],
)
@pytest.mark.parametrize("count", [1, 3])
def test_wrong_samples_that_could_be_take_no_good_one_with_them(
    wrong: dict[str, Any], at: int, count: int
) -> None:
    lines = run_lines("r1", 60)
    for place in range(at + 1, at + 1 + count):
        lines[place] = {**lines[place], **wrong}
    log = parse_spool(content(lines))
    assert len(log.samples) == 60 - count
    assert log.samples[-1] == {k: v for k, v in sample(60).items() if k != "kind"}
    assert len(log.bad) == count


@pytest.mark.parametrize(
    "energy_row",
    [
        ["m5", "model", "dynamic", -1.0, 0.0, 0.0], ["m5", "model", "dynamic", 0.5, 0.6, 0.7],
        ["m5", "model", "dynamic", "0.5", 0.1, 0.7], ["m5", "model", "dynamic", True, True, True],
        ["m5", "guess", "dynamic", 0.05, 0.04, 0.06], [["m5"], "model", "dynamic", 0.05, 0.04, 0.06],
        ["m5", "model", "x" * 301, 0.05, 0.04, 0.06], ["m5", "model", "dynamic", 0.05, 0.04], "m5", 12, None,
        ["m5", "model", "dynamic", 10**400, 0, 10**400], ["m5", "model", "dynamic", float("inf"), 0.0, 1.0],
    ],
)  # fmt: skip
def test_impossible_energies(energy_row: object) -> None:
    log = parse_spool(content([*run_lines("r1", 3)[:-1], sample(4, energy=[energy_row])]))
    assert [reason for _, reason in log.bad] == ["valeur"]
    assert len(log.samples) == 3


def test_the_reader_knows_every_tier() -> None:
    assert set(TIERS) == _TIERS


@pytest.mark.parametrize(
    ("subject", "source", "bad"),
    [
        ("site", "meter", []),
        ("host", "meter", ["puissance"]),
        ("run", None, ["puissance"]),
        ("run", "sacct", []),  # a job on many machines
        ("service", "agent", ["puissance"]),
    ],
)
def test_many_machines_may_draw_more_than_one(subject: str, source: str | None, bad: list[str]) -> None:
    """5 MW over ten minutes: a data centre, not a machine."""
    kwh = 5_000.0 / 6
    rows = [["meter", "meter", "site", kwh, kwh * 0.98, kwh * 1.02]]
    header, context, *_ = run_lines("s", subject=subject, source=source)
    log = parse_spool(content([header, context, sample(1, energy=rows)]))
    assert [reason for _, reason in log.bad] == bad


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (lambda lines: b"\x00\xff\x1f" * 4000, "sans_energie"),
        (lambda lines: content(lines).replace(b'"v": 1', b'"v": 2'), "entete"),
        (lambda lines: content(lines[1:]), "entete"),
        (lambda lines: content([{**lines[0], "start": time.time() + 100_000}, *lines[1:]]), "dates"),
        (lambda lines: content([{**lines[0], "start": START + 5000}, *lines[1:]]), "dates"),
        (lambda lines: content([{**lines[0], "subject": "alien"}, *lines[1:]]), "sujet"),
        (lambda lines: content([{**lines[0], "subject": ["run"]}, *lines[1:]]), "sujet"),
        (lambda lines: content([*lines[:2], sample(1, energy=[]), sample(2, t="x")]), "sans_energie"),
    ],
)
def test_a_file_that_makes_no_record_is_moved_aside(store: Store, spoilt: Any, reason: str) -> None:
    data = spoilt(run_lines("a-bad"))
    leave(store.home, "a-bad", data)
    leave(store.home, "b-good", content(run_lines("b-good")))
    done = ingest(store)
    assert done.stored == ("b-good",)
    assert [one.file for one in done.damaged] == ["a-bad.jsonl"]
    assert list(done.damaged[0].counts) in ([reason], ["entete"])
    spool = store.home / "spool"
    assert (spool / "quarantine" / "a-bad.jsonl.bad").read_bytes() == data
    assert [run.run_id for run in runs(store.home)] == ["b-good"]
    assert ingest(store) == Ingested(())
    assert listing(store.home) == done.damaged


def test_what_is_no_file_is_moved_aside_without_being_opened(store: Store, tmp_path: Path) -> None:
    spool = leave(store.home, "b-good", content(run_lines("b-good"))).parent
    (spool / "a-folder.jsonl").mkdir()
    os.mkfifo(spool / "a-pipe.jsonl")
    elsewhere = leave(tmp_path / "other", "c-link", content(run_lines("c-link")))
    (spool / "c-link.jsonl").symlink_to(elsewhere)
    (spool / "d-gone.jsonl").symlink_to(tmp_path / "nowhere")
    assert [run.run_id for run in runs(store.home)] == ["b-good"]
    done = ingest(store)
    assert done.stored == ("b-good",)
    assert {one.file: list(one.counts) for one in done.damaged} == {
        name + ".jsonl": ["pas_un_fichier"] for name in ("a-folder", "a-pipe", "c-link", "d-gone")
    }
    assert elsewhere.exists()
    assert (spool / "quarantine" / "a-folder.jsonl.bad").is_dir()


def test_the_same_run_under_two_names_counts_once(store: Store) -> None:
    data = content(run_lines("r1"))
    leave(store.home, "r1", data)
    leave(store.home, "r1 (copie)", data)
    done = ingest(store)
    assert done.stored == ("r1",)
    assert [(one.file, list(one.counts)) for one in done.damaged] == [("r1 (copie).jsonl", ["copie"])]
    leave(store.home, "z-later", data)  # the first one is long stored, its file and mark gone
    for name in ("r1.jsonl", "r1.pushed"):
        (store.home / "spool" / name).unlink()
    assert [one.file for one in ingest(store).damaged] == ["z-later.jsonl"]
    assert list(stored(store)) == ["r1"]


def test_a_renamed_file_keeps_its_id(store: Store) -> None:
    leave(store.home, "from another machine", content(run_lines("r1")))
    assert ingest(store).stored == ("r1",)
    assert ingest(store) == Ingested(())


def test_a_result_cannot_claim_what_samples_do_not_say(store: Store) -> None:
    claim = {
        "energy_kwh": 1e9,
        "duration_s": 1e9,
        "start": 5.0,
        "state": "pushed",
        "warnings": [{"code": "x"}],
    }
    leave(store.home, "r1", content([*run_lines("r1"), {"kind": "result", "result": claim}]))
    ingest(store)
    run = stored(store)["r1"]
    assert (run.started_s, run.duration_s, run.state, run.warnings) == (START, 3600.0, "complete", '["x"]')
    assert energy(store, "r1") == pytest.approx(0.06)


@pytest.mark.parametrize(
    ("context", "header"),
    [
        ({"factor": [1], "near": 5, "threads": -1, "pue": "x", "virtual": "yes"}, {"requests": 10**400}),
        (
            {"factor": {"value": "0.05"}, "host_id": "\ud800", "zone": ["FR"]},
            {"model": "\x00m\ud800", "phase": 3},
        ),
        (
            {"factor": {"value": 0.05, "low": 0, "high": -1}},
            {"inside": "../x", "source": "s" * 500, "asset": {}},
        ),
    ],
)
def test_hostile_values_are_dropped_not_raised(
    store: Store, context: dict[str, Any], header: dict[str, Any]
) -> None:
    lines = run_lines("r1", **header)
    lines[1] |= context
    lines[-1]["channels"] = 7
    leave(store.home, "r1", content(lines))
    assert len(runs(store.home)) == 1
    assert ingest(store).stored == ("r1",)
    run = stored(store)["r1"]
    assert (run.inside, run.pue, run.virtual, run.threads in (None, 2)) == ("", None, False, True)
    assert len(run.source) <= 40
    assert "\x00" not in run.model


def test_a_session_becomes_a_host_and_its_services(store: Store) -> None:
    lines = host_lines("h1")
    lines[1] |= {"threads": 4, "pue": 1.3}
    leave(store.home, "h1", content(lines))
    assert ingest(store).stored == ("h1",)
    found = stored(store)
    assert {key: (run.subject, run.application) for key, run in found.items()} == {
        "h1": ("host", ""), "h1:TRI": ("service", "TRI"), "h1:PAIE": ("service", "PAIE"),
    }  # fmt: skip
    assert energy(store, "h1") == pytest.approx(6 * 0.019)
    assert energy(store, "h1:TRI") == pytest.approx(6 * 0.003)
    assert energy(store, "h1:PAIE") == pytest.approx(6 * 0.002)
    host, service = found["h1"], found["h1:TRI"]
    assert (host.asset, host.capacity_share, host.source, host.pue) == ("srv-01", 1.0, "agent", 1.3)
    assert (service.asset, service.machine, service.source, service.pue) == ("", "abc", "agent", 1.3)
    assert service.capacity_share == pytest.approx(360.0 / (4 * 3600.0))
    with store.session() as session:
        of_service = session.exec(select(EnergyHour).where(EnergyHour.run_id == "h1:TRI")).all()
    assert {row.component for row in of_service} == {"dynamic"}


def test_fields_of_nested_and_imported_runs(store: Store) -> None:
    header = {"inside": "outer-1", "source": "codecarbon-csv", "tokens_in": 12, "tokens_out": 30.0}
    lines = run_lines("r1", **header)
    for line in lines:
        if line["kind"] == "sample":
            line["cpu_s"] = None
    leave(store.home, "r1", content(lines))
    assert ingest(store).stored == ("r1",)
    run = stored(store)["r1"]
    assert (run.inside, run.source, run.tokens_in, run.tokens_out) == (
        "outer-1",
        "codecarbon-csv",
        12.0,
        30.0,
    )
    assert run.capacity_share is None


def test_a_site_is_stored_as_one(store: Store) -> None:
    leave(store.home, "s1", content(run_lines("s1", subject="site", asset="DC-1", application=None)))
    ingest(store)
    assert (stored(store)["s1"].subject, stored(store)["s1"].asset) == ("site", "DC-1")


def test_push_and_runs_say_what_was_set_aside(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    leave(store.home, "bruit", b"\xff\n" * 3)
    leave(store.home, "r1", content(run_lines("r1")) + BAD_LINES["puissance"].replace(b"2400.0", b"4200.0"))
    told = CliRunner().invoke(app, ["push"])
    assert told.exit_code == 0
    assert "bruit.jsonl : mis à part, " in told.stderr
    assert "r1.jsonl : 1 ligne mise à part (1 d’une puissance impossible)" in told.stderr
    assert told.stdout.startswith("1 exécution enregistrée.")
    listed = CliRunner().invoke(app, ["runs"])
    assert "r1.jsonl : 1 ligne mise à part (1 d’une puissance impossible)" in listed.stderr


def test_every_reason_has_its_words() -> None:
    assert all(fr and en and fr != en for fr, en in REASONS.values())
