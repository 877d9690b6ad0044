from __future__ import annotations

import os
import subprocess
import sys
import time
import types
from collections.abc import Callable
from typing import Any

import pytest

from collectors import codecarbon_channel as module
from collectors.codecarbon_channel import CodeCarbonChannel, tracker_arguments


class Energy:
    def __init__(self, kwh: float) -> None:
        self.kWh = kwh


class CPU:
    def __init__(self, mode: str) -> None:
        self._mode = mode


class GPU:
    pass


class Scheduler:
    stopped = False

    def stop(self) -> None:
        self.stopped = True


class Tracker:
    """Stands for OfflineEmissionsTracker."""

    hardware: list[Any] = []  # noqa: RUF012
    starts = True
    arguments: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self, **arguments: Any) -> None:
        type(self).arguments = arguments
        self._start_time: float | None = None
        self._hardware = self.hardware
        self._total_cpu_energy, self._total_ram_energy = Energy(0.25), Energy(0.5)
        self._total_gpu_energy = Energy(2.0)
        self._scheduler, self._scheduler_monitor_power = Scheduler(), Scheduler()

    def start(self) -> None:
        if self.starts:
            self._start_time = 1.0

    def _monitor_power(self) -> None:
        pass

    def _measure_power_and_energy(self) -> None:
        self._total_cpu_energy.kWh += 0.125


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("never came")


def channel(monkeypatch: pytest.MonkeyPatch, tracker: Any) -> CodeCarbonChannel:
    fake = types.ModuleType("codecarbon")
    fake.OfflineEmissionsTracker = tracker  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "codecarbon", fake)
    made = CodeCarbonChannel()
    assert made.cumulative_kwh() is None
    assert made.reason is not None
    assert made.reason.code == "codecarbon_pas_demarre"
    made.start()
    made.join(5.0)
    return made


def test_a_load_estimate_is_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    made = channel(monkeypatch, type("T", (Tracker,), {"hardware": [CPU("cpu_load")]}))
    assert made.active
    assert (made.tier, made.reason) == ("model", None)
    assert made.cumulative_kwh() == 0.75
    assert made.gpu_kwh() is None


def test_a_counter_is_a_sensor_and_gpus_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    made = channel(monkeypatch, type("T", (Tracker,), {"hardware": [CPU("intel_rapl"), GPU()]}))
    assert made.tier == "sensor"
    assert made.gpu_kwh() == 2.0


def test_its_schedulers_rest_and_it_is_asked_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PERIOD_S", 0.02)
    made = channel(monkeypatch, type("T", (Tracker,), {"hardware": [CPU("cpu_load")]}))
    assert made._tracker._scheduler.stopped
    assert made._tracker._scheduler_monitor_power.stopped
    wait_until(lambda: (made.cumulative_kwh() or 0.0) >= 1.0)


def test_a_sensor_that_fails_on_the_way_drops_the_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Tracker) -> None:
        raise OSError("unplugged")

    monkeypatch.setattr(module, "_PERIOD_S", 0.02)
    made = channel(
        monkeypatch, type("T", (Tracker,), {"hardware": [CPU("cpu_load")], "_monitor_power": fails})
    )
    wait_until(lambda: not made.active)
    assert made.cumulative_kwh() is None
    assert made.reason is not None
    assert made.reason.code == "codecarbon_echec"


def test_every_failure_is_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    class Raises(Tracker):
        def start(self) -> None:
            raise ValueError("broken")

    silent = type("T", (Tracker,), {"hardware": [CPU("constant")], "starts": False})
    for tracker in (Raises, silent, None):
        made = channel(monkeypatch, tracker)
        assert not made.active
        assert made.cumulative_kwh() is None
        assert made.reason is not None
        assert made.reason.code == "codecarbon_echec"


def test_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "codecarbon", None)
    made = CodeCarbonChannel()
    made.start()
    made.join(5.0)
    assert made.reason is not None
    assert made.reason.code == "codecarbon_absent"


def test_a_figure_that_disappears_drops_the_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    made = channel(monkeypatch, type("T", (Tracker,), {"hardware": [CPU("cpu_load")]}))
    del made._tracker._total_cpu_energy
    assert made.cumulative_kwh() is None
    assert not made.active
    assert made.reason is not None
    assert made.reason.code == "codecarbon_echec"


def test_no_argument_is_left_to_the_environment() -> None:
    codecarbon = pytest.importorskip("codecarbon.emissions_tracker")
    import inspect

    named = set(inspect.signature(codecarbon.BaseEmissionsTracker.__init__).parameters) - {"self"}
    named |= set(inspect.signature(codecarbon.OfflineEmissionsTracker.__init__).parameters) - {"self"}
    deprecated = {name for name in named if name.startswith("save_to_")} | {"co2_signal_api_token"}
    assert named - deprecated - {"args", "kwargs"} == tracker_arguments().keys()


@pytest.mark.slow
def test_the_real_one_measures_whatever_the_environment_says() -> None:
    pytest.importorskip("codecarbon")
    code = (
        "import time\n"
        "from collectors.codecarbon_channel import CodeCarbonChannel\n"
        "c = CodeCarbonChannel(); c.start(); c.join(60)\n"
        "assert c.active, c.reason\n"
        "first = c.cumulative_kwh(); time.sleep(2.5)\n"
        "assert c.cumulative_kwh() > first >= 0, (first, c.cumulative_kwh())\n"
        "assert c._tracker._pue == 1.0 and c._tracker._force_cpu_power is None\n"
        "import os; print(c.tier, flush=True); os._exit(0)\n"
    )
    hostile = {**os.environ, "CODECARBON_PUE": "9", "CODECARBON_FORCE_CPU_POWER": "9000",
               "CODECARBON_EMISSIONS_ENDPOINT": "http://127.0.0.1:9/"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], env=hostile, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in ("sensor", "model")
