"""How long an assessment takes, from the store's frames to totals with intervals, at four sizes.

    python benchmarks/assess.py [--repeat 3]

The floor, in the same run, is DuckDB joining links, machines and equipment of the same frames and summing one
column: the least any tool that shares machines out must do. Times are medians; memory is the peak of the
process so far. The first assessment of a process also compiles the plan: shown apart.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from datetime import date

import duckdb
import pyarrow as pa

import factors
from footprint.assessment.engine import assess
from footprint.assessment.inputs import Inputs, prepare
from footprint.store.frames import schema_of
from footprint.store.referential import TABLES
from footprint.store.tables import EnergyHour, MeasuredRun

YEAR = 2026
SIZES = ((200, 800, 100), (500, 2_000, 250), (1_000, 4_000, 500), (2_000, 8_000, 1_000))


def frame(name: str, rows: list[dict[str, object]]) -> pa.Table:
    """Rows of one table of the store, missing columns unknown."""
    columns = [c for c in TABLES[name].__table__.columns if c.name not in ("campaign_id", "id")]  # type: ignore[attr-defined]
    return pa.Table.from_pylist(rows, schema_of(columns))


def estate(hosts: int, machines: int, applications: int) -> Inputs:
    """A body of this size: hosts in clusters of ten, sized machines, three environments."""
    frames = {
        "nodes": frame("nodes", [{"code": f"z{i}", "level": "zone", "label": "", "position": i} for i in range(8)]),
        "applications": frame(
            "applications", [{"code": f"a{i}", "name": "", "node": f"z{i % 8}"} for i in range(applications)]
        ),
        "data_centres": frame(
            "data_centres", [{"code": f"dc{i}", "name": "", "pue": 1.4, "location": "France"} for i in range(4)]
        ),
        "assets": frame(
            "assets",
            [
                {"name": f"h{i}", "model": "", "type": "Serveur", "quantity": 1.0, "data_centre": f"dc{i % 4}",
                 "cluster": f"g{i // 10}", "purchased": date(2022 + i % 4, 1 + i % 12, 1), "country": "",
                 "cores": 32.0, "ram_gb": 512.0, "yearly_kwh": 2000.0 + i if i % 2 else None}
                for i in range(hosts)
            ],
        ),
        "machines": frame(
            "machines",
            [
                {"name": f"v{i}", "host": "", "cluster": f"g{i % max(hosts // 10, 1)}", "kind": "calcul",
                 "vcpu": 2.0 + i % 7, "ram_gb": 8.0 + i % 32, "storage_gb": 50.0 + i % 200}
                for i in range(machines)
            ],
        ),
        "links": frame(
            "links",
            [
                {"application": f"a{i % applications}", "environment": ("Production", "Recette", "Dev")[i % 3],
                 "vm": f"v{i}", "host": ""}
                for i in range(machines)
            ],
        ),
        "use_cases": frame("use_cases", []),
    }  # fmt: skip
    energies = [c for c in EnergyHour.__table__.columns if c.name in ("energy_kwh", "low_kwh", "high_kwh")]  # type: ignore[attr-defined]
    texts = [c for c in EnergyHour.__table__.columns if c.name in ("tier", "channel")]  # type: ignore[attr-defined]
    runs = schema_of([*MeasuredRun.__table__.columns, *energies, *texts]).empty_table()  # type: ignore[attr-defined]
    return prepare(frames, runs, factors.load(), YEAR, "FR")


def floor(inputs: Inputs) -> None:
    """Join links, machines and hosts, and sum."""
    with duckdb.connect(config={"threads": 1}) as connection:
        for name in ("links", "machines", "assets"):
            connection.register(name, inputs.tables[name])
        connection.execute(
            "SELECT l.application, sum(a.yearly_kwh) FROM links l JOIN machines m ON l.vm = m.name "
            "JOIN assets a ON a.cluster = m.cluster GROUP BY 1"
        ).fetchall()


def median(run: Callable[[], object], repeat: int) -> float:
    """Median seconds of `repeat` calls."""
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    repeat = parser.parse_args().repeat
    began = time.perf_counter()
    assess(estate(10, 20, 5))
    print(f"first assessment of a process (compiles the plan): {time.perf_counter() - began:.2f} s")
    print(
        "| hosts | VMs | applications | lines | assess s | floor s | ratio | peak MB |\n" + "|---" * 8 + "|"
    )
    for hosts, machines, applications in SIZES:
        inputs = estate(hosts, machines, applications)
        lines = assess(inputs).lines.num_rows
        mine, least = median(lambda i=inputs: assess(i), repeat), median(lambda i=inputs: floor(i), repeat)  # type: ignore[misc]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"| {hosts:,} | {machines:,} | {applications:,} | {lines:,} | {mine:.2f} | {least:.3f} "
            f"| {mine / least:.0f} | {peak:.0f} |"
        )


if __name__ == "__main__":
    main()
