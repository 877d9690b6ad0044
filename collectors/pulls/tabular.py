"""Delimited text as bodies have it: BOM, cp1252, `;`, decimal comma, French dates, daylight saving time."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from collectors.pulls.found import BadOption, Fault, SourceUnreadable, cut, read_file

LARGEST_FILE = 200_000_000
_DELIMITERS = (";", ",", "\t", "|")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+")
_FRENCH_DATE = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2})[:hH](\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its line from 1, and its cells by cleaned header."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `file` name, `headers` cleaned -> as written, `delimiter`; its rows, to be gone through once.

    `broken`: lines that can't be read; complete once the rows have been gone through.
    """

    file: str
    headers: dict[str, str]
    delimiter: str
    rows: Iterator[Row]
    broken: list[Fault]


def read_table(path: Path, *, quoted: bool = True) -> Table:
    """Read a delimited file with a header line; `quoted`: whether quotes hold cells, or are characters like
    others. Raises SourceUnreadable; rows are never refused here."""
    return table_of(path.name, read_file(path, LARGEST_FILE), quoted=quoted)


def table_of(name: str, data: bytes, *, quoted: bool = True) -> Table:
    """The table in these bytes. Raises SourceUnreadable when there is no header line."""
    text = decode(data).replace("\0", "")
    first = next((line for line in text.splitlines() if line.strip(" ;,\t|")), "")
    if not first:
        raise SourceUnreadable(
            f"{name} : fichier vide. Il faut une ligne d’en-têtes puis des valeurs.",
            f"{name}: empty file. A header line then values are needed.",
        )
    delimiter = max(_DELIMITERS, key=first.count)
    lines = _lines(text, delimiter, csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
    header = next((cells for _, cells, _bad in lines if any(cell.strip() for cell in cells)), None)
    if header is None:
        raise SourceUnreadable(f"{name} : en-têtes illisibles.", f"{name}: headers can't be read.")
    written = [cell.strip() for cell in header]
    names = [cleaned(cell) for cell in written]
    headers = {n: w for n, w in zip(names, written, strict=True) if n}
    broken: list[Fault] = []
    return Table(name, headers, delimiter, _rows(name, lines, names, broken), broken)


def _rows(
    file: str, lines: Iterator[tuple[int, list[str], str]], names: list[str], broken: list[Fault]
) -> Iterator[Row]:
    """The rows that hold something; those that can't be read, or whose cells are not under their headers, go
    to `broken`."""
    least = max((i for i, name in enumerate(names, 1) if name), default=0)
    for line, cells, bad in lines:
        filled = len(cells) - next((i for i, cell in enumerate(reversed(cells)) if cell.strip()), len(cells))
        if bad:
            broken.append(
                Fault(file, line, "", "", "illisible", f"ligne illisible ({bad})", f"unreadable ({bad})")
            )
        elif filled and (filled > len(names) or len(cells) < least):
            broken.append(_miscounted(file, line, cells, least))
        elif filled:
            yield Row(line, {n: c.strip() for n, c in zip(names, cells, strict=False) if n})


def _miscounted(file: str, line: int, cells: list[str], wanted: int) -> Fault:
    return Fault(
        file, line, "", cut(cells[0]), "cellules",
        f"{len(cells)} cellules pour {wanted} colonnes : un séparateur ou un guillemet de trop ou de moins",
        f"{len(cells)} cells for {wanted} columns: a separator or a quote too many or too few",
    )  # fmt: skip


def _lines(text: str, delimiter: str, quoting: Literal[0, 3]) -> Iterator[tuple[int, list[str], str]]:
    """(line from 1, cells, why it can't be read)."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader), ""
        except StopIteration:
            return
        except csv.Error as error:
            yield line, [], str(error)


def decode(data: bytes) -> str:
    """Text of a file: by its BOM, else UTF-8, else Windows' Western European."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def cleaned(header: str) -> str:
    """A header without accents, case, units' brackets or punctuation: "Énergie (kWh)" -> "energie kwh"."""
    plain = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain.lower()).split())


def number(text: str, delimiter: str = ";") -> float:
    """A number with a decimal point or comma, spaces between thousands allowed. Raises ValueError.

    In a comma-separated file "1,234" could be either: refused as ambiguous.
    """
    plain = re.sub(r"[\s'’]", "", text)
    if "," in plain and "." in plain:
        thousands = "," if plain.rfind(".") > plain.rfind(",") else "."
        plain = plain.replace(thousands, "")
    elif delimiter == "," and _GROUPED.fullmatch(plain):
        raise ValueError("ambiguous")
    value = float(plain.replace(",", ".").replace("_", "x"))
    if not math.isfinite(value):
        raise ValueError("not finite")
    return value


def zone_named(name: str) -> tzinfo:
    """The time zone of that IANA name. Raises BadOption."""
    try:
        return UTC if name.upper() == "UTC" else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadOption(
            f"Fuseau horaire « {name} » inconnu : donnez un nom comme Europe/Paris, Indian/Reunion ou UTC.",
            f"Unknown time zone “{name}”: give a name such as Europe/Paris, Indian/Reunion or UTC.",
        ) from None


def moment(text: str) -> datetime:
    """An ISO or French date, with its time when it has one; with its offset when written. Raises ValueError."""
    plain = text.strip()
    if not plain[:4].isdigit():
        found = _FRENCH_DATE.fullmatch(plain)
        if found is None:
            raise ValueError(text)
        day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second)
    return datetime.fromisoformat(plain)


def has_time(text: str) -> bool:
    """Whether a date has a time of day."""
    return ":" in text or bool(re.search(r"\d[hH]\d", text))


def epoch(at: datetime, zone: tzinfo, after: float | None = None) -> float:
    """UTC epoch seconds of a moment; without offset it is local time in `zone`.

    The hour that comes twice in autumn is the second one when the first is not later than `after`. The hour
    that spring skips raises ValueError.
    """
    if at.tzinfo is not None:
        return at.timestamp()
    local = at.replace(tzinfo=zone)
    first = local.timestamp()
    if datetime.fromtimestamp(first, zone).replace(tzinfo=None) != at:
        raise ValueError("no such hour")
    second = local.replace(fold=1).timestamp()
    return second if after is not None and first <= after < second else first
