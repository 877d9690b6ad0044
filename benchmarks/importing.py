"""Speed and memory of an import, beside a floor, in one run.

    python benchmarks/importing.py [--part 1.0] [--rows 1000000]

A national estate as its files: 10,000 applications on a map, 50,000 virtual machines, 20,000 hosts and 300,000
lines of terminals, as CSV. Each figure is measured in a process of its own (its peak memory is then its own):

floor      Python's csv module reads every row of the same files
read       read, checked across each other, names matched (pos_map.gather)
imported   the same into a new campaign of an SQLite store: read, compared, written in one transaction
again      next year's files into it: 2 % of lines changed, added, removed; read, compared, applied
stream     one file of equipment of --rows lines, read and checked
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pos_map

APPLICATIONS, MACHINES, HOSTS, TERMINALS = 10_000, 50_000, 20_000, 300_000
ZONES, QUARTIERS, ILOTS = 8, 6, 5


def write(folder: Path, part: float, seed: int = 0) -> None:
    """The four files of the estate; another `seed` changes about 2 % of the lines."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = random.Random(seed)
    counts = [max(2, int(count * part)) for count in (APPLICATIONS, MACHINES, HOSTS, TERMINALS)]
    applications, machines, hosts, terminals = counts

    def other(value: object, instead: object) -> object:
        return instead if seed and drawn.random() < 0.02 else value

    _csv(folder / "pos.csv", ("code application", "nom", "zone", "quartier", "îlot", "propriétaire", "statut",
                              "hébergement", "utilisateurs", "acte fonctionnel", "volume annuel d'actes"),
         ((f"APP-{n:05d}", f"Application {n}", f"Zone {n % ZONES}", f"Quartier {n % QUARTIERS}",
           f"Îlot {other(n % ILOTS, 0)}", "Caisse", "en service", "interne", other(n % 5000 + 1, ""),
           "dossier traité", n * 10 + 1) for n in range(applications)))  # fmt: skip
    _csv(folder / "hotes.csv", ("nomEquipementPhysique", "modele", "quantite", "nomCourtDatacenter", "dateAchat",
                                "type", "statut", "paysDUtilisation", "consoElecAnnuelle", "nomEntite", "nbCoeur",
                                "cluster", "ramGo"),
         ((f"HOTE-{n:05d}", "Serveur 2U", 1, f"DC{n % 4}", f"{n % 28 + 1:02d}/03/{2018 + n % 8}", "Serveur",
           "En service", "France", other(2500 + n % 700, 3000), "Caisse", 32, f"GRAPPE-{n % 500}", 512)
          for n in range(hosts)))  # fmt: skip
    _csv(folder / "centres.csv", ("nomCourtDatacenter", "nomLongDatacenter", "pue", "localisation"),
         ((f"DC{n}", f"Centre {n}", "1,5", "France") for n in range(4)))  # fmt: skip
    _csv(folder / "machines.csv", ("nomEquipementVirtuel", "nomEquipementPhysique", "vCPU", "cluster", "ramGo"),
         ((f"VM-{n:05d}", f"HOTE-{n % hosts:05d}", other(n % 16 + 1, 8), "", n % 64 + 4)
          for n in range(machines)))  # fmt: skip
    _csv(folder / "liens.csv", ("nomApplication", "typeEnvironnement", "nomEquipementVirtuel"),
         ((f"APP-{n % applications:05d}", "Production", f"VM-{n:05d}")
          for n in range(int(machines * 0.85))))  # fmt: skip
    _csv(folder / "terminaux.csv", ("nom", "type", "modèle", "site", "entité", "quantité", "année d'achat"),
         ((f"POSTE-{n:06d}", ("Ordinateur portable", "Écran", "Téléphone")[n % 3], f"Modèle {n % 40}",
           f"Site {n % 300}", "Caisse", other(1, 2), 2018 + n % 8) for n in range(terminals)))  # fmt: skip


def write_long(path: Path, rows: int) -> None:
    """One file of equipment of that many lines."""
    header = (
        "nomEquipementPhysique",
        "modele",
        "quantite",
        "dateAchat",
        "type",
        "paysDUtilisation",
        "nomEntite",
    )
    lines = ((f"POSTE-{n:07d}", f"Modèle {n % 200}", 1, f"{n % 28 + 1:02d}/01/2021", "Ordinateur portable", "France",
              f"Entité {n % 90}") for n in range(rows))  # fmt: skip
    _csv(path, header, lines)


def _csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(header)
        writer.writerows(rows)


def floor(folder: Path) -> int:
    """Rows the csv module reads."""
    rows = 0
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            rows += sum(1 for _row in csv.reader(stream, delimiter=";"))
    return rows


def read(folder: Path) -> int:
    """Entries read and checked."""
    found = pos_map.gather(sorted(folder.glob("*.csv")))
    assert not found.errors, found.errors[:3]
    return sum(len(getattr(found.inventory, table)) for table in pos_map.model.TABLE_NAMES)


def imported(folder: Path) -> int:
    """Entries of a new campaign."""
    return _import(folder, 2025)


def again(folder: Path) -> int:
    """Entries changed by the files of the year after, laid over a campaign already there."""
    return _import(folder / "after", 2025)


def _import(folder: Path, year: int) -> int:
    from footprint.store.database import open_store
    from footprint.store.imports import apply, prepare
    from footprint.store.referential import ensure_campaign

    home = folder if folder.name != "after" else folder.parent
    store = open_store(home / "store")
    campaign = ensure_campaign(store, "Caisse", year)
    prepared = prepare(store, campaign, sorted(folder.glob("*.csv")))
    apply(store, campaign, prepared, "banc")
    return sum(sum(counts.values()) for counts in prepared.changes.counts().values())


STEPS: dict[str, Callable[[Path], int]] = {"floor": floor, "read": read, "imported": imported, "again": again}


def measured(step: str, folder: Path) -> dict[str, float]:
    """Seconds, rows and peak memory of a step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def main() -> None:
    """Measure every step and print the figures, each with its ratio to the floor."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", type=float, default=1.0, help="of the estate")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the long file")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        began = time.perf_counter()
        rows = STEPS[asked.step](asked.folder)
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "rows": rows, "peak_mb": peak}))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, asked.part)
        write(folder / "after", asked.part, seed=1)
        _print("estate", [(step, measured(step, folder)) for step in STEPS])
        long = folder / "long"
        long.mkdir()
        write_long(long / "equipements.csv", asked.rows)
        _print("long file", [("floor", measured("floor", long)), ("stream", measured("read", long))])


def _print(title: str, figures: list[tuple[str, dict[str, float]]]) -> None:
    base = figures[0][1]["seconds"]
    print(title)
    for step, found in figures:
        print(
            f"  {step:10} {found['seconds']:7.2f} s  x{found['seconds'] / base:6.1f}  "
            f"{found['rows']:9,.0f} rows  {found['peak_mb']:6.0f} MB"
        )


if __name__ == "__main__":
    main()
