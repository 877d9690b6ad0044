"""The energy of equipment by the best evidence (M1), and what its electricity emits (M2)."""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.assessment.assets import impacts
from footprint.assessment.vocabulary import MARKET
from footprint.lognormal import Z95

Table = Any

MIN_OBSERVED_HOURS = 7 * 24  # M2: below seven days, the next tier
SEEN = "mesure:"
"""What a measured activity is called."""


def sessions(runs: Table, names: Table) -> Table:
    """The sessions that tell the power of a machine of `names`: one collector and tier a machine.

    Two collectors of one server see the same energy: the one that saw it longest counts, alone. Columns:
    run_id, seen_asset, tier, source, and hours, kwh, low, high of all the sessions of that collector.
    """
    seen = runs.filter((_.subject == "host") & (_.asset != "")).join(names, _.asset == names.asset_name)
    seen = seen.select(
        "run_id", "tier", "source", "duration_s", "energy_kwh", "low_kwh", "high_kwh", seen_asset=_.asset
    )
    sums = seen.group_by("seen_asset", "tier", "source").aggregate(
        hours=_.duration_s.sum() / 3600.0, kwh=_.energy_kwh.sum(), low=_.low_kwh.sum(), high=_.high_kwh.sum()
    )
    longest = ibis.window(
        group_by=["seen_asset", "tier"], order_by=[_.hours.desc(), _.kwh.desc(), _.source.asc()]
    )
    sums = sums.mutate(place=ibis.row_number().over(longest))
    kept = sums.filter((_.place == 0) & (_.hours >= MIN_OBSERVED_HOURS)).drop("place")
    return seen.select("run_id", "seen_asset", "tier", "source").join(kept, ["seen_asset", "tier", "source"])


def evidence(assets: Table, seen: Table, weighed: Table, t: dict[str, Table]) -> Table:
    """Every yearly energy of one unit that something tells (M1), the best tier first: asset, tier, unit_kwh.

    `chosen` marks the one that counts; the others are kept to compare with. `seen` and `weighed`: of `sessions`
    and of `measured.asset_months`.
    """
    served = assets.filter(_.days > 0).select("asset", "item", "yearly_kwh", "statement", "year_days")
    served = served.left_join(t["items"].select("item", "energy", "energy_id", "energy_sigma"), "item").drop(
        "item_right"
    )
    declared = served.filter(_.yearly_kwh.notnull()).select(
        "asset",
        tier=ibis.literal("declared"),
        unit_kwh=_.yearly_kwh,
        activity_id=_.statement,
        own_sigma=ibis.null("float64"),
        **_unseen(),
    )
    generic = served.filter(_.energy.notnull()).select(
        "asset",
        tier=ibis.literal("generic"),
        unit_kwh=_.energy,
        activity_id=_.energy_id,
        own_sigma=_.energy_sigma,
        **_unseen(),
    )
    measured = _measured(served, seen, weighed)
    candidates = ibis.union(ibis.union(measured, declared), generic)
    ranked = candidates.join(t["tiers"], "tier")
    # What was seen by the hour goes before what is typed, at the same tier: a replayed trace is "declared" too.
    best = ibis.window(group_by=["asset"], order_by=[_["rank"].asc(), _.activity_id.startswith(SEEN).desc()])
    ranked = ranked.mutate(place=ibis.row_number().over(best))
    return ranked.mutate(chosen=_.place == 0, activity_sigma=_.own_sigma.fill_null(_.sigma)).select(
        "asset", "tier", "unit_kwh", "chosen", "activity_id", "activity_sigma", "seen_pue", "seen_profile"
    )


def _unseen() -> dict[str, Any]:
    return {"seen_pue": ibis.null("float64"), "seen_profile": ibis.null("float64")}


def _measured(served: Table, seen: Table, weighed: Table) -> Table:
    """Mean power of a sampled host over its hours of service, when seen for seven days or more (M2)."""
    sums = seen.drop("run_id").distinct()
    joined = served.select("asset", "year_days").join(sums, served.asset == sums.seen_asset)
    joined = joined.left_join(
        weighed, [joined.seen_asset == weighed.weighed_asset, joined.tier == weighed.weighed_tier]
    )
    return joined.select(
        "asset",
        "tier",
        unit_kwh=_.kwh / _.hours * 24.0 * _.year_days,
        activity_id=SEEN + _.asset,
        own_sigma=spread(_.low, _.high),
        seen_pue=_.seen_pue,
        seen_profile=_.seen_profile,
    )


def energy(assets: Table, proofs: Table, inside: Table) -> Table:
    """One row an asset: its energy of the year by the best evidence tier that exists (M1), in kWh.

    energy_kwh = quantity x unit_kwh (a unit, a whole year) x served (part of the year) − inside_kwh (runs
    measured on that machine, which carry their own energy to their application).
    """
    chosen = proofs.filter(_.chosen).join(
        assets.select("asset", "quantity", "pool", "data_centre", "pue", "days", "year_days"), "asset"
    )
    chosen = chosen.left_join(inside, chosen.asset == inside.inside_asset)
    chosen = chosen.mutate(served=_.days / _.year_days)
    chosen = chosen.mutate(
        inside_kwh=ibis.least(_.inside_kwh.fill_null(0.0), _.quantity * _.unit_kwh * _.served)
    )
    return chosen.select(
        "asset",
        "pool",
        "data_centre",
        "tier",
        "unit_kwh",
        "served",
        "inside_kwh",
        "activity_id",
        "activity_sigma",
        energy_kwh=_.quantity * _.unit_kwh * _.served - _.inside_kwh,
        pue=_.seen_pue.fill_null(_.pue),
        profile=_.seen_profile.fill_null(1.0),
    )


def spread(low: Any, high: Any) -> Any:
    """Sigma of ln X from 90 % bounds; null when a bound is not positive."""
    return ibis.ifelse((low > 0) & (high > 0), (high / low).ln() / (2 * Z95), ibis.null("float64"))


def use_impacts(assets: Table, energies: Table, t: dict[str, Table]) -> Table:
    """M2: energy x professional share x PUE x electricity factor of the zone x hourly profile."""
    joined = assets.drop("pue").join(energies.drop("pool", "data_centre"), "asset")
    located = joined.join(t["electricity"], "zone")
    located = located.mutate(profile=ibis.ifelse(_.indicator == "gwp", _.profile, 1.0))
    contract = joined.filter(_.contract_kgco2e_kwh.notnull()).mutate(
        indicator=ibis.literal(MARKET),
        factor=_.contract_kgco2e_kwh,
        factor_id="contrat:" + _.data_centre,
        factor_sigma=_.declared_sigma,
        profile=ibis.literal(1.0),
    )
    return ibis.union(*[_use(rows) for rows in (located, contract)])


def _use(rows: Table) -> Table:
    return impacts(
        rows,
        stage=ibis.literal("use"),
        amount=_.energy_kwh * _.share * _.pue * _.factor * _.profile,
        rule=ibis.literal("M2"),
        **{name: rows[name] for name in ("unit_kwh", "served", "inside_kwh", "energy_kwh", "pue", "profile")},
    )
