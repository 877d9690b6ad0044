"""The workbook to send back: a list of what was found, and the source sheets with the faulty cells coloured."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pos_map.contacts import LEFT_OUT, PERSONAL_EN
from pos_map.faults import Fault
from pos_map.mapping import Profile
from pos_map.validation.copies import Copy, copies
from pos_map.writing import clean, open_book, put, sheet_name

Language = Literal["fr", "en"]
Cell = tuple[str, int, int]  # sheet of the workbook, row and column from 0

MOST_FAULTS = 200_000
# Comments and links weigh: beyond, cells are only coloured, and the list says the rest.
_MOST_COMMENTS = 2_000
_MOST_LINKS = 50_000
_LONGEST_COMMENT = 1_000
_WIDTHS = (6, 14, 24, 20, 8, 26, 26, 90, 26, 24, 14)
_WORDS = {
    "fr": {
        "sheet": "Constats",
        "headers": ("N°", "Gravité", "Fichier", "Feuille", "Ligne", "Colonne", "Valeur lue", "Constat",
                    "Correction proposée", "Règle", "Cellule"),
        "error": "Erreur", "warning": "Avertissement", "go": "voir",
        "mend": "Écrire : ", "cut": "{n} autres constats ne sont pas listés : corrigez ceux-ci et recommencez.",
        "none": "Rien à signaler.", "person": LEFT_OUT,
    },
    "en": {
        "sheet": "Findings",
        "headers": ("No.", "Severity", "File", "Sheet", "Line", "Column", "Value read", "Finding",
                    "Proposed mend", "Rule", "Cell"),
        "error": "Error", "warning": "Warning", "go": "see",
        "mend": "Write: ", "cut": "{n} other findings are not listed: mend these and try again.",
        "none": "Nothing to report.", "person": f"({PERSONAL_EN})",
    },
}  # fmt: skip


def write_faults_xlsx(
    faults: Sequence[Fault],
    paths: Sequence[Path],
    target: Path,
    language: Language = "fr",
    profiles: Sequence[Profile] = (),
) -> Path:
    """Write the faults and the source sheets they stand in to `target`, an .xlsx; returns it.

    `paths` are the files that were read: those that are spreadsheets or CSV are copied (values only, whole up to
    20,000 lines, else the lines at fault), each faulty cell coloured with the sentence in a comment. `profiles` are
    those they were read with.
    """
    book = open_book(target)
    try:
        formats = _formats(book)
        words: Mapping[str, Any] = _WORDS[language]
        page = book.add_worksheet(words["sheet"])
        taken = {str(words["sheet"]).casefold()}
        cells: dict[int, Cell] = {}
        hidden: set[int] = set()
        for copy in copies(faults, paths, profiles):
            name = sheet_name(f"{Path(copy.file).stem} {copy.grid.name}".strip(), taken)
            cells.update(_copy(book.add_worksheet(name), name, copy, formats, language))
            hidden |= copy.about_persons()
        shown = [_without_person(fault, hidden, words) for fault in faults[:MOST_FAULTS]]
        places = [cells.get(id(fault)) for fault in faults[:MOST_FAULTS]]
        _list(page, list(zip(shown, places, strict=True)), len(faults), formats, words, language)
    finally:
        book.close()
    return target


def _formats(book: Any) -> dict[str, Any]:
    fills = {"error": ("#F8D0CB", "#7A1712"), "warning": ("#FFF0C2", "#5F4300")}
    found = {
        "head": book.add_format(
            {"bold": True, "font_color": "white", "bg_color": "#1D3557", "text_wrap": True}
        ),
        "text": book.add_format({"num_format": "@", "quote_prefix": True}),
        "wrap": book.add_format(
            {"num_format": "@", "quote_prefix": True, "text_wrap": True, "valign": "top"}
        ),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "number": book.add_format({}),
        "link": book.add_format({"font_color": "#0B4F9E", "underline": 1}),
    }
    for severity, (fill, ink) in fills.items():
        marked = {"bg_color": fill, "font_color": ink, "border": 1, "border_color": ink}
        found[severity] = book.add_format({**marked, "bold": True})
        found[f"{severity} text"] = book.add_format({**marked, "num_format": "@", "quote_prefix": True})
        found[f"{severity} number"] = book.add_format(marked)
        found[f"{severity} date"] = book.add_format({**marked, "num_format": "dd/mm/yyyy"})
    return found


def _list(
    page: Any,
    shown: Sequence[tuple[Fault, Cell | None]],
    count: int,
    formats: Mapping[str, Any],
    words: Mapping[str, Any],
    language: Language,
) -> None:
    for column, (header, width) in enumerate(zip(words["headers"], _WIDTHS, strict=True)):
        page.set_column(column, column, width)
        page.write_string(0, column, header, formats["head"])
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, max(len(shown), 1), len(_WIDTHS) - 1)
    plain = {"text": formats["text"]}
    for row, (fault, cell) in enumerate(shown, 1):
        page.write_number(row, 0, row)
        page.write_string(row, 1, words[fault.severity], formats[fault.severity])
        texts = (fault.file, fault.sheet, fault.line, fault.column, fault.value)
        for column, value in enumerate(texts, 2):
            put(page, row, column, value, plain)
        put(page, row, 7, _sentence(fault, language), {"text": formats["wrap"]})
        put(page, row, 8, fault.mend, plain)
        put(page, row, 9, fault.code, plain)
        if cell and row <= _MOST_LINKS:
            name, line, place = cell
            quoted = name.replace("'", "''")
            link = f"internal:'{quoted}'!{_a1(line, place)}"
            page.write_url(row, 10, link, formats["link"], words["go"])
    if not shown:
        page.write_string(1, 7, words["none"])
    elif count > len(shown):
        page.write_string(len(shown) + 1, 7, words["cut"].format(n=count - len(shown)))


def _without_person(fault: Fault, hidden: Collection[int], words: Mapping[str, Any]) -> Fault:
    """The fault, its value left out of it when it stands in a column about persons."""
    if not fault.value or id(fault) not in hidden:
        return fault
    fr, en = (sentence.replace(fault.value, words["person"]) for sentence in (fault.fr, fault.en))
    return replace(fault, value=words["person"], fr=fr, en=en, mend="")


def _copy(
    page: Any, name: str, copy: Copy, formats: Mapping[str, Any], language: Language
) -> Iterator[tuple[int, Cell]]:
    """Write a source sheet; gives where each of its faults stands, by identity of the fault."""
    where: list[tuple[int, Cell]] = []
    left_out = _WORDS[language]["person"]
    comments = row = 0
    width = len(copy.header[1])
    for line, cells in copy.lines():
        row = line - 1 if copy.whole else row
        marks = copy.faults.get(line, {})
        cells = tuple(left_out if value is LEFT_OUT else value for value in cells)
        for column, value in enumerate(cells):
            put(page, row, column, value, _kinds(formats, marks.get(column)))
        for marked, faults in marks.items():
            place = min(marked or 0, max(width, 1) - 1)
            if marked is None or marked >= len(cells):
                # A fault of the line, or of a cell that is not there, is shown all the same.
                value = cells[place] if place < len(cells) else None
                put(page, row, place, value, _kinds(formats, faults))
            where.extend((id(fault), (name, row, place)) for fault in faults)
            if comments < _MOST_COMMENTS:
                page.write_comment(row, place, _comment(faults, language), {"x_scale": 2.5, "y_scale": 1.5})
                comments += 1
        row += 1
    page.set_column(0, max(width, 1) - 1, 18)
    head = copy.header[0] if copy.whole else 1
    page.freeze_panes(head, 0)
    return iter(where)


def _kinds(formats: Mapping[str, Any], faults: Sequence[Fault] | None) -> Mapping[str, Any]:
    if not faults:
        return formats
    severity = "error" if any(fault.severity == "error" for fault in faults) else "warning"
    return {kind: formats[f"{severity} {kind}"] for kind in ("text", "number", "date")}


def _sentence(fault: Fault, language: Language) -> str:
    return fault.fr if language == "fr" else fault.en


def _comment(faults: Sequence[Fault], language: Language) -> str:
    words: Mapping[str, Any] = _WORDS[language]
    said = [
        f"{words[fault.severity]} : {_sentence(fault, language)}"
        + (f"\n{words['mend']}{fault.mend}" if fault.mend else "")
        for fault in faults
    ]
    return clean("\n".join(said))[:_LONGEST_COMMENT]


def _a1(row: int, column: int) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(row, column))
