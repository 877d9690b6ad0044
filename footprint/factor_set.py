"""The factors in force: a shipped set, with what the body configured in the folder of its local state.

    HOME/facteurs/*.csv        its own rows, one overlay a file, in the order of their names
    HOME/facteurs/choix.toml   version = "2026.1", choices = ["id", …], without_unclear = true or false

`catalogue_of(home)` applies the overlays, then the choices, then leaves the unclear rows out.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import factors
from footprint.errors import FootprintError, StoreError, StoreReadOnly

FOLDER = "facteurs"
FILE = "choix.toml"


class BadSelection(FootprintError):
    """choix.toml can't be applied: which line, what it holds, what was expected."""

    def __init__(self, line: int | None, value: str, fr: str, en: str) -> None:
        place = f"{FOLDER}/{FILE}"
        super().__init__(
            f"{place}{f', ligne {line}' if line else ''} : « {value} » refusé ; attendu : {fr}.",
            f"{place}{f', line {line}' if line else ''}: “{value}” refused; expected: {en}.",
        )
        self.line = line
        self.value = value


@dataclass(frozen=True, slots=True)
class Selection:
    """What choix.toml says; `version` "" stands for the newest shipped set."""

    choices: tuple[str, ...] = ()
    without_unclear: bool = False
    version: str = ""


def catalogue_of(home: Path) -> factors.Catalogue:
    """The catalogue in force for this home; the shipped one when nothing is configured.

    Read again only when a file of HOME/facteurs changed its size or its time. Raises BadSelection for
    choix.toml, factors.BadTables for an overlay, each says where; StoreError when a file can't be read.
    """
    try:
        return _cached(home, _signature(home))
    except OSError as error:
        from pos_map.reasons import reason

        fr, en = reason(error)
        raise StoreError(
            f"{home / FOLDER} ne se lit pas : {fr}.",
            f"{home / FOLDER} can't be read: {en}.",
        ) from error


@lru_cache(maxsize=8)
def _cached(home: Path, signature: tuple[tuple[str, int, int], ...]) -> factors.Catalogue:
    return candidate(home) if signature else factors.load()


def _signature(home: Path) -> tuple[tuple[str, int, int], ...]:
    files = [*overlays(home), home / FOLDER / FILE]
    return tuple((f.name, f.stat().st_mtime_ns, f.stat().st_size) for f in files if f.is_file())


def candidate(
    home: Path, selection: Selection | None = None, files: Sequence[Path] | None = None
) -> factors.Catalogue:
    """The catalogue with another selection or other overlays than those of the home, to look before changing."""
    wanted = selection_of(home) if selection is None else selection
    catalogue = _base(home, wanted)
    for path in sorted(overlays(home) if files is None else files, key=lambda path: path.name):
        catalogue = catalogue.with_overlay(path)
    catalogue = _with_choices(home, catalogue, wanted.choices)
    return catalogue.without_unclear() if wanted.without_unclear else catalogue


def _base(home: Path, selection: Selection) -> factors.Catalogue:
    try:
        return factors.load(version=selection.version or None)
    except factors.UnknownVersion as unknown:
        known = ", ".join(unknown.known)
        raise BadSelection(
            _line(home, selection.version),
            selection.version,
            f"une version livrée ({known})",
            f"a shipped version ({known})",
        ) from unknown


def _with_choices(home: Path, catalogue: factors.Catalogue, choices: Sequence[str]) -> factors.Catalogue:
    try:
        return catalogue.with_choices(choices)
    except factors.UnknownFactor as unknown:
        near = ", ".join(unknown.near)
        raise BadSelection(
            _line(home, unknown.key),
            unknown.key,
            "un identifiant du catalogue" + (f" (proches : {near})" if near else ""),
            "an id of the catalogue" + (f" (close: {near})" if near else ""),
        ) from unknown
    except factors.ClashingChoices as clash:
        raise BadSelection(
            _line(home, clash.second),
            clash.second,
            f"un choix qui n’exclut pas « {clash.first} »",
            f"a choice that does not exclude “{clash.first}”",
        ) from clash


def _line(home: Path, value: str) -> int | None:
    """The line of choix.toml that holds this text between quotes."""
    path = home / FOLDER / FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    quoted = (f'"{value}"', f"'{value}'")
    return next((n for n, line in enumerate(lines, 1) if any(text in line for text in quoted)), None)


def overlays(home: Path) -> tuple[Path, ...]:
    """The overlays of the home, by name."""
    return tuple(sorted((home / FOLDER).glob("*.csv")))


def selection_of(home: Path) -> Selection:
    """What choix.toml says; nothing chosen when there is none. Raises BadSelection."""
    path = home / FOLDER / FILE
    if not path.is_file():
        return Selection()
    raw = path.read_bytes()
    try:
        read = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else len(raw.splitlines())
        raise BadSelection(
            line, str(error), "du TOML bien formé, en UTF-8", "well-formed TOML, UTF-8"
        ) from error
    return _checked(home, read)


def _checked(home: Path, read: dict[str, Any]) -> Selection:
    expected: dict[str, tuple[Callable[[Any], bool], str, str]] = {
        "version": (lambda v: isinstance(v, str), "une version entre guillemets", "a version between quotes"),
        "choices": (
            lambda v: isinstance(v, list) and all(isinstance(one, str) for one in v),
            "une liste d’identifiants entre guillemets",
            "a list of ids between quotes",
        ),
        "without_unclear": (lambda v: isinstance(v, bool), "true ou false", "true or false"),
    }
    for name, value in read.items():
        if name not in expected:
            raise BadSelection(_line_of_key(home, name), name, ", ".join(expected), ", ".join(expected))
        holds, fr, en = expected[name]
        if not holds(value):
            raise BadSelection(_line_of_key(home, name), f"{name} = {value}", fr, en)
    return Selection(
        choices=tuple(dict.fromkeys(read.get("choices", ()))),
        without_unclear=read.get("without_unclear", False),
        version=read.get("version", ""),
    )


def _line_of_key(home: Path, name: str) -> int | None:
    lines = (home / FOLDER / FILE).read_text(encoding="utf-8").splitlines()
    return next(
        (n for n, line in enumerate(lines, 1) if re.match(rf'\s*\[?"?{re.escape(name)}\b', line)), None
    )


def write_selection(home: Path, selection: Selection) -> None:
    """Put choix.toml in place, whole. Raises StoreReadOnly."""
    lines = [f"version = {json.dumps(selection.version)}"] if selection.version else []
    lines += ["choices = [", *(f"  {json.dumps(one, ensure_ascii=False)}," for one in selection.choices), "]"]
    lines += [f"without_unclear = {str(selection.without_unclear).lower()}", ""]
    _put(home / FOLDER / FILE, "\n".join(lines).encode())


def put_overlay(home: Path, path: Path) -> None:
    """Copy an overlay into the home, whole, in place of one of the same name. Check it first (`candidate`)."""
    _put(home / FOLDER / path.name, path.read_bytes())


def remove_overlay(home: Path, path: Path) -> None:
    """Take an overlay out of the home. Raises StoreReadOnly."""
    with _writing(home / FOLDER):
        path.unlink()


def _put(path: Path, content: bytes) -> None:
    with _writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(path)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        from pos_map.reasons import reason

        fr, en = reason(error)
        raise StoreReadOnly(
            f"Écriture impossible dans {folder} : {fr}. Donnez un autre dossier par FOOTPRINT_HOME.",
            f"Can't write in {folder}: {en}. Name another folder with FOOTPRINT_HOME.",
        ) from error
