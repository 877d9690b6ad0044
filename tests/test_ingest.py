"""From a spool to the store: once, rolled up, at the energy the recorder chose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from footprint.records.ingest import ingest
from footprint.records.runs import runs
from footprint.store.database import Store, open_store
from footprint.store.tables import EnergyHour, MeasuredRun

START = 1_772_614_800.0  # 2026-03-04T09:00:00Z


def spool(home: Path, run_id: str, samples: int, *, ended: bool = True, seconds: float = 1800.0) -> None:
    """A spool of samples every `seconds`, 10 Wh each, half of one of two threads."""
    lines: list[dict[str, Any]] = [
        {"kind": "header", "run_id": run_id, "subject": "run", "application": "TRI", "model": "m:1",
         "phase": "training", "start": START, "zone": "FR"},
        {"kind": "context", "host_id": "abc", "threads": 2, "zone": "FR"},
    ]  # fmt: skip
    for number in range(1, samples + 1):
        kwh = 0.01 * number
        lines.append(
            {"kind": "sample", "t": START + seconds * number, "seconds": seconds * number, "utilisation": 0.5,
             "cpu_s": seconds * number / 2, "energy": [["m5", "model", "dynamic", kwh, kwh * 0.8, kwh * 1.3]]}
        )  # fmt: skip
    if ended:
        lines.append(
            {"kind": "end", "t": START, "seconds": seconds * samples, "reason": "complete", "channels": []}
        )
    folder = home / "spool"
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps({"v": 1, "seq": i, **line}) + "\n" for i, line in enumerate(lines, 1))
    (folder / f"{run_id}.jsonl").write_text(text, encoding="utf-8")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "home")


def test_a_run_is_stored_once_with_its_energy_by_hour(store: Store) -> None:
    spool(store.home, "r1", 4)
    assert ingest(store).stored == ("r1",)
    assert ingest(store).stored == ()
    with store.session() as session:
        run = session.exec(select(MeasuredRun)).one()
        hours = session.exec(select(EnergyHour).order_by(EnergyHour.hour)).all()
    assert (run.application, run.model, run.state, run.machine) == ("TRI", "m:1", "complete", "abc")
    assert run.capacity_share == pytest.approx(0.25)
    assert sum(hour.energy_kwh for hour in hours) == pytest.approx(0.04)
    assert sum(hour.high_kwh for hour in hours) == pytest.approx(0.052)
    assert {hour.hour[:10] for hour in hours} == {"2026-03-04"}
    assert [summary.state for summary in runs(store.home)] == ["pushed"]


def test_an_interrupted_run_keeps_its_state(store: Store) -> None:
    spool(store.home, "r2", 2, ended=False)
    ingest(store)
    with store.session() as session:
        assert session.exec(select(MeasuredRun)).one().state == "interrupted"


def test_a_run_without_any_sample_stays_in_the_spool(store: Store) -> None:
    spool(store.home, "r3", 0)
    assert ingest(store).stored == ()
    assert [summary.state for summary in runs(store.home)] == ["failed"]


def test_losing_the_marker_stores_nothing_twice(store: Store) -> None:
    spool(store.home, "r4", 2)
    ingest(store)
    (store.home / "spool" / "r4.pushed").unlink()
    ingest(store)
    with store.session() as session:
        assert len(session.exec(select(MeasuredRun)).all()) == 1
        assert sum(hour.energy_kwh for hour in session.exec(select(EnergyHour))) == pytest.approx(0.02)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"start": 1e18}, {"start": None}, {"start": "hier"}, {"subject": "alien"}, {"duration": None},
        {"energy": []}, {"model": {"a": 1}}, {"result": {"warnings": ["x"]}},
    ],
)  # fmt: skip
def test_a_damaged_file_never_stops_the_others(store: Store, spoilt: dict[str, Any]) -> None:
    spool(store.home, "a-bad", 2)
    spool(store.home, "b-good", 2)
    path = store.home / "spool" / "a-bad.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        if line["kind"] == "header":
            line |= {name: value for name, value in spoilt.items() if name in ("start", "subject", "model")}
        if line["kind"] == "sample" and "energy" in spoilt:
            line["energy"] = []
        if line["kind"] == "sample" and "duration" in spoilt:
            line["seconds"] = "NaN"
    if "result" in spoilt:
        lines.append({"v": 1, "seq": 99, "kind": "result", **spoilt})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert "b-good" in ingest(store).stored
    assert runs(store.home)[-1].run_id == "b-good"
    with store.session() as session:
        stored = {row.run_id: row for row in session.exec(select(MeasuredRun))}
    assert set(stored) <= {"a-bad", "b-good"}
    assert all(row.started_s < 4102444800 for row in stored.values())


def test_a_torn_header_keeps_the_energy_under_the_name_of_the_file(store: Store) -> None:
    spool(store.home, "torn", 2)
    path = store.home / "spool" / "torn.jsonl"
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([first[:40], *rest, ""]), encoding="utf-8")
    done = ingest(store)
    assert done.stored + done.damaged
    assert not done.stored or done.stored == ("torn",)
