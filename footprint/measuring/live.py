"""A run being measured, as its recorder sees it."""

from __future__ import annotations

from typing import NamedTuple


class Live(NamedTuple):
    """A run being measured, as its recorder sees it: seconds, kWh and kgCO2e so far, mean W of late.

    `done` of `total`: as told by `progress`; `forecast_kwh` and its 90 % bounds: the whole run, and
    `forecast_s` its duration, once progress is known; `budget`: part of the budget used, None without one.
    """

    seconds: float
    energy_kwh: float | None
    low_kwh: float | None
    high_kwh: float | None
    gwp_kgco2e: float | None
    power_w: float | None
    done: float | None
    total: float | None
    forecast_kwh: float | None
    forecast_low_kwh: float | None
    forecast_high_kwh: float | None
    forecast_s: float | None
    budget: float | None

    def __str__(self) -> str:
        from footprint.measuring.live_line import figures

        return " · ".join(figures(self))

    @property
    def over_budget(self) -> bool:
        """Whether the budget is used up."""
        return self.budget is not None and self.budget >= 1.0
