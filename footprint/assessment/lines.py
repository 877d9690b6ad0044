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
from footprint.assessment.vocabulary import MEASURE, STATEMENT

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
    """Sum of asset impacts by pool and kind of line; the activities of the body in a pool become one.

    The same value typed twice for the same type is one statement, hence one draw, wherever it stands:
    splitting a line of the inventory in two changes nothing. Different statements or meters of one pool are
    independent: their errors combine in quadrature.
    """
    rows = asset_impacts.mutate(
        activity_id=_.activity_id.fill_null(""), activity_sigma=_.activity_sigma.fill_null(0.0)
    )
    stated = rows.group_by(*POOL_KEYS).aggregate(amount=_.amount.sum())
    stated = stated.mutate(
        source=ibis.cases(
            (stated.activity_id.startswith(STATEMENT), STATEMENT),
            (stated.activity_id.startswith(MEASURE), MEASURE),
            else_="",
        )
    )
    others = stated.filter(_.source == "").drop("source")
    by = [name for name in POOL_KEYS if name not in ("activity_id", "activity_sigma")]
    own = stated.filter(_.source != "")
    own = own.mutate(square=(_.amount * (_.activity_sigma**2).exp().sub(1.0).sqrt()) ** 2)
    summed = own.group_by(*by, "source").aggregate(
        amount=_.amount.sum(),
        square=_.square.sum(),
        statements=_.count(),
        first_id=_.activity_id.min(),
        first_sigma=_.activity_sigma.max(),
    )
    pooled = (1.0 + summed.square / ibis.greatest(summed.amount**2, 1e-300)).ln().sqrt()
    alone = summed.statements == 1
    summed = summed.mutate(
        activity_id=ibis.ifelse(alone, summed.first_id, summed.source + summed.pool + "|" + summed.factor_id),
        activity_sigma=ibis.ifelse(alone, summed.first_sigma, pooled),
    )
    return ibis.union(others, summed.select(*others.columns))


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
