"""One row of a recognised table: typed access to its cells, faults noted as they are met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from pos_map.columns import YES_NO
from pos_map.columns.lengths import LONGEST, SHORTEST
from pos_map.contacts import MASKS
from pos_map.faults import Fault, Place, Severity, proposal
from pos_map.headers import Header
from pos_map.marks import Marks
from pos_map.mending import mend, nearest
from pos_map.persons import masked
from pos_map.spelling import key, near
from pos_map.values import BadValue, Cell, Default, day, meaning, month, number, share, text
from pos_map.watching import Watch, repeated
from pos_map.writing import LONGEST_TEXT, unguarded

_SHARED = 20_000


@dataclass(frozen=True, slots=True)
class Layout:
    """What the rows of a sheet share: kind of table, file and sheet, cell of each field, names as written.

    `marks` tells the decimal marks of the columns of numbers, once every row has been iterated.
    """

    kind: str
    file: str
    sheet: str
    index: Mapping[str, int]
    written: Mapping[str, str]
    faults: list[Fault]
    marks: Mapping[str, Marks] = field(default_factory=dict)


class Row:
    """A row of a table, and where it stands.

    A bad cell notes a fault and gives the unknown value. So does one that says it does not apply, its field in `na`.
    """

    __slots__ = ("_cells", "_layout", "_na", "line")

    def __init__(self, layout: Layout, line: int, cells: tuple[Cell, ...]) -> None:
        self._layout = layout
        self.line = line
        self._cells = cells
        self._na: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Kind of the table it belongs to."""
        return self._layout.kind

    @property
    def place(self) -> Place:
        """File, sheet and line."""
        return Place(self._layout.file, self._layout.sheet, self.line)

    @property
    def na(self) -> str:
        """Fields read so far that do not apply, joined by spaces."""
        return " ".join(sorted(set(self._na)))

    def cell(self, field: str) -> Cell:
        """The cell of a field as its source gives it, None when the sheet has no such column."""
        at = self._layout.index.get(field)
        return self._cells[at] if at is not None and at < len(self._cells) else None

    def says(self, field: str) -> bool:
        """Whether the file says anything of a field: an absent column, a blank cell and a profile's default do not."""
        cell = self.cell(field)
        if isinstance(cell, Default):
            return False
        return cell is not None and (type(cell) is not str or not cell.isspace()) and cell != ""

    def _known(self, field: str) -> Cell:
        """The cell, None when it says "unknown" or "does not apply"; the latter is kept in mind."""
        cell = self.cell(field)
        if not isinstance(cell, str):
            return cell
        said = meaning(cell)
        if said == "na":
            self._na = (*self._na, field)
        return None if said else cell

    def text(self, field: str) -> str:
        """Trimmed text, "" when blank or absent."""
        cell = self.cell(field)
        if cell is None:
            return ""
        try:
            if len(found := text(cell)) > SHORTEST:
                self._fits(field, len(found))
            return unguarded(found) if found[:1] == "'" else found
        except BadValue as bad:
            self._expected(field, bad)
            return ""

    def _fits(self, field: str, length: int) -> None:
        most = LONGEST.get(field, LONGEST_TEXT)
        if length > most:
            column = self._layout.written.get(field, field)
            self.error(
                field,
                "too-long",
                f"La colonne « {column} » tient {most} caractères au plus, cette cellule en a {length} : "
                "est-elle dans la bonne colonne ?",
                f"The column “{column}” holds {most} characters at most, this cell has {length}: "
                "is it in the right column?",
            )

    def word(self, field: str) -> str:
        """Text that may be said unknown or not applicable, which are "" too."""
        return self.text(field) if self._known(field) is not None else ""

    def country(self, field: str) -> str:
        """A country or zone: as `word`, but two letters are a code: NC is New Caledonia, not "not known"."""
        found = self.text(field)
        return found if len(found) == 2 and found.isalpha() else self.word(field)

    def required(self, field: str) -> str:
        """Trimmed text that must be there; "" with an error noted when blank."""
        found = self.text(field)
        if not found:
            column = self._layout.written.get(field, field)
            self.error(
                field,
                "missing-value",
                f"La colonne « {column} » est vide : une valeur est attendue.",
                f"The column “{column}” is blank: a value is expected.",
            )
        return found

    def number(self, field: str, least: float = 0.0) -> float | None:
        """A number of at least `least`, None when blank or bad."""
        if field not in self._layout.index:
            return None
        try:
            marks, cell = self._layout.marks.get(field), self._known(field)
            found = number(cell, marks.decimal if marks else "")
            if found is not None and marks and marks.leave_open(cell):
                self._doubt(field, cell, found)
            if found is not None and found < least:
                code = "negative" if least == 0 else "too-small"
                raise BadValue(code, f"un nombre d'au moins {least:g}", f"a number of at least {least:g}")
        except BadValue as bad:
            self._expected(field, bad)
            return None
        return found

    def _doubt(self, field: str, cell: Cell, found: float) -> None:
        """Say once how a number that may be read two ways was read."""
        marks, column = self._layout.marks[field], self._layout.written.get(field, field)
        fr, en = marks.two_readings(self.line, column, field, cell, found)
        if fr:
            self.warning(field, "ambiguous-number", fr, en)

    def positive(self, field: str) -> float | None:
        """A number above 0, None when blank or bad."""
        found = self.number(field)
        if found == 0:
            self._expected(field, BadValue("too-small", "un nombre supérieur à 0", "a number above 0"))
            return None
        return found

    def whole(self, field: str) -> int | None:
        """A whole number of at least 0, None when blank or bad."""
        found = self.number(field)
        if found is None or found.is_integer():
            return None if found is None else int(found)
        self._expected(field, BadValue("bad-number", "un nombre entier", "a whole number"))
        return None

    def share(self, field: str) -> float | None:
        """A fraction of 1, None when blank or bad."""
        if field not in self._layout.index:
            return None
        try:
            return share(self._known(field))
        except BadValue as bad:
            self._expected(field, bad)
            return None

    def yes(self, field: str) -> bool | None:
        """Yes or no, None when blank or bad."""
        found = self.choice(field, YES_NO)
        return found == "oui" if found else None

    def day(self, field: str, year_alone: bool = False) -> date | None:
        """A date, None when blank or bad; `year_alone` as in `values.day`."""
        if field not in self._layout.index:
            return None
        try:
            return day(self._known(field), year_alone)
        except BadValue as bad:
            self._expected(field, bad)
            return None

    def month(self, field: str) -> date | None:
        """The first day of a month, None when blank or bad."""
        try:
            return month(self._known(field))
        except BadValue as bad:
            self._expected(field, bad)
            return None

    def choice(self, field: str, words: Mapping[str, str]) -> str:
        """The kept word for a word of a list, whatever its case and accents; "" when blank or bad."""
        found = self.word(field)
        if not found:
            return ""
        for word, kept in words.items():
            if key(word) == key(found):
                return kept
        kept_words = [word for word in dict.fromkeys(words.values()) if word]
        listed = ", ".join(kept_words)
        fr, en = proposal(near(found, kept_words))
        blank_fr, blank_en = (", ou rien", ", or nothing") if "" in words.values() else ("", "")
        bad = BadValue("unknown-word", f"un mot parmi : {listed}{blank_fr}", f"one of: {listed}{blank_en}")
        self._expected(field, bad, fr, en, nearest(found, [*kept_words, *words]))
        return ""

    def error(self, field: str, code: str, fr: str, en: str, mended: str = "") -> None:
        """Note an error on a cell of this row; `mended` is what to write instead, where it is certain."""
        self._note(field, code, "error", fr, en, mended)

    def warning(self, field: str, code: str, fr: str, en: str, mended: str = "") -> None:
        """Note a warning on a cell of this row; `mended` as for `error`."""
        self._note(field, code, "warning", fr, en, mended)

    def _expected(
        self, field: str, bad: BadValue, more_fr: str = "", more_en: str = "", mended: str = ""
    ) -> None:
        column, value = self._layout.written.get(field, field), self._value(field)
        self.error(
            field,
            bad.code,
            f"La colonne « {column} » vaut « {value} » ; attendu : {bad.fr}.{more_fr}",
            f"The column “{column}” is “{value}”; expected: {bad.en}.{more_en}",
            mended or mend(bad.code, value),
        )

    def _note(self, field: str, code: str, severity: Severity, fr: str, en: str, mended: str) -> None:
        column, value = self._layout.written.get(field, ""), self._value(field)
        self._layout.faults.append(self.place.fault(code, severity, fr, en, column, value, mended))

    def _value(self, field: str) -> str:
        cell = self.cell(field)
        return "" if cell is None else repeated(self.kind, field, str(cell).strip())


def rows_of(
    header: Header, lines: Iterable[tuple[int, tuple[Cell, ...]]], place: Place, faults: list[Fault]
) -> Iterator[Row]:
    """The rows under a header, title rows left out; columns that are dropped or unknown never enter."""
    kept = [
        (index, column.field)
        for index, column in enumerate(header.columns)
        if column is not None and column.need != "dropped"
    ]
    written = {field: header.written[index] for index, field in kept}
    # Of a column given twice, the last is read: the header is at fault.
    places = {field: at for at, (_index, field) in enumerate(kept)}
    watch = Watch(header, kept, place, faults)
    layout = Layout(header.table.kind, place.file, place.sheet, places, written, faults, watch.marks)
    taken = [index for index, _field in kept]
    # What the workbook of findings puts in place of a person says nothing.
    shared: dict[str, Cell] = dict.fromkeys(MASKS)
    width = len(header.written)
    blanks = [index for index, name in enumerate(header.written) if not name]
    for line, cells in lines:
        if line <= header.line:
            continue
        for index in (*blanks, *range(width, len(cells))):
            if index < len(cells) and cells[index] is not None and (stray := str(cells[index]).strip()):
                faults.append(_nameless(Place(place.file, place.sheet, line), index, masked(stray)))
        mine = watch.row(line, cells, taken)
        # A million rows repeat a few thousand cells: one copy of each, as far as memory allows.
        one = shared.setdefault if len(shared) < _SHARED else shared.get
        yield Row(layout, line, tuple([one(cell, cell) if type(cell) is str else cell for cell in mine]))
    watch.end()


def _nameless(place: Place, index: int, value: str) -> Fault:
    return place.fault(
        "cell-without-column",
        "error",
        f"La cellule n° {index + 1} (« {value} ») est hors des colonnes de l'en-tête : vérifiez les "
        "séparateurs, et mettez entre guillemets une cellule qui en contient un.",
        f"Cell no. {index + 1} (“{value}”) is outside the columns of the header: check the separators, "
        "and quote a cell that holds one.",
        "",
        value,
    )
