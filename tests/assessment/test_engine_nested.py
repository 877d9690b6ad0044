"""What is measured inside something else is counted once (M4, M6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_map.model import PhysicalAsset
from tests.drawn_estates import slowly
from tests.estates import amounts, application, assessed, inventory, measured

T = 1.77e9
A, B = "APP-A", "APP-B"
MAP = inventory(applications=[application(A), application(B)])
ROOM_PUE = 1.58
FR = 0.0461


def energies(runs: list[dict[str, object]]) -> dict[str, float]:
    """kWh by asset, as counted."""
    rows = assessed(MAP, runs).asset_impacts.to_pylist()
    return {r["asset"]: r["energy_kwh"] for r in rows if r["indicator"] == "gwp" and r["stage"] == "use"}


def test_a_nested_run_is_taken_out_of_the_one_around_it() -> None:
    outer = measured("o", 3.0, application=A, duration_s=3600.0)
    inner = measured("i", 1.0, application=B, inside="o", started_s=T + 600, duration_s=600.0)
    assert energies([outer, inner]) == pytest.approx({"execution:o": 2.0, "execution:i": 1.0})


def test_three_levels_sum_to_the_outermost() -> None:
    runs = [
        measured("o", 3.0, application=A),
        measured("i", 2.0, application=A, inside="o"),
        measured("k", 0.5, application=B, inside="i"),
    ]
    assert energies(runs) == pytest.approx({"execution:o": 1.0, "execution:i": 1.5, "execution:k": 0.5})


def test_only_the_overlap_is_taken_out() -> None:
    # Two overlapping runs of one process: the second outlives the first by half of its time.
    outer = measured("o", 3.0, application=A)
    inner = measured("i", 2.0, application=A, inside="o", started_s=T + 1800, duration_s=3600.0)
    assert energies([outer, inner]) == pytest.approx({"execution:o": 2.0, "execution:i": 2.0})


def test_an_inner_run_stands_alone_when_the_outer_is_lost() -> None:
    assert energies([measured("i", 2.0, application=A, inside="gone")]) == {"execution:i": 2.0}


def test_a_service_gives_up_the_runs_of_its_application_on_its_machine() -> None:
    service = measured("s", 5.0, subject="service", application=A, model="", phase="service")
    mine, other = measured("r", 1.0, application=A), measured("q", 1.0, application=B)
    elsewhere = measured("e", 1.0, application=A, machine="autre")
    seen = energies([service, mine, other, elsewhere])
    assert seen["execution:s"] == pytest.approx(4.0)


def test_a_service_is_no_ai() -> None:
    service = measured("s", 5.0, subject="service", application=A)
    result = assessed(MAP, [service, measured("r", 1.0, application=B)])
    posts = amounts(result, "subject", "post", indicator="gwp", stage="use")
    assert posts == pytest.approx(
        {(A, "serveurs"): 5.0 * ROOM_PUE * FR, (B, "ia"): 1.0 * ROOM_PUE * FR}, rel=1e-6
    )


def test_a_meter_of_a_site_is_never_added() -> None:
    assert energies([measured("m", 900.0, subject="site", asset="DC")]) == {}


def test_a_host_gives_up_its_services() -> None:
    host = measured("h", 10.0, subject="host")
    service = measured("h:A", 4.0, subject="service", application=A)
    assert energies([host, service]) == pytest.approx({"execution:h": 6.0, "execution:h:A": 4.0})


@slowly(8)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5), st.booleans())
def test_a_chain_of_nested_runs_conserves(parts: list[float], known: bool) -> None:
    kwh, runs = 8.0, []
    for depth, part in enumerate(parts):
        inside = f"r{depth - 1}" if depth else ""
        runs.append(measured(f"r{depth}", kwh, application=A if known else "?", inside=inside))
        kwh *= part
    assert sum(energies(runs).values()) == pytest.approx(8.0)


def test_two_collectors_of_one_server_are_not_averaged_nor_added() -> None:
    estate = inventory(assets=[PhysicalAsset("S1", "", "Serveur", 1.0, "DC")])
    week = {"subject": "host", "asset": "S1", "duration_s": 8 * 86400.0}
    # Ten days seen by one at 1 kW, eight by another at 3 kW.
    long = measured("h1", 240.0, **{**week, "duration_s": 10 * 86400.0}, source="kepler")
    other = measured("h2", 3 * 192.0, **week, source="agent", machine="z")
    rows = assessed(estate, [long, other]).asset_impacts.to_pylist()
    (use,) = [r for r in rows if r["indicator"] == "gwp" and r["stage"] == "use" and r["asset"] == "S1"]
    assert use["energy_kwh"] == pytest.approx(24.0 * 365)
