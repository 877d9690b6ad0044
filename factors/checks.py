"""Faults that no line shows alone: rows against one another, choices against rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from factors.errors import BadFactorRow, Wording
from factors.model import Choice, Factor, Key
from factors.names import plain
from factors.rows import FACTOR_COLUMNS, Cells, factor_of, read_cells
from factors.selection import rivals

Read = tuple[Cells, Factor]


def read_factors(files: Iterable[Path], faults: list[BadFactorRow]) -> list[Read]:
    """The factors of tables with the lines they come from; the faults of single lines go to `faults`."""
    read: list[Read] = []
    for file in files:
        for row in read_cells(file, FACTOR_COLUMNS, faults):
            factor, bad = factor_of(row)
            faults += bad
            if factor is not None:
                read.append((row, factor))
    return read


def clash_faults(read: Sequence[Read]) -> list[BadFactorRow]:
    """Duplicate ids, two advised rows of a key and a total beside its stages: faults of the later row."""
    faults = []
    ids: dict[str, Cells] = {}
    defaults: dict[Key, Cells] = {}
    for row, factor in read:
        if (first := ids.setdefault(factor.id, row)) is not row:
            faults.append(row.fault("id", _unique(first)))
        if not factor.default:
            continue
        for key in rivals(factor):
            if (first := defaults.get(key, row)) is not row:
                faults.append(row.fault("default", _single(first)))
        defaults.setdefault(factor.key, row)
    return faults


def choice_faults(read: Sequence[tuple[Cells, Choice]], factors: Sequence[Factor]) -> list[BadFactorRow]:
    """A choice of which nothing is advised, said twice, of another unit, or whose range leaves the value out."""
    advised: dict[Key, list[Factor]] = {}
    for factor in factors:
        if factor.default:
            advised.setdefault(factor.family, []).append(factor)
    faults = []
    keys: dict[Key, Cells] = {}
    for row, choice in read:
        if (first := keys.setdefault(choice.key, row)) is not row:
            faults.append(row.fault("item", _unique(first)))
        faults += _value_faults(row, choice, advised.get(choice.key, []))
    return faults


def _value_faults(row: Cells, choice: Choice, rows: Sequence[Factor]) -> list[BadFactorRow]:
    if not rows:
        expected = Wording("une clé qui a une ligne retenue", "a key that has an advised row")
        return [row.fault("item", expected)]
    unit, value = rows[0].unit, sum(factor.value for factor in rows)
    faults = []
    if choice.unit != unit:
        faults.append(row.fault("unit", Wording(unit, unit)))
    if choice.low > value:
        faults.append(row.fault("low", Wording(f"au plus {value:g}", f"at most {value:g}")))
    if choice.high < value:
        faults.append(row.fault("high", Wording(f"au moins {value:g}", f"at least {value:g}")))
    return faults


def name_faults(rows: Sequence[tuple[Cells, tuple[str, ...]]]) -> list[BadFactorRow]:
    """A name written for two codes would be resolved at random: refused, with both places."""
    faults = []
    owner: dict[str, Cells] = {}
    for row, names in rows:
        for name in names:
            if (first := owner.setdefault(plain(name), row)) is not row:
                expected = _unique(first)
                faults.append(BadFactorRow(row.file, row.line, "aliases", name, expected))
    return faults


def _unique(first: Cells) -> Wording:
    place = f"{first.file}:{first.line}"
    return Wording(f"un identifiant unique (déjà en {place})", f"a unique identifier (already at {place})")


def _single(first: Cells) -> Wording:
    place = f"{first.file}:{first.line}"
    return Wording(
        f"0, le facteur par défaut de cette clé ou de son total étant déjà en {place}",
        f"0, since the default of this key or of its total is already at {place}",
    )
