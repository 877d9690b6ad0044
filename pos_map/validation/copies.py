"""The sheets of the files that were read, with where their faulty cells stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pos_map import sources
from pos_map.cells import DATES, NUMBERS, plain
from pos_map.choosing import Candidate
from pos_map.contacts import LEFT_OUT, contact, redacted
from pos_map.faults import Fault
from pos_map.grids import Grid, Line, Unreadable, filled
from pos_map.headers import about_persons, recognise
from pos_map.mapped import Match
from pos_map.mapping import Profile
from pos_map.persons import masked, personal
from pos_map.spelling import key
from pos_map.values import BadValue, Cell, day, number
from pos_map.watching import as_kept

# Beyond, only the header and the lines at fault are copied.
WHOLE_LINES = 20_000
_SAMPLED = 200


@dataclass(frozen=True, slots=True)
class Copy:
    """A sheet of a source: its header, and its faults by line then by column from 0 (None: the whole line).

    `whole` says whether all its lines are copied; then each keeps its number. `read` gives the table and the field
    of each column that is read, from 0: its cells are given as they are kept. Of the others, those of the columns
    `personal` are left out.
    """

    file: str
    grid: Grid
    header: Line
    whole: bool
    faults: dict[int, dict[int | None, list[Fault]]] = field(default_factory=dict)
    personal: frozenset[int] = frozenset()
    read: Mapping[int, tuple[str, str]] = field(default_factory=dict)

    def lines(self) -> Iterator[Line]:
        """The lines to copy, the header first where only some are; LEFT_OUT stands for a cell about a person."""
        if not self.whole:
            yield self.header
        for line, cells in _readable(self.grid):
            if self.whole and line == self.header[0]:
                yield line, cells
            elif self.whole or (line in self.faults and line != self.header[0]):
                yield line, tuple(self._safe(line, rank, cell) for rank, cell in enumerate(cells))

    def about_persons(self) -> set[int]:
        """The identities of the faults that stand in columns about persons."""
        lines = (marks for line, marks in self.faults.items() if line != self.header[0])
        return {id(fault) for marks in lines for rank in self.personal for fault in marks.get(rank, ())}

    def _safe(self, line: int, rank: int, cell: Cell) -> Cell:
        """A cell without the persons it reaches; one that is read comes back as it was read."""
        if cell is None or line < self.header[0]:
            return redacted(cell) if isinstance(cell, str) else cell
        if rank in self.read:
            kind, name = self.read[rank]
            if isinstance(cell, str) and name in NUMBERS | DATES and not _is_value(name, cell):
                return masked(cell)
            return as_kept(kind, name, cell)
        if rank in self.personal:
            return LEFT_OUT if filled((cell,)) else cell
        text = plain(cell)
        return redacted(text) if contact(text) else cell


def copies(faults: Sequence[Fault], paths: Sequence[Path], profiles: Sequence[Profile] = ()) -> list[Copy]:
    """A copy for each sheet of the sources that has a fault on a line; files that are no tables have none.

    `profiles` are those the files were read with: they tell which columns were read.
    """
    by_sheet: dict[tuple[str, str], list[Fault]] = defaultdict(list)
    for fault in faults:
        if fault.line is not None:
            by_sheet[fault.file, fault.sheet].append(fault)
    found = []
    for path in _files(paths):
        names = {path.name, str(path)}
        if not any(file in names for file, _sheet in by_sheet):
            continue
        for candidate in _candidates(path, profiles):
            mine = [
                fault for name in sorted(names) for fault in by_sheet.get((name, candidate.grid.name), ())
            ]
            if mine and (copy := _copy(mine, candidate)):
                found.append(copy)
    return found


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (inside for inside in sorted(path.iterdir()) if inside.is_file())
        elif path.is_file():
            yield path


def _candidates(path: Path, profiles: Sequence[Profile]) -> Sequence[Candidate]:
    """The sheets of a spreadsheet or a CSV; none for a format that has no lines and columns."""
    try:
        if any(known.recognises(path) for known in sources.FORMATS):
            return []
        return sources.opened(path, profiles).candidates
    except (Unreadable, OSError):
        return []


def _readable(grid: Grid) -> Iterator[Line]:
    """The lines up to the one that cannot be read, which is a fault of its own."""
    try:
        yield from grid.lines
    except (Unreadable, OSError):
        return


def _copy(faults: Sequence[Fault], candidate: Candidate) -> Copy | None:
    grid = candidate.grid
    head = grid.head()
    if not head:
        return None
    header = max(head, key=lambda line: len({key(str(cell)) for cell in line[1]} & _columns(faults)))
    at = {key(str(cell)): index for index, cell in reversed(list(enumerate(header[1]))) if cell is not None}
    placed: dict[int, dict[int | None, list[Fault]]] = defaultdict(lambda: defaultdict(list))
    for fault in faults:
        found: list[int | None] = [at[name] for name in _parts(fault.column) if name in at]
        for column in found or [None]:
            placed[fault.line or 1][column].append(fault)
    count = sum(1 for _ in _readable(grid))
    read = _read(candidate.match, header)
    whole = count <= WHOLE_LINES
    return Copy(faults[0].file, grid, header, whole, placed, _personal(grid, header, read), read)


def _read(match: Match | None, header: Line) -> dict[int, tuple[str, str]]:
    """The columns that are read, by a profile or as a table of ours: the table and the field of each."""
    if match is not None:
        return {
            rank: (table.table.kind, name)
            for table in reversed(match.sheet.tables)
            for name, origin in table.origins.items()
            for names in origin.columns
            for rank in match.index(names)
        }
    known = recognise([header])
    columns = enumerate(known.columns) if known else ()
    return {
        rank: (known.table.kind, column.field)
        for rank, column in columns
        if known and column and column.need != "dropped"
    }


def _personal(grid: Grid, header: Line, read: Collection[int]) -> frozenset[int]:
    """The columns about persons that are not read: dropped by a table, or told by their name and first cells."""
    known = recognise([header])
    dropped = set(about_persons(known)) if known else set()
    below = (cells for line, cells in _readable(grid) if line > header[0])
    rows = list(islice(below, _SAMPLED))
    for rank, name in enumerate(header[1]):
        samples = [text for row in rows if rank < len(row) and (text := plain(row[rank]))]
        if name is not None and personal(plain(name), samples):
            dropped.add(rank)
    return frozenset(dropped - set(read))


def _is_value(name: str, cell: str) -> bool:
    try:
        return (day(cell, year_alone=True) if name in DATES else number(cell)) is not None
    except BadValue:
        return False


def _columns(faults: Sequence[Fault]) -> set[str]:
    return {name for fault in faults for name in _parts(fault.column)}


def _parts(column: str) -> list[str]:
    """The columns a fault names, each once: a profile may join several ("Site + Salle")."""
    return list(dict.fromkeys(name for part in (column, *column.split(" + ")) if (name := key(part))))
