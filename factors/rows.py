"""From the text of a table to typed rows, collecting every fault with its place."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from factors.errors import BadFactorRow, Wording
from factors.model import POSTS, SPLIT_STAGES, STAGES, UNITS, Choice, Factor, Item, Zone

if TYPE_CHECKING:
    from _csv import Reader

FACTOR_COLUMNS = (
    "id", "item", "indicator", "stage", "zone", "value", "low", "high", "unit", "year", "label_fr",
    "label_en", "source", "reference", "licence", "reuse", "default", "note_fr", "note_en",
)  # fmt: skip
ITEM_COLUMNS = ("code", "label_fr", "label_en", "post", "in_data_centre", "aliases")
CHOICE_COLUMNS = ("item", "indicator", "stage", "zone", "low", "high", "unit", "why_fr", "why_en")
ZONE_COLUMNS = ("code", "label_fr", "label_en", "aliases")

_REQUIRED = (
    "id", "item", "indicator", "unit", "year", "label_fr", "label_en", "source", "reference", "licence",
)  # fmt: skip
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_FILLED = Wording("une valeur non vide", "a value that is not empty")
_NUMERIC = Wording("un nombre, point décimal (0.05)", "a number with a decimal point (0.05)")
_POSITIVE = Wording("un nombre positif ou nul", "a number that is not negative")


class Cells(NamedTuple):
    """One line of a table: its file, the line it starts at, its cells by column."""

    file: str
    line: int
    values: dict[str, str]

    def fault(self, column: str, expected: Wording) -> BadFactorRow:
        """The fault of one cell of this line."""
        return BadFactorRow(self.file, self.line, column, self.values.get(column, ""), expected)


def read_cells(path: Path, columns: Sequence[str], faults: list[BadFactorRow]) -> Iterator[Cells]:
    """Lines of a UTF-8, comma-separated table; a wrong encoding, header or width goes to `faults`."""
    reader = csv.reader(io.StringIO(_text(path, faults), newline=""), strict=True)
    try:
        yield from _lines(reader, path.name, columns, faults)
    except csv.Error as error:
        expected = Wording("un CSV bien formé", "well-formed CSV")
        faults.append(BadFactorRow(path.name, reader.line_num, "", str(error), expected))


def _text(path: Path, faults: list[BadFactorRow]) -> str:
    """The text of a file; a header alone, so that nothing else is said of it, when it is not UTF-8."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        value = repr(raw[error.start : error.end])
        faults.append(BadFactorRow(path.name, line, "", value, _wording("UTF-8")))
        return raw.split(b"\n", 1)[0].decode("utf-8-sig", "replace")


def _lines(reader: Reader, file: str, columns: Sequence[str], faults: list[BadFactorRow]) -> Iterator[Cells]:
    header: list[str] = next(reader, [])
    if sorted(header) != sorted(columns):
        faults.append(BadFactorRow(file, 1, "", ",".join(header), _wording(",".join(columns))))
        return
    start = reader.line_num + 1
    for cells in reader:
        line, start = start, reader.line_num + 1
        if len(cells) == len(header):
            yield Cells(file, line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})
        elif cells:
            count = (len(header), len(cells))
            expected = Wording("{} cellules, pas {}".format(*count), "{} cells, not {}".format(*count))
            faults.append(BadFactorRow(file, line, "", ",".join(cells), expected))


def factor_of(row: Cells) -> tuple[Factor | None, list[BadFactorRow]]:
    """The factor of a line, or every reason to refuse it: no number without source, year and unit."""
    faults = [row.fault(column, _FILLED) for column in _REQUIRED if not row.values[column]]
    faults += _vocabulary_faults(row)
    numbers = {column: _number(row, column, faults) for column in ("value", "low", "high")}
    value, low, high = numbers["value"], numbers["low"], numbers["high"]
    faults += _order_faults(row, value, low, high)
    if faults or value is None:
        return None, faults
    text = {name: row.values[name] for name in FACTOR_COLUMNS if name not in (*numbers, "default")}
    factor = Factor(value=value, low=low, high=high, default=row.values["default"] == "1", **text)
    return factor, []


def item_of(row: Cells) -> tuple[Item | None, list[BadFactorRow]]:
    """The equipment item of a line of items.csv; aliases are separated by "|"."""
    cells = row.values
    faults = [row.fault(column, _FILLED) for column in ("code", "label_fr", "label_en") if not cells[column]]
    faults += _choice_faults(row, "post", POSTS)
    faults += _choice_faults(row, "in_data_centre", ("0", "1"))
    if faults:
        return None, faults
    in_room = cells["in_data_centre"] == "1"
    return (
        Item(cells["code"], cells["label_fr"], cells["label_en"], cells["post"], in_room, _aliases(cells)),
        [],
    )


def zone_of(row: Cells) -> tuple[Zone | None, list[BadFactorRow]]:
    """The zone of a line of zones.csv; aliases are separated by "|"."""
    cells = row.values
    faults = [row.fault(column, _FILLED) for column in ("code", "label_fr", "label_en") if not cells[column]]
    if faults:
        return None, faults
    return Zone(cells["code"], cells["label_fr"], cells["label_en"], _aliases(cells)), []


def choice_of(row: Cells) -> tuple[Choice | None, list[BadFactorRow]]:
    """The choice of a line of choices.csv: a key, the range of the values seen, and why in both languages."""
    cells = row.values
    required = ("item", "indicator", "unit", "why_fr", "why_en")
    faults = [row.fault(column, _FILLED) for column in required if not cells[column]]
    faults += _choice_faults(row, "stage", [stage for stage in STAGES if stage not in SPLIT_STAGES])
    if cells["indicator"]:
        faults += _choice_faults(row, "indicator", tuple(UNITS))
    low, high = (_number(row, column, faults) for column in ("low", "high"))
    faults += [row.fault(column, _NUMERIC) for column in ("low", "high") if not cells[column]]
    if faults or low is None or high is None:
        return None, faults
    text = {name: cells[name] for name in CHOICE_COLUMNS if name not in ("low", "high")}
    return Choice(low=low, high=high, **text), []


def _wording(text: str) -> Wording:
    """The same text in both languages: column names, encodings."""
    return Wording(text, text)


def _aliases(cells: dict[str, str]) -> tuple[str, ...]:
    return tuple(alias.strip() for alias in cells["aliases"].split("|") if alias.strip())


def _choice_faults(row: Cells, column: str, choices: Sequence[str]) -> list[BadFactorRow]:
    if row.values[column] in choices:
        return []
    shown = [choice or '""' for choice in choices]
    expected = Wording("l'un de " + ", ".join(shown), "one of " + ", ".join(shown))
    return [row.fault(column, expected)]


def _vocabulary_faults(row: Cells) -> list[BadFactorRow]:
    """Faults of the cells that take their value in a closed list, and of the year."""
    cells = row.values
    faults = [
        *_choice_faults(row, "stage", STAGES),
        *_choice_faults(row, "reuse", ("open", "unclear")),
        *_choice_faults(row, "default", ("0", "1")),
    ]
    if cells["indicator"]:
        faults += _choice_faults(row, "indicator", tuple(UNITS))
    if cells["indicator"] in UNITS and cells["unit"]:
        faults += _choice_faults(row, "unit", UNITS[cells["indicator"]])
    if cells["year"] and not re.search(r"\d{4}", cells["year"]):
        faults.append(row.fault("year", Wording("une année à quatre chiffres", "a four-digit year")))
    return faults


def _number(row: Cells, column: str, faults: list[BadFactorRow]) -> float | None:
    """The number of a cell; None when blank (allowed for bounds only) or refused."""
    text = row.values[column]
    if not text:
        if column == "value":
            faults.append(row.fault(column, _NUMERIC))
        return None
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        faults.append(row.fault(column, _NUMERIC))
        return None
    if float(text) < 0:
        faults.append(row.fault(column, _POSITIVE))
        return None
    return float(text)


def _order_faults(
    row: Cells, value: float | None, low: float | None, high: float | None
) -> list[BadFactorRow]:
    """Faults of numbers against one another and against what the indicator allows."""
    if value is None:
        return []
    faults = []
    if low is not None and low > value:
        faults.append(
            row.fault("low", Wording(f"au plus la valeur, {value:g}", f"at most the value, {value:g}"))
        )
    if high is not None and high < value:
        faults.append(
            row.fault("high", Wording(f"au moins la valeur, {value:g}", f"at least the value, {value:g}"))
        )
    indicator = row.values["indicator"]
    if indicator == "pue" and value < 1:
        faults.append(row.fault("value", Wording("un PUE d'au moins 1", "a PUE of at least 1")))
    if indicator == "share" and value > 1:
        faults.append(row.fault("value", Wording("une part entre 0 et 1", "a share between 0 and 1")))
    if indicator in ("lifetime", "threads_per_core", "density", "size", "count") and value == 0:
        faults.append(row.fault("value", Wording("un nombre supérieur à 0", "a number above 0")))
    return faults
