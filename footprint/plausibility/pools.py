"""Virtual machines against their hosts, pools promised several times over, keys that share out more than all (M4)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from footprint.plausibility.columns import (
    DAY,
    NUMBER,
    TEXT,
    Array,
    Bounds,
    both,
    column,
    flagged,
    looked_up,
    ratio,
    sums,
    text,
)
from footprint.plausibility.estate import Estate
from footprint.plausibility.finding import Finding, Rule

HOST = Rule(
    "P-VM-HOST", "taille", "size",
    "règle : une machine virtuelle tient dans un hôte ; fils = cœurs × host-threads-per-core",
    "rule: a virtual machine fits in one host; threads = cores × host-threads-per-core",
    "Vérifiez la taille de la machine virtuelle (vCPU, Go) et celle de son hôte, pour une unité.",
    "Check the size of the virtual machine (vCPU, GB) and that of its host, for one unit.",
)  # fmt: skip
OVER = Rule(
    "P-OVERCOMMIT", "taux de surallocation", "overcommitment ratio",
    "règle : 10 vCPU par cœur, deux fois la mémoire", "rule: 10 vCPU a core, twice the memory",
    "Vérifiez les hôtes de la grappe (quantité, cœurs) et ses machines (retirées, modèles, doublons).",
    "Check the hosts of the cluster (quantity, cores) and its machines (withdrawn, templates, repeats).",
)  # fmt: skip
KEYS = Rule(
    "P-KEYS", "somme des clés", "sum of the keys",
    "M4 : les parts d’un tout ne dépassent pas 1", "M4: the parts of a whole do not exceed 1",
    "Corrigez les clés pour que leur somme soit au plus 1 : le calcul les ramène à 1, sans savoir laquelle est fausse.",
    "Correct the keys so that they sum to 1 at most: the calculation scales them, not knowing which is wrong.",
)  # fmt: skip

ONE = 1.0 + 1e-9
CPU = Bounds(None, 10.0, None, 40.0)
MEMORY = Bounds(None, 2.0, None, 10.0)


def machine_sizes(estate: Estate) -> list[Finding]:
    """P-VM-HOST: more threads or memory than the host, or than the biggest host of its cluster."""
    machines, hosts = estate.table("machines"), text(estate.table("machines"), "host")
    names, threads = text(machines, "name"), pc.multiply(estate.asset("cores"), _threads(estate))
    found: list[Finding] = []
    for field, size, unit in (("vcpu", threads, "vCPU"), ("ram_gb", estate.asset("ram_gb"), "Go")):
        alone = looked_up(hosts, estate.names, size)
        limit = pc.coalesce(alone, _biggest(estate, machines, size))
        bounds = Bounds(high=limit, high_sure=limit)
        found += flagged(HOST, "machine", names, field, column(machines, field), unit, bounds)
    return found


def _threads(estate: Estate) -> float:
    return estate.catalogue.find("server", "threads_per_core").value


def _biggest(estate: Estate, machines: pa.Table, size: Array) -> Array:
    """The biggest host of each machine's cluster; null when one of them does not say its size."""
    clusters = text(estate.table("assets"), "cluster")
    table = pa.table({"key": clusters, "size": size, "unknown": pc.is_null(size)})
    most = table.group_by("key", use_threads=False).aggregate([("size", "max"), ("unknown", "max")])
    known = pc.if_else(
        column(most, "unknown_max", pa.bool_()), pa.scalar(None, NUMBER), column(most, "size_max")
    )
    known = pc.if_else(pc.equal(text(most, "key"), ""), pa.scalar(None, NUMBER), known)
    return looked_up(text(machines, "cluster"), text(most, "key"), known)


def overcommitment(estate: Estate) -> list[Finding]:
    """P-OVERCOMMIT: vCPU promised by core, memory promised by GB, in each pool whose hosts all say their size."""
    pools, quantity = _pools(estate), pc.fill_null(estate.asset("quantity"), 0.0)
    served = _served(estate)
    machines = estate.table("machines")
    drawn = _drawn_pools(estate, machines, pools)
    found: list[Finding] = []
    for field, size, bounds in (("vcpu", "cores", CPU), ("ram_gb", "ram_gb", MEMORY)):
        held = pc.if_else(served, pc.multiply(estate.asset(size), quantity), 0.0)
        silent = pc.if_else(pc.is_null(held), 1.0, 0.0)
        capacity = sums(pools, held=pc.fill_null(held, 0.0), silent=silent)
        asked = sums(drawn, asked=column(machines, field))
        names = text(asked, "key")
        known = text(capacity, "key")
        whole = looked_up(names, known, column(capacity, "held"))
        sure = pc.equal(looked_up(names, known, column(capacity, "silent")), 0.0)
        values = ratio(column(asked, "asked"), whole)
        found += flagged(
            OVER, "pool", names, field, values, "", bounds, where=both(sure, pc.not_equal(names, ""))
        )
    return found


def _served(estate: Estate) -> Array:
    left = column(estate.table("assets"), "retired", DAY)
    return pc.fill_null(pc.greater_equal(left, pa.scalar(date(estate.year, 1, 1), DAY)), True)


def _pools(estate: Estate) -> Array:
    """The cluster of each piece of equipment, else its own name."""
    clusters = text(estate.table("assets"), "cluster")
    return pc.if_else(pc.equal(clusters, ""), estate.names, clusters)


def _drawn_pools(estate: Estate, machines: pa.Table, pools: Array) -> Array:
    """The pool each virtual machine draws on: that of its host, else its cluster (M4)."""
    of_host = looked_up(text(machines, "host"), estate.names, pools)
    return pc.coalesce(of_host, text(machines, "cluster"))


def keys(estate: Estate) -> list[Finding]:
    """P-KEYS: declared keys of a pool, shares of a machine between applications, keys of a platform."""
    machines, links, platforms = (estate.table(name) for name in ("machines", "links", "platform_keys"))
    vm, host = text(links, "vm"), text(links, "host")
    tenants = pc.if_else(pc.equal(vm, ""), host, vm)
    return [
        *_above_one("pool", "key", _drawn_pools(estate, machines, _pools(estate)), column(machines, "key")),
        *_above_one("machine", "share", tenants, column(links, "share")),
        *_above_one("platform", "share", text(platforms, "platform"), column(platforms, "share")),
    ]


def _above_one(kind: str, field: str, names: Array, shares: Array) -> list[Finding]:
    table: Any = sums(names.cast(TEXT), total=shares)
    found, limit = text(table, "key"), Bounds(high=ONE, high_sure=ONE)
    named = pc.not_equal(found, "")
    return flagged(KEYS, kind, found, field, column(table, "total"), "", limit, where=named)
