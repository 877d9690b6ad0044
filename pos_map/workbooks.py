"""Read .xlsx and .xlsm workbooks line by line: values only, merged cells filled, hidden sheets marked.

Formulas are never computed: their last saved value is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pos_map.faults import Fault, Place
from pos_map.grids import Grid, Line, Lines
from pos_map.merges import filled_lines, merged_ranges
from pos_map.packages import Package, XmlReader, lines_of
from pos_map.sheet_xml import SheetParser
from pos_map.workbook_parts import Book, read_book, read_dates, read_strings

SUFFIXES = frozenset({".xlsx", ".xlsm"})


def is_workbook(package: Package) -> bool:
    """Whether a zip archive holds the parts of an .xlsx."""
    return "[Content_Types].xml" in package.names and any(
        name.startswith("xl/workbook") and name.endswith(".xml") for name in package.names
    )


class _Workbook:
    """A workbook whose labels and formats are read once, when a first sheet is."""

    def __init__(self, package: Package, book: Book) -> None:
        self._package, self._book = package, book
        self._strings: list[str] | None = None
        self._dates: frozenset[str] = frozenset()

    def lines(self, part: str, place: Place, faults: list[Fault]) -> Iterator[Line]:
        if self._strings is None:
            self._dates = read_dates(self._package, self._book.styles)
            self._strings = read_strings(self._package, self._book.strings)
        merges = merged_ranges(self._package.chunks(part))
        parser = SheetParser(self._strings, self._dates, self._book.from_1904, place, faults)
        reader = XmlReader(parser.start, parser.end, parser.text)
        return filled_lines(lines_of(self._package.chunks(part), reader, parser.lines), merges)


def grids(package: Package) -> list[Grid]:
    """The sheets of a workbook in their order, hidden ones marked. Raises Unreadable."""
    book = read_book(package)
    workbook = _Workbook(package, book)
    found = []
    for name, hidden, part in book.sheets:
        faults: list[Fault] = []
        lines = partial(workbook.lines, part, Place(package.path.name, name), faults)
        found.append(Grid(name, Lines(lines), hidden, faults))
    return found
