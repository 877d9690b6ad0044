"""From frames and reference tables to the results of the compatible mode (M12), in one database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa

from footprint.assessment.numecoeval import outputs as o
from footprint.assessment.numecoeval import physical as p
from footprint.assessment.numecoeval import virtual as v
from footprint.assessment.numecoeval.inputs import prepare
from footprint.assessment.numecoeval.running import Columns, columns_of, executed, expressions, sorted_rows
from footprint.assessment.plan import Plan
from footprint.assessment.steps import Step
from footprint.numecoeval import References

FETCHED = ("physical", "virtual", "applications", "physical_output", "virtual_output", "application_output")


@dataclass(frozen=True)
class Compatible:
    """The results: one row an equipment (machine, row of applications), criterion and step, then G4IT's outputs.

    Amounts are in the unit of the criterion a year, `kwh` a year, `lifespan_y` in years; `people_eq` is a number
    of people. `status` is OK or ERREUR; `error` is a code of footprint.numecoeval_text, `error_value` what was
    found. `criteria` are those evaluated, `left_out` those without any factor for equipment.
    """

    physical: pa.Table
    virtual: pa.Table
    applications: pa.Table
    physical_output: pa.Table
    virtual_output: pa.Table
    application_output: pa.Table
    criteria: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def evaluate(
    frames: dict[str, pa.Table], references: References, criteria: Sequence[str] | None = None
) -> Compatible:
    """Evaluate an inventory by the rules of NumEcoEval, on DuckDB.

    `frames` are those of `store.frames.inventory_frames`. `criteria` are codes of criterion.csv (None: those
    with at least one factor for equipment). No rule reads today's date: two runs give the same tables.
    """
    asked = references.with_factors() if criteria is None else tuple(criteria)
    every = references.criteria["criterion"].to_pylist()
    tables = prepare(frames, references, asked)
    steps = _plan(columns_of(tables))
    with executed(tables, steps) as connection:
        found = {step.name: sorted_rows(connection, step) for step in steps if step.name in FETCHED}
    return Compatible(**found, criteria=asked, left_out=tuple(code for code in every if code not in asked))


@lru_cache(maxsize=4)
def _plan(columns: Columns) -> tuple[Step, ...]:
    t = expressions(columns)
    made = Plan("duckdb")
    quartiles = made.add("quartiles", p.mix_quartiles(t["mixes"]))
    machines = made.add("equipment", p.equipment(t))
    physical = made.add("physical", p.physical(machines, quartiles, t))
    shared = made.add("shares", v.shares(t))
    virtual = made.add("virtual", v.virtual(shared, physical, t))
    applications = made.add("applications", v.applications(virtual, t))
    made.add("physical_output", o.physical_output(physical))
    made.add("virtual_output", o.virtual_output(virtual))
    made.add("application_output", o.application_output(applications))
    return tuple(made.steps)
