"""Energy from samples: counters that restart, samples that are impossible, gaps that stay gaps.

Nothing is invented and nothing is negative: an interval longer than the gap allowed gives no energy, a
counter that fell restarted from zero, a sample whose power is impossible is left out with its reason.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from collectors.records import Notice

LONGEST_LIFE_S = 1.6e9
"""Fifty years."""
RAPL_RANGES_J = (65_532.610987, 65_712.999613, 262_143.328850)
"""Where the counters of RAPL start again from zero: max_energy_range_uj of the powercap driver, in J."""
MOST_RATE = 3.0
"""How much faster than just before a counter may have run to its range (own rule): beyond, it restarted."""


class Point(NamedTuple):
    """A sample: UTC epoch seconds, value."""

    t: float
    value: float


class Rise(NamedTuple):
    """Energy of an interval in J; `most` is what it may have been at most when the counter restarted."""

    start: float
    end: float
    joules: float
    most: float


@dataclass(slots=True)
class Read:
    """Rises in time order; `gap_s` left without energy; restarts; turns of a range; samples
    set aside as (t, value, reason)."""

    rises: list[Rise] = field(default_factory=list)
    gap_s: float = 0.0
    restarts: int = 0
    turns: int = 0
    set_aside: list[tuple[float, float, str]] = field(default_factory=list)


def ordered(points: Iterable[Point]) -> list[Point]:
    """Finite samples, oldest first, one an instant."""
    kept = {point.t: point for point in points if math.isfinite(point.value) and math.isfinite(point.t)}
    return [kept[t] for t in sorted(kept)]


def counter_rises(
    points: Sequence[Point], longest_gap_s: float, most_w: float, ranges: Sequence[float] = ()
) -> Read:
    """Energy between the samples of a counter in J.

    `ranges`: values in J from which such a counter goes on from zero, having lost nothing (RAPL).
    `longest_gap_s`: beyond, an interval is a gap; `most_w`: mean power above which a sample is impossible
    (Kepler's wrap writes 10^15 J). A jump that lasts is taken as a new base: its own interval is lost.
    """
    read = Read()
    good: Point | None = None
    doubtful: Point | None = None
    kept = ordered(points)
    rate = _first_rate(kept, longest_gap_s, most_w) if ranges else None
    for point in kept:
        if point.value < 0:
            read.set_aside.append((point.t, point.value, "negative"))
            continue
        if good is None:
            good = point
            continue
        turned = _turned(good, point, rate, longest_gap_s, most_w, ranges)
        rise = turned or _rise(good, point, rate, longest_gap_s, most_w)
        if rise is None and point.t - good.t <= longest_gap_s:
            again = doubtful and _rise(doubtful, point, None, longest_gap_s, most_w)
            if not again or doubtful is None or point.value <= doubtful.value:
                read.set_aside.append((point.t, point.value, "implausible"))
                doubtful = point
                continue
            # The counter goes on from the jump: a new base. One that stays there is stuck, and tells nothing.
            read.gap_s += doubtful.t - good.t
            rise, good = again, doubtful
        if rise is None:
            read.gap_s += point.t - good.t
        else:
            read.turns += turned is not None
            read.restarts += turned is None and point.value < good.value
            read.rises.append(rise)
            rate = rise.joules / (rise.end - rise.start)
        good, doubtful = point, None
    return read


def _first_rate(points: Sequence[Point], longest_gap_s: float, most_w: float) -> float | None:
    """Power of the first two samples that rise, for a range gone through before any power is known."""
    return next(
        (
            (after.value - before.value) / (after.t - before.t)
            for before, after in pairwise(points)
            if after.t - before.t <= longest_gap_s
            and 0 < after.value - before.value <= most_w * (after.t - before.t)
        ),
        None,
    )


def _turned(
    before: Point,
    after: Point,
    rate: float | None,
    longest_gap_s: float,
    most_w: float,
    ranges: Sequence[float],
) -> Rise | None:
    """The energy of a counter that went through its range: the range nearest to the power just before.

    None when it did not fall, or not from where that power leads to a range: it restarted.
    """
    seconds = after.t - before.t
    if after.value >= before.value or rate is None or seconds > longest_gap_s:
        return None
    expected = rate * seconds
    gains = [top - before.value + after.value for top in ranges if top >= before.value]
    near = min(gains, key=lambda gain: abs(gain - expected), default=math.inf)
    if near > min(MOST_RATE * expected, most_w * seconds):
        return None
    return Rise(before.t, after.t, near, near)


def _rise(
    before: Point, after: Point, rate: float | None, longest_gap_s: float, most_w: float
) -> Rise | None:
    """The energy between two samples; None across a gap or when it is impossible."""
    seconds = after.t - before.t
    fell = after.value < before.value
    joules = after.value if fell else after.value - before.value
    # A counter that falls from what no machine reaches in a lifetime did not restart: it was never right.
    never_right = fell and before.value > most_w * LONGEST_LIFE_S
    if never_right or seconds > longest_gap_s or joules > most_w * seconds:
        return None
    most = max(joules, (rate or 0.0) * seconds) if fell else joules
    return Rise(before.t, after.t, joules, most)


def gauge_rises(
    points: Sequence[Point], longest_gap_s: float, most_w: float, averaged_s: float = 0.0
) -> Read:
    """Energy under a power gauge in W: the mean of two neighbours over their interval.

    `averaged_s`: each sample is already the mean over these seconds before it, and stands for its interval alone
    when that is no longer.
    """
    read = Read()
    before: Point | None = None
    for point in ordered(points):
        if not 0 <= point.value <= most_w:
            read.set_aside.append((point.t, point.value, "negative" if point.value < 0 else "implausible"))
            continue
        if before is not None:
            seconds = point.t - before.t
            if seconds > longest_gap_s:
                read.gap_s += seconds
            else:
                known = seconds <= averaged_s
                joules = (point.value if known else (before.value + point.value) / 2) * seconds
                read.rises.append(Rise(before.t, point.t, joules, joules))
        before = point
    return read


def observed(rises: Iterable[Rise]) -> list[tuple[float, float]]:
    """The union of the intervals of several series, disjoint, in time order."""
    spans: list[tuple[float, float]] = []
    for start, end in sorted((rise.start, rise.end) for rise in rises):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def at_once(several: Iterable[Sequence[Point]]) -> bool:
    """Whether two series share most of their instants: those that follow each other share a few at the joint."""
    seen: set[float] = set()
    for instants in sorted(({point.t for point in points} for points in several), key=len, reverse=True):
        if 2 * len(instants & seen) > len(instants):
            return True
        seen |= instants
    return False


def restarted() -> Notice:
    """Restarts were read."""
    return Notice(
        "compteur_remis_a_zero",
        "Un compteur est reparti de zéro : ce qu’il a compté juste avant est perdu ; la borne haute le comprend.",
        "A counter restarted from zero: what it counted just before is lost; the high bound covers it.",
    )


def turned() -> Notice:
    """Turns of a range were read."""
    return Notice(
        "compteur_rapl_boucle",
        "Un compteur RAPL est passé par son maximum et reparti de zéro : ce tour est compté, d’après la puissance "
        "juste avant.",
        "A RAPL counter went through its maximum and on from zero: that turn is counted, judging by the power "
        "just before.",
    )
