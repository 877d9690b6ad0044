"""M5, to the figure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.cpu_table import Processor
from collectors.power_model import (
    CPU_SHARE,
    host_model,
    measured_model,
    model_for,
    read_calibration,
    thread_model,
)
from collectors.records import BadCalibration, Machine

KNOWN = host_model(200.0, 2, 256.0, generation_known=True)
UNKNOWN = host_model(200.0, 2, 256.0, generation_known=False)


@pytest.mark.parametrize(
    ("utilisation", "watts"),
    [
        (0.0, 0.070 * 400 + 0.182 * 256 + 6.4),
        (0.1, 0.217 * 400 + 0.257 * 256),
        (0.2, 0.257 * 400 + 0.291 * 256),
        (0.3, 0.300 * 400 + 0.311 * 256),
        (0.4, 0.345 * 400 + 0.326 * 256),
        (0.5, 0.399 * 400 + 0.331 * 256),
        (0.6, 0.464 * 400 + 0.335 * 256),
        (0.7, 0.537 * 400 + 0.343 * 256),
        (0.8, 0.619 * 400 + 0.364 * 256),
        (0.9, 0.732 * 400 + 0.360 * 256),
        (1.0, 0.851 * 400 + 0.352 * 256),
    ],
)
def test_the_eleven_points(utilisation: float, watts: float) -> None:
    assert KNOWN.power(utilisation).value == pytest.approx(watts, rel=1e-12)


def test_between_points_the_line_is_broken_never_straight_from_idle_to_full() -> None:
    assert KNOWN.power(0.05).value == pytest.approx((KNOWN.power(0.0).value + KNOWN.power(0.1).value) / 2)
    straight = KNOWN.power(0.0).value + 0.1 * (KNOWN.power(1.0).value - KNOWN.power(0.0).value)
    assert KNOWN.power(0.1).value > 1.3 * straight


@pytest.mark.parametrize(
    ("utilisation", "known", "unknown"),
    [
        (0.0, (0.70, 1.66), (0.58, 2.27)),
        (0.1, (0.80, 1.30), (0.67, 1.905)),
        (0.2, (0.80, 1.26), (0.76, 1.54)),
        (0.5, (0.80, 1.27), (0.77, 1.40)),
        (1.0, (0.81, 1.22), (0.80, 1.33)),
    ],
)
def test_interval_multipliers(
    utilisation: float, known: tuple[float, float], unknown: tuple[float, float]
) -> None:
    for model, (low, high) in ((KNOWN, known), (UNKNOWN, unknown)):
        watts = model.power(utilisation)
        assert watts.low / watts.value == pytest.approx(low)
        assert watts.high / watts.value == pytest.approx(high)


def _machine(*, virtual: bool, threads: int = 8, chips: int = 1) -> Machine:
    return Machine(threads=threads, chips=chips, ram_gb=64.0, cpu_model="x", virtual=virtual, host_id=None)


def test_the_year_decides_whether_the_generation_is_known() -> None:
    for year, low in ((2019, 0.70), (2016, 0.58), (None, 0.58)):
        processor = Processor("x", 200.0, 32, year, "source")
        model = model_for(_machine(virtual=False), processor)
        assert model.rule == "m5-host"
        assert model.idle.low / model.idle.value == pytest.approx(low)


def test_two_chips_draw_twice_one() -> None:
    processor = Processor("x", 200.0, 32, 2019, "source")
    one = model_for(_machine(virtual=False), processor).power(1.0).value
    two = model_for(_machine(virtual=False, chips=2), processor).power(1.0).value
    assert two - one == pytest.approx(0.851 * 200)


def test_a_guest_draws_its_part_of_the_host_with_a_wider_interval() -> None:
    processor = Processor("x", 200.0, 32, 2019, "source")
    model = model_for(_machine(virtual=True, threads=8), processor)
    assert model.rule == "m5-vm"
    assert model.power(1.0).value == pytest.approx(0.851 * 200 * 8 / 64 + 0.352 * 64)
    assert model.power(1.0).high / model.power(1.0).value == pytest.approx(1.22 * 1.3)
    assert model.power(1.0).low / model.power(1.0).value == pytest.approx(0.81 / 1.3)


def test_an_unknown_processor_counts_threads_with_a_wide_interval() -> None:
    model = thread_model(16)
    assert model.idle.value == pytest.approx(16 * 0.68)
    assert model.power(1.0).value == pytest.approx(16 * 4.11)
    assert model.power(1.0).value != pytest.approx(16 * 4.0)
    assert model.power(1.0).high / model.power(1.0).low > 5
    assert model_for(_machine(virtual=False), None).rule == "m5-threads"
    without_cores = Processor("x", 200.0, None, None, "source")
    assert model_for(_machine(virtual=True), without_cores).rule == "m5-threads"


def test_calibration_multiplies() -> None:
    processor = Processor("x", 200.0, 32, 2019, "source")
    plain, calibrated = (
        model_for(_machine(virtual=False), processor, factor).power(0.5) for factor in (1.0, 1.25)
    )
    assert calibrated.value == pytest.approx(1.25 * plain.value)
    assert calibrated.high / calibrated.value == pytest.approx(plain.high / plain.value)
    assert read_calibration("1,08") == 1.08
    for text in ("", "x", "0", "-1", "nan", "inf"):
        with pytest.raises(BadCalibration, match="Calibration"):
            read_calibration(text)


@given(st.floats(-0.5, 1.5), st.floats(-0.5, 1.5))
def test_power_grows_with_utilisation_and_keeps_its_interval(a: float, b: float) -> None:
    for model in (KNOWN, UNKNOWN, thread_model(4)):
        low, high = model.power(min(a, b)), model.power(max(a, b))
        assert low.value <= high.value + 1e-9
        assert 0 < low.low <= low.value <= low.high


def test_two_measured_ends_follow_the_shape_of_t() -> None:
    model = measured_model(100.0, 881.0)
    assert model.points_w == pytest.approx([100.0 + 1000.0 * (t - CPU_SHARE[0]) for t in CPU_SHARE])
    assert model.idle == pytest.approx((100.0, 90.0, 110.0))
    assert model.power(0.55).low == pytest.approx(0.9 * model.power(0.55).value)
