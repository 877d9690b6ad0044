"""Write the profile that an inspection proposes, in commented YAML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePath

from pos_map.columns import Table
from pos_map.inspecting import ColumnView, Inspection, SheetView, table_of
from pos_map.profiles.reading import PLACEHOLDER
from pos_map.units import unit_of

# A line without a quantity is one thing; nothing else is supposed.
_CONSTANTS = {"quantity": "1"}
_COMMENTED_UNDER = 0.85


def to_profile(inspection: Inspection) -> str:
    """The YAML of a profile for this file: fields proposed, doubts in comments, personal columns ignored.

    What could not be found is marked PLACEHOLDER: the profile is refused until people have written it.
    """
    lines = [
        f"# Profil proposé pour {_shown(inspection.file)} : relisez chaque ligne, surtout celles marquées « ? ».",
        "# Options : voir le profil « vierge » et la page « Importer des tableurs ».",
        f"name: {_quoted(PurePath(inspection.file).stem or 'profil')}",
    ]
    if inspection.encoding:
        encoding = {"utf-8-sig": "utf-8"}.get(inspection.encoding, inspection.encoding)
        lines.append(f"encoding: {encoding}")
    if inspection.separator:
        lines.append(f"separator: {_quoted({chr(9): 'tab'}.get(inspection.separator, inspection.separator))}")
    lines.append("sheets:")
    for sheet in inspection.sheets:
        lines.extend(_sheet(sheet))
    return "\n".join(lines) + "\n"


def left_to_write(profile: str) -> list[int]:
    """The lines of a written profile, from 1, where a value is still to be written."""
    return [number for number, line in enumerate(profile.splitlines(), 1) if PLACEHOLDER in line]


def _sheet(sheet: SheetView) -> Iterator[str]:
    table = table_of(sheet.kind)
    guessed = [column for column in sheet.columns if column.guess]
    if table is None or not guessed:
        yield f"  # Feuille {_shown(sheet.name)} : aucune table reconnue."
        return
    told = ", ".join(_quoted(column.name) for column in guessed[:4])
    yield f"  - recognise: [{told}]"
    if sheet.name:
        yield f"    names: [{_quoted(sheet.name)}]"
    ignored = [column for column in sheet.columns if column.guess is None]
    if ignored:
        yield f"    ignore: [{', '.join(_quoted(column.name) for column in ignored)}]"
        if any(column.personal for column in ignored):
            yield "    # Les colonnes qui désignent des personnes sont dans « ignore » : elles ne sont jamais lues."
    yield "    tables:"
    for kind in dict.fromkeys(column.guess.kind for column in guessed if column.guess):
        yield from _table(kind, guessed, sheet)


def _table(kind: str, guessed: list[ColumnView], sheet: SheetView) -> Iterator[str]:
    table = table_of(kind)
    if table is None:
        return
    columns = [column for column in guessed if column.guess and column.guess.kind == kind]
    present = {column.guess.field: column for column in columns if column.guess}
    yield f"      - kind: {kind}"
    if kind != sheet.kind:
        yield f"        needs: [{columns[0].guess.field if columns[0].guess else ''}]"
    yield "        columns:"
    for column in columns:
        yield _column(column)
    for field, value in _lacking(table, present, guessed, sheet):
        yield f"          {field}: {value}"


def _column(column: ColumnView) -> str:
    guess = column.guess
    assert guess is not None
    value, unit = _quoted(column.name), unit_of(guess.field, column.name)
    if guess.kind == "links" and guess.field in ("application", "vm"):
        separator = next(
            (mark for mark in (";", ",", "|") if any(mark in text for text in column.samples)), ","
        )
        value = f"{{column: {value}, split: {_quoted(separator)}}}"
    elif unit.factor != 1:
        value = f"{{column: {value}, factor: {_written(unit.factor)}}}"
    unsure = guess.confidence < _COMMENTED_UNDER
    doubt = " ?" if unsure or unit.fr else ""
    held = f" ex. : {_shown(' | '.join(column.samples))}" if column.samples else ""
    others = ", ".join(other.field for other in column.others) if unsure else ""
    told = f"{f' ou {others}' if others else ''}{f' ({_shown(unit.fr)})' if unit.fr else ''}{held}"
    return f"          {guess.field}: {value}  # {guess.confidence:.0%}{doubt}{told}"


def _written(factor: float) -> str:
    return str(int(factor)) if factor.is_integer() else repr(factor)


def _lacking(
    table: Table, present: dict[str, ColumnView], guessed: list[ColumnView], sheet: SheetView
) -> Iterator[tuple[str, str]]:
    """Fields a table needs that no column gives: taken from another table's column, or constants to fill in."""
    for column in table.columns:
        if column.field in present or not (column.need == "required" or column.field == "quantity"):
            continue
        if table.kind == "map" and column.field == "code" and "name" in present:
            yield "code", _quoted(present["name"].name)
        else:
            default = _CONSTANTS.get(column.field, PLACEHOLDER)
            yield (
                column.field,
                f"{{value: {_quoted(default)}}}  # ? aucune colonne trouvée : la nommer, ou une valeur",
            )
    if table.kind == "links" and sheet.kind != "links":
        name = next(
            (c.name for c in guessed if c.guess and (c.guess.kind, c.guess.field) == (sheet.kind, "name")), ""
        )
        field = {"machines": "vm", "assets": "host", "map": "application"}[sheet.kind]
        if name and field not in present and field != "application":
            yield field, _quoted(name)


def _quoted(text: str) -> str:
    # A JSON string is a YAML one.
    return json.dumps(text, ensure_ascii=False)


def _shown(text: str) -> str:
    """A text fit for a comment: on one line, nothing that ends it."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:120]
