"""M7: the closed form against a Monte-Carlo of the same model, and what correlation must do."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from footprint.assessment.engine import Assessed
from footprint.assessment.totals import DRAWS
from footprint.lognormal import probability_below
from pos_map import PhysicalAsset
from tests.estates import application, assessed, inventory, link, measured, server, vm

DRAWN = 40_000


def monte_carlo(lines: Iterable[dict[str, Any]]) -> np.ndarray:
    """Totals of the lines, each draw taken once for all the lines that share it."""
    random = np.random.default_rng(11)
    draws: dict[str, np.ndarray] = {}
    total = np.zeros(DRAWN)
    for row in lines:
        product = np.full(DRAWN, row["amount"])
        for identifier, sigma in DRAWS:
            name, spread = row[identifier], row[sigma]
            if name and spread:
                if name not in draws:
                    draws[name] = random.lognormal(-(spread**2) / 2, spread, DRAWN)
                product = product * draws[name]
        total += product
    return total


def estate(seed: int) -> Assessed:
    """Servers, terminals and runs in several zones, sizes drawn from the seed."""
    random = np.random.default_rng(seed)
    hosts = [
        server(f"S{i}", yearly_kwh=None if i % 3 else float(random.uniform(500, 6000)), country=country)
        for i, country in enumerate(["France", "La Réunion", "Allemagne", "France", "France"])
    ]
    types = ("Ordinateur portable", "Écran", "Smartphone", "Imprimante")
    terminals = [PhysicalAsset(f"T{i}", "", types[i % 4], float(random.integers(1, 60))) for i in range(6)]
    machines = [vm(f"V{i}", f"S{i % 5}", vcpu=float(random.integers(1, 9))) for i in range(12)]
    return assessed(
        inventory(
            assets=[*hosts, *terminals], machines=machines,
            links=[link(f"A{i % 3}", vm=f"V{i}") for i in range(12)],
            applications=[application(f"A{i}") for i in range(3)],
        ),
        [measured("r1", float(random.uniform(0.1, 500)), application="A0", model="m:1")],
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_the_closed_form_agrees_with_monte_carlo(seed: int) -> None:
    result = estate(seed)
    lines = [row for row in result.lines.to_pylist() if row["indicator"] == "gwp"]
    totals = {
        (r["view"], r["key"]): r
        for r in result.totals.to_pylist()
        if r["indicator"] == "gwp" and not r["sub"]
    }
    for view, key, kept in (
        ("total", "", lines),
        ("application", "A0", [row for row in lines if row["subject"] == "A0"]),
        ("kind", "poste", [row for row in lines if row["subject_kind"] == "poste"]),
    ):
        sampled = monte_carlo(kept)
        row = totals[view, key]
        assert row["amount"] == pytest.approx(sampled.mean(), rel=0.01)
        median = row["amount"] * math.exp(-(row["sigma"] ** 2) / 2)
        for percentile, value in ((5, row["low"]), (50, median), (90, row["p90"]), (95, row["high"])):
            assert value == pytest.approx(np.percentile(sampled, percentile), rel=0.05)


def _relative(result: Assessed) -> float:
    row = next(r for r in result.totals.to_pylist() if r["view"] == "stage" and r["key"] == "manufacture"
               and r["indicator"] == "gwp")  # fmt: skip
    return float(row["high"] / row["amount"])


def test_forty_thousand_identical_laptops_do_not_average_out() -> None:
    one = assessed(inventory(assets=[PhysicalAsset("P", "", "Laptop", 1.0)]))
    many = assessed(inventory(assets=[PhysicalAsset(f"P{i}", "", "Laptop", 400.0) for i in range(100)]))
    assert _relative(many) == pytest.approx(_relative(one), rel=1e-9)
    assert _relative(one) > 1.2


def test_independent_meters_do_average_out() -> None:
    def spread(count: int) -> float:
        lines = assessed(
            inventory(assets=[server(f"S{i}", cluster="G") for i in range(count)])
        ).lines.to_pylist()
        return float(
            next(r["activity_sigma"] for r in lines if r["stage"] == "use" and r["indicator"] == "gwp")
        )

    variance = math.exp(spread(1) ** 2) - 1
    assert math.exp(spread(16) ** 2) - 1 == pytest.approx(variance / 16)


def test_probability_below_a_threshold() -> None:
    assert probability_below(10.0, 0.0, 11.0) == 1.0
    assert probability_below(10.0, 0.0, 9.0) == 0.0
    median = 10.0 * math.exp(-(0.5**2) / 2)
    assert probability_below(10.0, 0.5, median) == pytest.approx(0.5)
