"""The difference and the ratio of two totals that share draws (M7), in closed form.

Both follow from moments by draw (footprint.assessment.comparing), where a factor common to A and B cancels:

    A, B    shifted lognormals, as any total (footprint.skewed)
    A − B   shifted lognormal of mean A − B, with the variance and the third moment of their net amounts;
            P(A > B) is read off it
    A / B   lognormal; in logarithms, variance σ_A² + σ_B² − 2 σ_AB, with σ_A² = ln(1 + var(A) / A²) and
            σ_AB = ln(1 + cov(A, B) / (A x B))
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from footprint.lognormal import amount
from footprint.sheets import Amount
from footprint.skewed import Spread, spread_of_positive


@dataclass(frozen=True, slots=True)
class Moments:
    """Of A and B, in their unit, squared, cubed.

    a, b: means. var_a, var_b, cov: variances and covariance. third_a, third_b: third central moments.
    more, less: what A has over B, and B over A, in lines of the very same draws (more − less = a − b).
    variance, third: central moments of A − B.
    """

    a: float
    b: float
    var_a: float
    var_b: float
    cov: float
    third_a: float
    third_b: float
    more: float
    less: float
    variance: float
    third: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A against B. `ratio` is A / B, None when A or B is (next to) 0; `probability` is that of A > B.

    When A and B are the same whatever the draws, the probability is 0.5: neither is the greater.
    """

    a: Amount
    b: Amount
    difference: Amount
    ratio: Amount | None
    probability: float

    def as_row(self) -> dict[str, float | None]:
        """As one flat row."""
        ratio, change = self.ratio, self.difference
        return {
            "a": self.a.value,
            "a_low": self.a.low,
            "a_high": self.a.high,
            "b": self.b.value,
            "b_low": self.b.low,
            "b_high": self.b.high,
            "difference": change.value,
            "low": change.low,
            "p90": change.p90,
            "high": change.high,
            "ratio": ratio.value if ratio else None,
            "ratio_low": ratio.low if ratio else None,
            "ratio_high": ratio.high if ratio else None,
            "probability": self.probability,
        }


def difference_of(m: Moments, unit: str = "kgCO2e") -> Difference:
    """A − B, A / B and P(A > B) from their moments. A and B are positive or zero."""
    net = Spread(m.more - m.less, m.variance, m.third)
    return Difference(
        spread_of_positive(m.a, m.var_a, m.third_a).amount(unit),
        spread_of_positive(m.b, m.var_b, m.third_b).amount(unit),
        net.amount(unit),
        _ratio(m),
        _probability(m, net),
    )


def _sigma(mean: float, variance: float) -> float:
    # Divided twice: the square of a mean that is next to nothing is zero.
    return math.sqrt(math.log1p(max(variance, 0.0) / mean / mean)) if mean > 0 else 0.0


def _ratio(m: Moments) -> Amount | None:
    if m.a <= 0 or m.b <= 0 or not math.isfinite(m.a / m.b):
        return None
    sigma_a, sigma_b = _sigma(m.a, m.var_a), _sigma(m.b, m.var_b)
    # Taking sums as lognormal can ask for a correlation just above 1.
    shared = min(math.log1p(m.cov / m.a / m.b), sigma_a * sigma_b)
    spread = math.sqrt(max(sigma_a**2 + sigma_b**2 - 2 * shared, 0.0))
    median = m.a / m.b * math.exp((sigma_b**2 - sigma_a**2) / 2)
    law = amount(median * math.exp(spread**2 / 2), spread, "1")
    # The ratio of the two amounts shown, with the bounds of its law.
    return Amount(m.a / m.b, law.low, law.high, law.p90, "1")


def _probability(m: Moments, net: Spread) -> float:
    # Where one of them has nothing over the other, no draw can turn the order.
    if m.more <= 0 or m.less <= 0:
        return 0.5 if m.more == m.less else float(m.more > 0)
    if m.variance <= 0:
        return 0.5 if m.more == m.less else float(m.more > m.less)
    return 1.0 - net.below(0.0)
