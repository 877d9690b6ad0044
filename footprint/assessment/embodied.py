"""What making, moving and ending equipment emits, charged to the year (M3)."""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.assessment.assets import impacts
from footprint.assessment.components import component_impacts

Table = Any

DAYS_A_YEAR = 365.25
OF_ASSETS = (
    "asset", "item", "post", "pool", "data_centre", "in_data_centre", "quantity", "zone", "share", "purchased",
    "retired", "first_day", "after_day", "purchase_year", "lifetime_y", "refurbished", "upstream_y", "reuse",
    "total_life_y",
)  # fmt: skip


def embodied_impacts(assets: Table, made: Table, inside: Table, t: dict[str, Table]) -> Table:
    """M3: quantity x units x factor x professional share x charged years / lifetime; `made`: of `made_of`.

    Amortised: charged inside [purchase, purchase + lifetime] and until withdrawal, nothing after; the years
    that measured runs took of the machine are charged to them (M6), not twice. Purchase year: all at once.
    """
    lived = _charged(_lives(assets, t), inside)
    lived = lived.select(*(name for name in lived.columns if name not in made.columns))
    joined = lived.join(made, lived.asset == made.made_asset)
    rows = impacts(
        joined,
        amount=_.quantity * _.units * _.factor * _.share * _.charged_years / _.lifetime_y,
        rule=ibis.literal("M3"),
        pue_id=ibis.literal(""),
        pue_sigma=ibis.literal(0.0),
        activity_id=joined.life_id,
        activity_sigma=joined.life_sigma,
        **{name: joined[name] for name in ("units", "charged_years", "lifetime_y", "part")},
    )
    return rows.filter(_.charged_years > 0)


def _lives(assets: Table, t: dict[str, Table]) -> Table:
    """Lifetime in years: that of the type or declared, more for second-hand and for reuse (M3).

    lifetime = internal + upstream x part bought refurbished + reuse rate x (total mean − internal)
    """
    items = t["items"].select("item", "lifetime", "lifetime_id", "lifetime_sigma")
    assets = assets.select(*OF_ASSETS)
    joined = assets.left_join(items, "item").drop("item_right")
    internal = joined.lifetime_y.fill_null(joined.lifetime)
    # Upstream life counts with its proof only: no declared years, nothing added.
    before = (joined.upstream_y * joined.refurbished).fill_null(0.0)
    after = (joined.reuse * ibis.greatest(joined.total_life_y - internal, 0.0)).fill_null(0.0)
    own = joined.lifetime_y.notnull()
    return joined.mutate(
        lifetime_y=internal + before + after,
        life_id=ibis.ifelse(own, "", joined.lifetime_id),
        life_sigma=ibis.ifelse(own, 0.0, joined.lifetime_sigma),
    ).filter(_.lifetime_y > 0)


def _charged(lived: Table, inside: Table) -> Table:
    """Years of its life each asset is charged for in the year."""
    joined = lived.left_join(inside, lived.asset == inside.inside_asset)
    # With no purchase date the year is charged as if the machine were within its life (conservative).
    life_end = (joined.purchased + joined.lifetime_y * DAYS_A_YEAR).fill_null(joined.after_day)
    start = ibis.greatest(joined.purchased.fill_null(joined.first_day), joined.first_day)
    end = ibis.least(life_end, joined.retired.fill_null(joined.after_day), joined.after_day)
    years = ibis.greatest((end - start).cast("float64"), 0.0) / DAYS_A_YEAR
    # Runs used some of the units: their years count for so much of `quantity`.
    theirs = (joined.inside_years / joined.quantity.nullif(0.0)).fill_null(0.0)
    bought = (joined.purchased >= joined.first_day) & (joined.purchased < joined.after_day)
    return joined.mutate(
        charged_years=ibis.ifelse(
            joined.purchase_year,
            ibis.ifelse(bought.fill_null(False), joined.lifetime_y, 0.0),
            ibis.greatest(years - theirs, 0.0),
        )
    )


def parts_of(assets: Table, t: dict[str, Table]) -> Table:
    """What one unit of each configured server embodies, part by part, as `made_of` gives it."""
    configuration = assets.select(
        "asset", "item", "cpus", "cores", "ram_gb", "ssd_gb", "hdds", "psus", "gpus", "gpu"
    )
    return component_impacts(configuration, t).select(
        made_asset=_.asset,
        indicator=_.indicator,
        stage=_.stage,
        part=_.component,
        units=_.units,
        factor=_.factor,
        factor_id=_.factor_id,
        factor_sigma=_.factor_sigma,
        tier=ibis.literal("model"),
    )


def made_of(assets: Table, parts: Table, t: dict[str, Table]) -> Table:
    """What one unit of each asset embodies, best evidence first: the maker's figure, its parts, its type (M1)."""
    declared = assets.filter(_.embodied_kgco2e.notnull()).select(
        made_asset=_.asset,
        indicator=ibis.literal("gwp"),
        stage=ibis.literal("embodied"),
        part=ibis.literal(""),
        units=ibis.literal(1.0),
        factor=_.embodied_kgco2e,
        factor_id=_.made_statement + "|fabrication",
        factor_sigma=_.declared_sigma,
        tier=ibis.literal("declared"),
    )
    generic = assets.select("asset", "item").join(t["embodied"], "item")
    generic = generic.select(
        "indicator",
        "stage",
        "factor",
        "factor_id",
        "factor_sigma",
        made_asset=_.asset,
        part=ibis.literal(""),
        units=ibis.literal(1.0),
        tier=ibis.literal("generic"),
    )
    parts = _without(parts, declared)
    generic = _without(_without(generic, declared), parts)
    columns = declared.columns
    return ibis.union(ibis.union(declared, parts.select(*columns)), generic.select(*columns))


def _without(rows: Table, better: Table) -> Table:
    known = better.select(known_asset=_.made_asset, known_indicator=_.indicator).distinct()
    return rows.anti_join(
        known, [rows.made_asset == known.known_asset, rows.indicator == known.known_indicator]
    )
