"""Small estates for tests of the engine: from the dataclasses of pos_map straight to its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import pyarrow as pa

import factors
from footprint.assessment.engine import Assessed, assess
from footprint.assessment.inputs import prepare
from footprint.store.frames import schema_of
from footprint.store.referential import TABLES
from footprint.store.tables import EnergyHour, MeasuredRun
from pos_map import (
    Application,
    ApplicationLink,
    DataCentre,
    Inventory,
    Node,
    PhysicalAsset,
    VirtualMachine,
)

YEAR = 2026
ROOM = DataCentre("DC", "Centre", pue=1.5, location="France")
NODE = Node("zone", None, "zone", "Zone", 0)


def server(name: str, **values: Any) -> PhysicalAsset:
    """A server of the data centre DC, in service all year, 1,000 kWh declared, 8 cores, 64 GB."""
    fields = {
        "model": "", "type": "Serveur", "quantity": 1.0, "data_centre": "DC", "purchased": date(YEAR - 1, 1, 1),
        "yearly_kwh": 1000.0, "cores": 8.0, "ram_gb": 64.0, **values,
    }  # fmt: skip
    return PhysicalAsset(name=name, **fields)


def vm(name: str, host: str = "", **values: Any) -> VirtualMachine:
    """A virtual machine with no size unless given."""
    return VirtualMachine(name=name, host=host, **values)


def link(application: str, **values: Any) -> ApplicationLink:
    """An application on a machine, in production."""
    return ApplicationLink(application=application, environment="Production", **values)


def application(code: str, **values: Any) -> Application:
    """An application of the only node."""
    return Application(code=code, name=code.title(), node="zone", **values)


def inventory(**parts: Sequence[Any]) -> Inventory:
    """An inventory of these parts, with the data centre DC and one node."""
    return Inventory(**{"nodes": (NODE,), "data_centres": (ROOM,), **{k: tuple(v) for k, v in parts.items()}})


def frames(inv: Inventory) -> dict[str, pa.Table]:
    """The frames the store would give for this inventory."""
    found = {}
    for name, table in TABLES.items():
        columns = [c for c in table.__table__.columns if c.name not in ("campaign_id", "id")]  # type: ignore[attr-defined]
        found[name] = pa.Table.from_pylist([asdict(row) for row in getattr(inv, name)], schema_of(columns))
    return found


def run_frame(rows: Sequence[dict[str, Any]] = ()) -> pa.Table:
    """Measured runs as the store would give them."""
    energies = [c for c in EnergyHour.__table__.columns if c.name in ("energy_kwh", "low_kwh", "high_kwh")]  # type: ignore[attr-defined]
    texts = [c for c in EnergyHour.__table__.columns if c.name in ("tier", "channel")]  # type: ignore[attr-defined]
    schema = schema_of([*MeasuredRun.__table__.columns, *energies, *texts])  # type: ignore[attr-defined]
    return pa.Table.from_pylist(list(rows), schema)


def measured(run_id: str, kwh: float, **values: Any) -> dict[str, Any]:
    """A measured run of one hour on half of a machine, known within ±10 %."""
    return {
        "run_id": run_id, "subject": "run", "application": "", "model": "", "phase": "training", "asset": "",
        "state": "complete", "started_s": 1.77e9, "duration_s": 3600.0, "machine": "m", "zone": "FR", "pue": None,
        "capacity_share": 0.5, "threads": 4, "virtual": False, "requests": None, "functional_act": "",
        "warnings": "[]", "inside": "", "source": "recorder", "energy_kwh": kwh,
        "low_kwh": kwh * 0.9, "high_kwh": kwh * 1.1, "tier": "model", "channel": "m5", **values,
    }  # fmt: skip


def assessed(
    inv: Inventory, runs: Sequence[dict[str, Any]] = (), year: int = YEAR, zone: str = "FR"
) -> Assessed:
    """Assess an inventory with the shipped factors."""
    return assess(prepare(frames(inv), run_frame(runs), factors.load(), year, zone))


def amounts(result: Assessed, *keys: str, **where: str) -> dict[Any, float]:
    """Sums of the lines by some columns (one column: by its value)."""
    sums: dict[Any, float] = {}
    for row in result.lines.to_pylist():
        if all(row[name] == value for name, value in where.items()):
            key = row[keys[0]] if len(keys) == 1 else tuple(row[name] for name in keys)
            sums[key] = sums.get(key, 0.0) + row["amount"]
    return sums
