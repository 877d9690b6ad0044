from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.rollup import energy_records
from collectors.spool import SpoolLog, SpoolWriter, read_spool
from footprint.agent.recording import HostRecord
from footprint.agent.retention import DAY_S, HOUR_S, Retention
from footprint.agent.watching import Interval
from footprint.home import spool_dir
from footprint.measuring.outcome import energy_of
from footprint.records.rows import rows_of
from footprint.records.runs import spool_files, summarise

MIDNIGHT = 1_760_486_400.0  # 2025-10-15, UTC


def interval(kwh: float, *, seconds: float = 1.0, code: str = "ERP") -> Interval:
    energy = {
        ("m5", "model", "dynamic"): (kwh, kwh / 2, kwh * 2),
        ("m5", "model", "idle"): (2 * kwh, kwh, 4 * kwh),
        ("m5", "model", f"app:{code}"): (kwh, kwh / 2, kwh * 2),
    }
    return Interval(seconds, 0.5, 2.0, {code: 1.0}, energy)  # type: ignore[arg-type]


def record(home: Path, started: float, *, write_every_s: float = 1.0) -> HostRecord:
    return HostRecord(
        home, {"zone": "FR", "asset": "srv-01"}, {"threads": 4, "zone": "FR"},
        started=started, write_every_s=write_every_s,
    )  # fmt: skip


def written(home: Path, started: float, hours: int, every_s: float, code: str = "ERP") -> Path:
    made = record(home, started)
    for number in range(1, int(hours * 3600 / every_s) + 1):
        made.add(interval(1e-3, seconds=every_s, code=code), started + number * every_s)
    made.finish("complete")
    return made.path


def total(log: SpoolLog) -> float:
    kwh = energy_of(log.samples[-1]["energy"])["energy_kwh"]
    assert isinstance(kwh, float)
    return kwh


def test_a_record_holds_what_was_added(tmp_path: Path) -> None:
    made = record(tmp_path, MIDNIGHT)
    for second in range(1, 4):
        made.add(interval(1e-3), MIDNIGHT + second)
    result = made.finish("complete")
    assert result["state"] == "complete"
    assert result["energy_kwh"] == pytest.approx(0.012)
    assert result["by_component"] == pytest.approx({"dynamic": 3e-3, "idle": 6e-3, "app:ERP": 3e-3})
    log = read_spool(made.path)
    assert log.bad == []
    assert (log.header["subject"], log.header["source"], log.header["asset"]) == ("host", "agent", "srv-01")
    assert [sample["t"] - MIDNIGHT for sample in log.samples] == [1.0, 2.0, 3.0]
    assert log.samples[-1]["apps"] == {"ERP": 3.0}
    assert (log.samples[-1]["cpu_s"], log.samples[-1]["utilisation"]) == (6.0, 0.5)
    summary = summarise(made.path)
    assert summary is not None
    assert (summary.subject, summary.state) == ("host", "complete")


def test_lines_are_written_every_so_often_and_at_the_end(tmp_path: Path) -> None:
    made = record(tmp_path, MIDNIGHT, write_every_s=10.0)
    for second in range(1, 26):
        made.add(interval(1e-3), MIDNIGHT + second)
    assert [s["seconds"] for s in read_spool(made.path).samples] == [10.0, 20.0]
    made.finish("complete")
    log = read_spool(made.path)
    assert [s["seconds"] for s in log.samples] == [10.0, 20.0, 25.0]
    assert total(log) == pytest.approx(0.1)


def test_a_record_cut_short_is_left_whole(tmp_path: Path) -> None:
    made = record(tmp_path, MIDNIGHT)
    made.add(interval(1e-3), MIDNIGHT + 1)
    made._spool.close()  # as the kernel does when the process is killed
    summary = summarise(made.path)
    assert summary is not None
    assert summary.state == "interrupted"
    assert summary.energy_kwh == pytest.approx(4e-3)


def test_a_folder_that_can_not_be_written_leaves_the_result(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file")
    made = record(tmp_path, MIDNIGHT)
    made.add(interval(1e-3), MIDNIGHT + 1)
    result = made.finish("complete")
    assert result["energy_kwh"] == pytest.approx(4e-3)
    assert [warning["code"] for warning in result["warnings"]] == ["spool_non_ecrit"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 0.1), st.floats(1, 5000)), min_size=1, max_size=30),
    st.sampled_from([HOUR_S, DAY_S]),
)
def test_rolling_up_loses_no_energy(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[float, float]], keep_every_s: float
) -> None:
    home = tmp_path_factory.mktemp("home")
    made, t = record(home, MIDNIGHT), MIDNIGHT
    for kwh, seconds in steps:
        t += seconds
        made.add(interval(kwh, seconds=seconds), t)
    made.finish("complete")
    before = read_spool(made.path)
    assert before.bad == []
    Retention(spool_dir(home), 1).bound()
    after = read_spool(made.path)
    assert after.samples[-1] == before.samples[-1]
    assert after.result == before.result
    assert len(after.samples) <= len({s["t"] // DAY_S for s in before.samples})

    def energy(log: SpoolLog) -> float:
        return sum(hour.energy_kwh for hour in energy_records(log))

    assert energy(after) == pytest.approx(energy(before), rel=1e-9)


def test_the_oldest_lose_detail_first(tmp_path: Path) -> None:
    days = [written(tmp_path, MIDNIGHT + day * DAY_S, 6, 600.0) for day in range(3)]
    sizes = [path.stat().st_size for path in days]
    retention = Retention(spool_dir(tmp_path), sum(sizes) - 100)
    assert retention.bound() == (1, False)
    assert [len(read_spool(path).samples) for path in days] == [7, 36, 36]  # 6 hours, and the last instant
    assert retention.size() <= retention.max_bytes
    assert retention.bound() == (0, False)


def test_then_all_by_hour_then_by_day_and_never_dropped(tmp_path: Path) -> None:
    days = [written(tmp_path, MIDNIGHT + day * DAY_S, 6, 600.0) for day in range(3)]
    energy = [total(read_spool(path)) for path in days]
    retention = Retention(spool_dir(tmp_path), 1)
    assert retention.bound() == (6, True)  # by hour, then by day, and still over
    assert [len(read_spool(path).samples) for path in days] == [1, 1, 1]
    assert [total(read_spool(path)) for path in days] == energy
    assert retention.bound() == (0, True)  # nothing is done again
    assert spool_files(tmp_path) == days


def test_a_day_rolled_up_still_has_its_hours_in_the_store(tmp_path: Path) -> None:
    path = written(tmp_path, MIDNIGHT, 24, 600.0)
    Retention(spool_dir(tmp_path), 1).bound()
    log = read_spool(path)
    assert len(log.samples) <= 2
    rows = rows_of(log, log.header["run_id"])
    idle = {row.hour: row.energy_kwh for row in rows.hours if row.component == "idle"}
    assert len(idle) in (24, 25)  # the last instant is of the day after
    assert max(idle.values()) == pytest.approx(0.012, rel=0.01)
    assert sum(idle.values()) == pytest.approx(0.288, rel=1e-9)


def test_what_is_open_or_not_of_a_host_is_left_alone(tmp_path: Path) -> None:
    current = written(tmp_path, MIDNIGHT, 1, 60.0)
    run = SpoolWriter(spool_dir(tmp_path), "20250101T000000-run")
    run.append("header", {"run_id": "20250101T000000-run", "subject": "run"})
    run.close()
    open_ = record(tmp_path, MIDNIGHT)
    for second in range(1, 30):
        open_.add(interval(1e-3), MIDNIGHT + second)
    (spool_dir(tmp_path) / "20240101T000000-link.jsonl").symlink_to(current)
    assert Retention(spool_dir(tmp_path), 1).bound(current) == (0, True)
    assert len(read_spool(current).samples) == 60
    assert len(read_spool(open_.path).samples) == 29
    open_.finish("complete")
