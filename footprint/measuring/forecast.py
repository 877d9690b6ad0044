"""What a run will have used at its end, from how far it is (used live, and by `footprint run --estimate`).

The remaining work is taken to cost what the work seen so far did, warm-up apart: energy = used + rate x
remaining. Its interval combines (M7, in log space) the measure's own error, common to what was used and
what is to come, and the scatter of the rate between the stretches of work seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from footprint.measuring.outcome import combine

FEW_STRETCHES = 3
"""Below, the scatter of the rate is not known: `UNKNOWN_SCATTER` stands for it."""
UNKNOWN_SCATTER = 1.5
"""90 % bounds ×/÷ of the remaining work when the rate was not seen to vary (own rule)."""
_KEPT = 32
_STUDENT_95 = (6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812)
"""One-sided 95 % quantiles of Student's t for 1 to 10 degrees of freedom; beyond, 1.7 is close enough."""


class Point(NamedTuple):
    """How far a run is: units done (steps, epochs…), seconds and kWh since its beginning."""

    done: float
    seconds: float
    kwh: float


class Forecast(NamedTuple):
    """Energy in kWh of the whole run with its 90 % bounds, and its whole duration in seconds."""

    energy_kwh: float
    low_kwh: float
    high_kwh: float
    seconds: float


@dataclass(slots=True)
class Progress:
    """How a run advanced: a few dozen points at most, however long it lasts.

    A word of progress falls between two samples; its energy is known at the second one (`settle`), and
    until then is that of the present power (`up_to`).
    """

    points: list[Point]
    total: float | None = None
    _said: tuple[float, float] | None = None
    """Units done and second, of the last word heard since the last sample."""

    def hear(self, done: float, seconds: float) -> None:
        """Note that `done` units were done at that second of the run; going back (a second loop of training)
        starts the history anew."""
        latest = self._said[0] if self._said else self.points[-1].done if self.points else None
        if latest is not None and done < latest:
            self.points.clear()
        if done != latest:
            self._said = (done, seconds)

    def settle(self, before: Point, after: Point) -> Point | None:
        """Turn the last word into a point, between the samples around it; that point, where there is one."""
        if self._said is None:
            return None
        point = _between(before, after, *self._said)
        self._said = None
        self._add(point)
        return point

    def up_to(self, before: Point, after: Point) -> list[Point]:
        """The points with the last word, which came after both these samples."""
        return self.points if self._said is None else [*self.points, _between(before, after, *self._said)]

    def _add(self, point: Point) -> None:
        self.points.append(point)
        if len(self.points) > 2 * _KEPT:
            # The first and the last stay; the stretches between become twice as long.
            self.points[1:-1] = self.points[2:-1:2]


def _between(before: Point, after: Point, done: float, seconds: float) -> Point:
    """The energy at that second, at the mean power between two samples, or beyond them."""
    span = after.seconds - before.seconds
    power = (after.kwh - before.kwh) / span if span > 0 else 0.0
    return Point(done, seconds, max(0.0, after.kwh + power * (seconds - after.seconds)))


def forecast(
    points: Sequence[Point], total: float, now: Point, ratio: tuple[float, float]
) -> Forecast | None:
    """The whole run, from the points seen, the units in all, the present, and the measure's own bounds.

    `ratio`: (low, high) over central of the energy measured. None until a unit of work is done.
    """
    if not points or total <= 0 or points[-1].done <= 0:
        return None
    stretches = _stretches(points)
    work = sum(done for done, _, _ in stretches)
    rate_kwh = sum(kwh for _, _, kwh in stretches) / work
    rate_s = sum(seconds for _, seconds, _ in stretches) / work
    # What was used since the last word of progress is part of the next unit.
    remaining = max(0.0, total - points[-1].done)
    energy = max(now.kwh, points[-1].kwh + rate_kwh * remaining)
    seconds = max(now.seconds, points[-1].seconds + rate_s * remaining)
    if energy <= 0:
        return None
    to_come = max(0.0, energy - now.kwh)
    scatter = math.log(_scatter(stretches, rate_kwh, remaining)) * to_come / energy
    low, high = combine(
        energy,
        [(1.0, *ratio), (1.0, math.exp(-scatter), math.exp(scatter))],
    )
    return Forecast(energy, max(low, now.kwh * ratio[0]), high, seconds)


def _stretches(points: Sequence[Point]) -> list[Point]:
    """Work, seconds and energy between points; the first, which holds the start, is left out when it can be."""
    whole = [Point(0.0, 0.0, 0.0), *points]
    found = [
        Point(b.done - a.done, b.seconds - a.seconds, b.kwh - a.kwh)
        for a, b in pairwise(whole)
        if b.done > a.done  # a loop that counts from 0 says so first
    ]
    return found[1:] if len(found) > FEW_STRETCHES else found


def _scatter(stretches: Sequence[Point], rate: float, remaining: float) -> float:
    """90 % bound ×/÷ of the mean rate to come, from its scatter between stretches (Student)."""
    n = len(stretches)
    if n < FEW_STRETCHES or rate <= 0:
        return UNKNOWN_SCATTER
    work = sum(done for done, _, _ in stretches) / n
    variance = sum((kwh / done - rate) ** 2 for done, _, kwh in stretches) / (n - 1)
    to_come = max(1.0, remaining / work)
    error = math.sqrt(variance * (1 / n + 1 / to_come)) / rate
    student = _STUDENT_95[n - 2] if n - 2 < len(_STUDENT_95) else 1.7
    return math.exp(min(3.0, student * error))
