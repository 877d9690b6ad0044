"""From equipment lines and measured runs to asset impacts: M1 (tiers), M2 (use), M3 (embodied), M6 (runs).

The result, `asset_impacts`, has one row an asset, stage and indicator, with every input of its formula, so
that any amount can be recomputed by hand:

use        amount = energy_kwh x share x pue x factor                                 (M2)
embodied   amount = quantity x factor x share x charged_years / lifetime_y             (M3)
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

Table = Any  # an Ibis table; Ibis ships no types that mypy --strict can follow

DAYS_A_YEAR = 365.25
HOURS_A_YEAR = 8766.0
MIN_OBSERVED_HOURS = 7 * 24  # M2: below seven days, the next tier
OUT_OF_SERVICE = ("withdrawn", "retired")

IMPACT_COLUMNS = (
    "asset", "item", "post", "pool", "in_data_centre", "model", "application", "quantity", "zone",
    "stage", "indicator", "amount", "rule", "tier", "energy_kwh", "pue", "share", "charged_years", "lifetime_y",
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
    centres = centres.select("code", "site_zone", site_pue=_.pue)
    assets = assets.left_join(centres, assets.data_centre == centres.code).cross_join(t["settings"])
    # The type says whether a machine lives in a server room, even when the inventory forgot which one.
    housed = assets.in_data_centre.fill_null(assets.data_centre != "")
    # A country that is written but unknown stays unknown: falling back to another grid would hide it.
    zone = ibis.cases(
        (assets.country != "", assets.own_zone),
        (assets.data_centre != "", assets.site_zone.fill_null(assets.zone)),
        else_=assets.zone,
    )
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


def energy(assets: Table, t: dict[str, Table]) -> Table:
    """One row an asset: its energy of the year by the best evidence tier that exists (M1), in kWh."""
    served = assets.filter(_.days > 0)
    served = served.left_join(t["items"].select("item", "energy", "energy_id", "energy_sigma"), "item").drop(
        "item_right"
    )
    fraction = served.days / served.year_days
    declared = served.filter(_.yearly_kwh.notnull()).select(
        "asset",
        tier=ibis.literal("declared"),
        energy_kwh=_.quantity * _.yearly_kwh * fraction,
        activity_id="declare:" + _.asset,
        own_sigma=ibis.null("float64"),
    )
    generic = served.filter(_.energy.notnull()).select(
        "asset",
        tier=ibis.literal("generic"),
        energy_kwh=_.quantity * _.energy * fraction,
        activity_id=_.energy_id,
        own_sigma=_.energy_sigma,
    )
    candidates = ibis.union(ibis.union(_measured(served, t["runs"]), declared), generic)
    ranked = candidates.join(t["tiers"], "tier")
    best = ranked.group_by("asset").aggregate(best=_["rank"].min())
    best = best.rename(best_asset="asset")
    chosen = ranked.join(best, [ranked.asset == best.best_asset, ranked["rank"] == best.best])
    return chosen.select(
        "asset", "tier", "energy_kwh", "activity_id", activity_sigma=_.own_sigma.fill_null(_.sigma)
    )


def _measured(served: Table, runs: Table) -> Table:
    """Mean power of a sampled host over its hours of service, when seen for seven days or more (M2)."""
    seen = runs.filter((_.subject == "host") & (_.asset != ""))
    seen = seen.group_by(seen_asset=_.asset, tier=_.tier).aggregate(
        hours=_.duration_s.sum() / 3600.0, kwh=_.energy_kwh.sum(), low=_.low_kwh.sum(), high=_.high_kwh.sum()
    )
    seen = seen.filter(_.hours >= MIN_OBSERVED_HOURS)
    joined = served.join(seen, served.asset == seen.seen_asset)
    return joined.select(
        "asset",
        "tier",
        energy_kwh=_.quantity * _.kwh / _.hours * 24.0 * _.days,
        activity_id="mesure:" + _.asset,
        own_sigma=_spread(_.low, _.high),
    )


def _spread(low: Any, high: Any) -> Any:
    """Sigma of ln X from 90 % bounds; null when a bound is not positive."""
    return ibis.ifelse(
        (low > 0) & (high > 0), (high / low).ln() / (2 * 1.6448536269514722), ibis.null("float64")
    )


def use_impacts(assets: Table, energies: Table, t: dict[str, Table]) -> Table:
    """M2: energy x professional share x PUE x electricity factor of the zone."""
    joined = assets.join(energies, "asset").join(t["electricity"], "zone")
    return joined.mutate(
        stage=ibis.literal("use"),
        amount=_.energy_kwh * _.share * _.pue * _.factor,
        rule=ibis.literal("M2"),
        charged_years=ibis.null("float64"),
        lifetime_y=ibis.null("float64"),
        model=ibis.literal(""),
        application=ibis.literal(""),
    ).select(*IMPACT_COLUMNS)


def embodied_impacts(assets: Table, t: dict[str, Table]) -> Table:
    """M3, amortised: charged inside [purchase, purchase + lifetime] and until withdrawal, nothing after."""
    lives = t["items"].filter(_.lifetime > 0).select("item", "lifetime", "lifetime_id", "lifetime_sigma")
    joined = assets.join(lives, "item").join(t["embodied"], "item")
    # With no purchase date the year is charged as if the machine were within its life (conservative).
    life_end = (joined.purchased + joined.lifetime * DAYS_A_YEAR).fill_null(joined.after_day)
    start = ibis.greatest(joined.purchased.fill_null(joined.first_day), joined.first_day)
    end = ibis.least(life_end, joined.retired.fill_null(joined.after_day), joined.after_day)
    charged = ibis.greatest((end - start).cast("float64"), 0.0) / DAYS_A_YEAR
    rows = joined.mutate(
        charged_years=charged,
        lifetime_y=_.lifetime,
        rule=ibis.literal("M3"),
        tier=ibis.literal("generic"),
        energy_kwh=ibis.null("float64"),
        activity_id=_.lifetime_id,
        activity_sigma=_.lifetime_sigma,
        pue=ibis.null("float64"),
        pue_id=ibis.literal(""),
        pue_sigma=ibis.literal(0.0),
        model=ibis.literal(""),
        application=ibis.literal(""),
    )
    rows = rows.mutate(amount=_.quantity * _.factor * _.share * _.charged_years / _.lifetime_y)
    return rows.filter(_.charged_years > 0).select(*IMPACT_COLUMNS)


def run_rows(t: dict[str, Table]) -> Table:
    """Measured runs as assets of their own: what a machine did for one application (M6).

    A run is counted at the energy measured, never extrapolated. Each has its own pool, wholly given to the
    application it names, or left unattached. So are the hours of a sampled machine that no inventory holds,
    less the runs measured on it meanwhile, so that nothing counts twice. Which building they ran in is not
    recorded: the PUE of an unmeasured room applies (conservative) unless the record says otherwise.
    """
    runs = t["runs"].filter(_.subject == "run")
    runs = ibis.union(runs, _unlisted_hosts(t)).cross_join(t["settings"].drop("zone"))
    zones = t["zones"].select("place", place_zone=_.zone)
    runs = runs.join(zones, runs.zone == zones.place).drop("zone")
    return runs.mutate(
        zone=_.place_zone,
        asset="execution:" + _.run_id,
        item=ibis.literal("server"),
        post=ibis.literal("ia"),
        pool="execution:" + _.run_id,
        in_data_centre=ibis.literal(True),
        # M5, M6: a virtual machine is its threads' part of a server nobody can see from inside.
        quantity=_.capacity_share
        * ibis.ifelse(_.virtual, ibis.least(_.threads / _.server_threads, 1.0), 1.0),
        pue=_.pue.fill_null(_.room_pue),
        pue_id=ibis.ifelse(_.pue.isnull(), _.room_pue_id, ""),
        pue_sigma=ibis.ifelse(_.pue.isnull(), _.room_pue_sigma, 0.0),
        share=ibis.literal(1.0),
    )


def _unlisted_hosts(t: dict[str, Table]) -> Table:
    """Sampled machines that are no asset of the inventory, at their energy less that of the runs inside."""
    listed = t["assets"].select(listed=_.name)
    hosts = t["runs"].filter(_.subject == "host").anti_join(listed, _.asset == listed.listed)
    inside = (
        t["runs"]
        .filter(_.subject == "run")
        .select(
            "machine",
            run_start=_.started_s,
            run_end=_.started_s + _.duration_s,
            run_s=_.duration_s,
            run_kwh=_.energy_kwh,
        )
    )
    met = hosts.select("run_id", "machine", "started_s", "duration_s").join(inside, "machine")
    overlap = ibis.least(met.started_s + met.duration_s, met.run_end) - ibis.greatest(
        met.started_s, met.run_start
    )
    met = met.mutate(kwh=ibis.greatest(overlap, 0.0) * met.run_kwh / ibis.greatest(met.run_s, 1e-9))
    spent = met.group_by(spent_id=_.run_id).aggregate(spent=_.kwh.sum())
    left = hosts.left_join(spent, hosts.run_id == spent.spent_id)
    kept = ibis.greatest(1.0 - left.spent.fill_null(0.0) / ibis.greatest(left.energy_kwh, 1e-300), 0.0)
    left = left.mutate(energy_kwh=_.energy_kwh * kept, low_kwh=_.low_kwh * kept, high_kwh=_.high_kwh * kept)
    return left.select(*t["runs"].columns)


def run_use(runs: Table, t: dict[str, Table]) -> Table:
    """M6 use: energy of the run x PUE x electricity factor."""
    tiers = t["tiers"].select("tier", default_sigma=_.sigma)
    joined = runs.left_join(tiers, "tier").drop("tier_right").join(t["electricity"], "zone")
    return joined.mutate(
        stage=ibis.literal("use"),
        amount=_.energy_kwh * _.share * _.pue * _.factor,
        rule=ibis.literal("M6"),
        charged_years=ibis.null("float64"),
        lifetime_y=ibis.null("float64"),
        # The same power model serves every run of a machine: their errors go together.
        activity_id="mesure:" + _.machine,
        activity_sigma=_spread(_.low_kwh, _.high_kwh).fill_null(_.default_sigma).fill_null(0.0),
    ).select(*IMPACT_COLUMNS)


def run_embodied(runs: Table, t: dict[str, Table]) -> Table:
    """M6 embodied: the part of a server's life the run took (hours x part of a server / lifetime)."""
    lives = t["items"].filter(_.lifetime > 0).select("item", "lifetime", "lifetime_id", "lifetime_sigma")
    joined = runs.filter(_.capacity_share.notnull()).join(lives, "item").join(t["embodied"], "item")
    rows = joined.mutate(
        charged_years=_.duration_s / 3600.0 / HOURS_A_YEAR,
        lifetime_y=_.lifetime,
        rule=ibis.literal("M6"),
        tier=ibis.literal("generic"),
        energy_kwh=ibis.null("float64"),
        activity_id=ibis.ifelse(_.virtual, _.server_threads_id, _.lifetime_id),
        activity_sigma=ibis.ifelse(_.virtual, _.server_threads_sigma, _.lifetime_sigma),
        pue=ibis.null("float64"),
    )
    rows = rows.mutate(amount=_.quantity * _.factor * _.share * _.charged_years / _.lifetime_y)
    return rows.select(*IMPACT_COLUMNS)
