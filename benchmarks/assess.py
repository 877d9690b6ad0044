"""Speed and memory of an assessment, beside a floor and pandas, in one run.

    python benchmarks/assess.py [--folder DIR] [--hosts 10000] [--repeat 3] [--plot docs/img/assess.svg]

Hourly energy of every host for a year, in Parquet as the store archives it, with an hourly electricity profile:
each hour weighs. 4 virtual machines a host, as many applications as hosts, intervals at every level. Measured
at four sizes, each figure in a process of its own (its peak memory is then its own):

floor      DuckDB: sum of the energy column over the same files
footprint  prepare and assess, from frames to totals with their intervals
pandas     the use phase alone (energy x profile x factor, shared by vCPU), on a tenth of the hosts
store      the common case: 2,000 hosts, 8,000 VMs, 1,000 applications, energy by month, read from SQLite
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
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
from footprint.assessment.engine import assess
from footprint.assessment.inputs import Inputs, prepare
from footprint.assessment.profiles import normalised
from footprint.store.frames import schema_of
from footprint.store.referential import TABLES
from footprint.store.tables import MeasuredRun

YEAR = 2025
SIZES = (0.1, 0.25, 0.5, 1.0)
HOURS = (day(YEAR + 1) - day(YEAR)) * 24
VMS_A_HOST = 4
COMMON = (2_000, 8_000, 1_000)


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
    missing = {"string": "", "double": None, "date32[day]": None, "int64": None}
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
    none = {name: frame(name, {}, 0) for name in ("use_cases", "readings", "services", "platform_keys")}
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


def floor(folder: Path, _sizes: tuple[int, int, int]) -> float:
    """Seconds to sum the energy column."""
    with duckdb.connect() as connection:
        began = time.perf_counter()
        connection.execute(f"SELECT sum(energy_kwh) FROM read_parquet({files(folder)})").fetchall()
        return time.perf_counter() - began


def footprint(folder: Path, sizes: tuple[int, int, int]) -> float:
    """Seconds from frames to totals, the plan being kept by an earlier process."""
    ready, plans = inputs(folder, *sizes, hourly=True), folder / "plans"
    began = time.perf_counter()
    result = assess(ready, plans=plans)
    took = time.perf_counter() - began
    assert result.totals.num_rows > sizes[2]
    return took


def store(folder: Path, sizes: tuple[int, int, int]) -> float:
    """Seconds from the store to a kept assessment, its plan kept by an earlier process: the common case, whole."""
    home = folder / f"home-{sizes[0]}"
    _filled(home, folder, sizes)
    return float(
        subprocess.run(
            [sys.executable, __file__, "--measure", "reassess", "--folder", str(home), *map(str, sizes)],
            check=True, capture_output=True, text=True,
        ).stdout.split("[")[1].split(",")[0]
    )  # fmt: skip


def reassess(home: Path, _sizes: tuple[int, int, int]) -> float:
    """Seconds of a process that opens a store, reads it and assesses it, Python's start left out."""
    began = time.perf_counter()
    from footprint.assessments import assess_campaign
    from footprint.store.database import open_store
    from footprint.store.referential import current_campaign

    opened = open_store(home)
    for kept in opened.assessments.iterdir():
        shutil.rmtree(kept)
    _kept, new = assess_campaign(opened, current_campaign(opened))
    assert new
    return time.perf_counter() - began


def _filled(home: Path, folder: Path, sizes: tuple[int, int, int]) -> None:
    """A store with the estate, its sessions and their energy by month, assessed once."""
    if (home / "footprint.db").exists():
        return
    from sqlalchemy import insert

    from footprint.assessments import assess_campaign
    from footprint.store.database import open_store
    from footprint.store.referential import ensure_campaign
    from footprint.store.tables import EnergyMonth

    opened = open_store(home)
    campaign = ensure_campaign(opened, "Banc", YEAR)
    months = pq.read_table(folder / "months.parquet").to_pylist()
    sessions = runs(sizes[0]).drop_columns(["tier", "channel"]).to_pylist()
    with opened.writing() as session:
        for name, table in TABLES.items():
            rows = [{"campaign_id": campaign.id, **row} for row in frames(*sizes)[name].to_pylist()]
            if rows:
                session.execute(insert(table), rows)
        session.execute(
            insert(MeasuredRun), [{**row, "state": "complete", "source": "agent"} for row in sessions]
        )
        session.execute(
            insert(EnergyMonth),
            [
                {**row, "month": f"{YEAR}-{row['month']:02d}", "component": "cpu", "channel": "rapl",
                 "tier": "sensor", "seconds": 2.6e6}
                for row in months if row["run_id"] < f"host-{sizes[0]:06d}"
            ],
        )  # fmt: skip
    assess_campaign(opened, campaign)


def pandas(folder: Path, sizes: tuple[int, int, int]) -> float:
    """Seconds of a straightforward pandas version of the use phase, on these hosts only."""
    import pandas as pd

    hosts, machines, applications = sizes
    began = time.perf_counter()
    energy = pd.concat([pd.read_parquet(path) for path in files(folder)])
    energy = energy[energy["run_id"] < f"host-{hosts:06d}"]
    joined = energy.merge(profile().to_pandas(), on=["zone", "hour"])
    joined["kg"] = joined["energy_kwh"] * joined["profile"] * 0.0461 * 1.4
    by_host = joined.groupby("run_id")["kg"].sum().reset_index()
    tables = frames(hosts, machines, applications)
    assets = tables["assets"].to_pandas().merge(by_host, left_on="name", right_on="run_id")
    pools = assets.groupby("cluster")["kg"].sum()
    guests = tables["machines"].to_pandas()
    guests["part"] = guests["vcpu"] / guests.groupby("cluster")["vcpu"].transform("sum")
    guests["kg"] = guests["part"] * guests["cluster"].map(pools)
    links = tables["links"].to_pandas().merge(guests, left_on="vm", right_on="name")
    links.groupby("application")["kg"].sum()
    return time.perf_counter() - began


def alone(what: str, folder: Path, sizes: tuple[int, int, int], repeat: int) -> tuple[float, float]:
    """Median seconds and peak MB of a measure, each in a process of its own."""
    found = [
        json.loads(
            subprocess.run(
                [sys.executable, __file__, "--measure", what, "--folder", str(folder), *map(str, sizes)],
                check=True, capture_output=True, text=True,
            ).stdout
        )
        for _ in range(repeat)
    ]  # fmt: skip
    return statistics.median(one[0] for one in found), max(one[1] for one in found)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "footprint-bench")
    parser.add_argument("--hosts", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--measure", choices=("floor", "footprint", "reassess", "store", "pandas"))
    parser.add_argument("sizes", nargs="*", type=int)
    asked = parser.parse_args()
    if asked.measure:
        seconds = globals()[asked.measure](asked.folder, tuple(asked.sizes))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps([seconds, peak]))
        return
    rows = []
    print("| hosts | VMs | applications | hours | footprint s | peak MB | floor s | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    for part in SIZES:
        hosts = int(asked.hosts * part)
        folder = asked.folder / f"{hosts}"
        generate(folder, hosts)
        sizes = (hosts, hosts * VMS_A_HOST, hosts)
        least, _peak = alone("floor", folder, sizes, asked.repeat)
        alone("footprint", folder, sizes, 1)  # compiles the plan and keeps it
        mine, peak = alone("footprint", folder, sizes, asked.repeat)
        rows.append((hosts, mine, least))
        print(
            f"| {hosts:,} | {sizes[1]:,} | {hosts:,} | {hosts * HOURS / 1e6:.1f} M | {mine:.2f} | {peak:.0f} "
            f"| {least:.2f} | {mine / least:.1f} |",
            flush=True,
        )
    slice_of = (asked.hosts // 10, asked.hosts // 10 * VMS_A_HOST, asked.hosts // 10)
    folder = asked.folder / f"{slice_of[0]}"
    theirs, peak = alone("pandas", folder, slice_of, 1)
    mine, _peak = alone("footprint", folder, slice_of, asked.repeat)
    print(
        f"\npandas, use phase alone, {slice_of[0]:,} hosts: {theirs:.1f} s, {peak:.0f} MB; footprint, whole "
        f"assessment of the same: {mine:.1f} s"
    )
    common, _peak = alone("store", asked.folder / f"{asked.hosts}", COMMON, asked.repeat)
    print(
        "\n{:,} hosts, {:,} VMs, {:,} applications, energy by month, from the store".format(*COMMON), end=""
    )
    print(f" to a kept assessment, imports included: {common:.2f} s")
    if asked.plot:
        plot(rows, asked.plot)


def plot(rows: list[tuple[int, float, float]], path: Path) -> None:
    """Seconds by number of hosts, as SVG: footprint in full, the floor dashed."""
    wide, high, left, foot = 640, 360, 60, 40
    most_hosts, most_s = max(r[0] for r in rows), max(r[1] for r in rows) * 1.1
    x = [left + (wide - left - 20) * r[0] / most_hosts for r in rows]
    lines = []
    for name, place, style in (("footprint", 1, ""), ("plancher", 2, ' stroke-dasharray="6 4"')):
        y = [high - foot - (high - foot - 20) * r[place] / most_s for r in rows]
        points = " ".join(f"{a:.0f},{b:.0f}" for a, b in zip(x, y, strict=True))
        lines.append(f'<polyline points="{points}" fill="none" stroke="#1f3a5f" stroke-width="2"{style}/>')
        lines.append(f'<text x="{x[-1]:.0f}" y="{y[-1] - 8:.0f}" text-anchor="end">{name}</text>')
        lines += [
            f'<circle cx="{a:.0f}" cy="{b:.0f}" r="3" fill="#1f3a5f"/>' for a, b in zip(x, y, strict=True)
        ]
        lines += [
            f'<text x="{left - 8}" y="{b:.0f}" text-anchor="end">{r[place]:.1f} s</text>'
            for r, b in list(zip(rows, y, strict=True))[-1:]
        ]
    lines += [
        f'<text x="{a:.0f}" y="{high - 14}" text-anchor="middle">{r[0]:,}</text>'
        for a, r in zip(x, rows, strict=True)
    ]
    axes = f'<path d="M{left} 20V{high - foot}H{wide - 20}" fill="none" stroke="#666"/>'
    title = "Secondes pour évaluer une année d’heures, selon le nombre de serveurs"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-size="12"'
    body = "\n".join(lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{head} role="img">\n<title>{title}</title>\n{axes}\n{body}\n</svg>\n', encoding="utf-8")


if __name__ == "__main__":
    main()
