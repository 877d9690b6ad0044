"""Rooms of a centre, containers on a machine, second places, and what is attached to nothing (M2, M4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footprint.assessment.engine import Assessed
from footprint.placing import parts_above
from pos_map import DataCentre, Inventory, Node, Placement, VirtualMachine
from tests.estates import ROOM, application, assessed, inventory, link, server, vm


def total(found: Assessed, view: str, key: str = "", indicator: str = "gwp") -> float:
    rows = found.totals.to_pylist()
    return sum(
        row["amount"] for row in rows if (row["indicator"], row["view"], row["key"]) == (indicator, view, key)
    )


def gaps(found: Assessed) -> set[tuple[str, str, str]]:
    return {(row["application"], row["asset"], row["missing"]) for row in found.application_gaps.to_pylist()}


def estate(**parts: Any) -> Inventory:
    return inventory(applications=[application("A"), application("B")], **parts)


def test_m2_a_room_takes_the_pue_and_place_of_its_centre() -> None:
    room = DataCentre("SALLE", "Salle", parent="DC")
    in_room = estate(
        data_centres=[ROOM, room], assets=[server("S", data_centre="SALLE")], links=[link("A", host="S")]
    )
    alone = estate(assets=[server("S")], links=[link("A", host="S")])
    assert total(assessed(in_room), "application", "A") == pytest.approx(
        total(assessed(alone), "application", "A"), rel=1e-12
    )


def test_m2_a_room_with_its_own_pue_keeps_it() -> None:
    def use(pue: float | None) -> float:
        room = DataCentre("SALLE", "Salle", pue=pue, parent="DC")
        made = estate(
            data_centres=[ROOM, room], assets=[server("S", data_centre="SALLE")], links=[link("A", host="S")]
        )
        return total(assessed(made), "stage", "use")

    assert use(3.0) == pytest.approx(2 * use(None), rel=1e-12)


def test_m2_a_room_with_its_own_contract_keeps_it() -> None:
    def market(contract: float | None) -> float:
        rooms = [
            replace(ROOM, contract_kgco2e_kwh=0.4),
            DataCentre("SALLE", "Salle", parent="DC", contract_kgco2e_kwh=contract),
        ]
        made = estate(
            data_centres=rooms, assets=[server("S", data_centre="SALLE")], links=[link("A", host="S")]
        )
        return total(assessed(made), "stage", "use", "gwp_market")

    assert market(0.1) == pytest.approx(0.25 * market(None), rel=1e-9)


def test_the_electricity_zone_of_a_room_comes_before_its_location() -> None:
    def use(zone: str) -> float:
        rooms = [replace(ROOM, zone=zone)]
        made = estate(data_centres=rooms, assets=[server("S")], links=[link("A", host="S")])
        return total(assessed(made), "stage", "use")

    assert use("DE") > 2 * use("")


def containers(*sizes: dict[str, Any], carrier: dict[str, Any] | None = None) -> Assessed:
    """A machine on a server, that carries one container for each of A, B…"""
    names = ("A", "B")[: len(sizes)]
    inside = [
        VirtualMachine(f"C-{name}", inside="V", kind="conteneur", **size)
        for name, size in zip(names, sizes, strict=True)
    ]
    return assessed(
        estate(
            assets=[server("S")],
            machines=[vm("V", "S", vcpu=4.0, **(carrier or {})), *inside],
            links=[link(name, vm=f"C-{name}") for name in names],
        )
    )


def test_m4_containers_share_the_machine_that_carries_them_by_virtual_processors() -> None:
    found = containers({"vcpu": 1.0}, {"vcpu": 2.0})
    assert total(found, "application", "B") == pytest.approx(2 * total(found, "application", "A"), rel=1e-9)
    # A quarter of the machine is nobody's.
    whole = total(containers({"key": 1.0}), "application", "A")
    assert total(found, "application", "B") == pytest.approx(0.5 * whole, rel=1e-9)


def test_m4_promised_beyond_the_machine_containers_share_it_whole() -> None:
    found = containers({"vcpu": 6.0}, {"vcpu": 2.0})
    whole = total(containers({"key": 1.0}), "application", "A")
    assert total(found, "application", "A") == pytest.approx(0.75 * whole, rel=1e-9)


def test_m4_containers_of_no_size_share_equally_and_declared_keys_come_first() -> None:
    equal = containers({}, {})
    assert total(equal, "application", "A") == pytest.approx(total(equal, "application", "B"), rel=1e-9)
    keyed = containers({"key": 0.25}, {"key": 0.75})
    assert total(keyed, "application", "B") == pytest.approx(3 * total(keyed, "application", "A"), rel=1e-9)


def test_what_applications_draw_on_and_nobody_declared_is_a_gap() -> None:
    found = assessed(
        estate(
            assets=[server("S")],
            machines=[vm("V", "S"), vm("SANS", ""), vm("PERDUE", "INCONNU")],
            links=[
                link("A", vm="V"),
                link("A", vm="ABSENTE"),
                link("B", host="AILLEURS"),
                link("B", vm="PERDUE"),
            ],
        )
    )
    assert {gap for gap in gaps(found) if gap[2].startswith("inventory")} == {
        ("A", "ABSENTE", "inventory / machine"),
        ("B", "AILLEURS", "inventory / machine"),
        ("B", "PERDUE", "inventory / host"),
    }
    assert total(found, "application", "A") > 0


NODES = (
    Node("z", None, "zone", "Z", 0),
    Node("z/q", "z", "quartier", "Q", 0),
    Node("y", None, "zone", "Y", 1),
)


def test_m4_a_second_place_takes_its_part_and_the_map_conserves() -> None:
    made = replace(
        estate(assets=[server("S")], machines=[], links=[link("A", host="S")]),
        nodes=NODES,
        applications=(replace(application("A"), node="z/q"), replace(application("B"), node="y")),
        placements=(Placement("A", "y", 0.3),),
    )
    found = assessed(made)
    whole = total(found, "application", "A")
    assert total(found, "node", "y") == pytest.approx(0.3 * whole, rel=1e-12)
    assert total(found, "node", "z/q") == pytest.approx(0.7 * whole, rel=1e-12)
    assert total(found, "node", "z") + total(found, "node", "y") == pytest.approx(whole, rel=1e-12)


PLACES = st.lists(st.tuples(st.sampled_from(["z", "z/q", "y", "ailleurs"]), st.floats(0.0, 2.0)), max_size=4)


@settings(max_examples=100, deadline=None)
@given(PLACES)
def test_parts_under_the_top_boxes_sum_to_one(second: list[tuple[str, float]]) -> None:
    parents = {node.code: node.parent for node in NODES}
    rows = parts_above(parents, {"A": "z/q"}, [("A", node, share) for node, share in second])
    tops = {node.code for node in NODES if node.parent is None}
    assert sum(part for _code, box, part in rows if box in tops) == pytest.approx(1.0)
    assert all(0 < part <= 1 + 1e-9 for _code, _box, part in rows)
    assert len({box for _code, box, _part in rows}) == len(rows)
