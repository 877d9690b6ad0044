"""DuckDB, in memory and in this process: the default."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from footprint.assessment.inputs import HOURS, Inputs


class DuckDb:
    """In memory, in this process."""

    beside = True

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        # The plan's own order of joins is kept: looking for a better one costs more than it gains here, and
        # DuckDB misjudges the widest of them by a thousand.
        self.connection.execute("SET disabled_optimizers = 'join_order'")

    def load(self, inputs: Inputs) -> None:
        """Make the inputs readable under the names the plan gives them."""
        for name, table in inputs.tables.items():
            self.connection.register(f"in_{name}" if name != "hours" else "hot_hours", table)
        columns = ", ".join(HOURS.names)
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in inputs.files)
        archived = f" UNION ALL SELECT {columns} FROM read_parquet([{listed}], hive_partitioning = false)"
        # Not so much as a copy of the hours: they are read once, in a stream.
        view = f"CREATE VIEW in_hours AS SELECT {columns} FROM hot_hours{archived if listed else ''}"
        self.connection.execute(view)
        # Looked up once an hour of every machine: in DuckDB's own form, it takes a sixth off the whole.
        self.connection.unregister("in_profiles")
        self.connection.register("given_profiles", inputs.tables["profiles"])
        self.connection.execute("CREATE TABLE in_profiles AS SELECT * FROM given_profiles")

    def make(self, name: str, sql: str) -> None:
        """Keep the result of a query under a name."""
        self.connection.execute(f'CREATE TABLE "{name}" AS {sql}')
        # The first step adds whole numbers, on every core. After it the sums are of fractions, on one thread:
        # taken in one order, they give the same bytes.
        self.connection.execute("SET threads = 1")

    def fetch(self, name: str, columns: Sequence[str]) -> pa.Table:
        """A table made before, its rows sorted by all its columns."""
        listed = ", ".join(f'"{column}"' for column in columns)
        # A cursor is a connection of its own to the same memory, with one thread: the one that calls it.
        with self.connection.cursor() as cursor:
            return cursor.sql(f'SELECT * FROM "{name}" ORDER BY {listed}').to_arrow_table()

    def close(self) -> None:
        """Leave nothing behind."""
        self.connection.close()
