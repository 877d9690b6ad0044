from __future__ import annotations

import csv
from pathlib import Path

import pytest

from collectors.cpu_table import OWN_TABLE, clean_name, find_processor, own_table


@pytest.mark.parametrize(
    ("name", "tdp", "cores", "year"),
    [
        ("AMD EPYC 7763 64-Core Processor", 280.0, 64, 2021),
        ("Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz", 205.0, 28, 2021),
        ("11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz", 28.0, 4, 2020),
        ("Intel(R) Xeon(R) Silver 4210 CPU @ 2.20GHz", 85.0, None, None),
        ("Intel(R) Xeon(R) CPU E5-2690 v4 @ 2.60GHz", 135.0, 14, None),
        ("Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz", 300.0, None, None),
        ("13th Gen Intel(R) Core(TM) i7-1365U", 15.0, 10, 2023),
        ("Intel(R) Core(TM) Ultra 7 155H", 28.0, None, None),
        ("AMD Ryzen 7 5800U with Radeon Graphics", 15.0, 8, 2021),
        ("AMD Ryzen 9 7950X 16-Core Processor", 170.0, 16, 2022),
        ("AMD EPYC 9654 96-Core Processor", 360.0, 96, 2022),
        ("INTEL(R) XEON(R) GOLD 6430", 270.0, 32, 2023),
        ("Apple M2", 22.0, None, None),
    ],
)
def test_names_as_systems_print_them(name: str, tdp: float, cores: int | None, year: int | None) -> None:
    found = find_processor(name)
    assert found is not None
    assert (found.tdp_w, found.cores, found.year) == (tdp, cores, year)


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "   ",
        "CPU",
        "AMD EPYC",
        "AMD EPYC Processor",
        "AMD EPYC-Milan Processor",
        "QEMU Virtual CPU",
        "Intel Xeon Processor (Skylake, IBRS)",
        "Intel(R) Xeon(R) CPU @ 2.20GHz",
        "Intel(R) Xeon(R) Processor",
        "AMD EPYC 7764",
        "AMD EPYC 776",
        "13th Gen Intel(R) Core(TM) i7-1365",
        "Apple",
        "7763",
        "Neoverse-N1",
    ],
)
def test_near_is_not_enough(name: str | None) -> None:
    assert find_processor(name) is None


def test_every_row_has_a_source() -> None:
    table = own_table()
    with OWN_TABLE.open(encoding="utf-8") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    assert len(table) == len(names) == 1183
    assert names == sorted(names, key=str.lower)
    for processor in table.values():
        assert 5 <= processor.tdp_w <= 500
        assert processor.source.startswith(("BoaviztAPI 2.5.0 (TechPowerUp), ", "CodeCarbon 3.3.2, "))
        assert processor.cores is None or 1 <= processor.cores <= 192
        assert processor.year is None or 2012 <= processor.year <= 2025


def test_the_quick_way_finds_what_the_table_holds() -> None:
    table = own_table()
    for name in list(table)[::40]:
        assert find_processor(name) == table[name]


def test_the_other_table_comes_second(tmp_path: Path) -> None:
    other = tmp_path / "cpu_power.csv"
    other.write_text("Name,TDP\nAMD EPYC 7763,1\nAMD EPYC 9999,321\nBroken,x\n", encoding="utf-8")
    assert find_processor("AMD EPYC 7763 64-Core Processor", other).tdp_w == 280.0  # type: ignore[union-attr]
    found = find_processor("AMD EPYC 9999", other)
    assert found is not None
    assert (found.tdp_w, found.cores) == (321.0, None)
    assert find_processor("Broken", other) is None
    other.write_text(
        "Name,TDP\nAMD EPYC 9999,100\nEPYC 9999,105\nAMD EPYC 9998,100\nEPYC 9998,150\n", encoding="utf-8"
    )
    assert find_processor("AMD EPYC 9999", other).tdp_w == 100.0  # type: ignore[union-attr]
    assert find_processor("AMD EPYC 9998", other) is None


def test_clean_name() -> None:
    assert clean_name("  Intel(R) Xeon(R)   Platinum 8480+ ") == "xeon platinum 8480+"
