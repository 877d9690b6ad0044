"""From inputs to an assessment: the plan of `plan.py`, run by a database.

Rows come back sorted by all their keys, sums are taken in one order or in whole numbers: the same inputs give
the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from footprint.assessment import RESULTS
from footprint.assessment.inputs import ENERGY, Inputs
from footprint.assessment.plan import Columns, Step, plan

METHOD = "footprint 2026.2 (M1–M8, M11)"


@dataclass(frozen=True)
class Assessed:
    """What an assessment gives: impact lines and their totals, the asset impacts they come from, the gaps."""

    lines: pa.Table
    totals: pa.Table
    asset_impacts: pa.Table
    parts: pa.Table
    gaps: pa.Table
    application_gaps: pa.Table
    platform_lines: pa.Table
    evidence: pa.Table
    reconciliation: pa.Table
    assets_in_service: int


def steps_of(inputs: Inputs, dialect: str) -> tuple[Step, ...]:
    """The compiled steps for these inputs, in a database's dialect."""
    return plan(_columns(inputs.tables), dialect, inputs.hourly, inputs.ranks)


def assess(inputs: Inputs) -> Assessed:
    """Assess one campaign on DuckDB: M1 to M7, every indicator the catalogue has."""
    steps = {step.name: step for step in steps_of(inputs, "duckdb")}
    with duckdb.connect() as connection:
        _register(connection, inputs)
        for step in steps.values():
            connection.execute(f'CREATE TABLE "{step.name}" AS {step.sql}')
            # The first step adds whole numbers, on every core. After it the sums are of fractions, on one
            # thread: taken in one order, they give the same bytes.
            connection.execute("SET threads = 1")
        found = {name: _fetch(connection, steps[name]) for name in RESULTS}
        served = connection.execute("SELECT count(*) FROM assets WHERE days > 0").fetchone()
    assert served is not None
    return Assessed(**found, assets_in_service=int(served[0]))


def _register(connection: Any, inputs: Inputs) -> None:
    for name, table in inputs.tables.items():
        connection.register(f"in_{name}" if name != "energy" else "hot_energy", table)
    columns = ", ".join(ENERGY.names)
    files = "".join(
        f" UNION ALL SELECT {columns} FROM read_parquet([{listed}], hive_partitioning = false)"
        for listed in [", ".join("'" + path.replace("'", "''") + "'" for path in inputs.files)]
        if listed
    )
    connection.execute(f"CREATE VIEW in_energy AS SELECT {columns} FROM hot_energy{files}")


def _columns(tables: dict[str, pa.Table]) -> Columns:
    return tuple(
        (name, tuple((f.name, str(ibis.dtype(f.type))) for f in tables[name].schema))
        for name in sorted(tables)
    )


def _fetch(connection: Any, step: Step) -> pa.Table:
    order = ", ".join(f'"{column}"' for column in step.columns)
    return connection.sql(f'SELECT * FROM "{step.name}" ORDER BY {order}').to_arrow_table()
