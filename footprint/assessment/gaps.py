"""What could not be assessed, and the key that is missing: counted and listed, never taken as zero."""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

Table = Any


def gaps(assets: Table, runs: Table, asset_impacts: Table, t: dict[str, Table]) -> Table:
    """Machines and runs without a climate amount for use or embodied: asset, pool, stage, missing.

    `missing` names what the catalogue or the inventory lacks: type, zone, lifetime, embodied, energy, capacity.
    """
    priced = t["electricity"].filter(_.indicator == "gwp").select(priced_zone=_.zone)
    return ibis.union(_of_assets(assets, asset_impacts, priced, t), _of_runs(runs, priced))


def _of_assets(assets: Table, asset_impacts: Table, priced: Table, t: dict[str, Table]) -> Table:
    served = assets.filter(_.days > 0)
    items = t["items"].select(known_item=_.item, life=_.lifetime)
    seen = served.left_join(items, served.item == items.known_item)
    seen = seen.left_join(priced, seen.zone == priced.priced_zone)
    built = t["embodied"].filter(_.indicator == "gwp").select(built_item=_.item).distinct()
    seen = seen.left_join(built, seen.item == built.built_item)
    used = (
        asset_impacts.filter((_.indicator == "gwp") & (_.stage == "use"))
        .select(used_asset=_.asset)
        .distinct()
    )
    seen = seen.left_join(used, seen.asset == used.used_asset)
    unknown_type = "type / " + seen.type
    use_missing = ibis.cases(
        (seen.used_asset.notnull(), ibis.null("string")),
        (seen.item.isnull() & seen.yearly_kwh.isnull(), unknown_type),
        (seen.zone.isnull(), "electricity / " + seen.place),
        (seen.priced_zone.isnull(), "electricity / gwp / " + seen.zone),
        else_=seen.item.fill_null("") + " / energy",
    )
    embodied_missing = ibis.cases(
        (seen.item.isnull(), unknown_type),
        (seen.built_item.isnull(), seen.item + " / gwp / embodied"),
        (seen.life.isnull(), seen.item + " / lifetime"),
        else_=ibis.null("string"),
    )
    use = seen.select("asset", "pool", stage=ibis.literal("use"), missing=use_missing)
    embodied = seen.select("asset", "pool", stage=ibis.literal("embodied"), missing=embodied_missing)
    return ibis.union(use, embodied).filter(_.missing.notnull())


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


def application_gaps(gaps_of: Table, parts: Table) -> Table:
    """Applications that draw on a machine not fully assessed: application, asset, stage, missing."""
    drawn = (
        parts.filter(_.subject_kind == "application")
        .select(part_pool=_.pool, application=_.subject)
        .distinct()
    )
    joined = gaps_of.join(drawn, gaps_of.pool == drawn.part_pool)
    return joined.select("application", "asset", "stage", "missing")
