"""What changes from an inventory to another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings

from pos_map import Application, Inventory, Node, Organisation, VirtualMachine
from pos_map.changes import Changes, compare
from pos_map.changes_text import SIGNS, lines
from pos_map.model import TABLE_NAMES
from tests.pos_map.drawn_inventories import inventories

ZONE = Node("z", None, "zone", "Zone", 0, "ref-z")
BOX = Node("z/b", "z", "quartier", "Boîte", 0)
APP = Application("APP", "Appli", "z/b", users=10, ref="ref-app")


def estate(**tables: Any) -> Inventory:
    return Inventory(**{"nodes": (ZONE, BOX), "applications": (APP,), **tables})


def said(changes: Changes) -> list[str]:
    return [f"{SIGNS[change.kind]} {change.fr}" for change in lines(changes)]


def counts(table: str, changes: Changes) -> dict[str, int]:
    return {kind: count for kind, count in changes.counts().get(table, {}).items() if count}


def test_what_is_added_removed_and_changed() -> None:
    old, vm = VirtualMachine("V1", vcpu=4.0), VirtualMachine("V2")
    changes = compare(
        estate(machines=(old, vm)),
        estate(machines=(replace(old, vcpu=8.5, entity="DSI"), VirtualMachine("V3"))),
    )
    assert changes.of("machines").changed == {("V1",): {"vcpu": (4.0, 8.5), "entity": ("", "DSI")}}
    assert counts("machines", changes) == {"added": 1, "removed": 1, "changed": 1}
    assert said(changes) == [
        "+ machine virtuelle « V3 »",
        "− machine virtuelle « V2 »",
        "~ machine virtuelle « V1 » : vCPU : 4 → 8,5 ; nomEntite : (vide) → DSI",
    ]
    english = [change.en for change in lines(changes)]
    assert english[-1] == "virtual machine “V1”: vCPU: 4 → 8.5; nomEntite: (blank) → DSI"
    assert changes.loses
    assert not changes.is_empty


def test_an_import_that_only_adds_loses_nothing() -> None:
    changes = compare(estate(), estate(machines=(VirtualMachine("V"),)))
    assert not changes.loses
    assert said(changes) == ["+ machine virtuelle « V »"]


def test_an_application_that_changes_box_moves() -> None:
    changes = compare(estate(), estate(applications=(replace(APP, node="z"),)))
    assert counts("applications", changes) == {"moved": 1}
    assert said(changes) == ["↷ application « APP » : Zone > Boîte → Zone"]


def test_an_application_that_moves_and_changes_is_said_twice() -> None:
    changes = compare(estate(), estate(applications=(replace(APP, node="z", users=12),)))
    assert counts("applications", changes) == {"moved": 1, "changed": 1}


def test_an_application_another_one_replaces_is_merged() -> None:
    old, lost = Application("OLD", "Vieille", "z"), Application("LOST", "Perdue", "z")
    changes = compare(
        estate(applications=(APP, old, lost)), estate(applications=(replace(APP, replaces="OLD;NEVER"),))
    )
    assert changes.of("applications").merged == {("OLD",): ("APP",)}
    assert counts("applications", changes) == {"removed": 1, "changed": 1, "merged": 1}
    assert "⇒ application « OLD » : repris par « APP »" in said(changes)


def test_a_body_closed_since_with_a_successor_is_merged() -> None:
    body = Organisation("C1", "Caisse 1")
    closed = replace(body, closed=date(2025, 1, 1), successor="C2")
    changes = compare(estate(organisations=(body,)), estate(organisations=(closed,)))
    assert changes.of("organisations").merged == {("C1",): ("C2",)}
    assert compare(estate(organisations=(closed,)), estate(organisations=(closed,))).is_empty


def test_an_application_whose_code_changes_is_known_by_its_identifier() -> None:
    changes = compare(estate(), estate(applications=(replace(APP, code="APPLI"),)))
    assert changes.of("applications").renamed == {("APP",): ("APPLI",)}
    assert counts("applications", changes) == {"changed": 1}
    assert said(changes) == ["~ application « APP » → « APPLI »"]


def test_an_identifier_that_two_entries_bear_tells_nothing() -> None:
    twice = (replace(APP, code="A1"), replace(APP, code="A2"))
    assert counts("applications", compare(estate(), estate(applications=twice))) == {"added": 2, "removed": 1}


def test_applications_of_a_box_whose_code_changes_do_not_move() -> None:
    zone, box = replace(ZONE, code="y"), replace(BOX, parent="y")
    changes = compare(estate(), estate(nodes=(zone, box)))
    assert counts("nodes", changes) == {"changed": 2}  # renamed, and the parent of the other
    changes = compare(
        estate(applications=(replace(APP, node="z"),)),
        estate(nodes=(zone, box), applications=(replace(APP, node="y"),)),
    )
    assert counts("applications", changes) == {"changed": 1}


@settings(max_examples=25, deadline=None)
@given(inventories(), inventories())
def test_each_entry_is_counted_and_the_way_back_is_the_reverse(before: Inventory, after: Inventory) -> None:
    there, back = compare(before, after), compare(after, before)
    assert compare(before, before).is_empty
    for table in TABLE_NAMES:
        one, other = there.of(table), back.of(table)
        assert (one.added.keys(), one.removed.keys()) == (other.removed.keys(), other.added.keys())
        assert one.changed == {
            name: {field: (old, new) for field, (new, old) in values.items()}
            for name, values in other.changed.items()
        }
        old, new = before.by_identity(table), after.by_identity(table)
        assert new.keys() == (old.keys() - one.removed.keys()) | one.added.keys()
        assert len(old) - len(one.removed) + len(one.added) == len(new)
    assert len(list(lines(there))) == sum(sum(found.values()) for found in there.counts().values())


def test_a_date_is_said_as_each_language_writes_it() -> None:
    old = VirtualMachine("V1")
    body = Organisation("C1", "Caisse", closed=date(2025, 3, 12))
    changes = compare(
        estate(machines=(old,), organisations=(replace(body, closed=None),)),
        estate(machines=(old,), organisations=(body,)),
    )
    (change,) = lines(changes)
    assert change.fr.endswith("(vide) → 12/03/2025")
    assert change.en.endswith("(blank) → 2025-03-12")
