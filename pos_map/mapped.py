"""Read a sheet through a profile: find its header, make its rows ours, say what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from pos_map.cells import FieldReader, plain
from pos_map.faults import Fault, Place, proposal
from pos_map.grids import Grid, Line, Lines, Sheet, note
from pos_map.headers import Header, holds, personal_columns
from pos_map.mapping import Names, Origin, Profile, SheetMap, TableMap, Test
from pos_map.persons import told_by_name
from pos_map.spelling import key, near
from pos_map.values import Cell

_LISTED = 20


@dataclass(frozen=True, slots=True)
class Match:
    """A profile that knows a sheet: what it makes of it, the line of the header and its columns.

    `score` counts the columns of the file that it knows; `missing` are those without which it cannot read.
    """

    profile: Profile
    sheet: SheetMap
    line: int
    written: tuple[str, ...]
    score: int
    missing: tuple[Names, ...] = ()

    def index(self, names: Names) -> tuple[int, ...]:
        """The columns of these names that are there, in the order of the names."""
        known = _known(self.written)
        return tuple(known[key(name)] for name in names if key(name) in known)


def find(head: Sequence[Line], name: str, profile: Profile, forced: bool = False) -> Match | None:
    """How a profile reads a sheet, from its first lines; None when its columns are not there.

    `forced`: the profile was asked for, so the nearest header is given with what it misses.
    """
    best: Match | None = None
    for sheet in profile.sheets:
        if sheet.names and key(name) not in map(key, sheet.names):
            continue
        for line, cells in head:
            if profile.header_row and line != profile.header_row:
                continue
            match = _match(profile, sheet, line, cells)
            if match.score and (not match.missing or forced) and (best is None or _rank(match) > _rank(best)):
                best = match
    return best


def _rank(match: Match) -> tuple[int, int, int]:
    return -len(match.missing), match.score, -match.line


def _match(profile: Profile, sheet: SheetMap, line: int, cells: tuple[Cell, ...]) -> Match:
    written = tuple(" ".join(plain(cell).split()) for cell in cells)
    known = _known(written)
    missing = tuple(names for names in sheet.recognise if not any(key(name) in known for name in names))
    wanted = {key(name) for name in _used(sheet)}
    return Match(profile, sheet, line, written, sum(name in wanted for name in known), missing)


def _known(written: tuple[str, ...]) -> dict[str, int]:
    """First column of each name. Leading stars and colours aside, spelling does not matter."""
    known: dict[str, int] = {}
    for index, name in enumerate(written):
        if name:
            known.setdefault(key(name), index)
    return known


def _used(sheet: SheetMap) -> Iterator[str]:
    """Every column a profile knows of a sheet."""
    yield from sheet.ignore
    yield from chain.from_iterable(sheet.recognise)
    for skip in sheet.skips:
        yield from skip.column
    for table in sheet.tables:
        yield from chain.from_iterable(test.column for test in table.when)
    yield from _read(sheet)


def _read(sheet: SheetMap) -> Iterator[str]:
    """The columns that a profile makes our fields of."""
    for table in sheet.tables:
        for origin in table.origins.values():
            yield from chain.from_iterable(origin.columns)


def _persons(match: Match) -> dict[int, str]:
    """The columns about persons, by rank: those the profile does not make a field of ours."""
    read = {key(name) for name in _read(match.sheet)}
    named = enumerate(match.written)
    return {rank: name for rank, name in named if key(name) not in read and told_by_name(name) == "persons"}


def mapped_sheets(grid: Grid, match: Match, file: str) -> list[Sheet]:
    """The tables of a sheet read through a profile; `file` is the name that faults show."""
    place = Place(file, grid.name, match.line)
    found: list[Sheet] = []
    for rank, table in enumerate(match.sheet.tables):
        faults = grid.faults if rank == 0 else []
        if rank == 0:
            faults.extend(_header_faults(match, place))
        found.append(_sheet(grid, match, table, place, faults, first=rank == 0))
    return found


def _sheet(
    grid: Grid, match: Match, table: TableMap, place: Place, faults: list[Fault], first: bool
) -> Sheet:
    origins = {name: origin for name, origin in table.origins.items() if _there(match, origin)}
    missing = [] if match.missing else _missing(match, table, origins, place)
    faults.extend(missing)
    written = {name: _shown(match, table, name, origin) for name, origin in origins.items()}
    if missing or match.missing:
        # Nothing is read: the header is made whole so that the fault is said once.
        required = {
            column.field: column.header for column in table.table.columns if column.need == "required"
        }
        return Sheet(grid.name, Header.of(table.table, {**required, **written}, match.line), (), faults)
    rows = _Rows(grid, match, table, origins, place, faults, first)
    return Sheet(grid.name, Header.of(table.table, written, match.line), Lines(rows.lines), faults)


def _there(match: Match, origin: Origin) -> bool:
    if not origin.columns:
        return bool(origin.constant)
    return bool(origin.constant) or any(match.index(names) for names in origin.columns)


def _shown(match: Match, table: TableMap, name: str, origin: Origin) -> str:
    """The names people see in their file for a field: of the columns present, our header for a constant."""
    names = [match.written[indexes[0]] for part in origin.columns if (indexes := match.index(part))]
    return " + ".join(names) or table.table.by_field()[name].header


class _Rows:
    """The rows of one of our tables, made from those of the sheet at each reading."""

    def __init__(
        self,
        grid: Grid,
        match: Match,
        table: TableMap,
        origins: dict[str, Origin],
        place: Place,
        faults: list[Fault],
        first: bool,
    ) -> None:
        self.grid, self.match, self.faults, self.first = grid, match, faults, first
        self.place = Place(place.file, place.sheet)
        profile = match.profile
        self.readers = [
            FieldReader(
                name,
                origin,
                tuple(match.index(names) for names in origin.columns),
                dict(table.values.get(name, {})),
                profile.decimal,
                profile.dates,
            )
            for name, origin in origins.items()
        ]
        fields = list(origins)
        self.needs = [fields.index(name) for name in table.needs if name in fields]
        self.split = next((rank for rank, reader in enumerate(self.readers) if reader.origin.separator), None)
        self.skips = [(skip, match.index(skip.column)) for skip in match.sheet.skips]
        self.when = [(test, match.index(test.column)) for test in table.when]

    def lines(self) -> Iterator[Line]:
        skipped, persons, held = 0, _persons(self.match) if self.first else {}, set[int]()
        for line, cells in self.grid.lines:
            if line <= self.match.line:
                continue
            if len(held) < len(persons):
                held.update(rank for rank in persons if holds(cells[rank : rank + 1]))
            if any(indexes and _passes(skip, indexes, cells) for skip, indexes in self.skips):
                skipped += 1
                continue
            if not all(_passes(test, indexes, cells) for test, indexes in self.when):
                continue
            for row in self._rows(cells):
                yield line, row
        self._say(skipped)
        header = Place(self.place.file, self.place.sheet, self.match.line)
        for fault in personal_columns([persons[rank] for rank in sorted(held)], header):
            note(self.faults, fault)

    def _rows(self, cells: tuple[Cell, ...]) -> Iterator[tuple[Cell, ...]]:
        row = [
            reader.value(cells) if rank != self.split else None for rank, reader in enumerate(self.readers)
        ]
        if self.split is None:
            if self._whole(row):
                yield tuple(row)
            return
        for piece in self.readers[self.split].pieces(cells) or [None]:
            row[self.split] = piece
            if self._whole(row):
                yield tuple(row)

    def _whole(self, row: list[Cell]) -> bool:
        return all(plain(row[rank]) for rank in self.needs)

    def _say(self, skipped: int) -> None:
        if skipped and self.first:
            note(self.faults, _left_out(self.place, skipped, [skip for skip, _ in self.skips]))
        for reader in self.readers:
            if reader.unmapped:
                note(self.faults, self._unmapped(reader))

    def _unmapped(self, reader: FieldReader) -> Fault:
        column = " + ".join(name for names in reader.origin.columns for name in names[:1])
        listed = _listed(list(reader.unmapped))
        return self.place.fault(
            "unmapped-value",
            "warning",
            f"Le profil « {self.match.profile.name} » ne traduit pas ces valeurs, gardées telles quelles : "
            f"{listed}. Ajoutez-les sous « values » si elles ont un équivalent.",
            f"The profile “{self.match.profile.name}” does not translate these values, kept as they are: "
            f"{listed}. Add them under “values” if they have an equivalent.",
            column,
            listed,
        )


def _passes(test: Test, indexes: tuple[int, ...], cells: tuple[Cell, ...]) -> bool:
    """Whether a row passes a test; a column that is not there counts as blank."""
    written = plain(next((cells[index] for index in indexes if index < len(cells)), None))
    return key(written) in test.words if written else test.blank


def _left_out(place: Place, count: int, skips: Sequence[Test]) -> Fault:
    columns = ", ".join(dict.fromkeys(skip.column[0] for skip in skips))
    return place.fault(
        "skipped-rows",
        "warning",
        f"Lignes laissées de côté, comme le profil le demande : {count} (colonnes : {columns}).",
        f"Rows left out, as the profile asks: {count} (columns: {columns}).",
        columns,
        str(count),
    )


def _header_faults(match: Match, place: Place) -> Iterator[Fault]:
    """Columns the profile does not know, in one warning; those it needs and does not find, each an error."""
    for names in match.missing:
        yield _missing_column(match, place, names)
    used = {key(name) for name in _used(match.sheet)}
    persons = _persons(match).values()
    unknown = [name for name in match.written if name and key(name) not in used and name not in persons]
    if unknown:
        yield place.fault(
            "unknown-column",
            "warning",
            f"Le profil « {match.profile.name} » ne lit pas ces colonnes : {_listed(unknown)}.",
            f"The profile “{match.profile.name}” does not read these columns: {_listed(unknown)}.",
            unknown[0],
            _listed(unknown),
        )


def _missing(match: Match, table: TableMap, origins: dict[str, Origin], place: Place) -> list[Fault]:
    required = {column.field for column in table.table.columns if column.need == "required"}
    lost = [name for name in table.origins if name in required and name not in origins]
    return [_missing_column(match, place, tuple(chain.from_iterable(table.origins[n].columns))) for n in lost]


def _missing_column(match: Match, place: Place, names: Names) -> Fault:
    fr, en = proposal(near(names[0], [name for name in match.written if name]) if names else ())
    shown_fr, shown_en = " » ou « ".join(names), "” or “".join(names)
    return place.fault(
        "missing-column",
        "error",
        f"Le profil « {match.profile.name} » attend la colonne « {shown_fr} », qui manque.{fr}",
        f"The profile “{match.profile.name}” expects the column “{shown_en}”, which is missing.{en}",
        names[0] if names else "",
    )


def _listed(names: Sequence[str]) -> str:
    more = f" (+ {len(names) - _LISTED})" if len(names) > _LISTED else ""
    return ", ".join(name[:80] for name in names[:_LISTED]) + more
