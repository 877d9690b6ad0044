"""An organisation's own rows: one CSV of the columns of the shipped tables, checked against them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from factors.checks import Read, clash_faults, read_factors
from factors.errors import BadFactorRow, BadTables, FactorError, Wording
from factors.model import OWN_ITEMS, SPLIT_STAGES, Factor, Item, Zone
from factors.names import near, plain
from factors.rows import Cells


class Known(NamedTuple):
    """What the rows of an overlay are checked against."""

    factors: Sequence[Factor]
    items: Sequence[Item]
    zones: Sequence[Zone]


def read_overlay(path: Path, known: Known) -> list[Factor]:
    """The rows of an overlay, or BadTables with every fault at its line and column.

    Beside the faults of any table: an id of the shipped set, an item that no code names, a zone of electricity
    that no code names, and what the calculation would read as something else (see `_misread`). A file that
    can't be read raises FactorError.
    """
    faults: list[BadFactorRow] = []
    try:
        read = read_factors([path], faults)
    except OSError as error:
        raise FactorError(
            f"{path} ne se lit pas : {error.strerror}.", f"{path} can't be read: {error.strerror}."
        ) from error
    faults += clash_faults(read)
    ids = {factor.id for factor in known.factors}
    items = {item.code for item in known.items} | {factor.item for factor in known.factors} | set(OWN_ITEMS)
    zones = {zone.code for zone in known.zones}
    for row, factor in read:
        if factor.id in ids:
            faults.append(row.fault("id", _NOT_SHIPPED))
        if factor.item not in items:
            faults.append(row.fault("item", _code(row, "item", items, known.items)))
        if factor.item == "electricity" and factor.zone not in zones:
            faults.append(row.fault("zone", _code(row, "zone", zones, known.zones)))
    faults += _misread(read, known)
    if faults:
        raise BadTables(sorted(faults, key=lambda fault: fault.line))
    return [factor for _, factor in read]


def _misread(read: Sequence[Read], known: Known) -> list[BadFactorRow]:
    """Rows beside those the calculation looks up, instead of in their place, and values of another unit.

    Electricity has no stage; what making equipment emits has no zone, as its place of use changes nothing to it;
    a kind of value of an item has the unit of the rows already there.
    """
    units: dict[tuple[str, str], set[str]] = {}
    for factor in known.factors:
        units.setdefault((factor.item, factor.indicator), set()).add(factor.unit)
    equipment = {item.code for item in known.items}
    faults = []
    for row, factor in read:
        if factor.item == "electricity" and factor.stage:
            faults.append(row.fault("stage", _BLANK))
        if factor.item in equipment and factor.zone and factor.stage in (*SPLIT_STAGES, "embodied"):
            faults.append(row.fault("zone", _BLANK))
        expected = units.get((factor.item, factor.indicator), {factor.unit})
        if factor.unit not in expected:
            faults.append(
                row.fault("unit", Wording(" ou ".join(sorted(expected)), " or ".join(sorted(expected))))
            )
    return faults


def digest(path: Path) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


_NOT_SHIPPED = Wording(
    "un identifiant absent du jeu de facteurs (préfixez-le du nom de l'organisme)",
    "an identifier that the factor set does not hold (start it with the body's name)",
)


_BLANK = Wording("une cellule vide", "a blank cell")


def _code(row: Cells, column: str, codes: set[str], named: Sequence[Item] | Sequence[Zone]) -> Wording:
    """The code meant, when a label or alias was written; else the near codes."""
    text = plain(row.values[column])
    for one in named:
        if text in map(plain, (one.code, one.label_fr, one.label_en, *one.aliases)):
            return Wording(f"le code « {one.code} »", f"the code “{one.code}”")
    close = near(row.values[column], sorted(codes)) or ()
    fr, en = "un code connu", "a known code"
    if close:
        fr += ", par exemple " + ", ".join(f"« {name} »" for name in close)
        en += ", for instance " + ", ".join(f"“{name}”" for name in close)
    return Wording(fr, en)
