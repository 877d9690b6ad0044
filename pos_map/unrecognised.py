"""What to say of a sheet that is none of our tables: the nearest one and the columns it lacks, once and shortly."""

from __future__ import annotations

from collections.abc import Sequence

from pos_map.columns import TABLES, Table
from pos_map.faults import Fault, Place
from pos_map.grids import Grid, Sheet
from pos_map.spelling import key

# Of a workbook with more unknown sheets, the first names.
_SAID = 10


def unrecognised(found: Sequence[tuple[Place, Sheet]]) -> list[Fault]:
    """The faults of the unknown sheets of a file.

    A sheet of notes in a workbook is skipped; a file, or a sheet that bears our names, is an error. Sheets near no
    table are said together.
    """
    faults: list[Fault] = []
    notes: list[Place] = []
    for place, sheet in found:
        near = _nearest(sheet)
        if not place.sheet or key(place.sheet) in {key(table.sheet) for table in TABLES}:
            faults.append(_refused(place, near))
        elif near is None:
            notes.append(place)
        else:
            fr, en = _lacking(*near)
            faults.append(
                _skipped(
                    place,
                    f"n'est pas reconnue : elle n'est pas lue.{fr}",
                    f"is not recognised: it is not read.{en}",
                )
            )
    if len(notes) == 1:
        faults.append(
            _skipped(
                notes[0], "n'est pas reconnue : elle n'est pas lue.", "is not recognised: it is not read."
            )
        )
    elif notes:
        faults.append(_several(notes))
    return faults


def no_table(place: Place) -> Fault:
    """The fault of a workbook that a person named and none of whose sheets is known."""
    return place.fault(
        "unknown-format",
        "error",
        "Aucune feuille de ce fichier n'est une de nos tables : rien n'en serait importé.",
        "No sheet of this file is one of our tables: nothing of it would be imported.",
    )


def _refused(place: Place, near: tuple[Table, list[str]] | None) -> Fault:
    fr, en = (
        _lacking(*near)
        if near
        else (" Aucune de ces colonnes n'est connue.", " None of these columns is known.")
    )
    return place.fault(
        "unknown-format",
        "error",
        f"Aucun en-tête connu dans les premières lignes.{fr}",
        f"No known header in the first lines.{en}",
    )


def _skipped(place: Place, fr: str, en: str) -> Fault:
    return place.fault(
        "skipped-sheet", "warning", f"La feuille « {place.sheet} » {fr}", f"The sheet “{place.sheet}” {en}"
    )


def _several(places: Sequence[Place]) -> Fault:
    more = len(places) - _SAID
    fr = ", ".join(f"« {place.sheet} »" for place in places[:_SAID]) + (
        f" et {more} autres" if more > 0 else ""
    )
    en = ", ".join(f"“{place.sheet}”" for place in places[:_SAID]) + (
        f" and {more} others" if more > 0 else ""
    )
    return Place(places[0].file).fault(
        "skipped-sheet",
        "warning",
        f"{len(places)} feuilles ne sont pas reconnues et ne sont pas lues : {fr}.",
        f"{len(places)} sheets are not recognised and are not read: {en}.",
    )


def _lacking(table: Table, lacking: Sequence[str]) -> tuple[str, str]:
    fr = f" Table la plus proche : {table.fr}"
    en = f" Nearest table: {table.en}"
    if not lacking:
        return (
            f"{fr}, mais trop peu de ses colonnes sont connues.",
            f"{en}, but too few of its columns are known.",
        )
    missing_fr, missing_en = (
        ", ".join(f"« {name} »" for name in lacking),
        ", ".join(f"“{name}”" for name in lacking),
    )
    return f"{fr} ; il y manque {missing_fr}.", f"{en}; it lacks {missing_en}."


def _nearest(sheet: Sheet) -> tuple[Table, list[str]] | None:
    """The table with the most of its columns in a line of the first ones, and its required columns not there.

    None when no line has a required column, or two columns, of any table.
    """
    best: tuple[tuple[int, int], Table, list[str]] | None = None
    for _line, cells in Grid(sheet.name, sheet.rows).head():
        written = {key(str(cell)) for cell in cells if cell is not None}
        for table in TABLES:
            known = {column.field for name, column in table.by_header().items() if name in written}
            required = [column for column in table.columns if column.need == "required"]
            lacking = [column.header for column in required if column.field not in known]
            score = (len(required) - len(lacking), len(known))
            if (score[0] or score[1] > 1) and (best is None or score > best[0]):
                best = score, table, lacking
    return best[1:] if best else None
