"""Plans of the compatible mode: compiled once for a set of columns, run on an embedded DuckDB (M12)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from footprint.assessment.steps import Step

Columns = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def columns_of(tables: dict[str, pa.Table]) -> Columns:
    """Columns and types of each table: what a plan depends on."""
    return tuple(
        (name, tuple((field.name, str(ibis.dtype(field.type))) for field in tables[name].schema))
        for name in sorted(tables)
    )


def expressions(columns: Columns) -> dict[str, Any]:
    """The tables a plan starts from, as Ibis tables named in_…"""
    return {name: ibis.table(ibis.schema(dict(fields)), name=f"in_{name}") for name, fields in columns}


@contextmanager
def executed(tables: dict[str, pa.Table], steps: Sequence[Step]) -> Iterator[Any]:
    """A connection where the steps of a plan have run on these tables."""
    # One thread: sums are taken in one order, and the same inputs give the same bytes.
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, table in tables.items():
            connection.register(f"in_{name}", table)
        for step in steps:
            connection.execute(f'CREATE TABLE "{step.name}" AS {step.sql}')
        yield connection


def sorted_rows(connection: Any, step: Step) -> pa.Table:
    """The rows of a step, sorted by every column."""
    order = ", ".join(f'"{column}"' for column in step.columns)
    return connection.sql(f'SELECT * FROM "{step.name}" ORDER BY {order}').to_arrow_table()
