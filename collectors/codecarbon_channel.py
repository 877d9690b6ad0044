"""CodeCarbon as a hardware channel, for the sensors it knows (GPU, Apple, Windows, RAPL).

Loading it costs one to two seconds (it reads tables with pandas), so it starts in a daemon thread of the
recorder and delays neither the start nor the end of a run. That thread then asks it once a second, in place
of its own schedulers, which make two threads a second and cost twice as much. Every argument is given
explicitly: whatever is left out would be filled from its environment variables and its configuration file.
Only energy is read; its emission factors are never used. Whatever fails becomes a notice.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import Any

from collectors.records import Notice, Tier

_SENSOR_MODES = ("intel_rapl", "windows_emi", "intel_power_gadget")
_SENSOR_CLASSES = ("AppleSiliconChip", "Raspberry")
_PERIOD_S = 1.0


def tracker_arguments() -> dict[str, Any]:
    """Every argument of OfflineEmissionsTracker that an environment could otherwise fill."""
    return {
        "country_iso_code": "FRA", "region": None, "country_2letter_iso_code": None,
        "cloud_provider": None, "cloud_region": None,
        "project_name": "footprint", "experiment_id": "footprint", "experiment_name": "footprint",
        "output_methods": [], "output_handlers": [], "output_dir": os.sep, "output_file": "",
        "logging_logger": None, "log_level": "error", "logger_preamble": "", "on_csv_write": "append",
        "measure_power_secs": _PERIOD_S, "api_call_interval": 1, "api_endpoint": "", "api_key": "",
        "emissions_endpoint": None, "electricitymaps_api_token": "", "prometheus_url": "",
        "tracking_mode": "machine", "gpu_ids": None, "allow_multiple_runs": True,
        "force_cpu_power": None, "force_ram_power": None, "force_mode_cpu_load": False,
        "force_carbon_intensity_g_co2e_kwh": None, "pue": 1.0, "wue": 0.0,
        "rapl_include_dram": True, "rapl_prefer_psys": False, "metadata": None,
    }  # fmt: skip


class CodeCarbonChannel:
    """Cumulative energy of the host as CodeCarbon counts it, once it has started."""

    name = "codecarbon"

    def __init__(self) -> None:
        self.tier: Tier = "model"
        self.reason: Notice | None = _not_yet()
        self._tracker: Any = None
        self._thread: threading.Thread | None = None
        self._loaded = threading.Event()

    @property
    def active(self) -> bool:
        """Whether CodeCarbon is measuring."""
        return self._tracker is not None

    @property
    def started(self) -> bool:
        """Whether `start` was called."""
        return self._thread is not None

    def start(self) -> None:
        """Begin loading in the background; returns at once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="codecarbon", daemon=True)
            self._thread.start()

    def join(self, timeout_s: float) -> None:
        """Wait for the loading to end (tests, benchmarks)."""
        if self._thread is not None:
            self._loaded.wait(timeout_s)

    def cumulative_kwh(self) -> float | None:
        """kWh of processors and memory since CodeCarbon started, or None."""
        cpu, ram = self._energy("_total_cpu_energy"), self._energy("_total_ram_energy")
        return None if cpu is None else cpu + (ram or 0.0)

    def gpu_kwh(self) -> float | None:
        """kWh of the graphics processors since CodeCarbon started, or None where it sees none."""
        if not self.active or not self._has("GPU"):
            return None
        return self._energy("_total_gpu_energy")

    def _energy(self, attribute: str) -> float | None:
        if self._tracker is None:
            return None
        try:
            return float(getattr(self._tracker, attribute).kWh)
        except (AttributeError, TypeError, ValueError) as error:
            self._drop(error)
            return None

    def _has(self, class_name: str) -> bool:
        hardware = getattr(self._tracker, "_hardware", ())
        return any(type(part).__name__ == class_name for part in hardware)

    def _run(self) -> None:
        self._load()
        self._loaded.set()
        while self._tracker is not None:
            time.sleep(_PERIOD_S)
            try:
                self._tracker._monitor_power()
                self._tracker._measure_power_and_energy()
            except Exception as error:
                self._drop(error)

    def _drop(self, error: Exception) -> None:
        self._tracker = None
        self.reason = _failed(error)

    def _load(self) -> None:
        try:
            from codecarbon import OfflineEmissionsTracker

            # Its constructor speaks before it reads its own `log_level`.
            logging.getLogger("codecarbon").setLevel(logging.ERROR)
            tracker = OfflineEmissionsTracker(**tracker_arguments())
            tracker.start()
            # CodeCarbon swallows its own errors: only its state tells whether it runs.
            if getattr(tracker, "_start_time", None) is None or not tracker._hardware:
                raise RuntimeError("not started")
            tracker._scheduler.stop()
            tracker._scheduler_monitor_power.stop()
            self.tier = _tier_of(tracker._hardware)
        except ImportError:
            self.reason = _absent()
        except Exception as error:
            self.reason = _failed(error)
        else:
            self.reason = None
            self._tracker = tracker


def _tier_of(hardware: list[Any]) -> Tier:
    """Sensor when the processor figure is read from a counter, model when it is a constant or a load."""
    for part in hardware:
        if type(part).__name__ in _SENSOR_CLASSES or getattr(part, "_mode", None) in _SENSOR_MODES:
            return "sensor"
    return "model"


def _not_yet() -> Notice:
    return Notice(
        "codecarbon_pas_demarre",
        "CodeCarbon n'a pas démarré : il se charge en arrière-plan et la mesure s'est achevée avant.",
        "CodeCarbon did not start: it loads in the background and the measure ended before.",
    )


def _absent() -> Notice:
    return Notice(
        "codecarbon_absent",
        "CodeCarbon n'est pas installé (extra « codecarbon ») ; la mesure n'en dépend pas.",
        "CodeCarbon is not installed (extra “codecarbon”); measuring does not depend on it.",
    )


def _failed(error: BaseException) -> Notice:
    kind = type(error).__name__
    return Notice(
        "codecarbon_echec",
        f"CodeCarbon n'a pas pu mesurer ({kind}) ; la mesure n'en dépend pas.",
        f"CodeCarbon could not measure ({kind}); measuring does not depend on it.",
    )
