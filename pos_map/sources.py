"""Open a file and give its tables: recognised by its content first, by its suffix second.

sheets        the tables of a file, of any format
FORMATS       what each format recognises and gives; another one plugs in here
Unreadable    the file or one of its lines cannot be read at all
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pos_map import delimited, indicators, opendocument, rcp_si, signatures, workbooks
from pos_map.choosing import Candidate, candidates, choose, sheets_of
from pos_map.grids import Grid, Line, Sheet, Unreadable
from pos_map.mapped import Match
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

    def sheets(self) -> list[Sheet]:
        """Its tables, to be taken once; hidden ones are not read, but said."""
        return list(self.tables) if self.tables else sheets_of(self.candidates)


def sheets(path: Path, profiles: Sequence[Profile] = (), name: str = "") -> list[Sheet]:
    """The tables of a file, blank sheets left out; their rows are read as they are iterated.

    `profiles` come before our tables, and those before the shipped profiles; `name` is the file's in faults (its
    own without). Raises Unreadable for a file that cannot be read, OSError for one that cannot be opened.
    """
    return opened(path, profiles, name).sheets()


def opened(path: Path, profiles: Sequence[Profile] = (), name: str = "") -> Opened:
    """What a file is and how it would be read. Raises Unreadable, OSError."""
    # First, so that a path that is not there is said to be so, whatever its suffix.
    head = signatures.head_of(path)
    if not head:
        raise delimited.empty()
    name = name or path.name
    for known in FORMATS:
        if known.recognises(path):
            return Opened(known.name, tuple(known.sheets(path, name)))
    if signatures.is_zip(head):
        kind, grids = workbook_grids(path)
        found = tuple(candidates(grids, profiles, name))
        if not found:
            raise _blank_workbook()
        return Opened(kind, (), found)
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


def _blank_workbook() -> Unreadable:
    return Unreadable(
        "empty-file",
        "Ce classeur est vide : aucune de ses feuilles n'a de ligne remplie.",
        "This workbook is empty: none of its sheets has a filled line.",
    )


def _csv(path: Path, profiles: Sequence[Profile], name: str) -> Opened:
    """The separator kept is the one under which a header is best recognised.

    What a profile says of encoding and separator holds for what it reads itself, not for the other files.
    """
    saying = [profile for profile in profiles if profile.encoding or profile.separator]
    found = [
        way
        for profile in saying
        for way in _ways(path, profile.encoding, profile.separator, (profile,), name)
        if way.match and way.match.profile is profile
    ]
    if not any(way.match and way.match.profile.asked and not way.match.missing for way in found):
        rest = [profile for profile in profiles if profile not in saying]
        # One that says its encoding may read what no other does.
        with contextlib.suppress(*([Unreadable] if found else [])):
            found.extend(_ways(path, "", "", rest, name))
    # Where no header is known, the separator that makes the most columns.
    best = max(found, key=lambda way: (way.candidate.asked, way.candidate.score, way.candidate.width))
    # The width is 0 as well where the first line cannot be read: reading it again says why.
    if not best.candidate.width or any(way.is_blank for way in found):
        next(iter(best.candidate.grid.lines), None)
        raise delimited.empty()
    return Opened("csv", (), (best.candidate,), best.encoding, best.separator)


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to read a CSV."""

    candidate: Candidate
    encoding: str
    separator: str

    @property
    def match(self) -> Match | None:
        """The profile that knows it so."""
        return self.candidate.match

    @property
    def is_blank(self) -> bool:
        """Whether it leaves nothing but blanks."""
        try:
            return next(iter(self.candidate.grid.lines), None) is None
        except Unreadable:
            return False


def _ways(
    path: Path, encoding: str, separator: str, profiles: Sequence[Profile], name: str
) -> Iterator[_Way]:
    """How a CSV reads under each separator; an encoding and a separator of "" are found out. Raises Unreadable."""
    encoding = encoding or delimited.encoding_of(path)
    for mark in (separator,) if separator else delimited.SEPARATORS:
        yield _Way(choose(delimited.grid(path, encoding, mark), profiles, name), encoding, mark)
