"""M7: totals of impact lines in any grouping, with their 90 % interval, in closed form.

Each line is a product of a factor, an activity and a PUE, each lognormal with mean 1 around its value. One
factor, one draw: lines that share a factor move together, so their amounts are added before squaring.

    variance(total) = Σ over draws d of (exp(σ_d²) − 1) x (Σ amounts of the lines that use d)²

The total is taken as lognormal with that mean and variance. The central value is the mean, the only one that
adds up (conservation); P5, P90 and P95 follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
from ibis import _

from footprint.lognormal import Z90, Z95

Table = Any

DRAWS = (("factor_id", "factor_sigma"), ("activity_id", "activity_sigma"), ("pue_id", "pue_sigma"))


def totals(lines: Table, by: Sequence[str]) -> Table:
    """Amount, low, high (P5, P95) and p90 of each group of `by`: one row a group.

    Keep one indicator: pass lines of one, or group by it.
    """
    draws = [
        lines.filter(lines[identifier] != "").select(
            *by, "amount", draw=_[identifier], variance=(_[sigma] ** 2).exp() - 1.0
        )
        for identifier, sigma in DRAWS
    ]
    long = ibis.union(ibis.union(draws[0], draws[1]), draws[2])
    by_draw = long.group_by(*by, "draw").aggregate(part=_.amount.sum(), variance=_.variance.max())
    spread = by_draw.mutate(square=_.variance * _.part**2)
    spread = (
        spread.group_by(*by).aggregate(square=_.square.sum())
        if by
        else spread.aggregate(square=_.square.sum())
    )
    sums = (
        lines.group_by(*by).aggregate(amount=_.amount.sum()) if by else lines.aggregate(amount=_.amount.sum())
    )
    joined = _joined(sums, spread, by)
    sigma = (1.0 + joined.square / ibis.greatest(joined.amount**2, 1e-300)).ln().sqrt()
    rows = joined.mutate(sigma=sigma)
    median = rows.amount * (-(rows.sigma**2) / 2).exp()
    return rows.mutate(
        low=median * (-Z95 * rows.sigma).exp(),
        high=median * (Z95 * rows.sigma).exp(),
        p90=median * (Z90 * rows.sigma).exp(),
    ).drop("square")


def _joined(sums: Table, spread: Table, by: Sequence[str]) -> Table:
    if not by:
        return sums.cross_join(spread).mutate(square=_.square.fill_null(0.0))
    right = spread.rename({f"of_{name}": name for name in by})
    joined = sums.left_join(right, [sums[name] == right[f"of_{name}"] for name in by])
    return joined.mutate(square=_.square.fill_null(0.0)).drop(*[f"of_{name}" for name in by])
