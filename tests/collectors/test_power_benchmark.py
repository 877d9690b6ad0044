from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parents[2] / "benchmarks" / "power_model.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("power_model_benchmark", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


HEADER = "tdp_w,chips,ram_gb,cpu_year," + ",".join(f"w_{load}" for load in range(0, 101, 10))


def table(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def test_the_synthetic_table_is_the_scripts(bench: ModuleType, tmp_path: Path) -> None:
    bench.make_synthetic(tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_text() == bench.SYNTHETIC.read_text()
    rows = bench.read_table(bench.SYNTHETIC)
    assert len(rows) == 24
    assert all(row.group.startswith("synthetic") for row in rows)
    coverage = [bench.coverage_percent(rows, load) for load in bench.LOADS]
    assert 75 <= sum(coverage) / len(coverage) <= 100


def test_errors_by_hand(bench: ModuleType, tmp_path: Path) -> None:
    # One group of two machines at 100 and 200 W, and one machine at 400 W, whatever the load.
    path = table(
        tmp_path / "t.csv",
        *(
            f"100,1,16,,{','.join([watts] * 11)},{group}"
            for watts, group in (("100", "a"), ("200", "a"), ("400", ""))
        ),
        header=HEADER + ",group",
    )
    rows = bench.read_table(path)
    # 100 W x 0.5 + two modules of 5 W = 60 W.
    assert bench.codecarbon_constant(rows[0], 30) == 60.0
    expected = 100 * ((40 / 100 + 140 / 200) / 2 + 340 / 400) / 2
    assert bench.error_percent(rows, bench.codecarbon_constant, 30) == pytest.approx(expected)
    assert bench.codecarbon_load(rows[0], 100) == pytest.approx(110.0)
    assert bench.codecarbon_load(rows[0], 0) == pytest.approx(20.0)
    # M5 at full load: 85.1 + 0.352 x 16 = 90.73 W, x 0.80 to 1.33.
    assert bench.m5(rows[0], 100) == pytest.approx(90.732)
    assert [bench.coverage_percent([row], 100) for row in rows] == [100.0, 0.0, 0.0]
    lines = list(bench.report(rows))
    assert lines[0].startswith("3 machines, 2 groups")
    assert lines[6].startswith("| constant (233 W)")
    assert len({line.count("|") for line in lines[1:]}) == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("100,1,16,2020," + ",".join(["50"] * 10), "column w_100"),
        ("0,1,16,2020," + ",".join(["50"] * 11), "column tdp_w: '0'"),
        ("100,1,16,2020," + ",".join(["x"] * 11), "line 2, column w_0: 'x'"),
    ],
)
def test_a_bad_row_is_located(bench: ModuleType, tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(SystemExit, match=said):
        bench.read_table(table(tmp_path / "t.csv", row))


def test_missing_columns_are_named(bench: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="chips, cpu_year, ram_gb, w_0"):
        bench.read_table(table(tmp_path / "t.csv", header="tdp_w"))


def test_memory_as_the_installed_codecarbon_counts_it(bench: ModuleType) -> None:
    ram = pytest.importorskip("codecarbon.external.ram", reason="CodeCarbon is not installed: NOT compared")
    theirs = ram.RAM(tracking_mode="machine")
    if theirs.is_arm_cpu:
        pytest.skip("CodeCarbon counts ARM otherwise")
    for gb in (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048):
        assert bench.codecarbon_memory_w(gb) == pytest.approx(theirs._calculate_ram_power(gb)), gb


def test_load_as_the_installed_codecarbon_counts_it(bench: ModuleType) -> None:
    hardware = pytest.importorskip(
        "codecarbon.external.hardware", reason="CodeCarbon is not installed: NOT compared"
    )
    cpu = hardware.CPU(
        output_dir="", mode=hardware.MODE_CPU_LOAD, model="x", tdp=200, tracking_mode="machine"
    )
    row = bench.Row(200.0, 1, 64.0, None, (1.0,) * 11, "a")
    for load in (0, 30, 100):
        cpu._cpu_load_meter.percent = lambda load=load: float(load)
        theirs = cpu._get_power_from_cpu_load().W
        assert bench.codecarbon_load(row, load) - bench.codecarbon_memory_w(64.0) == pytest.approx(theirs)
    assert hardware.CONSUMPTION_PERCENTAGE_CONSTANT == 0.5
