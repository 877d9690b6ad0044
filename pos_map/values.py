"""What people write in a cell, read as a number, a share or a date; nothing is guessed.

Each reader returns None for a blank cell (unknown, never zero) and raises `BadValue` for the rest.

    BadValue    a cell that cannot be read as its column asks
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from pos_map.spelling import key

# A cell as its source gives it: text, number, date, None; a workbook may hold anything else.
Cell = object
Decimal = Literal["", ",", "."]

# Thousands may be parted by a space, a no-break space or a thin one; decimals by a comma or a point. Groups of
# three follow one to three digits, the first of which is no zero.
_THOUSANDS = r"[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3})+"
_END = r"(?:[eE][+-]?\d{1,3})?"
_NUMBER = re.compile(rf"[+-]?(?:{_THOUSANDS}|\d+)(?:[.,]\d*)?{_END}")
# By decimal mark, where a profile says it: the other mark parts thousands.
_MARKED = {
    ",": re.compile(rf"[+-]?(?:{_THOUSANDS}|[1-9]\d{{0,2}}(?:\.\d{{3}})+|\d+)(?:,\d*)?{_END}"),
    ".": re.compile(rf"[+-]?(?:{_THOUSANDS}|[1-9]\d{{0,2}}(?:,\d{{3}})+|\d+)(?:\.\d*)?{_END}"),
}
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T][\d:.Z+-]*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_FRENCH = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})")
_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})")
_FRENCH_MONTH = re.compile(r"(?P<month>\d{1,2})/(?P<year>\d{4})")
_YEAR = re.compile(r"\d{4}")
_EARLIEST, _LATEST = 1970, 2100
_REMEMBERED = 16_384
# Day 0 of spreadsheets, shifted for the 29 February 1900 they believe in: right from March 1900 on.
_SPREADSHEET_EPOCH = date(1899, 12, 30)
_SPREADSHEET_DAYS = range(20_000, 80_000)
_SPREADSHEET_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"})


# A blank is unknown; these say so, or say that the question does not arise. Zero is neither.
_UNKNOWN = frozenset({"inconnu", "inconnue", "nonconnu", "nc", "unknown", "nonrenseigne"})
_NOT_APPLICABLE = frozenset({"sansobjet", "so", "nonapplicable", "na", "notapplicable"})


class BadValue(ValueError):
    """A cell that cannot be read; `fr` and `en` say what was expected, as the end of a sentence."""

    def __init__(self, code: str, fr: str, en: str) -> None:
        super().__init__(fr)
        self.code, self.fr, self.en = code, fr, en


def meaning(written: str) -> Literal["", "unknown", "na"]:
    """Whether a cell says it is unknown ("inconnu", "?", "nc") or does not apply ("sans objet", "s.o.", "n/a")."""
    if len(written) > 20 or written[:1].isdigit() or written.strip() in _SPREADSHEET_ERRORS:
        return ""
    said = key(written)
    if said in _NOT_APPLICABLE:
        return "na"
    return "unknown" if said in _UNKNOWN or written.strip() in {"?", "-", "–"} else ""


def text(cell: Cell) -> str:
    """The cell as trimmed text, "" when blank; a whole number loses its ".0".

    Raises BadValue for the error marks of spreadsheets (#REF!, #N/A…).
    """
    if type(cell) is str:
        written = " ".join(cell.split())
        # The same object where nothing was trimmed: of a million names, one copy.
        written = cell if written == cell else written
        if written[:1] == "#" and written in _SPREADSHEET_ERRORS:
            raise _failed_formula()
        return written
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()[:10]
    return " ".join(str(cell).split())


def _failed_formula() -> BadValue:
    return BadValue("cell-error", "une valeur, pas une formule en erreur", "a value, not a failed formula")


@dataclass(frozen=True, slots=True)
class Written:
    """A number as it stands in a file, and what a profile says of it: its decimal mark, what multiplies it."""

    text: str
    decimal: Decimal = ""
    factor: float = 1.0

    def __str__(self) -> str:
        """What people see in their file."""
        return self.text


class Default(str):
    """What a profile gives a field where the file says nothing of it."""

    __slots__ = ()


def number(cell: Cell, decimal: Decimal = "") -> float | None:
    """A finite number, None when blank: "1 234,5" and "1234.5" alike, unless the `decimal` mark is known: then the
    other one parts thousands. Raises BadValue."""
    if isinstance(cell, Written):
        found = number(cell.text, cell.decimal or decimal)
        return None if found is None else found * cell.factor
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        found = float(cell)
    else:
        written = str(cell).strip() if cell is not None else ""
        if not written:
            return None
        return _written_number(written, decimal)
    if not math.isfinite(found):
        raise _not_a_number()
    return found


@lru_cache(maxsize=_REMEMBERED)
def _written_number(written: str, decimal: Decimal) -> float:
    if decimal and not _MARKED[decimal].fullmatch(written) and _NUMBER.fullmatch(written):
        raise _bad_mark(decimal)
    if not (_MARKED[decimal] if decimal else _NUMBER).fullmatch(written):
        raise _not_a_number()
    compact = re.sub(r"\s", "", written)
    if decimal:
        compact = compact.replace("." if decimal == "," else ",", "")
    found = float(compact.replace(",", "."))
    if not math.isfinite(found):
        raise _not_a_number()
    return found


def share(cell: Cell) -> float | None:
    """A fraction of 1: "0,57", "57 %". None when blank. Raises BadValue outside 0 to 1."""
    written = cell.text if isinstance(cell, Written) else cell
    percent = isinstance(written, str) and written.rstrip().endswith("%")
    if percent and isinstance(written, str):
        bare = written.rstrip()[:-1].rstrip()
        cell = replace(cell, text=bare) if isinstance(cell, Written) else bare
    found = number(cell)
    if found is None:
        return None
    fraction = found / 100 if percent else found
    if not 0 <= fraction <= 1:
        raise BadValue(
            "bad-share",
            "une part de 0 à 1, ou un pourcentage (57 %)",
            "a share from 0 to 1, or a percentage (57 %)",
        )
    return fraction


def day(cell: Cell, year_alone: bool = False) -> date | None:
    """A date: 2020-07-08, 20200708, 08/07/2020 (day first) or a spreadsheet date. None when blank.

    With `year_alone`, "2021" means 1 July 2021, the middle of the year. Raises BadValue for the rest
    and for years outside 1970-2100.
    """
    if isinstance(cell, datetime):
        return _in_range(cell.date(), year_alone)
    if isinstance(cell, date):
        return _in_range(cell, year_alone)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell in _SPREADSHEET_DAYS:
        return _SPREADSHEET_EPOCH + timedelta(days=int(cell))
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    written = str(cell).strip() if cell is not None else ""
    if not written:
        return None
    return _written_day(written, year_alone)


def month(cell: Cell) -> date | None:
    """The first day of a month: 2026-03, 03/2026 or any date of it. None when blank. Raises BadValue."""
    written = str(cell).strip() if isinstance(cell, str) else ""
    try:
        for pattern in (_MONTH, _FRENCH_MONTH):
            if match := pattern.fullmatch(written):
                return _in_range(_calendar(int(match["year"]), int(match["month"]), 1, False), False)
        found = day(cell)
    except BadValue:
        raise BadValue("bad-month", "un mois : 2026-03 ou 03/2026", "a month: 2026-03 or 03/2026") from None
    return found.replace(day=1) if found else None


@lru_cache(maxsize=_REMEMBERED)
def _written_day(written: str, year_alone: bool) -> date:
    if year_alone and _YEAR.fullmatch(written):
        return _in_range(_calendar(int(written), 7, 1, year_alone), year_alone)
    for pattern in (_ISO, _COMPACT):
        if match := pattern.fullmatch(written):
            year, month, day_of_month = (int(part) for part in match.groups())
            return _in_range(_calendar(year, month, day_of_month, year_alone), year_alone)
    if match := _FRENCH.fullmatch(written):
        found = _calendar(int(match["year"]), int(match["month"]), int(match["day"]), year_alone)
        return _in_range(found, year_alone)
    raise _not_a_date(year_alone)


def _calendar(year: int, month: int, day_of_month: int, year_alone: bool) -> date:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise _not_a_date(year_alone) from None


def _in_range(found: date, year_alone: bool) -> date:
    if not _EARLIEST <= found.year <= _LATEST:
        raise _not_a_date(year_alone)
    return found


def _not_a_number() -> BadValue:
    return BadValue(
        "bad-number", "un nombre, par exemple 12 ou 1 234,5", "a number, for instance 12 or 1234.5"
    )


def _bad_mark(decimal: Decimal) -> BadValue:
    other, example = (".", "1.234,5") if decimal == "," else (",", "1,234.5")
    return BadValue(
        "bad-mark",
        f"un nombre dont la décimale est « {decimal} » et dont « {other} » sépare les milliers par groupes de trois, "
        f"comme {example}",
        f"a number whose decimal mark is “{decimal}” and whose thousands are parted by “{other}” in groups of three, "
        f"like {example}",
    )


def _not_a_date(year_alone: bool) -> BadValue:
    return BadValue(
        "bad-date",
        ("une année (2021) ou " if year_alone else "")
        + f"une date de {_EARLIEST} à {_LATEST} : 2020-07-08, 20200708 ou 08/07/2020",
        ("a year (2021) or " if year_alone else "")
        + f"a date from {_EARLIEST} to {_LATEST}: 2020-07-08, 20200708 or 08/07/2020 (day first)",
    )
