"""PostgreSQL: temporary tables of one connection, Arrow in and out by binary COPY (ADBC)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from footprint.assessment.backends.addresses import EngineRefused, needs, without_secrets
from footprint.assessment.backends.engine import plain
from footprint.assessment.inputs import HOURS, Inputs

try:
    from adbc_driver_manager import Error as DriverError
    from adbc_driver_postgresql import dbapi
except ModuleNotFoundError as error:
    raise needs("postgres") from error

TYPES = {
    pa.string(): 'text COLLATE "C"',  # as the other engines compare text: by its bytes
    pa.float64(): "double precision",
    pa.int64(): "bigint",
    pa.int32(): "integer",
    pa.bool_(): "boolean",
    pa.date32(): "date",
}
SETTINGS = {
    "jit": "off",  # thirty short queries: compiling each costs more than it saves
    "work_mem": "'256MB'",
    "temp_buffers": "'256MB'",
    "client_min_messages": "error",
}


class Postgres:
    """In temporary tables of one transaction, never committed: nothing is left in the base."""

    beside = False

    def __init__(self, url: str) -> None:
        self.url = "postgresql://" + url.partition("://")[2]
        with self._told(connecting=True):
            self.connection = dbapi.connect(self.url)
        try:
            for name, value in SETTINGS.items():
                self._run(f"SET {name} = {value}")
        except EngineRefused:
            self.connection.close()
            raise

    def load(self, inputs: Inputs) -> None:
        """Make the inputs readable under the names the plan gives them."""
        for name, table in inputs.tables.items():
            columns = ", ".join(f'"{field.name}" {TYPES[field.type]}' for field in table.schema)
            self._run(f'CREATE TEMP TABLE "in_{name}" ({columns})')
            self._copy(f"in_{name}", table)
        for path in inputs.files:
            with pq.ParquetFile(path) as file:
                batches = file.iter_batches(columns=HOURS.names)
                self._copy("in_hours", pa.RecordBatchReader.from_batches(HOURS, _as_hours(batches)))
        for name in inputs.tables:
            self._run(f'ANALYZE "in_{name}"')

    def make(self, name: str, sql: str) -> None:
        """Keep the result of a query under a name."""
        self._run(f'CREATE TEMP TABLE "{name}" AS {sql}')
        self._run(f'ANALYZE "{name}"')

    def fetch(self, name: str, columns: Sequence[str]) -> pa.Table:
        """A table made before, its rows sorted by all its columns."""
        with self._told(), self.connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{name}"')
            return plain(cursor.fetch_arrow_table(), columns)

    def close(self) -> None:
        """Leave nothing behind."""
        try:
            self.connection.rollback()
        finally:
            self.connection.close()

    def _run(self, sql: str) -> None:
        with self._told(), self.connection.cursor() as cursor:
            cursor.execute(sql)

    def _copy(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        with self._told(), self.connection.cursor() as cursor:
            cursor.adbc_ingest(name, rows, mode="append", temporary=True)

    @contextmanager
    def _told(self, *, connecting: bool = False) -> Iterator[None]:
        """What PostgreSQL refuses, as one sentence; the driver's own may quote the address: it isn't kept."""
        try:
            yield
        except DriverError as error:
            raise refusal(connecting, without_secrets(_reason(str(error)), self.url)) from None


def _reason(said: str) -> str:
    """What the server said, without the query the driver repeats: names of the body are in it."""
    found = re.search(
        r"(?:ERROR|FATAL|PANIC): +(.*?)(?:\n(?:LINE|DETAIL|CONTEXT)|\.? SQLSTATE|\n?\Z)", said, re.DOTALL
    )
    if found:
        return found[1]
    _before, connecting, reason = said.partition("Failed to connect: ")
    return reason if connecting else said.partition("'")[0]


def refusal(connecting: bool, said: str) -> EngineRefused:
    """The address that doesn't answer, or the calculation that stopped."""
    after_fr, after_en = (f" : {said}.", f": {said}.") if said else (".", ".")
    if connecting:
        return EngineRefused(
            f"PostgreSQL ne répond pas à cette adresse, ou refuse ce compte{after_fr}",
            f"PostgreSQL doesn’t answer at this address, or refuses this account{after_en}",
        )
    return EngineRefused(
        f"PostgreSQL a arrêté le calcul{after_fr}", f"PostgreSQL stopped the calculation{after_en}"
    )


def _as_hours(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield batch.cast(HOURS)
