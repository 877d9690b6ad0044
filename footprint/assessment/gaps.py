"""What could not be assessed, and the key that is missing: counted and listed, never taken as zero."""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

Table = Any


def gaps(assets: Table, asset_impacts: Table, t: dict[str, Table]) -> Table:
    """Assets in service without a climate amount for use or embodied: asset, stage, missing.

    Columns `missing` names what the catalogue or the inventory lacks: type, zone, lifetime, embodied, energy.
    """
    served = assets.filter(_.days > 0)
    items = t["items"].select(known_item=_.item, life=_.lifetime, kwh=_.energy)
    seen = served.left_join(items, served.item == items.known_item)
    priced = t["electricity"].filter(_.indicator == "gwp").select(priced_zone=_.zone)
    seen = seen.left_join(priced, seen.zone == priced.priced_zone)
    built = t["embodied"].filter(_.indicator == "gwp").select(built_item=_.item).distinct()
    seen = seen.left_join(built, seen.item == built.built_item)
    done = asset_impacts.filter(_.indicator == "gwp").select("asset", "stage")
    used = done.filter(_.stage == "use").select(used_asset=_.asset).distinct()
    seen = seen.left_join(used, seen.asset == used.used_asset)
    unknown_type = "type / " + seen.type
    use_missing = ibis.cases(
        (seen.used_asset.notnull(), ibis.null("string")),
        (seen.item.isnull() & seen.yearly_kwh.isnull(), unknown_type),
        (seen.zone.isnull(), "electricity / " + seen.country),
        (seen.priced_zone.isnull(), "electricity / " + seen.zone),
        else_=seen.item.fill_null("") + ibis.literal(" / energy"),
    )
    embodied_missing = ibis.cases(
        (seen.item.isnull(), unknown_type),
        (seen.built_item.isnull(), seen.item + ibis.literal(" / gwp / embodied")),
        (seen.life.isnull(), seen.item + ibis.literal(" / lifetime")),
        else_=ibis.null("string"),
    )
    use = seen.select("asset", stage=ibis.literal("use"), missing=use_missing)
    embodied = seen.select("asset", stage=ibis.literal("embodied"), missing=embodied_missing)
    return ibis.union(use, embodied).filter(_.missing.notnull())
