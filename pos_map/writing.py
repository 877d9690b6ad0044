"""What every file we write shares: cells that stay what they are, never formulas, links or broken XML.

safe_cell   a text for a CSV, that no spreadsheet takes for a formula
unguarded   the text that `safe_cell` was given
open_book   an .xlsx to fill, with xlsxwriter
put         a cell of it
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

LONGEST_TEXT = 32_767
MAX_ROW = 1_048_576
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_SHEET_NAME = 31


def safe_cell(text: str) -> str:
    """A text that a spreadsheet opening a CSV shows as it is: an apostrophe goes before =, +, -, @, tab, return."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text under the apostrophe of `safe_cell`; any other text is given back."""
    return text[1:] if _GUARDED.match(text) else text


def clean(text: str) -> str:
    """The text without what XML cannot hold: control characters, halves of characters."""
    return _CONTROLS.sub("\ufffd", text.encode("utf-8", "replace").decode())


def open_book(target: Path, rows: int = 0, free: bool = False) -> Any:
    """A workbook that takes texts as texts. Beyond some `rows` in all, lines must be written in order.

    `free`: in a protected sheet, cells are not locked unless their format says so.
    """
    import xlsxwriter

    plain: dict[str, Any] = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    options = {**plain, "constant_memory": rows > 50_000, "default_date_format": "dd/mm/yyyy"}
    if free:
        options["default_format_properties"] = {"font_name": "Calibri", "font_size": 11, "locked": False}
    return xlsxwriter.Workbook(str(target), options)


def put(page: Any, row: int, column: int, value: object, formats: Mapping[str, Any]) -> None:
    """Write a value in a cell from 0. `formats` may have "text", "number" and "date"; "" for none of them."""
    if value is None or value == "":
        if blank := formats.get("text"):
            page.write_blank(row, column, None, blank)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, formats.get("text"))
    elif isinstance(value, (int, float)):
        page.write_number(row, column, value, formats.get("number"))
    elif isinstance(value, (date, datetime)):
        moment = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        page.write_datetime(row, column, moment, formats.get("date"))
    else:
        text = str(value).encode("utf-8", "replace").decode()
        page.write_string(row, column, text[:LONGEST_TEXT], formats.get("text"))


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name a workbook accepts, added to `taken`: 31 characters at most, none forbidden, told from the others."""
    stem = _SHEET_NAME.sub(" ", clean(wanted)).strip(" '")[:_LONGEST_SHEET_NAME] or "Feuille"
    name, rank = stem, 1
    while name.casefold() in taken or name.casefold() == "history":
        rank += 1
        end = f" ({rank})"
        name = stem[: _LONGEST_SHEET_NAME - len(end)] + end
    taken.add(name.casefold())
    return name
