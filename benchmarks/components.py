"""What making a server weighs by our component model and by BoaviztAPI's, on the same configurations.

    python benchmarks/components.py [--servers 10000] [--sample 200] [--environments .bench] [--fit]

BoaviztAPI runs in an environment of its own (made once with pip, under --environments), in process and without
HTTP; it is a peer to compare with, never a dependency. Its rounding by uncertainty is switched off, so that the
differences are those of the models. Speed: servers a second, ours all in one expression, theirs one by one.

--fit: refits the area of a processor's die on the areas BoaviztAPI lists, as `component-cpu-die` has it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Any

import pyarrow as pa

import factors
from footprint.assessment.server_estimate import CONFIGURATION, estimate

PACKAGE = "boaviztapi==2.5.0"
PEER = """
import asyncio, json, sys, time, warnings
warnings.simplefilter('ignore')
import boaviztapi
boaviztapi.config.uncertainty = 1e-6  # read when the modules below load: no rounding by uncertainty
from boaviztapi.data.archetype import get_server_archetype
from boaviztapi.dto.device import Server
from boaviztapi.dto.device.device import mapper_server
from boaviztapi.routers.server_router import server_impact
async def run(request, verbose):
    server = mapper_server(Server(**request), archetype=get_server_archetype('platform_compute_medium'))
    return await server_impact(server, verbose, None, ['gwp', 'adp', 'pe'])
def embodied(impacts):
    return [impacts['gwp']['embedded'][key] for key in ('value', 'min', 'max')]
asked = json.load(sys.stdin)
found = []
for request in asked['compared']:
    answer = asyncio.run(run(request, True))
    parts = {name: embodied(part['impacts']) for name, part in answer['verbose'].items()
             if isinstance(part, dict) and 'impacts' in part}
    found.append([embodied(answer['impacts']), parts])
began = time.perf_counter()
for request in asked['timed']:
    asyncio.run(run(request, False))
print(json.dumps([found, time.perf_counter() - began]))
"""
FIT = """
import sys, numpy, pandas
from pathlib import Path
import boaviztapi
rows = pandas.read_csv(Path(boaviztapi.__file__).parent / 'data/crowdsourcing/cpu_specs.csv')
rows['area'] = pandas.to_numeric(rows.total_die_size, errors='coerce') / 100
rows['year'] = pandas.to_datetime(rows.release_date, errors='coerce').dt.year
rows = rows[rows.name.str.contains('Xeon|EPYC') & rows.area.notna() & (rows.year >= 2017) & (rows.cores >= 8)]
rows = rows.drop_duplicates(['code_name', 'cores', 'area'])
weight = 1 / rows.groupby('code_name').area.transform('size')
columns = numpy.c_[numpy.ones(len(rows)), rows.cores]
root = numpy.sqrt(weight)
line = numpy.linalg.lstsq(columns * root.values[:, None], rows.area * root, rcond=None)[0]
ratios = (rows.area / (columns @ line)).sort_values()
shares = weight[ratios.index].cumsum() / weight.sum()
bounds = [ratios.values[numpy.searchsorted(shares.values, share)] for share in (0.05, 0.95)]
print(f'{len(rows)} dies: area = {line[0]:.2f} + {line[1]:.3f} x cores cm2, 90 %: x{bounds[0]:.2f} to x{bounds[1]:.2f}')
"""


def configuration(
    name: str,
    cpus: int,
    cores: int,
    ram: tuple[int, int],
    ssd: tuple[int, int] = (0, 0),
    hdds: int = 0,
    **other: Any,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same server for us and for them: (pieces, GB of one) of memory and SSD; cores of one processor."""
    ours = {
        "asset": name, "item": other.get("item", "server"), "cpus": cpus, "cores": cpus * cores,
        "ram_gb": ram[0] * ram[1], "ssd_gb": ssd[0] * ssd[1], "hdds": hdds, "psus": 2,
        "gpus": other.get("gpus", 0), "gpu": other.get("gpu", ""),
    }  # fmt: skip
    disks: list[dict[str, Any]] = [{"units": ssd[0], "type": "ssd", "capacity": ssd[1]}] if ssd[0] else []
    disks += [{"units": hdds, "type": "hdd"}] if hdds else []
    theirs = {
        "model": {"type": "blade" if ours["item"] == "blade-server" else "rack"},
        "configuration": {
            "cpu": {"units": cpus, **other.get("cpu", {"core_units": cores})},
            "ram": [{"units": ram[0], "capacity": ram[1]}],
            "disk": disks,
            "power_supply": {"units": 2},
        },
    }
    if ours["gpus"]:
        theirs["configuration"]["gpu"] = {"units": ours["gpus"], "name": ours["gpu"]}  # type: ignore[index]
    return ours, theirs


#: Shapes of BoaviztAPI's typical servers (data/archetypes/server.csv), and processors and GPUs by name.
COMPARED = [
    configuration("calcul, petit", 2, 8, (4, 16), (1, 100)),
    configuration("calcul, moyen", 2, 24, (8, 32), (1, 1000)),
    configuration("calcul, grand", 2, 48, (8, 64), (2, 2000)),
    configuration("mémoire, moyen", 2, 24, (16, 64), (1, 1000)),
    configuration("stockage SSD, moyen", 2, 24, (16, 32), (8, 4000)),
    configuration("stockage disques, moyen", 2, 18, (12, 32), hdds=24),
    configuration("lame", 2, 24, (8, 32), (1, 1000), item="blade-server"),
    configuration("Dell R740", 2, 24, (12, 32), (1, 400), cpu={"core_units": 24, "die_size_per_core": 24.5}),
    configuration("2 Xeon Gold 6430", 2, 32, (16, 32), (2, 2000), cpu={"name": "Intel Xeon Gold 6430"}),
    configuration("2 EPYC 9654", 2, 96, (24, 64), (2, 4000), cpu={"name": "AMD EPYC 9654"}),
    configuration("8 A100 SXM4 80 Go", 2, 32, (16, 64), (2, 4000), item="gpu-server", gpus=8,
                  gpu="NVIDIA A100 SXM4 80GB"),
    configuration("4 L40S", 2, 24, (16, 32), (2, 2000), item="gpu-server", gpus=4, gpu="NVIDIA L40S 48GB"),
]  # fmt: skip

#: Their parts, and which of ours they hold.
PARTS = {
    "CPU": ("processeurs", ("component-cpu-base", "component-cpu-die")),
    "RAM": ("mémoire", ("component-ram-base", "component-ram-die")),
    "SSD": ("SSD", ("component-ssd-base", "component-ssd-die")),
    "HDD": ("disques", ("component-hdd",)),
    "GPU": ("GPU", ("component-gpu",)),
    "POWER_SUPPLY": ("alimentations", ("component-psu",)),
    "CASE": ("boîtier", ("component-rack-case", "component-blade-case", "component-blade-chassis")),
    "MOTHERBOARD": ("carte mère", ("component-motherboard",)),
    "ASSEMBLY": ("assemblage", ("component-assembly",)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", type=int, default=10_000)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--environments", type=Path, default=Path(".bench"))
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    python = environment(options.environments)
    if options.fit:
        subprocess.run([python, "-W", "ignore", "-c", FIT], check=True)
        return
    many = [varied(i) for i in range(options.servers)]
    asked = {"compared": [theirs for _, theirs in COMPARED], "timed": [t for _, t in many[: options.sample]]}
    found, seconds = peer(python, asked)
    print_compared(table([ours for ours, _ in COMPARED]), found)
    print_speed(table([ours for ours, _ in many]), min(options.sample, options.servers) / seconds)


def environment(folder: Path) -> Path:
    """The Python of BoaviztAPI's environment, made when missing."""
    python = folder / "boaviztapi" / "bin" / "python"
    if not python.exists():
        print("→ boaviztapi", file=sys.stderr)
        venv.create(folder / "boaviztapi", with_pip=True)
        argv = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", PACKAGE]
        subprocess.run(argv, check=True)
    return python.absolute()


def peer(python: Path, asked: dict[str, Any]) -> tuple[list[Any], float]:
    """Their answers: ([value, min, max], by part) of each compared server, and the seconds of the timed ones."""
    run = subprocess.run(
        [python, "-W", "ignore", "-c", PEER], input=json.dumps(asked), check=True, text=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    found, seconds = json.loads(run.stdout.splitlines()[-1])
    return found, seconds


def varied(i: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The i-th of many servers that differ."""
    return configuration(
        f"s{i}",
        1 + i % 2,
        8 * (1 + i % 8),
        (4 + 2 * (i % 7), 16 * 2 ** (i % 3)),
        (1 + i % 4, 480 * (1 + i % 9)),
        i % 5,
    )


def table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, pa.schema(list(CONFIGURATION.items())))


def print_compared(configurations: pa.Table, found: list[Any]) -> None:
    rows = estimate(configurations, factors.load()).to_pylist()
    ours = {(row["asset"], row["component"]): row for row in rows if row["indicator"] == "gwp"}
    print("| serveur | footprint, kgCO2e (P5 – P95) | BoaviztAPI (min – max) | écart | par composant, kg |")
    print("|---|---|---|---|---|")
    for name, ((value, low, high), parts) in zip(configurations["asset"].to_pylist(), found, strict=True):
        mine = ours[name, ""]
        gaps = [f"{label} {gap:+.0f}" for label, gap in by_part(name, ours, parts) if abs(gap) >= 1]
        print(
            f"| {name} | {mine['amount']:.0f} ({mine['low']:.0f} – {mine['high']:.0f}) "
            f"| {value:.0f} ({low:.0f} – {high:.0f}) | {100 * (mine['amount'] / value - 1):+.1f} % "
            f"| {', '.join(gaps)} |"
        )


def by_part(name: str, ours: dict[Any, Any], parts: dict[str, Any]) -> list[tuple[str, float]]:
    """Ours less theirs, in kgCO2e, for each kind of part."""
    gaps = []
    for code, (label, components) in PARTS.items():
        mine = sum(ours[name, part]["amount"] for part in components if (name, part) in ours)
        theirs = sum(figures[0] for key, figures in parts.items() if key.rsplit("-", 1)[0] == code)
        gaps.append((label, mine - theirs))
    return gaps


def print_speed(configurations: pa.Table, theirs: float) -> None:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        estimate(configurations, factors.load())
        times.append(time.perf_counter() - began)
    ours = configurations.num_rows / min(times)
    print(
        f"\n{configurations.num_rows} serveurs, trois indicateurs, intervalles compris : {min(times):.2f} s"
    )
    print(f"footprint {ours:.0f} serveurs/s, BoaviztAPI {theirs:.0f} serveurs/s : × {ours / theirs:.0f}")


if __name__ == "__main__":
    main()
