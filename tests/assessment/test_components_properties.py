"""Servers by parts: what must hold for any configuration, and what a missing value becomes."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors import Catalogue
from footprint.assessment.server_estimate import TOTAL, estimate
from tests.configurations import CATALOGUE, MEDIUM, amounts, parts_of, table

STEPS = {"ram_gb": 16.0, "ssd_gb": 480.0, "hdds": 1.0, "gpus": 1.0, "cores": 2.0}


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(1, 64), min_size=3, max_size=6, unique=True).map(sorted))
def test_more_of_anything_weighs_more(ladder: list[int]) -> None:
    rows = [
        {**MEDIUM, "gpu": "L40S", field: step * rung, "asset": f"{field} {rung:03}"}
        for field, step in STEPS.items()
        for rung in ladder
    ]
    found = [row for row in parts_of(*rows) if row["component"] == TOTAL]
    for indicator in ("gwp", "adpe", "pe"):
        for field in STEPS:
            of = [r["amount"] for r in found if r["indicator"] == indicator and r["asset"].startswith(field)]
            assert len(of) == len(ladder)
            assert all(less < more for less, more in pairwise(of)), field


NUMBERS = st.one_of(st.none(), st.just(0.0), st.floats(1e-3, 1e5))
CONFIGURATIONS = st.fixed_dictionaries(
    dict.fromkeys(("cpus", "cores", "ram_gb", "ssd_gb", "hdds", "psus", "gpus"), NUMBERS)
    | {
        "item": st.sampled_from(["server", "blade-server", "gpu-server", "laptop"]),
        "gpu": st.text(max_size=12),
    }
)


def known(configuration: dict[str, Any]) -> bool:
    return (
        configuration["item"] != "laptop"
        and bool(configuration["cpus"] or configuration["cores"])
        and bool(configuration["ram_gb"])
        and (configuration["ssd_gb"] is not None or configuration["hdds"] is not None)
        and (configuration["item"] != "gpu-server" or bool(configuration["gpus"]))
    )


@settings(max_examples=10, deadline=None)
@given(st.lists(CONFIGURATIONS, min_size=1, max_size=20))
def test_the_parts_sum_to_the_whole_and_none_is_zero(configurations: list[dict[str, Any]]) -> None:
    rows = parts_of(*({**one, "asset": str(i)} for i, one in enumerate(configurations)))
    assert {row["asset"] for row in rows} == {str(i) for i, one in enumerate(configurations) if known(one)}
    assert all(0 < row["low"] < row["amount"] < row["high"] for row in rows)
    wholes = {(row["asset"], row["indicator"]): row["amount"] for row in rows if row["component"] == TOTAL}
    assert len(wholes) == 3 * sum(map(known, configurations))
    for key, whole in wholes.items():
        of = [r["amount"] for r in rows if (r["asset"], r["indicator"]) == key and r["component"] != TOTAL]
        assert math.fsum(of) == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize(
    "missing",
    [{"ram_gb": None}, {"ram_gb": 0.0}, {"cpus": None, "cores": None}, {"ssd_gb": None, "hdds": None},
     {"item": "gpu-server"}, {"item": "gpu-server", "gpus": 0.0}, {"item": "laptop"}, {"ram_gb": -1.0}],
)  # fmt: skip
def test_a_server_not_known_well_enough_has_no_row(missing: dict[str, Any]) -> None:
    """Its generic value stays; a sum of the few parts that are known would be too low."""
    assert parts_of({**MEDIUM, **missing}) == []


@pytest.mark.parametrize(
    ("field", "part"),
    [("cpus", "component-cpu-base"), ("cores", "component-cpu-die"), ("psus", "component-psu")],
)
def test_a_default_is_flagged_and_widens_the_interval(field: str, part: str) -> None:
    """The medium server is what the defaults assume: 2 processors, 24 cores each, 2 supplies."""

    def of(configuration: dict[str, Any]) -> dict[str, dict[str, Any]]:
        return {row["component"]: row for row in parts_of(configuration) if row["indicator"] == "gwp"}

    told, assumed = of(MEDIUM), of({**MEDIUM, field: None})
    assert assumed[part]["amount"] == pytest.approx(told[part]["amount"])
    assert assumed[part]["high"] / assumed[part]["low"] > 1.01 * told[part]["high"] / told[part]["low"]
    assert assumed[part]["assumed"] == assumed[TOTAL]["assumed"] == field
    assert told[part]["assumed"] == told[TOTAL]["assumed"] == ""


def without(*ids: str) -> Catalogue:
    kept = [factor for factor in CATALOGUE.factors if factor.id not in ids]
    return Catalogue("test", kept, CATALOGUE.items, CATALOGUE.zones)


def test_an_indicator_without_the_factor_of_a_part_is_missing_not_smaller() -> None:
    catalogue = without("component-hdd-adpe-boavizta")
    rows = parts_of({**MEDIUM, "asset": "a", "hdds": 4.0}, {**MEDIUM, "asset": "b"}, catalogue=catalogue)
    assert {(row["asset"], row["indicator"]) for row in rows} == {
        ("a", "gwp"), ("a", "pe"), ("b", "gwp"), ("b", "pe"), ("b", "adpe"),
    }  # fmt: skip


def test_without_its_parameters_nothing_is_estimated() -> None:
    assert parts_of(MEDIUM, catalogue=without("component-ssd-density-boavizta")) == []


def test_ten_thousand_servers_in_one_expression() -> None:
    rows = [
        {**MEDIUM, "asset": f"s{i:05}", "ram_gb": 32.0 * (1 + i % 40), "hdds": float(i % 12)}
        for i in range(10_000)
    ]
    found = estimate(table(*rows), CATALOGUE)
    whole = found.filter(pc.equal(found["component"], TOTAL))
    assert whole.num_rows == 3 * 10_000
    alone = amounts({**rows[4321], "asset": "x"})[TOTAL]
    (same,) = [r for r in whole.to_pylist() if (r["asset"], r["indicator"]) == ("s04321", "gwp")]
    assert same["amount"] == pytest.approx(alone, rel=1e-12)


def test_the_interval_agrees_with_monte_carlo() -> None:
    """Each part is one lognormal draw of mean 1; P5 and P95 of their sum within 2 % (M7)."""
    rows = [row for row in parts_of({**MEDIUM, "hdds": 4.0}) if row["indicator"] == "gwp"]
    (whole,) = [row for row in rows if row["component"] == TOTAL]
    random = np.random.default_rng(7)
    sums = np.zeros(200_000)
    for row in rows:
        if row["component"] != TOTAL:
            sigma = math.log(row["high"] / row["low"]) / (2 * 1.6448536269514722)
            sums += row["amount"] * random.lognormal(-(sigma**2) / 2, sigma, sums.size)
    assert np.quantile(sums, [0.05, 0.95]) == pytest.approx([whole["low"], whole["high"]], rel=0.02)
