"""Thermal design power of a processor, by its name.

The table shipped here is read first (`cpu_tdp.csv`, one row one processor, with its source); where
CodeCarbon is installed, the table it ships is read from its folder, without importing it. Names must
match exactly once cleaned: a wrong TDP is worse than an unknown one. For the same reason the shipped
table leaves out a processor on whose TDP its two sources differ by more than 10 %.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OWN_TABLE = Path(__file__).with_name("cpu_tdp.csv")

_AGREEMENT = 1.1
"""Rows on the same processor that differ by more than this leave it unknown (own rule)."""
_NOISE = re.compile(
    r"\(r\)|\(tm\)|®|™|\bcpu\b|\bprocessor\b|@.*$|\b\d+(st|nd|rd|th) gen\b|\bintel\b|\bamd\b"
    r"|\b(\d+|dual|quad|six|eight|twelve|sixteen)-cores?\b|\bwith radeon.*$|\bw/ radeon.*$"
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
        return {clean_name(row["name"]): _own_row(row) for row in csv.DictReader(file)}


def _own_row(row: Mapping[str, str]) -> Processor:
    return Processor(
        row["name"],
        float(row["tdp_w"]),
        int(row["cores"]) if row["cores"] else None,
        int(row["year"]) if row["year"] else None,
        f"{row['source']}, {row['reference']}",
    )


def _rows_about(path: Path, wanted: str, column: str) -> Iterator[dict[str, str]]:
    """Rows of a table whose cleaned name is `wanted`.

    A table has thousands of rows and is read at each start: only lines that hold the most telling word of
    the name (its number, usually) are parsed.
    """
    telling = max(wanted.split(), key=lambda word: (any(map(str.isdigit, word)), len(word)))
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    kept = [line for line in lines[1:] if telling in line.lower()]
    for row in csv.DictReader([*lines[:1], *kept]):
        if clean_name(row.get(column) or "") == wanted:
            yield row


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
    rows = list(_rows_about(path, wanted, "Name"))
    try:
        watts = [float(row["TDP"]) for row in rows]
    except (KeyError, TypeError, ValueError):
        return None
    if not watts or max(watts) > _AGREEMENT * min(watts):
        return None
    return Processor(rows[0]["Name"], watts[0], None, None, "CodeCarbon, data/hardware/cpu_power.csv")


def find_processor(name: str | None, codecarbon_table: Path | None = None) -> Processor | None:
    """The processor of that name (as the system prints it), or None when no table holds it.

    `codecarbon_table`: CodeCarbon's table, where there is one (see `codecarbon_table_path`).
    """
    wanted = clean_name(name or "")
    if not any(map(str.isdigit, wanted)):
        return None  # a family at most ("AMD EPYC", as hypervisors say), never a model
    for row in _rows_about(OWN_TABLE, wanted, "name"):
        return _own_row(row)
    return _in_codecarbon_table(codecarbon_table, wanted) if codecarbon_table is not None else None
