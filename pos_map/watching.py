"""Watch the cells of a sheet as its rows pass: personal data left out, decimal marks noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos_map.cells import DATES, NUMBERS, plain
from pos_map.contacts import LEFT_OUT, bare_mobile, contact, holds_mail, redacted, without_mail
from pos_map.faults import Fault, Place
from pos_map.headers import Header, about_persons, holds, personal_columns
from pos_map.marks import Marks, watched
from pos_map.persons import body_left, masked, person
from pos_map.values import Cell, Written

# Fields that name a body. A person's name can't always be told from it; an e-mail or a telephone can.
BODIES = frozenset({"owner", "entity", "host_entity"})
# What other tables or tools know things by: never touched.
_IDENTIFIERS = frozenset(
    ("code", "ref", "parent", "successor", "replaces", "application", "source", "target", "vm", "host", "inside",
     "data_centre", "cluster", "platform")
)  # fmt: skip
# Tables whose `name` is a label, not what other tables know the entry by.
_LABELLED = frozenset({"map", "data_centres", "terminals"})
# References and part numbers: they may look like telephones, so that e-mail addresses alone are struck out.
_REFERENCES = frozenset({"model", "gpu", "version", "gdpr_ref", "node"})
# The shortest e-mail address.
_SHORTEST = 6
# Beyond, the cells of a column are counted.
_SAID = 20
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
        self._texts = [(rank, name) for rank, name in enumerate(fields) if _free(header.table.kind, name)]
        self._told: dict[str, int] = {}

    def row(self, line: int, written: tuple[Cell, ...], taken: Sequence[int]) -> list[Cell]:
        """The cells of a row that are read, those at the ranks `taken`, without the personal data that is sure."""
        if len(self._held) < len(self._columns):
            self._held.update(rank for rank in self._columns if holds(written[rank : rank + 1]))
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
            if type(cell) is str and len(cell) >= _SHORTEST and cell not in self._sound:
                cells[rank] = self._text(line, name, cell)
        return cells

    def _body(self, line: int, name: str, cell: Cell, persons: _Persons) -> Cell:
        found = _body(cell)
        if found is not cell:
            fr, en = "Écrivez la direction ou l'entité.", "Write the direction or the body."
            if found:
                fr, en = f"Il reste « {found} ».", f"What stays is “{found}”."
            self._left_out(line, name, fr, en)
            return found
        if not (text := plain(cell)):
            return cell
        persons.filled += 1
        if person(text):
            persons.alike += 1
            persons.first = persons.first or line
        elif len(self._sound) < _REMEMBERED:
            self._sound.add(text)
        return cell

    def _text(self, line: int, name: str, cell: str) -> Cell:
        found = _text(name, cell)
        if found is not cell:
            self._left_out(line, name, "Le reste du texte est gardé.", "The rest of the text is kept.")
        elif name not in _REFERENCES and len(self._sound) < _REMEMBERED:
            self._sound.add(cell)
        return found

    def _left_out(self, line: int, name: str, then_fr: str, then_en: str) -> None:
        """The value is not repeated: a fault is kept, and sent."""
        self._told[name] = self._told.get(name, 0) + 1
        if self._told[name] > _SAID:
            return
        column, place = self._written[name], Place(self._place.file, self._place.sheet, line)
        fr = f"Donnée personnelle écartée : la colonne « {column} » contient un courriel ou un téléphone. {then_fr}"
        en = (
            f"Personal data left out: the column “{column}” holds an e-mail address or a telephone. {then_en}"
        )
        self._faults.append(place.fault("personal-data", "warning", fr, en, column))

    def _counted(self) -> None:
        """Say how many cells were left out beyond those said one by one."""
        for name, count in self._told.items():
            if count > _SAID:
                column = self._written[name]
                fr = f"Donnée personnelle écartée : autres cellules de la colonne « {column} » : {count - _SAID}."
                en = f"Personal data left out: other cells of the column “{column}”: {count - _SAID}."
                self._faults.append(self._place.fault("personal-data", "warning", fr, en, column))

    def end(self) -> None:
        """Once every row has passed: say the columns left out, doubt those of bodies that look like persons."""
        columns = [self._columns[rank] for rank in sorted(self._held)]
        self._faults.extend(personal_columns(columns, self._place))
        self._counted()
        for _rank, name, persons in self._bodies:
            if persons.alike * 2 < persons.filled or not persons.alike:
                continue
            column = self._written[name]
            cells_fr = "cellule" if persons.alike == 1 else "cellules"
            place = Place(self._place.file, self._place.sheet, persons.first)
            self._faults.append(
                place.fault(
                    "person-owner",
                    "warning",
                    f"La colonne « {column} » semble nommer des personnes ({persons.alike} {cells_fr} sur "
                    f"{persons.filled}, à partir de cette ligne). Donnez plutôt la direction ou l'entité : aucun nom "
                    "de personne n'est utile ici.",
                    f"The column “{column}” seems to name persons ({persons.alike} of {persons.filled} cells, from "
                    "this line on). Give the direction or the body instead: no person's name is needed here.",
                    column,
                )
            )


def as_kept(kind: str, name: str, cell: Cell) -> Cell:
    """A cell of a field as it is kept: without the e-mails and telephones of the texts and of the names of bodies.

    None where it holds nothing else; the same object where there is none.
    """
    if name in BODIES:
        return _body(cell)
    return _text(name, cell) if isinstance(cell, str) and _free(kind, name) else cell


def _body(cell: Cell) -> Cell:
    # A telephone may be a number of a workbook.
    text = cell if isinstance(cell, str) else plain(cell)
    if contact(text) or bare_mobile(text):
        return body_left(text) or None
    return cell


def _text(name: str, cell: str) -> Cell:
    if not (holds_mail(cell) if name in _REFERENCES else contact(cell)):
        return cell
    rest = without_mail(cell) if name in _REFERENCES else redacted(cell)
    return rest if any(map(str.isalnum, rest.replace(LEFT_OUT, ""))) else None


def _free(kind: str, name: str) -> bool:
    """Whether a field holds free text: no number, no date, nothing that other tables know it by."""
    if name == "name":
        return kind in _LABELLED
    return name not in _IDENTIFIERS | BODIES | NUMBERS | DATES


def repeated(kind: str, name: str, value: str) -> str:
    """A value to repeat in a message about a field: without the person it names or reaches.

    An identifier may look like a name or a telephone: of it, e-mail addresses alone are struck out.
    """
    known = name in _IDENTIFIERS | _REFERENCES or (name == "name" and kind not in _LABELLED)
    return without_mail(value) if known else masked(value)
