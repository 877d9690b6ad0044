"""Choose how a sheet is read: through a profile asked for, as one of our tables, or through a shipped one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos_map.faults import Fault, Place
from pos_map.grids import Grid, Sheet
from pos_map.headers import Header, recognise
from pos_map.mapped import Match, find, mapped_sheets
from pos_map.mapping import Profile


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to read a sheet: through `match`, else as the table of `header`, else not known."""

    grid: Grid
    file: str
    header: Header | None = None
    match: Match | None = None

    @property
    def score(self) -> tuple[bool, int]:
        """How well the columns are known: a header whole first, then the number of its columns."""
        if self.match:
            return not self.match.missing, self.match.score
        return self.header is not None, self.header.score if self.header else 0

    @property
    def asked(self) -> bool:
        """Whether a profile that a person named reads it whole."""
        return self.match is not None and self.match.profile.asked and not self.match.missing

    @property
    def width(self) -> int:
        """The most cells in a first line."""
        return max((len(cells) for _, cells in self.grid.head()), default=0)

    def sheets(self) -> list[Sheet]:
        """The tables of the sheet."""
        if self.match:
            return mapped_sheets(self.grid, self.match, self.file)
        return [Sheet(self.grid.name, self.header, self.grid.lines, self.grid.faults)]


def choose(grid: Grid, profiles: Sequence[Profile], file: str) -> Candidate:
    """The way to read a sheet: a profile asked for that knows it, else the best known of the rest."""
    head = grid.head()
    if match := _best(head, grid.name, profiles):
        return Candidate(grid, file, None, match)
    header = recognise(head)
    native = header.score if header and not _lacks(header) else 0
    match = _best(head, grid.name, _shipped())
    if match and match.score > native:
        return Candidate(grid, file, None, match)
    if header is None and (match := _best(head, grid.name, profiles, forced=True)):
        return Candidate(grid, file, None, match)
    return Candidate(grid, file, header)


def _best(
    head: Sequence[tuple[int, tuple[object, ...]]],
    name: str,
    profiles: Sequence[Profile],
    forced: bool = False,
) -> Match | None:
    found = [match for profile in profiles if (match := find(head, name, profile, forced))]
    return max(found, key=lambda match: (match.profile.asked, -len(match.missing), match.score), default=None)


def _lacks(header: Header) -> bool:
    """Whether a column without which our table is refused is missing."""
    present = {column.field for column in header.columns if column}
    return any(column.need == "required" and column.field not in present for column in header.table.columns)


def _shipped() -> Sequence[Profile]:
    from pos_map.profiles import shipped

    return shipped()


def candidates(grids: Sequence[Grid], profiles: Sequence[Profile], file: str) -> list[Candidate]:
    """How each sheet of a workbook is read, blank ones left out."""
    held = [grid for grid in grids if next(iter(grid.lines), None) is not None]
    return [choose(grid, profiles, file) for grid in held]


def sheets_of(found: Sequence[Candidate]) -> list[Sheet]:
    """The tables of a file: hidden sheets are not read, but said when they hold a table."""
    shown = [candidate for candidate in found if not candidate.grid.hidden] or list(found)
    sheets = [sheet for candidate in shown for sheet in candidate.sheets()]
    for candidate in found:
        if candidate not in shown and sheets and (candidate.header or candidate.match):
            sheets[0].faults.append(_hidden(candidate))
    return sheets


def _hidden(candidate: Candidate) -> Fault:
    name = candidate.grid.name
    return Place(candidate.file, name).fault(
        "hidden-sheet",
        "warning",
        f"La feuille « {name} » est masquée : elle n'est pas lue. Affichez-la si elle compte.",
        f"The sheet “{name}” is hidden: it is not read. Show it if it counts.",
    )
