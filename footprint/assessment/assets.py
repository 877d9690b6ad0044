"""From equipment lines to asset impacts: M1 (tiers), M2 (use), M3 (embodied).

The result, `asset_impacts`, has one row an asset, stage and indicator, with every input of its formula, so
that any amount can be recomputed by hand:

use        amount = energy_kwh x share x pue x factor                                 (M2)
embodied   amount = quantity x factor x share x charged_years / lifetime_y             (M3)
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.lognormal import Z95

Table = Any  # an Ibis table; Ibis ships no types that mypy --strict can follow

DAYS_A_YEAR = 365.25
MIN_OBSERVED_HOURS = 7 * 24  # M2: below seven days, the next tier

IMPACT_COLUMNS = (
    "asset", "item", "post", "pool", "in_data_centre", "model", "application", "quantity", "zone",
    "stage", "indicator", "amount", "rule", "tier", "unit_kwh", "served", "inside_kwh", "energy_kwh", "pue", "share",
    "charged_years", "lifetime_y",
    "factor", "factor_id", "factor_sigma", "activity_id", "activity_sigma", "pue_id", "pue_sigma",
)  # fmt: skip


def resolved(t: dict[str, Table]) -> Table:
    """Equipment lines with item, post, zone, PUE, pool and the days they served in the year.

    Zone: the asset's country, else its data centre's, else the campaign's. PUE only in a data centre: the
    site's own, else the default of an unmeasured room (M2). Pool: the cluster, else the machine itself (M4).
    """
    assets = t["assets"].left_join(t["types"], "type").drop("type_right")
    assets = _named(assets, t["zones"], "country", "own_zone")
    centres = _named(t["data_centres"], t["zones"], "location", "site_zone")
    centres = centres.select("code", "site_zone", site_place=_.location, site_pue=_.pue)
    assets = assets.left_join(centres, assets.data_centre == centres.code).cross_join(t["settings"])
    # The type says whether a machine lives in a server room, even when the inventory forgot which one.
    housed = assets.in_data_centre.fill_null(assets.data_centre != "")
    # A place that is written but unknown stays unknown: falling back to another grid would hide it.
    site = assets.site_place.fill_null("")
    zone = ibis.cases(
        (assets.country != "", assets.own_zone), (site != "", assets.site_zone), else_=assets.zone
    )
    assets = assets.mutate(place=ibis.ifelse(assets.country != "", assets.country, site))
    assets = assets.mutate(
        asset=_.name,
        zone=zone,
        pue=ibis.ifelse(housed, assets.site_pue.fill_null(assets.room_pue), 1.0),
        pue_id=ibis.ifelse(
            housed,
            ibis.ifelse(assets.site_pue.notnull(), "pue:" + assets.data_centre, assets.room_pue_id),
            "",
        ),
        pue_sigma=ibis.ifelse(
            housed, ibis.ifelse(assets.site_pue.notnull(), assets.site_pue_sigma, assets.room_pue_sigma), 0.0
        ),
        in_data_centre=housed,
        share=_.share.fill_null(1.0),
        pool=ibis.ifelse(assets.cluster != "", "grappe:" + assets.cluster, "machine:" + assets.name),
    )
    return _service(assets)


def _named(table: Table, zones: Table, column: str, to: str) -> Table:
    names = zones.select(place=_.place, **{to: _.zone})
    return table.left_join(names, table[column] == names.place).drop("place")


def _service(assets: Table) -> Table:
    """Days in service inside the year; an unknown purchase date counts as in service (M3)."""
    start = ibis.greatest(assets.purchased.fill_null(assets.first_day), assets.first_day)
    end = ibis.least(assets.retired.fill_null(assets.after_day), assets.after_day)
    days = ibis.greatest(end - start, 0)
    return assets.mutate(days=days, year_days=assets.after_day - assets.first_day)


def energy(assets: Table, inside: Table, t: dict[str, Table]) -> Table:
    """One row an asset: its energy of the year by the best evidence tier that exists (M1), in kWh.

    energy_kwh = quantity x unit_kwh (a unit, a whole year) x served (part of the year) − inside_kwh (runs
    measured on that machine, which carry their own energy to their application).
    """
    served = assets.filter(_.days > 0).mutate(served=_.days / _.year_days)
    served = served.left_join(t["items"].select("item", "energy", "energy_id", "energy_sigma"), "item").drop(
        "item_right"
    )
    declared = served.filter(_.yearly_kwh.notnull()).select(
        "asset",
        "quantity",
        "served",
        tier=ibis.literal("declared"),
        unit_kwh=_.yearly_kwh,
        activity_id="declare:" + _.asset,
        own_sigma=ibis.null("float64"),
    )
    generic = served.filter(_.energy.notnull()).select(
        "asset",
        "quantity",
        "served",
        tier=ibis.literal("generic"),
        unit_kwh=_.energy,
        activity_id=_.energy_id,
        own_sigma=_.energy_sigma,
    )
    candidates = ibis.union(ibis.union(_measured(served, t["runs"]), declared), generic)
    ranked = candidates.join(t["tiers"], "tier")
    best = ranked.group_by("asset").aggregate(best=_["rank"].min())
    best = best.rename(best_asset="asset")
    chosen = ranked.join(best, [ranked.asset == best.best_asset, ranked["rank"] == best.best])
    chosen = chosen.left_join(inside, chosen.asset == inside.inside_asset)
    chosen = chosen.mutate(
        inside_kwh=ibis.least(_.inside_kwh.fill_null(0.0), _.quantity * _.unit_kwh * _.served)
    )
    return chosen.select(
        "asset",
        "tier",
        "unit_kwh",
        "served",
        "inside_kwh",
        "activity_id",
        energy_kwh=_.quantity * _.unit_kwh * _.served - _.inside_kwh,
        activity_sigma=_.own_sigma.fill_null(_.sigma),
    )


def _measured(served: Table, runs: Table) -> Table:
    """Mean power of a sampled host over its hours of service, when seen for seven days or more (M2)."""
    seen = runs.filter((_.subject == "host") & (_.asset != ""))
    # Two collectors of one server see the same energy: the one that saw it longest counts, alone.
    seen = seen.group_by(seen_asset=_.asset, tier=_.tier, source=_.source).aggregate(
        hours=_.duration_s.sum() / 3600.0, kwh=_.energy_kwh.sum(), low=_.low_kwh.sum(), high=_.high_kwh.sum()
    )
    longest = ibis.window(
        group_by=["seen_asset", "tier"], order_by=[_.hours.desc(), _.kwh.desc(), _.source.asc()]
    )
    seen = seen.mutate(place=ibis.row_number().over(longest))
    seen = seen.filter((_.place == 0) & (_.hours >= MIN_OBSERVED_HOURS))
    joined = served.join(seen, served.asset == seen.seen_asset)
    return joined.select(
        "asset",
        "quantity",
        "served",
        "tier",
        unit_kwh=_.kwh / _.hours * 24.0 * _.year_days,
        activity_id="mesure:" + _.asset,
        own_sigma=spread(_.low, _.high),
    )


def spread(low: Any, high: Any) -> Any:
    """Sigma of ln X from 90 % bounds; null when a bound is not positive."""
    return ibis.ifelse((low > 0) & (high > 0), (high / low).ln() / (2 * Z95), ibis.null("float64"))


def use_impacts(assets: Table, energies: Table, t: dict[str, Table]) -> Table:
    """M2: energy x professional share x PUE x electricity factor of the zone."""
    joined = assets.join(energies, "asset").join(t["electricity"], "zone")
    return joined.mutate(
        stage=ibis.literal("use"),
        amount=_.energy_kwh * _.share * _.pue * _.factor,
        rule=ibis.literal("M2"),
        **blank("charged_years", "lifetime_y"),
        model=ibis.literal(""),
        application=ibis.literal(""),
    ).select(*IMPACT_COLUMNS)


def embodied_impacts(assets: Table, inside: Table, t: dict[str, Table]) -> Table:
    """M3, amortised: charged inside [purchase, purchase + lifetime] and until withdrawal, nothing after.

    The years that measured runs took of the machine are charged to them (M6), not twice.
    """
    lives = t["items"].filter(_.lifetime > 0).select("item", "lifetime", "lifetime_id", "lifetime_sigma")
    joined = assets.join(lives, "item").join(t["embodied"], "item")
    joined = joined.left_join(inside, joined.asset == inside.inside_asset)
    # With no purchase date the year is charged as if the machine were within its life (conservative).
    life_end = (joined.purchased + joined.lifetime * DAYS_A_YEAR).fill_null(joined.after_day)
    start = ibis.greatest(joined.purchased.fill_null(joined.first_day), joined.first_day)
    end = ibis.least(life_end, joined.retired.fill_null(joined.after_day), joined.after_day)
    lived = ibis.greatest((end - start).cast("float64"), 0.0) / DAYS_A_YEAR
    # Runs used one of the units: their years count for one in `quantity`.
    theirs = joined.inside_years.fill_null(0.0) / ibis.greatest(joined.quantity, 1.0)
    rows = joined.mutate(
        charged_years=ibis.greatest(lived - theirs, 0.0),
        lifetime_y=_.lifetime,
        rule=ibis.literal("M3"),
        tier=ibis.literal("generic"),
        activity_id=_.lifetime_id,
        activity_sigma=_.lifetime_sigma,
        pue_id=ibis.literal(""),
        pue_sigma=ibis.literal(0.0),
        model=ibis.literal(""),
        application=ibis.literal(""),
        **blank("unit_kwh", "served", "inside_kwh", "energy_kwh", "pue"),
    )
    rows = rows.mutate(amount=_.quantity * _.factor * _.share * _.charged_years / _.lifetime_y)
    return rows.filter(_.charged_years > 0).select(*IMPACT_COLUMNS)


def blank(*names: str) -> dict[str, Any]:
    """Columns that have no meaning for a kind of row."""
    return {name: ibis.null("float64") for name in names}
