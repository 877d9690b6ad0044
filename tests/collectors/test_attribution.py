from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.attribution import split, step

POSITIVE = st.floats(0, 1e6)


def test_a_run_using_half_of_the_busy_time_of_a_host_half_busy() -> None:
    # 4 threads for 10 s: 20 s busy, 10 of them the run's; 100 W of which 40 at rest.
    shares = split(step(10.0, 4, 20.0, 10.0), 100.0, 40.0)
    assert shares.dynamic_kwh == pytest.approx(60 * 10 / 3.6e6 * 0.5)
    assert shares.idle_share_kwh == pytest.approx(40 * 10 / 3.6e6 * 0.25)


def test_neighbours_change_nothing_but_the_power_curve() -> None:
    alone = split(step(10.0, 4, 10.0, 10.0), 70.0, 40.0)
    crowded = split(step(10.0, 4, 20.0, 10.0), 100.0, 40.0)
    assert crowded.dynamic_kwh == pytest.approx(alone.dynamic_kwh)
    assert crowded.idle_share_kwh == alone.idle_share_kwh


@given(POSITIVE, st.integers(1, 512), POSITIVE, POSITIVE, POSITIVE, POSITIVE)
def test_nothing_vanishes(
    seconds: float, threads: int, busy: float, run: float, power: float, idle: float
) -> None:
    interval = step(seconds, threads, busy, run)
    assert 0 <= interval.run_s <= interval.busy_s <= interval.capacity_s
    shares = split(interval, power, idle)
    assert sum(shares) == pytest.approx(power * seconds / 3.6e6, rel=1e-9, abs=1e-12)
    assert min(shares) >= -1e-9 * max(1.0, power * seconds)


def test_no_time_no_energy() -> None:
    assert split(step(0.0, 4, 1.0, 1.0), 100.0, 40.0) == (0.0, 0.0, 0.0)
