"""M3 by hand: lives, second hand, reuse, ownership, the maker's figure, servers by parts, the two modes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import factors
from footprint.assessment.engine import Assessed
from footprint.assessment.settings import Settings
from pos_map import PhysicalAsset
from tests.configurations import MEDIUM
from tests.configurations import amounts as parts_of_one
from tests.estates import YEAR, amounts, application, assessed, inventory, measured, missing, server, week

CATALOGUE = factors.load()
EMBODIED = CATALOGUE.find("server", "gwp", "embodied").value
LIFE = CATALOGUE.find("server", "lifetime").value
LAPTOP_LIFE = CATALOGUE.find("laptop", "lifetime").value
OF_YEAR = 365 / 365.25
BOUGHT = Settings(mode="purchase_year")


def made(result: Assessed, indicator: str = "gwp") -> float:
    """What is charged of making, moving and ending, all stages but use."""
    stages = amounts(result, "stage", indicator=indicator)
    return sum(amount for stage, amount in stages.items() if stage != "use")


def of(asset: PhysicalAsset, **given: Any) -> float:
    return made(assessed(inventory(assets=[asset]), **given))


def laptop(**values: Any) -> PhysicalAsset:
    """Ten laptops of no room, bought at the start of the year before."""
    fields = {"purchased": date(YEAR - 1, 1, 1), "yearly_kwh": 20.0, **values}
    return PhysicalAsset("P", "", "Ordinateur portable", 10.0, **fields)


def whole_laptop(indicator: str = "gwp") -> float:
    """What ten laptops embody."""
    return 10 * sum(factor.value for factor in CATALOGUE.embodied("laptop", indicator))


# -- M3: lives -------------------------------------------------------------------------------


def test_m3_a_declared_lifetime_replaces_that_of_the_type() -> None:
    assert of(server("S", lifetime_y=8.0)) == pytest.approx(EMBODIED / 8 * OF_YEAR)


def test_m3_nothing_after_the_declared_lifetime_though_the_type_lives_longer() -> None:
    asset = server("S", purchased=date(YEAR - 3, 7, 1), lifetime_y=3.0)
    # From 1 January to the end of the third year: 3 × 365.25 days after 1 July 2023.
    days = (date(YEAR - 3, 7, 1).toordinal() + 3 * 365.25) - date(YEAR, 1, 1).toordinal()
    assert of(asset) == pytest.approx(EMBODIED / 3 * days / 365.25)
    assert of(server("S", purchased=date(YEAR - 4, 1, 1), lifetime_y=3.0)) == 0


def test_m3_second_hand_adds_the_life_before_for_the_part_bought_so() -> None:
    """L = internal + upstream × share: 3 years, half of them second hand after 4 years elsewhere."""
    asset = laptop(lifetime_y=3.0, refurbished=0.5, upstream_y=4.0)
    assert of(asset) == pytest.approx(whole_laptop() / (3 + 4 * 0.5) * OF_YEAR)


def test_m3_the_life_before_counts_with_its_proof_only() -> None:
    without = laptop(refurbished=1.0)
    assert of(without) == pytest.approx(whole_laptop() / LAPTOP_LIFE * OF_YEAR)
    # Years before, and no part declared second hand: nothing is added either.
    assert of(laptop(upstream_y=4.0)) == pytest.approx(whole_laptop() / LAPTOP_LIFE * OF_YEAR)


def test_m3_reuse_at_exit_adds_its_part_of_what_is_left_to_live() -> None:
    """L = internal + r (total − internal): 4 years here, 7 in all, 60 % given on: 5.8."""
    asset = laptop(lifetime_y=4.0, reuse=0.6, total_life_y=7.0)
    assert of(asset) == pytest.approx(whole_laptop() / 5.8 * OF_YEAR)


def test_m3_reuse_of_a_type_of_known_life_second_hand_too() -> None:
    asset = laptop(refurbished=0.25, upstream_y=4.0, reuse=0.5, total_life_y=LAPTOP_LIFE + 2)
    assert of(asset) == pytest.approx(whole_laptop() / (LAPTOP_LIFE + 0.25 * 4 + 0.5 * 2) * OF_YEAR)


@pytest.mark.parametrize("total", [None, 2.0, 4.0])
def test_m3_reuse_without_a_longer_total_life_adds_nothing(total: float | None) -> None:
    asset = laptop(lifetime_y=4.0, reuse=1.0, total_life_y=total)
    assert of(asset) == pytest.approx(whole_laptop() / 4 * OF_YEAR)


def test_m3_retired_equipment_is_out_from_that_day_on_every_stage() -> None:
    days = (date(YEAR, 10, 1) - date(YEAR, 1, 1)).days
    result = assessed(inventory(assets=[laptop(retired=date(YEAR, 10, 1))]))
    assert made(result) == pytest.approx(whole_laptop() / LAPTOP_LIFE * days / 365.25)
    out = assessed(inventory(assets=[laptop(retired=date(YEAR, 1, 1))]))
    assert (out.lines.num_rows, out.gaps.num_rows, out.assets_in_service) == (0, 0, 0)


# -- M3: ownership ---------------------------------------------------------------------------


@pytest.mark.parametrize(("ownership", "share"), [("BYOD", 0.57), ("COPE", 0.85), ("", 1.0)])
def test_m3_the_professional_share_of_what_people_own_or_take_home(ownership: str, share: float) -> None:
    whole, shared = (assessed(inventory(assets=[laptop(ownership=word)])) for word in ("", ownership))
    for indicator in ("gwp", "adpe", "pe"):
        full, part = (amounts(result, "stage", indicator=indicator) for result in (whole, shared))
        assert full.keys() == part.keys()
        for stage, amount in full.items():
            assert part[stage] == pytest.approx(share * amount, rel=1e-12)
    assert set(amounts(whole, "stage", indicator="gwp")) == {"use", "manufacture", "transport", "end_of_life"}


def test_m3_a_share_that_is_typed_goes_before_that_of_the_ownership() -> None:
    assert of(laptop(ownership="BYOD", share=0.4)) == pytest.approx(0.4 * of(laptop()))


# -- M1, M3: what making is known by ---------------------------------------------------------


def test_m3_the_makers_figure_replaces_the_type_for_the_climate_alone() -> None:
    result = assessed(inventory(assets=[laptop(embodied_kgco2e=300.0)]))
    assert made(result) == pytest.approx(10 * 300 / LAPTOP_LIFE * OF_YEAR)
    rows = [r for r in result.lines.to_pylist() if r["stage"] != "use" and r["indicator"] == "gwp"]
    assert [row["tier"] for row in rows] == ["declared"]
    assert whole_laptop("adpe") > 0
    assert made(result, "adpe") == pytest.approx(whole_laptop("adpe") / LAPTOP_LIFE * OF_YEAR)


def test_m3_a_configured_server_is_the_sum_of_its_parts_and_nothing_else() -> None:
    """No indicator is counted by the type and by the parts at once."""
    result = assessed(inventory(assets=[server("S", **MEDIUM)]))
    for indicator in ("gwp", "adpe", "pe"):
        one = parts_of_one(MEDIUM, indicator)
        total = sum(amount for name, amount in one.items() if name.startswith("component-"))
        assert made(result, indicator) == pytest.approx(total / LIFE * OF_YEAR, rel=1e-12)
    rows = [r for r in result.asset_impacts.to_pylist() if r["stage"] != "use" and r["indicator"] == "gwp"]
    assert {row["part"] for row in rows} == {n for n in parts_of_one(MEDIUM) if n.startswith("component-")}
    assert {row["tier"] for row in rows} == {"model"}


def test_m3_the_makers_figure_goes_before_the_parts_for_the_climate() -> None:
    result = assessed(inventory(assets=[server("S", **MEDIUM, embodied_kgco2e=1500.0)]))
    assert made(result) == pytest.approx(1500 / LIFE * OF_YEAR)
    parts = parts_of_one(MEDIUM, "pe")
    total = sum(amount for name, amount in parts.items() if name.startswith("component-"))
    assert made(result, "pe") == pytest.approx(total / LIFE * OF_YEAR)


def test_m3_an_indicator_counts_by_its_type_where_the_parts_lack_it() -> None:
    """Each indicator of the generic server is still there for a configured one: none is lost, none doubled."""
    generic, parts = (assessed(inventory(assets=[server("S", **c)])) for c in ({}, MEDIUM))
    of_generic, of_parts = (
        {row["indicator"] for row in result.lines.to_pylist() if row["stage"] != "use"}
        for result in (generic, parts)
    )
    assert of_generic <= of_parts


def test_m3_a_maker_is_believed_even_for_an_unknown_type_when_the_life_is_told() -> None:
    odd = server("S", type="Grille-pain", embodied_kgco2e=90.0, lifetime_y=9.0)
    result = assessed(inventory(assets=[odd]))
    assert made(result) == pytest.approx(10 * OF_YEAR)
    assert missing(result) == set()
    without = assessed(inventory(assets=[server("S", type="Grille-pain", embodied_kgco2e=90.0)]))
    assert missing(without) == {("S", "embodied", " / lifetime")}


# -- M3: the mode of the year of purchase ----------------------------------------------------


def test_m3_purchase_year_charges_all_at_once_and_nothing_else() -> None:
    bought = server("N", purchased=date(YEAR, 12, 31), quantity=2.0)
    old = server("O", purchased=date(YEAR - 1, 12, 31))
    result = assessed(inventory(assets=[bought, old]), settings=BOUGHT)
    assert made(result) == pytest.approx(2 * EMBODIED, rel=1e-12)
    assert {row["asset"] for row in result.asset_impacts.to_pylist() if row["stage"] != "use"} == {"N"}
    assert missing(result) == set()


def test_m3_purchase_year_charges_whole_what_is_retired_before_its_end() -> None:
    asset = server("S", purchased=date(YEAR, 3, 1), retired=date(YEAR, 4, 1))
    assert of(asset, settings=BOUGHT) == pytest.approx(EMBODIED, rel=1e-12)


def test_m3_purchase_year_does_not_depend_on_lives_nor_twice_on_shares() -> None:
    asset = laptop(
        purchased=date(YEAR, 6, 1), lifetime_y=9.0, refurbished=0.5, upstream_y=3.0, ownership="COPE"
    )
    assert of(asset, settings=BOUGHT) == pytest.approx(0.85 * whole_laptop(), rel=1e-12)


def test_m3_purchase_year_without_a_date_is_a_gap_never_zero() -> None:
    estate = inventory(assets=[server("S", purchased=None)])
    result = assessed(estate, settings=BOUGHT)
    assert made(result) == 0
    assert missing(result) == {("S", "embodied", "server / purchased")}
    assert missing(assessed(estate)) == set()  # amortised: charged as if within its life
    assert made(assessed(estate)) == pytest.approx(EMBODIED / LIFE * OF_YEAR)


def test_m3_purchase_year_charges_no_hours_of_runs_on_machines() -> None:
    """A machine is charged when it is bought: not once more by the hours its runs take of it (M6)."""
    runs = [week("h", 84.0, machine="m"), measured("r", 2.0, machine="m", application="A")]
    estate = inventory(assets=[server("S", purchased=date(YEAR, 1, 1))], applications=[application("A")])
    assert made(assessed(estate, runs, settings=BOUGHT)) == pytest.approx(EMBODIED, rel=1e-12)
    # Amortised, the hours of the run leave the machine for its application: the sum is the same.
    split = assessed(estate, runs)
    assert made(split) == pytest.approx(EMBODIED / LIFE * OF_YEAR)
    assert amounts(split, "subject", stage="embodied", indicator="gwp")["A"] == pytest.approx(
        0.5 * EMBODIED / LIFE / 8766
    )


def test_m3_use_is_the_same_in_both_modes() -> None:
    estate = inventory(assets=[server("S"), laptop(ownership="BYOD")])
    amortised, bought = assessed(estate), assessed(estate, settings=BOUGHT)
    assert amounts(amortised, "stage")["use"] == pytest.approx(amounts(bought, "stage")["use"], rel=1e-12)


@pytest.mark.parametrize("mode", ["amortised", "purchase_year"])
def test_m3_over_all_years_no_more_than_what_is_embodied(mode: str) -> None:
    """Lives of every kind, a withdrawal: each asset is charged its whole once, or less when it left early."""
    assets = [
        server("S", purchased=date(2021, 5, 9)),
        server("D", purchased=date(2020, 2, 29), lifetime_y=2.5),
        server("W", purchased=date(2020, 3, 1), retired=date(2021, 3, 1)),
        server("C", purchased=date(2020, 6, 1), **MEDIUM),
        laptop(purchased=date(2021, 1, 1), refurbished=0.5, upstream_y=2.0, reuse=0.5, total_life_y=9.0),
    ]
    charged: dict[tuple[str, str], float] = {}
    for year in range(2019, 2033):
        result = assessed(inventory(assets=assets), year=year, settings=Settings(mode=mode))
        for row in result.asset_impacts.to_pylist():
            if row["stage"] != "use" and row["indicator"] == "gwp":
                key = (row["asset"], f"{row['stage']} {row['part']}")
                whole = row["quantity"] * row["units"] * row["factor"] * row["share"]
                charged[key] = charged.get(key, 0.0) + row["amount"] / whole
    assert {asset for asset, _ in charged} == {"S", "D", "W", "C", "P"}
    for (asset, _), part in charged.items():
        expected = 365 / 365.25 / LIFE if asset == "W" and mode == "amortised" else 1.0
        assert part == pytest.approx(expected, rel=1e-9)
