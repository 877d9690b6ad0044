"""Where the plan runs: DuckDB in memory by default, PostgreSQL or Spark by a URL. The same steps on each.

    duckdb://                         in memory (the default)
    postgresql://account@host/base    in a schema of temporary tables, gone with the connection
    spark://local[2]                  a local Spark session (needs Java and the extra "spark")

EngineRefused    the URL is not one of these, or what it needs is not installed
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from footprint.assessment.inputs import ENERGY, Inputs
from footprint.errors import FootprintError

DIALECTS = {"duckdb": "duckdb", "postgresql": "postgres", "postgres": "postgres", "spark": "pyspark"}


class EngineRefused(FootprintError):
    """The engine asked for can't be used."""


POSTGRES_TYPES = {
    pa.string(): "text", pa.float64(): "double precision", pa.int64(): "bigint", pa.bool_(): "boolean",
    pa.date32(): "date", pa.int32(): "integer",
}  # fmt: skip
POSTGRES_OIDS = {
    16: pa.bool_(),
    20: pa.int64(),
    23: pa.int64(),
    25: pa.string(),
    705: pa.string(),
    1082: pa.date32(),
}
"""What PostgreSQL calls its types, by number; the others are numbers with a fraction."""


class Engine(Protocol):
    """A database the plan runs in: takes the inputs, makes each step, gives tables back sorted."""

    def load(self, inputs: Inputs) -> None:
        """Make the inputs readable under the names the plan gives them: in_<name>."""

    def make(self, name: str, sql: str) -> None:
        """Keep the result of a query under a name."""

    def fetch(self, name: str, columns: Sequence[str]) -> pa.Table:
        """A table made before, its rows sorted by all its columns."""

    def close(self) -> None:
        """Leave nothing behind."""


def dialect_of(url: str) -> str:
    """The SQL dialect of an engine's URL. Raises EngineRefused."""
    scheme = url.partition(":")[0].partition("+")[0] if url else "duckdb"
    if scheme not in DIALECTS:
        raise EngineRefused(
            f"Moteur inconnu : « {url} ». Attendu : duckdb://, postgresql://compte@hôte/base ou spark://local[2].",
            f"Unknown engine: “{url}”. Expected: duckdb://, postgresql://account@host/base or spark://local[2].",
        )
    return DIALECTS[scheme]


def open_engine(url: str) -> Engine:
    """The engine of a URL. Raises EngineRefused."""
    dialect = dialect_of(url)
    if dialect == "postgres":
        return Postgres(url)
    return Spark(url) if dialect == "pyspark" else DuckDb()


class DuckDb:
    """In memory, in this process."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()

    def load(self, inputs: Inputs) -> None:
        """Make the inputs readable under the names the plan gives them."""
        for name, table in inputs.tables.items():
            self.connection.register(f"in_{name}" if name != "energy" else "hot_energy", table)
        columns = ", ".join(ENERGY.names)
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in inputs.files)
        archived = f" UNION ALL SELECT {columns} FROM read_parquet([{listed}], hive_partitioning = false)"
        # Not so much as a copy of the hours: they are read once, in a stream.
        view = f"CREATE VIEW in_energy AS SELECT {columns} FROM hot_energy{archived if listed else ''}"
        self.connection.execute(view)

    def make(self, name: str, sql: str) -> None:
        """Keep the result of a query under a name."""
        self.connection.execute(f'CREATE TABLE "{name}" AS {sql}')
        # The first step adds whole numbers, on every core. After it the sums are of fractions, on one thread:
        # taken in one order, they give the same bytes.
        self.connection.execute("SET threads = 1")

    def fetch(self, name: str, columns: Sequence[str]) -> pa.Table:
        """A table made before, its rows sorted by all its columns."""
        return self.connection.sql(f'SELECT * FROM "{name}" ORDER BY {_listed(columns)}').to_arrow_table()

    def close(self) -> None:
        """Leave nothing behind."""
        self.connection.close()


class Postgres:
    """In temporary tables of one connection: nothing is left in the base."""

    def __init__(self, url: str) -> None:
        try:
            import psycopg
        except ModuleNotFoundError as error:
            raise _needs("postgres") from error
        plain = "postgresql://" + url.partition("://")[2]
        try:
            self.connection = psycopg.connect(plain)
        except psycopg.OperationalError as error:
            raise EngineRefused(
                f"PostgreSQL ne répond pas à cette adresse : {error}",
                f"PostgreSQL doesn’t answer there: {error}",
            ) from error

    def load(self, inputs: Inputs) -> None:
        """Make the inputs readable under the names the plan gives them."""
        for name, table in inputs.tables.items():
            self._create(f"in_{name}", table.schema)
            self._copy(f"in_{name}", table.to_batches())
        for path in inputs.files:
            self._copy("in_energy", pq.ParquetFile(path).iter_batches(columns=ENERGY.names))
        self.connection.execute("ANALYZE")

    def _create(self, name: str, schema: pa.Schema) -> None:
        columns = ", ".join(f'"{field.name}" {POSTGRES_TYPES[field.type]}' for field in schema)
        self.connection.execute(f'CREATE TEMP TABLE "{name}" ({columns})')  # type: ignore[arg-type]

    def _copy(self, name: str, batches: Iterable[pa.RecordBatch]) -> None:
        with self.connection.cursor().copy(f'COPY "{name}" FROM STDIN') as copy:
            for batch in batches:
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    copy.write_row(row)

    def make(self, name: str, sql: str) -> None:
        """Keep the result of a query under a name."""
        self.connection.execute(f'CREATE TEMP TABLE "{name}" AS {sql}')
        self.connection.execute(f'ANALYZE "{name}"')

    def fetch(self, name: str, columns: Sequence[str]) -> pa.Table:
        """A table made before, its rows sorted by all its columns."""
        cursor = self.connection.execute(f'SELECT * FROM "{name}"')
        described = cursor.description or []
        rows = cursor.fetchall()
        values = list(zip(*rows, strict=True)) if rows else [()] * len(described)
        arrays = [_typed(column, d.type_code) for d, column in zip(described, values, strict=True)]
        table = pa.Table.from_arrays(arrays, names=[d.name for d in described])
        return table.sort_by([(column, "ascending") for column in columns])

    def close(self) -> None:
        """Leave nothing behind."""
        self.connection.rollback()
        self.connection.close()


class Spark:
    """A local or remote Spark session."""

    def __init__(self, url: str) -> None:
        try:
            from pyspark.sql import SparkSession
        except ModuleNotFoundError as error:
            raise _needs("spark") from error
        master = url.partition("://")[2] or "local[2]"
        builder = SparkSession.builder.master(master).appName("footprint")
        options = {
            "spark.ui.enabled": "false",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.shuffle.partitions": "4",
            "spark.sql.execution.arrow.pyspark.enabled": "true",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.ansi.enabled": "false",
        }
        for name, value in options.items():
            builder = builder.config(name, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")

    def load(self, inputs: Inputs) -> None:
        """Make the inputs readable under the names the plan gives them."""
        for name, table in inputs.tables.items():
            if name != "energy":
                self.session.createDataFrame(table).createOrReplaceTempView(f"in_{name}")
        energy = self.session.createDataFrame(inputs.tables["energy"])
        if inputs.files:
            archived = self.session.read.parquet(*inputs.files).select(*ENERGY.names)
            energy = energy.unionByName(archived)
        energy.createOrReplaceTempView("in_energy")

    def make(self, name: str, sql: str) -> None:
        """Keep the result of a query under a name."""
        # Cut the lineage: a plan of thirty steps one in the other would be analysed again at each.
        self.session.sql(sql).localCheckpoint().createOrReplaceTempView(name)

    def fetch(self, name: str, columns: Sequence[str]) -> pa.Table:
        """A table made before, its rows sorted by all its columns."""
        table = self.session.table(name).toArrow()
        return table.sort_by([(column, "ascending") for column in columns])

    def close(self) -> None:
        """Leave nothing behind."""
        self.session.stop()


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _typed(column: Iterable[Any], oid: int) -> pa.Array:
    """A column PostgreSQL gave, as Arrow: its sums of whole numbers come as decimals."""
    kind = POSTGRES_OIDS.get(oid, pa.float64())
    exact = kind == pa.float64()
    return pa.array([float(value) if exact and value is not None else value for value in column], kind)


def _needs(extra: str) -> EngineRefused:
    return EngineRefused(
        f"Ce moteur demande un complément : pip install '.[{extra}]'.",
        f"This engine needs an extra: pip install '.[{extra}]'.",
    )
