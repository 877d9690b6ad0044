"""M4 inside a virtual machine: links of the containers it carries as links on the machine itself.

A machine that carries containers is shared between them and the applications placed straight on it, as any pool
is: declared keys first, then virtual processors (a claim without any takes the mean of the others), of the
machine or, promised beyond it, of what is promised, else equally. What the containers leave is for the
applications placed straight on the machine without a declared share.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

MOST_LAYERS = 5
"""Containers in containers: deeper is a mistake the import refuses."""


def carried(links: pa.Table, machines: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The links with those of containers on the machine that carries them, and the machines without containers.

    Links gain `split`: how a share that nobody declared was found ("vcpu", "egale"), "" when it is as written.
    """
    links = links.append_column("split", pa.array([""] * links.num_rows, pa.string()))
    containers = _settled(machines)
    if not containers.num_rows:
        return links, machines
    carriers = pc.unique(containers["inside"])
    on_container = pc.is_in(links["vm"], value_set=containers["name"])
    straight = pc.is_in(links["vm"], value_set=carriers)
    rest = links.filter(pc.invert(pc.or_(on_container, straight)))
    within = _within(links.filter(pc.and_(on_container, pc.invert(straight))))
    placed = links.filter(straight)
    claims = _parts(_claims(containers, placed), machines)
    placed = _with(placed, "share", claims["part"].slice(containers.num_rows))
    placed = _with(placed, "split", claims["split"].slice(containers.num_rows))
    mine = pa.concat_tables([within, placed])
    for _layer in range(MOST_LAYERS):
        mine = _raised(mine, containers, claims)
    kept = machines.filter(pc.invert(pc.is_in(machines["name"], value_set=containers["name"])))
    return pa.concat_tables([rest, mine.cast(rest.schema)]), kept


def with_carriers(refused: pa.Table, machines: pa.Table) -> pa.Table:
    """The machines left to no application knowingly (name), and those that carry such machines alone.

    Nobody can decide on a carrier itself: what it holds says why its part goes to nobody.
    """
    if not refused.num_rows:
        return refused
    names: set[str | None] = set(refused["name"].to_pylist())
    held: dict[str, set[str]] = {}
    for name, inside in zip(machines["name"].to_pylist(), machines["inside"].to_pylist(), strict=True):
        if inside:
            held.setdefault(inside, set()).add(name)
    for _layer in range(MOST_LAYERS):
        names |= {carrier for carrier, inner in held.items() if inner <= names}
    new = sorted(str(name) for name in names - set(refused["name"].to_pylist()))
    return pa.concat_tables([refused, pa.table({"name": new}, schema=refused.schema)])


def _settled(machines: pa.Table) -> pa.Table:
    """The containers that a known machine carries in the end; those in a circle stay machines without a host."""
    inner = machines.filter(pc.is_in(machines["inside"], value_set=machines["name"]))
    top = inner["inside"]
    for _layer in range(MOST_LAYERS):
        above = pc.take(inner["inside"], pc.index_in(top, value_set=inner["name"]))
        top = pc.coalesce(above, top)
    return inner.filter(pc.invert(pc.is_in(top, value_set=inner["name"])))


def _within(links: pa.Table) -> pa.Table:
    """The share of its container each link takes: as `sharing.application_shares` does for machines."""
    declared = pc.fill_null(_over(links, "vm", links["share"], "sum"), 0.0)
    blank = pc.is_null(links["share"])
    blanks = _over(links, "vm", pc.cast(blank, pa.float64()), "sum")
    left = pc.divide(_positive(pc.subtract(1.0, declared)), pc.max_element_wise(blanks, 1.0))
    share = pc.divide(links["share"], pc.max_element_wise(declared, 1.0))
    links = _with(links, "share", pc.coalesce(share, left))
    return _with(links, "split", pc.if_else(pc.and_(blank, pc.greater(blanks, 1.0)), "egale", ""))


def _claims(containers: pa.Table, placed: pa.Table) -> pa.Table:
    """What claims a part of each carrier: its containers, then the links placed straight on it."""
    return pa.table(
        {
            "carrier": pa.chunked_array([*containers["inside"].chunks, *placed["vm"].chunks], pa.string()),
            "key": pa.chunked_array([*containers["key"].chunks, *placed["share"].chunks], pa.float64()),
            "vcpu": pa.chunked_array(
                [*containers["vcpu"].chunks, pa.nulls(placed.num_rows, pa.float64())], pa.float64()
            ),
            "straight": pa.array([False] * containers.num_rows + [True] * placed.num_rows),
        }
    )


def _parts(claims: pa.Table, machines: pa.Table) -> pa.Table:
    """The claims with `part`, of the carrier, at most 1 in all, and `split`."""

    def over(values: Any, how: str = "sum") -> Any:
        return _over(claims, "carrier", values, how)

    unkeyed = pc.is_null(claims["key"])
    keyed = pc.fill_null(over(claims["key"]), 0.0)
    mean = over(claims["vcpu"], "mean")
    mean = pc.if_else(pc.greater(mean, 0.0), mean, None)
    # A size of 0 among others is a size; where all are 0, nothing says how to divide.
    size = pc.if_else(pc.is_valid(mean), pc.coalesce(claims["vcpu"], mean), None)
    taken = pc.fill_null(over(pc.if_else(unkeyed, None, size)), 0.0)
    whole = pc.take(machines["vcpu"], pc.index_in(claims["carrier"], value_set=machines["name"]))
    whole = pc.max_element_wise(pc.subtract(whole, taken), over(pc.if_else(unkeyed, size, None)))
    by_size = pc.divide(size, pc.if_else(pc.greater(whole, 0.0), whole, None))
    count = over(pc.cast(unkeyed, pa.float64()))
    equal = pc.divide(1.0, pc.max_element_wise(count, 1.0))
    free = _positive(pc.subtract(1.0, keyed))
    part = pc.multiply(pc.coalesce(by_size, equal), free)
    blank = pc.and_(unkeyed, claims["straight"])
    left = _positive(pc.subtract(free, over(pc.if_else(unkeyed, part, 0.0))))
    each = pc.divide(left, pc.max_element_wise(over(pc.cast(blank, pa.float64())), 1.0))
    part = pc.if_else(blank, pc.add(part, each), part)
    part = pc.coalesce(pc.divide(claims["key"], pc.max_element_wise(keyed, 1.0)), part)
    alone = pc.if_else(pc.greater(count, 1.0), "egale", "")
    how = pc.if_else(pc.and_(pc.is_valid(by_size), pc.is_valid(claims["vcpu"])), "vcpu", alone)
    split = pc.if_else(unkeyed, how, "")
    return claims.append_column("part", part).append_column("split", split)


def _raised(links: pa.Table, containers: pa.Table, claims: pa.Table) -> pa.Table:
    """Links on containers one layer up, with the container's part of what carries it."""
    at = pc.index_in(links["vm"], value_set=containers["name"])
    links = _with(links, "share", pc.multiply(links["share"], pc.fill_null(pc.take(claims["part"], at), 1.0)))
    split = pc.fill_null(pc.take(claims["split"], at), "")
    # The word kept is the least sure of the two.
    weakest = pc.if_else(
        pc.equal(links["split"], "egale"), "egale", pc.if_else(pc.equal(split, ""), links["split"], split)
    )
    links = _with(links, "split", weakest)
    return _with(links, "vm", pc.coalesce(pc.take(containers["inside"], at), links["vm"]))


def _over(table: pa.Table, by: str, values: Any, how: str) -> Any:
    """An aggregate of values over the rows that share a name, given to each of them; null where none is known."""
    named = pa.table({"name": table[by], "value": values})
    found = named.group_by("name", use_threads=False).aggregate([("value", how)])
    return pc.take(found[f"value_{how}"], pc.index_in(named["name"], value_set=found["name"]))


def _positive(values: Any) -> Any:
    return pc.max_element_wise(values, 0.0)


def _with(table: pa.Table, column: str, values: Any) -> pa.Table:
    return table.set_column(table.schema.get_field_index(column), column, values)
