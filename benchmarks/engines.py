"""How long the same assessment takes on DuckDB, PostgreSQL and Spark, in one run: seconds and ratio to DuckDB.

    python benchmarks/engines.py [--repeat 3] [--hosts 2000] [postgresql://… spark://local[2]]

Without addresses: a PostgreSQL of its own in a temporary folder, and Spark on two cores of this machine. The
first assessment of each engine, which compiles the plan and starts Spark's Java, is shown apart; the others
are medians. What an engine gives is compared with DuckDB's: the greatest relative difference of a total.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import factors
from benchmarks.estate import YEAR, frames, runs
from footprint.assessment.engine import Assessed, assess
from footprint.assessment.inputs import ENERGY, Inputs, prepare
from tests import private_postgres


def estate(hosts: int) -> Inputs:
    """The estate of assess.py, each host measured every month, four virtual machines a host."""
    number, month = np.repeat(np.arange(hosts), 12), np.tile(np.arange(1, 13), hosts)
    kwh = 100.0 + number % 300 + month
    names = [f"host-{i:06d}:{YEAR}" for i in number]
    energy = pa.table([names, month, kwh, 0.9 * kwh, 1.1 * kwh], schema=ENERGY)
    return prepare(
        frames(hosts, hosts * 4, hosts // 2), runs(hosts), factors.load(), YEAR, "FR", energy=energy
    )


@contextmanager
def engines(addresses: list[str]) -> Iterator[dict[str, str]]:
    """Addresses by name, DuckDB first; where none is given, engines of this machine."""
    if addresses:
        yield {"DuckDB": "", **{address.partition(":")[0]: address for address in addresses}}
        return
    found = {"DuckDB": ""}
    where = private_postgres.programs()
    if where is None:
        yield {**found, "Spark local[2]": "spark://local[2]"}
        return
    with private_postgres.running(where) as url:
        yield {**found, "PostgreSQL": url, "Spark local[2]": "spark://local[2]"}


def timed(inputs: Inputs, address: str) -> tuple[float, Assessed]:
    """Seconds of one assessment, and what it gave."""
    began = time.perf_counter()
    result = assess(inputs, address)
    return time.perf_counter() - began, result


def difference(found: Assessed, wanted: Assessed) -> float:
    """The greatest relative difference of a total; infinite where the rows are not the same."""
    keys = ["indicator", "view", "key", "sub"]
    ours, theirs = (table.totals.sort_by([(key, "ascending") for key in keys]) for table in (found, wanted))
    if ours.select(keys).to_pylist() != theirs.select(keys).to_pylist():
        return float("inf")
    one, two = ours["amount"].to_numpy(), theirs["amount"].to_numpy()
    return float(np.max(np.abs(one - two) / np.maximum(np.abs(two), 1e-300)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--hosts", type=int, default=2000, help="with four virtual machines each")
    parser.add_argument("addresses", nargs="*")
    given = parser.parse_args()
    warnings.simplefilter("ignore", ResourceWarning)
    inputs = estate(given.hosts)
    with engines(given.addresses) as found:
        print("| engine | first s | then s | ratio to DuckDB | greatest difference |\n" + "|---" * 5 + "|")
        wanted, least = None, 0.0
        for name, address in found.items():
            first, result = timed(inputs, address)
            then = statistics.median(timed(inputs, address)[0] for _ in range(given.repeat))
            wanted, least = wanted or result, least or then
            print(
                f"| {name} | {first:.1f} | {then:.2f} | {then / least:.1f} | {difference(result, wanted):.0e} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
