"""Rows of our tables made from elements, and the sheets they become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pos_map.archimate.graph import LIMIT_ROWS, Graph
from pos_map.archimate.model import Element, Properties
from pos_map.columns import Table
from pos_map.faults import proposal
from pos_map.grids import Line, Sheet, Unreadable
from pos_map.headers import Header
from pos_map.persons import told_by_name
from pos_map.spelling import key, near

# Properties a write-back of ours left in the file.
OURS = "footprint:"


@dataclass
class Rows:
    """Rows of one table; `written` gives the name people see for each field, in the order of the columns."""

    table: Table
    written: dict[str, str]
    lines: list[tuple[int, dict[str, object]]] = field(default_factory=list)

    def add(self, line: int, values: Mapping[str, object], written: Mapping[str, str] | None = None) -> None:
        """One row; a field not met before becomes a column. Raises Unreadable beyond a million rows."""
        for name in values:
            if name not in self.written:
                self.written[name] = (written or {}).get(name) or self.table.by_field()[name].header
        self.lines.append((line, dict(values)))
        if len(self.lines) > LIMIT_ROWS:
            raise Unreadable(
                "too-large",
                f"Le modèle donne plus de {LIMIT_ROWS} lignes ({self.table.fr}) : vérifiez les relations.",
                f"The model gives more than {LIMIT_ROWS} rows ({self.table.en}): check the relations.",
                line,
            )

    def sheet(self) -> Sheet | None:
        """The sheet of these rows, None without any."""
        if not self.lines:
            return None
        return Sheet("", Header.of(self.table, self.written), list(self._cells()))

    def _cells(self) -> Iterator[Line]:
        fields = tuple(self.written)
        for line, values in self.lines:
            yield max(line, 1), tuple(values.get(name) for name in fields)


class Attributes:
    """Properties of elements read as columns of a table, by their header or its other spellings.

    `kept` names the fields properties may give; `known` more property names that are read elsewhere.
    """

    def __init__(self, table: Table, besides: frozenset[str], known: frozenset[str] = frozenset()) -> None:
        self._columns = table.by_header()
        self._besides, self._known = besides, known
        self._unknown: Counter[str] = Counter()
        self._lines: dict[str, int] = {}
        self._persons: dict[str, int] = {}
        self._table = table

    def read(self, element: Element) -> tuple[dict[str, object], dict[str, str]]:
        """Values by field, and the property each comes from; the first non blank value of a field is kept."""
        values: dict[str, object] = {}
        written: dict[str, str] = {}
        for name, value in element.properties:
            spelled = key(name)
            column = self._columns.get(spelled)
            if column.personal if column else told_by_name(name) == "persons":
                self._persons.setdefault(name, element.line)
            elif column is None:
                if spelled and spelled not in self._known and not name.startswith(OURS):
                    self._unknown[name] += 1
                    self._lines.setdefault(name, element.line)
            elif column.need != "dropped" and column.field not in self._besides and value.strip():
                values.setdefault(column.field, value)
                written.setdefault(column.field, name)
        return values, written

    def say_unknown(self, graph: Graph) -> None:
        """One warning a property that no column bears, one for those about persons."""
        if self._persons:
            names = ", ".join(f"« {name[:80]} »" for name in self._persons)
            graph.say(
                min(self._persons.values()),
                "personal-data",
                f"Donnée personnelle écartée : propriété(s) {names}, qui désignent des personnes. Elles ne sont ni "
                "lues ni gardées.",
                f"Personal data left out: properties {names}, about persons. They are neither read nor kept.",
                next(iter(self._persons))[:200],
            )
        headers = [column.header for column in self._table.columns if column.need != "dropped"]
        for rank, (name, count) in enumerate(self._unknown.items()):
            # A likeness search is slow, and a model may bear thousands of names.
            fr, en = proposal(near(name[:100], headers, 0.8) if rank < 50 else ())
            graph.say(
                self._lines[name],
                "unread-property",
                f"La propriété « {name[:200]} » ({count} élément(s)) n'est pas une colonne de la table des "
                f"{self._table.fr} : non lue.{fr}",
                f"The property “{name[:200]}” ({count} element(s)) is no column of the table of {self._table.en}: "
                f"not read.{en}",
                name[:200],
            )


def unique(name: str, identifier: str, taken: set[str]) -> str:
    """A name not taken yet: followed by the element's identifier when another bears it; it becomes taken."""
    found = name if name not in taken else f"{name} ({identifier})"
    rank = 1
    while found in taken:
        rank += 1
        found = f"{name} ({identifier} {rank})"
    taken.add(found)
    return found


def named(properties: Properties, *keys: str) -> str:
    """The name, as written, of the first non blank property among `keys` (see `spelling.key`); "" without."""
    for wanted in keys:
        for name, value in properties:
            if value.strip() and key(name) == wanted:
                return name
    return ""
