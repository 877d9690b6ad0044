"""A recorded trace of a machine, to be played again (collectors.replay).

A trace is a CSV file, one row a moment, the first one being the origin:

    seconds       since the beginning, increasing
    utilisation   of the host since the row before, 0 to 1
    cpu_w         optional: mean power of the host without GPUs since the row before, W
    rapl_j        optional: cumulative energy of the same, J; preferred to cpu_w
    gpu_w         optional: mean power of the GPUs since the row before, W
    run_cpu_s     optional column: cumulative processor seconds of the run; without it a host is replayed

An empty cell is unknown, not 0.

Errors, under CollectorError (collectors.records):

    CollectorError
    └── BadTrace      the trace cannot be read: file, line, column, value, what was expected
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from collectors.records import CollectorError

SYNTHETIC = Path(__file__).with_name("replay_synthetic.csv")
"""An hour made up for demos: no machine ever drew it."""
COLUMNS = ("seconds", "utilisation", "cpu_w", "rapl_j", "gpu_w", "run_cpu_s")
_REQUIRED = ("seconds", "utilisation")
_HIGHEST: Mapping[str, float] = {"utilisation": 1.0, "cpu_w": 1e5, "gpu_w": 1e5}
_INCREASING = ("seconds", "rapl_j", "run_cpu_s")


class BadTrace(CollectorError):
    """A trace cannot be read; the message names file, line, column, value and what was expected."""

    def __init__(self, path: Path, line: int, fr: str, en: str) -> None:
        """`line`: number in the file, from 1; `fr`, `en`: what is wrong and what was expected."""
        super().__init__(f"{path.name}, ligne {line} : {fr}", f"{path.name}, line {line}: {en}")
        self.path, self.line = path, line


@dataclass(frozen=True, slots=True)
class Trace:
    """What happened in each interval between two rows of a trace.

    `times`: s, one more than the intervals; the rest by interval, None where unknown: `utilisation` 0 to 1,
    `host_j` and `gpu_j` J, `run_s` processor seconds (None: no such column).
    """

    times: tuple[float, ...]
    utilisation: tuple[float | None, ...]
    host_j: tuple[float | None, ...]
    gpu_j: tuple[float | None, ...]
    run_s: tuple[float | None, ...] | None

    @property
    def seconds(self) -> float:
        """How long it lasts, s."""
        return self.times[-1] - self.times[0]


def read_trace(path: Path) -> Trace:
    """Read a trace (UTF-8; commas, or semicolons with decimal commas). Raises BadTrace."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        kind = getattr(error, "strerror", None) or type(error).__name__
        raise BadTrace(path, 1, f"illisible ({kind}).", f"unreadable ({kind}).") from error
    rows = list(_rows(path, text))
    if len(rows) < 2:
        raise BadTrace(
            path, len(rows) + 1, "il faut au moins deux lignes de relevés.", "at least two rows are needed."
        )
    times = tuple(row["seconds"] or 0.0 for row in rows)
    lengths = [after - before for before, after in pairwise(times)]
    counted, drawn = _differences(rows, "rapl_j"), _products(rows, "cpu_w", lengths)
    return Trace(
        times,
        tuple(row["utilisation"] for row in rows[1:]),
        tuple(power if energy is None else energy for energy, power in zip(counted, drawn, strict=True)),
        tuple(_products(rows, "gpu_w", lengths)),
        tuple(_differences(rows, "run_cpu_s")) if "run_cpu_s" in rows[0] else None,
    )


def _rows(path: Path, text: str) -> Iterator[dict[str, float | None]]:
    header = text.partition("\n")[0]
    comma = ";" in header
    reader = csv.DictReader(text.splitlines(), delimiter=";" if comma else ",", strict=True)
    names = tuple(name.strip() for name in reader.fieldnames or ())
    if sorted(set(names)) != sorted(names) or set(names) - set(COLUMNS) or set(_REQUIRED) - set(names):
        columns = ", ".join(COLUMNS)
        raise BadTrace(
            path, 1, f"colonnes {', '.join(names) or 'absentes'} ; attendu, sans doublon : {columns}.",
            f"columns {', '.join(names) or 'absent'}; expected, each once: {columns}.",
        )  # fmt: skip
    reader.fieldnames = names
    before: dict[str, float] = {}
    try:
        for row in reader:
            line = reader.line_num
            if row.pop(None, None):
                raise BadTrace(path, line, "plus de cellules que de colonnes.", "more cells than columns.")
            yield {name: _cell(path, line, name, row[name], before, comma=comma) for name in names}
    except csv.Error as error:
        line = reader.reader.line_num
        raise BadTrace(path, line, f"CSV illisible ({error}).", f"unreadable CSV ({error}).") from error


def _cell(
    path: Path, line: int, name: str, text: str | None, before: dict[str, float], *, comma: bool
) -> float | None:
    """One value, None for an empty optional cell; `before`: the last value of the increasing columns."""
    given = (text or "").strip()
    if not given and name not in _REQUIRED:
        return None
    try:
        value = float(given.replace(",", ".") if comma else given)
    except ValueError:
        value = math.nan
    low = before.get(name, 0.0)
    late = name == "seconds" and name in before and value <= low
    if not low <= value <= _HIGHEST.get(name, 1e15) or late:
        high = f", au plus {_HIGHEST[name]:g}" if name in _HIGHEST else ""
        most = f", at most {_HIGHEST[name]:g}" if name in _HIGHEST else ""
        raise BadTrace(
            path, line, f"colonne {name}, valeur « {given} » ; attendu un nombre à partir de {low:g}{high}.",
            f"column {name}, value “{given}”; expected a number from {low:g}{most}.",
        )  # fmt: skip
    if name in _INCREASING:
        before[name] = value
    return value


def _differences(rows: Sequence[Mapping[str, float | None]], name: str) -> list[float | None]:
    pairs = [(a.get(name), b.get(name)) for a, b in pairwise(rows)]
    return [None if a is None or b is None else b - a for a, b in pairs]


def _products(
    rows: Sequence[Mapping[str, float | None]], name: str, lengths: Sequence[float]
) -> list[float | None]:
    watts = [row.get(name) for row in rows[1:]]
    return [None if w is None else w * seconds for w, seconds in zip(watts, lengths, strict=True)]
