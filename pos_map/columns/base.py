"""A column and a table: how they are named in files, and which columns must be there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos_map.spelling import key

Need = Literal["required", "expected", "optional", "dropped"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: our `field`, the `header` shown to people, other spellings accepted.

    `need`: required (an error without it), expected (a warning), optional, dropped (known, never kept).
    `personal`: it is about persons, and dropped for that.
    """

    field: str
    header: str
    need: Need = "optional"
    aliases: tuple[str, ...] = ()
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of table. `sheet` names its usual sheet in a workbook."""

    kind: str
    sheet: str
    fr: str
    en: str
    columns: tuple[Column, ...]

    def by_header(self) -> dict[str, Column]:
        """Column of each accepted header, by `spelling.key`."""
        return {key(name): column for column in self.columns for name in (column.header, *column.aliases)}

    def by_field(self) -> dict[str, Column]:
        """Column of each field."""
        return {column.field: column for column in self.columns}
