"""M7: totals of impact lines with their 90 % interval, in closed form, from three moments.

A line is an amount times up to three draws (factor, activity, PUE), each lognormal with mean 1. One factor, one
draw: lines that share one move together. Write A_S for the sum of the amounts of the lines that use all the
draws of S (one, two or three), v_d = exp(σ_d²) − 1 and k_d = v_d² (v_d + 3), the second and third moments of a
draw. The total less its mean is Σ_S A_S Π_{d in S} (X_d − 1), hence, over draws d, pairs de and triples def:

    variance = Σ v_d A_d²  +  Σ v_d v_e A_de²  +  Σ v_d v_e v_f A_def²
    third    = Σ k_d A_d³  +  Σ 6 v_d v_e A_d A_e A_de  +  terms of a higher order in v (`THIRD`)

No term is left out, but for the 6 v_d v_e v_f A_de A_df A_ef of three draws that go two by two and never all
three on one line. The law that has these moments is `footprint.skewed`'s: a constant plus a lognormal. A line
alone is a product of lognormals: the constant is then 0, and the law exactly its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import ibis
from ibis import _

from footprint.lognormal import Z90, Z95

Table = Any

DRAWS = (("factor_id", "factor_sigma"), ("activity_id", "activity_sigma"), ("pue_id", "pue_sigma"))
SLOTS = ("factor", "activity", "pue")
SETS = tuple(combination for size in (1, 2) for combination in combinations(SLOTS, size))


def spread_of_draw(identifier: Any, sigma: Any) -> Any:
    """exp(σ²) − 1, the relative variance of a draw; 0 without a draw."""
    return ibis.ifelse(identifier == "", 0.0, (sigma**2).exp() - 1.0)


def moments(terms: Table, by: Sequence[str]) -> Table:
    """Variance and third central moment of the sum of each group of `by`, in the unit of x squared and cubed.

    `terms`: one row a group and combination of draws, with columns factor, activity and pue (what names each
    draw), v_factor, v_activity and v_pue (`spread_of_draw`) and x, the amount, which may be negative.
    """
    rows = terms
    for slots in SETS:
        name = "_".join(slots)
        found = {f"x_{name}": _.x.sum()}
        if len(slots) == 1:
            # One draw is as uncertain as the most uncertain line that names it.
            found |= {f"w_{name}": _[f"v_{name}"].max()}
        rows = rows.join(terms.group_by(*by, *slots).aggregate(**found), [*by, *slots])
    sums = {"variance": _variance(rows).sum(), "third": _third(rows).sum()}
    return rows.group_by(*by).aggregate(**sums) if by else rows.aggregate(**sums)


def _variance(r: Table) -> Any:
    """What a row adds to the variance: Σ over rows of x A_S is Σ over draws of A_S²."""
    v = {slot: r[f"w_{slot}"] for slot in SLOTS}
    whole = v["factor"] * v["activity"] * v["pue"] * r.x
    for slot in SLOTS:
        whole += v[slot] * r[f"x_{slot}"]
    for d, e in combinations(SLOTS, 2):
        whole += v[d] * v[e] * r[f"x_{d}_{e}"]
    return r.x * whole


def _third(r: Table) -> Any:
    """What a row adds to the third moment: sets of draws by threes, where each draw is in two of them or all."""
    v = {slot: r[f"w_{slot}"] for slot in SLOTS}
    k = {slot: v[slot] * v[slot] * (v[slot] + 3.0) for slot in SLOTS}
    one = {slot: r[f"x_{slot}"] for slot in SLOTS}
    two = {frozenset(pair): r["x_" + "_".join(pair)] for pair in combinations(SLOTS, 2)}
    vvv, kkk = v["factor"] * v["activity"] * v["pue"], k["factor"] * k["activity"] * k["pue"]
    whole = kkk * r.x * r.x
    for d, e in combinations(SLOTS, 2):
        both = two[frozenset((d, e))]
        whole += 6.0 * v[d] * v[e] * one[d] * one[e] + k[d] * k[e] * both * both
        whole += 3.0 * both * (k[d] * v[e] * one[d] + v[d] * k[e] * one[e])
    for d in SLOTS:
        e, f = (slot for slot in SLOTS if slot != d)
        rest = two[frozenset((e, f))]
        sides = two[frozenset((d, e))] * two[frozenset((d, f))]
        whole += k[d] * one[d] * one[d] + 6.0 * vvv * one[d] * rest
        whole += 3.0 * r.x * (k[d] * v[e] * v[f] * one[d] + v[d] * k[e] * k[f] * rest)
        whole += 6.0 * k[d] * v[e] * v[f] * sides
    triangle = two[frozenset(SLOTS[:2])] * two[frozenset(SLOTS[1:])] * two[frozenset(SLOTS[::2])]
    return r.x * whole + 6.0 * vvv * triangle


def with_interval(rows: Table) -> Table:
    """Rows that have an amount, and a variance and third moment over its square and cube, with their law.

    Adds sigma, shift (the total is shift + a lognormal of that σ), low, high (P5, P95) and p90. The formulas
    are those of `footprint.skewed`, where a sum of positive lines leans no less than the lognormal of its
    mean and variance. Without spread there is no interval: every bound is the amount.
    """
    deviation = rows.variance.nullif(0.0).sqrt()
    rows = rows.mutate(deviation=deviation)
    straight = rows.deviation * (rows.variance + 3.0)
    half = ibis.greatest(rows.third / (rows.variance.nullif(0.0) * rows.deviation), straight) / 2.0
    rows = rows.mutate(u=(half + (half * half + 1.0).sqrt()) ** (1.0 / 3.0))
    rows = rows.mutate(t=_.u - 1.0 / _.u)
    rows = rows.mutate(law=(1.0 + rows.t * rows.t).ln().sqrt(), part=rows.deviation / rows.t)
    bounds = {
        name: rows.amount
        * (1.0 + (rows.part * ((z * rows.law - rows.law * rows.law / 2.0).exp() - 1.0)).fill_null(0.0))
        for name, z in (("low", -Z95), ("high", Z95), ("p90", Z90))
    }
    rows = rows.mutate(
        sigma=rows.law.fill_null(0.0), shift=(rows.amount * (1.0 - rows.part)).fill_null(0.0), **bounds
    )
    return rows.drop("variance", "third", "deviation", "u", "t", "law", "part")
