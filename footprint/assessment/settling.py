"""The inventory as the engine takes it: rooms with what their centre says, containers on the machine that carries
them, and what is attached to nothing told apart, as a gap, never as a zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from footprint.assessment.containers import MOST_LAYERS, carried

UNATTACHED = pa.schema(
    [("application", pa.string()), ("asset", pa.string()), ("stage", pa.string()), ("missing", pa.string())]
)
"""Applications that draw on a machine nothing is known of, in the columns of the gaps of applications."""
UNKNOWN_MACHINE, UNKNOWN_HOST = "inventory / machine", "inventory / host"
_FROM_CENTRE = ("pue", "location", "contract_kgco2e_kwh")

Frames = Mapping[str, pa.Table]


def settled(frames: Frames) -> dict[str, pa.Table]:
    """The frames with rooms, containers and loose ends settled; `unattached` (UNATTACHED) is added."""
    found = dict(frames)
    found["data_centres"], rooms = _rooms(found["data_centres"], found["readings"])
    found["assets"] = _renamed(found["assets"], "data_centre", rooms)
    found["links"], found["machines"] = carried(found["links"], found["machines"])
    found["links"], found["unattached"] = _attached(found)
    return found


def _rooms(centres: pa.Table, readings: pa.Table) -> tuple[pa.Table, dict[str, str]]:
    """Data centres completed by the one they are in, and the rooms that are counted as their centre.

    A room with no PUE and no reading of its own is its centre: both share one meter (M2).
    """
    located = pc.if_else(pc.not_equal(centres["zone"], ""), centres["zone"], centres["location"])
    centres = _with(centres, "location", located)
    for _layer in range(MOST_LAYERS):
        above = pc.index_in(centres["parent"], value_set=centres["code"])
        for name in _FROM_CENTRE:
            own = centres[name]
            empty = pc.equal(own, "") if pa.types.is_string(own.type) else pc.is_null(own)
            given = pc.take(own, above)
            blank = pa.scalar("" if pa.types.is_string(own.type) else None, own.type)
            centres = _with(centres, name, pc.if_else(empty, pc.coalesce(given, blank), own))
    return centres, _unmetered(centres, readings)


def _unmetered(centres: pa.Table, readings: pa.Table) -> dict[str, str]:
    """Rooms without a reading whose PUE is their centre's, or unknown: the centre of each."""
    at = pc.index_in(centres["parent"], value_set=centres["code"])
    same = pc.fill_null(pc.equal(pc.take(centres["pue"], at), centres["pue"]), False)
    metered = pc.is_in(centres["code"], value_set=readings["data_centre"])
    alike = pc.and_(pc.or_(same, pc.is_null(centres["pue"])), pc.invert(metered))
    # A room elsewhere than its centre, or under another contract, has its own electricity: each took, above, what
    # it left out.
    for name in ("location", "contract_kgco2e_kwh"):
        own, above = centres[name], pc.take(centres[name], at)
        alike = pc.and_(alike, pc.coalesce(pc.equal(above, own), pc.and_(pc.is_null(above), pc.is_null(own))))
    kept = centres.filter(pc.and_(pc.is_valid(at), alike))
    return dict(zip(kept["code"].to_pylist(), kept["parent"].to_pylist(), strict=True))


def _renamed(table: pa.Table, column: str, names: Mapping[str, str]) -> pa.Table:
    if not names:
        return table
    for _layer in range(MOST_LAYERS):
        at = pc.index_in(table[column], value_set=pa.array(list(names), pa.string()))
        table = _with(table, column, pc.coalesce(pc.take(pa.array(list(names.values())), at), table[column]))
    return table


def _attached(frames: Frames) -> tuple[pa.Table, pa.Table]:
    """The links whose machine is known, and the applications whose machine, or its host, is not."""
    links, machines, assets = frames["links"], frames["machines"], frames["assets"]
    on_vm = pc.not_equal(links["vm"], "")
    known = pc.if_else(
        on_vm,
        pc.is_in(links["vm"], value_set=machines["name"]),
        pc.is_in(links["host"], value_set=assets["name"]),
    )
    housed = pc.or_(
        pc.is_in(machines["host"], value_set=assets["name"]),
        pc.and_(
            pc.not_equal(machines["cluster"], ""), pc.is_in(machines["cluster"], value_set=assets["cluster"])
        ),
    )
    loose = machines.filter(pc.invert(housed))["name"]
    homeless = pc.and_(on_vm, pc.is_in(links["vm"], value_set=loose))
    unknown = _gaps(links.filter(pc.invert(known)), UNKNOWN_MACHINE)
    return links.filter(known), pa.concat_tables([unknown, _gaps(links.filter(homeless), UNKNOWN_HOST)])


def _gaps(links: pa.Table, missing: str) -> pa.Table:
    """One gap a stage for each application and machine."""
    asset = pc.if_else(pc.not_equal(links["vm"], ""), links["vm"], links["host"])
    pairs = pa.table({"application": links["application"], "asset": asset})
    pairs = pairs.group_by(["application", "asset"], use_threads=False).aggregate([])
    stages = [
        pairs.append_column("stage", pa.array([stage] * pairs.num_rows, pa.string()))
        for stage in ("use", "embodied")
    ]
    found = pa.concat_tables(stages)
    named = pa.array([missing] * found.num_rows, pa.string())
    return found.append_column("missing", named).cast(UNATTACHED)


def _with(table: pa.Table, column: str, values: Any) -> pa.Table:
    return table.set_column(table.schema.get_field_index(column), column, values)
