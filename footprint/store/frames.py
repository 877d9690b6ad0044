"""Frames of the referential and of the measured energy, for the engine: queries return Arrow tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Select, func, select
from sqlmodel import Session, SQLModel

from footprint.store import tables as t
from footprint.store.referential import TABLES

# SQLModel's own string type hides its Python type; everything not named here is text.
_ARROW: dict[type, pa.DataType] = {bool: pa.bool_(), float: pa.float64(), int: pa.int64(), date: pa.date32()}


def inventory_frames(session: Session, campaign_id: int) -> dict[str, pa.Table]:
    """One Arrow table for each table of the campaign's inventory, rows sorted."""
    return {name: _campaign_frame(session, table, campaign_id) for name, table in TABLES.items()}


def run_frame(session: Session, year: int) -> pa.Table:
    """One row a measured run or host session of the year (UTC), with its energy in kWh and 90 % bounds.

    The energy of a run is that of the channel its recorder chose: only that one is ingested.
    """
    first, after = (datetime(y, 1, 1, tzinfo=UTC).timestamp() for y in (year, year + 1))
    run, energy = t.MeasuredRun.__table__, t.EnergyHour.__table__  # type: ignore[attr-defined]
    sums = (
        select(
            energy.c.run_id,
            func.sum(energy.c.energy_kwh).label("energy_kwh"),
            func.sum(energy.c.low_kwh).label("low_kwh"),
            func.sum(energy.c.high_kwh).label("high_kwh"),
            func.min(energy.c.tier).label("tier"),
            func.min(energy.c.channel).label("channel"),
        )
        .group_by(energy.c.run_id)
        .subquery()
    )
    columns = [*run.columns, *[column for column in sums.columns if column.name != "run_id"]]
    query = (
        select(*columns)
        .join_from(run, sums, run.c.run_id == sums.c.run_id)
        .where(run.c.started_s >= first, run.c.started_s < after)
        .order_by(run.c.run_id)
    )
    return _frame(session, query)


def _campaign_frame(session: Session, table: type[SQLModel], campaign_id: int) -> pa.Table:
    """Sorted here, by every column: databases do not agree on the order of letters."""
    columns = [c for c in table.__table__.columns if c.name not in ("campaign_id", "id")]  # type: ignore[attr-defined]
    query = select(*columns).where(table.campaign_id == campaign_id)  # type: ignore[attr-defined]
    frame = _frame(session, query)
    return frame.sort_by([(name, "ascending") for name in frame.column_names])


def schema_of(columns: Iterable[Any]) -> pa.Schema:
    """The Arrow schema of some SQL columns."""
    return pa.schema([(column.name, _ARROW.get(column.type.python_type, pa.string())) for column in columns])


def _frame(session: Session, query: Select[Any]) -> pa.Table:
    result = session.connection().execute(query)
    columns = query.selected_columns
    rows = result.all()
    data = list(zip(*rows, strict=True)) if rows else [() for _ in columns]
    schema = schema_of(columns)
    arrays = [pa.array(values, field.type) for values, field in zip(data, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
