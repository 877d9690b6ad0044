"""M11: why a footprint changed from one year to another, in effects that sum to the change.

Year 0 is computed again, one ingredient of year 1 at a time, by the engine itself; each step's effect is the
difference of two assessments, so the effects sum to the change whatever the estates:

    published    what was shown for year 0 is computed again with today's code and its own factors (method)
    factors      the catalogue of year 1 (factor)
    settings     the settings and default zone of year 1 (method)
    left         applications, equipment and services that are no more in year 1 go (perimeter)
    ages         the year itself: ages, days in service, ends of life (activity)
    quantities   quantities of the equipment that stays (activity)
    energy       energies, configurations, sharing, measured runs of what stays (activity)
    entered      what is new in year 1 comes (perimeter)

Applications, equipment and services of both years are matched by code or name: a name that changes is a
departure and an arrival. Each step is read from the one before, so an order is a convention: this one shows
first what the past would have been with today's rules, then what really changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from factors import Catalogue
from footprint.assessment.comparing import contrast, differences, selected
from footprint.assessment.engine import assess
from footprint.assessment.inputs import prepare
from footprint.sheets import Amount

SUBJECT = ("subject_kind", "subject")
EFFECTS = {
    "published": "method",
    "factors": "factor",
    "settings": "method",
    "left": "perimeter",
    "ages": "activity",
    "quantities": "activity",
    "energy": "activity",
    "entered": "perimeter",
}
"""Step -> effect, in the order of the steps."""
MATCHED = {"applications": "code", "assets": "name", "services": "name"}
"""Frame -> the column that says the same thing is there both years."""


@dataclass(frozen=True)
class Year:
    """What the engine needs for a year.

    `frames` are those of `store.frames.inventory_frames`, `runs` that of `run_frame`. `measured` and
    `settings` go to `prepare` as they are: the first is data of the year (hours of energy, profiles), the
    second choices of method.
    """

    year: int
    zone: str
    frames: Mapping[str, pa.Table]
    runs: pa.Table
    catalogue: Catalogue
    measured: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def lines(self, indicator: str) -> pa.Table:
        """The impact lines of one indicator."""
        inputs = prepare(
            dict(self.frames),
            self.runs,
            self.catalogue,
            self.year,
            self.zone,
            **self.measured,
            **self.settings,
        )
        return selected(assess(inputs).lines, indicator=indicator)


@dataclass(frozen=True, slots=True)
class Effect:
    """One step: its effect (factor, method, perimeter or activity) and what it adds, with its 90 % interval."""

    step: str
    effect: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Split:
    """The change from `first` to `last`, in the unit of the indicator; the effects sum to `change`.

    `by_subject` has a row for each subject (application, reason of non affecté, post) and step it moves:
    subject_kind, subject, step, effect, amount. `changes` has the whole change of each subject with its
    interval (`differences`: a is year 1, b year 0).
    """

    first: int
    last: int
    indicator: str
    before: Amount
    after: Amount
    change: Amount
    effects: tuple[Effect, ...]
    by_subject: pa.Table
    changes: pa.Table

    def sums(self) -> dict[str, float]:
        """Effect -> what it adds in all."""
        found: dict[str, float] = {}
        for step in self.effects:
            found[step.effect] = found.get(step.effect, 0.0) + step.amount.value
        return found

    def of(self, application: str) -> dict[str, float]:
        """Step -> what it adds to one application."""
        rows = self.by_subject.to_pylist()
        mine = [r for r in rows if (r["subject_kind"], r["subject"]) == ("application", application)]
        return {row["step"]: row["amount"] for row in mine}


def split(before: Year, after: Year, indicator: str = "gwp", published: pa.Table | None = None) -> Split:
    """The change from a year to another, by effect, subject and step.

    `published`: the lines that were shown for the first year, when they may come from older factors or code;
    without them the first year starts from its own ingredients.
    """
    states: list[tuple[str, pa.Table]] = []
    if published is not None:
        states.append(("", selected(published, indicator=indicator)))
    same = _same_keys(before.catalogue, after.catalogue)
    known: tuple[Year, pa.Table] | None = None
    for step, year in _states(before, after):
        if known is None or known[0] is not year:  # a step that changes nothing costs nothing
            known = year, _renamed(year.lines(indicator), same)
        states.append((step or ("published" if published is not None else ""), known[1]))
    pairs = [(step, lines, states[i][1]) for i, (step, lines) in enumerate(states[1:])]
    first, last = states[0][1], states[-1][1]
    whole = differences(last, first).to_pylist()[0]
    return Split(
        before.year,
        after.year,
        indicator,
        _total(first, indicator),
        _total(last, indicator),
        _amount(whole, indicator),
        tuple(
            Effect(step, EFFECTS[step], _amount(differences(new, old).to_pylist()[0], indicator))
            for step, new, old in pairs
        ),
        _by_subject(pairs),
        differences(last, first, SUBJECT).sort_by([(name, "ascending") for name in SUBJECT]),
    )


def _states(before: Year, after: Year) -> Iterator[tuple[str, Year]]:
    """The years in between, each named by the step that leads to it; the first is `before`, the last `after`."""
    gone, new = _absent(before, after), _absent(after, before)
    state = before
    yield "", state
    if after.catalogue is not state.catalogue:
        state = replace(state, catalogue=after.catalogue)
    yield "factors", state
    if (after.settings, after.zone) != (state.settings, state.zone):
        state = replace(state, settings=after.settings, zone=after.zone)
    yield "settings", state
    state = _without(state, gone)
    yield "left", state
    if after.year != state.year:
        state = replace(state, year=after.year, frames=_moved(state.frames, after.year - state.year))
    yield "ages", state
    frames = _with_quantities(state.frames, after.frames)
    if not frames["assets"].equals(state.frames["assets"]):
        state = replace(state, frames=frames)
    yield "quantities", state
    yield "energy", _without(after, new)
    yield "entered", after


def _absent(year: Year, other: Year) -> dict[str, pa.Array]:
    """Codes and names of `year` that `other` has not, by frame."""
    found = {}
    for name, column in MATCHED.items():
        if name in year.frames:
            mine = pc.unique(year.frames[name][column])
            theirs = other.frames[name][column] if name in other.frames else pa.array([], pa.string())
            found[name] = mine.filter(pc.invert(pc.is_in(mine, pc.unique(theirs))))
    return found


def _without(year: Year, absent: Mapping[str, pa.Array]) -> Year:
    """The year without these applications, assets and services, and without what names them."""
    if not any(len(names) for names in absent.values()):
        return year
    none = pa.array([], pa.string())
    applications, assets = absent.get("applications", none), absent.get("assets", none)
    naming = {"application": applications, "platform": applications, "asset": assets}
    frames = {}
    for name, frame in year.frames.items():
        kept = _dropped(frame, MATCHED[name], absent[name]) if name in absent else frame
        for column, names in naming.items():
            kept = _dropped(kept, column, names)
        frames[name] = kept
    runs = year.runs
    for column, names in naming.items():
        runs = _dropped(runs, column, names)
    left = pc.unique(runs["run_id"])
    measured = {
        name: value.filter(pc.is_in(value["run_id"], left))
        if isinstance(value, pa.Table) and "run_id" in value.column_names
        else value
        for name, value in year.measured.items()
    }
    return replace(year, frames=frames, runs=runs, measured=measured)


def _dropped(frame: pa.Table, column: str, names: pa.Array) -> pa.Table:
    if column not in frame.column_names or not len(names):
        return frame
    named = pc.fill_null(pc.is_in(frame[column], names), False)
    return frame.filter(pc.invert(named))


def _moved(frames: Mapping[str, pa.Table], years: int) -> Mapping[str, pa.Table]:
    """The same frames with the monthly readings of sites moved by so many years: growing old reads no meter."""
    readings = frames.get("readings")
    if readings is None or not readings.num_rows:
        return frames
    months = pc.unique(readings["month"])
    then = pa.array([month.replace(year=month.year + years) for month in months.to_pylist()], pa.date32())
    moved = then.take(pc.index_in(readings["month"], months).combine_chunks())
    place = readings.schema.get_field_index("month")
    return {**frames, "readings": readings.set_column(place, "month", moved)}


def _with_quantities(frames: Mapping[str, pa.Table], after: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The same frames with the quantities of the other year, where it has the asset."""
    assets, theirs = frames["assets"], after["assets"]
    place = pc.index_in(assets["name"], theirs["name"].combine_chunks())
    quantity = pc.coalesce(theirs["quantity"].take(place), assets["quantity"])
    column = assets.schema.get_field_index("quantity")
    return {**frames, "assets": assets.set_column(column, "quantity", quantity)}


def _same_keys(before: Catalogue, after: Catalogue) -> dict[str, str]:
    """Advised row of year 1 -> that of year 0 for the same key, where they differ."""
    old = {factor.key: factor.id for factor in before.factors if factor.default}
    found = {factor.id: old.get(factor.key, factor.id) for factor in after.factors if factor.default}
    return {new: known for new, known in found.items() if new != known}


def _renamed(lines: pa.Table, same: Mapping[str, str]) -> pa.Table:
    """Lines whose declared activities bear the name they had with the first catalogue.

    The energies declared in a pool are one activity a factor ("declare:pool|factor"): another row of the
    catalogue for the same electricity leaves the energies, hence the draw, the same.
    """
    if not same:
        return lines
    names = pc.unique(lines["activity_id"]).to_pylist()
    now = [_first_name(name, same) for name in names]
    place = pc.index_in(lines["activity_id"], pa.array(names, pa.string()))
    column = lines.schema.get_field_index("activity_id")
    return lines.set_column(column, "activity_id", pa.array(now, pa.string()).take(place.combine_chunks()))


def _first_name(name: str | None, same: Mapping[str, str]) -> str | None:
    stem, mark, factor = (name or "").rpartition("|")
    return stem + mark + same.get(factor, factor) if mark else name


def _by_subject(pairs: list[tuple[str, pa.Table, pa.Table]]) -> pa.Table:
    tables = []
    for step, new, old in pairs:
        moved = contrast(new, old, SUBJECT)
        said = {"step": [step] * moved.num_rows, "effect": [EFFECTS[step]] * moved.num_rows}
        columns = {name: pa.array(values, pa.string()) for name, values in said.items()}
        named = {name: moved[name] for name in SUBJECT}
        tables.append(pa.table({**named, **columns, "amount": moved["difference"]}))
    return pa.concat_tables(tables).sort_by([(name, "ascending") for name in SUBJECT])


UNITS = {"gwp": "kgCO2e", "adpe": "kgSbeq", "pe": "MJ", "water": "L"}


def _amount(row: Mapping[str, float], indicator: str) -> Amount:
    unit = UNITS.get(indicator, "")
    return Amount(row["difference"], row["low"], row["high"], row["p90"], unit)


def _total(lines: pa.Table, indicator: str) -> Amount:
    """A total with its interval: its difference with nothing."""
    return _amount(differences(lines, lines.slice(0, 0)).to_pylist()[0], indicator)
