"""M4 by hand: own energies of machines, what is spread, services bought, platforms borne by others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import factors
from footprint.assessment.engine import Assessed
from footprint.assessment.settings import Settings
from footprint.errors import CampaignError
from pos_map import DataCentre, Inventory
from tests.estates import (
    amounts,
    application,
    assessed,
    inventory,
    key,
    link,
    measured,
    missing,
    server,
    service,
    uses,
    vm,
    week,
)  # fmt: skip

CATALOGUE = factors.load()
FRANCE = CATALOGUE.electricity("FR").value
EMBODIED = CATALOGUE.find("server", "gwp", "embodied").value
LIFE = CATALOGUE.find("server", "lifetime").value
CLOUD_PUE = CATALOGUE.find("pue", "pue", zone="colocation-FR").value
ON_S = 1000 * 1.5 * FRANCE  # what the server S uses in a year
MADE_S = EMBODIED / LIFE * 365 / 365.25


def estate(machines: list[Any], links: list[Any], **parts: Any) -> Inventory:
    fields = {"assets": [server("S")], "applications": [application(c) for c in "ABCDE"], **parts}
    return inventory(machines=machines, links=links, **fields)


def two(first: dict[str, Any], second: dict[str, Any], **parts: Any) -> Inventory:
    """V1 of A and V2 of B on S."""
    return estate([vm("V1", "S", **first), vm("V2", "S", **second)], [link("A", vm="V1"), link("B", vm="V2")],
                  **parts)  # fmt: skip


def taken(result: Assessed, stage: str, indicator: str = "gwp") -> dict[str, float]:
    return amounts(result, "subject", stage=stage, indicator=indicator)


def emitted(result: Assessed, indicator: str = "gwp") -> float:
    return sum(row["amount"] for row in result.asset_impacts.to_pylist() if row["indicator"] == indicator)


def conserved(result: Assessed) -> None:
    """Σ lines = Σ assets for every indicator: nothing vanishes, nothing counts twice."""
    for indicator in {row["indicator"] for row in result.asset_impacts.to_pylist()}:
        received = sum(amounts(result, "subject", indicator=indicator).values())
        assert received == pytest.approx(emitted(result, indicator), rel=1e-9)


# -- the energy of machines ------------------------------------------------------------------


def test_m4_a_declared_energy_replaces_the_key_in_the_use_phase_only() -> None:
    """V1 says 300 of the 1,000 kWh; V2 then fills what its threads take of what the others leave."""
    result = assessed(two({"yearly_kwh": 300.0, "vcpu": 8.0}, {"vcpu": 4.0}))
    use, made = taken(result, "use"), taken(result, "embodied")
    assert use["A"] == pytest.approx(0.3 * ON_S)
    assert use["B"] == pytest.approx(0.7 * 4 / 8 * ON_S)  # 8 threads of 16 are those of V1
    assert made == pytest.approx(
        {"A": 8 / 16 * MADE_S, "B": 4 / 16 * MADE_S, "capacite_libre": 4 / 16 * MADE_S}
    )
    conserved(result)


def test_m4_a_declared_key_still_holds_for_the_making() -> None:
    result = assessed(two({"yearly_kwh": 300.0, "key": 0.5}, {"key": 0.2}))
    assert taken(result, "use") == pytest.approx(
        {"A": 0.3 * ON_S, "B": 0.2 * ON_S, "capacite_libre": 0.5 * ON_S}
    )
    assert taken(result, "embodied")["A"] == pytest.approx(0.5 * MADE_S)


def test_m4_a_session_named_after_a_machine_goes_before_what_it_declares() -> None:
    """8.4 kWh in seven days are 438 a year; the session is not added beside the host."""
    session = week("v", 8.4, asset="V1", machine="v", virtual=True)
    result = assessed(two({"yearly_kwh": 300.0, "vcpu": 8.0}, {"vcpu": 8.0}), [session])
    assert taken(result, "use") == pytest.approx({"A": 0.438 * ON_S, "B": 0.562 * ON_S})
    kinds = {row["subject"]: row["key_kind"] for row in result.lines.to_pylist() if row["stage"] == "use"}
    assert kinds == {"A": "mesuree", "B": "vcpu"}
    assert uses(result).keys() == {"S"}
    conserved(result)


def test_m4_less_than_seven_days_of_a_machine_say_nothing() -> None:
    session = week("v", 8.4, days=6.0, asset="V1", machine="v")
    result = assessed(two({"key": 0.5}, {"key": 0.5}), [session])
    assert taken(result, "use") == pytest.approx({"A": 0.5 * ON_S, "B": 0.5 * ON_S})


def test_m4_energies_above_that_of_the_pool_are_normalised() -> None:
    result = assessed(two({"yearly_kwh": 3000.0}, {"yearly_kwh": 1000.0}))
    assert taken(result, "use") == pytest.approx({"A": 0.75 * ON_S, "B": 0.25 * ON_S})
    conserved(result)


def test_m4_an_energy_is_of_the_whole_machine_of_a_measured_host() -> None:
    """The pool is its measured energy: 84 kWh a week are 4,380 a year; V1 takes 438 of them."""
    sessions = [week("h", 84.0, machine="m"), week("v", 8.4, asset="V1", machine="v")]
    result = assessed(two({}, {"key": 0.25}), sessions)
    assert taken(result, "use")["A"] == pytest.approx(438 * 1.5 * FRANCE)


def test_m4_a_run_on_a_machine_of_a_cluster_is_not_counted_twice() -> None:
    """The run is measured in V1, which draws on the cluster G: its energy leaves the cluster."""
    assets = [server("S", cluster="G"), server("T", cluster="G", yearly_kwh=3000.0)]
    session = week("v", 8.4, asset="V1", machine="v", virtual=True)
    run = measured("r", 100.0, machine="v", application="B", capacity_share=None, threads=None)
    both = estate([vm("V1", cluster="G")], [link("A", vm="V1")], assets=assets)
    result = assessed(both, [session, run])
    rows = uses(result)
    assert rows["execution:r"]["energy_kwh"] == 100.0
    assert rows["S"]["energy_kwh"] + rows["T"]["energy_kwh"] == pytest.approx(4000 - 100)
    assert rows["T"]["energy_kwh"] == pytest.approx(3000 - 75)  # by their energies
    conserved(result)


# -- what is spread --------------------------------------------------------------------------


def test_m4_free_capacity_is_spread_over_those_who_draw_when_asked() -> None:
    both = two({"vcpu": 4.0}, {"vcpu": 2.0})
    free = taken(assessed(both), "use")
    assert free["capacite_libre"] == pytest.approx(10 / 16 * ON_S)
    result = assessed(both, settings=Settings(spread_idle=True))
    assert taken(result, "use") == pytest.approx({"A": 4 / 6 * ON_S, "B": 2 / 6 * ON_S})
    conserved(result)


def test_m4_spreading_idle_leaves_what_nobody_can_be_asked_for() -> None:
    """A host without tenants, and the rest of a declared share, stay non affecté."""
    both = estate(
        [vm("V1", "S", vcpu=4.0)], [link("A", vm="V1", share=0.6)], assets=[server("S"), server("T")]
    )
    result = assessed(both, settings=Settings(spread_idle=True))
    assert taken(result, "use") == pytest.approx(
        {"A": 0.6 * ON_S, "cle_incomplete": 0.4 * ON_S, "sans_rattachement": ON_S}
    )
    conserved(result)


def test_m4_network_is_spread_by_the_energy_drawn_in_its_room() -> None:
    """A draws 250 kWh of S and 1,000 of T: 1,250; B 500 of S: the switch goes 5/7 and 2/7."""
    machines = [vm("V1", "S", key=0.25), vm("V2", "S", key=0.5), vm("V3", "T", key=1.0)]
    links = [link("A", vm="V1"), link("B", vm="V2"), link("A", vm="V3")]
    gear = server("N", type="Commutateur", yearly_kwh=700.0, cores=None, ram_gb=None)
    rooms = estate(machines, links, assets=[server("S"), server("T"), gear])
    kept = taken(assessed(rooms), "use")
    assert kept["equipement_commun"] == pytest.approx(0.7 * ON_S)
    result = assessed(rooms, settings=Settings(spread_network=True))
    assert taken(result, "use") == pytest.approx(
        {"A": (1.25 + 0.5) * ON_S, "B": (0.5 + 0.2) * ON_S, "capacite_libre": 0.25 * ON_S}
    )
    conserved(result)


def test_m4_network_of_a_room_where_nothing_is_drawn_stays() -> None:
    gear = server("N", type="Commutateur", data_centre="", cores=None)
    rooms = two({"key": 0.5}, {"key": 0.5}, assets=[server("S"), gear])
    result = assessed(rooms, settings=Settings(spread_network=True))
    assert "equipement_commun" in taken(result, "use")
    conserved(result)


def test_m4_a_cluster_across_two_rooms_draws_on_the_network_of_each_by_its_energy_there() -> None:
    """Of the 4,000 kWh of G, 1,000 are in DC: A, alone in DC2, bears all of the network of DC2 by 3,000."""
    rooms = (DataCentre("DC", "", 1.5, "France"), DataCentre("DC2", "", 1.5, "France"))
    assets = [
        server("S", cluster="G"), server("T", cluster="G", data_centre="DC2", yearly_kwh=3000.0),
        server("U", data_centre="DC2", yearly_kwh=1000.0),
        server("N1", type="Commutateur", yearly_kwh=100.0),
        server("N2", type="Commutateur", yearly_kwh=200.0, data_centre="DC2"),
    ]  # fmt: skip
    machines = [vm("V1", cluster="G", key=1.0), vm("V2", "U", key=1.0)]
    spread = estate(machines, [link("A", vm="V1"), link("B", vm="V2")], assets=assets, data_centres=rooms)
    result = assessed(spread, settings=Settings(spread_network=True))
    assert taken(result, "use") == pytest.approx(
        {"A": (4.0 + 0.1 + 0.2 * 3 / 4) * ON_S, "B": (1.0 + 0.2 / 4) * ON_S}
    )
    conserved(result)


def test_m4_bays_without_volumes_are_spread_by_the_storage_of_machines() -> None:
    machines = [vm("V1", "S", key=0.5, storage_gb=300.0), vm("V2", "S", key=0.5, storage_gb=100.0)]
    bay = server("B", type="Baie de stockage", yearly_kwh=2000.0, cores=None, ram_gb=None)
    spread = estate(machines, [link("A", vm="V1"), link("B", vm="V2")], assets=[server("S"), bay])
    result = assessed(spread, settings=Settings(spread_storage=True))
    assert taken(result, "use") == pytest.approx({"A": (0.5 + 1.5) * ON_S, "B": (0.5 + 0.5) * ON_S})
    assert amounts(assessed(spread), "subject", stage="use", indicator="gwp")["equipement_commun"] == (
        pytest.approx(2 * ON_S)
    )
    conserved(result)


# -- services bought -------------------------------------------------------------------------


def bought(*services: Any, **given: Any) -> Assessed:
    return assessed(inventory(services=services, applications=[application("A")]), **given)


def test_m2_the_energy_of_a_service_by_its_suppliers_pue_and_its_country() -> None:
    germany = CATALOGUE.electricity("Allemagne").value
    result = bought(
        service("X", "A", yearly_kwh=100.0), service("Y", "A", yearly_kwh=100.0, pue=1.1, country="Allemagne")
    )
    rows = uses(result)
    assert rows["service:X"]["amount"] == pytest.approx(100 * CLOUD_PUE * FRANCE)
    assert rows["service:Y"]["amount"] == pytest.approx(100 * 1.1 * germany)
    assert taken(result, "use") == pytest.approx({"A": 100 * CLOUD_PUE * FRANCE + 110 * germany})
    # The making of its machines is unknown, and said so.
    assert missing(result) == {(f"service:{n}", "embodied", "service / gwp / embodied") for n in "XY"}
    assert {row["application"] for row in result.application_gaps.to_pylist()} == {"A"}


def test_m2_a_supplier_that_publishes_its_pue_has_its_own() -> None:
    names = [f.zone for f in CATALOGUE.factors if f.item == "pue" and f.default and f.zone not in ("room",)]
    supplier = next(name for name in names if not name.startswith("colocation"))
    pue = CATALOGUE.find("pue", "pue", zone=supplier).value
    result = bought(service("X", "A", yearly_kwh=100.0, provider=f" {supplier.upper()} "))
    assert uses(result)["service:X"]["amount"] == pytest.approx(100 * pue * FRANCE)


def test_m1_what_a_supplier_declares_counts_whole_and_energy_goes_first() -> None:
    result = bought(
        service("X", "A", kgco2e=42.0, spend_eur=1000.0), service("Y", "A", yearly_kwh=10.0, kgco2e=99.0)
    )
    assert amounts(result, "stage", indicator="gwp") == pytest.approx(
        {"service": 42.0, "use": 10 * CLOUD_PUE * FRANCE}
    )
    assert {row["indicator"] for row in result.lines.to_pylist() if row["stage"] == "service"} == {"gwp"}


SPEND = (
    "id,item,indicator,stage,zone,value,low,high,unit,year,label_fr,label_en,source,reference,licence,reuse,default,"
    "note_fr,note_en\n"
    "organisme-euro-nuage,cloud-spend,gwp,,,0.25,0.1,0.5,kgCO2e/EUR,2026,Un euro de nuage,A euro of cloud,"
    "Comptes de l'organisme,etude-2026,interne,open,1,,\n"
)


def test_m1_a_bill_is_a_last_resort_with_a_factor_of_the_body_and_a_gap_without(tmp_path: Path) -> None:
    bill = service("X", "A", spend_eur=1000.0)
    without = bought(bill)
    assert without.lines.num_rows == 0
    assert missing(without) == {("service:X", "use", "cloud-spend / gwp")}
    overlay = tmp_path / "organisme.csv"
    overlay.write_text(SPEND, encoding="utf-8")
    result = bought(bill, catalogue=CATALOGUE.with_overlay(overlay))
    (row,) = result.lines.to_pylist()
    assert (row["subject"], row["amount"], row["tier"]) == ("A", 250.0, "generic")
    assert row["factor_id"] == "organisme-euro-nuage"
    assert missing(result) == set()


def test_m0_a_service_nobody_quantified_or_placed_is_a_gap() -> None:
    result = bought(service("X", "A"), service("Y", "A", yearly_kwh=5.0, country="Atlantide"))
    assert missing(result) == {
        ("service:X", "use", "service / kWh, kgCO2e"),
        ("service:Y", "use", "electricity / Atlantide"),
        ("service:Y", "embodied", "service / gwp / embodied"),
    }


def test_m4_a_service_of_an_unknown_application_is_kept_apart() -> None:
    assert taken(bought(service("X", "INCONNUE", kgco2e=5.0)), "service") == {"service_non_rattache": 5.0}


# -- platforms -------------------------------------------------------------------------------


def test_m4_a_platform_is_borne_by_keys_and_keeps_the_rest() -> None:
    whole = estate([vm("V", "S", key=1.0)], [link("P", vm="V")],
                   applications=[application(c) for c in "PABC"],
                   platform_keys=[key("P", "A", 0.5), key("P", "B", 0.2)])  # fmt: skip
    result = assessed(whole)
    for stage, amount in (("use", ON_S), ("embodied", MADE_S)):
        assert taken(result, stage) == pytest.approx(
            {"A": 0.5 * amount, "B": 0.2 * amount, "P": 0.3 * amount}
        )
    pools = {row["pool"] for row in result.lines.to_pylist() if row["subject"] in "AB"}
    assert pools == {"plateforme:P"}
    held = sum(r["amount"] for r in result.platform_lines.to_pylist() if r["indicator"] == "gwp")
    assert held == pytest.approx(ON_S + MADE_S)
    conserved(result)


def test_m4_platforms_in_a_chain_and_their_own_bearers() -> None:
    """P -> Q (half) and A (half); Q, with its own machine too, -> A (quarter) and B (rest)."""
    chain = estate(
        [vm("V1", "S", key=0.4), vm("V2", "S", key=0.6)], [link("P", vm="V1"), link("Q", vm="V2")],
        applications=[application(c) for c in "PQAB"],
        platform_keys=[key("Q", "B", 0.75), key("Q", "A", 0.25), key("P", "Q", 0.5), key("P", "A", 0.5)],
    )  # fmt: skip
    result = assessed(chain)
    of_q = 0.6 + 0.4 * 0.5
    assert taken(result, "use") == pytest.approx({"A": (0.2 + 0.25 * of_q) * ON_S, "B": 0.75 * of_q * ON_S})
    conserved(result)


def test_m4_keys_above_the_whole_of_a_platform_are_normalised() -> None:
    above = estate([vm("V", "S", key=1.0)], [link("P", vm="V")],
                   applications=[application(c) for c in "PAB"],
                   platform_keys=[key("P", "A", 0.9), key("P", "B", 0.9)])  # fmt: skip
    assert taken(assessed(above), "use") == pytest.approx({"A": 0.5 * ON_S, "B": 0.5 * ON_S})


@pytest.mark.parametrize(
    "pairs", [[("P", "P")], [("P", "Q"), ("Q", "P")], [("P", "Q"), ("Q", "R"), ("R", "P")]]
)
def test_m4_platforms_in_a_circle_are_refused(pairs: list[tuple[str, str]]) -> None:
    keys = [key(platform, bearer, 0.5) for platform, bearer in pairs]
    codes = {code for pair in pairs for code in pair}
    circle = inventory(applications=[application(code) for code in codes], platform_keys=keys)
    with pytest.raises(CampaignError, match="en boucle") as refused:
        assessed(circle)
    for code in codes:
        assert code in str(refused.value)


def test_m4_the_gaps_of_a_platform_are_those_of_its_bearers_in_chains() -> None:
    chain = estate([vm("V", "S", key=1.0)], [link("P", vm="V")],
                   assets=[server("S", type="Grille-pain", yearly_kwh=None)],
                   applications=[application(c) for c in "PQABC"],
                   platform_keys=[key("Q", "B", 0.5), key("P", "Q", 0.5), key("P", "A", 0.2),
                                  key("P", "C", 0.0)])  # fmt: skip
    gaps = assessed(chain).application_gaps.to_pylist()
    # C bears nothing of it; Q and its bearer do, whatever their part.
    assert {row["application"] for row in gaps} == {"P", "Q", "A", "B"}
    assert {(row["asset"], row["missing"]) for row in gaps} == {("S", "type / Grille-pain")}
    assert len(gaps) == 4 * 2  # use and embodied, once each


def test_m4_a_service_and_a_run_of_a_platform_are_spread_too() -> None:
    platform = inventory(
        applications=[application(c) for c in "PA"], services=[service("X", "P", kgco2e=10.0)],
        platform_keys=[key("P", "A", 0.8)],
    )  # fmt: skip
    result = assessed(platform, [measured("r", 1.0, application="P", model="m:1")])
    assert taken(result, "service") == pytest.approx({"A": 8.0, "P": 2.0})
    use = taken(result, "use")
    assert use["A"] == pytest.approx(4 * use["P"])
    conserved(result)
