"""The cells of one sheet of an .xlsx, as its XML goes by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from pos_map.faults import Fault, Place
from pos_map.grids import MAX_COLUMNS, MAX_ROWS, Line, note
from pos_map.packages import damaged, local
from pos_map.values import Cell
from pos_map.workbook_parts import unescape

_EPOCH = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)
_LAST_DAY = 2_958_466
_LONGEST_TEXT = 100_000
_MOST_TAGS = 1000
_LETTERS = {chr(65 + n): n for n in range(26)}


@dataclass(slots=True)
class SheetParser:
    """Handlers that gather the lines of a sheet in `lines`; the caller empties it as it goes."""

    strings: list[str]
    dates: frozenset[str]
    from_1904: bool
    place: Place
    faults: list[Fault]
    lines: list[Line] = field(default_factory=list)
    _row: list[Cell] = field(default_factory=list)
    _line: int = 0
    _column: int = -1
    _kind: str = ""
    _style: str = ""
    _text: list[str] = field(default_factory=list)
    _reading: bool = False
    _formula: bool = False
    _valued: bool = False
    _phonetic: bool = False
    _tags: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = self._tags.get(name) or self._tag(name)
        if tag == "c":
            self._begin_cell(attributes)
        elif tag == "v" or tag == "t":
            self._reading = not self._phonetic
            self._valued = True
        elif tag == "row":
            written = attributes.get("r", "")
            self._line = (
                int(written)
                if written.isascii() and written.isdigit() and len(written) < 8
                else self._line + 1
            )
            self._row, self._column = [], -1
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._phonetic = True

    def end(self, name: str) -> None:
        """An element ends."""
        tag = self._tags.get(name) or self._tag(name)
        if tag == "v" or tag == "t":
            self._reading = False
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            if self._row and self._line <= MAX_ROWS:
                self.lines.append((self._line, tuple(self._row)))
        elif tag == "rPh":
            self._phonetic = False

    def text(self, text: str) -> None:
        """Characters go by."""
        if self._reading and len(self._text) < _LONGEST_TEXT:
            self._text.append(text)

    def _tag(self, name: str) -> str:
        """The local name, kept for the next time: calls cost more than anything else here."""
        found = local(name)
        if len(self._tags) < _MOST_TAGS:
            self._tags[name] = found
        return found

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._column = _column(attributes.get("r", ""), self._column + 1)
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._text = []
        self._formula = self._valued = False

    def _end_cell(self) -> None:
        if not self._text:
            # A formula may well give a blank text: that one has a value, of kind "str".
            if self._formula and not (self._valued and self._kind == "str"):
                self._uncomputed()
            return
        if self._column >= MAX_COLUMNS:
            self._too_wide()
            return
        value = self._value("".join(self._text))
        row, column = self._row, self._column
        if column == len(row):
            row.append(value)
            return
        if column > len(row):
            row.extend([None] * (column + 1 - len(row)))
        row[column] = value

    def _value(self, text: str) -> Cell:
        kind = self._kind
        if kind == "s":
            try:
                return self.strings[int(text)]
            except (ValueError, IndexError):
                raise damaged() from None
        if kind == "n":
            return self._number(text)
        if kind == "b":
            return text.strip() == "1"
        if kind == "d":
            return text
        return unescape(text)

    def _number(self, text: str) -> Cell:
        try:
            number = float(text)
        except ValueError:
            return text
        if self._style in self.dates and 1 <= number < _LAST_DAY:
            return (_EPOCH_1904 if self.from_1904 else _EPOCH) + timedelta(days=number)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number

    def _uncomputed(self) -> None:
        fault = Place(self.place.file, self.place.sheet).fault(
            "formula-without-value",
            "warning",
            "La feuille contient des formules sans valeur enregistrée, lues comme des cellules vides : "
            "ouvrez le classeur dans un tableur et enregistrez-le.",
            "The sheet holds formulas without a saved value, read as blank cells: "
            "open the workbook in a spreadsheet and save it.",
        )
        note(self.faults, fault)

    def _too_wide(self) -> None:
        note(self.faults, too_wide(self.place))


def too_wide(place: Place) -> Fault:
    """Cells beyond the last column read."""
    return place.fault(
        "too-wide",
        "warning",
        f"Des cellules se trouvent au-delà de la {MAX_COLUMNS}e colonne : elles ne sont pas lues.",
        f"Some cells stand beyond column {MAX_COLUMNS}: they are not read.",
    )


@lru_cache(maxsize=2 * MAX_COLUMNS)
def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        rank = _LETTERS.get(letter)
        if rank is None:
            break
        index = index * 26 + rank + 1
    return index - 1


def _column(reference: str, following: int) -> int:
    """The column of a cell: "AB12" gives 27; without a reference, the one that follows."""
    if not reference:
        return following
    index = _index(reference.rstrip("0123456789")[:3])
    return following if index < 0 else index
