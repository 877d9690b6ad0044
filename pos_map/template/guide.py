"""What each column of the template holds: read from guide.csv, one line a column, in the order of the sheets."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pos_map.columns import (
    ASSETS,
    DATA_CENTRES,
    FLOWS,
    KINDS,
    LINKS,
    MACHINES,
    MAP,
    NODES,
    ORGANISATIONS,
    OWNERSHIPS,
    PERIMETERS,
    PLACEMENTS,
    PLATFORM_KEYS,
    READINGS,
    SERVICES,
    STATUSES,
    TERMINALS,
    USE_CASES,
    Column,
    Need,
    Table,
)

Kind = Literal["text", "number", "whole", "share", "date", "month", "list", "open", "yes", "ref"]
# The order people fill them in.
SHEETS = (
    ORGANISATIONS, NODES, MAP, PLACEMENTS, FLOWS, DATA_CENTRES, READINGS, ASSETS, MACHINES, LINKS, TERMINALS,
    SERVICES, PLATFORM_KEYS, USE_CASES,
)  # fmt: skip
NOT_APPLICABLE = "sans objet"
# Words a cell may hold: closed lists are those of `columns`, the others only propose.
WORDS: dict[str, tuple[str, ...]] = {
    "kinds": tuple(dict.fromkeys(KINDS.values())),
    "perimeters": tuple(dict.fromkeys(PERIMETERS.values())),
    "ownerships": tuple(word for word in dict.fromkeys(OWNERSHIPS.values()) if word),
    "use case statuses": tuple(dict.fromkeys(STATUSES.values())),
    "yes": ("oui", "non"),
    "levels": ("zone", "quartier", "îlot", "bloc", "sous-bloc"),
    "application statuses": (
        "en projet",
        "en construction",
        "en service",
        "en décroissance",
        "décommissionnée",
    ),
    "hostings": ("interne", "mutualisé", "infogéré", "nuage", "SaaS"),
    "environments": ("Production", "Préproduction", "Recette", "Développement", "Formation"),
    "automations": ("ML", "IAG", "RPA", "règles"),
}


@dataclass(frozen=True, slots=True)
class Guide:
    """A column of the template: its table and field, what it holds, what it means, an example (in French).

    `words` names a list of WORDS, of labels of the map ("zones", "paths") or the column it refers to
    ("assets.name").
    """

    table: Table
    column: Column
    kind: Kind
    words: str
    unit: str
    meaning: str
    example: str

    @property
    def need(self) -> Need:
        """How much the column must be there."""
        return self.column.need


@cache
def guides() -> dict[str, tuple[Guide, ...]]:
    """The columns of each kind of table."""
    tables = {table.kind: table for table in SHEETS}
    found: dict[str, list[Guide]] = {kind: [] for kind in tables}
    with (Path(__file__).parent / "guide.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="|"):
            table = tables[row["table"]]
            column = table.by_field()[row["field"]]
            kind: Kind = row["kind"]  # type: ignore[assignment]
            guide = Guide(table, column, kind, row["list"], row["unit"], row["meaning"], row["example"])
            found[table.kind].append(guide)
    return {kind: tuple(columns) for kind, columns in found.items()}
