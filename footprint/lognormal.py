"""Lognormal values, shifted or not (M7): a law gives bounds and probabilities, and bounds give their law back."""

from __future__ import annotations

import math
from dataclasses import dataclass

from footprint.sheets import Amount

Z90 = 1.2815515655446004
Z95 = 1.6448536269514722

# Of a law's P5, P90 and P95: ln((P95 − P90) / (P90 − P5)) = Z95 σ + ln sinh(NEAR σ) − ln sinh(FAR σ).
NEAR, FAR = (Z95 - Z90) / 2, (Z95 + Z90) / 2
STRAIGHT = 1e-5  # below this σ the law is normal, to what can be read


@dataclass(frozen=True, slots=True)
class Law:
    """shift + median x exp(sigma z), z a normal draw: a constant plus a lognormal, in the unit of its amount.

    A certain value has sigma 0 and no shift.
    """

    shift: float
    median: float
    sigma: float

    def quantile(self, z: float) -> float:
        """The value at z standard deviations of the normal draw: P5 at −1.645, the median at 0."""
        return self.shift + self.median * math.exp(self.sigma * z)

    def below(self, limit: float) -> float:
        """P(value < limit)."""
        if self.sigma <= 0:
            return 1.0 if self.shift + self.median < limit else 0.0
        if limit <= self.shift:
            return 0.0
        z = math.log((limit - self.shift) / self.median) / self.sigma
        return 0.5 * math.erfc(-z / math.sqrt(2.0))


def law(mean: float, sigma: float, shift: float = 0.0) -> Law:
    """The law of this mean, of which `shift` is certain and the rest lognormal."""
    return Law(shift, (mean - shift) * math.exp(-(sigma**2) / 2), sigma)


def law_of(amount: Amount) -> Law:
    """The law that an amount's P5, P90 and P95 are those of: its P90 and its probabilities are one law's.

    Bounds that no constant plus a lognormal has (P90 nearer to P95 than a normal law puts it) are read as
    those of a normal law between P5 and P95.
    """
    if not amount.low < amount.high:
        return Law(0.0, amount.value, 0.0)
    sigma = max(_sigma(amount.high - amount.p90, amount.p90 - amount.low), STRAIGHT)
    median = (amount.high - amount.low) / (2 * math.sinh(Z95 * sigma))
    return Law(amount.low - median * math.exp(-Z95 * sigma), median, sigma)


def amount(mean: float, sigma: float, unit: str = "kgCO2e") -> Amount:
    """A lognormal value of this mean with its P5, P90 and P95."""
    found = law(mean, sigma)
    return Amount(mean, found.quantile(-Z95), found.quantile(Z95), found.quantile(Z90), unit)


def sigma_of(low: float, high: float) -> float | None:
    """Standard deviation of ln X from 90 % bounds; None when a bound is not positive."""
    return math.log(high / low) / (2 * Z95) if low > 0 and high > 0 else None


def _sigma(above: float, below: float) -> float:
    """σ from P95 − P90 and P90 − P5: their ratio rises with it, and bends down, so that Newton climbs to it."""
    if above <= 0 or below <= 0:
        return 0.0
    target = math.log(above / below)
    sigma = (target - math.log(NEAR / FAR)) / Z95
    if sigma <= STRAIGHT:
        return 0.0
    for _step in range(50):
        miss = target - Z95 * sigma - _log_sinh(NEAR * sigma) + _log_sinh(FAR * sigma)
        step = miss / (Z95 + NEAR / math.tanh(NEAR * sigma) - FAR / math.tanh(FAR * sigma))
        sigma += step
        if abs(step) <= 1e-12 * sigma:
            break
    return sigma


def _log_sinh(x: float) -> float:
    """ln sinh x of a positive x, however great."""
    return x + math.log(-math.expm1(-2 * x) / 2)
