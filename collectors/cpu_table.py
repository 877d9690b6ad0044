"""Thermal design power of a processor, by its name.

The table shipped here is read first (`cpu_tdp.csv`, one row one processor, with its source); where
CodeCarbon is installed, the table it ships is read from its folder, without importing it. Names must
match exactly once cleaned: a wrong TDP is worse than an unknown one.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OWN_TABLE = Path(__file__).with_name("cpu_tdp.csv")

_NOISE = re.compile(
    r"\(r\)|\(tm\)|®|™|\bcpu\b|\bprocessor\b|@.*$|\b\d+(st|nd|rd|th) gen\b|\b\d+-core\b|\bintel\b|\bamd\b"
    r"|\bwith radeon.*$"
)


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor: TDP in W for one chip, cores and year of introduction when known, and the source."""

    name: str
    tdp_w: float
    cores: int | None
    year: int | None
    source: str


def clean_name(name: str) -> str:
    """A processor's name without maker, marks, frequency and filler words, in lower case."""
    return " ".join(_NOISE.sub(" ", name.lower()).split())


def own_table(path: Path = OWN_TABLE) -> dict[str, Processor]:
    """The shipped table, by cleaned name."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            clean_name(row["name"]): Processor(
                row["name"],
                float(row["tdp_w"]),
                int(row["cores"]) if row["cores"] else None,
                int(row["year"]) if row["year"] else None,
                f"{row['source']}, {row['reference']}",
            )
            for row in csv.DictReader(file)
        }


def codecarbon_table_path() -> Path | None:
    """Where CodeCarbon's own table is, when it is installed; nothing is imported."""
    try:
        spec = find_spec("codecarbon")
    except (ImportError, ValueError):
        return None
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "data" / "hardware" / "cpu_power.csv"
    return path if path.is_file() else None


def _in_codecarbon_table(path: Path, wanted: str) -> Processor | None:
    with path.open(encoding="utf-8", newline="", errors="replace") as file:
        for row in csv.DictReader(file):
            if clean_name(row.get("Name") or "") != wanted:
                continue
            try:
                tdp_w = float(row["TDP"])
            except (KeyError, TypeError, ValueError):
                return None
            return Processor(row["Name"], tdp_w, None, None, "CodeCarbon, data/hardware/cpu_power.csv")
    return None


def find_processor(name: str | None, codecarbon_table: Path | None = None) -> Processor | None:
    """The processor of that name (as the system prints it), or None when no table holds it.

    `codecarbon_table`: CodeCarbon's table, where there is one (see `codecarbon_table_path`).
    """
    wanted = clean_name(name or "")
    if not wanted:
        return None
    found = own_table().get(wanted)
    if found is None and codecarbon_table is not None:
        found = _in_codecarbon_table(codecarbon_table, wanted)
    return found
