"""Write the template workbook: a sheet a table, locked headers, lists to choose from, a help sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pos_map.columns import HELP_SHEET
from pos_map.model import Inventory
from pos_map.template.guide import NOT_APPLICABLE, SHEETS, WORDS, Guide, guides
from pos_map.template.help_sheet import NEEDS, write_help
from pos_map.template.tables import Value, places_of, table_rows
from pos_map.writing import MAX_ROW, open_book, put, sheet_name, unguarded

LISTS_SHEET = "Listes"
# Lines that can be added below those that are there.
_SPARE_LINES = 5_000
_TITLE_LENGTH, _MESSAGE_LENGTH = 32, 255
_FORMATS = {"number": "General", "whole": "0", "share": "0.##%", "date": "dd/mm/yyyy", "month": "mm/yyyy"}
_WIDTHS = {"number": 14, "whole": 10, "share": 12, "date": 13, "month": 11, "yes": 12, "list": 16}
_ALLOWED = {
    "format_cells": True, "format_columns": True, "format_rows": True, "insert_rows": True, "delete_rows": True,
    "sort": True, "autofilter": True,
}  # fmt: skip


def write_template(target: Path, inventory: Inventory | None = None) -> Path:
    """Write the workbook to `target`, an .xlsx, blank or filled from an inventory; returns it.

    Read again it gives the same inventory (numbers to 16 digits). Raises OSError or xlsxwriter's own error when
    the file cannot be written.
    """
    filled = inventory or Inventory()
    rows = table_rows(filled)
    count = sum(len(lines) for _header, lines in rows.values())
    book = open_book(target, count, free=True)
    formats = _formats(book)
    names: set[str] = {HELP_SHEET.casefold(), LISTS_SHEET.casefold()}
    write_help(book.add_worksheet(HELP_SHEET), formats)
    lasts: dict[str, int] = {}
    for table in SHEETS:
        page = book.add_worksheet(sheet_name(table.sheet, names))
        lines = rows[table.kind][1]
        lasts[table.kind] = min(len(lines) + _SPARE_LINES, MAX_ROW - 1)
        _sheet(page, guides()[table.kind], lines, formats, lasts[table.kind])
    _lists(book, filled, formats)
    _names(book, lasts)
    book.close()
    return target


def _formats(book: Any) -> dict[str, Any]:
    """Formats of headers and help, locked; of cells, free as the rest of each sheet: a line can be deleted only
    when all its cells are."""
    inks = {"required": "#1D3557", "expected": "#31597F", "optional": "#5B6B7B"}
    head = {"locked": True, "bold": True, "font_color": "white", "text_wrap": True, "valign": "top"}
    found = {f"head {need}": book.add_format({**head, "bg_color": ink}) for need, ink in inks.items()}
    found["free text"] = book.add_format({"num_format": "@"})
    for kind, code in _FORMATS.items():
        found[f"free {kind}"] = book.add_format({"num_format": code})
    title = {"locked": True, "bold": True, "font_size": 16, "font_color": inks["required"]}
    found["title"] = book.add_format(title)
    found["plain"] = book.add_format({"locked": True, "text_wrap": True, "valign": "top"})
    return found


def _sheet(
    page: Any,
    columns: Sequence[Guide],
    lines: Sequence[Sequence[Value]],
    formats: Mapping[str, Any],
    last: int,
) -> None:
    free = [formats[f"free {guide.kind}" if guide.kind in _FORMATS else "free text"] for guide in columns]
    for at, (guide, cell) in enumerate(zip(columns, free, strict=True)):
        page.set_column(at, at, max(_WIDTHS.get(guide.kind, 22), len(guide.column.header) * 0.8), cell)
        page.write_string(0, at, guide.column.header, formats[f"head {guide.need}"])
        page.data_validation(1, at, last, at, _validation(guide))
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(len(lines), 1), len(columns) - 1)
    kinds = [{"text": formats["free text"], "number": cell, "date": cell} for cell in free]
    for row, line in enumerate(lines, 1):
        for at, value in enumerate(line):
            if value is not None:
                put(page, row, at, _kept(value), kinds[at])
    page.protect("", _ALLOWED)


def _kept(value: Value) -> Value:
    """A text that begins as those made safe for a CSV is made safe once more, to come back as it is."""
    return f"'{value}" if isinstance(value, str) and unguarded(value) != value else value


def _validation(guide: Guide) -> dict[str, Any]:
    message = " ".join(
        part for part in (guide.meaning, f"({guide.unit})" if guide.unit else "", NEEDS[guide.need]) if part
    )
    shown = {"input_title": guide.column.header[:_TITLE_LENGTH], "input_message": message[:_MESSAGE_LENGTH]}
    if guide.kind in ("list", "yes"):
        return {
            **shown,
            "validate": "list",
            "source": f"={_range_name(guide.words or 'yes')}",
            "error_title": "Mot hors de la liste",
            "error_message": f"Choisissez un mot de la liste, ou « {NOT_APPLICABLE} ». Vide : inconnu.",
        }
    if guide.words:
        # What is not in the list is taken all the same: it may be declared in another file.
        return {**shown, "validate": "list", "source": f"={_range_name(guide.words)}", "show_error": False}
    return {**shown, "validate": "any"}


def _range_name(words: str) -> str:
    return "liste_" + "".join(char if char.isalnum() else "_" for char in words)


def _lists(book: Any, inventory: Inventory, formats: Mapping[str, Any]) -> None:
    """The hidden sheet the lists are read from."""
    places = places_of(inventory)
    zones = tuple(dict.fromkeys(node.label for node in inventory.nodes if node.parent is None))
    lists = {**WORDS, "zones": zones, "paths": tuple(places.values())}
    closed = {guide.words for columns in guides().values() for guide in columns if guide.kind == "list"} | {
        "yes"
    }
    page = book.add_worksheet(LISTS_SHEET)
    longest = [
        (name, (*words, NOT_APPLICABLE) if name in closed else words or ("",))
        for name, words in lists.items()
    ]
    for at, (name, _words) in enumerate(longest):
        page.write_string(0, at, f"liste : {name}", formats["plain"])
    # By line, as big workbooks are written.
    for row in range(max(len(words) for _name, words in longest)):
        for at, (_name, words) in enumerate(longest):
            if row < len(words):
                put(page, row + 1, at, words[row], {})
    for at, (name, words) in enumerate(longest):
        book.define_name(_range_name(name), f"={LISTS_SHEET}!{_cells(at, len(words))}")
    page.hide()


def _names(book: Any, lasts: Mapping[str, int]) -> None:
    """A name for each column that others refer to."""
    wanted = {guide.words for columns in guides().values() for guide in columns if guide.kind == "ref"}
    for table in SHEETS:
        for at, guide in enumerate(guides()[table.kind]):
            if (words := f"{table.kind}.{guide.column.field}") in wanted:
                quoted = table.sheet.replace("'", "''")
                book.define_name(_range_name(words), f"='{quoted}'!{_cells(at, lasts[table.kind])}")


def _cells(column: int, last: int) -> str:
    from xlsxwriter.utility import xl_range_abs

    return str(xl_range_abs(1, column, last, column))
