"""Counters that restart, wrap or jump; gauges; gaps."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.pulls.counters import RAPL_RANGES_J, Point, counter_rises, gauge_rises, observed, ordered

MOST_W = 20_000.0


def points(*values: float, step: float = 60.0) -> list[Point]:
    return [Point(1000.0 + i * step, value) for i, value in enumerate(values)]


def total(values: list[Point], gap: float = 300.0) -> float:
    return sum(rise.joules for rise in counter_rises(values, gap, MOST_W).rises)


def test_a_counter_gives_its_increase() -> None:
    assert total(points(100, 700, 1300)) == 1200


def test_a_restart_counts_from_zero_and_widens_the_high_bound() -> None:
    read = counter_rises(points(100, 700, 200, 800), 300, MOST_W)
    assert [rise.joules for rise in read.rises] == [600, 200, 600]
    assert [rise.most for rise in read.rises] == [600, 600, 600]
    assert read.restarts == 1


def test_a_gap_stays_a_gap() -> None:
    read = counter_rises([Point(0, 0), Point(60, 600), Point(600, 6000), Point(660, 6600)], 300, MOST_W)
    assert sum(rise.joules for rise in read.rises) == 1200
    assert read.gap_s == 540


def test_kepler_wrap_is_set_aside_and_the_energy_around_it_kept() -> None:
    read = counter_rises(points(100, 700, 1e15, 1900, 2500), 300, MOST_W)
    assert sum(rise.joules for rise in read.rises) == 2400
    assert [(value, reason) for _, value, reason in read.set_aside] == [(1e15, "implausible")]


def test_a_jump_that_lasts_is_a_new_base() -> None:
    read = counter_rises(points(100, 700, 1e15, 1e15 + 600, 1e15 + 1200), 300, MOST_W)
    assert sum(rise.joules for rise in read.rises) == 600 + 600 + 600
    assert read.gap_s == 60


def test_a_counter_stuck_up_there_tells_nothing() -> None:
    read = counter_rises(points(100, 700, 1e15, 1e15, 1e15), 300, MOST_W)
    assert sum(rise.joules for rise in read.rises) == 600
    assert len(read.set_aside) == 3


def test_a_first_sample_that_was_never_right_is_no_restart() -> None:
    read = counter_rises(points(1e17, 600, 1200, 1800), 300, MOST_W)
    assert sum(rise.joules for rise in read.rises) == 1200
    assert read.restarts == 0


def test_negative_and_unordered_and_double_samples() -> None:
    values = [Point(120, 1200), Point(0, 0), Point(60, -5), Point(60, -5), Point(float("nan"), 3)]
    read = counter_rises(values, 300, MOST_W)
    assert [rise.joules for rise in read.rises] == [1200]
    assert read.set_aside == [(60, -5, "negative")]


def test_a_gauge_is_averaged_between_neighbours() -> None:
    read = gauge_rises(points(100, 200, 200), 300, MOST_W)
    assert [rise.joules for rise in read.rises] == [9000, 12000]


def test_an_averaged_gauge_stands_for_its_own_interval() -> None:
    values = [*points(100, 200, 50), Point(1300, 150)]
    read = gauge_rises(values, 300, MOST_W, averaged_s=60)
    # Across the gap nothing was averaged: the mean of its two ends.
    assert [rise.joules for rise in read.rises] == [12000, 3000, 18000]


def test_a_gauge_beyond_reason_is_left_out() -> None:
    read = gauge_rises(points(100, 1e9, 100), 300, MOST_W)
    assert [rise.joules for rise in read.rises] == [12000]
    assert [reason for _, _, reason in read.set_aside] == ["implausible"]


def test_observed_is_the_union_of_intervals() -> None:
    rises = [
        *counter_rises(points(0, 1, 2), 300, MOST_W).rises,
        *counter_rises(points(5, 6), 300, MOST_W).rises,
    ]
    assert observed(rises) == [(1000.0, 1120.0)]


@given(
    st.lists(st.floats(0, 1e5), min_size=1, max_size=40),
    st.lists(st.booleans(), min_size=40, max_size=40),
)
def test_restarts_at_samples_conserve_everything(steps: list[float], restarts: list[bool]) -> None:
    """A counter put back to zero right after a sample loses nothing, as long as it shows."""
    value, lost, at = 0.0, 0.0, [Point(0.0, 0.0)]
    for i, step in enumerate(steps):
        before = value
        if restarts[i]:
            value = 0.0
        value += step
        if restarts[i] and value >= before:
            lost += before  # it looks like an increase of the difference
        at.append(Point((i + 1) * 60.0, value))
    assert total(at) == pytest.approx(sum(steps) - lost, rel=1e-9, abs=1e-6)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(allow_nan=True, allow_infinity=True)), max_size=50))
def test_nothing_is_negative_nor_beyond_the_bound(samples: list[tuple[float, float]]) -> None:
    values = [Point(t, value) for t, value in samples]
    for read in (
        counter_rises(values, 300, MOST_W),
        counter_rises(values, 300, MOST_W, RAPL_RANGES_J),
        gauge_rises(values, 300, MOST_W),
    ):
        for rise in read.rises:
            assert 0 <= rise.joules <= MOST_W * (rise.end - rise.start) * (1 + 1e-9)
            assert 0 < rise.end - rise.start <= 300
        spans = observed(read.rises)
        assert all(a[1] < b[0] for a, b in pairwise(spans))
    assert ordered(values) == sorted(ordered(values))


@pytest.mark.parametrize("top", RAPL_RANGES_J)
@pytest.mark.parametrize(("step", "watts"), [(60.0, 200.0), (600.0, 100.0), (15.0, 35.0)])
def test_a_rapl_counter_that_wraps_loses_nothing(top: float, step: float, watts: float) -> None:
    values = [(50_000 + watts * step * i) % top for i in range(100)]
    read = counter_rises(points(*values, step=step), 5 * step, MOST_W, RAPL_RANGES_J)
    assert sum(rise.joules for rise in read.rises) == pytest.approx(watts * step * 99)
    assert (read.restarts, read.turns) == (0, sum(b < a for a, b in pairwise(values)))


def test_a_fall_far_from_a_range_is_a_restart() -> None:
    read = counter_rises(points(100_000, 112_000, 3_000, 15_000), 300, MOST_W, RAPL_RANGES_J)
    assert [rise.joules for rise in read.rises] == [12_000, 3_000, 12_000]
    assert (read.restarts, read.turns) == (1, 0)
    # Without ranges (counters that their exporter keeps whole), a fall is always a restart.
    assert counter_rises(points(248_000, 260_000, 9_857), 300, MOST_W).restarts == 1
