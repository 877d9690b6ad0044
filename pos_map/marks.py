"""What the number cells of a column tell of its decimal mark: "1.000" is one, or a thousand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from pos_map.cells import NUMBERS
from pos_map.values import Cell, Decimal, Written

# Fields where a thousand times more makes no sense: "1.250" is a PUE.
_SMALL = frozenset(
    ("share", "refurbished", "reuse", "key", "rgaa", "rgesn", "pue", "wue", "lifetime_y", "upstream_y",
     "total_life_y", "contract_kgco2e_kwh")
)  # fmt: skip
READ_TWO_WAYS = NUMBERS - _SMALL
# Fields that count things: a fraction of one makes no sense.
COUNTS = frozenset(
    ("quantity", "users", "cores", "cpus", "hdds", "psus", "gpus", "vcpu", "position", "act_volume",
     "yearly_volume")
)  # fmt: skip
# Beyond, the cells of a column are counted.
_SAID = 20
_ONE_MARK = re.compile(r"[+-]?\d+(?:[ \u00a0\u202f]\d{3})*([.,])\d+")
_TWO_WAYS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")


@lru_cache(maxsize=16_384)
def told(written: str) -> Literal["", ",", ".", "?"]:
    """The decimal mark of a number that has one mark; "?" where that mark may part thousands, "" for the rest."""
    written = written.strip()
    if _TWO_WAYS.fullmatch(written):
        return "?"
    match = _ONE_MARK.fullmatch(written)
    return "" if match is None else "," if match.group(1) == "," else "."


def plainly(written: str) -> str:
    """A number as we write it, such that no reader takes its decimal mark for one of thousands: "1,1250"."""
    return f"{written}0" if told(written) == "?" else written


def unmarked(cell: Cell) -> str:
    """The text of a number whose decimal mark no profile says; "" for the rest."""
    if type(cell) is str:
        return cell
    return cell.text if isinstance(cell, Written) and not cell.decimal else ""


@dataclass(slots=True)
class Marks:
    """The decimal marks sure in a column, how many cells may be read two ways, and the lines where it was said."""

    sure: set[str] = field(default_factory=set)
    doubtful: int = 0
    said: set[int] = field(default_factory=set)

    def see(self, cell: Cell) -> None:
        """Take a cell of the column into account."""
        written = unmarked(cell)
        if "." in written or "," in written:
            mark = told(written)
            if mark == "?":
                self.doubtful += 1
            elif mark:
                self.sure.add(mark)

    @property
    def decimal(self) -> Decimal:
        """The mark the column uses, "" when it shows none or both."""
        if len(self.sure) != 1:
            return ""
        return "," if "," in self.sure else "."

    def leave_open(self, cell: Cell) -> bool:
        """Whether a cell may be read two ways, and nothing in its column tells which."""
        return bool(self.doubtful) and not self.decimal and told(unmarked(cell)) == "?"

    def two_readings(self, line: int, column: str, field: str, cell: Cell, found: float) -> tuple[str, str]:
        """What to say of a cell read `found` that may be a thousand times more, in French and English; "" where it
        was said, or enough others of the column were."""
        if line in self.said or len(self.said) >= _SAID:
            return "", ""
        self.said.add(line)
        more = self.doubtful - _SAID if len(self.said) == _SAID else 0
        more_fr = f" Autres cellules de cette colonne dans ce cas : {more}." if more > 0 else ""
        more_en = f" Other cells of this column in this case: {more}." if more > 0 else ""
        written = unmarked(cell).strip()
        whole = written.replace(".", "").replace(",", "")
        mark = "." if "." in written else ","
        other = "," if mark == "." else "."
        shown = f"{found:.6g}"
        counted = field in COUNTS
        how_fr = f"compte des unités : « {written} » y est" if counted else f"vaut « {written} »,"
        how_en = f"counts things: “{written}” is" if counted else f"is “{written}”,"
        return (
            f"La colonne « {column} » {how_fr} lu {shown.replace('.', ',')} : la marque « {mark} » "
            f"est prise pour la décimale. Si elle sépare des milliers, écrivez {whole}, ou donnez la décimale dans un "
            f'profil (decimal: "{other}").{more_fr}',
            f"The column “{column}” {how_en} read {shown}: the mark “{mark}” is taken for the decimal "
            f"one. If it parts thousands, write {whole}, or give the decimal mark in a profile "
            f'(decimal: "{other}").{more_en}',
        )


def watched(fields: Sequence[str]) -> dict[int, str]:
    """Of the fields of a table in order, those whose cells may be read two ways, by rank."""
    return {rank: name for rank, name in enumerate(fields) if name in READ_TWO_WAYS}
