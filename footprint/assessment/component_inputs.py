"""What `components` starts from: the parts of servers and their parameters, from the catalogue, as flat tables."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa

from factors import Catalogue, Factor
from factors.model import Key

INDICATORS = ("gwp", "adpe", "pe", "water")
GPU = "component-gpu"

#: Parts of a server that its configuration counts, GPUs apart.
PARTS = (
    "component-cpu-base", "component-cpu-die", "component-ram-base", "component-ram-die", "component-ssd-base",
    "component-ssd-die", "component-hdd", "component-motherboard", "component-psu", "component-rack-case",
    "component-blade-case", "component-blade-chassis", "component-assembly",
)  # fmt: skip

#: Parameters by the name they have in `component_settings`, with the key of their row.
PARAMETERS: dict[str, Key] = {
    "default_cpus": ("component-cpu-base", "count", "", ""),
    "default_cores": ("component-cpu-die", "count", "", "core"),
    "default_psus": ("component-psu", "count", "", ""),
    "area_fixed": ("component-cpu-die", "area", "", "processor"),
    "area_core": ("component-cpu-die", "area", "", "core"),
    "ram_density": ("component-ram-die", "density", "", ""),
    "ssd_density": ("component-ssd-die", "density", "", ""),
    "module_gb": ("component-ram-base", "size", "", ""),
    "drive_gb": ("component-ssd-base", "size", "", ""),
    "psu_kg": ("component-psu", "weight", "", ""),
    "slots": ("component-blade-chassis", "count", "", ""),
}

_MAKERS = ("nvidia", "amd", "intel", "tesla", "instinct", "rtx", "quadro")


def component_tables(catalogue: Catalogue) -> dict[str, pa.Table]:
    """The tables `component_impacts` reads.

    components          component, model ("" but for GPUs, and for the generic GPU), indicator, stage,
                        factor_id, factor, factor_sigma; a part without a factor has a null one
    component_settings  one row: each parameter and its sigma
    gpu_words           model, word (between spaces), own (1: the word that names the model), mass (its gwp)
    """
    advised = {factor.key: factor for factor in catalogue.factors if factor.default}
    generic = _generic_sigma(advised)
    return {
        "components": _components(advised, generic),
        "component_settings": _settings(advised, generic),
        "gpu_words": _gpu_words(advised),
    }


def _generic_sigma(advised: dict[Key, Factor]) -> float | None:
    """Sigma of a value that has no bounds of its own (M7)."""
    row = advised.get(("uncertainty", "uncertainty", "", "generic"))
    return row.sigma if row else None


def _sigma(factor: Factor, generic: float | None) -> float | None:
    return factor.sigma if factor.sigma is not None else generic


def _components(advised: dict[Key, Factor], generic: float | None) -> pa.Table:
    cards = sorted({zone for item, _, _, zone in advised if item == GPU})
    # An indicator that no part has is left out at once; one that some have keeps its holes as nulls.
    had = {indicator for item, indicator, stage, _ in advised if item in PARTS and stage == "manufacture"}
    indicators = [indicator for indicator in INDICATORS if indicator in had]
    keys = [(part, "", (part, indicator, "manufacture", "")) for part in PARTS for indicator in indicators]
    keys += [(GPU, model, (GPU, indicator, "embodied", model)) for model in cards for indicator in indicators]
    keys += [(GPU, "", ("gpu", indicator, "embodied", "")) for indicator in indicators]
    rows = [(code, model, key, advised.get(key)) for code, model, key in keys]
    return pa.table(
        {
            "component": pa.array([code for code, _, _, _ in rows], pa.string()),
            "model": pa.array([model for _, model, _, _ in rows], pa.string()),
            "indicator": pa.array([key[1] for _, _, key, _ in rows], pa.string()),
            "stage": pa.array([key[2] for _, _, key, _ in rows], pa.string()),
            "factor_id": pa.array([f.id if f else None for *_, f in rows], pa.string()),
            "factor": pa.array([f.value if f else None for *_, f in rows], pa.float64()),
            "factor_sigma": pa.array([_sigma(f, generic) if f else None for *_, f in rows], pa.float64()),
        }
    )


def _settings(advised: dict[Key, Factor], generic: float | None) -> pa.Table:
    columns: dict[str, Any] = {}
    for name, key in PARAMETERS.items():
        row = advised.get(key)
        columns[name] = pa.array([row.value if row else None], pa.float64())
        columns[f"{name}_sigma"] = pa.array([_sigma(row, generic) if row else None], pa.float64())
    return pa.table(columns)


def _gpu_words(advised: dict[Key, Factor]) -> pa.Table:
    rows = [
        (factor.zone, word, own, factor.value)
        for key, factor in advised.items()
        if key[:3] == (GPU, "gwp", "embodied")
        for word, own in words_of(factor.zone)
    ]
    return pa.table(
        {
            "model": pa.array([row[0] for row in rows], pa.string()),
            "word": pa.array([f" {row[1]} " for row in rows], pa.string()),
            "own": pa.array([row[2] for row in rows], pa.int64()),
            "mass": pa.array([row[3] for row in rows], pa.float64()),
        }
    )


def words_of(model: str) -> list[tuple[str, int]]:
    """The words of a model's code: its own ("h100", "pro 6000") with 1, then the others with 0."""
    words = [word for word in model.split("-") if word not in _MAKERS]
    first = next((i for i, word in enumerate(words) if re.search(r"\d", word)), len(words) - 1)
    return [(" ".join(words[: first + 1]), 1), *((word, 0) for word in words[first + 1 :])]
