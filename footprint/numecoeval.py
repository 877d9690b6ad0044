"""The reference tables of NumEcoEval and G4IT, as a body keeps them: read, checked, given as flat tables (M12).

A folder of CSV files separated by semicolons, one a table, with the names and headers of G4IT's administration
(`itemImpact.csv`, `ref_item_impact.csv` and `ITEMIMPACT.CSV` are the same file; so are `lifecycleStep` and
`lifecycle_step`). All faults are found before anything is refused; each tells file, line, column, value and
what was expected.

ReferencesRefused     the tables can't be used; .faults lists why
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from footprint.errors import FootprintError
from footprint.numecoeval_forms import ARROW, FORMS, MIX, STEPS, Column, Form
from footprint.numecoeval_packages import PACKAGES
from pos_map import Fault, near
from pos_map.faults import Place
from pos_map.spelling import key

Cell = str | float | None
Row = dict[str, Cell]


class ReferencesRefused(FootprintError):
    """The reference tables have faults; nothing was evaluated."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        n, plural = len(faults), "s" if len(faults) > 1 else ""
        super().__init__(
            f"Référentiels refusés : {n} erreur{plural}.\n" + "\n".join(f"- {fault.fr}" for fault in faults),
            f"Reference tables refused: {n} error{plural}.\n"
            + "\n".join(f"- {fault.en}" for fault in faults),
        )
        self.faults = tuple(faults)


@dataclass(frozen=True)
class References:
    """The tables of a body. Columns are those of FORMS; factors are in the unit of their criterion.

    `packages` has (label, package) for the people equivalent: the body's own, else those of G4IT.
    """

    criteria: pa.Table
    steps: pa.Table
    hypotheses: pa.Table
    types: pa.Table
    impacts: pa.Table
    matches: pa.Table
    packages: pa.Table

    def hypothesis(self, code: str) -> float | None:
        """The value of a hypothesis, None when the table has none of that code."""
        rows = zip(self.hypotheses["code"].to_pylist(), self.hypotheses["value"].to_pylist(), strict=True)
        return next((value for name, value in rows if key(name) == key(code)), None)

    def with_factors(self) -> tuple[str, ...]:
        """Codes of the criteria for which equipment has at least one factor, in the order of criterion.csv."""
        rows = self.impacts.select(["criterion", "category"]).to_pylist()
        found = {row["criterion"] for row in rows if row["category"] != MIX}
        return tuple(code for code in self.criteria["criterion"].to_pylist() if code in found)


@dataclass
class _Reading:
    """The faults met so far, and where each kept row stands."""

    faults: list[Fault] = field(default_factory=list)
    tables: dict[str, list[tuple[Place, Row]]] = field(default_factory=dict)


def read_references(folder: Path) -> References:
    """The reference tables of a folder. Raises ReferencesRefused with every fault found."""
    reading = _Reading()
    files = _files(folder)
    for name, form in FORMS.items():
        path = files.get(key(form.file))
        if path is not None:
            reading.tables[name] = list(_rows(path, form, reading.faults))
        elif form.required:
            reading.faults.append(_missing(folder, form, files))
    rows = {name: _kept(FORMS[name], found, reading.faults) for name, found in reading.tables.items()}
    if not reading.faults:
        _check_links(reading)
    if reading.faults:
        raise ReferencesRefused(reading.faults)
    if "packages" not in rows:
        rows["packages"] = [{"label": label, "package": value} for label, value in PACKAGES]
    return References(**{name: _table(form, rows.get(name, [])) for name, form in FORMS.items()})


def _files(folder: Path) -> dict[str, Path]:
    """CSV files of a folder by spelling of their name, "ref" in front set aside."""
    found = sorted(path for path in folder.glob("*") if path.suffix.lower() == ".csv")
    return {key(path.stem).removeprefix("ref"): path for path in found}


def _missing(folder: Path, form: Form, files: dict[str, Path]) -> Fault:
    seen = ", ".join(path.name for path in files.values())
    return Place(f"{form.file}.csv").fault(
        "missing-table",
        "error",
        f"{form.file}.csv manque dans {folder} ; attendu : la table de référence de ce nom"
        f" (vus : {seen or 'aucun fichier CSV'}).",
        f"{form.file}.csv is missing in {folder}; expected: the reference table of that name"
        f" (seen: {seen or 'no CSV file'}).",
    )


def _rows(path: Path, form: Form, faults: list[Fault]) -> Iterator[tuple[Place, Row]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        faults.append(
            _fault(Place(path.name), "", "", "un fichier lisible, en UTF-8", "a readable file, in UTF-8")
        )
        return
    reader = csv.reader(text.splitlines(keepends=True), delimiter=";")
    places = {key(header): at for at, header in enumerate(next(reader, []))}
    absent = [column for column in form.columns if column.required and key(column.header) not in places]
    for column in absent:
        faults.append(_fault(Place(path.name, "", 1), column.header, "", "cette colonne", "this column"))
    if absent:
        return
    for cells in reader:
        if any(cell.strip() for cell in cells):
            place = Place(path.name, "", reader.line_num)
            yield (
                place,
                {
                    c.name: _cell(_at(cells, places.get(key(c.header))), c, place, faults)
                    for c in form.columns
                },
            )


def _at(cells: Sequence[str], at: int | None) -> str:
    text = cells[at].strip() if at is not None and at < len(cells) else ""
    return "" if text == "NULL" else text  # how a database exports what it does not know


def _cell(text: str, column: Column, place: Place, faults: list[Fault]) -> Cell:
    if not text and column.filled:
        faults.append(_fault(place, column.header, text, "une valeur", "a value"))
    if column.kind == "number" and text:
        return _number(text, column, place, faults)
    return text or (None if column.kind == "number" else "")


def _number(text: str, column: Column, place: Place, faults: list[Fault]) -> float | None:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isfinite(value):
        return value
    faults.append(
        _fault(
            place, column.header, text, "un nombre, point décimal (0.05)", "a number, decimal point (0.05)"
        )
    )
    return None


def _kept(form: Form, found: Iterable[tuple[Place, Row]], faults: list[Fault]) -> list[Row]:
    """One row a key: those of the body (subscriber) before those of everyone, as in G4IT."""
    kept: dict[tuple[Cell, ...], tuple[Place, Row]] = {}
    for place, row in sorted(found, key=lambda pair: not pair[1].get("subscriber")):
        mixed = row.get("category") == MIX
        keys = form.mix_keys if mixed else form.keys
        identity = (mixed, *(row[name] for name in keys))
        first, before = kept.setdefault(identity, (place, row))
        if _told(before) != _told(row) and bool(before.get("subscriber")) == bool(row.get("subscriber")):
            shown = " / ".join(str(value) for value in identity[1:])
            faults.append(
                _fault(
                    place, ", ".join(c.header for c in form.columns if c.name in keys), shown,
                    f"une seule valeur pour cette clé, déjà donnée ligne {first.line}",
                    f"one value for this key, already given on line {first.line}",
                )
            )  # fmt: skip
    return [row for _place, row in kept.values()]


def _told(row: Row) -> Row:
    """What a row says, beside what it is found by."""
    return {name: cell for name, cell in row.items() if name not in ("step", "name", "source", "subscriber")}


def _check_links(reading: _Reading) -> None:
    """Codes that a table takes from another; what will divide is above 0.

    An item without a factor is no fault of the tables: the rows that need it carry ERREUR, as in NumEcoEval.
    """
    criteria = {str(row["criterion"]) for _place, row in reading.tables["criteria"]}
    for place, row in reading.tables["impacts"]:
        _known(reading, place, "criterion", str(row["criterion"]), criteria)
        if row["category"] != MIX:
            _known(reading, place, "lifecycleStep", str(row["step"]), STEPS)
    for place, row in reading.tables["steps"]:
        _known(reading, place, "code", str(row["step"]), STEPS)
    for place, row in reading.tables["types"]:
        if row["lifespan_y"] is not None and not float(row["lifespan_y"] or 0.0) > 0:
            fault = _fault(
                place, "defaultLifespan", str(row["lifespan_y"]), "des années, plus de 0", "years, above 0"
            )
            reading.faults.append(fault)
    for place, row in reading.tables.get("packages", []):
        if not float(row["package"] or 0.0) > 0:
            fault = _fault(place, "individualSustainablePackage", str(row["package"]), "plus de 0", "above 0")
            reading.faults.append(fault)


def _known(reading: _Reading, place: Place, column: str, value: str, known: Iterable[str]) -> None:
    names = sorted(known)
    if value in names:
        return
    close = near(value, names) or tuple(names[:4])
    expected = ", ".join(close)
    reading.faults.append(
        _fault(
            place, column, value, f"un nom connu, par exemple {expected}", f"a known name, such as {expected}"
        )
    )


def _fault(place: Place, column: str, value: str, fr: str, en: str) -> Fault:
    where_fr = f"{place.file}, ligne {place.line}" if place.line else place.file
    where_en = f"{place.file}, line {place.line}" if place.line else place.file
    about_fr, about_en = (f", colonne {column}", f", column {column}") if column else ("", "")
    return place.fault(
        "reference", "error",
        f"{where_fr}{about_fr} : « {value} » refusé ; attendu : {fr}.",
        f"{where_en}{about_en}: “{value}” refused; expected: {en}.",
        column, value,
    )  # fmt: skip


def _table(form: Form, rows: Sequence[Row]) -> pa.Table:
    schema = pa.schema([(column.name, ARROW[column.kind]) for column in form.columns])
    return pa.Table.from_pylist([{c.name: row.get(c.name) for c in form.columns} for row in rows], schema)
