"""What the engine starts from: the referential's frames, the measured energy and the catalogue, as flat tables.

Names people write (types, countries, suppliers) are resolved once for each distinct name; what can't be
resolved stays null, with its nearest names, and ends as a gap, never as a zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from factors import Catalogue, FactorError
from footprint.assessment import catalogue_tables as ct
from footprint.assessment.calendar import months
from footprint.assessment.component_inputs import component_tables
from footprint.assessment.containers import with_carriers
from footprint.assessment.profiles import EMPTY_PROFILE
from footprint.assessment.ranks import ranked
from footprint.assessment.settings import Settings
from footprint.assessment.settling import settled
from footprint.assessment.vocabulary import STATEMENT, WEIGHTS
from footprint.placing import parts_above

REFUSED = pa.schema([("name", pa.string())])
"""Virtual machines that a person leaves to no application, knowingly; none when the frames do not say."""
ENERGY = pa.schema(
    [
        ("run_id", pa.string()),
        ("month", pa.int64()),
        ("energy_kwh", pa.float64()),
        ("low_kwh", pa.float64()),
        ("high_kwh", pa.float64()),
    ]
)
"""Energy of each run by month, 1 to 12, with its 90 % bounds."""
HOURS = pa.schema(
    [
        ("run_id", pa.string()),
        ("zone", pa.string()),
        ("month", pa.int64()),
        ("hour", pa.int64()),
        ("energy_kwh", pa.float64()),
    ]
)
"""The same energy by hour: `hour` counts hours since 1970 (UTC). Only read when a zone has a profile."""


@dataclass(frozen=True)
class Inputs:
    """Tables for the engine, and the names that could not be resolved with their near misses.

    `files` are Parquet files with the columns of HOURS, read by the engine's database beside the table
    "hours"; `ranks` is how many platforms stand one on the other at most (M4).
    """

    year: int
    zone: str
    tables: dict[str, pa.Table]
    settings: Settings
    near: dict[str, tuple[str, ...]] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    ranks: int = 0

    @property
    def hourly(self) -> bool:
        """Whether some zone has an hourly profile this year."""
        return bool(self.tables["profiles"].num_rows)


def prepare(
    frames: Mapping[str, pa.Table],
    runs: pa.Table,
    catalogue: Catalogue,
    year: int,
    zone: str,
    *,
    energy: pa.Table | None = None,
    hours: pa.Table | None = None,
    files: Iterable[str] = (),
    profiles: pa.Table = EMPTY_PROFILE,
    settings: Settings | None = None,
) -> Inputs:
    """Join names to the catalogue.

    `frames` are those of `store.frames.inventory_frames`, with `refused` (REFUSED) if any, `runs` that of
    `run_frame`, `energy` its energy by month (without it, the energy of `runs` itself, at the hour each started),
    `hours` and `files` the same energy by hour, needed with `profiles` only. `zone` is the code of the electricity
    zone used where neither the asset nor its data centre names one.
    """
    near: dict[str, tuple[str, ...]] = {}
    settings = settings or Settings()
    refused = with_carriers(frames.get("refused", REFUSED.empty_table()), frames["machines"])
    frames = settled(frames)
    keys, ranks = ranked(frames["platform_keys"])
    places = [
        *_distinct(frames["assets"], "country"),
        *_distinct(frames["data_centres"], "location"),
        *_distinct(frames["services"], "country"),
    ]
    zones = _zones([*places, *_distinct(runs, "zone"), zone], catalogue, near)
    tables = {
        **{
            name: frames[name]
            for name in ("data_centres", "machines", "links", "applications", "services", "unattached")
        },
        "assets": _stated(_days(frames["assets"], ("purchased", "retired"))),
        "refused": refused,
        "readings": _months(frames["readings"], year),
        "platform_keys": keys,
        "runs": runs,
        **_used(runs, energy, hours),
        "profiles": _spelled(profiles, zones),
        "months": months(year),
        "types": _types(_distinct(frames["assets"], "type"), catalogue, near),
        "zones": zones,
        "suppliers": ct.suppliers(_distinct(frames["services"], "provider"), catalogue),
        "electricity": ct.electricity(catalogue),
        "embodied": ct.embodied(catalogue),
        "items": ct.items(catalogue),
        "tiers": ct.tiers(catalogue),
        "ownerships": ct.ownerships(catalogue),
        "settings": ct.settings(catalogue, year, zone, settings),
        "weights": WEIGHTS,
        "ancestry": _ancestry(frames),
        **component_tables(catalogue),
    }
    return Inputs(year, zone, tables, settings, near, tuple(files), ranks)


def _at_start(runs: pa.Table) -> pa.Table:
    """The energy a frame of runs carries itself, each at the hour and month it started."""
    hours = pc.cast(pc.floor(pc.divide(runs["started_s"], 3600.0)), pa.int64())
    moments = pc.cast(pc.multiply(hours, 3_600_000_000), pa.timestamp("us"))
    columns = {
        "run_id": runs["run_id"],
        "zone": runs["zone"],
        "month": pc.cast(pc.month(moments), pa.int64()),
        "hour": hours,
        **{name: runs[name] for name in ("energy_kwh", "low_kwh", "high_kwh")},
    }
    return pa.table(columns)


def _used(runs: pa.Table, energy: pa.Table | None, hours: pa.Table | None) -> dict[str, pa.Table]:
    if energy is not None:
        return {
            "energy": energy,
            "hours": HOURS.empty_table() if hours is None else hours.select(HOURS.names),
        }
    started = _at_start(runs)
    return {"energy": started.select(ENERGY.names), "hours": started.select(HOURS.names)}


def _spelled(profiles: pa.Table, zones: pa.Table) -> pa.Table:
    """The profiles under every spelling of their zone: a record says "France", its profile "FR"."""
    codes = profiles.rename_columns(["code", "hour", "profile"])
    spelled = codes.join(zones.rename_columns(["spelled", "code"]), "code", "code", join_type="inner")
    kept = spelled.select(["spelled", "hour", "profile"]).rename_columns(EMPTY_PROFILE.column_names)
    return kept.sort_by([("zone", "ascending"), ("hour", "ascending")])


def _ancestry(frames: Mapping[str, pa.Table]) -> pa.Table:
    """Every node an application stands in or under, and for what part: application, node, share."""
    columns = [frames[name][column].to_pylist() for name, column in (
        ("nodes", "code"), ("nodes", "parent"), ("applications", "code"), ("applications", "node"),
    )]  # fmt: skip
    parents, main = dict(zip(*columns[:2], strict=True)), dict(zip(*columns[2:], strict=True))
    second = [tuple(row.values()) for row in frames["placements"].to_pylist()]
    rows = parts_above(parents, main, second)
    return ct.table({"application": pa.string(), "node": pa.string(), "share": pa.float64()}, rows)


def _distinct(table: pa.Table, column: str) -> list[str]:
    return [value for value in pc.unique(table[column]).to_pylist() if value]


def _days(table: pa.Table, columns: Iterable[str]) -> pa.Table:
    """Dates as days since 1970, so that every back end does the same integer arithmetic."""
    for name in columns:
        days = table[name].cast(pa.int32()).cast(pa.int64())
        table = table.set_column(table.schema.get_field_index(name), name, days)
    return table


def _stated(assets: pa.Table) -> pa.Table:
    """What the body typed as the energy of a type, as the name of one draw (M7): the same on every engine."""
    for column, name in (("yearly_kwh", "statement"), ("embodied_kgco2e", "made_statement")):
        assets = assets.append_column(name, _statement(assets, column))
    return assets


def _statement(assets: pa.Table, column: str) -> Any:
    typed = pc.coalesce(pc.cast(assets[column], pa.string()), "")
    kind = pc.binary_join_element_wise(STATEMENT, assets["type"], "")
    return pc.binary_join_element_wise(kind, typed, "|")


def _months(readings: pa.Table, year: int) -> pa.Table:
    """The readings of the year, with the month as a number and the PUE their energies give."""
    first, last = pa.scalar(date(year, 1, 1)), pa.scalar(date(year, 12, 31))
    kept = readings.filter(
        pc.and_(pc.greater_equal(readings["month"], first), pc.less_equal(readings["month"], last))
    )
    month = pc.cast(pc.month(kept["month"]), pa.int64())
    ratio = pc.divide(kept["total_kwh"], pc.if_else(pc.greater(kept["it_kwh"], 0.0), kept["it_kwh"], None))
    kept = kept.set_column(kept.schema.get_field_index("month"), "month", month)
    # Two meters that disagree with physics (a total below its part) are listed, and not used.
    ratio = pc.if_else(pc.greater_equal(ratio, 1.0), ratio, None)
    return kept.set_column(kept.schema.get_field_index("pue"), "pue", pc.coalesce(kept["pue"], ratio))


def _resolve(
    names: Iterable[str], look_up: Callable[[str], Any], near: dict[str, tuple[str, ...]]
) -> dict[str, Any]:
    found = {}
    for name in dict.fromkeys(names):
        try:
            found[name] = look_up(name)
        except FactorError as error:
            near[name] = tuple(getattr(error, "near", ()))
    return found


def _types(names: list[str], catalogue: Catalogue, near: dict[str, tuple[str, ...]]) -> pa.Table:
    found = _resolve(names, catalogue.item, near)
    return ct.table(
        {"type": pa.string(), "item": pa.string(), "post": pa.string(), "in_data_centre": pa.bool_()},
        [(name, item.code, item.post, item.in_data_centre) for name, item in found.items()],
    )


def _zones(names: list[str], catalogue: Catalogue, near: dict[str, tuple[str, ...]]) -> pa.Table:
    found = _resolve(names, catalogue.zone, near)
    return ct.table({"place": pa.string(), "zone": pa.string()}, list(found.items()))
