"""Watch the cells of a sheet as its rows pass: personal data left out, decimal marks noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos_map.cells import plain
from pos_map.faults import Fault, Place
from pos_map.grids import filled
from pos_map.headers import Header, about_persons, personal_columns
from pos_map.marks import Marks, watched
from pos_map.persons import contact, person, redacted
from pos_map.values import Cell, Written

# Fields that name a body. A person's name can't always be told from it; an e-mail or a telephone can.
BODIES = frozenset({"owner", "entity", "host_entity"})
# Free texts, where an e-mail or a telephone is struck out.
_TEXTS = frozenset({"description", "summary", "human_decision", "abandon_reason"})
_REMEMBERED = 16_384


@dataclass(slots=True)
class _Persons:
    """Cells of a column that names bodies: how many are filled, how many look like persons, the first of these."""

    filled: int = 0
    alike: int = 0
    first: int = 0


class Watch:
    """What the cells of a sheet tell as they pass; `kept` are the columns read, by rank and field. Faults go to
    `faults`."""

    def __init__(
        self, header: Header, kept: Sequence[tuple[int, str]], place: Place, faults: list[Fault]
    ) -> None:
        fields = [name for _rank, name in kept]
        self._place, self._faults = Place(place.file, place.sheet, header.line or None), faults
        self._written = {name: header.written[rank] for rank, name in kept}
        self._columns, self._held = about_persons(header), set[int]()
        self._sound: set[str] = set()
        self.marks = {name: Marks() for name in watched(fields).values()}
        self._numbers = [(rank, self.marks[name]) for rank, name in watched(fields).items()]
        self._bodies = [(rank, name, _Persons()) for rank, name in enumerate(fields) if name in BODIES]
        self._texts = [(rank, name) for rank, name in enumerate(fields) if name in _TEXTS]

    def row(self, line: int, written: tuple[Cell, ...], taken: Sequence[int]) -> list[Cell]:
        """The cells of a row that are read, those at the ranks `taken`, without the personal data that is sure."""
        if len(self._held) < len(self._columns):
            self._held.update(rank for rank in self._columns if filled(written[rank : rank + 1]))
        width = len(written)
        cells = [written[rank] if rank < width else None for rank in taken]
        for rank, marks in self._numbers:
            cell = cells[rank]
            # Most cells are whole numbers, a million times: nothing to see.
            if ("." in cell or "," in cell) if type(cell) is str else isinstance(cell, Written):
                marks.see(cell)
        for rank, name, persons in self._bodies:
            cell = cells[rank]
            if cell is not None and cell != "":
                if type(cell) is str and cell in self._sound:
                    persons.filled += 1
                else:
                    cells[rank] = self._body(line, name, cell, persons)
        for rank, name in self._texts:
            cell = cells[rank]
            if type(cell) is str and contact(cell):
                self._left_out(line, name)
                cells[rank] = redacted(cell)
        return cells

    def _body(self, line: int, name: str, cell: Cell, persons: _Persons) -> Cell:
        # A telephone may be a number of a workbook.
        text = cell if isinstance(cell, str) else plain(cell)
        if not text.strip():
            return cell
        if contact(text):
            self._left_out(line, name)
            return None
        persons.filled += 1
        if person(text):
            persons.alike += 1
            persons.first = persons.first or line
        elif len(self._sound) < _REMEMBERED:
            self._sound.add(text)
        return cell

    def _left_out(self, line: int, name: str) -> None:
        """The value is not repeated: a fault is kept, and sent."""
        column = self._written[name]
        mend_fr = "Écrivez la direction ou l'entité." if name in BODIES else "Le reste du texte est gardé."
        mend_en = "Write the direction or the body." if name in BODIES else "The rest of the text is kept."
        place = Place(self._place.file, self._place.sheet, line)
        fr = f"Donnée personnelle écartée : la colonne « {column} » contient un courriel ou un téléphone. {mend_fr}"
        en = (
            f"Personal data left out: the column “{column}” holds an e-mail address or a telephone. {mend_en}"
        )
        self._faults.append(place.fault("personal-data", "warning", fr, en, column))

    def end(self) -> None:
        """Once every row has passed: say the columns left out, doubt those of bodies that look like persons."""
        columns = [self._columns[rank] for rank in sorted(self._held)]
        self._faults.extend(personal_columns(columns, self._place))
        for _rank, name, persons in self._bodies:
            if persons.alike * 2 < persons.filled or not persons.alike:
                continue
            column = self._written[name]
            place = Place(self._place.file, self._place.sheet, persons.first)
            self._faults.append(
                place.fault(
                    "person-owner",
                    "warning",
                    f"La colonne « {column} » semble nommer des personnes ({persons.alike} cellules sur "
                    f"{persons.filled}, à partir de cette ligne). Donnez plutôt la direction ou l'entité : aucun nom "
                    "de personne n'est utile ici.",
                    f"The column “{column}” seems to name persons ({persons.alike} cells of {persons.filled}, from "
                    "this line on). Give the direction or the body instead: no person's name is needed here.",
                    column,
                )
            )
