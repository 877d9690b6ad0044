"""The shape of a report: sheets made of blocks, and where each block stands.

Rows and columns count from 0, as in xlsxwriter. A sheet has its title in A1, then its introduction and its
checks one a row, an empty row, then its blocks one under the other, each after an empty row. A missing value
is written as a word, never as 0 nor as an empty cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "wrap", "amount", "share", "count", "number", "gap", "signed"]


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula in the language of files (English names, commas) and the value it has now."""

    text: str
    value: float


Cell = str | float | int | Formula | None  # None: unknown


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a block: its header, with the unit, and how its cells are shown."""

    header: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Block:
    """A table. Without a title it is the only one of its sheet and can be filtered.

    `names` gives names, usable in formulas, to columns of its cells: (name, column index).
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    names: tuple[tuple[str, int], ...] = ()

    @property
    def alone(self) -> bool:
        """Whether this is the only table of its sheet."""
        return not self.title


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart of two columns of a block: labels, then amounts in kgCO2e; `alt` says it in words."""

    title: str
    block: int
    labels: int
    amounts: int
    alt: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: title, introduction, checks (label, formula), blocks, widths in characters, charts."""

    name: str
    title: str
    intro: tuple[str, ...]
    blocks: tuple[Block, ...]
    widths: tuple[float, ...]
    checks: tuple[tuple[str, Formula], ...] = ()
    charts: tuple[Chart, ...] = ()


def header_rows(sheet: Sheet) -> tuple[int, ...]:
    """Row of the header of each block; its cells start on the next one."""
    row, found = 1 + len(sheet.intro) + len(sheet.checks) + 1, []
    for block in sheet.blocks:
        row += 0 if block.alone else 1
        found.append(row)
        row += 1 + max(len(block.rows), 1) + 1
    return tuple(found)


def named_ranges(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """The names the blocks of a sheet declare, each with the absolute range it stands for."""
    quoted = sheet.name.replace("'", "''")
    return tuple(
        (name, f"='{quoted}'!${letters(i)}${top + 2}:${letters(i)}${top + 1 + max(len(block.rows), 1)}")
        for block, top in zip(sheet.blocks, header_rows(sheet), strict=True)
        for name, i in block.names
    )


def letters(column: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
