"""Energy of a computation from what is known of it, when nothing was measured: the Green Algorithms formula.

    E = t x (n_c x P_c x u_c + n_g x P_g x u_g + n_m x 0.3725) x PSF [x PUE]

t hours; n_c cores of P_c W used at u_c; n_g GPUs; n_m GB of memory; PSF repetitions. L. Lannelongue, J. Grealey,
M. Inouye, "Green Algorithms: Quantifying the Carbon Footprint of Computation", Advanced Science 8, 2021,
2100707, doi:10.1002/advs.202100707. The PUE is printed, not deposited: the assessment applies it, once (M2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from collectors.cpu_table import find_processor
from collectors.pulls.found import BadOption, Measure, Slice, energy_row

MEMORY_W_PER_GB = 0.3725
"""Power of memory, W a GB, in the article above."""


@dataclass(frozen=True, slots=True)
class Computation:
    """A computation. `hours` of one run; `cores` used, of `core_w` W each at `core_usage` (0 to 1); `gpus` of
    `gpu_w` W at `gpu_usage`; `memory_gb` asked for; `runs`: PSF, how many times; `pue` of the place, printed."""

    hours: float
    cores: float = 0.0
    core_w: float = 0.0
    core_usage: float = 1.0
    gpus: float = 0.0
    gpu_w: float = 0.0
    gpu_usage: float = 1.0
    memory_gb: float = 0.0
    runs: float = 1.0
    pue: float = 1.0


def check(computation: Computation) -> None:
    """Refuse what makes no sense. Raises BadOption naming the option."""
    for field in fields(computation):
        value = getattr(computation, field.name)
        usage = field.name.endswith("_usage")
        least = {"pue": 1.0}.get(field.name, 0.0)
        good = math.isfinite(value) and least <= value and (value <= 1.0 if usage else value < 1e9)
        if not good or (field.name in ("hours", "runs") and value == 0):
            option = "--" + field.name.replace("_", "-")
            bounds = "0 à 1" if usage else "au moins 1" if least else "positif"
            limits = "0 to 1" if usage else "at least 1" if least else "positive"
            raise BadOption(
                f"{option} {value:g} : un nombre ({bounds}) est attendu.",
                f"{option} {value:g}: a number ({limits}) is expected.",
            )
    if energies(computation)[0] + energies(computation)[1] <= 0:
        raise BadOption(
            "Rien à compter : donnez --cores avec --core-w (ou --cpu), --gpus avec --gpu-w, ou --memory-gb.",
            "Nothing to count: give --cores with --core-w (or --cpu), --gpus with --gpu-w, or --memory-gb.",
        )


def energies(computation: Computation) -> tuple[float, float]:
    """kWh of processors with memory, and of GPUs, without PUE."""
    c = computation
    hours = c.hours * c.runs / 1000.0
    return (
        hours * (c.cores * c.core_w * c.core_usage + c.memory_gb * MEMORY_W_PER_GB),
        hours * c.gpus * c.gpu_w * c.gpu_usage,
    )


def core_watts(cpu: str) -> float:
    """TDP of one core of a processor of the table, in W. Raises BadOption when it is not known."""
    processor = find_processor(cpu)
    if processor is None or not processor.cores:
        raise BadOption(
            f"Processeur « {cpu} » inconnu de la table : donnez --core-w (TDP ÷ cœurs, en W).",
            f"Processor “{cpu}” not in the table: give --core-w (TDP / cores, in W).",
        )
    return processor.tdp_w / processor.cores


def declared_run(computation: Computation, start: float, label: str, zone: str | None) -> Measure:
    """The measure of a computation that began at `start` (UTC epoch seconds); tier "declared" (M1).

    `label`: tells apart two computations alike. Raises BadOption.
    """
    check(computation)
    cpu, gpu = energies(computation)
    rows = [energy_row("green-algorithms", "declared", "total", cpu)] if cpu > 0 else []
    rows += [energy_row("green-algorithms", "declared", "gpu", gpu)] if gpu > 0 else []
    seconds = computation.hours * computation.runs * 3600.0
    parts = tuple(repr(float(getattr(computation, field.name))) for field in fields(computation))
    return Measure(
        source="green-algorithms",
        subject="run",
        identity=(f"{start:.0f}", label, zone or "", *parts),
        name=label,
        slices=(Slice(start, start + seconds, seconds, tuple(rows)),),
        zone=zone,
        said={"energy_with_pue_kwh": (cpu + gpu) * computation.pue, "pue": computation.pue},
    )
