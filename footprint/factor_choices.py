"""Changing the factors in force: other rows advised, unclear rows switched off, the body's own rows.

Each function looks first whether the new catalogue can be made, then writes HOME/facteurs, and gives the
catalogue before and after. Nothing is written when it raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from factors import Catalogue, FactorError, SwitchedOff
from factors.model import Key
from factors.searching import item_code, rows_of
from factors.selection import rivals, unclear
from footprint.errors import FootprintError
from footprint.factor_set import (
    Selection,
    candidate,
    catalogue_of,
    overlays,
    put_overlay,
    remove_overlay,
    selection_of,
    write_selection,
)

Before = Catalogue
After = Catalogue


def choose(home: Path, factor_id: str) -> tuple[Before, After]:
    """Advise this row for its key, in place of earlier choices it excludes.

    A row advised without any choice only ends those. Raises UnknownFactor with near ids, SwitchedOff for an
    unclear row while those are off.
    """
    selection = selection_of(home)
    catalogue = _unchosen(home, selection)
    row = catalogue.get(factor_id)
    if selection.without_unclear and unclear(row):
        raise SwitchedOff(row.id)
    kept = [one for one in selection.choices if _key(catalogue, one) not in (None, *rivals(row))]
    return _select(home, replace(selection, choices=tuple(kept if row.default else [*kept, row.id])))


def reset(home: Path, text: str) -> tuple[Before, After]:
    """Undo the choice of this id or key (see `factors.searching.rows_of`), or all those of an item.

    Raises FootprintError when there is none.
    """
    selection = selection_of(home)
    gone = [text] if text in selection.choices else _of_key(_unchosen(home, selection), selection, text)
    if not gone:
        listed = ", ".join(selection.choices)
        raise FootprintError(
            f"Aucun choix à annuler pour « {text} ». Choix en vigueur : {listed or 'aucun'}.",
            f"No choice to undo for “{text}”. Choices in force: {listed or 'none'}.",
        )
    return _select(home, replace(selection, choices=tuple(c for c in selection.choices if c not in gone)))


def switch_unclear(home: Path, off: bool) -> tuple[Before, After]:
    """Switch off the rows whose terms of reuse are unclear, or back on."""
    return _select(home, replace(selection_of(home), without_unclear=off))


def with_file(home: Path, file: Path) -> Catalogue:
    """The catalogue in force with this overlay in place of one of the same name; nothing is written.

    Raises BadTables with the place of every fault, FootprintError for a name that is not .csv.
    """
    if file.suffix != ".csv" or file.name.startswith("."):
        raise FootprintError(
            f"Donnez un fichier .csv, non « {file.name} ».", f"Give a .csv file, not “{file.name}”."
        )
    return candidate(home, files=[*(path for path in overlays(home) if path.name != file.name), file])


def add_overlay(home: Path, file: Path) -> tuple[Before, After]:
    """Put an overlay in force, copied whole into the home; raises what `with_file` raises."""
    before, after = catalogue_of(home), with_file(home, file)
    put_overlay(home, file)
    return before, after


def drop_overlay(home: Path, name: str) -> tuple[Before, After]:
    """Take an overlay out, by its file's name. Raises FootprintError for an unknown one."""
    gone = next((path for path in overlays(home) if path.name in (name, f"{name}.csv")), None)
    if gone is None:
        listed = ", ".join(path.name for path in overlays(home))
        raise FootprintError(
            f"Aucun fichier « {name} » à retirer. En vigueur : {listed or 'aucun'}.",
            f"No file “{name}” to remove. In force: {listed or 'none'}.",
        )
    kept = [path for path in overlays(home) if path != gone]
    # What can't be read may be what is removed: the body must be able to get out of it.
    before, after = _before(home, kept), candidate(home, files=kept)
    remove_overlay(home, gone)
    return before, after


def _before(home: Path, files: Sequence[Path]) -> Catalogue:
    """What is in force; where a file makes that unreadable, the catalogue of these overlays, nothing chosen."""
    try:
        return catalogue_of(home)
    except (FootprintError, FactorError):
        selection = replace(selection_of(home), choices=(), without_unclear=False)
        return candidate(home, selection, files)


def _unchosen(home: Path, selection: Selection) -> Catalogue:
    """The catalogue with its overlays, nothing chosen: what choices are made on."""
    return candidate(home, replace(selection, choices=(), without_unclear=False))


def _key(catalogue: Catalogue, factor_id: str) -> Key | None:
    """The key of a row; None for one that is gone, which can't be chosen any more."""
    try:
        return catalogue.get(factor_id).key
    except FactorError:
        return None


def _of_key(catalogue: Catalogue, selection: Selection, text: str) -> list[str]:
    """The choices made for a key, or for an item named alone whose keys have a zone."""
    known = {one: catalogue.get(one) for one in selection.choices if _key(catalogue, one)}
    try:
        families = {row.family for row in rows_of(catalogue, text)}
        return [one for one, row in known.items() if row.family in families]
    except FactorError:
        item = item_code(catalogue, text)
        return [one for one, row in known.items() if row.item == item]


def _select(home: Path, selection: Selection) -> tuple[Before, After]:
    before, after = _before(home, overlays(home)), candidate(home, selection)
    write_selection(home, selection)
    return before, after
