"""Writing the report: sheets of `tables` into one .xlsx file, with xlsxwriter.

Same assessment, same bytes: the file is dated by its assessment and everything is written in a constant
order. Texts are written as texts whatever they look like, and stay so when a cell is edited (quote prefix),
so that a hostile name never becomes a formula.
"""

from __future__ import annotations

import contextlib
import math
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from footprint.formats import unknown
from footprint.report.application_rows import applications_sheet
from footprint.report.errors import ReportError
from footprint.report.factor_rows import factors_sheet
from footprint.report.hypothesis_rows import hypotheses_sheet
from footprint.report.line_rows import lines_sheet
from footprint.report.material import Material, gather
from footprint.report.quality_rows import quality_sheet
from footprint.report.summary_rows import summary_sheet
from footprint.report.tables import Block, Cell, Chart, Formula, Kind, Sheet, header_rows, named_ranges
from footprint.store.database import Store

LONGEST_TEXT = 32_767  # characters a cell may hold
A4 = 9
INK = "#1D3557"
# Format codes as files hold them: each reader shows them with the signs of its own language.
NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@",
    "wrap": "@",
    "amount": "[>=10]#,##0;[>=0.001]0.000;0.00E+00",
    "share": '[>=0.001]0.0%;[>0]"< 1 ‰";0%',
    "count": "#,##0",
    "number": "General",
    "gap": "[>=100]#,##0;0.00E+00",
    "signed": "+0.0%;-0.0%;0%",
}
CHECK_COLUMN = 2  # the labels of the checks run over the columns before
LINE_HEIGHT, MOST_ROW_LINES = 13.5, 12  # points, lines
FIRST_CHART, CHART_ROWS = 4, 17  # row of the first chart, rows from one to the next
Formats = dict[str, Any]


def write_workbook(store: Store, path: Path) -> Path:
    """Write the light carbon balance of the current campaign's newest assessment, in the current language.

    Returns `path`. Raises CampaignError (nothing assessed), ReportError (xlsxwriter absent, file held).
    """
    xlsxwriter = _library()
    material = gather(store)
    sheets = report_sheets(material)
    draft = path.with_name(f".{path.name}.draft")
    try:
        _write(xlsxwriter, draft, sheets, material)
        draft.replace(path)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise ReportError(
            f"Le fichier {path} ne peut pas être écrit. Fermez-le s’il est ouvert, ou donnez un dossier qui existe.",
            f"The file {path} can't be written. Close it if it is open, or name a folder that exists.",
        ) from error
    return path


def report_sheets(material: Material) -> tuple[Sheet, ...]:
    """The six sheets, in the order of the workbook."""
    return (
        summary_sheet(material),
        lines_sheet(material),
        applications_sheet(material),
        factors_sheet(material),
        hypotheses_sheet(material),
        quality_sheet(material),
    )


def _library() -> ModuleType:
    try:
        import xlsxwriter
    except ImportError as error:
        raise ReportError(
            "Le rapport demande une bibliothèque absente ici. Installez-la : dans le dépôt, pip install '.[reports]'.",
            "The report needs a library that is absent here. Install it: in the checkout, pip install '.[reports]'.",
        ) from error
    module: ModuleType = xlsxwriter
    return module


def _write(xlsxwriter: ModuleType, path: Path, sheets: tuple[Sheet, ...], material: Material) -> None:
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), plain)
    book.set_properties(
        {
            "title": sheets[0].title,
            "subject": f"{material.summary.organisation}, {material.summary.year}"[:255],
            "author": "footprint",
            "comments": material.summary.assessment_id,
            "created": datetime.fromisoformat(material.summary.created_at.replace("Z", "")),
        }
    )
    formats = _formats(book)
    for number, sheet in enumerate(sheets):
        _sheet(book, sheet, formats, number)
    _names(book, sheets)
    book.close()


def _names(book: Any, sheets: tuple[Sheet, ...]) -> None:
    """Names for the formulas: the columns the blocks declare, and the two totals of the summary."""
    for sheet in sheets:
        for name, where in named_ranges(sheet):
            book.define_name(name, where)
    first, quoted = header_rows(sheets[0])[0] + 2, sheets[0].name.replace("'", "''")
    book.define_name("fp_total", f"='{quoted}'!$B${first}")
    book.define_name("fp_applications_total", f"='{quoted}'!$B${first + 1}")


def _formats(book: Any) -> Formats:
    base = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    formats: Formats = {}
    for kind, code in NUMBER_FORMATS.items():
        formats[kind] = book.add_format({**base, "num_format": code})
    formats["text"] = book.add_format(
        {**base, "num_format": "@", "quote_prefix": True, "align": "left", "indent": 1}
    )
    formats["wrap"] = book.add_format(
        {**base, "num_format": "@", "quote_prefix": True, "align": "left", "indent": 1, "text_wrap": True}
    )
    formats["word"] = book.add_format(
        {**base, "italic": True, "align": "right", "quote_prefix": True, "text_wrap": True}
    )
    formats["plain"] = book.add_format(base)
    formats["title"] = book.add_format({**base, "bold": True, "font_size": 16, "font_color": INK})
    formats["block"] = book.add_format({**base, "bold": True, "font_size": 12, "font_color": INK})
    formats["head"] = book.add_format(
        {**base, "bold": True, "text_wrap": True, "font_color": "white", "bg_color": INK, "border": 1}
    )
    return formats


def _sheet(book: Any, sheet: Sheet, formats: Formats, number: int) -> None:
    page = book.add_worksheet(sheet.name)
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width, formats["plain"])
    page.write_string(0, 0, sheet.title, formats["title"])
    page.set_row(0, 24)
    for row, text in enumerate(sheet.intro, start=1):
        page.write_string(row, 0, text, formats["plain"])
    for row, (label, formula) in enumerate(sheet.checks, start=1 + len(sheet.intro)):
        page.write_string(row, 0, label, formats["plain"])
        _cell(page, row, CHECK_COLUMN, formula, "gap", formats)
    tops = header_rows(sheet)
    for index, (block, top) in enumerate(zip(sheet.blocks, tops, strict=True)):
        _block(page, block, top, formats, f"fp_{number}_{index}")
        _heights(page, block, top, sheet.widths)
    for chart in sheet.charts:
        _chart(book, page, sheet, chart)
    _layout(page, sheet, tops)


def _block(page: Any, block: Block, top: int, formats: Formats, name: str) -> None:
    """One table, marked as such so that a screen reader reads its headers with its cells."""
    if not block.alone:
        page.write_string(top - 1, 0, block.title, formats["block"])
    page.add_table(
        top, 0, top + max(len(block.rows), 1), len(block.columns) - 1,
        {
            "name": name,
            "style": "Table Style Light 1",
            "autofilter": block.alone,
            "columns": [{"header": column.header, "header_format": formats["head"]} for column in block.columns],
        },
    )  # fmt: skip
    for row, cells in enumerate(block.rows, start=top + 1):
        for column, (cell, kind) in enumerate(zip(cells, (c.kind for c in block.columns), strict=True)):
            _cell(page, row, column, cell, kind, formats)


def _heights(page: Any, block: Block, top: int, widths: tuple[float, ...]) -> None:
    page.set_row(top, LINE_HEIGHT * header_lines(block, widths))
    for row, cells in enumerate(block.rows, start=top + 1):
        if (lines := row_lines(block, cells, widths)) > 1:
            page.set_row(row, LINE_HEIGHT * lines)


def header_lines(block: Block, widths: tuple[float, ...]) -> int:
    """Lines the longest header of a block takes in its column, beside the filter button if there is one."""
    button = 4 if block.alone else 1
    return max(
        math.ceil((len(column.header) + button) / width)
        for column, width in zip(block.columns, widths, strict=False)
    )


def row_lines(block: Block, cells: tuple[Cell, ...], widths: tuple[float, ...]) -> int:
    """Lines the longest wrapped text of a row takes: readers don't all find it by themselves."""
    wrapped = (
        math.ceil((len(cell) + 3) / width)
        for cell, column, width in zip(cells, block.columns, widths, strict=False)
        if column.kind == "wrap" and isinstance(cell, str)
    )
    return min(max(wrapped, default=1), MOST_ROW_LINES)


def _cell(page: Any, row: int, column: int, cell: Cell, kind: Kind, formats: Formats) -> None:
    """One cell. A word in a column of numbers (unknown, not computed) is set apart in italics."""
    if isinstance(cell, Formula):
        page.write_formula(row, column, cell.text, formats[kind], cell.value)
    elif cell is None or isinstance(cell, str):
        text = unknown() if cell is None else cell
        words = formats[kind] if kind in ("text", "wrap") else formats["word"]
        page.write_string(row, column, text[:LONGEST_TEXT], words)
    else:
        # A true zero is a plain 0, not the scientific notation of a very small amount.
        plain = kind in ("text", "wrap") or cell == 0
        page.write_number(row, column, cell, formats["count" if plain else kind])


def _chart(book: Any, page: Any, sheet: Sheet, chart: Chart) -> None:
    """A bar chart at the right of its sheet, one colour, values written on the bars."""
    block, top, index = sheet.blocks[chart.block], header_rows(sheet)[chart.block], sheet.charts.index(chart)
    last = top + len(block.rows)
    drawn = book.add_chart({"type": "bar"})
    drawn.add_series(
        {
            "name": chart.title,
            "categories": [sheet.name, top + 1, chart.labels, last, chart.labels],
            "values": [sheet.name, top + 1, chart.amounts, last, chart.amounts],
            "fill": {"color": INK},
            "data_labels": {"value": True, "num_format": NUMBER_FORMATS["amount"]},
        }
    )
    drawn.set_title({"name": chart.title, "name_font": {"size": 11}})
    drawn.set_legend({"none": True})
    drawn.set_y_axis({"reverse": True})  # biggest first, as in the table
    drawn.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": False}})
    drawn.set_size({"width": 560, "height": 300})
    options = {"description": chart.alt, "object_position": 2, "x_offset": 12}
    page.insert_chart(FIRST_CHART + CHART_ROWS * index, len(sheet.widths), drawn, options)


def _layout(page: Any, sheet: Sheet, tops: tuple[int, ...]) -> None:
    """Frozen titles, A4 landscape, one page wide, headers repeated, page numbers."""
    alone = len(sheet.blocks) == 1
    page.freeze_panes(tops[0] + 1 if alone else 1, 2 if alone else 0)
    if alone:
        page.repeat_rows(tops[0])
    page.set_paper(A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    page.set_footer(f"&L{sheet.name}&R&P / &N")
