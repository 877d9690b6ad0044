"""How far the power model (M5) is from measured watts, beside other ways to guess them.

    python benchmarks/power_model.py [TABLE.csv]
    python benchmarks/power_model.py --make-synthetic TABLE.csv

TABLE: one row a machine, columns `tdp_w` (one chip), `chips`, `ram_gb`, `cpu_year` (may be empty), `w_0`,
`w_10` … `w_100` (watts at the plug at 0 to 100 % load) and, if wished, `group` (rows of one group, say a
processor, then weigh as one machine). Prints the mean absolute error in per cent at each load of

    M5                  collectors.power_model
    CodeCarbon load     TDP x (0.1 + 0.9 x load^3) for each chip, plus memory
    CodeCarbon constant TDP x 0.5 for each chip, plus memory
    constant            the mean of the table: what knowing nothing of the machine costs

and how often M5's 90 % interval holds the measure. CodeCarbon's formulas are those of its version 3.3.2
(external/hardware.py: `_get_power_from_cpu_load`, CONSUMPTION_PERCENTAGE_CONSTANT; external/ram.py), in
its "machine" mode, without sensors. They are meant for processor and memory, not for the plug: the
difference shown is what its user would be wrong by on the whole machine.

Without TABLE: the small table beside this file, which is synthetic (M5 itself with noise). It shows that
the program runs, and says nothing of the model.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from collectors.power_model import FIRST_YEAR, UTILISATION, PowerModel, host_model

SYNTHETIC = Path(__file__).with_name("power_model_synthetic.csv")
LOADS = tuple(range(0, 101, 10))
_DIMM_W = 5.0
_DIMM_SIZES_GB = (4, 8, 16, 32, 64, 128)
_DIMM_STEPS = ((4, 1.0), (4, 0.9), (8, 0.8), (16, 0.7))


@dataclass(frozen=True)
class Row:
    """A measured machine: W for one chip, number of chips, GB, year or None, W at each of `LOADS`."""

    tdp_w: float
    chips: int
    ram_gb: float
    cpu_year: int | None
    watts: tuple[float, ...]
    group: str

    @property
    def model(self) -> PowerModel:
        known = self.cpu_year is not None and self.cpu_year >= FIRST_YEAR
        return host_model(self.tdp_w, self.chips, self.ram_gb, generation_known=known)


Guess = Callable[[Row, int], float]


def read_table(path: Path) -> list[Row]:
    """Rows of a table. Exits with file, line, column and value of the first that cannot be read."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"tdp_w", "chips", "ram_gb", "cpu_year", *(f"w_{load}" for load in LOADS)} - set(
            reader.fieldnames or ()
        )
        if missing:
            raise SystemExit(f"{path}: columns missing: {', '.join(sorted(missing))}")
        rows = [_row(path, reader.line_num, row) for row in reader]
    if not rows:
        raise SystemExit(f"{path}: no row")
    return rows


def _row(path: Path, line: int, row: dict[str, str]) -> Row:
    def number(column: str) -> float:
        try:
            value = float(row[column])
        except (TypeError, ValueError):
            value = math.nan
        if not 0 < value < 1e6:
            raise SystemExit(
                f"{path}, line {line}, column {column}: {row[column]!r}, a number above 0 expected"
            )
        return value

    watts = tuple(number(f"w_{load}") for load in LOADS)
    year = int(number("cpu_year")) if (row["cpu_year"] or "").strip() else None
    group = (row.get("group") or "").strip() or f"line {line}"
    return Row(number("tdp_w"), int(number("chips")), number("ram_gb"), year, watts, group)


def codecarbon_memory_w(ram_gb: float) -> float:
    """CodeCarbon 3.3.2: 5 W a memory module, less from the fifth on, number of modules guessed from GB."""
    modules = codecarbon_modules(ram_gb)
    total = 0.0
    for count, weight in _DIMM_STEPS:
        total += _DIMM_W * weight * min(count, modules)
        modules = max(0, modules - count)
    return max(2 * _DIMM_W, total)


def codecarbon_modules(ram_gb: float) -> int:
    """CodeCarbon 3.3.2: memory modules guessed from GB."""
    for most, modules in ((2, 1), (16, 2), (64, 4), (128, 8)):
        if ram_gb <= most:
            return modules
    size = max(size for size in _DIMM_SIZES_GB if size <= ram_gb / 8)
    return min(32, math.ceil(ram_gb / size))


def m5(row: Row, load: int) -> float:
    return row.model.power(load / 100).value


def codecarbon_load(row: Row, load: int) -> float:
    return row.tdp_w * row.chips * (0.1 + 0.9 * (load / 100) ** 3) + codecarbon_memory_w(row.ram_gb)


def codecarbon_constant(row: Row, load: int) -> float:
    return row.tdp_w * row.chips * 0.5 + codecarbon_memory_w(row.ram_gb)


def by_group(rows: Sequence[Row], value: Callable[[Row], float]) -> float:
    """Mean over groups of the mean within each."""
    groups: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        groups[row.group].append(value(row))
    return statistics.fmean(statistics.fmean(values) for values in groups.values())


def error_percent(rows: Sequence[Row], guess: Guess, load: int) -> float:
    """Mean absolute error in per cent at one load."""
    at = LOADS.index(load)
    return 100 * by_group(rows, lambda row: abs(guess(row, load) / row.watts[at] - 1))


def coverage_percent(rows: Sequence[Row], load: int) -> float:
    """How often, in per cent, M5's 90 % interval holds the measure at one load."""

    def held(row: Row) -> float:
        watts = row.model.power(load / 100)
        return float(watts.low <= row.watts[LOADS.index(load)] <= watts.high)

    return 100 * by_group(rows, held)


def report(rows: Sequence[Row]) -> Iterable[str]:
    """The table, line by line."""
    mean_w = statistics.fmean(watt for row in rows for watt in row.watts)
    guesses: dict[str, Guess] = {
        "M5": m5,
        "CodeCarbon load": codecarbon_load,
        "CodeCarbon constant": codecarbon_constant,
        f"constant ({mean_w:.0f} W)": lambda row, load: mean_w,
    }
    groups = len({row.group for row in rows})
    yield f"{len(rows)} machines, {groups} groups; mean absolute error, %, by load"
    yield "| | " + " | ".join(f"{load} %" for load in LOADS) + " | mean |"
    yield "|---" * (len(LOADS) + 2) + "|"
    for name, guess in guesses.items():
        yield _line(name, [error_percent(rows, guess, load) for load in LOADS])
    yield _line("M5: measures inside its 90 % interval, %", [coverage_percent(rows, load) for load in LOADS])


def _line(name: str, values: Sequence[float]) -> str:
    return f"| {name} | " + " | ".join(f"{v:.1f}" for v in [*values, statistics.fmean(values)]) + " |"


def make_synthetic(path: Path, seed: int = 2026, machines: int = 24) -> None:
    """A synthetic table: M5 times one lognormal draw a machine, and a small one for each load."""
    draw = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["group", "tdp_w", "chips", "ram_gb", "cpu_year", *(f"w_{load}" for load in LOADS)])
        for i in range(machines):
            year = draw.choice((None, 2016, 2018, 2019, 2021, 2023))
            size = draw.choice((65, 105, 155, 205, 280)), draw.choice((1, 2)), draw.choice((32, 64, 128, 256))
            model = host_model(*size, generation_known=year is not None and year >= FIRST_YEAR)
            scale = draw.gauss(0, 1)
            watts = []
            for u in UTILISATION:
                low, high = model.bounds(u)
                sigma = math.log(high / low) / (2 * 1.645)
                watts.append(
                    model.power(u).value * math.exp(0.95 * sigma * scale + draw.gauss(0, 0.2 * sigma))
                )
            writer.writerow([f"synthetic {i // 2}", *size, year or "", *(f"{w:.1f}" for w in watts)])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("table", nargs="?", type=Path, default=SYNTHETIC)
    parser.add_argument("--make-synthetic", type=Path, metavar="TABLE.csv")
    options = parser.parse_args()
    if options.make_synthetic:
        make_synthetic(options.make_synthetic)
        return
    if options.table == SYNTHETIC:
        print("SYNTHETIC table (M5 with noise): it shows that the program runs, not that the model is right.")
    print("\n".join(report(read_table(options.table))))


if __name__ == "__main__":
    main()
