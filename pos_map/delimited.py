"""Read CSV files of any usual encoding and separator, line by line."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from pos_map.grids import Grid, Line, Lines, Unreadable

SUFFIXES = frozenset({".csv", ".txt", ".tsv"})
SEPARATORS = (";", ",", "\t", "|")
_CHUNK_BYTES = 1 << 20


def grid(path: Path, encoding: str, separator: str) -> Grid:
    """The lines of a CSV under an encoding and a separator."""
    return Grid("", Lines(partial(_lines, path, encoding, separator)))


def _lines(path: Path, encoding: str, separator: str) -> Iterator[Line]:
    with path.open(encoding=encoding, newline="") as stream:
        # strict: a quotation mark left open is a fault, not a cell that swallows the rest of the file.
        reader = csv.reader(stream, delimiter=separator, strict=True)
        start = 1
        while True:
            try:
                cells = next(reader, None)
            except csv.Error:
                # A mark left open swallows lines until the cell is too long: the mark is then what to mend.
                too_long = reader.line_num == start and _is_long(path, encoding, start)
                raise (_long_cell if too_long else _bad_quote)(start) from None
            except UnicodeError:
                raise _not_text() from None
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


def empty() -> Unreadable:
    """A file without one filled line."""
    return Unreadable(
        "empty-file",
        "Ce fichier est vide : refaites l'export, ou ôtez-le.",
        "This file is empty: export it again, or leave it out.",
    )


def _is_long(path: Path, encoding: str, line: int) -> bool:
    """Whether a line may hold a cell longer than is read."""
    with path.open(encoding=encoding, newline="") as stream:
        found = next(islice(stream, line - 1, line), "")
    return len(found) > csv.field_size_limit()


def _long_cell(line: int) -> Unreadable:
    most = csv.field_size_limit()
    return Unreadable(
        "long-cell",
        f"Une cellule de cette ligne est trop longue : au plus {most:,} caractères.".replace(",", "\u202f"),
        f"A cell of this line is too long: {most:,} characters at most.",
        line,
    )


def encoding_of(path: Path) -> str:
    """UTF-8 ("utf-8-sig" with a BOM), UTF-16 with BOM, else cp1252, the encoding of French Excel.

    Raises Unreadable for a file that is none of these, OSError for one that cannot be opened.
    """
    with path.open("rb") as stream:
        start = stream.read(3)
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    for encoding in ("utf-8-sig",) if start == codecs.BOM_UTF8 else ("utf-8", "cp1252"):
        if _decodes(path, encoding):
            return encoding
    raise _not_text()


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


def _not_text() -> Unreadable:
    return Unreadable(
        "bad-encoding",
        "Le fichier n'est pas un texte lisible : enregistrez-le en CSV UTF-8.",
        "The file is not readable text: save it as CSV UTF-8.",
    )
