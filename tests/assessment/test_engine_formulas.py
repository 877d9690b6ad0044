"""M2, M3, M6 on estates small enough to compute by hand, with the shipped factors."""

from __future__ import annotations

from datetime import date

import pytest

import factors
from pos_map import DataCentre, PhysicalAsset
from tests.estates import amounts, application, assessed, inventory, link, measured, server, vm

CATALOGUE = factors.load()
FRANCE = CATALOGUE.electricity("FR").value
REUNION = CATALOGUE.electricity("La Réunion").value
EMBODIED = CATALOGUE.find("server", "gwp", "embodied").value
LIFE = CATALOGUE.find("server", "lifetime").value
ROOM_PUE = CATALOGUE.find("pue", "pue", zone="room").value


def use(result: object) -> float:
    return amounts(result, "stage", indicator="gwp")["use"]  # type: ignore[arg-type]


def test_m2_declared_energy_times_pue_times_factor() -> None:
    assert use(assessed(inventory(assets=[server("S", quantity=3.0)]))) == pytest.approx(
        3 * 1000 * 1.5 * FRANCE
    )


def test_m2_generic_energy_where_nothing_is_declared() -> None:
    kwh = CATALOGUE.find("server", "energy").value
    assert use(assessed(inventory(assets=[server("S", yearly_kwh=None)]))) == pytest.approx(
        kwh * 1.5 * FRANCE
    )


def test_m2_the_days_before_purchase_and_after_withdrawal_do_not_count() -> None:
    asset = server("S", purchased=date(2026, 7, 1), retired=date(2026, 10, 1))
    assert use(assessed(inventory(assets=[asset]))) == pytest.approx(1000 * 1.5 * FRANCE * 92 / 365)


def test_m2_a_room_nobody_measured_takes_the_default_pue() -> None:
    estate = inventory(data_centres=[DataCentre("DC", "Centre", None, "France")], assets=[server("S")])
    assert use(assessed(estate)) == pytest.approx(1000 * ROOM_PUE * FRANCE)


def test_m2_a_server_whose_room_was_forgotten_still_has_a_pue() -> None:
    assert use(assessed(inventory(assets=[server("S", data_centre="")]))) == pytest.approx(
        1000 * ROOM_PUE * FRANCE
    )


def test_m2_office_equipment_has_no_pue_even_in_a_data_centre() -> None:
    laptop = PhysicalAsset("P", "", "Ordinateur portable", 10.0, "DC", yearly_kwh=20.0)
    assert use(assessed(inventory(assets=[laptop]))) == pytest.approx(200 * FRANCE)


def test_m2_zone_of_the_asset_then_of_its_room_then_of_the_campaign() -> None:
    rooms = [DataCentre("DC", "Centre", 1.5, "La Réunion")]
    assert use(assessed(inventory(data_centres=rooms, assets=[server("S")]))) == pytest.approx(1500 * REUNION)
    here = inventory(data_centres=rooms, assets=[server("S", country="France")])
    assert use(assessed(here)) == pytest.approx(1500 * FRANCE)
    nowhere = inventory(assets=[PhysicalAsset("P", "", "Laptop", 1.0, yearly_kwh=100.0)])
    assert use(assessed(nowhere, zone="GP")) == pytest.approx(100 * CATALOGUE.electricity("GP").value)


def test_an_unknown_country_is_a_gap_not_another_grid() -> None:
    result = assessed(inventory(assets=[server("S", country="Atlantide")]))
    assert "use" not in amounts(result, "stage", indicator="gwp")
    gaps = {(row["asset"], row["stage"], row["missing"]) for row in result.gaps.to_pylist()}
    assert gaps == {("S", "use", "electricity / Atlantide")}


def test_an_unknown_type_is_a_gap_never_zero() -> None:
    result = assessed(inventory(assets=[server("S", type="Grille-pain", yearly_kwh=None)]))
    assert result.lines.num_rows == 0
    assert {row["missing"] for row in result.gaps.to_pylist()} == {"type / Grille-pain"}
    assert result.assets_in_service == 1


def test_m3_a_year_of_life_within_the_reference_lifetime() -> None:
    stage = amounts(assessed(inventory(assets=[server("S", quantity=2.0)])), "stage", indicator="gwp")
    assert stage["embodied"] == pytest.approx(2 * EMBODIED / LIFE * 365 / 365.25)


def test_m3_nothing_after_the_reference_lifetime() -> None:
    old = server("S", purchased=date(2026 - int(LIFE) - 1, 1, 1))
    assert "embodied" not in amounts(assessed(inventory(assets=[old])), "stage", indicator="gwp")


def test_m3_professional_share_counts_on_every_stage() -> None:
    whole = PhysicalAsset("T", "", "Smartphone", 10.0, yearly_kwh=4.0)
    shared = PhysicalAsset("T", "", "Smartphone", 10.0, yearly_kwh=4.0, share=0.57)
    full, part = (amounts(assessed(inventory(assets=[a])), "stage", indicator="gwp") for a in (whole, shared))
    assert set(full) == {"use", "manufacture", "transport", "end_of_life"}
    for stage, amount in full.items():
        assert part[stage] == pytest.approx(0.57 * amount)


def test_m6_a_run_counts_its_energy_and_its_part_of_a_server() -> None:
    runs = [measured("r1", 2.0, application="TRI", model="m:1")]
    result = assessed(inventory(applications=[application("TRI")]), runs)
    stage = amounts(result, "stage", indicator="gwp", subject="TRI", model="m:1")
    assert stage["use"] == pytest.approx(2.0 * ROOM_PUE * FRANCE)
    assert stage["embodied"] == pytest.approx(0.5 * EMBODIED * (1 / 8766) / LIFE)


def test_m6_a_virtual_machine_is_its_threads_part_of_a_server() -> None:
    threads = CATALOGUE.find("server", "threads").value
    runs = [measured("r1", 2.0, application="TRI", virtual=True, threads=2)]
    stage = amounts(assessed(inventory(applications=[application("TRI")]), runs), "stage", indicator="gwp")
    assert stage["embodied"] == pytest.approx(0.5 * 2 / threads * EMBODIED * (1 / 8766) / LIFE)


def test_m6_a_run_for_an_unknown_application_is_kept_apart() -> None:
    result = assessed(inventory(), [measured("r1", 2.0, application="INCONNUE")])
    assert set(amounts(result, "subject", indicator="gwp")) == {"execution_non_rattachee"}


def test_host_sessions_less_the_runs_inside_them() -> None:
    session = measured("h", 3.0, subject="host", phase="host", started_s=1.77e9, capacity_share=1.0)
    inside = measured("r", 1.0, application="TRI", started_s=1.77e9 + 1800)  # half of it inside the session
    kwh = {
        row["asset"]: row["energy_kwh"]
        for row in assessed(
            inventory(applications=[application("TRI")]), [session, inside]
        ).asset_impacts.to_pylist()
        if row["stage"] == "use"
    }
    assert kwh == {"execution:h": pytest.approx(2.5), "execution:r": pytest.approx(1.0)}


def test_a_host_measured_a_week_replaces_what_was_declared() -> None:
    week = measured("h", 84.0, subject="host", asset="S", duration_s=7 * 86400.0)  # 0.5 kW
    result = assessed(inventory(assets=[server("S")]), [week])
    assert use(result) == pytest.approx(0.5 * 8760 * 1.5 * FRANCE)
    assert set(amounts(result, "tier", indicator="gwp", stage="use")) == {"model"}
    day = measured("h", 12.0, subject="host", asset="S", duration_s=86400.0)
    assert set(amounts(assessed(inventory(assets=[server("S")]), [day]), "tier", stage="use")) == {"declared"}


def test_what_is_used_by_nobody_has_a_reason() -> None:
    estate = inventory(
        assets=[
            server("S"),
            server("L"),
            PhysicalAsset("P", "", "Laptop", 1.0),
            server("R", type="Commutateur"),
        ],
        machines=[vm("V", "S", vcpu=4.0)],
        links=[link("A", vm="V")],
        applications=[application("A")],
    )
    found = amounts(assessed(estate), "subject_kind", "subject", indicator="gwp")
    assert set(found) == {
        ("application", "A"), ("non_affecte", "capacite_libre"), ("non_affecte", "sans_rattachement"),
        ("non_affecte", "equipement_commun"), ("poste", "postes"),
    }  # fmt: skip


def test_a_room_in_an_unknown_country_is_a_gap_too() -> None:
    rooms = [DataCentre("DC", "Centre", 1.5, "Atlantide")]
    result = assessed(inventory(data_centres=rooms, assets=[server("S")]))
    assert "use" not in amounts(result, "stage", indicator="gwp")
    assert [row["missing"] for row in result.gaps.to_pylist()] == ["electricity / Atlantide"]


@pytest.mark.parametrize("zone", ["XX", "Atlantide"])
def test_a_run_in_an_unknown_zone_is_a_gap(zone: str) -> None:
    result = assessed(
        inventory(applications=[application("TRI")]), [measured("r", 2.0, application="TRI", zone=zone)]
    )
    gaps = [(row["asset"], row["stage"], row["missing"]) for row in result.gaps.to_pylist()]
    assert gaps == [("execution:r", "use", f"electricity / {zone}")]
    assert [row["application"] for row in result.application_gaps.to_pylist()] == ["TRI"]


def test_a_run_of_unknown_size_has_no_embodied_and_says_so() -> None:
    for unknown in ({"capacity_share": None}, {"virtual": True, "threads": None}):
        result = assessed(inventory(), [measured("r", 2.0, **unknown)])
        assert set(amounts(result, "stage", indicator="gwp")) == {"use"}
        assert [row["missing"] for row in result.gaps.to_pylist()] == ["execution / capacity"]


def test_runs_on_a_machine_of_the_inventory_are_taken_out_of_it() -> None:
    session = measured("h", 0.1, subject="host", asset="S")
    alone = assessed(inventory(assets=[server("S")]), [session])
    inside = measured("r", 40.0, application="TRI", duration_s=8766 * 360.0)  # 0.1 year on half of it
    both = assessed(inventory(assets=[server("S")], applications=[application("TRI")]), [session, inside])
    kwh = {row["asset"]: row["energy_kwh"] for row in both.asset_impacts.to_pylist() if row["stage"] == "use"}
    assert kwh == {"S": pytest.approx(960.0), "execution:r": pytest.approx(40.0)}
    whole, shared = (amounts(result, "stage", indicator="gwp")["embodied"] for result in (alone, both))
    assert shared == pytest.approx(whole)


def test_applications_drawing_on_a_gap_are_listed() -> None:
    estate = inventory(
        assets=[server("S", country="Atlantide"), server("T")],
        machines=[vm("V", "S"), vm("W", "T")],
        links=[link("A", vm="V"), link("B", vm="W")],
        applications=[application("A"), application("B")],
    )
    rows = assessed(estate).application_gaps.to_pylist()
    assert [(row["application"], row["asset"], row["stage"]) for row in rows] == [("A", "S", "use")]


def test_a_run_without_a_zone_takes_that_of_the_campaign_as_equipment_does() -> None:
    inv = inventory(applications=[application("TRI")])
    blank, named = (assessed(inv, [measured("r", 2.0, application="TRI", zone=z)]) for z in ("", "FR"))
    assert not blank.gaps.num_rows
    assert amounts(blank, "stage", indicator="gwp") == amounts(named, "stage", indicator="gwp")
