"""Services bought outside (SaaS, cloud): their energy, what the supplier declares, or the bill (M1, M2).

use        amount = energy_kwh x pue x factor                      electricity known
service    amount = units x factor                                 declared kgCO2e, or euros x factor of a euro
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.assessment.assets import impacts
from footprint.assessment.vocabulary import SERVICE

Table = Any

STAGE = "service"


def service_rows(t: dict[str, Table]) -> Table:
    """Services as assets of their own, with zone and PUE: the supplier's own where it publishes one."""
    services = t["services"].left_join(t["suppliers"], "provider").drop("provider_right")
    zones = t["zones"].select(place=_.place, own_zone=_.zone)
    services = services.left_join(zones, services.country == zones.place).cross_join(t["settings"])
    own = services.pue.notnull()
    return services.mutate(
        asset=SERVICE + _.name,
        pool=SERVICE + _.name,
        item=ibis.literal("service"),
        post=ibis.literal("services"),
        data_centre=ibis.literal(""),
        in_data_centre=ibis.literal(True),
        quantity=ibis.literal(1.0),
        share=ibis.literal(1.0),
        place=_.country,
        zone=ibis.ifelse(_.country != "", _.own_zone, _.zone),
        pue=_.pue.fill_null(_.cloud_pue),
        pue_id=ibis.ifelse(own, "pue:" + _.name, _.cloud_pue_id),
        pue_sigma=ibis.ifelse(own, _.site_pue_sigma, _.cloud_pue_sigma),
    )


def service_impacts(rows: Table, t: dict[str, Table]) -> Table:
    """What services emit: by their energy, else by what is declared, else by the euro (flagged generic)."""
    used = rows.filter(_.yearly_kwh.notnull()).join(t["electricity"], "zone")
    use = impacts(
        used,
        stage=ibis.literal("use"),
        amount=_.yearly_kwh * _.share * _.pue * _.factor,
        rule=ibis.literal("M2"),
        tier=ibis.literal("declared"),
        activity_id="declare:" + used.asset,
        activity_sigma=used.declared_sigma,
        energy_kwh=used.yearly_kwh,
        pue=used.pue,
        profile=ibis.literal(1.0),
    )
    told = rows.filter(_.yearly_kwh.isnull() & _.kgco2e.notnull())
    declared = _whole(
        told,
        units=ibis.literal(1.0),
        factor=told.kgco2e,
        factor_id="declare:" + told.asset,
        factor_sigma=told.declared_sigma,
        tier=ibis.literal("declared"),
    )
    billed = rows.filter(
        _.yearly_kwh.isnull() & _.kgco2e.isnull() & _.spend_eur.notnull() & _.spend.notnull()
    )
    by_euro = _whole(
        billed,
        units=billed.spend_eur,
        factor=billed.spend,
        factor_id=billed.spend_id,
        factor_sigma=billed.spend_sigma,
        tier=ibis.literal("generic"),
    )
    return ibis.union(use, ibis.union(declared, by_euro))


def _whole(rows: Table, **values: Any) -> Table:
    """The whole life of a service in one amount: no source splits it by stage."""
    return impacts(
        rows,
        stage=ibis.literal(STAGE),
        indicator=ibis.literal("gwp"),
        amount=values["units"] * values["factor"],
        rule=ibis.literal("M1"),
        activity_id=ibis.literal(""),
        activity_sigma=ibis.literal(0.0),
        pue_id=ibis.literal(""),
        pue_sigma=ibis.literal(0.0),
        **values,
    )


def service_gaps(rows: Table, priced: Table) -> Table:
    """Services not assessed, and what is missing: a known energy leaves the making of the machines out."""
    seen = rows.left_join(priced, rows.zone == priced.priced_zone)
    by_energy = seen.yearly_kwh.notnull()
    use = ibis.cases(
        (by_energy & seen.zone.isnull(), "electricity / " + seen.place),
        (by_energy & seen.priced_zone.isnull(), "electricity / gwp / " + seen.zone),
        (by_energy | seen.kgco2e.notnull(), ibis.null("string")),
        (seen.spend_eur.notnull() & seen.spend.notnull(), ibis.null("string")),
        (seen.spend_eur.notnull(), "cloud-spend / gwp"),
        else_="service / kWh, kgCO2e",
    )
    unmade = ibis.ifelse(by_energy, "service / gwp / embodied", ibis.null("string"))
    first = seen.select("asset", "pool", stage=ibis.literal("use"), missing=use)
    second = seen.select("asset", "pool", stage=ibis.literal("embodied"), missing=unmade)
    return ibis.union(first, second).filter(_.missing.notnull())


def service_parts(rows: Table, weights: Table, codes: Table) -> Table:
    """The whole of each service to its application, when the map knows it."""
    known = codes.select(known_code=_.code)
    joined = rows.left_join(known, rows.application == known.known_code).cross_join(
        weights.select("stage_class")
    )
    owned = joined.known_code.notnull()
    return joined.select(
        "pool",
        "stage_class",
        tenant=ibis.literal(""),
        subject_kind=ibis.ifelse(owned, "application", "non_affecte"),
        subject=ibis.ifelse(owned, joined.application, "service_non_rattache"),
        environment=joined.environment,
        part=ibis.literal(1.0),
        key_kind=ibis.literal("declaree"),
        split_kind=ibis.literal("entiere"),
    )
