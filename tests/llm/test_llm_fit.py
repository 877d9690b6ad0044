"""The fit of M6: exact cases, planted parameters, errors kept apart, refusals."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.llm import Level, LlmRefused, extrapolate, fit
from footprint.llm.levels import read_level
from footprint.llm.sources import widened

Z = 1.6448536269514722


def level(hours: float, requests: float, wh: float, error: float = 0.02) -> Level:
    return Level(hours * 3600, requests, wh / 1000, wh / 1000 * (1 - error), wh / 1000 * (1 + error))


def test_two_levels_give_the_line_through_them() -> None:
    # 300 W for an hour, and 0.05 Wh a request.
    found = fit([level(1, 1000, 350), level(1, 9000, 750)])
    assert found.fixed_w == pytest.approx(300, rel=1e-12)
    assert found.wh_per_request == pytest.approx(0.05, rel=1e-12)
    assert found.residual == pytest.approx(0, abs=1e-12)
    assert found.held is None
    assert found.levels == 2


def test_covariance_and_bounds_by_hand() -> None:
    # At rest for an hour: 300 Wh; 1,000 requests in an hour: 350 Wh. Independent error: the floor, 1 %.
    found = fit([level(1, 0, 300), level(1, 1000, 350)])
    sd_rest, sd_load = 3.0, 3.5
    assert found.covariance[0] == pytest.approx(sd_rest**2)
    assert found.covariance[1] == pytest.approx(-(sd_rest**2) / 1000)
    assert found.covariance[2] == pytest.approx((sd_rest**2 + sd_load**2) / 1e6)
    common = math.log(1.02 / 0.98) / (2 * Z)
    assert found.common == pytest.approx(common)
    half = Z * math.sqrt((common * 300) ** 2 + sd_rest**2)
    assert (found.fixed_low_w, found.fixed_high_w) == pytest.approx((300 - half, 300 + half))


def test_a_meter_twice_as_wrong_does_not_average_out() -> None:
    rates = [0, 500, 1000, 2000, 4000, 8000]
    narrow = fit([level(1, n, 300 + 0.05 * n, 0.02) for n in rates])
    wide = fit([level(1, n, 300 + 0.05 * n, 0.20) for n in rates])
    many = fit([level(1, n, 300 + 0.05 * n, 0.20) for n in rates * 50])
    assert narrow.covariance == pytest.approx(wide.covariance)
    # Fifty times more levels: the meter's own 20 % stays.
    assert many.fixed_w - many.fixed_low_w == pytest.approx(300 * Z * many.common, rel=0.02)
    assert wide.fixed_w - wide.fixed_low_w > 300 * Z * wide.common


def test_a_level_read_less_well_weighs_less() -> None:
    sure = [level(1, 0, 300), level(1, 1000, 350), level(1, 2000, 400)]
    doubtful = level(1, 2000, 600, 0.5)
    assert fit([*sure, doubtful]).wh_per_request == pytest.approx(0.05, rel=0.02)
    assert fit([*sure, level(1, 2000, 600)]).wh_per_request > 0.06


def test_an_error_of_a_level_alone_is_not_the_meters() -> None:
    """Levels read every 30 s over 600 s: what they lack at their ends doesn't come back in all of them."""
    own = math.log1p(30 / 600) / Z
    low, high = widened(0.9, 1.1, own)
    levels = [
        Level(600, n, kwh, kwh * low, kwh * high, own)
        for n, kwh in ((0, 0.05), (1000, 0.06), (2000, 0.07))
    ]  # fmt: skip
    found = fit(levels)
    assert found.common == pytest.approx(math.log(1.1 / 0.9) / (2 * Z))
    bare = fit(
        [
            Level(600, one.requests, one.energy_kwh, one.energy_kwh * 0.9, one.energy_kwh * 1.1)
            for one in levels
        ]
    )
    assert found.covariance[0] == pytest.approx(bare.covariance[0] * (1 + (own / 0.01) ** 2))


def test_levels_off_the_line_widen_the_bounds() -> None:
    straight = fit([level(1, n, 300 + 0.05 * n) for n in (0, 2000, 4000)])
    bent = fit([level(1, 0, 300), level(1, 2000, 460), level(1, 4000, 500)])
    assert bent.covariance[2] > 4 * straight.covariance[2]
    assert bent.residual > 0.05


def test_a_negative_fixed_power_is_held_at_zero() -> None:
    found = fit([level(1, 1000, 50), level(1, 2000, 150)])
    assert (found.fixed_w, found.held) == (0.0, "fixed")
    assert found.fixed_low_w == 0.0
    # Weighted mean of 0.05 (weight 1/0.5² × 1000²) and 0.075 (1/1.5² × 2000²).
    w1, w2 = 1000**2 / 0.5**2, 2000**2 / 1.5**2
    assert found.wh_per_request == pytest.approx((0.05 * w1 + 0.075 * w2) / (w1 + w2))


def test_a_negative_energy_per_request_is_held_at_zero() -> None:
    found = fit([level(1, 0, 300), level(1, 1000, 290)])
    assert (found.wh_per_request, found.held) == (0.0, "request")
    assert 290 < found.fixed_w < 300
    assert found.high_wh > 0


def test_a_year_counts_both_terms() -> None:
    found = fit([level(1, 0, 300), level(1, 1000, 350)])
    year = extrapolate(found, 1_000_000, 8760)
    assert year.fixed_kwh == pytest.approx(2628.0)
    assert year.requests_kwh == pytest.approx(50.0)
    assert year.energy_kwh == pytest.approx(2678.0)
    assert year.wh_per_1000 == pytest.approx(2678.0)
    assert year.low_kwh < year.energy_kwh < year.high_kwh
    assert year.wh_per_1000_high == pytest.approx(year.high_kwh)
    assert (year.replicas, year.notices) == (1, ())
    # Eight times the load, on the same machine: eight times less of it a request.
    assert extrapolate(found, 8_000_000, 8760).wh_per_1000 == pytest.approx(50 + 2628 / 8)


def test_beyond_the_busiest_rate_machines_are_added() -> None:
    found = fit([level(1, 0, 300), level(1, 1000, 350)])
    assert found.busiest == pytest.approx(1000 / 3600)
    full, busy = extrapolate(found, 8_760_000, 8760), extrapolate(found, 100_000_000, 8760)
    assert (full.replicas, busy.replicas) == (1, 12)  # 11,416 requests an hour
    assert busy.fixed_kwh == pytest.approx(12 * 2628)
    assert busy.wh_per_1000 == pytest.approx(50 + 12 * 26.28)
    # Nobody measured it: from one machine that would do, to one more than needed.
    assert busy.low_kwh < 2628 + 5000
    assert busy.high_kwh > 13 * 2628 + 5000
    (notice,) = busy.notices
    assert notice.code == "au_dela_du_mesure"
    assert "12 machines" in notice.fr


def test_the_bounds_of_a_level_come_back_at_that_level() -> None:
    found = fit([level(1, 0, 300), level(1, 1000, 350)])
    at_load = extrapolate(found, 1000, 1)
    half = Z * math.sqrt((found.common * 350) ** 2 + 3.5**2) / 1000
    assert at_load.energy_kwh == pytest.approx(0.350)
    assert at_load.high_kwh == pytest.approx(0.350 + half)


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        ([level(1, 10, 300)], "au moins deux"),
        ([], "au moins deux"),
        ([level(1, 1000, 350), level(2, 2000, 700)], "même débit"),
        ([level(1, 0, 350), level(2, 0, 700)], "même débit"),
        ([level(1, 0, 300), Level(3600, 10, 0.0, 0.0, 0.0)], "Niveau 2"),
        ([Level(0, 0, 0.3, 0.2, 0.4), level(1, 5, 300)], "Niveau 1"),
        ([Level(10, -1, 0.3, 0.2, 0.4), level(1, 5, 300)], "Niveau 1"),
        ([Level(10, 1, 0.3, 0.4, 0.5), level(1, 5, 300)], "Niveau 1"),
        ([Level(10, 1, math.nan, 0.4, 0.5), level(1, 5, 300)], "Niveau 1"),
    ],
)
def test_what_cannot_be_fitted_says_what_to_do(levels: list[Level], words: str) -> None:
    with pytest.raises(LlmRefused, match=words):
        fit(levels)


@pytest.mark.parametrize(("requests", "hours"), [(0, 8760), (-1, 8760), (math.nan, 1), (10, 0), (10, 9000)])
def test_a_year_that_makes_no_sense(requests: float, hours: float) -> None:
    with pytest.raises(LlmRefused):
        extrapolate(fit([level(1, 0, 300), level(1, 1000, 350)]), requests, hours)


def test_bounds_hold_nine_times_out_of_ten() -> None:
    """A meter wrong by 10 % for the whole pilot, 1 % more at each level, drawn 600 times."""
    draw = random.Random(2026).gauss
    sigma, truth = math.log(1.1) / Z, (300.0, 0.05)
    held = [0, 0, 0]
    for _ in range(600):
        meter = math.exp(draw(0, sigma))
        levels = []
        for n in (0, 1000, 4000, 8000):
            kwh = (truth[0] + truth[1] * n) * meter * (1 + draw(0, 0.01)) / 1000
            levels.append(Level(3600, n, kwh, kwh / 1.1, kwh * 1.1))
        found = fit(levels)
        year = extrapolate(found, 10_000_000)
        held[0] += found.fixed_low_w <= truth[0] <= found.fixed_high_w
        held[1] += found.low_wh <= truth[1] <= found.high_wh
        held[2] += year.low_kwh <= 8.76 * truth[0] + 10_000 * truth[1] <= year.high_kwh
    assert all(0.86 < count / 600 < 0.96 for count in held), held


@given(
    st.floats(1, 5000),
    st.floats(1e-4, 50),
    st.lists(st.tuples(st.floats(0.01, 24), st.floats(0, 1e5)), min_size=2, max_size=6),
    st.floats(0.001, 0.5),
)
def test_planted_parameters_are_found(
    power: float, each: float, loads: list[tuple[float, float]], error: float
) -> None:
    # A quiet level and a busy one are always there; what is added lies on the same line.
    loads = [(1.0, 0.0), (1.0, 1000.0), *loads]
    found = fit([level(t, n, power * t + each * n, error) for t, n in loads])
    assert found.fixed_w == pytest.approx(power, rel=1e-6)
    assert found.wh_per_request == pytest.approx(each, rel=1e-6)
    assert found.fixed_low_w <= found.fixed_w <= found.fixed_high_w
    assert found.low_wh <= found.wh_per_request <= found.high_wh


def test_levels_without_a_whole_request_are_refused() -> None:
    with pytest.raises(LlmRefused):
        fit([level(1.0, 0.0, 1.0), level(1.0, 3e-305, 1.0)])


@given(
    st.lists(st.tuples(st.floats(0.01, 10), st.floats(0, 1e4), st.floats(1e-3, 1e4)), min_size=2, max_size=6)
)
def test_no_negative_figure_and_no_better_pair_nearby(rows: list[tuple[float, float, float]]) -> None:
    levels = [level(*row) for row in rows]
    try:
        found = fit(levels)
    except LlmRefused:
        return
    assert found.fixed_w >= 0
    assert found.wh_per_request >= 0

    def misfit(power: float, each: float) -> float:
        return math.fsum(((wh - power * t - each * n) / (0.01 * wh)) ** 2 for t, n, wh in rows)

    best = misfit(found.fixed_w, found.wh_per_request)
    for power in (found.fixed_w * 0.99, found.fixed_w * 1.01 + 1e-6):
        for each in (found.wh_per_request * 0.99, found.wh_per_request * 1.01 + 1e-9):
            assert misfit(power, each) >= best * (1 - 1e-9) - 1e-9


def test_a_typed_level() -> None:
    assert read_level("600:1200:0,15", 0.1) == Level(
        600, 1200, 0.15, pytest.approx(0.135), pytest.approx(0.165)
    )
    for text in ("600:1200", "a:b:c", "1:2:nan", "", "1:2:3:4"):
        with pytest.raises(LlmRefused, match="Niveau illisible"):
            read_level(text, 0.1)
