"""What manufacturing servers of given configurations weighs, with intervals, outside any campaign."""

from __future__ import annotations

from functools import cache
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from factors import Catalogue
from footprint.assessment.component_inputs import component_tables
from footprint.assessment.components import ASSUMED, component_impacts
from footprint.assessment.totals import with_interval

Table = Any

CONFIGURATION = {
    "asset": pa.string(), "item": pa.string(), "cpus": pa.float64(), "cores": pa.float64(),
    "ram_gb": pa.float64(), "ssd_gb": pa.float64(), "hdds": pa.float64(), "psus": pa.float64(),
    "gpus": pa.float64(), "gpu": pa.string(),
}  # fmt: skip

#: Value of `component` in the rows of whole servers.
TOTAL = ""


def estimate(configurations: pa.Table, catalogue: Catalogue) -> pa.Table:
    """Manufacture of one server of each configuration, in all and by part, with P5 and P95 (M3, M7).

    `configurations` has any of the columns of `CONFIGURATION`: `asset` (default: the row's number from 1),
    `item` (default: server), the others unknown when absent. Columns of the result: asset, indicator,
    component ("" for the whole server), units, amount, low, high (kgCO2e, kgSbeq or MJ), assumed (fields that
    took a default, separated by spaces). A configuration that is not known well enough has no row.
    """
    tables = {**component_tables(catalogue), "configurations": _filled(configurations)}
    schemas = tuple((name, _schema(table)) for name, table in sorted(tables.items()))
    # One thread: sums are then taken in one order, and the same inputs give the same bytes.
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, table in tables.items():
            connection.register(f"in_{name}", table)
        made, read = _plan(schemas)
        connection.execute(f"CREATE TABLE parts AS {made}")
        return connection.sql(f"{read} ORDER BY asset, indicator, component").to_arrow_table()


def _schema(table: pa.Table) -> tuple[tuple[str, str], ...]:
    return tuple((field.name, str(ibis.dtype(field.type))) for field in table.schema)


@cache
def _plan(schemas: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> tuple[str, str]:
    """The SQL of the parts, and of what is read from them."""
    t = {name: ibis.table(ibis.schema(dict(fields)), name=f"in_{name}") for name, fields in schemas}
    made = component_impacts(t["configurations"], t)
    parts = ibis.table(made.schema(), name="parts")
    return str(ibis.to_sql(made, dialect="duckdb")), str(ibis.to_sql(_results(parts), dialect="duckdb"))


def _results(parts: Table) -> Table:
    """Rows of parts and of whole servers, each with its interval."""
    by_part = _bounded(parts, ("asset", "indicator", "component")).mutate(units=_.all_units)
    whole = _bounded(parts, ("asset", "indicator")).mutate(
        component=ibis.literal(TOTAL), units=ibis.null("float64")
    )
    columns = ("asset", "indicator", "component", "units", "amount", "low", "high", "assumed")
    return ibis.union(by_part.select(*columns), whole.select(*columns))


def _bounded(parts: Table, by: tuple[str, ...]) -> Table:
    """Amount of each group with P5 and P95 from its three moments, as `footprint.skewed` has them (M7).

    One factor, one draw: amounts of one factor are added before their powers are.
    """
    flags = {name: _.assumed.contains(name).any() for name in ASSUMED}
    draws = parts.group_by(*by, "factor_id").aggregate(
        part=_.amount_per_unit.sum(), w=(_.factor_sigma.max() ** 2).exp(), units=_.units.sum(), **flags
    )
    # Moments of the total over its mean: shares keep the cubes within range whatever the unit.
    draws = draws.mutate(share=_.part / _.part.sum().over(ibis.window(group_by=list(by))))
    rows = draws.group_by(*by).aggregate(
        amount=_.part.sum(),
        all_units=_.units.sum(),
        variance=((_.w - 1) * _.share**2).sum(),
        third=((_.w - 1) ** 2 * (_.w + 2) * _.share**3).sum(),
        **{name: _[name].any() for name in ASSUMED},
    )
    return with_interval(rows.mutate(assumed=_assumed(rows)))


def _assumed(rows: Table) -> Any:
    named = [ibis.ifelse(rows[name], f"{name} ", "") for name in ASSUMED]
    return (named[0] + named[1] + named[2] + named[3]).strip()


def _filled(configurations: pa.Table) -> pa.Table:
    """The configurations with every column, of its type."""
    rows = configurations.num_rows
    defaults = {
        "asset": pa.array(range(1, rows + 1)).cast(pa.string()),
        "item": pa.array(["server"] * rows, pa.string()),
    }
    columns = {}
    for name, kind in CONFIGURATION.items():
        if name in configurations.column_names:
            columns[name] = configurations[name].cast(kind)
            if name in defaults:
                columns[name] = pc.coalesce(columns[name], defaults[name])
        else:
            columns[name] = defaults.get(name, pa.nulls(rows, kind))
    return pa.table(columns)
