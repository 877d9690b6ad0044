"""M4: what each machine may draw of its pool, and what each application draws of its machines.

A pool is a cluster, or a host alone. Shares are of the pool's capacity, so that unused capacity stays
visible as non affecté; when more is promised than exists (overcommitment), shares are of what is promised.
Whatever the inventory says, the shares of a pool never sum above 1.

Keys, first that applies: declared key; RAM, vCPU and storage weighted by stage, when all three are known in
the pool; vCPU; storage (volumes on a bay); equal. A machine without a size takes the mean of its pool.
"""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa
from ibis import _

Table = Any

# Weights by stage of the cloud PCR (method.md M4). Stages it does not name take those of manufacture.
WEIGHTS = pa.Table.from_pylist(
    [
        {"stage_class": "manufacture", "w_ram": 0.85, "w_vcpu": 0.02, "w_storage": 0.13},
        {"stage_class": "transport", "w_ram": 0.33, "w_vcpu": 0.34, "w_storage": 0.33},
        {"stage_class": "use", "w_ram": 0.30, "w_vcpu": 0.60, "w_storage": 0.10},
    ]
)


def stage_class(stage: Any) -> Any:
    """The class of weights a stage takes."""
    return ibis.ifelse(stage.isin(["use", "transport"]), stage, "manufacture")


def tenants(t: dict[str, Table], assets: Table) -> Table:
    """Who draws on the pools: virtual machines, and hosts that applications use directly.

    Columns: tenant, pool, kind, key, vcpu, ram_gb, storage_gb. A machine of a host that is in a cluster draws
    on the cluster. One with neither host nor cluster draws on nothing.
    """
    hosts = assets.select(
        host_name=_.asset,
        host_pool=_.pool,
        host_vcpu=_.quantity * _.cores * _.threads_per_core,
        host_ram=_.quantity * _.ram_gb,
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


def capacities(assets: Table) -> Table:
    """Threads and RAM (GB) of each pool, from its machines in service; null where none says.

    A machine of unknown size counts as the mean of the others of its pool.
    """
    served = assets.filter((_.days > 0) & (_.quantity > 0))
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
    )
    return sums.select(
        "cap_pool",
        cap_vcpu=_.cores / _.with_cores.nullif(0.0) * _.quantity,
        cap_ram=_.ram / _.with_ram.nullif(0.0) * _.quantity,
    )


def tenant_shares(drawers: Table, capacity: Table, weights: Table) -> Table:
    """Share of its pool each tenant draws, by class of stages: tenant, pool, stage_class, share, key_kind."""
    sized = _sized(drawers).left_join(capacity, _.pool == capacity.cap_pool)
    rows = sized.cross_join(weights)
    cpu = rows.vcpu / ibis.greatest(rows.sum_vcpu, rows.cap_vcpu.fill_null(0.0))
    ram = rows.ram_gb / ibis.greatest(rows.sum_ram, rows.cap_ram.fill_null(0.0))
    storage = rows.storage_gb / rows.sum_storage
    # Without a capacity, those without a key share all that the keys leave.
    unkeyed = ibis.greatest(rows.unkeyed, 1.0)
    base = ibis.cases(
        (rows.key_kind == "ressources", rows.w_ram * ram + rows.w_vcpu * cpu + rows.w_storage * storage),
        (rows.key_kind == "vcpu", cpu),
        (rows.key_kind == "stockage", rows.storage_gb / rows.free_storage.nullif(0.0)),
        else_=1.0 / unkeyed,
    )
    free = 1.0 - ibis.least(rows.keyed, 1.0)
    share = ibis.ifelse(rows.key.notnull(), rows.key / ibis.greatest(rows.keyed, 1.0), base * free)
    kind = ibis.ifelse(rows.key.notnull(), "declaree", rows.key_kind)
    return rows.select("tenant", "pool", "stage_class", share=share, key_kind=kind)


def _sized(drawers: Table) -> Table:
    """Tenants with sizes filled by the mean of their pool, the sums of the pool and its kind of key."""
    means = drawers.group_by(mean_pool=_.pool).aggregate(
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
    filled = drawers.join(means, drawers.pool == means.mean_pool).mutate(
        vcpu=_.vcpu.fill_null(_.mean_vcpu),
        ram_gb=_.ram_gb.fill_null(_.mean_ram),
        storage_gb=_.storage_gb.fill_null(_.mean_storage),
    )
    sums = filled.group_by(sum_pool=_.pool).aggregate(
        sum_vcpu=_.vcpu.sum(),
        sum_ram=_.ram_gb.sum(),
        sum_storage=_.storage_gb.sum(),
        free_storage=ibis.ifelse(_.key.isnull(), _.storage_gb, 0.0).sum(),
    )
    return filled.join(sums, filled.pool == sums.sum_pool)


def application_shares(t: dict[str, Table]) -> Table:
    """Share of each tenant an application takes: tenant, application, environment, app_share, split_kind.

    Declared shares as declared; the links without one divide what is left equally.
    """
    links = t["links"].mutate(tenant=ibis.ifelse(_.vm != "", "vm:" + _.vm, "hote:" + _.host))
    sums = links.group_by(sum_tenant=_.tenant).aggregate(
        declared=_.share.sum().fill_null(0.0), undeclared=_.share.isnull().sum().cast("float64")
    )
    rows = links.join(sums, links.tenant == sums.sum_tenant)
    left = ibis.greatest(1.0 - rows.declared, 0.0) / ibis.greatest(rows.undeclared, 1.0)
    share = ibis.ifelse(rows.share.notnull(), rows.share / ibis.greatest(rows.declared, 1.0), left)
    kind = ibis.cases((rows.share.notnull(), "declaree"), (rows.undeclared > 1, "egale"), else_="entiere")
    shared = rows.mutate(app_share=share, split_kind=kind)
    return shared.group_by("tenant", "application", "environment").aggregate(
        app_share=_.app_share.sum(), split_kind=_.split_kind.min()
    )


def shares(tenants_of: Table, applications_of: Table) -> Table:
    """Every part of every pool that is drawn, with who takes it and why nobody does.

    Columns: pool, stage_class, tenant, subject_kind, subject, environment, part, key_kind, split_kind.
    `part` sums to at most 1 in a pool and class; what is left of the pool is added by `remainders`.
    """
    taken = tenants_of.join(applications_of, "tenant").select(
        "pool",
        "stage_class",
        "tenant",
        subject_kind=ibis.literal("application"),
        subject=_.application,
        environment=_.environment,
        part=_.share * _.app_share,
        key_kind=_.key_kind,
        split_kind=_.split_kind,
    )
    used = applications_of.group_by(used_tenant=_.tenant).aggregate(used=_.app_share.sum())
    joined = tenants_of.left_join(used, tenants_of.tenant == used.used_tenant)
    rest = joined.mutate(left=1.0 - _.used.fill_null(0.0))
    rest = rest.filter((_.left > 1e-12) & (_.share > 0)).select(
        "pool",
        "stage_class",
        "tenant",
        subject_kind=ibis.literal("non_affecte"),
        subject=ibis.ifelse(_.used.isnull(), "vm_sans_application", "cle_incomplete"),
        environment=ibis.literal(""),
        part=_.share * _.left,
        key_kind=_.key_kind,
        split_kind=ibis.literal(""),
    )
    return ibis.union(taken, rest)


def remainders(pools: Table, drawn: Table, weights: Table) -> Table:
    """What nobody draws of each pool and class: free capacity, shared gear, machines nobody claims.

    `pools` has pool, post and housed (in a data centre). Office equipment is its own post, outside the
    sum of applications (M4).
    """
    used = drawn.group_by(used_pool=_.pool, used_class=_.stage_class).aggregate(used=_.part.sum())
    all_pools = pools.cross_join(weights.select("stage_class"))
    joined = all_pools.left_join(
        used, [all_pools.pool == used.used_pool, all_pools.stage_class == used.used_class]
    )
    left = joined.mutate(part=1.0 - _.used.fill_null(0.0)).filter(_.part > 1e-12)
    alone = left.used.isnull()
    reason = ibis.cases(
        (alone & ~left.housed, left.post),
        (alone & (left.post != "serveurs"), "equipement_commun"),
        (alone, "sans_rattachement"),
        else_="capacite_libre",
    )
    return left.select(
        "pool",
        "stage_class",
        tenant=ibis.literal(""),
        subject_kind=ibis.ifelse(alone & ~left.housed, "poste", "non_affecte"),
        subject=reason,
        environment=ibis.literal(""),
        part=_.part,
        key_kind=ibis.literal(""),
        split_kind=ibis.literal(""),
    )
