"""From inputs to an assessment: the plan of `plan.py`, run by a database.

Rows come back sorted by all their keys, sums are taken in one order or in whole numbers: the same inputs give
the same bytes.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from footprint.assessment import RESULTS
from footprint.assessment.backends import Engine, dialect_of, open_engine
from footprint.assessment.inputs import Inputs
from footprint.assessment.steps import Columns, Step, steps

METHOD = "footprint 2026.2 (M1–M8)"


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


def steps_of(inputs: Inputs, dialect: str, plans: Path | None = None) -> tuple[Step, ...]:
    """The compiled steps for these inputs, in a database's dialect; `plans` is a folder to keep them in."""
    return steps(_columns(inputs.tables), dialect, inputs.hourly, inputs.ranks, plans)


def assess(inputs: Inputs, engine: str = "", plans: Path | None = None) -> Assessed:
    """Assess one campaign: M1 to M7, every indicator the catalogue has. `engine`: see `backends`.

    `plans` is a folder where the compiled plan is kept for the next process.

    Raises EngineRefused.
    """
    made = {step.name: step for step in steps_of(inputs, dialect_of(engine), plans)}
    database = open_engine(engine)
    try:
        database.load(inputs)
        found = _run(database, tuple(made.values()))
    finally:
        database.close()
    served = found.pop("served")["machines"][0].as_py()
    return Assessed(**found, assets_in_service=int(served))


def _run(database: Engine, made: tuple[Step, ...]) -> dict[str, pa.Table]:
    """Make the steps in order; each result is fetched as soon as it is made, beside the next where that is safe."""
    with ThreadPoolExecutor(1) as aside:
        waiting: dict[str, Future[pa.Table]] = {}
        for step in made:
            database.make(step.name, step.sql)
            if step.name in (*RESULTS, "served"):
                waiting[step.name] = aside.submit(database.fetch, step.name, step.columns)
                if not database.beside:
                    waiting[step.name].result()
        return {name: table.result() for name, table in waiting.items()}


def _columns(tables: dict[str, pa.Table]) -> Columns:
    return tuple((name, tuple((f.name, str(f.type)) for f in tables[name].schema)) for name in sorted(tables))
