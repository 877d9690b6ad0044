"""M6: a year of a model, its interval, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint import ai_year
from footprint.ai_year import Term, accelerator_kwh, computation_kwh, electricity, embodied, model_year, total
from footprint.errors import FootprintError

GRID = ("electricity-FR", 0.19)
TRAINING = (
    electricity("use", 20_000.0, 0.0461, 1.2, (GRID, ("energy", 0.1))),
    embodied("servers", 3800.0, 8000.0, 5.0, draws=(("gpu-server", 0.25),)),
)
REQUEST = (electricity("request", 0.3e-3, 0.0461, 1.2, (GRID, ("pilot", 0.3))),)


def test_a_year_by_hand() -> None:
    found = model_year(TRAINING, 2.0, REQUEST, 5e6, retrainings=0.5)
    whole = 20_000 * 1.2 * 0.0461 + 3800 * 8000 / (5 * 8760)
    served = 5e6 * 0.3e-3 * 1.2 * 0.0461
    assert found.training.value == pytest.approx(whole / 2)
    assert found.inference.value == pytest.approx(served)
    assert found.retraining.value == pytest.approx(whole / 2)
    assert found.total.value == pytest.approx(whole + served)


def test_a_retraining_may_be_lighter_than_the_training() -> None:
    light = (electricity("fine-tuning", 100.0, 0.0461, 1.2, (GRID,)),)
    assert model_year(TRAINING, 2.0, retrainings=12.0, retraining=light).retraining.value == pytest.approx(
        12 * 100 * 1.2 * 0.0461
    )


def test_the_interval_against_monte_carlo_with_one_draw_for_the_grid() -> None:
    found = model_year(TRAINING, 2.0, REQUEST, 5e6, retrainings=0.5)
    random = np.random.default_rng(2)
    drawn = {
        name: random.lognormal(-(sigma**2) / 2, sigma, 200_000)
        for name, sigma in (GRID, ("energy", 0.1), ("gpu-server", 0.25), ("pilot", 0.3))
    }
    use, made, served = TRAINING[0].kg, TRAINING[1].kg, REQUEST[0].kg * 5e6
    year = drawn[GRID[0]] * (use * drawn["energy"] + served * drawn["pilot"]) + made * drawn["gpu-server"]
    low, p90, high = np.percentile(year, (5, 90, 95))
    assert (found.total.low, found.total.p90, found.total.high) == pytest.approx((low, p90, high), rel=0.02)
    # Were the two electricities two draws, the interval would be too narrow.
    apart = total([TRAINING[0], TRAINING[1], Term("request", served, (("other", 0.19), ("pilot", 0.3)))])
    assert apart.high - apart.low < found.total.high - found.total.low


@given(st.floats(0.1, 20.0), st.integers(1, 20))
def test_training_charged_over_its_life_is_the_training(life: float, parts: int) -> None:
    one = model_year(TRAINING, life).training.value
    assert one * life == pytest.approx(sum(term.kg for term in TRAINING))
    shared = [embodied("part", 3800.0, 8000.0 / parts, 5.0) for _ in range(parts)]
    assert sum(term.kg for term in shared) == pytest.approx(TRAINING[1].kg)


def test_a_machine_busy_all_its_life_charges_its_whole_manufacture() -> None:
    assert embodied("m", 900.0, 5 * ai_year.HOURS_A_YEAR, 5.0).kg == pytest.approx(900.0)
    assert embodied("m", 900.0, 0.5 * 5 * ai_year.HOURS_A_YEAR, 5.0, busy=0.5).kg == pytest.approx(900.0)


def test_nothing_uncertain_has_no_width() -> None:
    found = total([Term("a", 2.0), Term("b", 3.0)])
    assert (found.low, found.value, found.high) == (5.0, 5.0, 5.0)
    assert math.isclose(total([]).value, 0.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: model_year(TRAINING, 0.0),
        lambda: model_year(TRAINING, 2.0, REQUEST, -1.0),
        lambda: model_year(TRAINING, 2.0, retrainings=-0.1),
        lambda: accelerator_kwh(8, 10, 400, 1.2),
        lambda: accelerator_kwh(-8, 10, 400),
        lambda: accelerator_kwh(8, math.nan, 400),
        lambda: computation_kwh(1, 8, 10, usage=-0.1),
        lambda: electricity("e", 10.0, 0.05, 0.9),
        lambda: embodied("m", 900.0, 10.0, 0.0),
        lambda: embodied("m", 900.0, 10.0, 5.0, busy=0.0),
    ],
)
def test_impossible_values_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(FootprintError, match="Attendu"):
        call()
