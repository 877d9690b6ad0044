"""M1 and M2 by hand: months of PUE, hours of electricity, tiers of evidence, contracts, meters of a site."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import factors
from footprint.assessment.engine import Assessed, assess
from footprint.assessment.inputs import prepare
from footprint.store.database import open_store
from footprint.store.frames import energy_frame, run_frame
from footprint.store.tables import EnergyHour, MeasuredRun
from pos_map import DataCentre, PhysicalAsset
from tests.estates import (
    YEAR,
    amounts,
    application,
    assessed,
    frames,
    hour,
    hours,
    inventory,
    link,
    measured,
    missing,
    profile,
    reading,
    server,
    uses,
    vm,
    week,
    whole,
)  # fmt: skip

CATALOGUE = factors.load()
FRANCE = CATALOGUE.electricity("FR").value
ROOM_PUE = CATALOGUE.find("pue", "pue", zone="room").value
EMBODIED = CATALOGUE.find("server", "gwp", "embodied").value
LIFE = CATALOGUE.find("server", "lifetime").value
BARE = DataCentre("DC", "Centre", None, "France")  # no PUE declared


# -- M2: the PUE of each month ---------------------------------------------------------------


def test_m2_readings_month_by_month_the_declared_pue_where_there_is_none() -> None:
    readings = [
        reading(1, pue=2.0),  # by its PUE, 31 days
        reading(2, it_kwh=100.0, total_kwh=180.0),  # by its energies, 28 days: 1.8
        reading(3, pue=1.6, it_kwh=100.0, total_kwh=300.0),  # the PUE written wins over its energies
        reading(4, it_kwh=100.0),  # no ratio: as if unread
    ]
    pue = (31 * 2.0 + 28 * 1.8 + 31 * 1.6 + 275 * 1.5) / 365
    row = uses(assessed(inventory(assets=[server("S")], readings=readings)))["S"]
    assert row["pue"] == pytest.approx(pue, rel=1e-12)
    assert row["pue_id"] == "pue:DC"
    assert row["amount"] == pytest.approx(1000 * pue * FRANCE, rel=1e-12)


def test_m2_unread_months_of_a_room_without_declared_pue_take_the_default() -> None:
    estate = inventory(data_centres=[BARE], assets=[server("S")], readings=[reading(2, pue=1.3)])
    row = uses(assessed(estate))["S"]
    assert row["pue"] == pytest.approx((28 * 1.3 + 337 * ROOM_PUE) / 365, rel=1e-12)


def test_m2_a_leap_february_has_its_29_days() -> None:
    estate = inventory(assets=[server("S")], readings=[])
    read = [type(reading(2))("DC", date(2024, 2, 1), pue=2.0)]
    estate = inventory(assets=[server("S", purchased=date(2023, 1, 1))], readings=read)
    assert uses(assessed(estate, year=2024))["S"]["pue"] == pytest.approx((29 * 2.0 + 337 * 1.5) / 366)


def test_m2_meters_that_disagree_with_physics_are_not_a_pue() -> None:
    readings = [reading(m, it_kwh=100.0, total_kwh=80.0) for m in range(1, 13)]
    readings[0] = reading(1, it_kwh=0.0, total_kwh=80.0)
    row = uses(assessed(inventory(assets=[server("S")], readings=readings)))["S"]
    assert row["pue"] == pytest.approx(1.5)


def test_m2_readings_of_another_year_or_room_do_not_count() -> None:
    others = [reading(1, "DC2", pue=4.0), type(reading(1))("DC", date(YEAR - 1, 1, 1), pue=4.0)]
    assert uses(assessed(inventory(assets=[server("S")], readings=others)))["S"]["pue"] == 1.5


def test_m2_a_measured_host_weighs_the_months_by_its_energy() -> None:
    """60 kWh in January at 2.0 and 30 kWh in July at 1.2, over fourteen days."""
    sessions = [week("jan", 60.0), week("jul", 30.0)]
    energy = hours(("jan", hour(1), 60.0), ("jul", hour(7), 30.0))
    readings = [reading(1, pue=2.0), reading(7, pue=1.2)]
    estate = inventory(assets=[server("S")], readings=readings)
    row = uses(assessed(estate, sessions, hours=energy))["S"]
    kwh = 90.0 / (14 * 24) * 8760
    assert row["energy_kwh"] == pytest.approx(kwh, rel=1e-12)
    assert row["pue"] == pytest.approx((60 * 2.0 + 30 * 1.2) / 90, rel=1e-12)
    assert row["amount"] == pytest.approx(kwh * (60 * 2.0 + 30 * 1.2) / 90 * FRANCE, rel=1e-12)


def test_m2_measured_office_equipment_has_no_pue_even_in_a_data_centre() -> None:
    laptop = PhysicalAsset("S", "", "Ordinateur portable", 1.0, "DC")
    row = uses(assessed(inventory(assets=[laptop], readings=[reading(1, pue=2.0)]), [week("h", 8.4)]))["S"]
    assert row["pue"] == 1.0
    assert row["amount"] == pytest.approx(8.4 / 168 * 8760 * FRANCE)


# -- M2: hourly electricity ------------------------------------------------------------------

NIGHT, DAY = hour(3, 4, 3), hour(3, 4, 12)


def test_m2_the_hours_a_machine_was_measured_in_weigh_its_electricity() -> None:
    """50 kWh by night at 150 and 34 kWh by day at 50, of mean 100: (50 × 1.5 + 34 × 0.5) / 84."""
    energy = hours(("h", NIGHT, 50.0), ("h", DAY, 34.0))
    shape = profile({NIGHT: 150.0, DAY: 50.0})
    assert shape["profile"].to_pylist() == [1.5, 0.5]
    estate = inventory(assets=[server("S")])
    plain = uses(assessed(estate, [week("h", 84.0)], hours=energy))["S"]
    row = uses(assessed(estate, [week("h", 84.0)], hours=energy, profiles=shape))["S"]
    assert row["profile"] == pytest.approx(92 / 84, rel=1e-12)
    assert row["amount"] == pytest.approx(plain["amount"] * 92 / 84, rel=1e-12)


def test_m2_an_hourly_profile_and_monthly_pue_together() -> None:
    """Σ energy × PUE of the month × profile of the hour, over what was seen, for the whole year."""
    july = hour(7, 4, 12)
    energy = hours(("h", NIGHT, 50.0), ("h", july, 34.0))
    estate = inventory(assets=[server("S")], readings=[reading(3, pue=2.0), reading(7, pue=1.2)])
    row = uses(
        assessed(estate, [week("h", 84.0)], hours=energy, profiles=profile({NIGHT: 150.0, july: 50.0}))
    )["S"]
    seen = 50 * 2.0 * 1.5 + 34 * 1.2 * 0.5
    assert row["amount"] == pytest.approx(seen / 168 * 8760 * FRANCE, rel=1e-12)


def test_m2_an_hour_without_a_value_counts_as_the_mean() -> None:
    shape = profile({NIGHT: 150.0, NIGHT + 1: 50.0})
    energy = hours(("r", NIGHT, 1.0), ("r", DAY, 3.0))
    row = uses(assessed(inventory(), [measured("r", 4.0)], hours=energy, profiles=shape))["execution:r"]
    assert row["profile"] == pytest.approx((1.5 + 3.0) / 4)
    assert row["amount"] == pytest.approx((1.5 + 3.0) * ROOM_PUE * FRANCE)


def test_m2_the_profile_shapes_the_climate_alone_and_only_what_was_measured() -> None:
    energy = hours(("h", NIGHT, 84.0))
    estate = inventory(assets=[server("S"), server("D")])
    shape = profile({NIGHT: 150.0, DAY: 50.0})
    flat = assessed(estate, [week("h", 84.0)], hours=energy)
    result = assessed(estate, [week("h", 84.0)], hours=energy, profiles=shape)
    assert uses(result)["D"]["amount"] == pytest.approx(uses(flat)["D"]["amount"])  # declared, by the year
    for indicator in {row["indicator"] for row in flat.lines.to_pylist()} - {"gwp"}:
        assert uses(result, indicator)["S"]["amount"] == pytest.approx(uses(flat, indicator)["S"]["amount"])
    assert uses(result)["S"]["amount"] == pytest.approx(1.5 * uses(flat)["S"]["amount"])


def test_m2_a_constant_profile_changes_nothing() -> None:
    energy = hours(("h", NIGHT, 50.0), ("h", DAY, 34.0), ("r", DAY, 2.0))
    runs = [week("h", 84.0), measured("r", 2.0)]
    estate = inventory(assets=[server("S")])
    flat = assessed(estate, runs, hours=energy)
    shaped = assessed(
        estate, runs, hours=energy, profiles=profile(dict.fromkeys(range(NIGHT, DAY + 1), 42.0))
    )
    assert shaped.lines.equals(flat.lines)
    assert shaped.totals.equals(flat.totals)


def test_m2_a_profile_of_another_zone_is_not_used() -> None:
    energy = hours(("r", NIGHT, 4.0))
    shape = profile({NIGHT: 150.0, DAY: 50.0}, zone="RE")
    row = uses(assessed(inventory(), [measured("r", 4.0)], hours=energy, profiles=shape))["execution:r"]
    assert row["profile"] == 1.0


def test_m2_the_zone_of_a_record_may_be_written_as_people_do() -> None:
    energy = hours(("r", NIGHT, 4.0), zone="France")
    runs = [measured("r", 4.0, zone="France")]
    shape = profile({NIGHT: 150.0, DAY: 50.0})
    row = uses(assessed(inventory(), runs, hours=energy, profiles=shape))["execution:r"]
    assert row["profile"] == 1.5


def test_m2_the_profile_of_the_grid_a_recorder_names_is_not_that_of_the_room() -> None:
    """The session says France, its machine stands in La Réunion: no profile is known there."""
    estate = inventory(data_centres=[DataCentre("DC", "", 1.5, "La Réunion")], assets=[server("S")])
    shape = profile({NIGHT: 150.0, DAY: 50.0})
    row = uses(assessed(estate, [week("h", 84.0)], hours=hours(("h", NIGHT, 84.0)), profiles=shape))["S"]
    assert row["zone"] == "RE"
    assert row["profile"] == 1.0


@pytest.mark.parametrize("kwh", [1e-9, 0.1, 123_456_789.125, 1e15])
def test_any_energy_is_counted_the_smallest_run_and_the_biggest_site(kwh: float) -> None:
    at = hours(("r", NIGHT, kwh), ("r", DAY, kwh))
    for shape in (profile({}), profile({NIGHT: 50.0, DAY: 50.0})):
        result = assessed(inventory(), [measured("r", 2 * kwh)], hours=at, profiles=shape)
        assert uses(result)["execution:r"]["energy_kwh"] == pytest.approx(2 * kwh, rel=1e-9, abs=1e-12)
        assert uses(result)["execution:r"]["profile"] == 1.0


# -- M1: evidence ----------------------------------------------------------------------------


def test_m1_every_tier_is_kept_and_the_best_is_chosen() -> None:
    sessions = [
        week("meter", 168.0, tier="meter"), week("sensor", 84.0, tier="sensor"), week("model", 42.0, tier="model"),
    ]  # fmt: skip
    result = assessed(inventory(assets=[server("S")]), sessions)
    generic = CATALOGUE.find("server", "energy").value
    found = {row["tier"]: (row["unit_kwh"], row["chosen"]) for row in result.evidence.to_pylist()}
    assert found == {
        "meter": (pytest.approx(8760.0), True),
        "sensor": (pytest.approx(4380.0), False),
        "model": (pytest.approx(2190.0), False),
        "declared": (1000.0, False),
        "generic": (generic, False),
    }
    assert uses(result)["S"]["tier"] == "meter"


def test_m1_of_two_collectors_of_a_tier_the_longest_counts_alone() -> None:
    sessions = [week("a", 84.0, source="a"), week("b", 200.0, days=8.0, source="b")]
    result = assessed(inventory(assets=[server("S")]), sessions)
    assert uses(result)["S"]["energy_kwh"] == pytest.approx(200 / 192 * 8760)


def test_m1_a_session_that_says_declared_is_not_added_to_what_is_declared() -> None:
    """A replayed trace has the tier "declared" too: what was seen by the hour counts, once."""
    result = assessed(inventory(assets=[server("S")]), [week("h", 84.0, tier="declared")])
    chosen = [row for row in result.evidence.to_pylist() if row["chosen"]]
    assert [(row["tier"], row["unit_kwh"]) for row in chosen] == [("declared", pytest.approx(4380.0))]
    assert whole(result)[0] == pytest.approx(4380 * 1.5 * FRANCE + EMBODIED / LIFE * 365 / 365.25)


@pytest.mark.parametrize(("days", "tier"), [(7 - 1 / 24, "declared"), (7.0, "model")])
def test_m2_seven_days_at_least(days: float, tier: str) -> None:
    result = assessed(inventory(assets=[server("S")]), [week("h", 80.0, days=days)])
    assert uses(result)["S"]["tier"] == tier


def test_m2_the_sessions_of_one_collector_make_seven_days_together_those_of_two_do_not() -> None:
    estate = inventory(assets=[server("S")])
    one = [week("a", 48.0, days=4.0), week("b", 36.0, days=3.0)]
    assert uses(assessed(estate, one))["S"]["energy_kwh"] == pytest.approx(84 / 168 * 8760)
    two = [week("a", 48.0, days=4.0, source="a"), week("b", 48.0, days=4.0, source="b")]
    assert uses(assessed(estate, two))["S"]["tier"] == "declared"


def test_m1_nothing_tells_the_energy_of_an_unknown_type() -> None:
    result = assessed(inventory(assets=[server("S", type="Grille-pain", yearly_kwh=None)]))
    assert result.evidence.num_rows == 0


# -- the bounds of a year --------------------------------------------------------------------


def of_year(home: Path, year: int) -> Assessed:
    """The one run of this store, assessed in a year."""
    with open_store(home).session() as session:
        runs, energy = run_frame(session, year), energy_frame(session, year)
    estate = frames(inventory(applications=[application("TRI")]))
    return assess(prepare(estate, runs, CATALOGUE, year, "FR", energy=energy))


def test_a_run_across_new_year_is_shared_by_its_hours_and_its_time(tmp_path: Path) -> None:
    """Two hours: 3 kWh on 31 December from 23:30, 5 kWh on 1 January until 01:30 (M2, M6)."""
    started = datetime(2025, 12, 31, 23, 30, tzinfo=UTC).timestamp()
    with open_store(tmp_path).session() as session:
        session.add(
            MeasuredRun(
                run_id="r", application="TRI", phase="training", state="complete", started_s=started,
                duration_s=7200.0, machine="m", zone="FR", capacity_share=0.5, threads=4,
            )
        )  # fmt: skip
        session.flush()
        for at, kwh in (("2025-12-31T23", 3.0), ("2026-01-01T00", 4.0), ("2026-01-01T01", 1.0)):
            session.add(
                EnergyHour(
                    run_id="r", hour=f"{at}:00:00Z", component="dynamic", channel="m5", tier="model",
                    seconds=1800.0, energy_kwh=kwh, low_kwh=kwh, high_kwh=kwh,
                )
            )  # fmt: skip
    before, after = of_year(tmp_path, 2025), of_year(tmp_path, 2026)
    assert uses(before)["execution:r"]["amount"] == pytest.approx(3 * ROOM_PUE * FRANCE)
    assert uses(after)["execution:r"]["amount"] == pytest.approx(5 * ROOM_PUE * FRANCE)
    made = [amounts(result, "stage", indicator="gwp")["embodied"] for result in (before, after)]
    assert made == pytest.approx([0.5 * EMBODIED * hours_ / 8766 / LIFE for hours_ in (0.5, 1.5)])
    assert of_year(tmp_path, 2024).lines.num_rows == 0


# -- M2: electricity under contract ----------------------------------------------------------


def test_m2_a_contract_is_an_indicator_of_its_own() -> None:
    green = DataCentre("DC", "Centre", 1.5, "France", contract_kgco2e_kwh=0.02)
    machines, links = [vm("V", "S", key=0.25)], [link("A", vm="V")]
    estate = inventory(
        data_centres=[green], assets=[server("S", quantity=2.0), server("O", data_centre="")], machines=machines,
        links=links, applications=[application("A")],
    )  # fmt: skip
    without = inventory(
        assets=[server("S", quantity=2.0), server("O", data_centre="")], machines=machines, links=links,
        applications=[application("A")],
    )  # fmt: skip
    result, plain = assessed(estate), assessed(without)
    assert uses(result, "gwp_market").keys() == {"S"}
    assert uses(result, "gwp_market")["S"]["amount"] == pytest.approx(2000 * 1.5 * 0.02)
    assert amounts(result, "stage", indicator="gwp_market") == {"use": pytest.approx(60.0)}
    assert amounts(result, "subject", indicator="gwp_market")["A"] == pytest.approx(0.25 * 60)
    # Location-based results are the same with and without the contract.
    assert result.lines.filter(_gwp(result.lines)).equals(plain.lines.filter(_gwp(plain.lines)))
    assert whole(result) == whole(plain)


def _gwp(table: object) -> object:
    return [name == "gwp" for name in table["indicator"].to_pylist()]  # type: ignore[index]


# -- M1: the meters of a site ----------------------------------------------------------------


def test_m1_what_the_meters_read_against_what_stands_in_the_room() -> None:
    """January and February by hand; the laptop has no PUE and is no part of a room."""
    readings = [reading(1, it_kwh=200.0, total_kwh=330.0), reading(2, it_kwh=150.0), reading(3, pue=1.5)]
    estate = inventory(
        assets=[server("S", quantity=2.0), PhysicalAsset("P", "", "Laptop", 1.0, "DC", yearly_kwh=500.0)],
        readings=readings,
    )
    (row,) = assessed(estate).reconciliation.to_pylist()
    pue = (31 * 330 / 200 + 334 * 1.5) / 365
    assert row == {
        "data_centre": "DC",
        "days": 59.0,
        "metered_it_kwh": 350.0,
        "computed_it_kwh": pytest.approx(2000 * 59 / 365),
        "metered_total_kwh": 330.0,
        "computed_total_kwh": pytest.approx(2000 * pue * 31 / 365),
    }


def test_m1_a_collected_meter_is_compared_and_never_added() -> None:
    estate = inventory(assets=[server("S")])
    meter = measured("m", 5000.0, subject="site", asset="DC", duration_s=73 * 86400.0, tier="meter")
    result = assessed(estate, [meter])
    (row,) = result.reconciliation.to_pylist()
    assert (row["days"], row["metered_total_kwh"], row["metered_it_kwh"]) == (
        pytest.approx(73.0),
        5000.0,
        None,
    )
    assert row["computed_total_kwh"] == pytest.approx(1000 * 1.5 * 73 / 365)
    assert row["computed_it_kwh"] is None
    assert result.lines.equals(assessed(estate).lines)
    assert result.totals.equals(assessed(estate).totals)


def test_m1_what_is_typed_by_month_goes_before_the_collected_meter() -> None:
    meter = measured("m", 5000.0, subject="site", asset="DC", duration_s=73 * 86400.0)
    estate = inventory(assets=[server("S")], readings=[reading(1, total_kwh=100.0)])
    (row,) = assessed(estate, [meter]).reconciliation.to_pylist()
    assert (row["days"], row["metered_total_kwh"]) == (31.0, 100.0)


def test_m1_two_meters_of_one_room_at_once_add_up_over_their_days_once() -> None:
    """Feeds A and B over the same 73 days: their energies add up, their days do not."""
    feeds = [
        measured(name, kwh, subject="site", asset="DC", duration_s=73 * 86400.0, source="site")
        for name, kwh in (("a", 3000.0), ("b", 2000.0))
    ]
    (row,) = assessed(inventory(assets=[server("S")]), feeds).reconciliation.to_pylist()
    assert row["metered_total_kwh"] == 5000.0
    assert row["days"] == pytest.approx(73.0)
    assert row["computed_total_kwh"] == pytest.approx(1500 * 73 / 365)


def test_m1_runs_on_a_machine_stay_in_the_energy_of_its_room() -> None:
    """The run's kWh leave the machine for its application; the meter of the room saw them all the same."""
    session = week("h", 84.0, machine="m")
    run = measured("r", 10.0, machine="m", application="TRI")
    estate = inventory(
        assets=[server("S")], readings=[reading(1, it_kwh=400.0)], applications=[application("TRI")]
    )
    result = assessed(estate, [session, run])
    assert uses(result)["S"]["energy_kwh"] == pytest.approx(4380 - 10)
    (row,) = result.reconciliation.to_pylist()
    assert row["computed_it_kwh"] == pytest.approx(4380 * 31 / 365)


def test_a_room_without_meters_is_not_compared() -> None:
    result = assessed(inventory(assets=[server("S")], readings=[reading(1, pue=1.4)]))
    assert result.reconciliation.num_rows == 0
    assert missing(result) == set()
