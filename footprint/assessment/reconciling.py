"""M1: what the meters of a data centre say against the sum of what stands in it. Compared, never mended."""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

Table = Any


def reconciliation(assets: Table, energies: Table, runs: Table, t: dict[str, Table]) -> Table:
    """One row a data centre with a meter: kWh metered and kWh computed over the days the meters cover.

    Columns: data_centre, days, metered_it_kwh, computed_it_kwh, metered_total_kwh, computed_total_kwh. Null
    where no meter tells. The computed energy of a year is spread evenly over its days.
    """
    metered = _metered(runs, t)
    rooms = assets.filter(_.in_data_centre & (_.data_centre != "")).select("asset", "year_days")
    inside = energies.join(rooms, "asset").mutate(kwh=_.energy_kwh + _.inside_kwh)
    computed = inside.group_by(room=_.data_centre).aggregate(
        it=_.kwh.sum(), total=(_.kwh * _.pue).sum(), year_days=_.year_days.max()
    )
    joined = metered.left_join(computed, metered.data_centre == computed.room)
    it_part, total_part = joined.it_days / joined.year_days, joined.total_days / joined.year_days
    return joined.select(
        "data_centre",
        days=ibis.greatest(joined.it_days, joined.total_days),
        metered_it_kwh=joined.metered_it_kwh,
        computed_it_kwh=ibis.ifelse(
            joined.metered_it_kwh.notnull(), joined.it * it_part, ibis.null("float64")
        ),
        metered_total_kwh=joined.metered_total_kwh,
        computed_total_kwh=ibis.ifelse(
            joined.metered_total_kwh.notnull(), joined.total * total_part, ibis.null("float64")
        ),
    )


def _metered(runs: Table, t: dict[str, Table]) -> Table:
    """Readings typed by month, else the meters collected for the site (their energy is the whole of it)."""
    readings = t["readings"].join(t["months"], "month")
    typed = readings.group_by("data_centre").aggregate(
        it_days=ibis.ifelse(_.it_kwh.notnull(), _.month_days, 0.0).sum(),
        total_days=ibis.ifelse(_.total_kwh.notnull(), _.month_days, 0.0).sum(),
        metered_it_kwh=_.it_kwh.sum(),
        metered_total_kwh=_.total_kwh.sum(),
    )
    typed = typed.filter((_.it_days > 0) | (_.total_days > 0))
    sites = runs.filter((_.subject == "site") & (_.asset != ""))
    # Two feeds of a room are read at once: their energies add up, their days count once.
    before = ibis.window(group_by="asset", order_by=["started_s", "run_id"], preceding=(None, 1))
    ends = sites.mutate(end_s=_.started_s + _.duration_s)
    ends = ends.mutate(covered_s=_.end_s.max().over(before).fill_null(_.started_s))
    sites = ends.group_by(data_centre=_.asset).aggregate(
        total_days=ibis.greatest(_.end_s - ibis.greatest(_.started_s, _.covered_s), 0.0).sum() / 86400.0,
        metered_total_kwh=_.energy_kwh.sum(),
    )
    sites = sites.mutate(it_days=ibis.literal(0.0), metered_it_kwh=ibis.null("float64"))
    read = typed.select(read_centre=_.data_centre)
    collected = sites.anti_join(read, sites.data_centre == read.read_centre)
    return ibis.union(typed, collected.select(*typed.columns))
