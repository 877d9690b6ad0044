"""A total as a shifted lognormal: mean, variance and third moment (M7).

A total that holds one very uncertain part and a nearly certain rest is not lognormal: its low side is short.
A constant plus a lognormal has one parameter more, and follows it. With γ the skewness of the total,

    t³ + 3 t = γ     σ² = ln(1 + t²)     total = (mean − m) + m x exp(σ z − σ²/2),   m = sd / t

and u − 1/u = t where u³ = γ/2 + √(γ²/4 + 1), so that everything is a closed form. `footprint.assessment.totals`
has the same in SQL, with the moments of many lines; here are those of a few, exactly: with w = exp(σ²), a draw
used c times in a product has the mean w^(c (c − 1) / 2), hence over all pairs and triples of terms

    variance = Σ a_i a_j (W_ij − 1)      third = Σ a_i a_j a_k (W_ijk − W_ij − W_ik − W_jk + 2)

where W is the product of those means.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import NormalDist

from footprint.lognormal import Z90, Z95, Law
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
        return self.mean + z * sd if t < STRAIGHT else self._law(sd, t).quantile(z)

    def below(self, limit: float) -> float:
        """P(total < limit)."""
        sd = math.sqrt(self.variance)
        if sd == 0:
            return 1.0 if self.mean < limit else 0.0
        t = self._t()
        if t < 0:
            return 1.0 - self._mirrored().below(-limit)
        return NORMAL.cdf((limit - self.mean) / sd) if t < STRAIGHT else self._law(sd, t).below(limit)

    def amount(self, unit: str = "kgCO2e") -> Amount:
        """The mean with its P5, P90 and P95."""
        low, p90, high = (self.quantile(z) for z in (-Z95, Z90, Z95))
        return Amount(self.mean, low, high, p90, unit)

    def _law(self, sd: float, t: float) -> Law:
        sigma = math.sqrt(math.log1p(t**2))
        return Law(self.mean - sd / t, sd / t * math.exp(-(sigma**2) / 2), sigma)

    def _mirrored(self) -> Spread:
        """The moments of minus the total: a difference may lean to the left."""
        return Spread(-self.mean, self.variance, -self.third)

    def _t(self) -> float:
        half = self.third / self.variance / math.sqrt(self.variance) / 2
        u = math.cbrt(half + math.sqrt(half**2 + 1.0))
        return u - 1 / u


def spread_of_positive(mean: float, variance: float, third: float) -> Spread:
    """The moments of a sum of positive lines: it leans no less than the lognormal of its mean and variance.

    What `footprint.assessment.totals` leaves out of the third moment can't make a total negative.
    """
    if mean <= 0:
        return Spread(mean, 0.0, 0.0)
    # Divided one mean at a time: the square of a mean that is next to nothing is zero.
    square = variance / mean / mean
    return Spread(mean, variance, max(third, variance * square * (square + 3) * mean))


def spread_of(terms: Iterable[tuple[float, Sequence[tuple[str, float]]]]) -> Spread:
    """The moments of a sum of a few terms: (amount, its draws as (identifier, sigma)); one identifier, one draw.

    A draw takes the greatest sigma that is given for it. All triples of terms are gone through.
    """
    amounts: dict[tuple[str, ...], float] = {}
    w: dict[str, float] = {}
    for amount, draws in terms:
        for name, sigma in draws:
            w[name] = max(w.get(name, 1.0), math.exp(sigma**2))
        names = tuple(sorted(name for name, _sigma in draws))
        amounts[names] = amounts.get(names, 0.0) + amount

    def mean_of(*factors: tuple[str, ...]) -> float:
        uses = Counter(name for names in factors for name in names)
        return math.prod(w[name] ** (count * (count - 1) // 2) for name, count in uses.items())

    pairs = {(i, j): mean_of(i, j) for i, j in product(amounts, repeat=2)}
    third = math.fsum(
        amounts[i]
        * amounts[j]
        * amounts[k]
        * (mean_of(i, j, k) - pairs[i, j] - pairs[i, k] - pairs[j, k] + 2)
        for i, j, k in product(amounts, repeat=3)
    )
    variance = math.fsum(amounts[i] * amounts[j] * (both - 1) for (i, j), both in pairs.items())
    return Spread(sum(amounts.values()), max(variance, 0.0), third)
