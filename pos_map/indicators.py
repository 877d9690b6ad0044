"""Results exported by NumEcoEval and G4IT (`ind_application.csv`…): recognised, summed, never taken for an inventory.

Indicator        one line of results
is_results       whether a file holds some
read_indicators  all the lines of a file, to compare with an assessment of ours
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pos_map import delimited
from pos_map.faults import Fault, Place
from pos_map.grids import Line, Sheet, Unreadable
from pos_map.spelling import key
from pos_map.values import BadValue, Cell, day, number, text

LEVELS = {
    "application": ("applicationName", "applications", "applications"),
    "virtual_equipment": ("virtualEquipmentName", "équipements virtuels", "virtual equipment"),
    "physical_equipment": ("equipmentName", "équipements physiques", "physical equipment"),
}
_HEAD_BYTES = 4096
# Headers that no inventory has.
_MARKS = (b"acvstep", b"criteria", b"unitimpact")
# Files of NumEcoEval for what is not an inventory of equipment: column that names them, what they are.
_ASIDE = {
    "nomitemnonit": ("des opérations non informatiques", "non-IT operations"),
    "nombremailemis": ("la messagerie", "e-mail traffic"),
    "nbcollaborateurs": ("les entités et leurs effectifs", "entities and their headcount"),
}
_LISTED = 6


@dataclass(frozen=True, slots=True)
class Indicator:
    """The impact of one thing at one life-cycle step for one criterion.

    `level` is a key of LEVELS; `value` is in `unit` for a year, None when `status` is not "OK"; `people` is the
    equivalent in people of the same export; `step` and `criterion` are words of its tool.
    """

    level: str
    name: str
    step: str
    criterion: str
    value: float | None
    unit: str
    status: str
    date: date | None = None
    application: str = ""
    environment: str = ""
    machine: str = ""
    equipment: str = ""
    entity: str = ""
    people: float | None = None


def is_results(path: Path) -> bool:
    """Whether a file is an export of indicators, or a file of NumEcoEval set aside."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES).replace(b"\0", b"").lower()
    start = head.split(b"\n", 1)[0]
    return all(mark in start for mark in _MARKS) or _aside(start.decode("latin-1")) is not None


def sheets(path: Path, name: str) -> list[Sheet]:
    """A table that holds nothing, and the warning that says what was recognised. Raises Unreadable, OSError."""
    with path.open("rb") as stream:
        start = stream.read(_HEAD_BYTES).replace(b"\0", b"").decode("latin-1").split("\n", 1)[0]
    if aside := _aside(start):
        return [Sheet("", None, (), [_left_aside(Place(name), *aside)])]
    found, faults = read_indicators(path, name)
    return [Sheet("", None, (), [_results(Place(name), found), *faults])]


def read_indicators(path: Path, name: str = "") -> tuple[list[Indicator], list[Fault]]:
    """The lines of an export and the faults of its cells, as warnings. Raises Unreadable, OSError."""
    place = Place(name or path.name)
    encoding = delimited.encoding_of(path)
    lines = iter(delimited.grid(path, encoding, _separator(path, encoding)).lines)
    first = next(lines, None)
    header = {} if first is None else {key(str(cell)): at for at, cell in enumerate(first[1])}
    level = next((level for level, names in LEVELS.items() if key(names[0]) in header), "")
    if not level:
        raise Unreadable(
            "unknown-format",
            "Cet export de résultats ne dit pas de quoi : une colonne applicationName, virtualEquipmentName ou "
            "equipmentName est attendue.",
            "This export of results does not say of what: a column applicationName, virtualEquipmentName or "
            "equipmentName is expected.",
        )
    faults: list[Fault] = []
    return [_indicator(level, _Cells(header, line, place, faults)) for line in lines], faults


def totals(found: Sequence[Indicator]) -> dict[tuple[str, str], float]:
    """Sum of the values by criterion and unit; what has no value is in none."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for one in found:
        if one.value is not None:
            sums[one.criterion, one.unit] += one.value
    return dict(sums)


class _Cells:
    """The cells of a line by header, bad ones noted."""

    def __init__(self, header: dict[str, int], line: Line, place: Place, faults: list[Fault]) -> None:
        self._header, (self._line, self._row), self._place, self._faults = header, line, place, faults

    def raw(self, name: str) -> Cell:
        at = self._header.get(key(name))
        return self._row[at] if at is not None and at < len(self._row) else None

    def text(self, name: str) -> str:
        try:
            return text(self.raw(name))
        except BadValue:
            return ""

    def number(self, name: str) -> float | None:
        try:
            return number(self.raw(name))
        except BadValue as bad:
            self._note(name, bad)
            return None

    def day(self, name: str) -> date | None:
        try:
            return day(self.raw(name))
        except BadValue as bad:
            self._note(name, bad)
            return None

    def _note(self, name: str, bad: BadValue) -> None:
        value = self.text(name)
        self._faults.append(
            Place(self._place.file, "", self._line).fault(
                bad.code,
                "warning",
                f"La colonne « {name} » vaut « {value} » ; attendu : {bad.fr}. Ce résultat est sans valeur.",
                f"The column “{name}” is “{value}”; expected: {bad.en}. This result has no value.",
                name,
                value,
            )
        )


def _indicator(level: str, cells: _Cells) -> Indicator:
    status = cells.text("indicatorStatus") or "OK"
    value, people = cells.number("unitImpact"), cells.number("sipImpact")
    kept = key(status) == "ok"
    return Indicator(
        level,
        cells.text(LEVELS[level][0]),
        cells.text("acvStep"),
        cells.text("criteria"),
        value if kept else None,
        cells.text("unit"),
        status,
        cells.day("batchDate"),
        cells.text("applicationName"),
        cells.text("environmentType"),
        cells.text("virtualEquipmentName"),
        cells.text("physicalEquipmentName") or cells.text("equipmentName"),
        cells.text("entityName"),
        people if kept else None,
    )


def _separator(path: Path, encoding: str) -> str:
    def columns(separator: str) -> int:
        head = delimited.grid(path, encoding, separator).head()
        return len(head[0][1]) if head else 0

    return max(delimited.SEPARATORS, key=columns)


def _results(place: Place, found: Sequence[Indicator]) -> Fault:
    level = found[0].level if found else "application"
    _name, of_fr, of_en = LEVELS[level]
    wrong = sum(one.value is None for one in found)
    sums = [(f"{criterion} {_amount(value)} {unit}") for (criterion, unit), value in totals(found).items()]
    said = " ; ".join(sums[:_LISTED]) + (" ; …" if len(sums) > _LISTED else "")
    dates = "/".join(sorted({f"{one.date:%Y-%m-%d}" for one in found if one.date})[:_LISTED])
    return place.fault(
        "results",
        "warning",
        f"Ce fichier contient des résultats déjà calculés ({of_fr}, {len(found)} ligne(s) du {dates or '?'}, "
        f"{wrong} sans valeur), pas un inventaire : rien n'en est importé. "
        f"Total : {said.replace('.', ',') or 'aucun'}. "
        "Gardez-le pour le comparer à « footprint assess --method numecoeval ».",
        f"This file holds results already computed ({of_en}, {len(found)} line(s) of {dates or '?'}, "
        f"{wrong} without a value), not an inventory: nothing of it is imported. Total: {said or 'none'}. "
        "Keep it to compare with “footprint assess --method numecoeval”.",
        "",
        said,
    )


def _amount(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"


def _aside(header: str) -> tuple[str, str] | None:
    names = (key(name) for separator in delimited.SEPARATORS for name in header.split(separator))
    return next((_ASIDE[name] for name in names if name in _ASIDE), None)


def _left_aside(place: Place, fr: str, en: str) -> Fault:
    return place.fault(
        "outside-inventory",
        "warning",
        f"Ce fichier de NumEcoEval décrit {fr} : il n'est pas lu, seuls les centres, les équipements et les "
        "applications le sont.",
        f"This file of NumEcoEval tells {en}: it is not read, only data centres, equipment and applications are.",
    )
