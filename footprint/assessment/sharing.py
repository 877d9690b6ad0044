"""M4, from machines to applications: parts of every pool, what nobody draws, and gear spread over a room."""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.assessment.vocabulary import NETWORK, STORAGE

Table = Any


def application_shares(t: dict[str, Table]) -> Table:
    """Share of each tenant an application takes: tenant, application, environment, app_share, split_kind.

    Declared shares as declared; the links without one divide what is left equally. `split` of the links is that
    of `containers.carried`.
    """
    links = t["links"].mutate(tenant=ibis.ifelse(_.vm != "", "vm:" + _.vm, "hote:" + _.host))
    sums = links.group_by(sum_tenant=_.tenant).aggregate(
        declared=_.share.sum().fill_null(0.0), undeclared=_.share.isnull().sum().cast("float64")
    )
    rows = links.join(sums, links.tenant == sums.sum_tenant)
    left = ibis.greatest(1.0 - rows.declared, 0.0) / ibis.greatest(rows.undeclared, 1.0)
    share = ibis.ifelse(rows.share.notnull(), rows.share / ibis.greatest(rows.declared, 1.0), left)
    kind = ibis.cases(
        (rows.split != "", rows.split),
        (rows.share.notnull(), "declaree"),
        (rows.undeclared > 1, "egale"),
        else_="entiere",
    )
    shared = rows.mutate(app_share=share, split_kind=kind)
    return shared.group_by("tenant", "application", "environment").aggregate(
        app_share=_.app_share.sum(), split_kind=_.split_kind.min()
    )


def shares(tenants_of: Table, applications_of: Table, refused: Table) -> Table:
    """Every part of every pool that is drawn, with who takes it and why nobody does.

    `refused` names the virtual machines that a person leaves to no application, knowingly.

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
    told = refused.select(refused_tenant="vm:" + _.name)
    joined = joined.left_join(told, joined.tenant == told.refused_tenant)
    rest = joined.mutate(left=1.0 - _.used.fill_null(0.0))
    rest = rest.filter((_.left > 1e-12) & (_.share > 0)).select(
        "pool",
        "stage_class",
        "tenant",
        subject_kind=ibis.literal("non_affecte"),
        subject=ibis.cases(
            (_.used.notnull(), "cle_incomplete"),
            (_.refused_tenant.notnull(), "vm_refusee"),
            else_="vm_sans_application",
        ),
        environment=ibis.literal(""),
        part=_.share * _.left,
        key_kind=_.key_kind,
        split_kind=ibis.literal(""),
    )
    return ibis.union(taken, rest)


def common_parts(
    drawn: Table, drawers: Table, applications_of: Table, energies: Table, assets: Table, weights: Table
) -> Table:
    """Parts of the shared gear of each room: network by the energy drawn there, storage by the volumes held.

    Pools "reseau:ROOM" and "stockage:ROOM" only exist when the campaign spreads that gear. A cluster across
    rooms draws on the network of each by its energy there, and on the storage of each by its machines there.
    """
    powers = energies.group_by(power_pool=_.pool, room=_.data_centre).aggregate(net_kwh=_.energy_kwh.sum())
    rooms = _rooms(assets)
    used = drawn.filter(_.stage_class == "use").join(powers, drawn.pool == powers.power_pool)
    network = used.select(
        "room",
        "subject_kind",
        "subject",
        "environment",
        prefix=ibis.literal(NETWORK),
        weight=_.part * _.net_kwh,
    )
    held = drawers.join(applications_of, "tenant").filter(_.storage_gb.notnull())
    held = held.join(rooms, held.pool == rooms.room_pool)
    storage = held.select(
        "room",
        subject_kind=ibis.literal("application"),
        subject=_.application,
        environment=_.environment,
        prefix=ibis.literal(STORAGE),
        weight=_.storage_gb * _.app_share * _.part_of_pool,
    )
    placed = ibis.union(network, storage).filter((_.room != "") & (_.weight > 0))
    placed = placed.mutate(pool=_.prefix + _.room)
    existing = assets.select("pool").distinct()
    placed = placed.semi_join(existing, "pool")
    sums = placed.group_by("pool", "subject_kind", "subject", "environment").aggregate(weight=_.weight.sum())
    wholes = sums.group_by(whole_pool=_.pool).aggregate(whole=_.weight.sum())
    joined = sums.join(wholes, sums.pool == wholes.whole_pool).cross_join(weights.select("stage_class"))
    return joined.select(
        "pool",
        "stage_class",
        tenant=ibis.literal(""),
        subject_kind=_.subject_kind,
        subject=_.subject,
        environment=_.environment,
        part=_.weight / _.whole,
        key_kind=ibis.ifelse(_.pool.startswith(NETWORK), "energie", "stockage"),
        split_kind=ibis.literal("entiere"),
    )


def _rooms(assets: Table) -> Table:
    """The rooms of each pool, with the part of its machines in service that stand there."""
    served = assets.filter((_.days > 0) & (_.quantity > 0))
    sums = served.group_by(room_pool=_.pool, room=_.data_centre).aggregate(units=_.quantity.sum())
    whole = sums.units.sum().over(ibis.window(group_by="room_pool"))
    return sums.mutate(part_of_pool=sums.units / whole).select("room_pool", "room", "part_of_pool")


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
