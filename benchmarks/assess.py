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
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.estate import HOURS, YEAR, files, frames, generate, inputs, profile, runs
from footprint.assessment.engine import assess
from footprint.store.referential import TABLES
from footprint.store.tables import MeasuredRun

SIZES = (0.1, 0.25, 0.5, 1.0)
VMS_A_HOST = 4
COMMON = (2_000, 8_000, 1_000)


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
