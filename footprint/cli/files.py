"""Files named on the command line: one sentence when they can't be read or written."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from footprint.errors import FootprintError


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """Turn an error of reading into a sentence. Raises FootprintError."""
    try:
        yield
    except OSError as error:
        from pos_map.reasons import reason

        fr, en = reason(error)
        raise FootprintError(
            f"Le fichier {path} ne peut pas être ouvert : {fr}.", f"The file {path} can't be opened: {en}."
        ) from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an error of writing, a workbook or not, into a sentence. Raises FootprintError."""
    try:
        yield
    except Exception as error:
        # xlsxwriter has errors of its own, and may be absent.
        if not isinstance(error, OSError) and type(error).__module__ != "xlsxwriter.exceptions":
            raise
        raise FootprintError(
            f"Le fichier {path} ne peut pas être écrit. Fermez-le s’il est ouvert, ou donnez un dossier qui existe.",
            f"The file {path} can't be written. Close it if it is open, or name a folder that exists.",
        ) from error


def keep(path: Path, force: bool) -> None:
    """Refuse to write over the work of someone. Raises FootprintError."""
    if path.exists() and not force:
        raise FootprintError(
            f"{path} existe déjà et n’a pas été touché. Donnez un autre nom, ou --force pour l’écraser.",
            f"{path} already exists and was left as it is. Give another name, or --force to overwrite it.",
        )


def check_workbook_name(path: Path) -> None:
    """Refuse a workbook that its name would make something else. Raises FootprintError."""
    if path.suffix.lower() != ".xlsx":
        raise FootprintError(
            f"Ce fichier est un classeur : donnez un nom en .xlsx, non « {path.name} ».",
            f"This file is a workbook: give a name in .xlsx, not “{path.name}”.",
        )


def quoted(path: Path) -> str:
    """A path as a command line takes it, spaces and all."""
    return shlex.quote(str(path))
