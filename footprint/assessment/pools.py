"""M4: what each machine may draw of its pool, and what each application draws of its machines.

A pool is a cluster, or a host alone. Shares are of the pool's capacity, so that unused capacity stays
visible as non affecté; when more is promised than exists (overcommitment), shares are of what is promised.
Whatever the inventory says, the shares of a pool never sum above 1.

Keys, first that applies: energy of the machine (use phase only); declared key; RAM, vCPU and storage weighted
by stage, when all three are known in the pool; vCPU; storage (volumes on a bay); equal. A machine without a
size takes the mean of its pool.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

Table = Any

LEAST_KWH = 1e-9  # a pool of less has no energy that its machines could be shares of
SIZES = (("vcpu", "vcpu"), ("ram", "ram_gb"), ("storage", "storage_gb"))


def stage_class(stage: Any) -> Any:
    """The class of weights a stage takes."""
    return ibis.ifelse(stage.isin(["use", "transport"]), stage, "manufacture")


def tenants(t: dict[str, Table], assets: Table) -> Table:
    """Who draws on the pools: virtual machines, and hosts that applications use directly.

    Columns: tenant, pool, kind, key, vcpu, ram_gb, storage_gb. A machine of a host that is in a cluster draws
    on the cluster. One with neither host nor cluster draws on nothing.
    """
    hosts = _present(assets).select(
        host_name=_.asset,
        host_pool=_.pool,
        host_vcpu=_.quantity * _.present * _.cores * _.threads_per_core,
        host_ram=_.quantity * _.present * _.ram_gb,
    )
    machines = t["machines"].left_join(hosts, _.host == hosts.host_name)
    pool = ibis.cases(
        (machines.host_pool.notnull(), machines.host_pool),
        (machines.cluster != "", "grappe:" + machines.cluster),
        else_=ibis.null("string"),
    )
    virtual = machines.mutate(pool=pool, tenant="vm:" + _.name)
    direct = t["links"].filter((_.vm == "") & (_.host != "")).select("host").distinct()
    direct = direct.join(hosts, direct.host == hosts.host_name).mutate(
        tenant="hote:" + _.host,
        pool=_.host_pool,
        kind=ibis.literal("calcul"),
        key=ibis.null("float64"),
        # An application on a whole host is as big as the host.
        vcpu=_.host_vcpu,
        ram_gb=_.host_ram,
        storage_gb=ibis.null("float64"),
    )
    columns = ("tenant", "pool", "kind", "key", "vcpu", "ram_gb", "storage_gb")
    known = virtual.filter(_.pool.notnull()).select(*columns)
    return ibis.union(known, direct.select(*columns)).filter(_.pool.isin(assets.select("pool").pool))


def _present(assets: Table) -> Table:
    """The part of the time its pool was there that each machine was: present; and that of the year: pool_served.

    A machine that takes the place of another at mid-year doubles neither the pool nor what is left of it free.
    """
    began = ibis.greatest(assets.purchased.fill_null(assets.first_day), assets.first_day)
    seen = assets.days > 0
    rows = assets.mutate(
        began=ibis.ifelse(seen, began, ibis.null("int64")),
        ended=ibis.ifelse(seen, began + assets.days, ibis.null("int64")),
    )
    whole = ibis.window(group_by="pool")
    span = rows.ended.max().over(whole) - rows.began.min().over(whole)
    return rows.mutate(
        present=(rows.days / span.nullif(0)).fill_null(0.0),
        pool_served=(span / rows.year_days).fill_null(0.0),
    ).drop("began", "ended")


def capacities(assets: Table) -> Table:
    """Threads and RAM (GB) of each pool, from its machines in service; null where none says.

    A machine of unknown size counts as the mean of the others of its pool. `cap_served` is the part of the year
    the pool was in service.
    """
    served = _present(assets).filter((_.days > 0) & (_.quantity > 0))
    served = served.mutate(quantity=_.quantity * _.present)
    known = served.mutate(
        with_cores=ibis.ifelse(_.cores.notnull(), _.quantity, 0.0),
        with_ram=ibis.ifelse(_.ram_gb.notnull(), _.quantity, 0.0),
    )
    sums = known.group_by(cap_pool=_.pool).aggregate(
        quantity=_.quantity.sum(),
        cores=(_.quantity * _.cores * _.threads_per_core).sum(),
        ram=(_.quantity * _.ram_gb).sum(),
        with_cores=_.with_cores.sum(),
        with_ram=_.with_ram.sum(),
        served=_.pool_served.max(),
    )
    return sums.select(
        "cap_pool",
        cap_served=_.served,
        cap_vcpu=_.cores / _.with_cores.nullif(0.0) * _.quantity,
        cap_ram=_.ram / _.with_ram.nullif(0.0) * _.quantity,
    )


def own_energies(t: dict[str, Table], seen: Table, inside: Table) -> Table:
    """The energy of virtual machines that something tells, measured before declared: owner, own_kwh, own_inside_kwh.

    `own_kwh` is of a whole year; `own_inside_kwh` is what runs measured on the machine carry themselves
    (`inside`: of `runs.inside_guests`).
    """
    measured = seen.drop("run_id").distinct().join(t["tiers"], "tier").cross_join(t["settings"])
    first = ibis.window(group_by=["seen_asset"], order_by=[_["rank"].asc()])
    measured = measured.mutate(place=ibis.row_number().over(first)).filter(_.place == 0)
    measured = measured.select(
        measured_vm=_.seen_asset, measured_kwh=_.kwh / _.hours * 24.0 * (_.after_day - _.first_day)
    )
    joined = t["machines"].left_join(measured, _.name == measured.measured_vm)
    kwh = joined.measured_kwh.fill_null(joined.yearly_kwh)
    told = joined.select("name", own_kwh=kwh).filter(_.own_kwh.notnull())
    told = told.left_join(inside, told.name == inside.guest)
    return told.select(owner="vm:" + _.name, own_kwh=_.own_kwh, own_inside_kwh=_.guest_kwh.fill_null(0.0))


def pool_energies(energies: Table) -> Table:
    """Energy of each pool in kWh, less that of measured runs on its machines: power_pool, pool_kwh."""
    return energies.group_by(power_pool=_.pool).aggregate(pool_kwh=_.energy_kwh.sum())


def tenant_shares(drawers: Table, own: Table, powers: Table, capacity: Table, t: dict[str, Table]) -> Table:
    """Share of its pool each tenant draws, by class of stages: tenant, pool, stage_class, share, key_kind.

    Where the energy of a machine is known, it replaces its key for the use phase. Shares of the others are of
    the capacity that those with a key leave.
    """
    rows = _sized(_keyed(drawers, own, powers, capacity, t["weights"]))
    cpu = _part(rows.vcpu, rows.free_vcpu, rows.cap_vcpu - rows.keyed_vcpu)
    ram = _part(rows.ram_gb, rows.free_ram, rows.cap_ram - rows.keyed_ram)
    # Where those without a key hold no storage, it gives them nothing: it doesn't make their share unknown.
    storage = (rows.storage_gb / rows.free_storage.nullif(0.0)).fill_null(0.0)
    base = ibis.cases(
        (rows.key_kind == "ressources", rows.w_ram * ram + rows.w_vcpu * cpu + rows.w_storage * storage),
        (rows.key_kind == "vcpu", cpu),
        (rows.key_kind == "stockage", storage),
        # Without a capacity, those without a key share all that the keys leave.
        else_=1.0 / ibis.greatest(rows.unkeyed, 1.0),
    )
    free = 1.0 - ibis.least(rows.keyed, 1.0)
    share = ibis.ifelse(rows.key.notnull(), rows.key / ibis.greatest(rows.keyed, 1.0), base * free)
    kind = ibis.cases((rows.by_energy, "mesuree"), (rows.key.notnull(), "declaree"), else_=rows.key_kind)
    return _spread_idle(
        rows.select("tenant", "pool", "stage_class", share=share, key_kind=kind), t["settings"]
    )


def _part(size: Any, of_all: Any, capacity: Any) -> Any:
    return size / ibis.greatest(of_all, capacity.fill_null(0.0), 1e-300)


def _keyed(drawers: Table, own: Table, powers: Table, capacity: Table, weights: Table) -> Table:
    """Tenants by class of stages, each with its key there: its energy for the use phase, else what is declared.

    A machine draws while its pool is in service; what its own measured runs used is theirs, on both sides.
    """
    joined = drawers.left_join(own, drawers.tenant == own.owner).cross_join(weights)
    joined = joined.left_join(powers, joined.pool == powers.power_pool)
    joined = joined.left_join(capacity, joined.pool == capacity.cap_pool)
    drawn = joined.own_kwh * joined.cap_served.fill_null(1.0) - joined.own_inside_kwh
    energy = ibis.ifelse(
        (joined.stage_class == "use") & (joined.pool_kwh > LEAST_KWH),
        # The greatest of unknown and 0 would be 0 on some engines.
        ibis.ifelse(drawn < 0, 0.0, drawn) / joined.pool_kwh,
        ibis.null("float64"),
    )
    return joined.mutate(key=ibis.coalesce(energy, joined.key), by_energy=energy.notnull())


def _spread_idle(shares: Table, settings: Table) -> Table:
    """Free capacity stays free, unless the campaign spreads it over those who draw on the pool (M4)."""
    sums = shares.group_by(whole_pool=_.pool, whole_class=_.stage_class).aggregate(drawn=_.share.sum())
    joined = shares.join(sums, [shares.pool == sums.whole_pool, shares.stage_class == sums.whole_class])
    joined = joined.cross_join(settings.select("spread_idle"))
    whole = ibis.ifelse(joined.spread_idle & (joined.drawn > 0), joined.share / joined.drawn, joined.share)
    return joined.mutate(share=whole).select(*shares.columns)


def _sized(keyed: Table) -> Table:
    """Tenants with sizes filled by the mean of their pool, the sums of the pool and its kind of key."""
    means = keyed.group_by(mean_pool=_.pool, mean_class=_.stage_class).aggregate(
        unkeyed=_.key.isnull().sum().cast("float64"),
        keyed=_.key.sum().fill_null(0.0),
        mean_vcpu=_.vcpu.mean(),
        mean_ram=_.ram_gb.mean(),
        mean_storage=_.storage_gb.mean(),
        volumes=(_.kind == "stockage").all(),
    )
    positive = {
        name: (means[name] > 0).fill_null(False) for name in ("mean_vcpu", "mean_ram", "mean_storage")
    }
    means = means.mutate(
        key_kind=ibis.cases(
            (means.volumes & positive["mean_storage"], "stockage"),
            (positive["mean_vcpu"] & positive["mean_ram"] & positive["mean_storage"], "ressources"),
            (positive["mean_vcpu"], "vcpu"),
            else_="egale",
        )
    )
    filled = keyed.join(means, [keyed.pool == means.mean_pool, keyed.stage_class == means.mean_class])
    filled = filled.mutate(
        vcpu=_.vcpu.fill_null(_.mean_vcpu),
        ram_gb=_.ram_gb.fill_null(_.mean_ram),
        storage_gb=_.storage_gb.fill_null(_.mean_storage),
    )
    unkeyed = filled.key.isnull()
    sums = filled.group_by(sum_pool=_.pool, sum_class=_.stage_class).aggregate(
        **{f"free_{to}": ibis.ifelse(unkeyed, filled[of], 0.0).sum() for to, of in SIZES},
        **{f"keyed_{to}": ibis.ifelse(unkeyed, 0.0, filled[of]).sum() for to, of in SIZES},
    )
    return filled.join(sums, [filled.pool == sums.sum_pool, filled.stage_class == sums.sum_class])
