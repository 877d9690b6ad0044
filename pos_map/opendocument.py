"""Read .ods workbooks line by line: values only, merged and repeated cells filled within bounds.

Formulas are never computed: their saved value is read. Comments and drawings are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from pos_map.faults import Fault, Place
from pos_map.grids import MAX_COLUMNS, MAX_ROWS, Grid, Line, Lines, Unreadable, filled, note
from pos_map.merges import Filler, Merge
from pos_map.packages import Package, XmlReader, damaged, lines_of, local, protected
from pos_map.sheet_xml import too_wide
from pos_map.values import Cell

SUFFIXES = frozenset({".ods", ".ots"})
_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_MANIFEST_BYTES = 8 * 1024**2
_LONGEST_TEXT = 100_000
# Cells that repetition alone may bring: a few bytes of XML can ask for billions.
_MAX_REPEATED = 2_000_000
_MAX_TABLES = 1000
# Elements of a cell whose paragraphs are not its text.
_ASIDE = frozenset({"annotation", "frame", "shapes", "custom-shape", "g", "ruby-text", "note"})


def is_opendocument(package: Package) -> bool:
    """Whether a zip archive holds an OpenDocument spreadsheet."""
    if _CONTENT not in package.names:
        return False
    return "mimetype" not in package.names or b"spreadsheet" in package.read("mimetype", 1000)


@dataclass(slots=True)
class _Parser:
    """Gathers the lines of table number `wanted` in `lines`; with None, only the names of tables."""

    place: Place
    wanted: int | None
    faults: list[Fault]
    lines: list[Line] = field(default_factory=list)
    tables: list[tuple[str, bool]] = field(default_factory=list)
    _hidden_styles: set[str] = field(default_factory=set)
    _style: str = ""
    _depth: int = 0
    _line: int = 0
    _row: list[Cell] = field(default_factory=list)
    _filler: Filler = field(default_factory=Filler)
    _spans: list[tuple[Merge, Cell]] = field(default_factory=list)
    _row_repeat: int = 1
    _cell: dict[str, str] | None = None
    _text: list[str] = field(default_factory=list)
    _length: int = 0
    _paragraph: bool = False
    _aside: int = 0
    _repeated: int = 0
    _names: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = self._local(name)
        if tag == "table-cell" or tag == "covered-table-cell":
            if self._active() and self._depth == 1:
                self._cell = {self._local(key): value for key, value in attributes.items()}
                self._text, self._length = [], 0
        elif tag == "p":
            self._begin_paragraph()
        elif tag == "table-row":
            if self._active() and self._depth == 1:
                self._row, self._spans = [], []
                self._row_repeat = _count(attributes, "number-rows-repeated")
        elif tag == "table":
            self._begin_table({local(key): value for key, value in attributes.items()})
        elif self._cell is not None:
            self._inline(tag, attributes)
        elif tag == "style":
            self._style = _given(attributes, "name")
        elif tag == "table-properties" and _given(attributes, "display") == "false":
            self._hidden_styles.add(self._style)

    def end(self, name: str) -> None:
        tag = self._local(name)
        if tag == "p":
            self._paragraph = self._paragraph and bool(self._aside)
        elif tag == "table":
            self._depth -= 1
        elif tag in _ASIDE:
            self._aside = max(0, self._aside - 1)
        elif self._depth == 1 and self._active():
            if tag in ("table-cell", "covered-table-cell"):
                self._end_cell()
            elif tag == "table-row":
                self._end_row()

    def text(self, text: str) -> None:
        if self._paragraph and not self._aside and self._length < _LONGEST_TEXT:
            self._text.append(text)
            self._length += len(text)

    def _active(self) -> bool:
        return self.wanted is not None and self.wanted == len(self.tables) - 1

    def _local(self, name: str) -> str:
        found = self._names.get(name)
        if found is None:
            found = local(name)
            if len(self._names) < 1000:
                self._names[name] = found
        return found

    def _begin_table(self, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and len(self.tables) < _MAX_TABLES:
            self.tables.append(
                (attributes.get("name", ""), attributes.get("style-name") in self._hidden_styles)
            )
            self._line = 0

    def _begin_paragraph(self) -> None:
        if self._cell is not None and not self._aside:
            self._paragraph = True
            if self._text:
                self._text.append("\n")

    def _inline(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _ASIDE:
            self._aside += 1
        elif self._paragraph and tag == "s":
            self._text.append(" " * min(_count(attributes, "c"), 1000))
        elif self._paragraph and tag in ("tab", "line-break"):
            self._text.append(" ")

    def _end_cell(self) -> None:
        given, self._cell, self._paragraph, self._aside = self._cell or {}, None, False, 0
        value = _value(given, "".join(self._text))
        repeat = _count(given, "number-columns-repeated")
        start = len(self._row)
        if value is not None:
            if start + repeat > MAX_COLUMNS:
                note(self.faults, too_wide(self.place))
            across, down = _count(given, "number-columns-spanned"), _count(given, "number-rows-spanned")
            if across > 1 or down > 1:
                merge = Merge(self._line + 1, start, self._line + down, start + across - 1)
                self._spans.append((merge, value))
            self._charge(repeat - 1)
        self._row.extend([value] * max(0, min(repeat, MAX_COLUMNS - start)))

    def _end_row(self) -> None:
        for merge, value in self._spans:
            self._filler.opens(merge, value)
        first = self._line + 1
        self._line += self._row_repeat
        while self._row and self._row[-1] is None:
            self._row.pop()
        if not filled(self._row):
            return
        self._charge((self._row_repeat - 1) * len(self._row))
        for line in range(first, min(first + self._row_repeat, MAX_ROWS + 1)):
            self.lines.append((line, self._filler.fill(line, tuple(self._row))))

    def _charge(self, cells: int) -> None:
        self._repeated += cells
        if self._repeated > _MAX_REPEATED:
            raise Unreadable(
                "too-large",
                "Le classeur répète des cellules pleines jusqu'à des millions : effacez les lignes en trop, "
                "enregistrez et réessayez.",
                "The workbook repeats filled cells by the million: delete the spare rows, save and try again.",
            )


def _given(attributes: dict[str, str], name: str) -> str:
    """An attribute, whatever its prefix; "" without it."""
    return next((value for key, value in attributes.items() if local(key) == name), "")


def _count(attributes: dict[str, str], name: str) -> int:
    """A repetition or a span: 1 without it, at most what a sheet can hold."""
    written = _given(attributes, name) or "1"
    if not (written.isascii() and written.isdigit()) or len(written) > 9:
        return 1
    return max(1, min(int(written), MAX_ROWS))


def _value(given: dict[str, str], text: str) -> Cell:
    kind = given.get("value-type", "")
    if kind in ("float", "percentage", "currency"):
        return _number(given.get("value", ""), text)
    if kind == "date":
        return _date(given.get("date-value", ""))
    if kind == "boolean":
        return given.get("boolean-value") == "true"
    return text or given.get("string-value") or None


def _number(written: str, text: str) -> Cell:
    try:
        number = float(written)
    except ValueError:
        return text or None
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _date(written: str) -> Cell:
    try:
        return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)
    except ValueError:
        return written or None


def grids(package: Package) -> list[Grid]:
    """The sheets of a workbook in their order, hidden ones marked. Raises Unreadable."""
    manifest = package.read(_MANIFEST, _MANIFEST_BYTES) if _MANIFEST in package.names else b""
    if b"encryption-data" in manifest:
        raise protected()
    parser = _Parser(Place(package.path.name), None, [])
    reader = XmlReader(parser.start, parser.end, parser.text)
    for _ in lines_of(package.chunks(_CONTENT), reader, parser.lines):
        pass
    if not parser.tables:
        raise damaged()
    found = []
    for rank, (name, hidden) in enumerate(parser.tables):
        faults: list[Fault] = []
        lines = partial(_lines, package, rank, Place(package.path.name, name), faults)
        found.append(Grid(name, Lines(lines), hidden, faults))
    return found


def _lines(package: Package, rank: int, place: Place, faults: list[Fault]) -> Iterator[Line]:
    parser = _Parser(place, rank, faults)
    reader = XmlReader(parser.start, parser.end, parser.text)
    return lines_of(package.chunks(_CONTENT), reader, parser.lines)
