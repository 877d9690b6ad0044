"""What reading a source gives: measures, and located faults. Nothing here raises for what a file holds.

Errors of pulling, under collectors.CollectorError:

    SourceError               the source as a whole can't be used
    ├── SourceUnreadable      a file that can't be opened, decoded, or has none of the columns expected
    ├── SourceUnreachable     a server that doesn't answer, or not in time
    ├── SourceRefused         a server that says no (rights, query), or an address that isn't safe to call
    └── BadOption             an option whose value makes no sense
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from collectors.records import CollectorError, EnergyRow, Notice, Tier

KWH_J = 3.6e6
HOUR_S = 3600.0
LONGEST_VALUE = 80

BOUNDS: dict[Tier, tuple[float, float]] = {
    "meter": (0.98, 1.02),
    "sensor": (0.9, 1.1),
    "model": (0.76, 1.54),
    "declared": (0.8, 1.2),
    "generic": (0.5, 1.5),
}
"""Multipliers of the 90 % interval by tier (M7): the project's own rule, the same as the catalogue's."""


class SourceError(CollectorError):
    """The source as a whole can't be used."""


class SourceUnreadable(SourceError):
    """A file that can't be opened, decoded, or lacks the columns expected."""


class SourceUnreachable(SourceError):
    """A server that doesn't answer, or not in time."""


class SourceRefused(SourceError):
    """A server that says no, or an address that isn't safe to call."""


class BadOption(SourceError):
    """An option whose value makes no sense."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One row or value set aside. `line` counts from 1 as an editor does; None: the whole file or server.

    `code` is stable; `value` is what was read, cut short; `fr` and `en` say what to do.
    """

    file: str
    line: int | None
    column: str
    value: str
    code: str
    fr: str
    en: str


@dataclass(frozen=True, slots=True)
class Slice:
    """Energy of an interval: `start`, `end` UTC epoch seconds, `observed_s` of it really seen.

    `rows`: energy of this interval alone (not cumulative), disjoint: they add up.
    """

    start: float
    end: float
    observed_s: float
    rows: tuple[EnergyRow, ...]

    @property
    def kwh(self) -> float:
        """Energy of the interval in kWh."""
        return sum(row.kwh for row in self.rows)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a source measured of one subject ("run", "host", "service" or "site").

    `source`: short name of the collector; `identity`: what makes this measure itself, the same at each
    reading; `name`: how the source calls it, shown and used to find the application, never stored;
    `slices`: in time order, disjoint; `context`: fields of the spool's context; `said`: figures of the
    source shown beside ours, never used.
    """

    source: str
    subject: str
    identity: tuple[str, ...]
    name: str
    slices: tuple[Slice, ...]
    zone: str | None = None
    application: str | None = None
    model: str | None = None
    asset: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    said: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def start(self) -> float:
        """UTC epoch seconds."""
        return self.slices[0].start

    @property
    def end(self) -> float:
        """UTC epoch seconds."""
        return self.slices[-1].end

    @property
    def coverage(self) -> float:
        """Part of the span from `start` to `end` that was observed, 0 to 1."""
        span = self.end - self.start
        return min(1.0, sum(part.observed_s for part in self.slices) / span) if span > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """Everything read from a source: good measures, and what was set aside; `notices`: of the reading, said
    and never stored."""

    measures: tuple[Measure, ...] = ()
    faults: tuple[Fault, ...] = ()
    notices: tuple[Notice, ...] = ()


def joined(parts: Sequence[Found]) -> Found:
    """Several readings as one; a measure met twice (same identity) is kept once, the first."""
    measures: dict[tuple[str, ...], Measure] = {}
    for part in parts:
        for measure in part.measures:
            measures.setdefault((measure.source, *measure.identity), measure)
    notices = dict.fromkeys(notice for part in parts for notice in part.notices)
    faults = tuple(fault for part in parts for fault in part.faults)
    return Found(tuple(measures.values()), faults, tuple(notices))


def followed(parts: Sequence[Found]) -> Found:
    """Readings of the same source one after the other in time: the slices of each measure put end to end.

    A notice is kept once by code, the first time it was said.
    """
    measures: dict[tuple[str, ...], Measure] = {}
    for measure in (measure for part in parts for measure in part.measures):
        key = (measure.source, *measure.identity)
        before = measures.get(key)
        if before is not None:
            codes = {notice.code for notice in before.notices}
            more = tuple(notice for notice in measure.notices if notice.code not in codes)
            slices, notices = (*before.slices, *measure.slices), (*before.notices, *more)
            measure = replace(before, slices=slices, notices=notices)
        measures[key] = measure
    return Found(tuple(measures.values()), tuple(fault for part in parts for fault in part.faults))


def energy_row(channel: str, tier: Tier, component: str, kwh: float) -> EnergyRow:
    """A row with the interval of its tier (M7)."""
    low, high = BOUNDS[tier]
    return EnergyRow(channel, tier, component, kwh, kwh * low, kwh * high)


def cut(value: object) -> str:
    """A value as shown: short, on one line, without what a terminal would obey."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def hours(start: float, end: float) -> Iterator[tuple[float, float, float]]:
    """The UTC hours an interval crosses: (start, end, part of the interval), the parts adding up to 1."""
    if end <= start:
        return
    at = start
    while at < end:
        stop = min(end, (at // HOUR_S + 1) * HOUR_S)
        yield at, stop, (stop - at) / (end - start)
        at = stop


def by_hour(slices: Iterable[Slice]) -> Iterator[Slice]:
    """Slices in time order, those that follow each other within a UTC hour put together."""
    held: Slice | None = None
    for part in slices:
        if held is not None and held.end == part.start and part.end <= (held.start // HOUR_S + 1) * HOUR_S:
            rows = {row[:3]: row for row in held.rows}
            for row in part.rows:
                before = rows.get(row[:3])
                rows[row[:3]] = row if before is None else _sum(before, row)
            observed = held.observed_s + part.observed_s
            held = Slice(held.start, part.end, observed, tuple(rows.values()))
        else:
            if held is not None:
                yield held
            held = part
    if held is not None:
        yield held


def _sum(a: EnergyRow, b: EnergyRow) -> EnergyRow:
    return a._replace(kwh=a.kwh + b.kwh, low_kwh=a.low_kwh + b.low_kwh, high_kwh=a.high_kwh + b.high_kwh)


def read_file(path: Path, largest: int) -> bytes:
    """The bytes of a file of at most `largest` bytes. Raises SourceUnreadable."""
    name = cut(path.name or path)  # "." has no name
    try:
        if path.stat().st_size > largest:
            raise SourceUnreadable(
                f"{name} : plus de {largest // 1_000_000} Mo. Découpez le fichier par période.",
                f"{name}: more than {largest // 1_000_000} MB. Split the file by period.",
            )
        return path.read_bytes()
    except OSError as error:
        fr, en = next((said for kind, said in _WHY.items() if isinstance(error, kind)), _NOT_READ)
        raise SourceUnreadable(f"{name} : {fr}", f"{name}: {en}") from None


_WHY = {
    FileNotFoundError: ("fichier introuvable. Vérifiez le chemin.", "no such file. Check the path."),
    IsADirectoryError: ("c’est un dossier. Donnez un fichier.", "this is a folder. Give a file."),
    PermissionError: ("lecture interdite. Vérifiez ses droits.", "reading it is forbidden. Check its rights."),
}  # fmt: skip
_NOT_READ = (
    "lecture impossible. Vérifiez le chemin et le disque.",
    "it can’t be read. Check the path and the disk.",
)
