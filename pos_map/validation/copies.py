"""The sheets of the files that were read, with where their faulty cells stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pos_map import sources
from pos_map.cells import plain
from pos_map.faults import Fault
from pos_map.grids import Grid, Line, Unreadable, filled
from pos_map.headers import about_persons, recognise
from pos_map.persons import PERSONAL_FR, contact, personal
from pos_map.spelling import key
from pos_map.values import Cell
from pos_map.watching import BODIES

# Beyond, only the header and the lines at fault are copied.
WHOLE_LINES = 20_000
# What stands for a cell about a person.
LEFT_OUT = f"({PERSONAL_FR})"
_SAMPLED = 200


@dataclass(frozen=True, slots=True)
class Copy:
    """A sheet of a source: its header, and its faults by line then by column from 0 (None: the whole line).

    `whole` says whether all its lines are copied; then each keeps its number. The cells of the columns `personal`,
    from 0, are left out of the lines given.
    """

    file: str
    grid: Grid
    header: Line
    whole: bool
    faults: dict[int, dict[int | None, list[Fault]]] = field(default_factory=dict)
    personal: frozenset[int] = frozenset()

    def lines(self) -> Iterator[Line]:
        """The lines to copy, the header first where only some are; LEFT_OUT stands for a cell about a person."""
        if not self.whole:
            yield self.header
        for line, cells in _readable(self.grid):
            if self.whole and line == self.header[0]:
                yield line, cells
            elif self.whole or (line in self.faults and line != self.header[0]):
                yield line, self._bare(cells, self.personal if line > self.header[0] else frozenset())

    def about_persons(self) -> set[int]:
        """The identities of the faults that stand in columns about persons."""
        lines = (marks for line, marks in self.faults.items() if line != self.header[0])
        return {id(fault) for marks in lines for rank in self.personal for fault in marks.get(rank, ())}

    def _bare(self, cells: tuple[Cell, ...], personal: frozenset[int]) -> tuple[Cell, ...]:
        """The cells without those about persons: of columns about them, or e-mails and telephones anywhere."""
        return tuple(
            LEFT_OUT if filled((cell,)) and (rank in personal or contact(plain(cell))) else cell
            for rank, cell in enumerate(cells)
        )


def copies(faults: Sequence[Fault], paths: Sequence[Path]) -> list[Copy]:
    """A copy for each sheet of the sources that has a fault on a line; files that are no tables have none."""
    by_sheet: dict[tuple[str, str], list[Fault]] = defaultdict(list)
    for fault in faults:
        if fault.line is not None:
            by_sheet[fault.file, fault.sheet].append(fault)
    found = []
    for path in _files(paths):
        names = {path.name, str(path)}
        if not any(file in names for file, _sheet in by_sheet):
            continue
        for grid in _grids(path):
            mine = [fault for name in sorted(names) for fault in by_sheet.get((name, grid.name), ())]
            if mine and (copy := _copy(mine, grid)):
                found.append(copy)
    return found


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (inside for inside in sorted(path.iterdir()) if inside.is_file())
        elif path.is_file():
            yield path


def _grids(path: Path) -> list[Grid]:
    """The sheets of a spreadsheet or a CSV; none for a format that has no lines and columns."""
    try:
        if any(known.recognises(path) for known in sources.FORMATS):
            return []
        return [candidate.grid for candidate in sources.opened(path).candidates]
    except (Unreadable, OSError):
        return []


def _readable(grid: Grid) -> Iterator[Line]:
    """The lines up to the one that cannot be read, which is a fault of its own."""
    try:
        yield from grid.lines
    except (Unreadable, OSError):
        return


def _copy(faults: Sequence[Fault], grid: Grid) -> Copy | None:
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
    return Copy(faults[0].file, grid, header, count <= WHOLE_LINES, placed, _personal(grid, header))


def _personal(grid: Grid, header: Line) -> frozenset[int]:
    """The columns about persons: dropped by a table of ours, or told by their name and first cells."""
    known = recognise([header])
    dropped = set(about_persons(known)) if known else set()
    below = (cells for line, cells in _readable(grid) if line > header[0])
    rows = list(islice(below, _SAMPLED))
    for rank, name in enumerate(header[1]):
        column = known.columns[rank] if known else None
        # Of a column we read, the name says nothing: only its cells may.
        said = plain(name) if column is None else "owner" if column.field in BODIES else ""
        samples = [text for row in rows if rank < len(row) and (text := plain(row[rank]))]
        if name is not None and personal(said, samples):
            dropped.add(rank)
    return frozenset(dropped)


def _columns(faults: Sequence[Fault]) -> set[str]:
    return {name for fault in faults for name in _parts(fault.column)}


def _parts(column: str) -> list[str]:
    """The columns a fault names, each once: a profile may join several ("Site + Salle")."""
    return list(dict.fromkeys(name for part in (column, *column.split(" + ")) if (name := key(part))))
