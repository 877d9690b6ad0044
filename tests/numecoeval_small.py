"""A small inventory with tables of NumEcoEval, and its results worked out by hand (M12)."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

import pos_map
from tests.estates import frames

SMALL = Path(__file__).parent / "golden" / "data" / "numecoeval_small"
EXACT = 1e-9  # relative
GWP, ADPE = "CLIMATE_CHANGE", "RESOURCE_USE"
MAKE, USE = "MANUFACTURING", "USING"

# Worked out by hand from tests/golden/data/numecoeval_small, kg CO2 eq.
HOST_1_MAKE = 2 * 1500 / (1826 / 365)  # model matched to serveur-x; 1 826 days from 2020-01-01 to 2024-12-31
HOST_1_USE = 2 * 3000 * 0.05 * 1.4  # declared kWh, French mix, PUE of the room
HOST_2_MAKE = 1 * 1200 / 6  # no withdrawal: lifespan of the type, default item of the type
HOST_2_USE = 1 * 2000 * 0.8 * 1.6  # average kWh of the item, Polish mix, PUE of hypothesis.csv
BAY_MAKE = 1 * 900 / 3  # the type has no lifespan: that of hypothesis.csv
BAY_USE = 1 * 500 * 0.05 * 1.4
LAPTOPS_MAKE = 10 * 200 * 0.5 / 4  # half professional
LAPTOPS_USE = 10 * 30 * 0.02 * 0.5  # the country's mix, no PUE outside a room
PERSON = 851.25  # kg CO2 eq that one person may emit in a year (JRC, as in G4IT)


def inventory(folder: Path) -> dict[str, pa.Table]:
    found, faults = pos_map.read([folder])
    assert not [fault.fr for fault in faults if fault.severity == "error"]
    return frames(found)


def row(table: pa.Table, criterion: str = GWP, **where: Any) -> dict[str, Any]:
    """The only row with these values."""
    wanted = {"criterion": criterion, **where}
    rows = [each for each in table.to_pylist() if all(each[name] == value for name, value in wanted.items())]
    assert len(rows) == 1, f"{len(rows)} rows for {wanted}"
    return rows[0]


def references(tmp_path: Path, name: str, text: str | None) -> Path:
    """The small tables with one file written anew, or taken away."""
    folder = tmp_path / "ref"
    shutil.copytree(SMALL / "ref", folder)
    if text is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows: Iterable[dict[str, str]] = csv.DictReader(file, delimiter=";")
        return list(rows)
