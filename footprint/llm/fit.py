"""From a pilot to production: the fit E = P_fixed × t + e × N over load levels (M6).

Weighted least squares with two unknowns at or above zero, in closed form. Two kinds of errors are kept apart
(M7): the meter's own, common to all levels, which no number of levels averages out, and what is left, which
sets the weights and the spread of the parameters. Intervals are at 90 %, of a normal law cut at zero:
variance = (common cv × value)² + independent variance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from collectors.records import Notice
from footprint.llm.errors import LlmRefused
from footprint.lognormal import Z95, sigma_of

LEAST_SPREAD = 1.1
"""Busiest rate over the quietest, below which fixed and per-request energy cannot be told apart (own rule)."""
INDEPENDENT_FLOOR = 0.01
"""Least independent error of a level, relative: counters and meter are not read at one instant (own rule)."""
HOURS_A_YEAR = 8784.0


@dataclass(frozen=True, slots=True)
class Level:
    """One load level: `requests` served in `seconds`, `energy_kwh` with its 90 % bounds.

    `independent`: the part of that interval which is the level's own, as a standard deviation of the logarithm.
    """

    seconds: float
    requests: float
    energy_kwh: float
    low_kwh: float
    high_kwh: float
    independent: float = 0.0


@dataclass(frozen=True, slots=True)
class Fit:
    """Fixed power (W) and energy per request (Wh), each with its 90 % bounds.

    `covariance`: variance of the fixed power (W²), covariance (W·Wh), variance of the energy per request
    (Wh²), independent errors only; `common`: relative error of the meter, common to all; `residual`: largest
    distance of a level from the line, relative; `held`: the parameter that data would have made negative,
    held at zero; `busiest`: highest rate measured, in requests a second.
    """

    fixed_w: float
    fixed_low_w: float
    fixed_high_w: float
    wh_per_request: float
    low_wh: float
    high_wh: float
    covariance: tuple[float, float, float]
    common: float
    residual: float
    held: Literal["fixed", "request"] | None
    levels: int
    busiest: float


@dataclass(frozen=True, slots=True)
class Yearly:
    """A year of service: kWh, its 90 % bounds, its two terms, and Wh per 1,000 requests with bounds.

    `replicas`: machines the mean rate asks for, each at the busiest rate measured. The building's PUE is not
    included.
    """

    energy_kwh: float
    low_kwh: float
    high_kwh: float
    fixed_kwh: float
    requests_kwh: float
    wh_per_1000: float
    wh_per_1000_low: float
    wh_per_1000_high: float
    replicas: int = 1
    notices: tuple[Notice, ...] = ()


def fit(levels: Sequence[Level], common: float | None = None) -> Fit:
    """Fit the levels of a pilot (M6).

    `common`: relative error shared by all levels, as the standard deviation of the logarithm; by default the
    smallest of the levels' own intervals: one meter read them all. Raises LlmRefused when the levels are too
    few, ill-formed or too alike to tell the two terms apart.
    """
    _check(levels)
    sigmas = [sigma_of(level.low_kwh, level.high_kwh) or 0.0 for level in levels]
    # A level's own error is no part of what its meter shares with the others.
    meters = [_without(sigma, level.independent) for sigma, level in zip(sigmas, levels, strict=True)]
    shared = min(meters) if common is None else common
    points = [
        (
            level.seconds / 3600.0,
            float(level.requests),
            level.energy_kwh * 1000.0,
            _independent(meter, shared, level.independent) * level.energy_kwh * 1000.0,
        )
        for level, meter in zip(levels, meters, strict=True)
    ]
    free, covariance = _solve(points)
    fixed, each, held = _not_negative(points, free)
    scale = max(1.0, _chi2(points, free) / (len(points) - 2)) if len(points) > 2 else 1.0
    covariance = (covariance[0] * scale, covariance[1] * scale, covariance[2] * scale)
    fixed_low, fixed_high = _bounds(fixed, covariance[0], shared)
    low, high = _bounds(each, covariance[2], shared)
    return Fit(
        fixed, fixed_low, fixed_high, each, low, high, covariance, shared,
        residual=max(abs(energy - fixed * t - each * n) / energy for t, n, energy, _ in points),
        held=held, levels=len(points), busiest=max(level.requests / level.seconds for level in levels),
    )  # fmt: skip


def extrapolate(found: Fit, requests_a_year: float, hours_a_year: float = 8760.0) -> Yearly:
    """A year of `requests_a_year` on machines reserved `hours_a_year` hours: both terms count (M6).

    Above the busiest rate measured, one machine may not be enough: the fixed power is that of as many as the
    mean rate asks for. Nobody measured that: the low bound keeps one machine, the high one has one to spare.
    Raises LlmRefused for a volume that is not above zero, or hours outside 0 to 8784.
    """
    if not (math.isfinite(requests_a_year) and requests_a_year > 0):
        raise LlmRefused(
            "Donnez un nombre de requêtes par an supérieur à zéro.", "Give a number of requests above zero."
        )
    if not 0 < hours_a_year <= HOURS_A_YEAR:
        raise LlmRefused(
            "Heures par an : plus de 0, 8784 au plus. Une machine réservée toute l’année compte 8760 heures.",
            "Hours a year: above 0, 8784 at most. A machine reserved all year counts 8760 hours.",
        )
    replicas = _replicas(requests_a_year / (hours_a_year * 3600.0) / found.busiest)
    fixed_kwh = found.fixed_w * hours_a_year * replicas / 1000.0
    requests_kwh = found.wh_per_request * requests_a_year / 1000.0
    total = fixed_kwh + requests_kwh
    beyond = replicas > 1
    low, _ = _year_bounds(found, requests_a_year, hours_a_year)
    _, high = _year_bounds(found, requests_a_year, hours_a_year * (replicas + beyond))
    per = 1e6 / requests_a_year
    return Yearly(
        total, low, high, fixed_kwh, requests_kwh,
        wh_per_1000=total * per, wh_per_1000_low=low * per, wh_per_1000_high=high * per,
        replicas=replicas, notices=(_beyond(replicas, found.busiest),) if beyond else (),
    )  # fmt: skip


def _replicas(times: float) -> int:
    """Machines for a rate `times` the busiest measured; a rounding error asks for no other machine."""
    return max(1, math.ceil(times * (1.0 - 1e-9)))


def _year_bounds(found: Fit, requests: float, hours: float) -> tuple[float, float]:
    """90 % bounds in kWh of `requests` and `hours` of machines, their errors tied as in the fit."""
    variance = (
        found.covariance[0] * hours**2
        + 2.0 * found.covariance[1] * hours * requests
        + found.covariance[2] * requests**2
    ) / 1e6
    total = (found.fixed_w * hours + found.wh_per_request * requests) / 1000.0
    return _bounds(total, max(variance, 0.0), found.common)


def _beyond(replicas: int, busiest: float) -> Notice:
    return Notice(
        "au_dela_du_mesure",
        f"Débit moyen au-delà du plus fort mesuré ({busiest:.3g} requêtes/s) : {replicas} machines comptées. Borne "
        f"basse : une seule ; haute : {replicas + 1}. Mesurez un niveau plus chargé.",
        f"Mean rate beyond the busiest measured ({busiest:.3g} requests/s): {replicas} machines counted. Low bound: "
        f"a single one; high: {replicas + 1}. Measure a busier level.",
    )


_Point = tuple[float, float, float, float]
"""Hours, requests, Wh, independent standard deviation in Wh."""


def _check(levels: Sequence[Level]) -> None:
    if len(levels) < 2:
        raise LlmRefused(
            "Il faut au moins deux niveaux de charge pour séparer la puissance fixe de l’énergie par requête.",
            "At least two load levels are needed to tell fixed power from energy per request.",
        )
    for number, level in enumerate(levels, 1):
        values = (level.seconds, level.requests, level.energy_kwh, level.low_kwh, level.high_kwh)
        ordered = 0 < level.low_kwh <= level.energy_kwh <= level.high_kwh
        if not (all(map(math.isfinite, values)) and level.seconds > 0 and level.requests >= 0 and ordered):
            raise LlmRefused(
                f"Niveau {number} : durée et énergie doivent être supérieures à zéro, bornes comprises "
                "(bas ≤ énergie ≤ haut), et les requêtes comptées.",
                f"Level {number}: duration and energy must be above zero, bounds included "
                "(low ≤ energy ≤ high), and requests counted.",
            )
    rates = [level.requests / level.seconds for level in levels]
    served = max(level.requests for level in levels) >= 1
    if not served or max(rates) <= min(rates) * LEAST_SPREAD:
        raise LlmRefused(
            "Tous les niveaux ont le même débit de requêtes : puissance fixe et énergie par requête ne peuvent "
            "pas être séparées. Mesurez un niveau de plus, serveur au repos ou charge doublée.",
            "All levels have the same rate of requests: fixed power and energy per request cannot be told "
            "apart. Measure one more level, with the server at rest or twice the load.",
        )


def _without(sigma: float, part: float) -> float:
    """What is left of a standard deviation once an independent part of it is set apart."""
    return math.sqrt(max(sigma**2 - part**2, 0.0))


def _independent(meter: float, shared: float, own: float) -> float:
    return math.hypot(_without(meter, shared), own, INDEPENDENT_FLOOR)


def _solve(points: Sequence[_Point]) -> tuple[tuple[float, float], tuple[float, float, float]]:
    """Weighted least squares without constraint, and the covariance of its two parameters.

    Determinants as sums over pairs of levels (Cauchy-Binet): products of sums would cancel each other.
    """
    pairs = [
        (1.0 / (a[3] * b[3]) ** 2, a[0] * b[1] - b[0] * a[1], a, b)
        for a, b in combinations(points, 2)
    ]  # fmt: skip
    determinant = math.fsum(w * cross**2 for w, cross, _, _ in pairs)
    fixed = math.fsum(w * cross * (a[2] * b[1] - b[2] * a[1]) for w, cross, a, b in pairs)
    each = math.fsum(w * cross * (a[0] * b[2] - b[0] * a[2]) for w, cross, a, b in pairs)
    tt, tn, nn, _, _ = _sums(points)
    covariance = (nn / determinant, -tn / determinant, tt / determinant)
    return (fixed / determinant, each / determinant), covariance


def _not_negative(
    points: Sequence[_Point], free: tuple[float, float]
) -> tuple[float, float, Literal["fixed", "request"] | None]:
    """The best pair at or above zero: the free one, else the better edge (the problem is convex)."""
    if min(free) >= 0:
        return (*free, None)
    tt, _, nn, te, ne = _sums(points)
    without_fixed, without_request = (0.0, ne / nn), (te / tt, 0.0)
    if _chi2(points, without_fixed) <= _chi2(points, without_request):
        return (*without_fixed, "fixed")
    return (*without_request, "request")


def _sums(points: Sequence[_Point]) -> tuple[float, float, float, float, float]:
    weighted = [(1.0 / sd**2, t, n, energy) for t, n, energy, sd in points]
    return (
        math.fsum(w * t * t for w, t, _, _ in weighted),
        math.fsum(w * t * n for w, t, n, _ in weighted),
        math.fsum(w * n * n for w, _, n, _ in weighted),
        math.fsum(w * t * energy for w, t, _, energy in weighted),
        math.fsum(w * n * energy for w, _, n, energy in weighted),
    )


def _chi2(points: Sequence[_Point], pair: tuple[float, float]) -> float:
    return math.fsum(((energy - pair[0] * t - pair[1] * n) / sd) ** 2 for t, n, energy, sd in points)


def _bounds(value: float, variance: float, common: float) -> tuple[float, float]:
    """90 % bounds, common and independent errors together; never below zero."""
    half = Z95 * math.sqrt((common * value) ** 2 + variance)
    return max(0.0, value - half), value + half
