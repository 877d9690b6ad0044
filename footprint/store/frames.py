"""Frames of the referential and of the measured energy, for the engine: queries return Arrow tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Select, case, func, select, union_all
from sqlmodel import Session, SQLModel

from collectors.records import TIERS
from footprint.store import tables as t
from footprint.store.referential import TABLES

# SQLModel's own string type hides its Python type; everything not named here is text.
_ARROW: dict[type, pa.DataType] = {bool: pa.bool_(), float: pa.float64(), int: pa.int64(), date: pa.date32()}


def inventory_frames(session: Session, campaign_id: int) -> dict[str, pa.Table]:
    """One Arrow table for each table of the campaign's inventory, rows sorted."""
    return {name: _campaign_frame(session, table, campaign_id) for name, table in TABLES.items()}


def run_frame(session: Session, year: int) -> pa.Table:
    """One row a measured run or session that used something in the year (UTC), with its energy of that year.

    Energy is in kWh with 90 % bounds, of the channel its recorder chose: only that one is ingested.
    `gpu_kwh` is the part of accelerators, null when none was measured; `started_s` and `duration_s` are those
    of the part that falls in the year.
    """
    first, after = (datetime(y, 1, 1, tzinfo=UTC).timestamp() for y in (year, year + 1))
    run = t.MeasuredRun.__table__  # type: ignore[attr-defined]
    used = _used(year)
    sums = (
        select(
            used.c.run_id,
            func.sum(used.c.energy_kwh).label("energy_kwh"),
            func.sum(used.c.low_kwh).label("low_kwh"),
            func.sum(used.c.high_kwh).label("high_kwh"),
            func.sum(case((used.c.component == "gpu", used.c.energy_kwh))).label("gpu_kwh"),
            # A run part meter and part model is as sure as its model: the worst tier is its own (M1).
            func.max(case(*[(used.c.tier == name, rank) for rank, name in enumerate(TIERS)])).label("rank"),
            func.min(used.c.channel).label("channel"),
        )
        .group_by(used.c.run_id)
        .subquery()
    )
    columns = [*run.columns, *[column for column in sums.columns if column.name != "run_id"]]
    query = select(*columns).join_from(run, sums, run.c.run_id == sums.c.run_id).order_by(run.c.run_id)
    return _inside(_tiered(_frame(session, query)), first, after)


def _tiered(runs: pa.Table) -> pa.Table:
    """`rank` of the tier as its name, null for a tier that is not known."""
    names = pc.take(pa.array(TIERS), runs["rank"])
    return runs.set_column(runs.schema.get_field_index("rank"), "tier", names)


def _inside(runs: pa.Table, first: float, after: float) -> pa.Table:
    """Runs cut at the bounds of the year, in seconds since 1970."""
    ends = pc.min_element_wise(pc.add(runs["started_s"], runs["duration_s"]), after)
    starts = pc.max_element_wise(runs["started_s"], first)
    # A clock set back may put hours in a year its run does not reach: it is kept whole.
    lasted = pc.subtract(ends, starts)
    cut = pc.and_(pc.greater(lasted, 0.0), pc.less(lasted, runs["duration_s"]))
    for name, value in (("started_s", starts), ("duration_s", lasted)):
        place = runs.schema.get_field_index(name)
        runs = runs.set_column(place, name, pc.if_else(cut, value, runs[name]))
    return runs


def energy_frame(session: Session, year: int) -> pa.Table:
    """The energy of each run by month of the year, archived or not (assessment.inputs.ENERGY)."""
    used = _used(year)
    month = func.substr(used.c.hour, 6, 2)
    sums = [func.sum(used.c[name]).label(name) for name in ("energy_kwh", "low_kwh", "high_kwh")]
    query = select(used.c.run_id, month.label("month"), *sums)
    frame = _frame(session, query.group_by(used.c.run_id, month).order_by(used.c.run_id, month))
    place = frame.schema.get_field_index("month")
    return frame.set_column(place, "month", frame["month"].cast(pa.int64()))


def hour_frame(session: Session, year: int) -> pa.Table:
    """The hours of the year that are not archived (assessment.inputs.HOURS)."""
    hot, run = _hot(year), t.MeasuredRun.__table__  # type: ignore[attr-defined]
    energy = func.sum(hot.c.energy_kwh).label("energy_kwh")
    query = (
        select(hot.c.run_id, run.c.zone, hot.c.hour.label("at"), energy)
        .join_from(hot, run, run.c.run_id == hot.c.run_id)
        .group_by(hot.c.run_id, run.c.zone, hot.c.hour)
        .order_by(hot.c.run_id, hot.c.hour)
    )
    return _timed(_frame(session, query))


def hours_of_month(session: Session, month: str) -> pa.Table:
    """Every hour of a month ("2026-03"), by run: what the archive holds, the columns of `hour_frame` among them."""
    hour, run = t.EnergyHour.__table__, t.MeasuredRun.__table__  # type: ignore[attr-defined]
    energies = [hour.c[name] for name in ("energy_kwh", "low_kwh", "high_kwh")]
    details = [hour.c[name] for name in ("component", "channel", "tier", "seconds")]
    query = (
        select(hour.c.run_id, run.c.zone, hour.c.hour.label("at"), *energies, *details)
        .join_from(hour, run, run.c.run_id == hour.c.run_id)
        .where(func.substr(hour.c.hour, 1, 7) == month)
        .order_by(hour.c.run_id, hour.c.hour, hour.c.component, hour.c.channel, hour.c.tier)
    )
    return _timed(_frame(session, query))


def _timed(frame: pa.Table) -> pa.Table:
    """`at` ("2026-03-01T05:00:00Z") as the month, 1 to 12, and the hours since 1970."""
    at = frame["at"]
    month = pc.cast(pc.utf8_slice_codeunits(at, 5, 7), pa.int64())
    moment = pc.strptime(pc.utf8_slice_codeunits(at, 0, 19), "%Y-%m-%dT%H:%M:%S", "s")
    hour = pc.divide(pc.cast(moment, pa.int64()), 3600)
    return frame.append_column("month", month).append_column("hour", hour).drop_columns(["at"])


def _hot(year: int) -> Any:
    """Hours not archived: run_id, hour, component, channel, tier and energies."""
    table = t.EnergyHour.__table__  # type: ignore[attr-defined]
    names = ("run_id", "hour", "component", "channel", "tier", "energy_kwh", "low_kwh", "high_kwh")
    query = select(*[table.c[name] for name in names])
    return query.where(table.c.hour >= f"{year}-", table.c.hour < f"{year + 1}-").subquery()


def _used(year: int) -> Any:
    """What was used in the year: hours, and months of what is archived."""
    hot, table = _hot(year), t.EnergyMonth.__table__  # type: ignore[attr-defined]
    names = ("component", "channel", "tier", "energy_kwh", "low_kwh", "high_kwh")
    months = select(table.c.run_id, table.c.month.label("hour"), *[table.c[name] for name in names])
    months = months.where(table.c.month >= f"{year}-", table.c.month < f"{year + 1}-")
    return union_all(select(hot), months).subquery()


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
