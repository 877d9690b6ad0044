"""From inputs to an assessment: the plan is written in Ibis, compiled once, run by a database.

The expressions only depend on the columns of the inputs, so their SQL is compiled once for a process and a
dialect; assessing again (a lever, another year) costs the queries alone. Rows come back sorted by all their
keys: the same inputs give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import duckdb
import ibis
import pyarrow as pa
from ibis import _

from footprint.assessment import RESULTS
from footprint.assessment import assets as a
from footprint.assessment import gaps as g
from footprint.assessment import lines as li
from footprint.assessment import pools as p
from footprint.assessment import runs as r
from footprint.assessment.inputs import Inputs
from footprint.assessment.rollup import roll_up

Table = Any
Columns = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
METHOD = "footprint 2026.1 (M1–M8)"


@dataclass(frozen=True)
class Assessed:
    """What an assessment gives: impact lines and their totals, the asset impacts they come from, the gaps."""

    lines: pa.Table
    totals: pa.Table
    asset_impacts: pa.Table
    parts: pa.Table
    gaps: pa.Table
    application_gaps: pa.Table
    assets_in_service: int


@dataclass(frozen=True)
class Step:
    """A named intermediate table: the SQL that makes it and the columns it has."""

    name: str
    sql: str
    columns: tuple[str, ...]


class Plan:
    """Steps in the order they run; `add` compiles an expression and returns the table it will be."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.steps: list[Step] = []

    def add(self, name: str, expression: Table) -> Table:
        """Compile a step."""
        sql = str(ibis.to_sql(expression, dialect=self.dialect))
        self.steps.append(Step(name, sql, tuple(expression.columns)))
        return ibis.table(expression.schema(), name=name)


def assess(inputs: Inputs) -> Assessed:
    """Assess one campaign on DuckDB: M1 to M4, M6 and M7, every indicator the catalogue has."""
    steps = {step.name: step for step in plan(_columns(inputs.tables), "duckdb")}
    # One thread: sums are then taken in one order, and the same inputs give the same bytes.
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, table in inputs.tables.items():
            connection.register(f"in_{name}", table)
        for step in steps.values():
            connection.execute(f'CREATE TABLE "{step.name}" AS {step.sql}')
        found = {name: _fetch(connection, steps[name]) for name in RESULTS}
        served = connection.execute("SELECT count(*) FROM assets WHERE days > 0").fetchone()
    assert served is not None
    return Assessed(**found, assets_in_service=int(served[0]))


@lru_cache(maxsize=8)
def plan(columns: Columns, dialect: str) -> tuple[Step, ...]:
    """The steps for inputs with these columns: (table, ((column, type), …)), in a database's dialect."""
    t = {name: ibis.table(ibis.schema(dict(fields)), name=f"in_{name}") for name, fields in columns}
    made = Plan(dialect)
    assets = made.add("assets", a.resolved(t))
    runs = made.add("run_rows", _known(r.run_rows(t), t["applications"]))
    inside = made.add("inside", r.inside_listed(t))
    energies = made.add("energies", a.energy(assets, inside, t))
    impacts = ibis.union(a.use_impacts(assets, energies, t), a.embodied_impacts(assets, inside, t))
    impacts = ibis.union(ibis.union(impacts, r.run_use(runs, t)), r.run_embodied(runs, t))
    impacts = made.add("asset_impacts", impacts)
    parts = made.add("parts", _parts(made, assets, runs, t))
    pools = made.add("pools", li.pool_impacts(impacts))
    lines = made.add("lines", li.impact_lines(pools, parts))
    made.add("totals", roll_up(lines, t["ancestry"]))
    missing = made.add("gaps", g.gaps(assets, runs, impacts, t))
    made.add("application_gaps", g.application_gaps(missing, parts))
    return tuple(made.steps)


def _known(runs: Table, applications: Table) -> Table:
    codes = applications.select(known_code=_.code)
    return runs.left_join(codes, runs.application == codes.known_code).mutate(known=_.known_code.notnull())


def _parts(made: Plan, assets: Table, runs: Table, t: dict[str, Table]) -> Table:
    drawers = made.add("tenants", p.tenants(t, assets))
    of_tenants = made.add("tenant_shares", p.tenant_shares(drawers, p.capacities(assets), t["weights"]))
    drawn = made.add("drawn", p.shares(of_tenants, p.application_shares(t)))
    # A pool takes the first post of its machines, in the alphabet: a cluster holds machines of one post.
    pools = assets.group_by("pool").aggregate(
        post=_.post.min().fill_null("autres"), housed=_.in_data_centre.any()
    )
    rest = p.remainders(pools, drawn, t["weights"])
    return ibis.union(ibis.union(drawn, rest), li.run_parts(runs, t["weights"]))


def _columns(tables: dict[str, pa.Table]) -> Columns:
    return tuple(
        (name, tuple((f.name, str(ibis.dtype(f.type))) for f in tables[name].schema))
        for name in sorted(tables)
    )


def _fetch(connection: Any, step: Step) -> pa.Table:
    order = ", ".join(f'"{column}"' for column in step.columns)
    return connection.sql(f'SELECT * FROM "{step.name}" ORDER BY {order}').to_arrow_table()
