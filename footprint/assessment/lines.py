"""Impact lines: asset impacts of a pool x the part each subject draws (M4).

Assets of a pool that share item, stage, factors and tier are added before they are shared out: their sum is
what an application can draw on. Their independent activity errors combine in quadrature, so that ten
declared meters are surer than one, while a common factor is never averaged out (M7).
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.assessment.pools import stage_class

Table = Any

POOL_KEYS = (
    "pool", "item", "post", "model", "stage", "indicator", "rule", "tier", "factor_id", "factor_sigma",
    "activity_id", "activity_sigma", "pue_id", "pue_sigma",
)  # fmt: skip
LINE_COLUMNS = (
    "subject_kind", "subject", "environment", "tenant", "pool", "item", "post", "model", "stage", "indicator",
    "amount", "part", "key_kind", "split_kind", "rule", "tier", "factor_id", "factor_sigma", "activity_id",
    "activity_sigma", "pue_id", "pue_sigma",
)  # fmt: skip


def pool_impacts(asset_impacts: Table) -> Table:
    """Sum of asset impacts by pool and kind of line; declared energies of a pool become one activity."""
    own = asset_impacts.activity_id.startswith("declare:")
    rows = asset_impacts.mutate(
        activity_id=ibis.ifelse(own, "declare:" + _.pool + "|" + _.factor_id, _.activity_id.fill_null("")),
        square=ibis.ifelse(own, (_.amount * (_.activity_sigma**2).exp().sub(1.0).sqrt()) ** 2, 0.0),
        activity_sigma=ibis.ifelse(own, -1.0, _.activity_sigma.fill_null(0.0)),
    )
    summed = rows.group_by(*POOL_KEYS).aggregate(amount=_.amount.sum(), square=_.square.sum())
    pooled = (1.0 + summed.square / ibis.greatest(summed.amount**2, 1e-300)).ln().sqrt()
    return summed.mutate(
        activity_sigma=ibis.ifelse(summed.activity_sigma < 0, pooled, summed.activity_sigma)
    ).drop("square")


def impact_lines(pools: Table, parts: Table) -> Table:
    """One row a subject, machine, stage and indicator, in kgCO2e (gwp), kgSbeq (adpe), MJ (pe) or L (water)."""
    rows = pools.mutate(line_class=stage_class(_.stage))
    drawn = parts.rename(part_pool="pool")
    joined = rows.join(drawn, [rows.pool == drawn.part_pool, rows.line_class == drawn.stage_class])
    return joined.mutate(amount=_.amount * _.part).filter(_.part > 0).select(*LINE_COLUMNS)


def run_parts(runs: Table, weights: Table) -> Table:
    """The parts of measured runs: all to the application named, when the map knows it."""
    rows = runs.cross_join(weights.select("stage_class"))
    known = rows.known.fill_null(False)
    return rows.select(
        "pool",
        "stage_class",
        tenant=ibis.literal(""),
        subject_kind=ibis.ifelse(known, "application", "non_affecte"),
        subject=ibis.cases(
            (known, rows.application),
            (rows.subject == "host", "machine_hors_inventaire"),
            else_="execution_non_rattachee",
        ),
        environment=rows.phase,
        part=ibis.literal(1.0),
        key_kind=ibis.literal("mesuree"),
        split_kind=ibis.literal("entiere"),
    )
