"""M5: power of a host from its utilisation, with a 90 % interval.

Machines with CPUs from 2017 on: `P(u) = t(u) x TDP x chips + r(u) x RAM_GB (+ 6.4 W at idle)`, by pieces
between eleven points. The coefficients were fitted on published SPECpower_ssj2008 results; the step
between idle and 10 % is real and large, so no straight line ever runs from idle to full load.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from collectors.cpu_table import Processor
from collectors.records import BadCalibration, Machine

UTILISATION = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
CPU_SHARE = (0.070, 0.217, 0.257, 0.300, 0.345, 0.399, 0.464, 0.537, 0.619, 0.732, 0.851)
"""t(u): part of TDP drawn at each utilisation (M5)."""
RAM_W_PER_GB = (0.182, 0.257, 0.291, 0.311, 0.326, 0.331, 0.335, 0.343, 0.364, 0.360, 0.352)
"""r(u): W per GB of memory at each utilisation; also absorbs the platform (M5)."""
IDLE_EXTRA_W = 6.4
FIRST_YEAR = 2017
"""M5 was fitted on processors of this year and later; older ones take the wider interval."""

KNOWN_GENERATION = (
    (0.0, 0.70, 1.66),
    (0.1, 0.80, 1.30),
    (0.2, 0.80, 1.26),
    (0.5, 0.80, 1.27),
    (1.0, 0.81, 1.22),
)
UNKNOWN_GENERATION = ((0.0, 0.58, 2.27), (0.2, 0.76, 1.54), (0.5, 0.77, 1.40), (1.0, 0.80, 1.33))
VIRTUAL_WIDENING = 1.3
"""A guest does not know its neighbours nor its host's memory: bounds widened by this (own rule)."""

THREAD_IDLE_W, THREAD_FULL_W = 0.68, 4.11
"""Unknown processor: median W per vCPU, Cloud Carbon Footprint (b7a049c, MIN/MAX_WATTS_MEDIAN)."""
THREAD_BOUNDS = ((0.0, 0.4454 / 0.68, 3.0369 / 0.68), (1.0, 1.693 / 4.11, 8.5754 / 4.11))
"""Extremes by processor family in the same source (cloud-carbon-coefficients dda7621)."""

MEASURED_BOUNDS = ((0.0, 0.9, 1.1), (1.0, 0.9, 1.1))
"""Two powers measured on the site: ±10 % (own rule: what lies between them is still the shape of t)."""

THREADS_PER_CORE = 2
"""Simultaneous multithreading of the servers of the table, to know a host's threads from a guest."""


class Watts(NamedTuple):
    """Power in W with its 90 % bounds."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PowerModel:
    """Power at the eleven points of `UTILISATION`, and multipliers (utilisation, low, high).

    `rule` names how it was made; `calibration` is a site's own factor (measured / model).
    """

    rule: str
    points_w: tuple[float, ...]
    multipliers: tuple[tuple[float, float, float], ...]
    calibration: float = 1.0

    def power(self, utilisation: float) -> Watts:
        """Power in W at `utilisation` (0 to 1, clamped), with its 90 % bounds (M5)."""
        level = min(1.0, max(0.0, utilisation))
        watts = self.calibration * interpolate(level, UTILISATION, self.points_w)
        low, high = self.bounds(level)
        return Watts(watts, watts * low, watts * high)

    def bounds(self, utilisation: float) -> tuple[float, float]:
        """Multipliers of the 90 % interval at `utilisation` (0 to 1)."""
        at = [point[0] for point in self.multipliers]
        return (
            interpolate(utilisation, at, [point[1] for point in self.multipliers]),
            interpolate(utilisation, at, [point[2] for point in self.multipliers]),
        )

    @property
    def idle(self) -> Watts:
        """Power at rest."""
        return self.power(0.0)


def interpolate(x: float, xs: Sequence[float], ys: Sequence[float]) -> float:
    """Value at `x` of the broken line through (xs, ys), `xs` increasing; flat outside."""
    if x <= xs[0]:
        return ys[0]
    for i in range(1, len(xs)):
        if x <= xs[i]:
            return ys[i - 1] + (ys[i] - ys[i - 1]) * (x - xs[i - 1]) / (xs[i] - xs[i - 1])
    return ys[-1]


def host_model(tdp_w: float, chips: int, ram_gb: float, *, generation_known: bool) -> PowerModel:
    """M5 for a physical host: `tdp_w` in W for one chip, memory in GB."""
    points = [t * tdp_w * chips + r * ram_gb for t, r in zip(CPU_SHARE, RAM_W_PER_GB, strict=True)]
    points[0] += IDLE_EXTRA_W
    bounds = KNOWN_GENERATION if generation_known else UNKNOWN_GENERATION
    return PowerModel("m5-host", tuple(points), bounds)


def guest_model(tdp_w: float, cores: int, vcpus: int, ram_gb: float, *, generation_known: bool) -> PowerModel:
    """M5 for a virtual machine: its vCPUs' part of one chip, its own memory, a wider interval."""
    threads = cores * THREADS_PER_CORE
    share = vcpus / threads
    whole = host_model(tdp_w, 1, ram_gb / share, generation_known=generation_known)
    bounds = tuple((u, low / VIRTUAL_WIDENING, high * VIRTUAL_WIDENING) for u, low, high in whole.multipliers)
    return PowerModel("m5-vm", tuple(watts * share for watts in whole.points_w), bounds)


def thread_model(threads: int) -> PowerModel:
    """Unknown processor: W per thread between two published medians, along the shape of t(u)."""
    points = _along_shape(threads * THREAD_IDLE_W, threads * THREAD_FULL_W)
    return PowerModel("m5-threads", points, THREAD_BOUNDS)


def measured_model(idle_w: float, full_w: float) -> PowerModel:
    """A host whose power was measured at rest and at full load, W at the plug, along the shape of t(u).

    No memory term nor idle extra: both are in what was measured.
    """
    return PowerModel("site", _along_shape(idle_w, full_w), MEASURED_BOUNDS)


def _along_shape(idle_w: float, full_w: float) -> tuple[float, ...]:
    """Power at the eleven points from two ends, W, following t(u)."""
    span = CPU_SHARE[-1] - CPU_SHARE[0]
    return tuple(idle_w + (full_w - idle_w) * (t - CPU_SHARE[0]) / span for t in CPU_SHARE)


def read_calibration(text: str) -> float:
    """A site calibration factor (measured power / modelled power). Raises BadCalibration."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise BadCalibration(text) from None
    if not math.isfinite(value) or value <= 0:
        raise BadCalibration(text)
    return value


def model_for(machine: Machine, processor: Processor | None, calibration: float = 1.0) -> PowerModel:
    """The most precise model that what is known of the machine allows (M5).

    A guest whose processor's cores are unknown cannot know its part of the chip: count of threads.
    """
    known = processor is not None and processor.year is not None and processor.year >= FIRST_YEAR
    if processor is None or (machine.virtual and processor.cores is None):
        model = thread_model(machine.threads)
    elif machine.virtual and processor.cores is not None:
        model = guest_model(
            processor.tdp_w, processor.cores, machine.threads, machine.ram_gb, generation_known=known
        )
    else:
        model = host_model(processor.tdp_w, machine.chips, machine.ram_gb, generation_known=known)
    return replace(model, calibration=calibration)
