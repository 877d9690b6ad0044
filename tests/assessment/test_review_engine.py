"""What estates that are odd but real must give: nothing counted twice, nothing lost, no share of the wrong year."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

import factors
from factors.model import Factor
from factors.rows import FACTOR_COLUMNS
from footprint.assessment.engine import Assessed
from footprint.hourly import BadProfile, keep
from tests.estates import (
    YEAR,
    amounts,
    application,
    assessed,
    inventory,
    link,
    measured,
    server,
    uses,
    vm,
    week,
)

A, B = "APP-A", "APP-B"
MAP = [application(A), application(B)]
MID_YEAR = date(YEAR, 7, 1)


def parts(result: Assessed, stage_class: str) -> dict[str, float]:
    """The parts of the pools by who takes them."""
    return {p["subject"]: p["part"] for p in result.parts.to_pylist() if p["stage_class"] == stage_class}


def energies(result: Assessed) -> dict[str, float]:
    """kWh by asset, as counted."""
    return {name: row["energy_kwh"] for name, row in uses(result).items()}


def test_a_machine_without_storage_keeps_its_share() -> None:
    """M4: all the storage of the pool is on a machine with a declared key."""
    keyed = vm("a", "H", vcpu=2.0, ram_gb=8.0, storage_gb=100.0, key=0.25)
    other = vm("b", "H", vcpu=2.0, ram_gb=8.0, storage_gb=0.0)
    links = [link(A, vm="a"), link(B, vm="b")]
    estate = inventory(applications=MAP, assets=[server("H")], machines=[keyed, other], links=links)
    # 16 threads and 64 GB, less those of the machine with a key; of the three quarters that it leaves.
    expected = 0.75 * (0.85 * 8 / 56 + 0.02 * 2 / 14)
    assert parts(assessed(estate), "manufacture")[B] == pytest.approx(expected)


def test_the_energy_of_a_machine_counts_while_its_pool_serves() -> None:
    """M4: a quarter of the power of a host bought at mid-year is a quarter of its energy."""
    estate = inventory(
        applications=MAP,
        assets=[server("H", purchased=MID_YEAR)],
        machines=[vm("a", "H", yearly_kwh=250.0)],
        links=[link(A, vm="a")],
    )
    assert parts(assessed(estate), "use")[A] == pytest.approx(0.25)


def test_replacing_a_host_at_mid_year_doubles_no_capacity() -> None:
    """M4: 8 of the 16 threads that the cluster has on any day."""
    hosts = [server("H1", cluster="C", retired=MID_YEAR), server("H2", cluster="C", purchased=MID_YEAR)]
    machines = [vm("a", cluster="C", vcpu=8.0)]
    estate = inventory(applications=MAP, assets=hosts, machines=machines, links=[link(A, vm="a")])
    assert parts(assessed(estate), "use")[A] == pytest.approx(0.5)


def test_a_host_gone_before_the_year_draws_on_no_cluster() -> None:
    hosts = [server("H1", cluster="C", retired=date(YEAR - 1, 7, 1)), server("H2", cluster="C")]
    machines = [vm("b", cluster="C", vcpu=8.0)]
    links = [link(A, host="H1"), link(B, vm="b")]
    estate = inventory(applications=MAP, assets=hosts, machines=machines, links=links)
    found = parts(assessed(estate), "use")
    assert (found.get(A, 0.0), found[B]) == pytest.approx((0.0, 0.5))


def test_a_measured_run_is_no_second_key_of_its_machine() -> None:
    """M4, M6: a machine that used 300 kWh, 200 of them by a run: 100 are left to draw, and others keep theirs."""
    estate = inventory(
        applications=MAP,
        assets=[server("H")],
        machines=[vm("a", "H", yearly_kwh=300.0), vm("b", "H", yearly_kwh=400.0)],
        links=[link(A, vm="a"), link(B, vm="b")],
    )
    session = week("s", 5.0, days=1.0, asset="a", machine="m")
    result = assessed(estate, [session, measured("r", 200.0, application=A, machine="m", pue=1.5)])
    of_one = amounts(assessed(estate), "subject", indicator="gwp", stage="use")
    found = amounts(result, "subject", indicator="gwp", stage="use")
    assert found[A] == pytest.approx(of_one[A], rel=1e-9)
    assert found[B] == pytest.approx(of_one[B], rel=1e-9)


def test_a_run_on_a_machine_of_two_names_leaves_the_inventory_once() -> None:
    """Machines cloned with their id: which of them ran it is not known, each gives half."""
    estate = inventory(
        applications=MAP, assets=[server("H1"), server("H2")], machines=[vm("a", "H1"), vm("b", "H2")]
    )
    sessions = [week(name, 5.0, days=1.0, asset=name, machine="m") for name in ("a", "b")]
    found = energies(assessed(estate, [*sessions, measured("r", 200.0, application=A, machine="m")]))
    assert found == pytest.approx({"H1": 900.0, "H2": 900.0, "execution:r": 200.0})


def test_two_collectors_of_an_unlisted_machine_count_once() -> None:
    """M1: the better tier counts; of the other, the time that it alone saw."""
    best = measured("s1", 5.0, subject="host", asset="x", source="recorder", tier="sensor")
    other = measured("s2", 6.0, subject="host", asset="x", source="kepler", tier="model", duration_s=7200.0)
    found = energies(assessed(inventory(applications=MAP), [best, other]))
    assert found == pytest.approx({"execution:s1": 5.0, "execution:s2": 3.0})


def test_a_machine_of_no_pool_keeps_the_energy_it_was_measured_at() -> None:
    """M4: the inventory has it draw on nothing, so its session is all that counts it."""
    estate = inventory(applications=MAP, machines=[vm("v")], links=[link(A, vm="v")])
    assert energies(assessed(estate, [week("s", 5.0, asset="v")])) == pytest.approx({"execution:s": 5.0})


def _overlay(folder: Path, like: Factor, **changes: str) -> Path:
    values = {name: getattr(like, name) for name in FACTOR_COLUMNS}
    values |= {"id": "corps-1", "default": int(like.default), **changes}
    path = folder / "corps.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, FACTOR_COLUMNS)
        writer.writeheader()
        writer.writerow(values)
    return path


@pytest.mark.parametrize(
    ("item", "changes", "column"),
    [
        ("laptop", {"zone": "FR"}, "zone"),
        ("electricity", {"stage": "embodied"}, "stage"),
        ("electricity", {"unit": "kgCO2e/kg"}, "unit"),
    ],
)
def test_a_row_that_would_be_added_to_another_is_refused(
    tmp_path: Path, item: str, changes: dict[str, str], column: str
) -> None:
    """A laptop "of France" would have been made twice, electricity "embodied" used twice."""
    shipped = factors.load()
    like = shipped.electricity("FR") if item == "electricity" else shipped.embodied(item)[0]
    with pytest.raises(factors.BadTables) as refused:
        shipped.with_overlay(_overlay(tmp_path, like, **changes))
    assert [fault.column for fault in refused.value.faults] == [column]


def test_a_cell_without_end_is_refused_with_words(tmp_path: Path) -> None:
    file = tmp_path / "heures.csv"
    file.write_text("zone,hour,value,source\nFR," + "0" * 200_000 + ",1,x\n", encoding="utf-8")
    with pytest.raises(BadProfile, match=r"heures\.csv"):
        keep(tmp_path, file, factors.load())
