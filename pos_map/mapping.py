"""A column-mapping profile: how the columns of another tool's export become our tables.

Profiles are written in YAML (see `pos_map.profiles`); these are the same things once checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pos_map.columns import Table
from pos_map.values import Decimal

Dates = Literal["", "day-first", "month-first"]
# The name of a column, or several of which the first present is read.
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the value of a field comes from: columns (alternatives) joined by `glue`, or a constant.

    `constant` is used alone without columns, and for blank cells with them. `factor` multiplies a number.
    `separator` cuts a cell into several rows; `first` keeps what stands before this mark; `after` keeps of each
    piece what follows this label; `replace` puts our marks in place of theirs.
    """

    columns: tuple[Names, ...] = ()
    constant: str = ""
    glue: str = " "
    factor: float | None = None
    separator: str = ""
    first: str = ""
    after: str = ""
    replace: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Test:
    """A test on a row: its column holds one of the words (as `spelling.key`), or is blank."""

    column: Names
    words: frozenset[str] = frozenset()
    blank: bool = False


@dataclass(frozen=True, slots=True)
class TableMap:
    """What one of our tables takes from a sheet: of each row that passes the tests of `when` and has the
    fields of `needs`. `values` gives, for a field, our word for each of theirs (as `spelling.key`; "*": any)."""

    table: Table
    origins: Mapping[str, Origin]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    when: tuple[Test, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetMap:
    """A sheet, recognised by columns that must all be there; `names` narrows it to some sheets."""

    recognise: tuple[Names, ...]
    tables: tuple[TableMap, ...]
    names: Names = ()
    ignore: Names = ()
    skips: tuple[Test, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile: its name, titles, source, how files are written ("" or 0: found out), its sheets.

    `asked`: a person named it for these files, so it comes before the others and says when it reads nothing.
    """

    name: str
    fr: str
    en: str
    sheets: tuple[SheetMap, ...]
    source: str = ""
    encoding: str = ""
    separator: str = ""
    header_row: int = 0
    decimal: Decimal = ""
    dates: Dates = ""
    asked: bool = False
