"""Servers by parts (M3): the arithmetic by hand, published results, what people write."""

from __future__ import annotations

import math
from typing import Any

import ibis
import pyarrow as pa
import pytest

from footprint.assessment.component_inputs import PARTS, component_tables
from footprint.assessment.components import COMPONENT_COLUMNS, component_impacts
from footprint.assessment.server_estimate import TOTAL
from tests.configurations import CATALOGUE, MEDIUM, amounts, parts_of, table


def test_a_rack_server_by_hand() -> None:
    """Two processors of 24 cores, 8 modules of 32 GB, one 1 TB SSD, 4 disks, two supplies of 2.99 kg."""
    found = amounts({**MEDIUM, "hdds": 4.0})
    expected = {
        "component-cpu-base": 2 * 9.14,
        "component-cpu-die": (2 * 3.1 + 48 * 0.21) * 1.97,
        "component-ram-base": 8 * 5.22,
        "component-ram-die": 256 / 1.244 * 2.2,
        "component-ssd-base": 6.34,
        "component-ssd-die": 1000 / 54.88 * 2.2,
        "component-hdd": 4 * 31.11,
        "component-motherboard": 66.1,
        "component-psu": 2 * 2.99 * 24.3,
        "component-rack-case": 150,
        "component-assembly": 6.68,
    }
    assert found.pop(TOTAL) == pytest.approx(sum(expected.values()), rel=1e-12)
    assert found == pytest.approx(expected, rel=1e-12)


def test_a_blade_has_its_case_and_a_sixteenth_of_the_enclosure() -> None:
    rack, blade = amounts(MEDIUM), amounts({**MEDIUM, "item": "blade-server"})
    assert "component-rack-case" not in blade
    assert blade["component-blade-case"] == 30.9
    assert blade["component-blade-chassis"] == pytest.approx(880 / 16)
    assert blade[TOTAL] == pytest.approx(rack[TOTAL] - 150 + 30.9 + 55)


@pytest.mark.parametrize(("indicator", "case", "memory"), [("adpe", 0.0202, 6.3e-05), ("pe", 2200, 27.3)])
def test_the_other_indicators_by_hand(indicator: str, case: float, memory: float) -> None:
    found = amounts(MEDIUM, indicator)
    assert found["component-rack-case"] == case
    assert found["component-ram-die"] == pytest.approx(256 / 1.244 * memory)


# Published results of BoaviztAPI 2.5.0 run locally (PyPI boaviztapi 2.5.0), gwp of one module or drive of that
# many GB: value (rounded by the source to the step), low (its densest die: exact to four figures).
RAM = [
    (8, 19.0, 1, 12.63),
    (16, 34.0, 1, 20.04),
    (32, 62.0, 1, 34.86),
    (64, 120.0, 10, 64.5),
    (128, 230.0, 10, 123.8),
]
SSD = [
    (256, 17.0, 1, 10.74), (512, 27.0, 1, 15.14), (1000, 50.0, 10, 23.53), (2000, 90.0, 10, 40.72),
    (4000, 170.0, 10, 75.09),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "field", "base", "gb", "value", "step", "low"),
    [("ram", "ram_gb", 5.22, *row) for row in RAM] + [("ssd", "ssd_gb", 6.34, *row) for row in SSD],
)
def test_memory_and_ssd_against_published_results(
    kind: str, field: str, base: float, gb: int, value: float, step: int, low: float
) -> None:
    """The source's figure is one piece; ours counts modules of 32 GB and drives of 2 TB: that much is set apart."""
    densest = {
        "ram": "component-ram-density-samsung-18-nm",
        "ssd": "component-ssd-density-micron-128-couches",
    }
    more = math.ceil(gb / {"ram": 32, "ssd": 2000}[kind]) - 1
    for catalogue, published, rounding in (
        (CATALOGUE, value, 0.5 * step),
        (CATALOGUE.with_choices([densest[kind]]), low, 5e-4 * low),
    ):
        found = amounts({**MEDIUM, field: float(gb)}, catalogue=catalogue)
        piece = found[f"component-{kind}-base"] + found[f"component-{kind}-die"] - more * base
        assert piece == pytest.approx(published, abs=rounding)


# Published gwp of processors by name (same source), with the area of die it has for them (cm2) and their cores.
PROCESSORS = [
    ("Intel Xeon Gold 6430", 46.73, 19.08, 32),
    ("Intel Xeon Platinum 8480+", 46.73, 19.08, 56),
    ("AMD EPYC 7543", 30.1, 10.64, 32),
    ("AMD EPYC 9354", 28.31, 9.73, 32),
    ("AMD EPYC 9654", 33.98, 12.61, 96),
    ("Intel Xeon Gold 6130", 22.81, 6.94, 16),
]


@pytest.mark.parametrize(("name", "published", "area", "cores"), PROCESSORS)
def test_processors_against_published_results(name: str, published: float, area: float, cores: int) -> None:
    """With the area of the model the sum is the published one; from cores alone, our interval holds it."""
    rows = parts_of({**MEDIUM, "cpus": 1.0, "cores": float(cores)})
    of = {row["component"]: row for row in rows if row["indicator"] == "gwp"}
    base, die = of["component-cpu-base"], of["component-cpu-die"]
    per_cm2 = die["amount"] / die["units"]
    assert base["amount"] + area * per_cm2 == pytest.approx(published, rel=5e-4)
    assert die["low"] < published - base["amount"] < die["high"], name


# Published gwp of the source's typical servers: value (rounded to hundreds, tens for the first), min, max.
# From its data/archetypes/server.csv: processors 2, cores of one, memory modules x GB, SSD x GB, disks.
TYPICAL = [
    ("compute_low", 550, 275.3, 1140, 8, 4 * 16, 100, 0),
    ("compute_medium", 900, 459.9, 2087, 24, 8 * 32, 1000, 0),
    ("compute_high", 1500, 654.9, 3943, 48, 8 * 64, 2 * 2000, 0),
    ("memory_medium", 2300, 1283, 5518, 24, 16 * 64, 1000, 0),
    ("ssdstorage_medium", 2700, 1236, 7328, 24, 16 * 32, 8 * 4000, 0),
    ("hddstorage_medium", 1900, 1066, 3260, 18, 12 * 32, 0, 24),
]


@pytest.mark.parametrize(("name", "published", "low", "high", "cores", "ram", "ssd", "hdds"), TYPICAL)
def test_whole_servers_against_published_results(
    name: str, published: float, low: float, high: float, cores: int, ram: int, ssd: int, hdds: int
) -> None:
    """Within 8 %: the source's rounding (up to 6 %), its 64 GB modules (ours: 32 GB), the area of processors."""
    found = amounts(
        {
            "cpus": 2.0,
            "cores": 2.0 * cores,
            "ram_gb": float(ram),
            "ssd_gb": float(ssd),
            "hdds": float(hdds),
            "psus": 2.0,
        }
    )
    assert found[TOTAL] == pytest.approx(published, rel=0.08), name
    assert low < found[TOTAL] < high


# What people write, and the row it means.
CARDS = [
    ("NVIDIA H100 80 Go", "nvidia-h100-sxm-80gb"),
    ("H100 PCIe", "nvidia-h100-pcie-80gb"),
    ("nvidia h100-nvl", "nvidia-h100-nvl-94gb"),
    ("A100-SXM4-40GB", "nvidia-a100-sxm4-40gb"),
    ("a100", "nvidia-a100-pcie-80gb"),
    ("NVIDIA A10", "nvidia-a10"),
    ("L4", "nvidia-l4"),
    ("L40S (48 GB)", "nvidia-l40s-48gb"),
    ("Tesla V100 32Go", "nvidia-tesla-v100-sxm2-32gb"),
    ("RTX PRO 6000 Blackwell", "nvidia-rtx-pro-6000-blackwell-server-edition-96gb"),
    ("AMD Instinct MI300X", "amd-instinct-mi300x-192gb"),
    ("Quadro RTX 6000", None),
    ("carte inconnue", None),
    ("", None),
]


@pytest.mark.parametrize(("written", "model"), CARDS)
def test_gpus_are_recognised_as_people_write_them(written: str, model: str | None) -> None:
    """Several models left: the heaviest. None: the generic card, flagged."""
    rows = parts_of({**MEDIUM, "item": "gpu-server", "gpus": 8.0, "gpu": written})
    (card,) = [row for row in rows if (row["component"], row["indicator"]) == ("component-gpu", "gwp")]
    factor = (
        CATALOGUE.find("component-gpu", "gwp", "embodied", model)
        if model
        else CATALOGUE.find("gpu", "gwp", "embodied")
    )
    assert card["amount"] == pytest.approx(8 * factor.value)
    assert card["assumed"] == ("" if model else "gpu")


def test_the_density_of_dies_is_in_the_interval_of_memory() -> None:
    """Sigma of the memory's die: its factor's (generic, ±50 %) and its density's, 0.625 to 2.375 GB/cm2."""
    (die,) = [
        row
        for row in parts_of(MEDIUM)
        if (row["component"], row["indicator"]) == ("component-ram-die", "gwp")
    ]
    z = 2 * 1.6448536269514722
    expected = math.hypot(math.log(1.5 / 0.5) / z, math.log(2.375 / 0.625) / z)
    assert math.log(die["high"] / die["low"]) / z == pytest.approx(expected, rel=1e-9)


def test_the_adp_of_the_source_holds_no_fossil_energy() -> None:
    """A full ADP would be above its fossil part, 4.81e-4 kgSbeq/MJ (CML): every row is below, hence ADPe."""
    for part in PARTS:
        elements = CATALOGUE.find(part, "adpe", "manufacture")
        assert elements.value < 4.81e-4 * CATALOGUE.find(part, "pe", "manufacture").value


def test_parts_are_not_types_of_equipment() -> None:
    assert [item.code for item in CATALOGUE.items if item.code.startswith("component-")] == []


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
def test_the_expression_has_the_promised_columns_in_every_dialect(dialect: str) -> None:
    tables = {
        name: ibis.table(_schema(rows), name=name) for name, rows in component_tables(CATALOGUE).items()
    }
    expression = component_impacts(ibis.table(_schema(table(MEDIUM)), name="assets"), tables)
    assert tuple(expression.columns) == COMPONENT_COLUMNS
    assert "component_settings" in str(ibis.to_sql(expression, dialect=dialect))


def _schema(rows: pa.Table) -> Any:
    return ibis.schema({field.name: str(ibis.dtype(field.type)) for field in rows.schema})
