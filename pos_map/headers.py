"""Recognise a table by its header, wherever it stands in the first rows and however it is spelled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pos_map.columns import TABLES, Column, Table
from pos_map.contacts import MASKS, PERSONAL_EN, PERSONAL_FR
from pos_map.faults import Fault, Place, proposal
from pos_map.persons import shown, told_by_name
from pos_map.spelling import key, near
from pos_map.values import Cell

HEAD_ROWS = 20
_LEAST_COLUMNS = 2
_LEAST_PART = 1 / 3
# Above this likeness an unknown header is taken for a misspelling: dropping the column would lose data.
_MISSPELLING = 0.8


@dataclass(frozen=True, slots=True)
class Header:
    """A recognised header: its table, its line, the raw cells and the column each one stands for."""

    table: Table
    line: int
    written: tuple[str, ...]
    columns: tuple[Column | None, ...]

    @classmethod
    def of(cls, table: Table, written: Mapping[str, str], line: int = 0) -> Header:
        """A header made by an importer: `written` gives, for each field, the name people see in their file.

        Cells then come in the order of `written`. Raises KeyError for a field the table does not have.
        """
        known = table.by_field()
        return cls(table, line, tuple(written.values()), tuple(known[field] for field in written))

    @property
    def score(self) -> int:
        """Number of known columns."""
        return sum(column is not None for column in self.columns)


def recognise(rows: Sequence[tuple[int, tuple[Cell, ...]]]) -> Header | None:
    """The best header among the first rows, or None when none has a third of known columns."""
    best: Header | None = None
    for line, cells in rows:
        written = tuple("" if cell is None else " ".join(str(cell).split()) for cell in cells)
        for table in TABLES:
            known = table.by_header()
            header = Header(table, line, written, tuple(known.get(key(name)) for name in written))
            enough = header.score >= max(_LEAST_COLUMNS, _LEAST_PART * sum(map(bool, written)))
            if enough and (best is None or _rank(header) > _rank(best)):
                best = header
    return best


def _rank(header: Header) -> tuple[int, int]:
    required = sum(column is not None and column.need == "required" for column in header.columns)
    return header.score, required


def header_faults(header: Header, place: Place) -> Iterator[Fault]:
    """Missing, unknown and repeated columns, near matches proposed. `place` is that of the header row."""
    present = [column for column in header.columns if column is not None]
    absent = [column for column in header.table.columns if column not in present]
    proposed: set[str] = set()
    for name, column in zip(header.written, header.columns, strict=True):
        # A column about persons is left out, however near to one of ours its name is: "pilote" is no "îlot".
        if column is None and name and told_by_name(name) != "persons":
            close = near(name, [column.header for column in absent], _MISSPELLING)
            proposed.update(close[:1])
            yield _unknown(place, name, close)
    for column in absent:
        if column.header not in proposed and column.need in ("required", "expected"):
            yield _missing(place, header.table, column)
    yield from _repeated(header, place)


def about_persons(header: Header) -> dict[int, str]:
    """The columns about persons, ours or not, by rank."""
    named = enumerate(zip(header.written, header.columns, strict=True))
    return {
        rank: name
        for rank, (name, column) in named
        if (column.personal if column else told_by_name(name) == "persons")
    }


def holds(cells: tuple[Cell, ...]) -> bool:
    """Whether any cell says anything; what the workbook of findings puts for a person does not."""
    return any(cell is not None and cell not in MASKS and str(cell).strip() for cell in cells)


def personal_columns(names: Iterable[str], place: Place) -> Iterator[Fault]:
    """One warning for the columns of a sheet left out because they are about persons; none without any."""
    found = list(dict.fromkeys(names))
    if found:
        shown_fr = ", ".join(f"« {name[:80]} »" for name in found)
        shown_en = ", ".join(f"“{name[:80]}”" for name in found)
        yield place.fault(
            "personal-data",
            "warning",
            f"Donnée personnelle écartée : {shown_fr}, à propos de personnes. Ni lu, ni gardé.",
            f"Personal data left out: {shown_en}, about persons. Neither read nor kept.",
            found[0],
        )


def _unknown(place: Place, name: str, close: tuple[str, ...]) -> Fault:
    if not shown(name):
        # A sheet without header may begin with a person.
        return place.fault(
            "unknown-column",
            "warning",
            f"L'en-tête d'une colonne est une {PERSONAL_FR} : la colonne n'est pas lue. La ligne d'en-tête "
            "manque-t-elle ?",
            f"The header of a column is {PERSONAL_EN}: the column is not read. Is the header line missing?",
        )
    if not close:
        return place.fault(
            "unknown-column",
            "warning",
            f"La colonne « {name} » n'est pas connue : elle n'est pas lue.",
            f"The column “{name}” is not known: it is not read.",
            name,
            name,
        )
    fr, en = proposal(close)
    return place.fault(
        "unknown-column",
        "error",
        f"La colonne « {name} » n'est pas connue.{fr}",
        f"The column “{name}” is not known.{en}",
        name,
        name,
        close[0],
    )


def _missing(place: Place, table: Table, column: Column) -> Fault:
    if column.need == "required":
        return place.fault(
            "missing-column",
            "error",
            f"La colonne « {column.header} » manque : elle est attendue dans la table « {table.fr} ».",
            f"The column “{column.header}” is missing: it is expected in the table “{table.en}”.",
            column.header,
        )
    return place.fault(
        "missing-column",
        "warning",
        f"La colonne « {column.header} » manque : sa valeur est inconnue pour toutes les lignes "
        f"de la table « {table.fr} ».",
        f"The column “{column.header}” is missing: its value is unknown for every line "
        f"of the table “{table.en}”.",
        column.header,
    )


def _repeated(header: Header, place: Place) -> Iterator[Fault]:
    seen: set[str] = set()
    for name, column in zip(header.written, header.columns, strict=True):
        if column is None:
            continue
        if column.field in seen:
            yield place.fault(
                "repeated-column",
                "error",
                f"La colonne « {name} » apparaît deux fois : gardez-en une seule.",
                f"The column “{name}” appears twice: keep only one.",
                name,
                name,
            )
        seen.add(column.field)
