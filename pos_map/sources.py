"""Open a file and give its tables: recognised by its content first, by its suffix second.

sheets        the tables of a file, of any format
FORMATS       what each format recognises and gives; another one plugs in here
Unreadable    the file or one of its lines cannot be read at all
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pos_map import delimited, indicators, opendocument, rcp_si, signatures, workbooks
from pos_map.choosing import Candidate, candidates, choose, sheets_of
from pos_map.grids import Grid, Line, Sheet, Unreadable
from pos_map.mapping import Profile
from pos_map.packages import LIMIT_BYTES, Package, damaged

__all__ = ["FORMATS", "TEXT_SUFFIXES", "WORKBOOK_SUFFIXES", "Format", "Line", "Sheet", "Unreadable", "sheets"]

TEXT_SUFFIXES = delimited.SUFFIXES
WORKBOOK_SUFFIXES = workbooks.SUFFIXES | opendocument.SUFFIXES
WORKBOOK_LIMIT_BYTES = LIMIT_BYTES


@dataclass(frozen=True, slots=True)
class Format:
    """A format that is not a spreadsheet: `recognises` a file by its content, gives the `sheets` of a path
    and of the name that faults show. `suffixes` are those looked for in a folder."""

    name: str
    recognises: Callable[[Path], bool]
    sheets: Callable[[Path, str], list[Sheet]]
    suffixes: frozenset[str] = frozenset()


def _is_archimate(path: Path) -> bool:
    from pos_map.archimate import is_archimate

    return is_archimate(path)


def _archimate(path: Path, name: str) -> list[Sheet]:
    from pos_map.archimate import sheets as found

    return found(path, name)


def _is_results(path: Path) -> bool:
    from pos_map.indicators import is_results

    return is_results(path)


def _results(path: Path, name: str) -> list[Sheet]:
    from pos_map.indicators import sheets as found

    return found(path, name)


FORMATS: list[Format] = [
    Format("archimate", _is_archimate, _archimate, frozenset({".archimate", ".xml"})),
    Format("numecoeval", _is_results, _results),
    Format("results", indicators.is_results, indicators.sheets),
    Format("rcp-si", rcp_si.is_rcp_si, rcp_si.sheets, frozenset({".json"})),
]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file just opened: its format, and either its `tables` or the `candidates` of its sheets."""

    format: str
    tables: tuple[Sheet, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    encoding: str = ""
    separator: str = ""


def sheets(path: Path, profiles: Sequence[Profile] = (), name: str = "") -> list[Sheet]:
    """The tables of a file, blank sheets left out; their rows are read as they are iterated.

    `profiles` come before our tables, and those before the shipped profiles; `name` is the file's in faults (its
    own without). Raises Unreadable for a file that cannot be read, OSError for one that cannot be opened.
    """
    found = opened(path, profiles, name)
    return list(found.tables) if found.tables else sheets_of(found.candidates)


def opened(path: Path, profiles: Sequence[Profile] = (), name: str = "") -> Opened:
    """What a file is and how it would be read. Raises Unreadable, OSError."""
    path.stat()  # a path that is not there is said to be so, whatever its suffix
    name = name or path.name
    for known in FORMATS:
        if known.recognises(path):
            return Opened(known.name, tuple(known.sheets(path, name)))
    head = signatures.head_of(path)
    if signatures.is_zip(head):
        kind, grids = workbook_grids(path)
        return Opened(kind, (), tuple(candidates(grids, profiles, name)))
    signatures.refuse_old(path, head)
    signatures.refuse_suffix(path, head)
    return _csv(path, profiles, name)


def workbook_grids(path: Path) -> tuple[str, list[Grid]]:
    """The format of a workbook and its sheets, hidden ones marked. Raises Unreadable."""
    package = Package(path, WORKBOOK_LIMIT_BYTES)
    if workbooks.is_workbook(package):
        return "xlsx", workbooks.grids(package)
    if opendocument.is_opendocument(package):
        return "ods", opendocument.grids(package)
    if any(entry.startswith("xl/") and entry.endswith(".bin") for entry in package.names):
        raise signatures.old_workbook()
    if path.suffix.lower() in WORKBOOK_SUFFIXES:
        raise damaged()
    raise signatures.unknown_format(path)


def _csv(path: Path, profiles: Sequence[Profile], name: str) -> Opened:
    """The separator kept is the one under which a header is best recognised, unless a profile says it."""
    encoding = next((profile.encoding for profile in profiles if profile.encoding), "")
    encoding = encoding or delimited.encoding_of(path)
    wanted = [profile.separator for profile in profiles if profile.separator] or delimited.SEPARATORS
    found = [(choose(delimited.grid(path, encoding, mark), profiles, name), mark) for mark in wanted]
    # Where no header is known, the separator that makes the most columns.
    best, separator = max(found, key=lambda pair: (pair[0].score, pair[0].width))
    return Opened("csv", (), (best,), encoding, separator)
