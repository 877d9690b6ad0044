"""The estate that benchmarks assess: hosts with a year of hours, sized virtual machines, applications."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import factors
from footprint.assessment.calendar import day
from footprint.assessment.inputs import Inputs, prepare
from footprint.assessment.profiles import normalised
from footprint.store.frames import schema_of
from footprint.store.referential import TABLES
from footprint.store.tables import MeasuredRun

YEAR = 2025
HOURS = (day(YEAR + 1) - day(YEAR)) * 24


def generate(folder: Path, hosts: int) -> None:
    """The archive of a year: 12 Parquet files, and what they come to by month (months.parquet)."""
    if (folder / "months.parquet").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        for month in range(1, 13):
            first, after = day(YEAR, month) * 24, day(YEAR, month + 1) * 24
            connection.execute(
                f"""COPY (SELECT 'host-' || lpad(h::VARCHAR, 6, '0') || ':2025' AS run_id, 'FR' AS zone,
                {month}::BIGINT AS month, t::BIGINT AS hour,
                (0.12 + (hash(h) % 300) / 1000.0) * (0.8 + 0.2 * sin(2 * pi() * (t % 24) / 24))
                + (hash(h * 8761 + t) % 1000) / 20000.0 AS energy_kwh
                FROM range({hosts}) x(h), range({first}, {after}) y(t) ORDER BY run_id, hour)
                TO '{folder}/{month:02d}.parquet' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 250000)"""
            )
        connection.execute(
            f"""COPY (SELECT run_id, month, sum(energy_kwh) AS energy_kwh, 0.9 * sum(energy_kwh) AS low_kwh,
            1.1 * sum(energy_kwh) AS high_kwh FROM read_parquet({files(folder)}) GROUP BY ALL ORDER BY ALL)
            TO '{folder}/months.parquet' (FORMAT parquet)"""
        )


def files(folder: Path) -> list[str]:
    """The files of hours."""
    return sorted(str(path) for path in folder.glob("[01]*.parquet"))


def profile() -> pa.Table:
    """An hourly profile of France, of mean 1."""
    hours = np.arange(day(YEAR) * 24, day(YEAR + 1) * 24)
    values = 50 + 15 * np.sin(2 * np.pi * (hours % 24) / 24) + 5 * np.sin(2 * np.pi * hours / HOURS)
    return normalised(pa.table({"zone": pa.array(["FR"] * len(hours)), "hour": hours, "value": values}))


def frame(name: str, columns: dict[str, Any], rows: int) -> pa.Table:
    """A table of the store of `rows` rows: these columns, the others empty."""
    table = TABLES[name].__table__  # type: ignore[attr-defined]
    schema = schema_of([c for c in table.columns if c.name not in ("campaign_id", "id")])
    missing = {"string": "", "double": None, "date32[day]": None, "int64": None, "bool": None}
    arrays = [
        pa.array(columns[f.name], f.type)
        if f.name in columns
        else pa.array([missing[str(f.type)]] * rows, f.type)
        for f in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def frames(hosts: int, machines: int, applications: int) -> dict[str, pa.Table]:
    """Clusters of ten hosts in four data centres, sized virtual machines, each with its application."""
    h, v, a = range(hosts), range(machines), range(applications)
    none = {name: frame(name, {}, 0) for name in TABLES}
    return none | {
        "nodes": frame("nodes", {"code": [f"z{i}" for i in range(8)], "position": list(range(8))}, 8),
        "applications": frame(
            "applications", {"code": [f"a{i}" for i in a], "node": [f"z{i % 8}" for i in a]}, applications
        ),
        "data_centres": frame(
            "data_centres",
            {"code": [f"dc{i}" for i in range(4)], "pue": [1.4] * 4, "location": ["France"] * 4},
            4,
        ),
        "assets": frame(
            "assets",
            {
                "name": [f"host-{i:06d}" for i in h], "type": ["Serveur"] * hosts, "quantity": [1.0] * hosts,
                "data_centre": [f"dc{i // 10 % 4}" for i in h], "cluster": [f"g{i // 10}" for i in h],
                "purchased": [date(2021 + i % 4, 1 + i % 12, 1) for i in h],
                "cores": [32.0] * hosts, "ram_gb": [512.0] * hosts,
            },
            hosts,
        ),
        "machines": frame(
            "machines",
            {
                "name": [f"v{i}" for i in v], "cluster": [f"g{i % max(hosts // 10, 1)}" for i in v],
                "kind": ["calcul"] * machines, "vcpu": [2.0 + i % 7 for i in v],
                "ram_gb": [8.0 + i % 32 for i in v], "storage_gb": [50.0 + i % 200 for i in v],
            },
            machines,
        ),
        "links": frame(
            "links",
            {
                "application": [f"a{i % applications}" for i in v],
                "environment": [("Production", "Recette", "Dev")[i % 3] for i in v],
                "vm": [f"v{i}" for i in v],
            },
            machines,
        ),
    }  # fmt: skip


def runs(hosts: int) -> pa.Table:
    """One session a host, all year."""
    columns = [c for c in MeasuredRun.__table__.columns]  # type: ignore[attr-defined]  # noqa: C416
    schema = schema_of(columns).append(pa.field("tier", pa.string())).append(pa.field("channel", pa.string()))
    names = [f"host-{i:06d}" for i in range(hosts)]
    known: dict[str, Any] = {
        "run_id": [f"{name}:{YEAR}" for name in names],
        "asset": names, "machine": names, "subject": ["host"] * hosts, "zone": ["FR"] * hosts,
        "started_s": [day(YEAR) * 86400.0] * hosts, "duration_s": [HOURS * 3600.0] * hosts,
        "capacity_share": [1.0] * hosts, "threads": [64] * hosts, "virtual": [False] * hosts,
        "tier": ["sensor"] * hosts, "channel": ["rapl"] * hosts,
    }  # fmt: skip
    arrays = [
        pa.array(known.get(f.name, [None if str(f.type) == "double" else ""] * hosts), f.type) for f in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def inputs(folder: Path, hosts: int, machines: int, applications: int, *, hourly: bool) -> Inputs:
    """Everything the engine starts from; `hourly`: with the profile and the hours."""
    months = pq.read_table(folder / "months.parquet")
    months = months.filter(pc.less(months["run_id"], f"host-{hosts:06d}"))
    extra: dict[str, Any] = {"profiles": profile(), "files": files(folder)} if hourly else {}
    return prepare(
        frames(hosts, machines, applications), runs(hosts), factors.load(), YEAR, "FR", energy=months, **extra
    )
