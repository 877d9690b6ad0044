"""What every spreadsheet format gives: grids of raw cells, read again each time they are iterated.

Unreadable    the file or one of its lines cannot be read at all
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from pos_map.faults import Fault
from pos_map.headers import HEAD_ROWS, Header
from pos_map.values import Cell

Line = tuple[int, tuple[Cell, ...]]

# Wider than any export seen, narrow enough that a stray cell in column XFD costs nothing.
MAX_COLUMNS = 512
# What a spreadsheet holds at most, whatever a file declares.
MAX_ROWS = 1_048_576


class Unreadable(Exception):
    """A file that cannot be read; `line` counts from 1, None for the whole file."""

    def __init__(self, code: str, fr: str, en: str, line: int | None = None) -> None:
        super().__init__(fr)
        self.code, self.fr, self.en, self.line = code, fr, en, line


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a file: its sheet ("" for a CSV), its header if known, its rows, what reading found wrong.

    `rows` may be read again and again; `faults` is complete once they have been read to the end.
    """

    name: str
    header: Header | None
    rows: Iterable[Line]
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines read from the file anew at each iteration: nothing is kept in memory."""

    opened: Callable[[], Iterator[Line]]

    def __iter__(self) -> Iterator[Line]:
        return self.opened()


@dataclass(frozen=True, slots=True)
class Grid:
    """The filled lines of a CSV or of one sheet, before any header is looked for.

    `faults` is filled while the lines are read: a fault met twice is kept once.
    """

    name: str
    lines: Iterable[Line]
    hidden: bool = False
    faults: list[Fault] = field(default_factory=list)

    def head(self) -> list[Line]:
        """The first lines; a line that cannot be read ends them, reading the whole file will report it."""
        found: list[Line] = []
        try:
            for line in itertools.islice(self.lines, HEAD_ROWS):
                found.append(line)
        except Unreadable:
            pass
        return found


def note(faults: list[Fault], fault: Fault) -> None:
    """Add a fault not met yet: a grid may be read several times."""
    if fault not in faults:
        faults.append(fault)


def filled(cells: Iterable[Cell]) -> bool:
    """Whether a cell holds something else than blanks."""
    return any(cell is not None and str(cell).strip() for cell in cells)
