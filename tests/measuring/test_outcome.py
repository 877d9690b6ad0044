"""Results, from rows and from spools."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.spool import SpoolWriter, read_spool
from footprint.agent.hosting import sample_host
from footprint.measuring.outcome import build, carbon_of, combine, energy_of
from footprint.records.runs import mark_pushed, runs, spool_files

ROWS = [["m5", "model", "dynamic", 2.0, 1.6, 3.0], ["rapl", "sensor", "idle_share", 3.0, 2.7, 3.3]]
SAMPLE = {"t": 1010.0, "seconds": 10.0, "utilisation": 0.5, "cpu_s": 4.0, "energy": ROWS}
FACTOR = {"id": "f", "value": 0.05, "low": 0.04, "high": 0.0625}


def test_totals_and_breakdowns() -> None:
    energy = energy_of(ROWS)
    assert (energy["energy_kwh"], energy["energy_low_kwh"]) == (5.0, pytest.approx(4.3))
    assert energy["energy_high_kwh"] == pytest.approx(6.3)
    assert energy["by_channel"] == {"m5": 2.0, "rapl": 3.0}
    assert energy["by_tier"] == {"model": 2.0, "sensor": 3.0}
    assert energy["tier"] == "sensor"


def test_carbon_multiplies_and_combines_independent_intervals() -> None:
    carbon = carbon_of(energy_of(ROWS), FACTOR)
    assert carbon["gwp_kgco2e"] == pytest.approx(0.25)
    up = math.hypot(math.log(6.3 / 5.0), math.log(1.25))
    down = math.hypot(math.log(5.0 / 4.3), math.log(1.25))
    assert carbon["gwp_high"] == pytest.approx(0.25 * math.exp(up))
    assert carbon["gwp_low"] == pytest.approx(0.25 * math.exp(-down))


def test_a_bound_of_nothing_stays_nothing() -> None:
    assert combine(2.0, [(2.0, 0.0, 4.0)]) == (0.0, pytest.approx(4.0))


def test_no_factor_no_carbon() -> None:
    assert set(carbon_of(energy_of(ROWS), None).values()) == {None}


def test_a_factor_without_bounds_adds_no_interval() -> None:
    carbon = carbon_of(energy_of(ROWS), {"id": "f", "value": 0.05, "low": None, "high": None})
    assert carbon["gwp_high"] == pytest.approx(6.3 * 0.05)


@given(
    st.floats(1e-6, 1e6),
    st.lists(st.tuples(st.floats(0.01, 1.0), st.floats(1.0, 100.0)), min_size=1, max_size=5),
)
def test_a_product_is_at_least_as_uncertain_as_each_part(
    value: float, parts: list[tuple[float, float]]
) -> None:
    low, high = combine(value, [(1.0, down, up) for down, up in parts])
    assert low <= value * min(down for down, _ in parts) * (1 + 1e-9)
    assert high >= value * max(up for _, up in parts) * (1 - 1e-9)


def test_what_saw_no_work_is_unknown_not_zero() -> None:
    for sample in (None, {**SAMPLE, "cpu_s": 0.0}):
        result = build({"run_id": "r"}, {}, sample, (), reason="interrupted")
        assert (result["state"], result["energy_kwh"], result["gwp_kgco2e"]) == ("failed", None, None)


def _spool(home: Path, run_id: str, *kinds: str) -> None:
    writer = SpoolWriter(home / "spool", run_id)
    lines = {
        "header": {"run_id": run_id, "subject": "run", "application": "A", "start": 1000.0},
        "context": {"zone": "FR", "factor": FACTOR, "attached": True},
        "sample": {**SAMPLE, "t": 4600.0, "seconds": 3600.0},
        "warning": {"code": "c", "fr": "f", "en": "e"},
    }
    for kind in kinds:
        writer.append(kind, lines[kind])
    writer.close()


def test_states_of_runs(tmp_path: Path) -> None:
    _spool(tmp_path, "20260101T000000-a", "header", "context", "sample", "warning")
    _spool(tmp_path, "20260102T000000-b", "header")
    _spool(tmp_path, "20260103T000000-c", "header", "sample")
    mark_pushed("20260103T000000-c", tmp_path)
    (tmp_path / "spool" / "20260104T000000-d.jsonl").write_bytes(b"\x00garbage\n")
    found = {summary.run_id[-1]: summary for summary in runs(tmp_path)}
    assert [summary.state for summary in found.values()] == ["interrupted", "failed", "pushed", "failed"]
    assert found["a"].energy_kwh == 5.0
    assert found["a"].gwp_kgco2e == pytest.approx(0.25)
    assert (found["a"].warnings, found["a"].attached, found["a"].tier) == (("c",), True, "sensor")
    assert found["b"].energy_kwh is None
    assert found["c"].gwp_kgco2e is None
    assert found["d"].bad_lines == {"illisible": 1}
    assert runs(tmp_path / "nothing") == []


def test_sampling_a_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_CODECARBON", "0")
    seen: list[tuple[float, float]] = []
    result = sample_host(
        1.3, tmp_path, "FR", asset="srv-01", progress=lambda done, total: seen.append((done, total))
    )
    assert result["state"] == "complete"
    assert result["duration_s"] == pytest.approx(1.3, abs=0.3)
    assert result["by_component"].keys() == {"dynamic", "idle"}
    assert result["by_component"]["idle"] > 0
    assert seen[-1] == (1.3, 1.3)
    (path,) = spool_files(tmp_path)
    assert read_spool(path).header["asset"] == "srv-01"
    (summary,) = runs(tmp_path)
    assert (summary.subject, summary.state, summary.energy_kwh) == ("host", "complete", result["energy_kwh"])
