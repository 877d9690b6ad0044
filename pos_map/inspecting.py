"""Look into a file nobody described: what it is, and which of our fields each column seems to be.

inspect       what was found, as data
describe      the same as lines of text, French and English
to_profile    a profile in YAML, ready to be edited

Cells of columns about people are never kept, not even as samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pos_map import sources
from pos_map.cells import plain
from pos_map.choosing import Candidate
from pos_map.columns import TABLES, Table
from pos_map.echoes import echoes, echoing, initials, shortened
from pos_map.grids import Grid, Line, Sheet
from pos_map.headers import Header
from pos_map.likeness import is_personal
from pos_map.persons import shown
from pos_map.proposing import Guess, proposals, rate_header
from pos_map.units import unit_of
from pos_map.values import Cell

PERSONAL_FR, PERSONAL_EN = "donnée personnelle, non lue", "personal data, not read"
_COUNTED_ROWS = 50_000
_SAMPLED_ROWS = 200
_SAMPLES = 3
_LONGEST_SAMPLE = 60


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column: its name, the field it seems to be, other possible fields, three samples.

    `guess` is None when nothing looks like it; `personal` columns have neither guess nor samples.
    """

    name: str
    index: int
    guess: Guess | None
    others: tuple[Guess, ...]
    samples: tuple[str, ...]
    personal: bool = False


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet: the line of its header (0: none found), its rows, its columns, and how it would be read today.

    `rows` counts the filled lines under the header, at least when `rows_exact` is false. `kind` is the table it
    looks like, "" for none; `known` says whether it is read without any profile, `profile` names the shipped one.
    """

    name: str
    hidden: bool
    header_line: int
    rows: int
    rows_exact: bool
    kind: str
    columns: tuple[ColumnView, ...]
    known: bool = False
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file: its name, format ("csv", "xlsx", "ods", "archimate"…), encoding and separator ("" if it has none)."""

    file: str
    format: str
    encoding: str
    separator: str
    sheets: tuple[SheetView, ...]


def inspect(path: Path) -> Inspection:
    """What a file holds and how its columns could be read. Raises Unreadable, OSError."""
    found = sources.opened(path)
    if found.tables:
        views = tuple(_table_view(sheet) for sheet in found.tables)
    else:
        views = tuple(_sheet_view(candidate) for candidate in found.candidates)
    return Inspection(path.name, found.format, found.encoding, found.separator, views)


def _table_view(sheet: Sheet) -> SheetView:
    """A table of a format that is not a spreadsheet: its fields are known for sure."""
    header = sheet.header
    rows = sum(1 for _ in sheet.rows)
    if header is None:
        return SheetView(sheet.name, False, 0, rows, True, "", ())
    columns = tuple(
        ColumnView(name, index, Guess(header.table.kind, column.field, 1.0), (), ())
        for index, (name, column) in enumerate(zip(header.written, header.columns, strict=True))
        if column is not None
    )
    return SheetView(sheet.name, False, header.line, rows, True, header.table.kind, columns, True)


def _sheet_view(candidate: Candidate) -> SheetView:
    grid = candidate.grid
    head = grid.head()
    line, names = _header(head, candidate)
    samples, rows, exact = _sampled(grid, line)
    columns = [[row[index] for row in samples if index < len(row)] for index in range(len(names))]
    cells = [[cell for cell in column if plain(cell)] for column in columns]
    known = echoes(plain(cell) for column in cells for cell in column)
    personal = [
        bool(name) and _is_personal(name, held, known) for name, held in zip(names, cells, strict=True)
    ]
    kind, guesses = proposals(names, cells, personal)
    match = candidate.match
    native = candidate.header if match is None else None
    if native is not None and all(native.columns[at] for at, name in enumerate(native.written) if name):
        # Every column is one of ours: nothing is to be guessed.
        kind, guesses = native.table.kind, _known(native, len(names))
    views = tuple(
        ColumnView(
            name,
            index,
            guesses[index][0] if guesses[index] and guesses[index][0].sure else None,
            tuple(guess for guess in guesses[index] if not guess.sure)[:3],
            (PERSONAL_FR,) if personal[index] else _shown(name, cells[index], known),
            personal[index],
        )
        for index, name in enumerate(names)
        if name
    )
    profile = match.profile.name if match else ""
    return SheetView(grid.name, grid.hidden, line, rows, exact, kind, views, native is not None, profile)


def _known(header: Header, width: int) -> list[list[Guess]]:
    """For each column of a sheet of ours, its field; none for those that are not read."""
    kept = (column if column is None or column.need != "dropped" else None for column in header.columns)
    found = [[Guess(header.table.kind, column.field, 1.0)] if column else [] for column in kept]
    return found + [[] for _ in range(width - len(found))]


def _header(head: Sequence[Line], candidate: Candidate) -> tuple[int, list[str]]:
    """The line of the header and its names: the known one, else the line most like names of columns."""
    wanted = candidate.match.line if candidate.match else candidate.header.line if candidate.header else 0
    best: tuple[float, int, list[str]] = (-1.0, 0, [])
    for line, cells in head:
        names = [" ".join(plain(cell).split()) for cell in cells]
        rate = 1e9 if line == wanted else rate_header(names, cells)
        if rate > best[0]:
            best = (rate, line, names)
    return best[1], best[2]


def _sampled(grid: Grid, header_line: int) -> tuple[list[tuple[Cell, ...]], int, bool]:
    """The first rows under the header, how many there are, and whether all were counted."""
    samples: list[tuple[Cell, ...]] = []
    count = 0
    for line, cells in islice(_safely(grid), _COUNTED_ROWS + header_line):
        if line <= header_line:
            continue
        count += 1
        if len(samples) < _SAMPLED_ROWS:
            samples.append(cells)
    return samples, count, count < _COUNTED_ROWS


def _safely(grid: Grid) -> Iterator[Line]:
    """The lines until one that cannot be read: reading the file for good will report it."""
    try:
        yield from grid.lines
    except sources.Unreadable:
        return


def _is_personal(name: str, cells: Sequence[Cell], known: frozenset[str]) -> bool:
    return is_personal(name, cells) or shortened(name, [plain(cell) for cell in cells], known)


def _shown(name: str, cells: Sequence[Cell], known: frozenset[str]) -> tuple[str, ...]:
    """Three samples, without the names and telephones that may stray into any column."""
    texts = [plain(cell) for cell in cells]
    if initials(name, texts):
        return ()
    distinct = dict.fromkeys(
        text[:_LONGEST_SAMPLE] for text in texts if shown(text) and not echoing(text, known)
    )
    return tuple(islice(distinct, _SAMPLES))


def table_of(kind: str) -> Table | None:
    """The table of a kind, None for ""."""
    return next((table for table in TABLES if table.kind == kind), None)


def describe(inspection: Inspection, english: bool = False) -> list[str]:
    """Lines of text to show in a terminal."""
    separator = {"\t": "tab"}.get(inspection.separator, inspection.separator)
    parts = [inspection.format, inspection.encoding, f"« {separator} »" if separator else ""]
    lines = [f"{inspection.file} : {', '.join(filter(None, parts))}"]
    for sheet in inspection.sheets:
        lines.extend(_described(sheet, english))
    return lines


def _described(sheet: SheetView, english: bool) -> Iterator[str]:
    table = table_of(sheet.kind)
    more = "" if sheet.rows_exact else "+"
    name = f" « {sheet.name} »" if sheet.name else ""
    hidden = (" (hidden)" if english else " (masquée)") if sheet.hidden else ""
    if english:
        kind = table.en if table else "no known table"
        where = f"header on line {sheet.header_line}, " if sheet.header_line else ""
        rows = "row" if sheet.rows == 1 and not more else "rows"
        yield f"Sheet{name}{hidden}: {where}{sheet.rows}{more} {rows}; looks like: {kind}"
    else:
        kind = table.fr if table else "aucune table connue"
        where = f"en-tête en ligne {sheet.header_line}, " if sheet.header_line else ""
        rows = "ligne" if sheet.rows < 2 and not more else "lignes"
        yield f"Feuille{name}{hidden} : {where}{sheet.rows}{more} {rows} ; ressemble à : {kind}"
    if sheet.profile:
        yield f"  {'read through the profile' if english else 'lue par le profil'} « {sheet.profile} »"
    elif sheet.known:
        yield "  read as it is" if english else "  lue telle quelle"
    for column in sheet.columns:
        yield f"  {column.name} -> {_guessed(column, english)}"


def _guessed(column: ColumnView, english: bool) -> str:
    if column.personal:
        return PERSONAL_EN if english else PERSONAL_FR
    held = " | ".join(column.samples)
    shown = f"  [{held}]" if held else ""
    if column.guess is None:
        return ("not read" if english else "non lue") + shown
    guess = column.guess
    others = ", ".join(f"{other.kind}.{other.field}" for other in column.others)
    either = f" ({'or' if english else 'ou'} {others})" if others and guess.confidence < 0.85 else ""
    return f"{guess.kind}.{guess.field} {guess.confidence:.0%}{_unit(guess.field, column.name, english)}{either}{shown}"


def _unit(field: str, name: str, english: bool) -> str:
    """What a proposed profile multiplies a column by, and what is doubtful of its unit."""
    unit = unit_of(field, name)
    times = f"{unit.factor:.6g}"
    by = f" × {times if english else times.replace('.', ',')}" if unit.factor != 1 else ""
    doubt = unit.en if english else unit.fr
    return f"{by} ? ({doubt})" if doubt else by
