"""From inputs to an assessment: the plan of `plan.py`, run by a database.

Rows come back sorted by all their keys, sums are taken in one order or in whole numbers: the same inputs give
the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import pyarrow as pa

from footprint.assessment import RESULTS
from footprint.assessment.backends import dialect_of, open_engine
from footprint.assessment.inputs import Inputs
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


def assess(inputs: Inputs, engine: str = "") -> Assessed:
    """Assess one campaign: M1 to M7, every indicator the catalogue has. `engine`: see `backends`.

    Raises EngineRefused.
    """
    steps = {step.name: step for step in steps_of(inputs, dialect_of(engine))}
    database = open_engine(engine)
    try:
        database.load(inputs)
        for step in steps.values():
            database.make(step.name, step.sql)
        found = {name: database.fetch(name, steps[name].columns) for name in RESULTS}
        served = database.fetch("served", steps["served"].columns)["machines"][0].as_py()
    finally:
        database.close()
    return Assessed(**found, assets_in_service=int(served))


def _columns(tables: dict[str, pa.Table]) -> Columns:
    return tuple(
        (name, tuple((f.name, str(ibis.dtype(f.type))) for f in tables[name].schema))
        for name in sorted(tables)
    )
