"""Reading a folder of tables into a catalogue, or refusing it whole with every fault located."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from factors.catalogue import Catalogue
from factors.errors import BadFactorRow, BadTables, FactorError, Wording
from factors.model import SPLIT_STAGES, Factor, Item, Zone
from factors.names import plain
from factors.rows import (
    FACTOR_COLUMNS,
    ITEM_COLUMNS,
    ZONE_COLUMNS,
    Cells,
    factor_of,
    item_of,
    read_cells,
    zone_of,
)

#: Version of the shipped set; it changes with any value.
VERSION = "2026.1"
SHIPPED = Path(__file__).with_name("tables")


def load(path: Path | None = None) -> Catalogue:
    """The shipped catalogue (read once), or the one of a folder of tables in the same format.

    Every .csv of the folder is a table of factors, except items.csv and zones.csv. Raises BadTables
    with all the faults; nothing is loaded then. A folder without tables raises FactorError.
    """
    return _shipped() if path is None else _read(path)


@cache
def _shipped() -> Catalogue:
    return _read(SHIPPED)


def _read(folder: Path) -> Catalogue:
    files = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    if not files:
        raise FactorError(
            f"Aucune table de facteurs (.csv) dans {folder} : donnez un dossier qui en contient.",
            f"No factor table (.csv) in {folder}: give a folder that holds some.",
        )
    faults: list[BadFactorRow] = []
    tables = [file for file in files if file.name not in ("items.csv", "zones.csv")]
    factors = _factors(tables, faults)
    items = _items(folder / "items.csv", faults)
    zones = _zones(folder / "zones.csv", faults)
    if faults:
        raise BadTables(sorted(faults, key=lambda fault: (fault.file, fault.line)))
    return Catalogue(VERSION, factors, items, zones)


def _factors(files: list[Path], faults: list[BadFactorRow]) -> list[Factor]:
    """Factors of all tables; duplicates and stages counted twice are faults of the later row."""
    read: list[tuple[Cells, Factor]] = []
    for file in files:
        for row in read_cells(file, FACTOR_COLUMNS, faults):
            factor, bad = factor_of(row)
            faults += bad
            if factor is not None:
                read.append((row, factor))
    faults += _clash_faults(read)
    return [factor for _, factor in read]


def _clash_faults(read: list[tuple[Cells, Factor]]) -> list[BadFactorRow]:
    faults = []
    ids: dict[str, Cells] = {}
    defaults: dict[tuple[str, str, str, str], Cells] = {}
    for row, factor in read:
        if (first := ids.setdefault(factor.id, row)) is not row:
            faults.append(row.fault("id", _unique(first)))
        if not factor.default:
            continue
        for key in _exclusive_keys(factor):
            if (first := defaults.get(key, row)) is not row:
                faults.append(row.fault("default", _single(first)))
        defaults.setdefault(factor.key, row)
    return faults


def _exclusive_keys(factor: Factor) -> list[tuple[str, str, str, str]]:
    """Keys no other default may hold: its own, and the whole of which it is a part (or the reverse)."""
    rivals = {"embodied": SPLIT_STAGES, **dict.fromkeys(SPLIT_STAGES, ("embodied",))}
    stages = (factor.stage, *rivals.get(factor.stage, ()))
    return [(factor.item, factor.indicator, stage, factor.zone) for stage in stages]


def _unique(first: Cells) -> Wording:
    place = f"{first.file}:{first.line}"
    return Wording(f"un identifiant unique (déjà en {place})", f"a unique identifier (already at {place})")


def _single(first: Cells) -> Wording:
    place = f"{first.file}:{first.line}"
    return Wording(
        f"0, le facteur par défaut de cette clé ou de son total étant déjà en {place}",
        f"0, since the default of this key or of its total is already at {place}",
    )


def _items(file: Path, faults: list[BadFactorRow]) -> list[Item]:
    if not file.exists():
        return []
    read = []
    for row in read_cells(file, ITEM_COLUMNS, faults):
        item, bad = item_of(row)
        faults += bad
        if item is not None:
            read.append((row, item))
    faults += _name_faults([(row, (i.code, i.label_fr, i.label_en, *i.aliases)) for row, i in read])
    return [item for _, item in read]


def _zones(file: Path, faults: list[BadFactorRow]) -> list[Zone]:
    if not file.exists():
        return []
    read = []
    for row in read_cells(file, ZONE_COLUMNS, faults):
        zone, bad = zone_of(row)
        faults += bad
        if zone is not None:
            read.append((row, zone))
    faults += _name_faults([(row, (z.code, z.label_fr, z.label_en, *z.aliases)) for row, z in read])
    return [zone for _, zone in read]


def _name_faults(rows: list[tuple[Cells, tuple[str, ...]]]) -> list[BadFactorRow]:
    """A name written for two codes would be resolved at random: refused, with both places."""
    faults = []
    owner: dict[str, Cells] = {}
    for row, names in rows:
        for name in names:
            if (first := owner.setdefault(plain(name), row)) is not row:
                expected = _unique(first)
                faults.append(BadFactorRow(row.file, row.line, "aliases", name, expected))
    return faults
