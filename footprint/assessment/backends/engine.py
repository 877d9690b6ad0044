"""What the plan asks of a database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pyarrow as pa

from footprint.assessment.inputs import Inputs


class Engine(Protocol):
    """A database the plan runs in: takes the inputs, makes each step, gives tables back sorted."""

    beside: bool  # whether a table may be fetched, in another thread, while the next is made

    def load(self, inputs: Inputs) -> None:
        """Make the inputs readable under the names the plan gives them: in_<name>."""

    def make(self, name: str, sql: str) -> None:
        """Keep the result of a query under a name."""

    def fetch(self, name: str, columns: Sequence[str]) -> pa.Table:
        """A table made before, its rows sorted by all its columns."""

    def close(self) -> None:
        """Leave nothing behind."""


def plain(table: pa.Table, columns: Sequence[str]) -> pa.Table:
    """What an engine gave, as DuckDB gives it: rows sorted, numbers with a fraction as 64-bit floats."""
    fields = []
    for field in table.schema:
        kind = field.type
        named = (field.metadata or {}).get(b"ADBC:postgresql:typname", b"")
        if pa.types.is_decimal(kind) or named == b"numeric":
            kind = pa.float64()
        elif pa.types.is_int32(kind):
            kind = pa.int64()
        elif pa.types.is_large_string(kind):
            kind = pa.string()
        fields.append(pa.field(field.name, kind))
    return table.cast(pa.schema(fields)).sort_by([(column, "ascending") for column in columns])
