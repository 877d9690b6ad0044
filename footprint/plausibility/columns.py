"""Columns of the frames, whole: absent ones are null, ratios never divide by zero, names are looked up at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from footprint.plausibility.finding import DOUBTFUL, IMPROBABLE, Finding, Rule, finding

Array = Any  # a pyarrow array; pyarrow ships no types that mypy --strict can follow
Bound = Any  # a number, an array of one bound a row, or None
Hint = Callable[[int], tuple[str, str]]

NUMBER, TEXT, DAY = pa.float64(), pa.string(), pa.date32()


def column(table: pa.Table, name: str, kind: Any = NUMBER) -> Array:
    """A column as one array of this type; all null when the table has no such column."""
    if name not in table.column_names:
        return pa.nulls(table.num_rows, kind)
    return pa.concat_arrays(table[name].cast(kind).chunks) if table.num_rows else pa.array([], kind)


def text(table: pa.Table, name: str) -> Array:
    """A column of text, "" where it is null."""
    return pc.fill_null(column(table, name, TEXT), "")


def looked_up(keys: Array, known: Array, values: Array) -> Array:
    """For each key, the value beside the first equal `known`; null when there is none."""
    places = pc.index_in(keys, value_set=known)
    return values.take(places)


def mapped(keys: Array, table: dict[str, Any], kind: Any = NUMBER) -> Array:
    """For each key, what the dictionary says; null when it says nothing."""
    known = pa.array(list(table), TEXT)
    return looked_up(keys, known, pa.array(list(table.values()), kind))


def ratio(above: Array, below: Array) -> Array:
    """above / below, null where `below` is not positive."""
    positive = pc.greater(below, 0.0)
    return pc.divide(above, pc.if_else(positive, below, pa.scalar(None, NUMBER)))


def true(mask: Array) -> Array:
    """The mask, with unknown as false."""
    return pc.fill_null(mask, False)


def both(*masks: Array) -> Array:
    """Where every mask is true."""
    found = true(masks[0])
    for mask in masks[1:]:
        found = pc.and_(found, true(mask))
    return found


def sums(keys: Array, **columns: Array) -> pa.Table:
    """Sum of each column by key: a table with `key` and the columns, nulls left out of the sums."""
    table = pa.table({"key": keys, **columns})
    summed = table.group_by("key", use_threads=False).aggregate([(name, "sum") for name in columns])
    return summed.rename_columns(
        ["key" if c == "key" else c.removesuffix("_sum") for c in summed.column_names]
    )


def pick(array: Any, row: int) -> Any:
    """One value of an array, or the value itself when it is the same for all rows."""
    return array[row].as_py() if isinstance(array, pa.Array) else array


@dataclass(frozen=True)
class Bounds:
    """The expected range, and the wider one outside which a value is improbable; each a number or an array.

    Without a wider bound, what leaves the expected range is only to be checked.
    """

    low: Bound = None
    high: Bound = None
    low_sure: Bound = None
    high_sure: Bound = None


def flagged(
    rule: Rule,
    kind: str,
    names: Array,
    field: str,
    values: Array,
    unit: str,
    bounds: Bounds,
    *,
    where: Array | None = None,
    sources: Any = "",
    hint: Hint | None = None,
) -> list[Finding]:
    """A finding for each value outside its bounds; null values and null bounds are never outside."""
    doubtful = _outside(values, bounds.low, bounds.high)
    improbable = _outside(values, bounds.low_sure, bounds.high_sure)
    wrong = pc.or_(doubtful, improbable)
    rows = pc.indices_nonzero(wrong if where is None else pc.and_(wrong, true(where))).to_pylist()
    return [
        finding(
            rule,
            IMPROBABLE if improbable[row].as_py() else DOUBTFUL,
            kind,
            names[row].as_py() or "",
            field,
            values[row].as_py(),
            unit,
            low=pick(bounds.low, row),
            high=pick(bounds.high, row),
            source=pick(sources, row) or "",
            hint=hint(row) if hint else ("", ""),
        )
        for row in rows
    ]


def _outside(values: Array, low: Bound, high: Bound) -> Array:
    found = pa.array([False] * len(values), pa.bool_()) if low is None and high is None else None
    if low is not None:
        found = true(pc.less(values, low))
    if high is not None:
        above = true(pc.greater(values, high))
        found = above if found is None else pc.or_(found, above)
    return found


def texts(rows: Sequence[str]) -> Array:
    """An array of text."""
    return pa.array(rows, TEXT)
