from __future__ import annotations

from pathlib import Path

import pytest

from collectors.cpu_table import clean_name, find_processor, own_table


@pytest.mark.parametrize(
    ("name", "tdp", "cores", "year"),
    [
        ("AMD EPYC 7763 64-Core Processor", 280.0, 64, 2021),
        ("Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz", 205.0, 28, 2021),
        ("11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz", 28.0, 4, 2020),
        ("Intel(R) Xeon(R) Silver 4210 CPU @ 2.20GHz", 85.0, None, None),
        ("Intel(R) Xeon(R) CPU E5-2690 v4 @ 2.60GHz", 135.0, 14, None),
    ],
)
def test_names_as_systems_print_them(name: str, tdp: float, cores: int | None, year: int | None) -> None:
    found = find_processor(name)
    assert found is not None
    assert (found.tdp_w, found.cores, found.year) == (tdp, cores, year)


@pytest.mark.parametrize(
    "name", [None, "", "AMD EPYC", "Intel Xeon Processor (Skylake, IBRS)", "AMD EPYC 7764"]
)
def test_near_is_not_enough(name: str | None) -> None:
    assert find_processor(name) is None


def test_every_row_has_a_source() -> None:
    table = own_table()
    assert len(table) == 48
    assert all((p.tdp_w > 0 and "BoaviztAPI" in p.source) or "CodeCarbon" in p.source for p in table.values())


def test_the_other_table_comes_second(tmp_path: Path) -> None:
    other = tmp_path / "cpu_power.csv"
    other.write_text("Name,TDP\nAMD EPYC 7763,1\nAMD EPYC 9999,321\nBroken,x\n", encoding="utf-8")
    assert find_processor("AMD EPYC 7763 64-Core Processor", other).tdp_w == 280.0  # type: ignore[union-attr]
    found = find_processor("AMD EPYC 9999", other)
    assert found is not None
    assert (found.tdp_w, found.cores) == (321.0, None)
    assert find_processor("Broken", other) is None


def test_clean_name() -> None:
    assert clean_name("  Intel(R) Xeon(R)   Platinum 8480+ ") == "xeon platinum 8480+"
