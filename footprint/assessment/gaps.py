"""What could not be assessed, and the key that is missing: counted and listed, never taken as zero."""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.assessment.services import service_gaps

Table = Any


def gaps(
    assets: Table, runs: Table, services: Table, asset_impacts: Table, made: Table, t: dict[str, Table]
) -> Table:
    """Machines, runs and services without a climate amount for use or embodied: asset, pool, stage, missing.

    `missing` names what the catalogue or the inventory lacks: type, zone, lifetime, embodied, energy, capacity,
    purchase date. `made` is of `embodied.made_of`.
    """
    priced = t["electricity"].filter(_.indicator == "gwp").select(priced_zone=_.zone)
    of_assets = ibis.union(_unused(assets, asset_impacts, priced), _unmade(assets, made, t))
    return ibis.union(ibis.union(of_assets, _of_runs(runs, priced)), service_gaps(services, priced))


def _unused(assets: Table, asset_impacts: Table, priced: Table) -> Table:
    served = assets.filter(_.days > 0)
    seen = served.left_join(priced, served.zone == priced.priced_zone)
    used = asset_impacts.filter((_.indicator == "gwp") & (_.stage == "use"))
    seen = seen.anti_join(used.select("asset").distinct(), "asset")
    missing = ibis.cases(
        (seen.item.isnull() & seen.yearly_kwh.isnull(), "type / " + seen.type),
        (seen.zone.isnull(), "electricity / " + seen.place),
        (seen.priced_zone.isnull(), "electricity / gwp / " + seen.zone),
        else_=seen.item.fill_null("") + " / energy",
    )
    return seen.select("asset", "pool", stage=ibis.literal("use"), missing=missing)


def _unmade(assets: Table, made: Table, t: dict[str, Table]) -> Table:
    served = assets.filter(_.days > 0)
    items = t["items"].select(known_item=_.item, life=_.lifetime)
    seen = served.left_join(items, served.item == items.known_item)
    built = made.filter(_.indicator == "gwp").select(built=_.made_asset).distinct()
    seen = seen.left_join(built, seen.asset == built.built)
    missing = ibis.cases(
        (seen.built.isnull() & seen.item.isnull(), "type / " + seen.type),
        (seen.built.isnull(), seen.item + " / gwp / embodied"),
        (seen.life.isnull() & seen.lifetime_y.isnull(), seen.item.fill_null("") + " / lifetime"),
        (seen.purchase_year & seen.purchased.isnull(), seen.item.fill_null("") + " / purchased"),
        else_=ibis.null("string"),
    )
    rows = seen.select("asset", "pool", stage=ibis.literal("embodied"), missing=missing)
    return rows.filter(_.missing.notnull())


def _of_runs(runs: Table, priced: Table) -> Table:
    seen = runs.left_join(priced, runs.zone == priced.priced_zone)
    use = seen.filter(_.priced_zone.isnull()).select(
        "asset",
        "pool",
        stage=ibis.literal("use"),
        missing=ibis.ifelse(_.zone.isnull(), "electricity / " + _.zone_name, "electricity / gwp / " + _.zone),
    )
    unsized = seen.filter(_.quantity.isnull())
    embodied = unsized.select(
        "asset", "pool", stage=ibis.literal("embodied"), missing=ibis.literal("execution / capacity")
    )
    return ibis.union(use, embodied)


def application_gaps(gaps_of: Table, parts: Table, unattached: Table) -> Table:
    """Applications that draw on a machine not fully assessed, or on one nothing is known of.

    Columns: application, asset, stage, missing.
    """
    drawn = (
        parts.filter(_.subject_kind == "application")
        .select(part_pool=_.pool, application=_.subject)
        .distinct()
    )
    joined = gaps_of.join(drawn, gaps_of.pool == drawn.part_pool)
    return ibis.union(joined.select("application", "asset", "stage", "missing"), unattached)
