"""What was measured elsewhere, put in the spool: a record a run; a record a month for machines and sites.

Reading the same thing again adds nothing. A run is known by its own identity; for a machine or a site, what
an earlier reading already covers is left out, so that two readings that overlap never count twice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from math import isclose
from pathlib import Path
from typing import Any

from collectors.pulls.found import HOUR_S, Fault, Found, Measure, Slice, hours
from collectors.records import EnergyRow, Notice
from footprint.home import spool_dir
from footprint.records.deposits import Deposit, deposit, imported_id, other_application, other_values, stored
from footprint.texts import say

_TO_THE_HOUR_S = 1e-3
"""An interval that ends on the hour belongs to the hour before it: its sample is dated just before."""
_SAME = 1e-5
"""Relative difference under which two energies are the same one, rounded: less than an hour of a year."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What whoever collects says of the measures. `application`: code for all of them; `applications`: the
    source's own names -> codes; `phase`, `model`, `zone`: when the source does not tell."""

    application: str | None = None
    applications: Mapping[str, str] | None = None
    phase: str | None = None
    model: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A measure and what became of it: ids `written` now; `known`: whether all of it was already there;
    `application`: of the record kept; `differs`: what is kept has other values, `notices` say which."""

    measure: Measure
    application: str | None
    written: tuple[str, ...]
    known: bool
    kwh: float
    low_kwh: float
    high_kwh: float
    notices: tuple[Notice, ...]
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Collected:
    """The result of a collection: each measure, what was set aside, and what is to be known of the reading."""

    kept: tuple[Kept, ...]
    faults: tuple[Fault, ...]
    notices: tuple[Notice, ...] = ()

    @property
    def written(self) -> int:
        """Number of records written."""
        return sum(len(each.written) for each in self.kept)


def collect(
    home: Path | None,
    found: Found,
    chosen: Chosen,
    progress: Callable[[float, float], None] | None = None,
) -> Collected:
    """Put what was found in the spool. Raises OSError when it can't be written."""
    kept = []
    for number, measure in enumerate(found.measures, 1):
        told = replace(
            measure,
            application=measure.application or _application(measure, chosen),
            model=measure.model or chosen.model,
            zone=measure.zone or chosen.zone,
        )
        kept.append(_continuous(home, told) if told.subject != "run" else _run(home, told, chosen.phase))
        if progress is not None:
            progress(number, len(found.measures))
    return Collected(tuple(kept), found.faults, found.notices)


def _application(measure: Measure, chosen: Chosen) -> str | None:
    """The code of a run: by the source's name for it (a job's too), else the one for all."""
    if measure.subject != "run":
        return None
    known = chosen.applications or {}
    return known.get(measure.name) or known.get(str(measure.said.get("job", ""))) or chosen.application


def _run(home: Path | None, measure: Measure, phase: str | None) -> Kept:
    """One record, whatever its length: a run counts wholly."""
    run_id = imported_id(measure.source, *measure.identity)
    new = deposit(home, _record(run_id, measure, measure.slices, phase))
    kept = _kept(measure, (run_id,) if new else (), measure.slices)
    before = None if new else stored(home, run_id)
    if before is None:
        return kept
    differs = not isclose(before.kwh, kept.kwh, rel_tol=_SAME)
    notices = [other_values(before, before.kwh, kept.kwh)] if differs else []
    if before.application != measure.application and (measure.application or not before.application):
        notices.append(other_application(before, measure.application))
    return replace(kept, application=before.application, notices=(*kept.notices, *notices), differs=differs)


def _continuous(home: Path | None, measure: Measure) -> Kept:
    """Records by month (UTC) of what no earlier reading covers; a record's id ends with its span."""
    base = imported_id(measure.source, measure.subject, *measure.identity)
    covered = sorted(_covered(home, base))
    new = [piece for part in measure.slices for piece in _uncovered(part, covered)]
    written = []
    for parts in _unbroken(new):
        run_id = f"{base}-{int(parts[0].start):08x}-{int(parts[-1].end):08x}"
        if deposit(home, _record(run_id, measure, parts, measure.subject)):
            written.append(run_id)
    kept = _kept(measure, tuple(written), new or measure.slices)
    notices = tuple(_corrections(home, base, measure, covered))
    return replace(kept, notices=(*kept.notices, *notices), differs=bool(notices))


def _corrections(
    home: Path | None, base: str, measure: Measure, covered: Sequence[tuple[int, int]]
) -> Iterator[Notice]:
    """Records kept whose hours a meter now gives other values for. An exporter's windows cut its samples
    elsewhere at each reading: its small differences say nothing."""
    if any(row.tier != "meter" for part in measure.slices for row in part.rows):
        return
    ends = [part.end for part in measure.slices]
    for start, end in covered:
        if start >= measure.end or end <= measure.start:
            continue
        before = stored(home, f"{base}-{start:08x}-{end:08x}")
        kept = read = 0.0
        for span_start, span_end, kwh in before.spans if before else ():
            again = _within(measure.slices, ends, span_start, span_end)
            if again is not None:
                kept, read = kept + kwh, read + again
        if before is not None and not isclose(kept, read, rel_tol=_SAME):
            yield other_values(before, kept, read, meter=True)


def _within(slices: Sequence[Slice], ends: Sequence[float], start: float, end: float) -> float | None:
    """kWh of an interval, in proportion of time; None when the slices do not cover it all (to the second)."""
    kwh = seen = 0.0
    for part in islice(slices, bisect_right(ends, start), None):
        if part.start >= end:
            break
        common = min(end, part.end) - max(start, part.start)
        kwh, seen = kwh + part.kwh * common / (part.end - part.start), seen + common
    return kwh if seen >= end - start - 1 else None


def _kept(measure: Measure, written: tuple[str, ...], slices: Sequence[Slice]) -> Kept:
    rows = [row for part in slices for row in part.rows]
    sums = (sum(row.kwh for row in rows), sum(row.low_kwh for row in rows), sum(row.high_kwh for row in rows))
    return Kept(measure, measure.application, written, not written, *sums, measure.notices)


def _covered(home: Path | None, base: str) -> Iterator[tuple[int, int]]:
    """The spans earlier readings of this machine or site cover, told by the names of their records."""
    for path in spool_dir(home).glob(f"{base}-*"):
        parts = path.name.split(".")[0].removeprefix(f"{base}-").split("-")
        if len(parts) == 2 and all(len(part) == 8 for part in parts):
            yield int(parts[0], 16), int(parts[1], 16)


def _uncovered(part: Slice, covered: Sequence[tuple[int, int]]) -> Iterator[Slice]:
    """What no earlier reading covers of an interval, its energy in proportion of time (to the second)."""
    at = part.start
    for start, end in covered:
        if end <= at + 1 or start >= part.end - 1:
            continue
        if start > at + 1:
            yield _piece(part, at, float(start))
        at = max(at, float(end))
    if at == part.start:
        yield part
    elif at < part.end - 1:
        yield _piece(part, at, part.end)


def _unbroken(slices: Sequence[Slice]) -> Iterator[list[Slice]]:
    """Slices cut at months and at holes: a record's name tells its span, which must hold what was observed
    and nothing else, for a later reading to fill the holes."""
    group: list[Slice] = []
    for piece in (piece for part in slices for piece in _at_months(part)):
        if group and (piece.start > group[-1].end + 1 or _month(group[-1].start) != _month(piece.start)):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _month(t: float) -> tuple[int, int]:
    at = datetime.fromtimestamp(t, UTC)
    return at.year, at.month


def _at_months(part: Slice) -> Iterator[Slice]:
    """An interval cut where a month ends (UTC), its energy in proportion of time."""
    start = part.start
    while start < part.end:
        year, month = _month(start)
        stop = min(part.end, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp())
        yield _piece(part, start, stop)
        start = stop


def _piece(part: Slice, start: float, stop: float) -> Slice:
    share = (stop - start) / (part.end - part.start)
    rows = tuple(
        row._replace(kwh=row.kwh * share, low_kwh=row.low_kwh * share, high_kwh=row.high_kwh * share)
        for row in part.rows
    )
    return Slice(start, stop, part.observed_s * share, rows)


def _record(run_id: str, measure: Measure, slices: Sequence[Slice], phase: str | None) -> Deposit:
    header = {
        "subject": measure.subject,
        "application": measure.application,
        "model": measure.model,
        "phase": phase,
        "zone": measure.zone,
        "asset": measure.asset,
        "source": measure.source,
        "start": slices[0].start,
    }
    return Deposit(
        run_id=run_id,
        header={name: value for name, value in header.items() if value is not None},
        samples=tuple(_samples(slices)),
        context=measure.context,
        warnings=measure.notices,
    )


def _samples(slices: Sequence[Slice]) -> Iterator[dict[str, Any]]:
    """Cumulative samples, one an hour at most, of what was observed; intervals longer are spread evenly."""
    totals: dict[tuple[str, str, str], list[float]] = {}
    seconds = 0.0
    pending: tuple[float, float] | None = None
    for part in slices:
        for _begin, stop, share in hours(part.start, part.end):
            hour = _hour(stop)
            if pending is not None and hour != _hour(pending[0]):
                yield _sample(*pending, totals)
            seconds += part.observed_s * share
            for row in part.rows:
                _add(totals, row, share)
            pending = (stop, seconds)
    if pending is not None:
        yield _sample(*pending, totals)


def _hour(stop: float) -> float:
    """Number of the hour an interval that ends then belongs to."""
    return (stop - _TO_THE_HOUR_S) // HOUR_S


def _add(totals: dict[tuple[str, str, str], list[float]], row: EnergyRow, share: float) -> None:
    sums = totals.setdefault((row.channel, row.tier, row.component), [0.0, 0.0, 0.0])
    for i, value in enumerate((row.kwh, row.low_kwh, row.high_kwh)):
        sums[i] += value * share


def _sample(
    stop: float, seconds: float, totals: Mapping[tuple[str, str, str], list[float]]
) -> dict[str, Any]:
    at = stop - _TO_THE_HOUR_S if stop % HOUR_S == 0 else stop
    energy = [[*key, *values] for key, values in sorted(totals.items())]
    return {"t": at, "seconds": seconds, "utilisation": None, "cpu_s": None, "energy": energy}


def where(fault: Fault) -> str:
    """A fault as compilers write theirs: "file:line: column: value: what to do [code]"."""
    line = f":{fault.line}" if fault.line else ""
    column = f" {fault.column} :" if fault.column else ""
    value = f" « {fault.value} » :" if fault.value else ""
    return f"{fault.file}{line}:{column}{value} {say(fault.fr, fault.en)} [{fault.code}]"
