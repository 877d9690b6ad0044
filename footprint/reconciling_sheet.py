"""The names that nothing bears, as a workbook to decide in: written, filled by people, read back into rules.

One line a name: what it is, how often it was met, the likeliest known name. The decision is "accepter" (the
proposal, or the target written beside it), "refuser" (left unattached, knowingly), or nothing yet; "oui", "non" and
the like are understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from footprint.matching_targets import Targets
from footprint.texts import say
from pos_map import Fault, Rule, Unmatched
from pos_map.faults import Place, Severity, proposal
from pos_map.matching import rule_fault
from pos_map.spelling import key, near

KIND_WORDS: Mapping[str, tuple[str, str]] = {
    "application": ("application", "application"),
    "machine": ("machine virtuelle", "virtual machine"),
    "host": ("équipement", "equipment"),
    "cluster": ("grappe", "cluster"),
    "data_centre": ("centre de données", "data centre"),
    "organisation": ("organisme", "body"),
    "machine_application": ("machine sans application", "machine without application"),
    "place": ("application sans place", "application without a place"),
}
ACCEPT, REFUSE = ("accepter", "accept"), ("refuser", "refuse")
# What people write instead (docs/campagnes.md lists it); a spreadsheet may hold yes and no as truth values.
_ACCEPTED = (*ACCEPT, "accepté", "acceptée", "accepted", "oui", "o", "yes", "y", "ok", "x", "vrai", "true")
_REFUSED = (*REFUSE, "refusé", "refusée", "refused", "non", "n", "no", "faux", "false")
_SHEET, _KNOWN = ("Rapprochement", "Matching"), ("Noms connus", "Known names")
# Field, header in French and English, width.
_COLUMNS = (
    ("kind", "genre", "kind", 26),
    ("name", "nom lu", "name read", 40),
    ("count", "fois", "times", 8),
    ("proposal", "proposition", "proposal", 40),
    ("likeness", "vraisemblance", "likeness", 14),
    ("decision", "décision", "decision", 14),
    ("target", "cible", "target", 40),
    ("reason", "motif", "reason", 40),
)
_NEEDED = ("kind", "name", "decision")
_HEAD_ROWS = 20
_PROPOSED = 20


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of a name, and why."""

    rule: Rule
    reason: str


def kind_named(said: str) -> str | None:
    """The kind of name that words or a code name, in French or English."""
    words = {key(word): kind for kind, pair in KIND_WORDS.items() for word in (kind, *pair)}
    return words.get(key(said))


def write_reconciling(
    path: Path, unmatched: Sequence[Unmatched], known: Mapping[str, Sequence[str]] | None = None
) -> Path:
    """Write the workbook, in the current language; `known` gives the names to choose a target from.

    Names are written as texts whatever they look like. Raises OSError where it can't be written.
    """
    from pos_map.writing import open_book, put

    book = open_book(path)
    text = book.add_format({"num_format": "@", "quote_prefix": True, "locked": False})
    formats = {"text": text, "number": book.add_format({"num_format": "0%"})}
    head = book.add_format({"bold": True, "bg_color": "#1D3557", "font_color": "#FFFFFF"})
    page = book.add_worksheet(say(*_SHEET))
    for column, (_field, fr, en, width) in enumerate(_COLUMNS):
        page.set_column(column, column, width)
        page.write_string(0, column, say(fr, en), head)
    page.freeze_panes(1, 2)
    rows = sorted(unmatched, key=lambda found: (found.kind, -found.count, found.name))
    for row, found in enumerate(rows, start=1):
        best = found.proposals[0] if found.proposals else None
        put(page, row, 0, say(*KIND_WORDS.get(found.kind, (found.kind, found.kind))), formats)
        put(page, row, 1, found.name, formats)
        page.write_number(row, 2, found.count)
        put(page, row, 3, best.target if best else "", formats)
        if best:
            page.write_number(row, 4, best.likeness, formats["number"])
        for column in (5, 6, 7):
            page.write_blank(row, column, None, text)
    if rows:
        page.autofilter(0, 0, len(rows), len(_COLUMNS) - 1)
        choices = [say(*ACCEPT), say(*REFUSE)]
        page.data_validation(1, 5, len(rows), 5, {"validate": "list", "source": choices})
        _targets(book, page, rows, known or {}, formats)
    book.close()
    return path


def _targets(
    book: Any,
    page: Any,
    rows: Sequence[Unmatched],
    known: Mapping[str, Sequence[str]],
    formats: Mapping[str, Any],
) -> None:
    """A drop-down of the known names for the targets of each kind, which may still be written by hand."""
    from pos_map.writing import put

    names = book.add_worksheet(say(*_KNOWN))
    first = 1
    for column, (kind, group) in enumerate(groupby(rows, key=lambda found: found.kind)):
        last = first + sum(1 for _ in group) - 1
        choices = known.get(kind, ())
        put(names, 0, column, say(*KIND_WORDS.get(kind, (kind, kind))), formats)
        for row, name in enumerate(choices, start=1):
            put(names, row, column, name, formats)
        if choices:
            letter = chr(ord("A") + column)
            source = f"='{say(*_KNOWN)}'!${letter}$2:${letter}${len(choices) + 1}"
            options = {"validate": "list", "source": source, "error_type": "warning"}
            page.data_validation(first, 6, last, 6, options)
        first = last + 1


def read_reconciling(
    path: Path, known: Mapping[str, Sequence[str]] | None = None
) -> tuple[list[Decision], list[Fault]]:
    """The decisions of a workbook (.xlsx or .ods) and every fault found; lines without a decision say nothing.

    With `known`, a target that is none of its kind is an error. Raises nothing about content.
    """
    from pos_map.sources import Unreadable, workbook_grids

    faults: list[Fault] = []
    try:
        _kind, grids = workbook_grids(path)
        for grid in grids:
            lines = iter(grid.lines)
            columns = _header(lines)
            if columns is not None:
                targets = None if known is None else Targets(known)
                reading = _Reading(path.name, grid.name, columns, targets, faults)
                return [found for line, cells in lines if (found := reading.decision(line, cells))], faults
    except Unreadable as cause:
        place = Place(path.name, "", cause.line)
        return [], [place.fault(cause.code, "error", cause.fr, cause.en)]
    headers = ", ".join(fr for _field, fr, _en, _width in _COLUMNS)
    fault = Place(path.name).fault(
        "unknown-format",
        "error",
        f"Aucune feuille de rapprochement dans ce classeur. Colonnes attendues : {headers}.",
        f"No matching sheet in this workbook. Expected columns: {headers}.",
    )
    return [], [fault]


def _header(lines: Iterator[tuple[int, tuple[object, ...]]]) -> dict[str, int] | None:
    """Where each column is; None when the sheet is not one of ours."""
    wanted = {key(name): field for field, fr, en, _width in _COLUMNS for name in (fr, en)}
    for line, cells in lines:
        if line > _HEAD_ROWS:
            break
        found = {
            wanted[name]: at for at, cell in enumerate(cells) if (name := key(str(cell or ""))) in wanted
        }
        if all(field in found for field in _NEEDED):
            return found
    return None


@dataclass(frozen=True, slots=True)
class _Reading:
    """A sheet being read: where its columns are, what is known, the faults found."""

    file: str
    sheet: str
    columns: Mapping[str, int]
    targets: Targets | None
    faults: list[Fault]

    def decision(self, line: int, cells: tuple[object, ...]) -> Decision | None:
        """The decision of a line; None when there is none yet or something is wrong."""
        said = self._text(cells, "decision")
        if not said:
            return None
        refused = key(said) in set(map(key, _REFUSED))
        if not refused and key(said) not in set(map(key, _ACCEPTED)):
            self._fault(
                line, "decision", said, "unknown-word",
                f"« {said} » n'est pas une décision : « accepter » ou « refuser » est attendu, ou rien.",
                f"“{said}” is not a decision: “accept” or “refuse” is expected, or nothing.",
            )  # fmt: skip
            return None
        kind, target = self._kind(line, cells), self._text(cells, "target") or self._text(cells, "proposal")
        led = "" if refused or kind is None else self._named(line, kind, target)
        if kind is None or led is None:
            return None
        rule = Rule(kind, self._text(cells, "name"), led)
        if wrong := rule_fault(rule):
            self._fault(line, "name", rule.pattern, "bad-rule", *wrong)
            return None
        return Decision(rule, self._text(cells, "reason"))

    def _kind(self, line: int, cells: tuple[object, ...]) -> str | None:
        said = self._text(cells, "kind")
        if found := kind_named(said):
            return found
        listed = [fr for fr, _en in KIND_WORDS.values()]
        more_fr, more_en = proposal(near(said, listed))
        self._fault(
            line, "kind", said, "unknown-word",
            f"« {said} » n'est pas un genre de nom : {', '.join(listed)} sont attendus.{more_fr}",
            f"“{said}” is not a kind of name: expected {', '.join(listed)}.{more_en}",
        )  # fmt: skip
        return None

    def _named(self, line: int, kind: str, target: str) -> str | None:
        """The known name a target is, however it is spelled; None with a fault."""
        if not target:
            self._fault(
                line, "target", "", "missing-value",
                "Rien n'est proposé pour ce nom : écrivez la cible, ou « refuser ».",
                "Nothing is proposed for this name: write the target, or “refuse”.",
            )  # fmt: skip
            return None
        found = target if self.targets is None else self.targets.named(kind, target)
        if self.targets is None or found is not None:
            return found
        # A likeness search over every name takes long: for the first faults only.
        more_fr, more_en = proposal(self.targets.near(kind, target) if len(self.faults) < _PROPOSED else ())
        self._fault(
            line, "target", target, "unknown-target",
            f"« {target} » n'est aucun nom connu de ce genre : un nom de l'inventaire est attendu.{more_fr}",
            f"“{target}” is no known name of this kind: a name of the inventory is expected.{more_en}",
        )  # fmt: skip
        return None

    def _text(self, cells: tuple[object, ...], field: str) -> str:
        at = self.columns.get(field)
        cell = cells[at] if at is not None and at < len(cells) else None
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        return "" if cell is None else " ".join(str(cell).split())

    def _fault(self, line: int, field: str, value: str, code: str, fr: str, en: str) -> None:
        header = {name: written for name, written, _en, _width in _COLUMNS}[field]
        severity: Severity = "error"
        self.faults.append(Place(self.file, self.sheet, line).fault(code, severity, fr, en, header, value))
