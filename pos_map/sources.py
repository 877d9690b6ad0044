"""Open a file and give its rows as written: CSV of any usual encoding and separator, .xlsx workbook.

Unreadable    the file or one of its lines cannot be read at all
"""

from __future__ import annotations

import codecs
import csv
import itertools
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pos_map.headers import HEAD_ROWS, Header, recognise
from pos_map.values import Cell

Line = tuple[int, tuple[Cell, ...]]

TEXT_SUFFIXES = frozenset({".csv", ".txt", ".tsv"})
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm"})
SEPARATORS = (";", ",", "\t")
# An ordinary workbook holds a few MB of XML; beyond this, it is an accident or an attack.
WORKBOOK_LIMIT_BYTES = 512 * 1024 * 1024
# Wider than any table of ours, narrow enough that a stray cell in column XFD costs nothing.
WORKBOOK_COLUMNS = 120
_CHUNK_BYTES = 1 << 20


class Unreadable(Exception):
    """A file that cannot be read; `line` counts from 1, None for the whole file."""

    def __init__(self, code: str, fr: str, en: str, line: int | None = None) -> None:
        super().__init__(fr)
        self.code, self.fr, self.en, self.line = code, fr, en, line


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file or one sheet of a workbook: its name ("" for a CSV), its header if known, its rows."""

    name: str
    header: Header | None
    rows: Iterable[Line]


def sheets(path: Path) -> list[Sheet]:
    """The sheets of a file, blank ones left out; a CSV is one sheet, read as it is iterated.

    Raises Unreadable for a file that is not text or a workbook, OSError for one that cannot be opened.
    """
    path.stat()  # a path that is not there is said to be so, whatever its suffix
    suffix = path.suffix.lower()
    if suffix in TEXT_SUFFIXES:
        return [_csv_sheet(path)]
    if suffix in WORKBOOK_SUFFIXES:
        return _workbook_sheets(path)
    raise Unreadable(
        "unknown-format",
        f"Le format « {suffix or path.name} » n'est pas lu : enregistrez le fichier en .csv ou en .xlsx.",
        f"The format “{suffix or path.name}” is not read: save the file as .csv or .xlsx.",
    )


def _csv_sheet(path: Path) -> Sheet:
    """The separator kept is the one under which the header is best recognised."""
    encoding = _encoding(path)
    found: tuple[int, str, Header | None] = (-1, SEPARATORS[0], None)
    for separator in SEPARATORS:
        header = recognise(_head(path, encoding, separator))
        if header and header.score > found[0]:
            found = (header.score, separator, header)
    return Sheet("", found[2], _csv_rows(path, encoding, found[1]))


def _head(path: Path, encoding: str, separator: str) -> list[Line]:
    """First rows of a CSV; a broken row ends the look-out, reading the whole file will report it."""
    head: list[Line] = []
    try:
        for line in itertools.islice(_csv_rows(path, encoding, separator), HEAD_ROWS):
            head.append(line)
    except Unreadable:
        pass
    return head


def _csv_rows(path: Path, encoding: str, separator: str) -> Iterator[Line]:
    with path.open(encoding=encoding, newline="") as stream:
        # strict: a quotation mark left open is a fault, not a cell that swallows the rest of the file.
        reader = csv.reader(stream, delimiter=separator, strict=True)
        start = 1
        while True:
            try:
                cells = next(reader, None)
            except csv.Error:
                raise _bad_quote(start) from None
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield start, tuple(cells)
            start = reader.line_num + 1


def _bad_quote(line: int) -> Unreadable:
    return Unreadable(
        "bad-quote",
        "La ligne ne peut pas être découpée en colonnes : vérifiez les guillemets, "
        "attendus par paires autour d'une cellule.",
        "The line cannot be split into columns: check the quotation marks, expected in pairs around a cell.",
        line,
    )


def _encoding(path: Path) -> str:
    """UTF-8 (with or without BOM), UTF-16 with BOM, else cp1252, the encoding of French Excel."""
    with path.open("rb") as stream:
        start = stream.read(2)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    for encoding in ("utf-8-sig", "cp1252"):
        if _decodes(path, encoding):
            return encoding
    raise Unreadable(
        "bad-encoding",
        "Le fichier n'est pas un texte lisible : enregistrez-le en CSV UTF-8.",
        "The file is not readable text: save it as CSV UTF-8.",
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                if b"\0" in chunk:
                    return False
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _workbook_sheets(path: Path) -> list[Sheet]:
    found = []
    for name, rows in _workbook_rows(path):
        if rows:
            found.append(Sheet(name, recognise(rows[:HEAD_ROWS]), rows))
    return found


def _workbook_rows(path: Path) -> list[tuple[str, list[Line]]]:
    # Only bodies that bring a workbook need openpyxl.
    from openpyxl import load_workbook

    _refuse_bomb(path)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of decorations it does not know (validation lists, conditional formats).
            warnings.simplefilter("ignore")
            book = load_workbook(path, read_only=True, data_only=True)
            try:
                return [(sheet.title, list(_filled_rows(sheet))) for sheet in book.worksheets]
            finally:
                book.close()
    except Exception as error:  # openpyxl lets through whatever a damaged file provokes
        raise _damaged() from error


def _filled_rows(sheet: Any) -> Iterator[Line]:  # the stubs do not know read-only sheets
    # The size a file declares may be wrong, and rows beyond it would be lost without a word.
    sheet.reset_dimensions()
    rows = sheet.iter_rows(values_only=True, max_col=WORKBOOK_COLUMNS)
    for line, row in enumerate(rows, start=1):
        if any(cell is not None and str(cell).strip() for cell in row):
            yield line, tuple(row)


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size_bytes = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise _damaged() from None
    if size_bytes > WORKBOOK_LIMIT_BYTES:
        limit_mb = WORKBOOK_LIMIT_BYTES // 1024**2
        raise Unreadable(
            "too-large",
            f"Le classeur dépasse {limit_mb} Mo une fois décompressé : découpez-le ou exportez-le en CSV.",
            f"The workbook exceeds {limit_mb} MB once unpacked: split it or export it as CSV.",
        )


def _damaged() -> Unreadable:
    return Unreadable(
        "unreadable",
        "Le classeur est endommagé, protégé par un mot de passe ou n'est pas un .xlsx : "
        "rouvrez-le et enregistrez-le en .xlsx sans mot de passe.",
        "The workbook is damaged, protected by a password or not an .xlsx: "
        "open it again and save it as .xlsx without a password.",
    )
