"""What a run will have used at its end."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.measuring.forecast import Point, Progress, forecast

EXACT = (1.0, 1.0)


def steady(n: int, kwh: float = 0.01, seconds: float = 2.0) -> list[Point]:
    return [Point(i, seconds * i, kwh * i) for i in range(1, n + 1)]


def note(progress: Progress, point: Point) -> None:
    """A word of progress at the very moment of a sample."""
    progress.hear(point.done, point.seconds)
    progress.settle(point, point)


def test_a_steady_run_is_foretold_exactly() -> None:
    points = steady(10)
    seen = forecast(points, 100, points[-1], EXACT)
    assert seen is not None
    assert seen == pytest.approx((1.0, 1.0, 1.0, 200.0))


def test_the_start_does_not_weigh_on_the_rest() -> None:
    # The first epoch compiles: five times dearer, once.
    points = [Point(p.done, p.seconds + 8, p.kwh + 0.04) for p in steady(10)]
    seen = forecast(points, 100, points[-1], EXACT)
    assert seen is not None
    assert seen.energy_kwh == pytest.approx(1.04)


def test_one_word_of_progress_is_a_wide_guess() -> None:
    points = steady(1)
    seen = forecast(points, 100, points[-1], EXACT)
    assert seen is not None
    assert seen.energy_kwh == pytest.approx(1.0)
    assert seen.high_kwh == pytest.approx(1.5**0.99, rel=1e-6)
    assert seen.low_kwh == pytest.approx(1 / 1.5**0.99, rel=1e-6)


def test_the_error_of_the_measure_stays() -> None:
    points = steady(10)
    seen = forecast(points, 10, points[-1], (0.8, 1.3))
    assert seen is not None
    assert (seen.low_kwh, seen.high_kwh) == pytest.approx((0.08, 0.13))


@pytest.mark.parametrize("points", [[], [Point(0, 5.0, 0.1)]])
def test_nothing_done_is_not_foretold(points: list[Point]) -> None:
    assert forecast(points, 10, Point(0, 5.0, 0.1), EXACT) is None


def test_the_interval_holds_nine_times_in_ten() -> None:
    draw, inside = random.Random(7), 0
    for _ in range(400):
        costs = [draw.lognormvariate(0.0, 0.3) for _ in range(60)]
        points = [Point(i + 1, i + 1.0, sum(costs[: i + 1])) for i in range(12)]
        seen = forecast(points, 60, points[-1], EXACT)
        assert seen is not None
        inside += seen.low_kwh <= sum(costs) <= seen.high_kwh
    assert 0.85 <= inside / 400 <= 0.96


def test_history_stays_small_and_keeps_its_ends() -> None:
    progress = Progress([])
    for point in steady(5000):
        note(progress, point)
    assert len(progress.points) <= 64
    assert (progress.points[0].done, progress.points[-1].done) == (1, 5000)
    assert forecast(progress.points, 10_000, progress.points[-1], EXACT) == pytest.approx(
        (100.0, 100.0, 100.0, 20_000.0)
    )


def test_a_loop_that_counts_from_zero_is_foretold() -> None:
    points = [Point(0, 1.0, 0.005), *steady(10)]
    assert forecast(points, 100, points[-1], EXACT) == pytest.approx((1.0, 1.0, 1.0, 200.0))


def test_a_word_between_two_samples_has_the_energy_of_its_own_moment() -> None:
    progress = Progress([])
    progress.hear(3, 2.25)
    assert progress.settle(Point(0, 2.0, 0.2), Point(0, 3.0, 0.4)) == pytest.approx((3, 2.25, 0.25))
    assert progress.settle(Point(0, 3.0, 0.4), Point(0, 4.0, 0.6)) is None
    assert progress.points == [pytest.approx((3, 2.25, 0.25))]


def test_a_word_newer_than_the_last_sample_is_taken_at_the_present_power() -> None:
    progress = Progress([Point(1, 1.0, 0.1)])
    progress.hear(3, 3.5)
    around = Point(0, 2.0, 0.2), Point(0, 3.0, 0.4)
    assert progress.up_to(*around) == [(1, 1.0, 0.1), pytest.approx((3, 3.5, 0.5))]
    assert progress.points == [(1, 1.0, 0.1)]  # settled with the next sample, not before


def test_the_same_word_read_again_keeps_its_first_moment() -> None:
    progress = Progress([])
    note(progress, Point(2, 2.0, 0.2))
    progress.hear(2, 9.0)
    assert progress.up_to(Point(0, 8.0, 0.8), Point(0, 9.0, 0.9)) == [(2, 2.0, 0.2)]


def test_going_back_starts_anew() -> None:
    progress = Progress([])
    for done in (1, 2, 3, 1):
        note(progress, Point(done, 1.0, 1.0))
    assert [point.done for point in progress.points] == [1]


@given(
    st.lists(st.tuples(st.floats(1e-6, 1e3), st.floats(0, 1e3), st.floats(0, 1e3)), min_size=1, max_size=40),
    st.floats(0.0, 1e6),
    st.booleans(),
)
def test_never_below_what_was_used(
    steps: list[tuple[float, float, float]], total: float, from_zero: bool
) -> None:
    point, progress = Point(0.0, 0.0, 0.0), Progress([])
    if from_zero:
        note(progress, point)
    for done, seconds, kwh in steps:
        point = Point(point.done + done, point.seconds + seconds, point.kwh + kwh)
        note(progress, point)
    seen = forecast(progress.points, total, point, (0.9, 1.1))
    if seen is not None:
        assert seen.energy_kwh >= point.kwh
        assert seen.low_kwh <= seen.energy_kwh <= seen.high_kwh
        assert seen.seconds >= point.seconds
