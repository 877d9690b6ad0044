"""Measured runs and sampled hosts as assets of their own (M6), none of their energy counted twice.

use        amount = energy_kwh x pue x factor x profile
embodied   amount = part of a server x factor x hours / 8766 / lifetime_y

`counted_once` takes the runs that used something in the year, with their energy (measured.with_energy); the
other functions take what it gives.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.assessment.assets import impacts
from footprint.assessment.use import spread

Table = Any

HOURS_A_YEAR = 8766.0
DRAWS = ("run", "service")
"""What draws on a machine; the others are machines ("host") or meters ("site")."""


def run_rows(runs: Table, t: dict[str, Table]) -> Table:
    """Runs, and sampled machines that no inventory holds, each with a pool of its own.

    A run is counted at the energy measured, never extrapolated, and given to the application it names. Which
    building it ran in is not recorded: the PUE of an unmeasured room applies (conservative).
    """
    runs = ibis.union(runs.filter(_.subject.isin(DRAWS)), _unlisted_hosts(runs, t))
    settings = t["settings"].select(
        "room_pue", "room_pue_id", "room_pue_sigma", "purchase_year", home_zone=_.zone
    )
    runs = runs.cross_join(settings)
    zones = t["zones"].select("place", place_zone=_.zone)
    runs = runs.rename(zone_name="zone").left_join(zones, _.zone_name == zones.place)
    return runs.mutate(
        zone=ibis.ifelse(_.zone_name == "", _.home_zone, _.place_zone),
        asset="execution:" + _.run_id,
        item=ibis.literal("server"),
        post=ibis.ifelse(_.subject == "run", "ia", "serveurs"),
        pool="execution:" + _.run_id,
        in_data_centre=ibis.literal(True),
        data_centre=ibis.literal(""),
        quantity=_.server_part,
        pue=_.pue.fill_null(_.room_pue),
        pue_id=ibis.ifelse(_.pue.isnull(), _.room_pue_id, ""),
        pue_sigma=ibis.ifelse(_.pue.isnull(), _.room_pue_sigma, 0.0),
        share=ibis.literal(1.0),
    )


def inside_listed(runs: Table, assets: Table, proofs: Table, t: dict[str, Table]) -> Table:
    """What measured runs took of machines of the inventory: inside_asset, inside_kwh, inside_years.

    A machine is known by a host session that names its asset, or a virtual machine of that asset. Which host of
    a cluster a virtual machine was on is not recorded: each gives by its part of the energy of the cluster, and
    of its years of service. `proofs`: of `use.evidence`.
    """
    taken = _taken(runs, t)
    alone = taken.filter(_.kind != "cluster").select("listed", "kwh", "years")
    floating = taken.filter(_.kind == "cluster")
    parts = _cluster_parts(assets, proofs)
    joined = floating.join(parts, floating.listed == parts.part_cluster)
    given = joined.select(listed=_.part_asset, kwh=_.kwh * _.part_of_kwh, years=_.years * _.part_of_years)
    return (
        ibis.union(alone, given)
        .group_by(inside_asset=_.listed)
        .aggregate(inside_kwh=_.kwh.sum(), inside_years=_.years.sum())
    )


def inside_guests(runs: Table, t: dict[str, Table]) -> Table:
    """What measured runs took of virtual machines of the inventory: guest, guest_kwh."""
    of_guests = _taken(runs, t).filter(_.kind != "asset")
    return of_guests.group_by(guest=_.session).aggregate(guest_kwh=_.kwh.sum())


def _listed(t: dict[str, Table]) -> Table:
    """What a session tells of by the name it gives: session, kind ("asset", "host", "cluster"), listed."""
    own = t["assets"].select(session=_.name, kind=ibis.literal("asset"), listed=_.name)
    machines = t["machines"].filter((_.host != "") | (_.cluster != ""))
    alone = machines.host != ""
    guests = machines.select(
        session=_.name,
        kind=ibis.ifelse(alone, "host", "cluster"),
        listed=ibis.ifelse(alone, machines.host, machines.cluster),
    )
    return ibis.union(own, guests.anti_join(own, "session").select(*own.columns))


def _taken(runs: Table, t: dict[str, Table]) -> Table:
    """What runs took of what `_listed` names: session, kind, listed, kwh, years of a whole machine.

    Where several names were given to one machine (renamed, or cloned with its id), each gave its part: what a
    run used is taken out of the inventory once.
    """
    listed = _listed(t)
    known = runs.filter((_.subject == "host") & (_.machine != "")).join(listed, _.asset == listed.session)
    known = known.select("session", "kind", "listed", known_machine=_.machine).distinct()
    known = known.mutate(names=_.count().over(ibis.window(group_by="known_machine")))
    mine = runs.filter(_.subject.isin(DRAWS)).join(known, _.machine == known.known_machine)
    return mine.group_by("session", "kind", "listed").aggregate(
        kwh=(_.energy_kwh / _.names).sum(),
        years=(_.server_part * _.duration_s / _.names).sum() / 3600.0 / HOURS_A_YEAR,
    )


def _cluster_parts(assets: Table, proofs: Table) -> Table:
    """The part of each machine in the energy and in the years of service of its cluster."""
    chosen = proofs.filter(_.chosen).select(chosen_asset=_.asset, unit_kwh=_.unit_kwh)
    hosts = assets.filter((_.cluster != "") & (_.days > 0))
    hosts = hosts.left_join(chosen, hosts.asset == chosen.chosen_asset)
    hosts = hosts.mutate(years=_.quantity * _.days, kwh=_.quantity * _.days * _.unit_kwh.fill_null(0.0))
    whole = ibis.window(group_by="cluster")
    kwh, years = hosts.kwh.sum().over(whole), hosts.years.sum().over(whole)
    by_years = hosts.years / years.nullif(0.0)
    parts = hosts.mutate(part_of_kwh=ibis.ifelse(kwh > 0, hosts.kwh / kwh.nullif(0.0), by_years))
    return parts.select("part_of_kwh", part_cluster=_.cluster, part_asset=_.asset, part_of_years=by_years)


def _sized(runs: Table, t: dict[str, Table]) -> Table:
    """Runs with the part of a server they used; a virtual machine is its threads' part of one (M5, M6)."""
    runs = runs.cross_join(
        t["settings"].select("server_threads", "server_threads_id", "server_threads_sigma")
    )
    threads = ibis.ifelse(runs.threads > runs.server_threads, 1.0, runs.threads / runs.server_threads)
    return runs.mutate(server_part=_.capacity_share * ibis.ifelse(_.virtual, threads, 1.0))


def counted_once(runs: Table, t: dict[str, Table]) -> Table:
    """Runs and services, each less what was measured inside it: no energy is counted twice.

    A run gives up the runs nested in it; a service, those of its application measured on its machine.
    """
    runs = _sized(runs, t)
    # A meter of a whole site is kept to compare with (M1), never added.
    runs = runs.filter(_.subject != "site")
    runs = _less(runs, _spans(runs.filter(_.inside != ""), match=_.inside), match=_.run_id)
    measured = _spans(runs.filter((_.subject == "run") & (_.machine != "")), match=_place())
    services = _less(runs.filter(_.subject == "service"), measured, match=_place())
    return ibis.union(runs.filter(_.subject != "service"), services)


def _unlisted_hosts(runs: Table, t: dict[str, Table]) -> Table:
    """Sampled machines that are in no inventory, less what was measured on them meanwhile.

    A session on a virtual machine of the inventory tells its part of its host (M4), and is not added to it; where
    the inventory gives it neither host nor cluster, nothing else counts its energy.
    """
    names = t["assets"].select(listed=_.name)
    housed = t["machines"].semi_join(names, t["machines"].host == names.listed).select(listed=_.name)
    clusters = t["assets"].filter(_.cluster != "").select(known_cluster=_.cluster)
    shared = t["machines"].semi_join(clusters, t["machines"].cluster == clusters.known_cluster)
    listed = ibis.union(names, housed, shared.select(listed=_.name)).distinct()
    hosts = runs.filter(_.subject == "host").anti_join(listed, _.asset == listed.listed)
    inside = _spans(runs.filter(_.subject.isin(DRAWS) & (_.machine != "")), match=_.machine)
    return _seen_once(_less(hosts, inside, match=_.machine), t["tiers"]).select(*runs.columns)


def _seen_once(hosts: Table, tiers: Table) -> Table:
    """Sessions of unlisted machines, each less the time another collector or a better tier saw the machine too (M1)."""
    ranks = tiers.select("tier", place=_["rank"])
    spans = hosts.join(ranks, "tier").filter((_.asset != "") | (_.machine != ""))
    spans = spans.select(
        "run_id", "source", "place", "started_s", "duration_s",
        name=ibis.ifelse(_.asset != "", _.asset, _.machine),
    )  # fmt: skip
    best = spans.rename(best_source="source", best_place="place", best_start="started_s", best_s="duration_s")
    met = spans.join(best.drop("run_id"), "name")
    met = met.filter((_.best_place < _.place) | ((_.best_place == _.place) & (_.best_source < _.source)))
    overlap = ibis.least(met.started_s + met.duration_s, met.best_start + met.best_s) - ibis.greatest(
        met.started_s, met.best_start
    )
    met = met.mutate(seconds=ibis.greatest(overlap, 0.0))
    twice = met.group_by(twice_id=_.run_id).aggregate(seconds=_.seconds.sum())
    left = hosts.left_join(twice, hosts.run_id == twice.twice_id)
    kept = ibis.greatest(1.0 - left.seconds.fill_null(0.0) / ibis.greatest(left.duration_s, 1e-9), 0.0)
    names = ("energy_kwh", "low_kwh", "high_kwh", "server_part")
    return left.mutate(**{name: left[name] * kept for name in names}).select(*hosts.columns)


def _place() -> Any:
    return _.machine.concat("\n", _.application)


def _spans(runs: Table, match: Any) -> Table:
    """When each run was, what it used, and what it is to be matched by."""
    return runs.select(
        inner=match,
        inner_start=_.started_s,
        inner_s=_.duration_s,
        inner_kwh=_.energy_kwh,
        inner_part=_.server_part.fill_null(0.0),
    )


def _less(outer: Table, inner: Table, match: Any) -> Table:
    """Energy and part of a server of `outer`, less those of the `inner` it matches, as far as they overlap."""
    spans = outer.select("run_id", "started_s", "duration_s", match=match)
    met = spans.join(inner, spans.match == inner.inner)
    overlap = ibis.least(met.started_s + met.duration_s, met.inner_start + met.inner_s) - ibis.greatest(
        met.started_s, met.inner_start
    )
    met = met.mutate(seconds=ibis.greatest(overlap, 0.0))
    spent = met.group_by(spent_id=_.run_id).aggregate(
        kwh=(_.seconds * _.inner_kwh / ibis.greatest(_.inner_s, 1e-9)).sum(),
        part=(_.seconds * _.inner_part).sum(),
    )
    left = outer.left_join(spent, outer.run_id == spent.spent_id)
    kept = ibis.greatest(1.0 - left.kwh.fill_null(0.0) / ibis.greatest(left.energy_kwh, 1e-300), 0.0)
    rest = left.server_part - left.part.fill_null(0.0) / ibis.greatest(left.duration_s, 1e-9)
    # What is not known stays so: the greatest of unknown and 0 would be 0.
    part = ibis.ifelse(rest.isnull(), rest, ibis.greatest(rest, 0.0))
    left = left.mutate(
        energy_kwh=_.energy_kwh * kept, low_kwh=_.low_kwh * kept, high_kwh=_.high_kwh * kept, server_part=part
    )
    return left.select(*outer.columns)


def run_use(runs: Table, t: dict[str, Table]) -> Table:
    """M6 use: energy of the run x PUE x electricity factor x hourly profile."""
    tiers = t["tiers"].select("tier", default_sigma=_.sigma)
    joined = runs.left_join(tiers, "tier").drop("tier_right").join(t["electricity"], "zone")
    joined = joined.mutate(profile=ibis.ifelse(_.indicator == "gwp", _.profile, 1.0))
    return impacts(
        joined,
        stage=ibis.literal("use"),
        amount=_.energy_kwh * _.share * _.pue * _.factor * _.profile,
        rule=ibis.literal("M6"),
        # The same power model serves every run of a machine: their errors go together.
        activity_id="mesure:" + _.machine,
        activity_sigma=spread(_.low_kwh, _.high_kwh).fill_null(_.default_sigma).fill_null(0.0),
        model=joined.model,
        application=joined.application,
        **{name: joined[name] for name in ("energy_kwh", "pue", "profile")},
    )


def run_embodied(runs: Table, t: dict[str, Table]) -> Table:
    """M6 embodied: the part of a server's life the run took (hours x part of a server / lifetime).

    In the mode "purchase year" a machine is charged when it is bought, never by the hour (M3).
    """
    lives = t["items"].filter(_.lifetime > 0).select("item", "lifetime", "lifetime_id", "lifetime_sigma")
    sized = runs.filter(_.quantity.notnull() & ~_.purchase_year)
    joined = sized.join(lives, "item").join(t["embodied"], "item")
    joined = joined.mutate(charged_years=_.duration_s / 3600.0 / HOURS_A_YEAR, lifetime_y=_.lifetime)
    return impacts(
        joined,
        amount=_.quantity * _.factor * _.share * _.charged_years / _.lifetime_y,
        rule=ibis.literal("M6"),
        tier=ibis.literal("generic"),
        units=ibis.literal(1.0),
        activity_id=joined.lifetime_id,
        activity_sigma=joined.lifetime_sigma,
        # No PUE here: its place in the draws goes to the size of the server behind a virtual machine.
        pue_id=ibis.ifelse(joined.virtual, joined.server_threads_id, ""),
        pue_sigma=ibis.ifelse(joined.virtual, joined.server_threads_sigma, 0.0),
        model=joined.model,
        application=joined.application,
        **{name: joined[name] for name in ("charged_years", "lifetime_y")},
    )
