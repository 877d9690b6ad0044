"""Measured energy: months, hours -> one row a run and month, sums that no order of rows can change.

Energy is added in whole picokilowatt-hours (1e-12 kWh, 3.6 µJ, finer than any sensor counts): sums of whole
numbers are exact, hence the same on every engine and every number of threads.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

Table = Any

QUANTA = 1e12  # of a kWh
MOST_KWH = 9e6  # of one hour: nothing measures more, and more would not fit
ENERGIES = ("energy_kwh", "low_kwh", "high_kwh")


def shapes(hours: Table, profiles: Table) -> Table:
    """How the hours of each run and month fell (M2): shape = Σ energy x profile of the hour / Σ energy.

    The one step that reads the hours, by streams and on every core: everything after it is small.
    """
    joined = hours.left_join(profiles, ["zone", "hour"])
    rows = joined.select(
        "run_id",
        "month",
        flat=_quanta(joined.energy_kwh),
        shaped=_quanta(joined.energy_kwh * joined.profile.fill_null(1.0)),
    )
    sums = rows.group_by("run_id", "month").aggregate(flat=_.flat.sum(), shaped=_.shaped.sum())
    ratio = sums.shaped.cast("float64") / sums.flat.cast("float64").nullif(0.0)
    return sums.select("run_id", "month", shape=ratio)


def spent(energy: Table, shape: Table | None) -> Table:
    """One row a run and month: run_id, month, the energies, and shaped_kwh = energy x shape of its hours.

    `shape` is of `shapes`; None when no zone has an hourly profile.
    """
    # Whole kilowatt-hours apart from the rest: a month of a big site would not fit in quanta.
    whole = {f"whole_{name}": energy[name].floor().cast("int64") for name in ENERGIES}
    rest = {name: _quanta(energy[name] - energy[name].floor()) for name in ENERGIES}
    rows = energy.select("run_id", "month", **whole, **rest)
    sums = rows.group_by("run_id", "month").aggregate(**{name: rows[name].sum() for name in (*whole, *rest)})
    sums = sums.select(
        "run_id",
        "month",
        **{
            name: sums[f"whole_{name}"].cast("float64") + sums[name].cast("float64") / QUANTA
            for name in ENERGIES
        },
    )
    if shape is None:
        return sums.mutate(shaped_kwh=_.energy_kwh)
    joined = sums.left_join(shape, ["run_id", "month"])
    return joined.mutate(shaped_kwh=_.energy_kwh * _["shape"].fill_null(1.0)).select(
        "run_id", "month", *ENERGIES, "shaped_kwh"
    )


def _quanta(kwh: Any) -> Any:
    return (ibis.least(kwh, MOST_KWH) * QUANTA).round().cast("int64")


def with_energy(runs: Table, by_month: Table) -> Table:
    """The runs that used something in the year, with its energy in kWh and their hourly `profile` (M2)."""
    sums = by_month.group_by(spent_id=_.run_id).aggregate(
        **{name: by_month[name].sum() for name in (*ENERGIES, "shaped_kwh")}
    )
    bare = runs.drop(*[name for name in ENERGIES if name in runs.columns])
    joined = bare.join(sums, bare.run_id == sums.spent_id)
    return joined.mutate(profile=_ratio(joined.shaped_kwh, joined.energy_kwh)).drop("spent_id", "shaped_kwh")


def site_months(t: dict[str, Table]) -> Table:
    """The PUE of each data centre and month: its reading, else the one declared, else an unmeasured room's."""
    centres = t["data_centres"].cross_join(t["months"]).cross_join(t["settings"].select("room_pue"))
    readings = t["readings"].select(read_centre=_.data_centre, read_month=_.month, read_pue=_.pue)
    joined = centres.left_join(
        readings, [centres.code == readings.read_centre, centres.month == readings.read_month]
    )
    return joined.select(
        site=_.code,
        site_month=_.month,
        month_days=_.month_days,
        month_pue=_.read_pue.fill_null(_.pue).fill_null(_.room_pue),
        known=_.read_pue.notnull() | _.pue.notnull(),
        read=_.read_pue.notnull(),
    )


def site_years(of_months: Table) -> Table:
    """The PUE of each data centre over the year, its months weighted by their days."""
    sums = of_months.group_by(pue_site=_.site).aggregate(
        days=_.month_days.sum(), weighted=(_.month_days * _.month_pue).sum(), site_known=_.known.any()
    )
    return sums.select("pue_site", "site_known", site_pue=_.weighted / _.days)


def asset_months(
    sessions: Table, by_month: Table, runs: Table, assets: Table, of_months: Table, zones: Table
) -> Table:
    """How the months and hours a machine was measured in weigh on its PUE and its electricity.

    `sessions` names the run of each asset: run_id, seen_asset, tier. One row an asset and tier: seen_pue
    (months weighted by energy) and seen_profile, such that Σ energy x PUE x profile of each hour is
    energy x seen_pue x seen_profile. The profile is that of the grid whose factor counts: where a recorder
    names another zone than that of its machine, its hours count as the mean.
    """
    mine = sessions.join(by_month, "run_id")
    spoken = runs.select("run_id", zone_name=_.zone).left_join(zones, _.zone_name == zones.place)
    mine = mine.join(spoken.select("run_id", run_zone=_.zone), "run_id")
    homes = assets.select("asset", "data_centre", "in_data_centre", "pue", asset_zone=_.zone)
    placed = mine.join(homes, mine.seen_asset == homes.asset)
    # Office equipment has no PUE, whatever room it is listed in.
    housed = [placed.in_data_centre, placed.data_centre == of_months.site]
    joined = placed.left_join(of_months, [*housed, placed.month == of_months.site_month])
    same = (joined.run_zone == joined.asset_zone).fill_null(False)
    joined = joined.mutate(
        pue_then=joined.month_pue.fill_null(joined.pue),
        shaped_kwh=ibis.ifelse(same, joined.shaped_kwh, joined.energy_kwh),
    )
    sums = joined.group_by(weighed_asset=_.seen_asset, weighed_tier=_.tier).aggregate(
        kwh=_.energy_kwh.sum(),
        with_pue=(_.energy_kwh * _.pue_then).sum(),
        shaped=(_.shaped_kwh * _.pue_then).sum(),
        plain_pue=_.pue_then.mean(),
    )
    return sums.select(
        "weighed_asset",
        "weighed_tier",
        seen_pue=ibis.ifelse(sums.kwh > 0, sums.with_pue / sums.kwh.nullif(0.0), sums.plain_pue),
        seen_profile=_ratio(sums.shaped, sums.with_pue),
    )


def _ratio(part: Any, whole: Any) -> Any:
    return ibis.ifelse(whole > 0, part / whole.nullif(0.0), 1.0)
