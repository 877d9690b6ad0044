"""What a profile makes of one cell: pieces cut, words replaced, numbers and dates put in our spelling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pos_map.mapping import Dates, Origin
from pos_map.persons import masked
from pos_map.spelling import key
from pos_map.values import BadValue, Cell, Decimal, Written, meaning, number, text

# Fields that hold numbers, whatever their table: the decimal mark of a profile bears on these.
_NUMBERS = """
    quantity cores ram_gb yearly_kwh share lifetime_y refurbished upstream_y reuse total_life_y
    embodied_kgco2e cpus ssd_gb hdds psus gpus vcpu key storage_gb users act_volume yearly_cost_eur rgaa
    rgesn rto_h rpo_h pue wue power_kw contract_kgco2e_kwh it_kwh total_kwh kgco2e spend_eur position
    yearly_volume
"""
NUMBERS = frozenset(_NUMBERS.split())
DATES = frozenset(
    ["purchased", "retired", "installed", "decommissioned", "approved", "opened", "closed", "month"]
)

_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:[ T].*)?")
# Years of two figures: 69 is 2069, 70 is 1970.
_LAST_SHORT_YEAR = 69


def plain(cell: Cell) -> str:
    """A cell as text; a failed formula stays as written, its row will say so."""
    try:
        return text(cell)
    except BadValue:
        return str(cell).strip()


def normal_date(cell: Cell, dates: Dates) -> Cell:
    """A date in the order of a profile as YYYY-MM-DD; anything else as it is."""
    if not isinstance(cell, str) or not dates or not (match := _DATE.fullmatch(cell.strip())):
        return cell
    first, second, year = match.groups()
    day, month = (first, second) if dates == "day-first" else (second, first)
    if len(year) == 2:
        year = f"{20 if int(year) <= _LAST_SHORT_YEAR else 19}{year}"
    return f"{year}-{int(month):02d}-{int(day):02d}"


@dataclass(frozen=True, slots=True)
class FieldReader:
    """Reads one of our fields in a row of theirs. `parts` are the indexes of the columns to try, by part."""

    name: str
    origin: Origin
    parts: tuple[tuple[int, ...], ...]
    words: dict[str, str]
    decimal: Decimal = ""
    dates: Dates = ""
    unmapped: dict[str, None] = field(default_factory=dict)

    def value(self, cells: Sequence[Cell]) -> Cell:
        """The value of the field in this row."""
        cell = self.raw(cells)
        if self.origin.first or self.origin.after or self.origin.replace:
            cell = self._marked(self._after(plain(cell).partition(self.origin.first or "\0")[0]))
        return self.finished(cell)

    def pieces(self, cells: Sequence[Cell]) -> list[Cell]:
        """The values of the field in this row, one for each piece of the cell."""
        written = plain(self.raw(cells)).split(self.origin.separator)
        pieces = dict.fromkeys(piece for part in written if (piece := self._after(part).strip()))
        return [self.finished(self._marked(piece)) for piece in pieces]

    def raw(self, cells: Sequence[Cell]) -> Cell:
        """What is written, columns joined."""
        found = [self._part(indexes, cells) for indexes in self.parts]
        if len(found) == 1:
            return found[0]
        return self.origin.glue.join(written for cell in found if (written := plain(cell)))

    def finished(self, cell: Cell) -> Cell:
        """A cell as our readers take it: number, date or word of ours."""
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return self.origin.constant or None
        if self.words and (word := self._word(cell)) is not cell:
            return word
        if self.name in NUMBERS:
            return self._number(cell)
        return normal_date(cell, self.dates) if self.name in DATES else cell

    def _part(self, indexes: tuple[int, ...], cells: Sequence[Cell]) -> Cell:
        for index in indexes:
            cell = cells[index] if index < len(cells) else None
            if cell is not None and (not isinstance(cell, str) or cell.strip()):
                return cell
        return None

    def _after(self, piece: str) -> str:
        label = self.origin.after
        if not label:
            return piece
        return piece.partition(label)[2].partition(";")[0]

    def _marked(self, written: str) -> str:
        for theirs, ours in self.origin.replace:
            written = written.replace(theirs, ours)
        return written

    def _number(self, cell: Cell) -> Cell:
        """The number with what the profile says of it; words such as "inconnu" as they are."""
        factor = 1.0 if self.origin.factor is None else self.origin.factor
        if isinstance(cell, str):
            said = (self.decimal or factor != 1.0) and not meaning(cell)
            return Written(cell, self.decimal, factor) if said else cell
        try:
            found = number(cell)
        except BadValue:
            return cell
        return cell if found is None or factor == 1.0 else found * factor

    def _word(self, cell: Cell) -> Cell:
        written = plain(cell)
        found = self.words.get(key(written), self.words.get("*"))
        if found is not None:
            return found
        if key(written) not in map(key, self.words.values()) and len(self.unmapped) < 1000:
            self.unmapped[masked(written)] = None
        return cell
