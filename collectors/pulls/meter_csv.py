"""A meter's CSV, whoever made it: power unit (PDU), wattmeter, energy bill of a site; index, energy or power.

Columns are known by their headers, in French or English, with the unit in the header ("Énergie (kWh)"); dates
are ISO or French, in local time; a row that can't be read, or overlaps another, is set aside and said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from collectors.pulls.found import BadOption, Fault, Found, Measure, Slice, by_hour, cut, energy_row
from collectors.pulls.meter_columns import Layout, MeterChoices, layout_of, taken
from collectors.pulls.tabular import (
    Row,
    Table,
    epoch,
    has_time,
    moment,
    number,
    read_table,
    zone_named,
)

_FIRST_YEAR, _LAST_YEAR = 1990, 2100

MOST_KW = {"host": 20.0, "site": 50_000.0}
"""Mean power above which a row is impossible, for a machine and for a site (own rule)."""


class _Reading(NamedTuple):
    """A row read: local start and end as written (end None: one instant), value in kWh or kW."""

    line: int
    start: datetime
    end: datetime | None
    dated: bool
    value: float


def read_meter(path: Path, choices: MeterChoices) -> Found:
    """The energy a meter's file holds. Raises SourceUnreadable or BadOption; rows never raise."""
    table = read_table(path)
    layout = layout_of(table, choices)
    faults: list[Fault] = []
    dates: list[datetime] = []
    readings = [
        item
        for row in taken(table, choices)
        if (item := _read(table, row, layout, faults, dates)) is not None
    ]
    faults += table.broken
    if layout.kind == "index":
        slices = _from_index(table, readings, layout, choices, faults)
    else:
        slices = _from_periods(table, readings, layout, choices, faults, dates)
    if not slices:
        return Found((), tuple(faults))
    measure = Measure(
        source="meter-csv",
        subject=choices.subject,
        # Not the column: the same readings come back under another header.
        identity=(choices.subject, choices.name, *([choices.meter] if choices.meter else [])),
        name=choices.name,
        slices=tuple(by_hour(slices)),
        zone=choices.zone,
        asset=choices.name,
    )
    return Found((measure,), tuple(faults))


def _read(
    table: Table, row: Row, layout: Layout, faults: list[Fault], dates: list[datetime]
) -> _Reading | None:
    """A row, or None and a fault saying which cell is wrong. Its beginning goes to `dates` even when its value
    is wrong: the length of the rows around it must not stretch over it."""
    texts = {name: row.cells.get(name, "") for name in (layout.start, layout.end, layout.value) if name}
    if layout.clock and not has_time(texts[layout.start]):
        texts[layout.start] += " " + row.cells.get(layout.clock, "")
    column = layout.start
    try:
        start = moment(texts[column])
        end = None
        if layout.end:
            column = layout.end
            end = moment(texts[column])
        if not all(_FIRST_YEAR <= at.year <= _LAST_YEAR for at in (start, end or start)):
            raise ValueError(column)
        dates.append(start)
        column = layout.value
        value = number(texts[column], table.delimiter) * layout.factor
    except ValueError:
        date = column != layout.value
        fr = "date attendue : 2026-03-04 09:00 ou 04/03/2026 09:00" if date else "nombre attendu, comme 12,5"
        en = (
            "a date is expected: 2026-03-04 09:00 or 04/03/2026 09:00"
            if date
            else "a number is expected, such as 12.5"
        )
        faults.append(_fault(table, row.line, column, texts[column], "date" if date else "nombre", fr, en))
        return None
    if value < 0:
        faults.append(_fault(table, row.line, column, texts[column], "negatif", "une énergie n’est pas négative",
                             "an energy is not negative"))  # fmt: skip
        return None
    dated = not has_time(texts[layout.start]) and not (layout.end and has_time(texts[layout.end]))
    return _Reading(row.line, start, end, dated, value)


def _fault(table: Table, line: int, column: str, value: str, code: str, fr: str, en: str) -> Fault:
    return Fault(table.file, line, table.headers.get(column, column), cut(value), code, fr, en)


def _instants(
    table: Table,
    readings: list[_Reading],
    moments: list[datetime],
    choices: MeterChoices,
    faults: list[Fault],
) -> list[float | None]:
    """UTC instants of local moments, in the order of the file; None and a fault for an hour that never was."""
    zone = zone_named(choices.timezone)
    forward = len(moments) < 2 or moments[0].replace(tzinfo=None) <= moments[-1].replace(tzinfo=None)
    made: list[float | None] = [None] * len(moments)
    after: float | None = None
    for i in range(len(moments)) if forward else reversed(range(len(moments))):
        try:
            after = made[i] = epoch(moments[i], zone, after)
        except (ValueError, OverflowError, OSError):
            faults.append(_fault(table, readings[i].line, "", str(moments[i]), "heure_inexistante",
                                 "cette heure n’existe pas (passage à l’heure d’été) ; vérifiez --timezone",
                                 "this hour does not exist (daylight saving); check --timezone"))  # fmt: skip
    return made


def _from_periods(
    table: Table,
    readings: list[_Reading],
    layout: Layout,
    choices: MeterChoices,
    faults: list[Fault],
    dates: list[datetime],
) -> list[Slice]:
    """Slices of rows that hold an energy, or a mean power over their period."""
    starts = _instants(table, readings, [r.start for r in readings], choices, faults)
    length = _length(readings, choices, dates)
    if isinstance(length, list):
        ends = _instants(table, readings, length, choices, faults)
        ends = _through_autumn(starts, ends, zone_named(choices.timezone))
    else:
        ends = [start + length if start is not None else None for start in starts]
    whole = []
    for reading, start, end in zip(readings, starts, ends, strict=True):
        if start is None or end is None:
            continue
        if choices.stamp == "end" and reading.end is None:
            start, end = start - (end - start), start
        if end <= start:
            faults.append(_fault(table, reading.line, layout.end or "", "", "duree",
                                 "la fin doit venir après le début", "the end must come after the start"))  # fmt: skip
            continue
        kwh = reading.value * ((end - start) / 3600 if layout.kind == "power" else 1.0)
        whole.append((start, end, kwh, reading))
    return _disjoint(table, whole, choices, faults)


def _length(readings: list[_Reading], choices: MeterChoices, dates: list[datetime]) -> list[datetime] | float:
    """The end of each row as local time, or the length of all in seconds. Raises BadOption when unknown."""
    if all(reading.end is not None for reading in readings):
        step = timedelta(days=1) if _inclusive(readings) else timedelta(0)
        return [(reading.end or reading.start) + step for reading in readings]
    starts = [reading.start for reading in readings]
    if choices.period_s:
        return choices.period_s
    naive = sorted({start.replace(tzinfo=None) for start in dates})
    if len(naive) < 2:
        raise BadOption(
            "Une seule ligne avec un seul instant : donnez sa durée par --period (en minutes).",
            "A single row with a single instant: give its length with --period (in minutes).",
        )
    dated = all(reading.dated for reading in readings)
    if dated and all(start.day == 1 for start in naive):
        return [_next_month(start) for start in starts]
    gaps = Counter(after - before for before, after in pairwise(naive))
    usual = min(gap for gap, count in gaps.items() if count == max(gaps.values()))
    # Days are local: one in spring has 23 hours, one in autumn 25.
    return [start + usual for start in starts] if dated else usual.total_seconds()


def _through_autumn(starts: list[float | None], ends: list[float | None], zone: tzinfo) -> list[float | None]:
    """In autumn "02:00 to 03:00" comes twice: the first one ends where the second begins."""
    begun = set(starts)

    def mended(start: float | None, end: float | None) -> float | None:
        if start is None or end is None or end - 3600.0 not in begun or end - 3600.0 <= start:
            return end
        shift = [datetime.fromtimestamp(t, zone).utcoffset() for t in (start, end)]
        return end - 3600.0 if shift[0] != shift[1] else end

    return [mended(start, end) for start, end in zip(starts, ends, strict=True)]


def _inclusive(readings: list[_Reading]) -> bool:
    """Whether "from 01/01 to 31/01" takes in the last day: dates alone, and months or next rows say so."""
    if not all(reading.dated for reading in readings):
        return False
    starts = {reading.start for reading in readings}
    ends = [reading.end for reading in readings if reading.end is not None]
    if any(end in starts for end in ends):
        return any(reading.start == reading.end for reading in readings)
    day = timedelta(days=1)
    return any(end + day in starts or (end + day).day == 1 for end in ends)


def _next_month(at: datetime) -> datetime:
    return at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)


def _disjoint(
    table: Table,
    whole: list[tuple[float, float, float, _Reading]],
    choices: MeterChoices,
    faults: list[Fault],
) -> list[Slice]:
    """Slices in time order; a row that overlaps one before it, or is impossible, is set aside."""
    made: list[Slice] = []
    holder = 0
    for start, end, kwh, reading in sorted(whole, key=lambda item: (item[0], item[1], item[3].line)):
        line = reading.line
        if made and start < made[-1].end:
            faults.append(_fault(table, line, "", f"{reading.start}", "chevauchement",
                                 f"chevauche la ligne {holder} : cette énergie serait comptée deux fois. "
                                 "Plusieurs compteurs : --where COLONNE=VALEUR",
                                 f"overlaps line {holder}: this energy would count twice. "
                                 "Several meters: --where COLUMN=VALUE"))  # fmt: skip
            continue
        if kwh > MOST_KW[choices.subject] * (end - start) / 3600:
            most = MOST_KW[choices.subject]
            faults.append(_fault(table, line, "", f"{kwh:.6g} kWh", "impossible",
                                 f"plus de {most:g} kW en moyenne : vérifiez l’unité",
                                 f"above {most:g} kW on average: check the unit"))  # fmt: skip
            continue
        made.append(Slice(start, end, end - start, (energy_row("meter", "meter", "total", kwh),)))
        holder = line
    return made


def _from_index(
    table: Table, readings: list[_Reading], layout: Layout, choices: MeterChoices, faults: list[Fault]
) -> list[Slice]:
    """Slices between the readings of an index. A lower one is another meter, or one put back to zero: what
    it counted meanwhile is unknown, and left out."""
    moments = [reading.end or reading.start for reading in readings]
    instants = _instants(table, readings, moments, choices, faults)
    known = sorted((t, r.line, r.value, r) for t, r in zip(instants, readings, strict=True) if t is not None)
    mixed = _mixed(known)
    if mixed is not None:
        faults.append(_fault(table, mixed.line, layout.value, f"{mixed.value:g}", "compteurs_meles",
                             "l’index baisse puis revient, ou vaut deux choses au même instant : plusieurs compteurs "
                             "mêlés (ou un relevé faux). Choisissez-en un : --where COLONNE=VALEUR, ou --column",
                             "the index falls then comes back, or has two values at one instant: several meters "
                             "mixed (or a wrong reading). Choose one: --where COLUMN=VALUE, or --column"))  # fmt: skip
        return []
    whole = []
    for (start, _, before, _r), (end, line, after, reading) in pairwise(known):
        if after < before:
            faults.append(_fault(table, line, layout.value, f"{after:g} < {before:g}", "index_en_baisse",
                                 "index en baisse (compteur changé ou remis à zéro) : intervalle laissé inconnu",
                                 "lower index (meter changed or reset): the interval is left unknown"))  # fmt: skip
        elif end > start:
            whole.append((start, end, after - before, reading))
    return _disjoint(table, whole, choices, faults)


def _mixed(known: Sequence[tuple[float, int, float, _Reading]]) -> _Reading | None:
    """The reading that shows several meters under one index; None when one meter may have given all.

    A meter put back to zero climbs step by step; when one step makes up a quarter of the fall (own rule), and
    the former index is reached again, it is another meter's.
    """
    top = low = leap = 0.0  # the index a fall came from, and went to; the largest step since
    for (start, _, before, _r), (end, _line, after, reading) in pairwise(known):
        if end == start and after != before:
            return reading
        if after < before:
            top, low, leap = before, after, 0.0
        leap = max(leap, after - before)
        if before < top <= after and leap > (top - low) / 4:
            return reading
    return None
