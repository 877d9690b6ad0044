from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import rollup
from collectors.rollup import energy_records
from collectors.spool import SpoolLog

HOUR_S = 3600.0
MIDNIGHT = 1_760_486_400.0  # 2025-10-15, UTC


def sample(t: float, seconds: float, kwh: float, low: float | None = None) -> dict[str, Any]:
    row = ["m5", "model", "idle", kwh, kwh / 2 if low is None else low, kwh * 2]
    return {"t": t, "seconds": seconds, "energy": [row]}


def log(*samples: dict[str, Any], start: float = MIDNIGHT) -> SpoolLog:
    header = {"run_id": "r", "subject": "host", "start": start}
    return SpoolLog(header=header, context={"zone": "FR"}, samples=list(samples))


def test_a_sample_a_day_is_spread_over_its_hours() -> None:
    end = MIDNIGHT + 24 * HOUR_S
    for late in (0.0, 1.0):
        found = energy_records(log(sample(end - late, 24 * HOUR_S - late, 8.64)))
        assert len(found) == 24
        assert [r.energy_kwh for r in found] == pytest.approx([0.36] * 24, rel=1e-3)
        assert sum(r.energy_kwh for r in found) == pytest.approx(8.64, rel=1e-12)
        # The store dates a row by its end: each in an hour of its own.
        assert [int(r.end // HOUR_S) for r in found] == [int(MIDNIGHT // HOUR_S) + i for i in range(24)]
        assert [r.start for r in found] == [MIDNIGHT + i * HOUR_S for i in range(24)]
        assert len({r.record_id for r in found}) == 24


def test_from_the_middle_of_an_hour_to_the_middle_of_another() -> None:
    start = MIDNIGHT + 1800.0
    found = energy_records(log(sample(start + 2 * HOUR_S, 2 * HOUR_S, 4.0), start=start))
    assert [r.energy_kwh for r in found] == pytest.approx([1.0, 2.0, 1.0])


def test_an_hour_or_less_goes_where_it_ends() -> None:
    half = MIDNIGHT + 1800.0
    found = energy_records(log(sample(half, 1800.0, 1.0), sample(half + HOUR_S, 1800.0 + HOUR_S, 4.0)))
    assert [r.energy_kwh for r in found] == [1.0, 3.0]


def test_a_machine_that_slept_used_nothing_then() -> None:
    woken = MIDNIGHT + 8 * HOUR_S + 100.0
    found = energy_records(log(sample(MIDNIGHT + 10, 10.0, 1.0), sample(woken, 20.0, 2.0)))
    assert [r.energy_kwh for r in found] == [1.0, 1.0]


def test_a_record_that_says_centuries_makes_no_more_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup, "MOST_PARTS", 30)
    day = 24 * HOUR_S
    samples = [sample(MIDNIGHT + n * day, n * day, float(n)) for n in range(1, 11)]
    found = energy_records(log(*samples))
    assert len(found) <= 30 + 10
    assert sum(r.energy_kwh for r in found) == pytest.approx(10.0)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 3 * 86400), st.floats(0, 86400), st.floats(0, 10)), min_size=1, max_size=20
    ),
    st.floats(0, 1),
    st.floats(0, 7200),
)
def test_nothing_is_lost_nor_made(steps: list[tuple[float, float, float]], low: float, late: float) -> None:
    t, seconds, kwh = MIDNIGHT + late, 0.0, 0.0
    samples = []
    for length_s, asleep_s, more in steps:
        t, seconds, kwh = t + length_s + asleep_s, seconds + length_s, kwh + more
        samples.append(sample(round(t, 3), round(seconds, 6), kwh, kwh * low))
    found = energy_records(log(*samples, start=MIDNIGHT + late))
    assert sum(r.energy_kwh for r in found) == pytest.approx(kwh, rel=1e-9, abs=1e-12)
    assert sum(r.low_kwh for r in found) == pytest.approx(kwh * low, rel=1e-9, abs=1e-12)
    assert sum(r.high_kwh for r in found) == pytest.approx(kwh * 2, rel=1e-9, abs=1e-12)
    assert all(r.energy_kwh >= 0 and r.start <= r.end for r in found)
    ends = [r.end // HOUR_S for r in found]
    assert all(a < b for a, b in pairwise(ends))
