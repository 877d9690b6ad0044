"""Equipment lines with all that the rules need of them: item, post, zone, PUE, share, life, pool, service.

The amounts then have one row an asset, stage and indicator (`asset_impacts`), with every input of their
formula, so that any of them can be recomputed by hand:

use        amount = energy_kwh x share x pue x factor x profile                        (M2)
embodied   amount = quantity x units x factor x share x charged_years / lifetime_y     (M3)
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.assessment.vocabulary import ALONE, CLUSTER, NETWORK, STORAGE

Table = Any  # an Ibis table; Ibis ships no types that mypy --strict can follow

IMPACT_COLUMNS = (
    "asset", "item", "post", "pool", "data_centre", "in_data_centre", "model", "application", "quantity", "zone",
    "stage", "indicator", "amount", "rule", "tier", "unit_kwh", "served", "inside_kwh", "energy_kwh", "pue", "share",
    "profile", "units", "charged_years", "lifetime_y", "part",
    "factor", "factor_id", "factor_sigma", "activity_id", "activity_sigma", "pue_id", "pue_sigma",
)  # fmt: skip
NUMBERS = (
    "unit_kwh", "served", "inside_kwh", "energy_kwh", "pue", "profile", "units", "charged_years", "lifetime_y",
)  # fmt: skip


def resolved(t: dict[str, Table], sites: Table) -> Table:
    """Equipment lines with item, post, zone, PUE, share, pool and the days they served in the year.

    Zone: the asset's country, else its data centre's, else the campaign's. PUE only in a data centre: the
    site's own, else the default of an unmeasured room (M2).
    """
    assets = t["assets"].left_join(t["types"], "type").drop("type_right")
    assets = _named(assets, t["zones"], "country", "own_zone")
    centres = _named(t["data_centres"], t["zones"], "location", "site_zone")
    centres = centres.left_join(sites, centres.code == sites.pue_site)
    centres = centres.select(
        "code",
        "site_zone",
        "contract_kgco2e_kwh",
        site_place=_.location,
        site_pue=ibis.ifelse(_.site_known, _.site_pue, ibis.null("float64")),
    )
    assets = assets.left_join(centres, assets.data_centre == centres.code).cross_join(t["settings"])
    assets = assets.left_join(t["ownerships"], "ownership").drop("ownership_right")
    # The type says whether a machine lives in a server room, even when the inventory forgot which one.
    assets = assets.mutate(in_data_centre=_.in_data_centre.fill_null(_.data_centre != ""))
    # A place that is written but unknown stays unknown: falling back to another grid would hide it.
    site = assets.site_place.fill_null("")
    zone = ibis.cases(
        (assets.country != "", assets.own_zone), (site != "", assets.site_zone), else_=assets.zone
    )
    assets = assets.mutate(
        asset=_.name,
        zone=zone,
        place=ibis.ifelse(assets.country != "", assets.country, site),
        share=_.share.fill_null(_.owned_share).fill_null(1.0),
        **_pue(assets),
    )
    return _service(_pooled(assets, t))


def _pue(assets: Table) -> dict[str, Any]:
    housed, known = assets.in_data_centre, assets.site_pue.notnull()
    return {
        "pue": ibis.ifelse(housed, assets.site_pue.fill_null(assets.room_pue), 1.0),
        "pue_id": ibis.cases(
            (housed & known, "pue:" + assets.data_centre), (housed, assets.room_pue_id), else_=""
        ),
        "pue_sigma": ibis.cases(
            (housed & known, assets.site_pue_sigma), (housed, assets.room_pue_sigma), else_=0.0
        ),
    }


def _pooled(assets: Table, t: dict[str, Table]) -> Table:
    """The pool of each machine (M4): its cluster, else itself; shared gear of a room when it is spread."""
    direct = t["links"].filter(_.host != "").select(used=_.host)
    volumes = t["machines"].filter(_.host != "").select(used=_.host)
    used = ibis.union(direct, volumes).distinct()
    joined = assets.left_join(used, assets.name == used.used)
    common = joined.used.isnull() & joined.in_data_centre & (joined.data_centre != "")
    return joined.mutate(
        pool=ibis.cases(
            (joined.cluster != "", CLUSTER + joined.cluster),
            (common & joined.spread_network & (joined.post == "reseau"), NETWORK + joined.data_centre),
            (common & joined.spread_storage & (joined.post == "stockage"), STORAGE + joined.data_centre),
            else_=ALONE + joined.name,
        )
    ).drop("used")


def _named(table: Table, zones: Table, column: str, to: str) -> Table:
    names = zones.select(place=_.place, **{to: _.zone})
    return table.left_join(names, table[column] == names.place).drop("place")


def _service(assets: Table) -> Table:
    """Days in service inside the year; an unknown purchase date counts as in service (M3)."""
    start = ibis.greatest(assets.purchased.fill_null(assets.first_day), assets.first_day)
    end = ibis.least(assets.retired.fill_null(assets.after_day), assets.after_day)
    days = ibis.greatest(end - start, 0)
    return assets.mutate(days=days, year_days=assets.after_day - assets.first_day)


def impacts(rows: Table, **values: Any) -> Table:
    """Rows of asset impacts: the columns given, and no value for the numbers that have no meaning there."""
    blank = {name: ibis.null("float64") for name in NUMBERS if name not in values}
    texts = {name: ibis.literal("") for name in ("model", "application", "part")}
    return rows.mutate(**{**blank, **texts, **values}).select(*IMPACT_COLUMNS)
