"""The catalogue as the engine's flat tables: advised rows only, each with its id and its spread (M7)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from collectors.records import TIERS
from factors import Catalogue, Factor, FactorError
from footprint.assessment.calendar import day
from footprint.assessment.settings import Settings
from footprint.lognormal import Z95

INDICATORS = ("gwp", "adpe", "pe", "water")
EMBODIED_STAGES = ("manufacture", "transport", "end_of_life", "embodied")
ROOM_PUE = ("pue", "pue", "", "room")
CLOUD_PUE = ("pue", "pue", "", "colocation-FR")
SPEND = ("cloud-spend", "gwp")
"""Key of the factor of a euro spent on the cloud: none is shipped, a body may lay its own over."""


def sigma(factor: Factor, catalogue: Catalogue, tier: str = "generic") -> float:
    """Standard deviation of ln(factor): from its bounds, else the default of `tier` (M7)."""
    return factor.sigma if factor.sigma is not None else tier_sigma(catalogue, tier)


def tier_sigma(catalogue: Catalogue, tier: str) -> float:
    """Standard deviation of ln(value) for a value of this evidence tier with no bounds of its own."""
    row = catalogue.find("uncertainty", "uncertainty", "", tier)
    if row.sigma is not None:
        return row.sigma
    return math.log(row.value) / Z95


def electricity(catalogue: Catalogue) -> pa.Table:
    """One row a zone and indicator: the average consumption mix (M2)."""
    schema = {
        "zone": pa.string(), "indicator": pa.string(), "factor_id": pa.string(),
        "factor": pa.float64(), "factor_sigma": pa.float64(),
    }  # fmt: skip
    rows = [
        (f.zone, f.indicator, f.id, f.value, sigma(f, catalogue, "declared"))
        for f in catalogue.factors
        if f.item == "electricity" and not f.stage and f.default and f.indicator in INDICATORS
    ]
    return table(schema, rows)


def embodied(catalogue: Catalogue) -> pa.Table:
    """Advised rows of equipment; where a source splits the stages, its whole-life row is left aside."""
    schema = {
        "item": pa.string(), "indicator": pa.string(), "stage": pa.string(),
        "factor_id": pa.string(), "factor": pa.float64(), "factor_sigma": pa.float64(),
    }  # fmt: skip
    codes = {item.code for item in catalogue.items}
    rows = [
        f
        for f in _advised(catalogue).values()
        # A row of some place stands beside that of all places, and would be added to it.
        if f.item in codes and not f.zone and f.indicator in INDICATORS and f.stage in EMBODIED_STAGES
    ]
    split = {(f.item, f.indicator) for f in rows if f.stage != "embodied"}
    kept = [f for f in rows if f.stage != "embodied" or (f.item, f.indicator) not in split]
    return table(schema, [(f.item, f.indicator, f.stage, f.id, f.value, sigma(f, catalogue)) for f in kept])


def items(catalogue: Catalogue) -> pa.Table:
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
    return table(schema, rows)


def tiers(catalogue: Catalogue) -> pa.Table:
    """Evidence tiers, best first (M1), with the default spread of a value of that tier (M7)."""
    rows = [(name, rank, tier_sigma(catalogue, name)) for rank, name in enumerate(TIERS)]
    return table({"tier": pa.string(), "rank": pa.int64(), "sigma": pa.float64()}, rows)


def ownerships(catalogue: Catalogue) -> pa.Table:
    """The professional share of what people own or take home: BYOD, COPE (M3)."""
    rows = [
        (name, row.value, row.id)
        for name in ("BYOD", "COPE")
        for row in [catalogue.find("professional-share", "share", "", name.lower())]
    ]
    return table({"ownership": pa.string(), "owned_share": pa.float64(), "share_id": pa.string()}, rows)


def suppliers(names: Iterable[str], catalogue: Catalogue) -> pa.Table:
    """The PUE of each supplier of services: its own where it publishes one, else that of colocation."""
    schema = {
        "provider": pa.string(), "cloud_pue": pa.float64(), "cloud_pue_id": pa.string(),
        "cloud_pue_sigma": pa.float64(),
    }  # fmt: skip
    rows = []
    for name in ("", *names):
        try:
            row = catalogue.find("pue", "pue", "", name.strip().lower())
        except FactorError:
            row = catalogue.find(*CLOUD_PUE)
        rows.append((name, row.value, row.id, sigma(row, catalogue, "declared")))
    return table(schema, rows)


def settings(catalogue: Catalogue, year: int, zone: str, chosen: Settings) -> pa.Table:
    """The one row of what the whole calculation shares."""
    room = catalogue.find(*ROOM_PUE)
    threads = catalogue.find("server", "threads_per_core")
    server = catalogue.find("server", "threads")
    spend = _advised(catalogue).get((*SPEND, "", ""))
    schema = {
        "first_day": pa.int64(), "after_day": pa.int64(), "zone": pa.string(),
        "room_pue": pa.float64(), "room_pue_id": pa.string(), "room_pue_sigma": pa.float64(),
        "site_pue_sigma": pa.float64(), "declared_sigma": pa.float64(), "threads_per_core": pa.float64(),
        "server_threads": pa.float64(), "server_threads_id": pa.string(), "server_threads_sigma": pa.float64(),
        "spend": pa.float64(), "spend_id": pa.string(), "spend_sigma": pa.float64(),
        "purchase_year": pa.bool_(), "spread_idle": pa.bool_(), "spread_network": pa.bool_(),
        "spread_storage": pa.bool_(),
    }  # fmt: skip
    row = (
        day(year), day(year + 1), catalogue.zone(zone),
        room.value, room.id, sigma(room, catalogue, "declared"),
        tier_sigma(catalogue, "sensor"), tier_sigma(catalogue, "declared"), threads.value,
        server.value, server.id, sigma(server, catalogue),
        *((spend.value, spend.id, sigma(spend, catalogue)) if spend else (None, None, None)),
        chosen.mode == "purchase_year", chosen.spread_idle, chosen.spread_network, chosen.spread_storage,
    )  # fmt: skip
    return table(schema, [row])


def table(schema: dict[str, pa.DataType], rows: list[tuple[Any, ...]]) -> pa.Table:
    """Rows as an Arrow table of this schema, empty ones included."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [pa.array(values, kind) for values, kind in zip(columns, schema.values(), strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(list(schema.items())))


def _advised(catalogue: Catalogue) -> dict[tuple[str, str, str, str], Factor]:
    """The advised rows by key."""
    return {factor.key: factor for factor in catalogue.factors if factor.default}
