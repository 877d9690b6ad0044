"""Small estates for tests of the engine: from the dataclasses of pos_map straight to its inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import factors
from footprint.assessment.engine import Assessed, assess
from footprint.assessment.inputs import ENERGY, HOURS, REFUSED, prepare
from footprint.assessment.profiles import EMPTY_PROFILE, normalised
from footprint.assessment.settings import Settings
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
    PlatformKey,
    Reading,
    Service,
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


def reading(month: int, data_centre: str = "DC", **values: Any) -> Reading:
    """What the meters of a data centre say of one month of YEAR."""
    return Reading(data_centre, date(YEAR, month, 1), **values)


def service(name: str, application: str, **values: Any) -> Service:
    """A service bought for an application, in production."""
    return Service(name=name, application=application, environment="Production", **values)


def key(platform: str, application: str, share: float) -> PlatformKey:
    """The part of a platform an application bears."""
    return PlatformKey(platform, application, share)


def hour(month: int, day: int = 1, at: int = 0, year: int = YEAR) -> int:
    """An hour of the year (UTC), in hours since 1970."""
    return int(datetime(year, month, day, at, tzinfo=UTC).timestamp()) // 3600


def hours(*rows: tuple[str, int, float], zone: str = "FR") -> pa.Table:
    """Energy by the hour as the store would give it: (run, hour since 1970, kWh)."""
    return pa.Table.from_pylist(
        [
            {
                "run_id": run_id, "zone": zone, "hour": at, "energy_kwh": kwh,
                "month": datetime.fromtimestamp(at * 3600, UTC).month,
            }
            for run_id, at, kwh in rows
        ],
        HOURS,
    )  # fmt: skip


def profile(values: Mapping[int, float], zone: str = "FR") -> pa.Table:
    """An hourly profile of mean 1 from values of any unit by hour since 1970."""
    zones = pa.array([zone] * len(values), pa.string())
    columns = {"zone": zones, "hour": pa.array(list(values), pa.int64())}
    return normalised(pa.table({**columns, "value": pa.array(list(values.values()), pa.float64())}))


def by_month(by_hour: pa.Table) -> pa.Table:
    """The same energy by month, known within ±10 %."""
    sums = by_hour.group_by(["run_id", "month"]).aggregate([("energy_kwh", "sum")])
    kwh = [sums["energy_kwh_sum"], *(pc.multiply(sums["energy_kwh_sum"], part) for part in (0.9, 1.1))]
    return pa.table([sums["run_id"], sums["month"], *kwh], ENERGY)


def week(run_id: str, kwh: float, days: float = 7.0, **values: Any) -> dict[str, Any]:
    """A sampled machine, seven days unless told: the session "h" of the server S, say."""
    fields = {
        "subject": "host",
        "phase": "host",
        "asset": "S",
        "capacity_share": 1.0,
        "machine": run_id,
        **values,
    }
    return measured(run_id, kwh, duration_s=days * 86400.0, **fields)


def assessed(
    inv: Inventory,
    runs: Sequence[dict[str, Any]] = (),
    year: int = YEAR,
    zone: str = "FR",
    *,
    hours: pa.Table | None = None,
    profiles: pa.Table = EMPTY_PROFILE,
    settings: Settings | None = None,
    catalogue: factors.Catalogue | None = None,
    refused: Sequence[str] = (),
) -> Assessed:
    """Assess an inventory with the shipped factors, unless others are given; `hours`: of `hours`.

    `refused`: the virtual machines left to no application by decision.
    """
    given: dict[str, Any] = {"profiles": profiles, "settings": settings}
    if hours is not None:
        given |= {"hours": hours, "energy": by_month(hours)}
    named = {**frames(inv), "refused": pa.table({"name": list(refused)}, schema=REFUSED)}
    return assess(prepare(named, run_frame(runs), catalogue or factors.load(), year, zone, **given))


def amounts(result: Assessed, *keys: str, **where: str) -> dict[Any, float]:
    """Sums of the lines by some columns (one column: by its value)."""
    sums: dict[Any, float] = {}
    for row in result.lines.to_pylist():
        if all(row[name] == value for name, value in where.items()):
            key = row[keys[0]] if len(keys) == 1 else tuple(row[name] for name in keys)
            sums[key] = sums.get(key, 0.0) + row["amount"]
    return sums


def uses(result: Assessed, indicator: str = "gwp") -> dict[str, dict[str, Any]]:
    """The rows of the use phase of one indicator, by asset: each asset has one at most."""
    rows = [
        row
        for row in result.asset_impacts.to_pylist()
        if (row["stage"], row["indicator"]) == ("use", indicator)
    ]
    found = {row["asset"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def whole(result: Assessed, indicator: str = "gwp") -> tuple[float, float, float]:
    """The total of an indicator with its 90 % interval: amount, low, high."""
    rows = result.totals.to_pylist()
    found = next(row for row in rows if (row["view"], row["indicator"]) == ("total", indicator))
    return found["amount"], found["low"], found["high"]


def missing(result: Assessed) -> set[tuple[str, str, str]]:
    """The gaps: asset, stage, what is missing."""
    return {(row["asset"], row["stage"], row["missing"]) for row in result.gaps.to_pylist()}
