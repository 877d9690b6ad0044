"""A replayed trace goes the way of a measure, and never passes for one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import select

from collectors.spool import read_spool
from collectors.trace import SYNTHETIC, BadTrace
from footprint.records.deposits import Deposit, deposit, imported_id
from footprint.records.ingest import ingest
from footprint.records.replaying import replay
from footprint.records.runs import runs
from footprint.store.database import Store, open_store
from footprint.store.tables import EnergyHour, MeasuredRun

START = 1_772_614_800.0  # 2026-03-04T09:00:00Z


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def test_a_trace_is_kept_once_and_says_what_it_is(store: Store) -> None:
    run_id, new = replay(SYNTHETIC, "TRI-COURRIER", START, home=store.home)
    assert new
    assert replay(SYNTHETIC, "TRI-COURRIER", START, home=store.home) == (run_id, False)
    (run,) = runs(store.home)
    assert (run.tier, run.duration_s, run.subject) == ("declared", 3600.0, "run")
    assert "rejeu" in run.warnings
    assert ingest(store).stored == (run_id,)
    with store.session() as session:
        stored = session.get_one(MeasuredRun, run_id)
        assert (stored.source, stored.machine) == ("replay", "")
        hours = session.exec(select(EnergyHour)).all()
        assert {(hour.channel, hour.tier) for hour in hours} == {("replay", "declared")}
        assert sum(hour.energy_kwh for hour in hours) == pytest.approx(run.energy_kwh)


def test_a_trace_of_a_host(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "hote.csv"
    path.write_text("seconds,utilisation,cpu_w\n0,0,100\n60,0.5,100\n120,0.5,200\n")
    run_id, _ = replay(path, None, START, home=store.home)
    log = read_spool(store.home / "spool" / f"{run_id}.jsonl")
    assert log.header["subject"] == "host"
    # A minute at 100 W, a minute at 200 W.
    assert sum(row[3] for row in log.samples[-1]["energy"]) == pytest.approx(18_000 / 3.6e6)


def test_a_bad_trace_is_located(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_text("seconds,utilisation\n0,0\n1,beaucoup\n")
    with pytest.raises(BadTrace, match="ligne 3"):
        replay(path, "A", START, home=tmp_path)


def test_the_command(tmp_path: Path) -> None:
    env = {**os.environ, "FOOTPRINT_HOME": str(tmp_path), "FOOTPRINT_LANG": "fr"}
    argv = [sys.executable, "-m", "footprint", "collect", "replay", "-a", "A", "--at", "2026-03-04"]
    done = subprocess.run(argv, env=env, text=True, capture_output=True, check=True)
    assert "pas une mesure" in done.stdout
    assert len(runs(tmp_path)) == 1


def test_a_record_of_an_inventoried_machine_is_listed_by_its_name(tmp_path: Path) -> None:
    energy = [["meter", "meter", "total", 1.0, 0.98, 1.02]]
    sample = {"t": START + 3600, "seconds": 3600.0, "utilisation": None, "cpu_s": None, "energy": energy}
    header = {"subject": "host", "asset": "SRV-1", "source": "meter", "start": START, "zone": "FR"}
    assert deposit(tmp_path, Deposit(imported_id("meter", 1), header, [sample]))
    (listed,) = runs(tmp_path)
    assert listed.asset == "SRV-1"
    env = {**os.environ, "FOOTPRINT_HOME": str(tmp_path), "COLUMNS": "200"}
    argv = [sys.executable, "-m", "footprint", "runs"]
    assert "SRV-1" in subprocess.run(argv, env=env, text=True, capture_output=True, check=True).stdout
