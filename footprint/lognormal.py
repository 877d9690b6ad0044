"""Lognormal values (M7): a mean and the standard deviation of the logarithm give bounds and probabilities."""

from __future__ import annotations

import math

from footprint.sheets import Amount

Z90 = 1.2815515655446004
Z95 = 1.6448536269514722


def amount(mean: float, sigma: float, unit: str = "kgCO2e") -> Amount:
    """A mean with its P5, P90 and P95."""
    median = mean * math.exp(-(sigma**2) / 2)
    low, p90, high = (median * math.exp(z * sigma) for z in (-Z95, Z90, Z95))
    return Amount(mean, low, high, p90, unit)


def sigma_of(low: float, high: float) -> float | None:
    """Standard deviation of ln X from 90 % bounds; None when a bound is not positive."""
    return math.log(high / low) / (2 * Z95) if low > 0 and high > 0 else None


def probability_below(mean: float, sigma: float, limit: float) -> float:
    """P(X < limit)."""
    if mean <= 0:
        return 1.0
    if sigma <= 0:
        return 1.0 if mean < limit else 0.0
    z = (math.log(limit / mean) + sigma**2 / 2) / sigma
    return 0.5 * (1.0 + math.erf(z / math.sqrt(2.0)))
