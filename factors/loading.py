"""Reading a folder of tables into a catalogue, or refusing it whole with every fault located.

The newest shipped set is in tables/; an older one, kept for assessments to be replayed, in tables-<version>/.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from factors.catalogue import Catalogue
from factors.checks import choice_faults, clash_faults, name_faults, read_factors
from factors.errors import BadFactorRow, BadTables, FactorError, UnknownVersion
from factors.model import Choice, Factor, Item, Zone
from factors.rows import (
    CHOICE_COLUMNS,
    ITEM_COLUMNS,
    ZONE_COLUMNS,
    choice_of,
    item_of,
    read_cells,
    zone_of,
)

#: Version of the newest shipped set; it changes with any row.
VERSION = "2026.1"
#: Folder of the sets.
SETS = Path(__file__).parent
#: Tables that hold no factors.
OTHER_TABLES = ("choices.csv", "items.csv", "zones.csv")


def load(path: Path | None = None, *, version: str | None = None) -> Catalogue:
    """The shipped catalogue of a version (by default the newest; read once), or that of a folder of tables.

    Every .csv of the folder is a table of factors, except items.csv, zones.csv and choices.csv. Raises
    BadTables with all the faults; nothing is loaded then. A folder without tables raises FactorError, a
    version that is not shipped UnknownVersion.
    """
    if path is not None:
        return _read(path, version or VERSION)
    return _shipped(_folder(version or VERSION), version or VERSION)


def versions() -> tuple[str, ...]:
    """The versions of the shipped sets, newest first."""
    older = [folder.name.removeprefix("tables-") for folder in SETS.glob("tables-*") if folder.is_dir()]
    return tuple(sorted({VERSION, *older}, key=_numbers, reverse=True))


def table_digests(version: str | None = None) -> dict[str, str]:
    """The SHA-256 of each table of a shipped set, by file name: a set whose rows change changes its version."""
    files = sorted(_folder(version or VERSION).glob("*.csv"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _folder(version: str) -> Path:
    if version not in versions():
        raise UnknownVersion(version, versions())
    return SETS / ("tables" if version == VERSION else f"tables-{version}")


def _numbers(version: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", version)]


@cache
def _shipped(folder: Path, version: str) -> Catalogue:
    return _read(folder, version)


def _read(folder: Path, version: str) -> Catalogue:
    files = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    if not files:
        raise FactorError(
            f"Aucune table de facteurs (.csv) dans {folder} : donnez un dossier qui en contient.",
            f"No factor table (.csv) in {folder}: give a folder that holds some.",
        )
    faults: list[BadFactorRow] = []
    read = read_factors([file for file in files if file.name not in OTHER_TABLES], faults)
    faults += clash_faults(read)
    factors = [factor for _, factor in read]
    items = _items(folder / "items.csv", faults)
    zones = _zones(folder / "zones.csv", faults)
    choices = _choices(folder / "choices.csv", factors, faults)
    if faults:
        raise BadTables(sorted(faults, key=lambda fault: (fault.file, fault.line)))
    return Catalogue(version, factors, items, zones, choices)


def _items(file: Path, faults: list[BadFactorRow]) -> list[Item]:
    if not file.exists():
        return []
    read = []
    for row in read_cells(file, ITEM_COLUMNS, faults):
        item, bad = item_of(row)
        faults += bad
        if item is not None:
            read.append((row, item))
    faults += name_faults([(row, (i.code, i.label_fr, i.label_en, *i.aliases)) for row, i in read])
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
    faults += name_faults([(row, (z.code, z.label_fr, z.label_en, *z.aliases)) for row, z in read])
    return [zone for _, zone in read]


def _choices(file: Path, factors: list[Factor], faults: list[BadFactorRow]) -> list[Choice]:
    if not file.exists():
        return []
    read = []
    for row in read_cells(file, CHOICE_COLUMNS, faults):
        choice, bad = choice_of(row)
        faults += bad
        if choice is not None:
            read.append((row, choice))
    faults += choice_faults(read, factors)
    return [choice for _, choice in read]
