"""The files to read in what a person names: files, and folders as people have them, with strays beside the tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pos_map.archimate import together
from pos_map.faults import Fault, Place
from pos_map.grids import Sheet
from pos_map.sources import FORMATS, TEXT_SUFFIXES, WORKBOOK_SUFFIXES

# What systems and spreadsheets leave beside people's files: "~$…" and ".~lock…" are of an open workbook.
_LEFT_BY_SYSTEMS = frozenset({"thumbs.db", "desktop.ini"})
# Suffixes of tables and of anything else: in a folder, what holds no table is left aside.
_LOOSE = frozenset({".txt", ".json", ".xml"})
_SAID = 10


@dataclass
class Given:
    """The files to read, each once, and the folder each was found in (None: it was named).

    `strays` are, for each folder, the names of those left aside, `tables` how many others it holds.
    """

    files: dict[Path, Path | None] = field(default_factory=dict)
    strays: dict[Path, list[str]] = field(default_factory=dict)
    tables: dict[Path, int] = field(default_factory=dict)

    def is_stray(self, path: Path, found: Sequence[Sheet] | None) -> bool:
        """Whether a file of a folder holds no table of any kind (`found`: its tables, None when it is not even
        that of a known format); it is then kept among the strays."""
        folder = self.files[path]
        blank = found is None or all(sheet.header is None and not sheet.faults for sheet in found)
        if folder is None or not blank or path.suffix.lower() not in _LOOSE:
            return False
        self.strays[folder].append(path.name)
        self.tables[folder] -= 1
        return True

    def holds_no_table(self, path: Path) -> bool:
        """Take note of a file that gave no table; whether it was named, and so had to."""
        folder = self.files[path]
        if folder is not None:
            self.tables[folder] -= 1
        return folder is None

    def read(self) -> tuple[Path, ...]:
        """The files that were read, strays left out, and those read with them."""
        kept = [
            file
            for file, folder in self.files.items()
            if folder is None or file.name not in self.strays[folder]
        ]
        return tuple(dict.fromkeys(other for file in kept for other in together(file)))

    def faults(self) -> list[Fault]:
        """A warning for the strays of each folder, and an error for each folder nothing was read in."""
        skipped = [_skipped(folder, sorted(names)) for folder, names in self.strays.items() if names]
        return [*skipped, *(_empty(folder) for folder, count in self.tables.items() if count <= 0)]


def given(paths: Iterable[Path]) -> Given:
    """The files named, and those of the folders named that we may read; each once, however they are read together."""
    found = Given()
    seen: dict[Path, Path] = {}
    read_with: set[Path] = set()
    for path in paths:
        folder = path if path.is_dir() else None
        for file in [path] if folder is None else _inside(folder, found):
            resolved = file.resolve()
            if resolved in read_with:
                continue
            first = seen.setdefault(resolved, file)
            # A file that is named as well is not looked at as a stray.
            if first not in found.files or folder is None:
                found.files[first] = folder
            read_with.update(other.resolve() for other in together(file) if other != file)
    for resolved, file in seen.items():
        if resolved in read_with:
            del found.files[file]
    return found


def _inside(folder: Path, found: Given) -> list[Path]:
    """The files of a folder that may hold a table; they are counted, and the others named, in `found`."""
    suffixes = TEXT_SUFFIXES.union(WORKBOOK_SUFFIXES, *(known.suffixes for known in FORMATS))
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and not _is_hidden(path.name)]
    tables = [path for path in files if path.suffix.lower() in suffixes]
    found.strays[folder] = [path.name for path in files if path not in tables]
    found.tables[folder] = len(tables)
    return tables


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in _LEFT_BY_SYSTEMS


def _skipped(folder: Path, names: Sequence[str]) -> Fault:
    more = len(names) - _SAID
    fr = ", ".join(f"« {name} »" for name in names[:_SAID]) + (f" et {more} autres" if more > 0 else "")
    en = ", ".join(f"“{name}”" for name in names[:_SAID]) + (f" and {more} others" if more > 0 else "")
    return _place(folder).fault(
        "skipped-file",
        "warning",
        f"Dans ce dossier, ceci n'est d'aucun genre connu et n'est pas lu : {fr}.",
        f"In this folder, this is of no known kind and is not read: {en}.",
    )


def _empty(folder: Path) -> Fault:
    return _place(folder).fault(
        "empty-folder",
        "error",
        "Le dossier ne contient aucune table d'inventaire (.csv, .xlsx, .ods, .archimate, .xml, .json).",
        "The folder holds no table of an inventory (.csv, .xlsx, .ods, .archimate, .xml, .json).",
    )


def _place(folder: Path) -> Place:
    return Place(folder.name or str(folder))
