"""Application by application: the compatible mode beside footprint's own assessment (M12 against M1–M8).

Only what both evaluated is compared: the criteria that are one of our indicators in the same unit, and the
life-cycle steps of the body's tables (use on one side, all the other steps together on the other, since our
sources do not always split them). The other columns say which rules made the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pyarrow as pa
from ibis import _

from footprint.assessment.numecoeval.running import Columns, columns_of, executed, expressions
from footprint.assessment.plan import Plan
from footprint.assessment.steps import Step

Table = Any

# Criteria of G4IT that are an indicator of ours, in the same unit (kg CO2 eq, kg Sb eq).
INDICATORS = {"CLIMATE_CHANGE": "gwp", "RESOURCE_USE": "adpe"}
MEASURED = ("meter", "sensor", "model")


def compare(
    applications: pa.Table, physical: pa.Table, steps: Sequence[str], kept: dict[str, pa.Table]
) -> pa.Table:
    """One row an application and criterion that both evaluated or tried to.

    `applications` and `physical` are tables of Compatible, `steps` those of lifecycleStep.csv, `kept` has the
    tables totals, parts and asset_impacts of an assessment. Columns: criterion, indicator, application,
    numecoeval and footprint (null when not evaluated), difference = numecoeval − footprint, errors (rows of the
    application in error), then what explains: idle (greatest share of a pool left non affecté), lifespans in
    years of each side, charged (least years of embodied impact charged in the year, of any of its machines),
    PUE of each side, measured (a machine's energy was measured).
    """
    pairs = pa.table({"criterion": list(INDICATORS), "indicator": list(INDICATORS.values())})
    kinds = pa.table({"using": pa.array(sorted({step == "USING" for step in steps}), pa.bool_())})
    tables = {
        "applications": applications, "physical": physical, "pairs": pairs, "kinds": kinds,
        **{name: kept[name] for name in ("totals", "parts", "asset_impacts")},
    }  # fmt: skip
    plan = _plan(columns_of(tables))
    with executed(tables, plan) as connection:
        return connection.sql("SELECT * FROM compared ORDER BY criterion, application").to_arrow_table()


@lru_cache(maxsize=4)
def _plan(columns: Columns) -> tuple[Step, ...]:
    t = expressions(columns)
    made = Plan("duckdb")
    reasons = made.add("reasons", _reasons(t))
    made.add("compared", _compared(t, reasons))
    return tuple(made.steps)


def _compared(t: dict[str, Table], reasons: Table) -> Table:
    rows = t["applications"].join(t["pairs"], "criterion")
    theirs = rows.group_by("indicator", "criterion", "application").aggregate(
        numecoeval=_.amount.sum(), errors=_.count(where=_.status != "OK")
    )
    by_stage = t["totals"].filter(_["view"] == "application_stage").mutate(using=_["sub"] == "use")
    by_stage = by_stage.join(t["kinds"], "using").filter(_.indicator.isin(list(INDICATORS.values())))
    ours = by_stage.group_by(own_indicator=_.indicator, own=_.key).aggregate(footprint=_.amount.sum())
    joined = theirs.left_join(
        ours, [theirs.application == ours.own, theirs.indicator == ours.own_indicator]
    ).mutate(difference=_.numecoeval - _.footprint)
    joined = joined.left_join(reasons, joined.application == reasons.of_application)
    return joined.drop("own", "own_indicator", "of_application")


def _reasons(t: dict[str, Table]) -> Table:
    """What differs on the machines of each application: one row an application."""
    hosts = t["applications"].filter(_.asset.notnull()).select("application", host=_.asset).distinct()
    theirs = (
        t["physical"].group_by(their_asset=_.asset).aggregate(life=_.lifespan_y.max(), their_pue=_.pue.max())
    )
    own = t["asset_impacts"].filter(_.indicator == "gwp")
    ours = own.group_by(own_asset=_.asset).aggregate(
        own_life=_.lifetime_y.max(),
        charged=_.charged_years.max(),
        own_pue=_.pue.max(),
        measured=_.tier.isin(MEASURED).any(),
    )
    free = (
        t["parts"]
        .filter(_.subject == "capacite_libre")
        .group_by(free_pool=_.pool)
        .aggregate(part=_.part.max())
    )
    drawn = (
        t["parts"]
        .filter(_.subject_kind == "application")
        .select(drawer=_.subject, drawn_pool=_.pool)
        .distinct()
    )
    idle = drawn.join(free, drawn.drawn_pool == free.free_pool)
    idle = idle.group_by(idle_application=_.drawer).aggregate(idle=_.part.max())
    rows = hosts.left_join(theirs, hosts.host == theirs.their_asset)
    rows = rows.left_join(ours, rows.host == ours.own_asset)
    found = rows.group_by(of_application=_.application).aggregate(
        numecoeval_life_min=_.life.min(), numecoeval_life_max=_.life.max(),
        footprint_life_min=_.own_life.min(), footprint_life_max=_.own_life.max(),
        charged=_.charged.fill_null(0.0).min(),
        numecoeval_pue=_.their_pue.max(), footprint_pue=_.own_pue.max(),
        measured=_.measured.fill_null(False).any(),
    )  # fmt: skip
    found = found.left_join(idle, found.of_application == idle.idle_application).drop("idle_application")
    return found.mutate(idle=_.idle.fill_null(0.0))
