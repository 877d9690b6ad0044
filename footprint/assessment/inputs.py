"""What the engine starts from: the referential's frames and the catalogue, as flat tables.

Names people write (types, countries) are resolved once for each distinct name; what can't be resolved
stays null, with its nearest names, and ends as a gap, never as a zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from factors import Catalogue, Factor, FactorError
from footprint.assessment.pools import WEIGHTS
from footprint.lognormal import Z95

INDICATORS = ("gwp", "adpe", "pe", "water")
EMBODIED_STAGES = ("manufacture", "transport", "end_of_life", "embodied")
ROOM_PUE = ("pue", "pue", "", "room")


@dataclass(frozen=True)
class Inputs:
    """Tables for the engine, and the names that could not be resolved with their near misses."""

    year: int
    zone: str
    tables: dict[str, pa.Table]
    near: dict[str, tuple[str, ...]] = field(default_factory=dict)


def prepare(
    frames: dict[str, pa.Table], runs: pa.Table, catalogue: Catalogue, year: int, zone: str
) -> Inputs:
    """Join names to the catalogue.

    `frames` are those of `store.frames.inventory_frames`, `runs` that of `run_frame`; `zone` is the code of
    the electricity zone used where neither the asset nor its data centre names one.
    """
    near: dict[str, tuple[str, ...]] = {}
    places = [*_distinct(frames["assets"], "country"), *_distinct(frames["data_centres"], "location")]
    tables = {
        **{name: frames[name] for name in ("data_centres", "machines", "links", "applications")},
        "assets": _days(frames["assets"], ("purchased", "retired")),
        "runs": runs,
        "types": _types(_distinct(frames["assets"], "type"), catalogue, near),
        "zones": _zones([*places, *_distinct(runs, "zone"), zone], catalogue, near),
        "electricity": _electricity(catalogue),
        "embodied": _embodied(catalogue),
        "items": _items(catalogue),
        "tiers": _tiers(catalogue),
        "settings": _settings(catalogue, year, zone),
        "weights": WEIGHTS,
        "ancestry": _ancestry(frames["nodes"], frames["applications"]),
    }
    return Inputs(year, zone, tables, near)


def sigma(factor: Factor, catalogue: Catalogue, tier: str = "generic") -> float:
    """Standard deviation of ln(factor): from its bounds, else the default of `tier` (M7)."""
    return factor.sigma if factor.sigma is not None else tier_sigma(catalogue, tier)


def tier_sigma(catalogue: Catalogue, tier: str) -> float:
    """Standard deviation of ln(value) for a value of this evidence tier with no bounds of its own."""
    row = catalogue.find("uncertainty", "uncertainty", "", tier)
    if row.sigma is not None:
        return row.sigma
    return math.log(row.value) / Z95


def _ancestry(nodes: pa.Table, applications: pa.Table) -> pa.Table:
    """Every node above each application, its own first: application, node."""
    parents = dict(zip(nodes["code"].to_pylist(), nodes["parent"].to_pylist(), strict=True))
    rows = []
    for code, node in zip(applications["code"].to_pylist(), applications["node"].to_pylist(), strict=True):
        seen: list[str] = []
        while node and node not in seen:
            seen.append(node)
            node = parents.get(node)
        rows += [(code, above) for above in seen]
    return _table({"application": pa.string(), "node": pa.string()}, rows)


def _distinct(table: pa.Table, column: str) -> list[str]:
    return [value for value in pc.unique(table[column]).to_pylist() if value]


def _days(table: pa.Table, columns: Iterable[str]) -> pa.Table:
    """Dates as days since 1970, so that every back end does the same integer arithmetic."""
    for name in columns:
        days = table[name].cast(pa.int32()).cast(pa.int64())
        table = table.set_column(table.schema.get_field_index(name), name, days)
    return table


def _resolve(
    names: Iterable[str], look_up: Callable[[str], Any], near: dict[str, tuple[str, ...]]
) -> dict[str, Any]:
    found = {}
    for name in dict.fromkeys(names):
        try:
            found[name] = look_up(name)
        except FactorError as error:
            near[name] = tuple(getattr(error, "near", ()))
    return found


def _types(names: list[str], catalogue: Catalogue, near: dict[str, tuple[str, ...]]) -> pa.Table:
    found = _resolve(names, catalogue.item, near)
    return _table(
        {"type": pa.string(), "item": pa.string(), "post": pa.string(), "in_data_centre": pa.bool_()},
        [(name, item.code, item.post, item.in_data_centre) for name, item in found.items()],
    )


def _zones(names: list[str], catalogue: Catalogue, near: dict[str, tuple[str, ...]]) -> pa.Table:
    found = _resolve(names, catalogue.zone, near)
    return _table({"place": pa.string(), "zone": pa.string()}, list(found.items()))


def _electricity(catalogue: Catalogue) -> pa.Table:
    rows = [
        (f.zone, f.indicator, f.id, f.value, sigma(f, catalogue, "declared"))
        for f in catalogue.factors
        if f.item == "electricity" and f.default and f.indicator in INDICATORS
    ]
    return _factor_table("zone", rows, extra="indicator")


def _advised(catalogue: Catalogue) -> dict[tuple[str, str, str, str], Factor]:
    """The advised rows by key."""
    return {factor.key: factor for factor in catalogue.factors if factor.default}


def _embodied(catalogue: Catalogue) -> pa.Table:
    """Advised rows of equipment; where a source splits the stages, its whole-life row is left aside."""
    schema = {
        "item": pa.string(), "indicator": pa.string(), "stage": pa.string(),
        "factor_id": pa.string(), "factor": pa.float64(), "factor_sigma": pa.float64(),
    }  # fmt: skip
    rows = [
        f for f in _advised(catalogue).values() if f.indicator in INDICATORS and f.stage in EMBODIED_STAGES
    ]
    split = {(f.item, f.indicator) for f in rows if f.stage != "embodied"}
    kept = [f for f in rows if f.stage != "embodied" or (f.item, f.indicator) not in split]
    return _table(schema, [(f.item, f.indicator, f.stage, f.id, f.value, sigma(f, catalogue)) for f in kept])


def _items(catalogue: Catalogue) -> pa.Table:
    """One row an item: reference lifetime (years) and yearly electricity (kWh) where the catalogue has them."""
    schema = {
        "item": pa.string(),
        "lifetime": pa.float64(), "lifetime_id": pa.string(), "lifetime_sigma": pa.float64(),
        "energy": pa.float64(), "energy_id": pa.string(), "energy_sigma": pa.float64(),
    }  # fmt: skip
    advised = _advised(catalogue)
    rows = []
    for item in catalogue.items:
        life = advised.get((item.code, "lifetime", "", ""))
        energy = advised.get((item.code, "energy", "", ""))
        rows.append(
            (
                item.code,
                *((life.value, life.id, sigma(life, catalogue, "declared")) if life else (None, None, None)),
                *((energy.value, energy.id, sigma(energy, catalogue)) if energy else (None, None, None)),
            )
        )
    return _table(schema, rows)


def _tiers(catalogue: Catalogue) -> pa.Table:
    """Evidence tiers, best first (M1), with the default spread of a value of that tier (M7)."""
    names = ("meter", "sensor", "model", "declared", "generic")
    rows = [(name, rank, tier_sigma(catalogue, name)) for rank, name in enumerate(names)]
    return _table({"tier": pa.string(), "rank": pa.int64(), "sigma": pa.float64()}, rows)


def _settings(catalogue: Catalogue, year: int, zone: str) -> pa.Table:
    """The one row of what the whole calculation shares."""
    room = catalogue.find(*ROOM_PUE)
    threads = catalogue.find("server", "threads_per_core")
    server = catalogue.find("server", "threads")
    first, after = _day(year), _day(year + 1)
    schema = {
        "first_day": pa.int64(), "after_day": pa.int64(), "zone": pa.string(),
        "room_pue": pa.float64(), "room_pue_id": pa.string(), "room_pue_sigma": pa.float64(),
        "site_pue_sigma": pa.float64(), "threads_per_core": pa.float64(),
        "server_threads": pa.float64(), "server_threads_id": pa.string(), "server_threads_sigma": pa.float64(),
    }  # fmt: skip
    row = (
        first, after, catalogue.zone(zone), room.value, room.id, sigma(room, catalogue, "declared"),
        tier_sigma(catalogue, "sensor"), threads.value,
        server.value, server.id, sigma(server, catalogue),
    )  # fmt: skip
    return _table(schema, [row])


def _day(year: int) -> int:
    from datetime import date

    return (date(year, 1, 1) - date(1970, 1, 1)).days


def _factor_table(key: str, rows: list[tuple[Any, ...]], extra: str) -> pa.Table:
    schema = {
        key: pa.string(), extra: pa.string(), "factor_id": pa.string(),
        "factor": pa.float64(), "factor_sigma": pa.float64(),
    }  # fmt: skip
    return _table(schema, rows)


def _table(schema: dict[str, pa.DataType], rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [pa.array(values, kind) for values, kind in zip(columns, schema.values(), strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(list(schema.items())))
