"""Merged cells: the value of the first belongs to every cell of the range."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pos_map.grids import MAX_COLUMNS, Line, filled
from pos_map.values import Cell

_MERGE = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^<>]*?ref="\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})"'
)
# A range is shorter than this; chunks are joined by as much, so that none is cut in two.
_OVERLAP_BYTES = 256
_MAX_RANGES = 200_000


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range: first and last lines from 1, first and last columns from 0."""

    top: int
    left: int
    bottom: int
    right: int


def merged_ranges(chunks: Iterable[bytes]) -> list[Merge]:
    """The merged ranges of a sheet of .xlsx, by line. They stand after the rows, hence a first pass."""
    found: dict[Merge, None] = {}
    tail = b""
    for chunk in chunks:
        window = tail + chunk
        if b"mergeCell" in window:
            for left, top, right, bottom in _MERGE.findall(window):
                found[
                    Merge(int(top), column_index(left.decode()), int(bottom), column_index(right.decode()))
                ] = None
                if len(found) > _MAX_RANGES:
                    return sorted(found, key=lambda merge: merge.top)
        tail = window[-_OVERLAP_BYTES:]
    return sorted(found, key=lambda merge: merge.top)


def column_index(letters: str) -> int:
    """The index from 0 of a column: "A" gives 0, "AB" 27."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


class Filler:
    """Carries the values of merged ranges from line to line.

    Ranges never overlap in a sound file: at most one is open at a column, so that a forged one costs little.
    """

    def __init__(self) -> None:
        self._open: dict[int, tuple[Merge, Cell]] = {}

    def opens(self, merge: Merge, value: Cell) -> None:
        """A range begins with this value."""
        if merge.left < MAX_COLUMNS and value is not None:
            self._open[merge.left] = (merge, value)

    def fill(self, line: int, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """The cells of a line, blanks inside an open range filled with its value."""
        if not self._open:
            return cells
        row = list(cells)
        for left, (merge, value) in list(self._open.items()):
            if line > merge.bottom:
                del self._open[left]
                continue
            last = min(merge.right, MAX_COLUMNS - 1)
            row.extend([None] * (last + 1 - len(row)))
            for index in range(left, last + 1):
                if row[index] is None:
                    row[index] = value
        return tuple(row)


def filled_lines(lines: Iterable[Line], merges: list[Merge]) -> Iterator[Line]:
    """The lines that hold something of their own, merged cells filled."""
    filler = Filler()
    waiting = iter(merges)
    merge = next(waiting, None)
    for line, cells in lines:
        while merge is not None and merge.top <= line:
            if merge.top == line:
                filler.opens(merge, cells[merge.left] if merge.left < len(cells) else None)
            merge = next(waiting, None)
        # A line made only of the rest of merged cells is the second half of the one above.
        if filled(cells):
            yield line, filler.fill(line, cells)
