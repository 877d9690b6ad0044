"""A total as a shifted lognormal: mean, variance and third moment (M7).

A total that holds one very uncertain part and a nearly certain rest is not lognormal: its low side is short.
A constant plus a lognormal has one parameter more, and follows it. With γ the skewness of the total,

    t³ + 3 t = γ     σ² = ln(1 + t²)     total = (mean − m) + m x exp(σ z − σ²/2),   m = sd / t

and u − 1/u = t where u³ = γ/2 + √(γ²/4 + 1), so that everything is a closed form.

The third moment adds up like the variance, with v = exp(σ²) − 1 and A_d the amount that rests on a draw d:

    Σ_d v² (v + 3) A_d³  +  6 Σ over pairs of draws v_d v_e A_d A_e A_de

where A_de is the amount of the lines that are a product of both: without it, a single line of two draws would
lean far too little.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist

from footprint.lognormal import Z90, Z95
from footprint.sheets import Amount

NORMAL = NormalDist()
STRAIGHT = 1e-6  # below this skewness the law is normal


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean, variance and third central moment of a total, in its unit, squared and cubed."""

    mean: float
    variance: float
    third: float

    def quantile(self, z: float) -> float:
        """The value at z standard deviations of a normal draw: P5 at −1.645, the median at 0."""
        sd = math.sqrt(self.variance)
        if sd == 0:
            return self.mean
        t = self._t()
        if t < 0:
            return -self._mirrored().quantile(-z)
        if t < STRAIGHT:
            return self.mean + z * sd
        sigma, m = math.sqrt(math.log1p(t**2)), sd / t
        return self.mean + m * (math.exp(sigma * z - sigma**2 / 2) - 1.0)

    def below(self, limit: float) -> float:
        """P(total < limit)."""
        sd = math.sqrt(self.variance)
        if sd == 0:
            return 1.0 if self.mean < limit else 0.0
        t = self._t()
        if t < 0:
            return 1.0 - self._mirrored().below(-limit)
        if t < STRAIGHT:
            return NORMAL.cdf((limit - self.mean) / sd)
        sigma = math.sqrt(math.log1p(t**2))
        ratio = (limit - self.mean) * t / sd + 1.0
        return NORMAL.cdf((math.log(ratio) + sigma**2 / 2) / sigma) if ratio > 0 else 0.0

    def amount(self, unit: str = "kgCO2e") -> Amount:
        """The mean with its P5, P90 and P95."""
        low, p90, high = (self.quantile(z) for z in (-Z95, Z90, Z95))
        return Amount(self.mean, low, high, p90, unit)

    def _mirrored(self) -> Spread:
        """The moments of minus the total: a difference may lean to the left."""
        return Spread(-self.mean, self.variance, -self.third)

    def _t(self) -> float:
        half = self.third / self.variance / math.sqrt(self.variance) / 2
        u = math.cbrt(half + math.sqrt(half**2 + 1.0))
        return u - 1 / u


def spread_of(terms: Iterable[tuple[float, Sequence[tuple[str, float]]]]) -> Spread:
    """The moments of a sum of terms: (amount, its draws as (identifier, sigma)); one identifier, one draw."""
    mean = 0.0
    parts: dict[str, float] = {}
    spreads: dict[str, float] = {}
    both: dict[tuple[str, ...], float] = {}
    for amount, draws in terms:
        mean += amount
        for name, sigma in draws:
            parts[name] = parts.get(name, 0.0) + amount
            spreads[name] = max(spreads.get(name, 0.0), math.expm1(sigma**2))
        for pair in combinations(sorted(name for name, _sigma in draws), 2):
            both[pair] = both.get(pair, 0.0) + amount
    crossed = sum(spreads[d] * spreads[e] * parts[d] * parts[e] * part for (d, e), part in both.items())
    return Spread(
        mean,
        sum(spreads[d] * part**2 for d, part in parts.items()),
        sum(spreads[d] ** 2 * (spreads[d] + 3) * part**3 for d, part in parts.items()) + 6 * crossed,
    )
