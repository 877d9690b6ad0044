"""What to write in place of a value that cannot be read, where it is certain: slips of form, never of content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from pos_map.marks import told
from pos_map.spelling import near, plain

# Above this likeness a word of a short list is the one that was meant.
_SURE = 0.8
_MONTHS = (
    ("janvier", "janv", "january", "jan"), ("fevrier", "fevr", "february", "feb"), ("mars", "march", "mar"),
    ("avril", "avr", "april", "apr"), ("mai", "may"), ("juin", "june", "jun"), ("juillet", "juil", "july", "jul"),
    ("aout", "august", "aug"), ("septembre", "sept", "september", "sep"), ("octobre", "oct", "october"),
    ("novembre", "nov", "november"), ("decembre", "dec", "december"),
)  # fmt: skip
_RANKS = {name: rank for rank, names in enumerate(_MONTHS, 1) for name in names}
# Units that say what the column already says; another unit changes the value and is left to a person.
_UNIT = re.compile(r"\s*(?:go|gb|kwh|ans?|years?|y|heures?|h|euros?|€|kw|pi[eè]ces?|u)\.?$", re.IGNORECASE)
_BOTH_MARKS = re.compile(r"[+-]?\d{1,3}(?:([.,'’ \u00a0\u202f])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_WORDS = re.compile(r"(?:(\d{1,2})(?:er)?\s+)?([a-z]+)\.?\s+(\d{4})")


def mend(code: str, value: str) -> str:
    """What to write for a value refused with this code; "" when nothing is certain."""
    if len(value) > 60:
        return ""
    if code == "bad-number":
        return _number(value)
    if code == "bad-share":
        return _share(value)
    if code == "bad-date":
        found = _day(value)
        return found.isoformat() if found else ""
    if code == "bad-month":
        found = _day(value) or _day(f"1 {value}")
        return f"{found:%Y-%m}" if found else ""
    return ""


def nearest(name: str, candidates: Iterable[str], likeness: float = _SURE) -> str:
    """The word that was meant; "" when none is like enough."""
    close = near(name, candidates, likeness)
    return close[0] if close else ""


def _number(value: str) -> str:
    """Thousands and decimal marks told apart, a unit that adds nothing taken off."""
    written = _UNIT.sub("", value.strip())
    if told(written) == "?":
        # One mark, three digits: a decimal one or one of thousands.
        return ""
    if _PLAIN.fullmatch(written):
        return written.replace(".", ",")
    match = _BOTH_MARKS.fullmatch(written)
    if match is None:
        return ""
    thousands = match.group(1)
    rest = written.replace(thousands, "")
    # The same mark for both would be two decimal marks.
    return rest.replace(".", ",") if _PLAIN.fullmatch(rest) else ""


def _share(value: str) -> str:
    """A percentage without its sign: 57 is 57 %."""
    written = value.strip().replace(",", ".")
    if not _PLAIN.fullmatch(written):
        return ""
    return f"{value.strip()} %" if 1 < float(written) <= 100 else ""


def _day(value: str) -> date | None:
    written = " ".join(plain(value).split())
    if match := _YEAR_FIRST.fullmatch(written):
        return _calendar(match[1], match[2], match[3])
    if match := _DAY_FIRST.fullmatch(written):
        year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
        return _calendar(year, match[2], match[1])
    if (match := _WORDS.fullmatch(written)) and match[1] and match[2] in _RANKS:
        return _calendar(match[3], str(_RANKS[match[2]]), match[1])
    return None


def _calendar(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if 1970 <= found.year <= 2100 else None
