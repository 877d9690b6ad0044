"""What a check found, as it is kept in JSON and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from footprint.store.batches import FileRead, State
from pos_map import Unmatched
from pos_map.changes import Changes
from pos_map.changes_text import KIND_WORDS, Kind, lines
from pos_map.inspecting import ColumnView, Inspection, SheetView
from pos_map.matching import Proposal
from pos_map.proposing import Guess

LINES_KEPT = 200
"""Lines of differences kept for each table and kind."""


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet of a file ("" for a CSV), the kind of table it is ("" for none), its rows."""

    sheet: str
    kind: str
    rows: int


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was recognised in a file."""

    file: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Different:
    """The differences of one kind in one table: how many, and the first lines in French and English."""

    table: str
    kind: Kind
    count: int
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class UnknownFile:
    """A file no table was found in, and what it looks like."""

    file: str
    inspection: Inspection


@dataclass(frozen=True, slots=True)
class Check:
    """What importing the files would do; `digest`, `state` and `basis` say of which files, to what, by which
    rules and profiles."""

    digest: str
    state: State
    basis: str
    against: int | None
    lost: tuple[str, ...]
    files: tuple[FileRead, ...]
    tables: tuple[Recognised, ...]
    errors: int
    warnings: int
    changes: tuple[Different, ...]
    unmatched: tuple[Unmatched, ...]
    unknown: tuple[UnknownFile, ...]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Check:
        """From its JSON."""
        return cls(
            digest=kept["digest"],
            state=State(**kept["state"]),
            basis=kept.get("basis", ""),
            against=kept["against"],
            lost=tuple(kept["lost"]),
            files=tuple(FileRead(**file) for file in kept["files"]),
            tables=tuple(
                Recognised(each["file"], tuple(Table(**table) for table in each["tables"]))
                for each in kept["tables"]
            ),
            errors=kept["errors"],
            warnings=kept["warnings"],
            changes=tuple(
                Different(**{**each, "lines": tuple(map(tuple, each["lines"]))}) for each in kept["changes"]
            ),
            unmatched=tuple(
                Unmatched(**{**each, "proposals": tuple(Proposal(**p) for p in each["proposals"])})
                for each in kept["unmatched"]
            ),
            unknown=tuple(
                UnknownFile(each["file"], _inspection(each["inspection"])) for each in kept["unknown"]
            ),
        )


def diff(changes: Changes) -> tuple[Different, ...]:
    """The differences by table and kind, the first lines of each."""
    counts = changes.counts()
    kept: dict[tuple[str, Kind], list[tuple[str, str]]] = {}
    for line in lines(changes):
        shown = kept.setdefault((line.table, line.kind), [])
        if len(shown) < LINES_KEPT:
            shown.append((line.fr, line.en))
    return tuple(
        Different(table, kind, counts[table][kind], tuple(kept.get((table, kind), ())))
        for table in counts
        for kind in KIND_WORDS
        if counts[table][kind]
    )


def _inspection(kept: Mapping[str, Any]) -> Inspection:
    return Inspection(**{**kept, "sheets": tuple(_sheet(sheet) for sheet in kept["sheets"])})


def _sheet(kept: Mapping[str, Any]) -> SheetView:
    return SheetView(**{**kept, "columns": tuple(_column(column) for column in kept["columns"])})


def _column(kept: Mapping[str, Any]) -> ColumnView:
    guess = Guess(**kept["guess"]) if kept["guess"] else None
    others = tuple(Guess(**other) for other in kept["others"])
    return ColumnView(**{**kept, "guess": guess, "others": others, "samples": tuple(kept["samples"])})
