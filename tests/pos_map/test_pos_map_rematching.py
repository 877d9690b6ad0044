"""Rules applied to an inventory already read, as if its files were read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pos_map import Application, Inventory, Rule, gather
from pos_map.changes import compare
from pos_map.model import Placement
from pos_map.rematching import MATCHED, is_unmapped, rematch

FILES = {
    "physiques.csv": "nomEquipementPhysique;type;quantite\nH1;Serveur;1\n",
    "virtuels.csv": ("nomEquipementVirtuel;nomEquipementPhysique\nvm-1;H1\nvm-2;esx42\ncourrier-03;H1\n"),
    "applications.csv": (
        "nomApplication;typeEnvironnement;nomEquipementVirtuel\nAPP1;Production;vm-1\nAPPLI2;Production;vm-2\n"
    ),
    "carte.csv": "zone;nom application;code\nMétier;Première;APP1\nMétier;Deuxième;APP2\n",
}
RULES = (
    Rule("host", "esx42", "H1"),
    Rule("machine_application", r"(courrier)-\d+", "APP1", regex=True),
    Rule("application", "APPLI2", "APP2"),
)


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [tmp_path / name for name in FILES]


def missed(inventory: Inventory, *rules: Rule) -> set[tuple[str, str]]:
    return {(name.kind, name.name) for name in rematch(inventory, rules).unmatched}


def test_without_rules_nothing_changes_and_the_same_names_are_missing(paths: list[Path]) -> None:
    found = gather(paths)
    again = rematch(found.inventory)
    assert compare(found.inventory, again.inventory).is_empty
    names = {(name.kind, name.name) for name in found.unmatched}
    assert names == {
        ("host", "esx42"),
        ("machine_application", "courrier-03"),
        # An application that only the machines know is to be matched with those of the map.
        ("application", "APPLI2"),
        ("place", "APPLI2"),
    }
    assert set(again.unmatched) == set(found.unmatched)


def test_rules_give_what_reading_the_files_with_them_gives(paths: list[Path]) -> None:
    read_with = gather(paths, rules=RULES)
    again = rematch(gather(paths).inventory, RULES)
    assert compare(read_with.inventory, replace(again.inventory, nodes=read_with.inventory.nodes)).is_empty
    assert {link.application for link in again.inventory.links if link.vm == "courrier-03"} == {"APP1"}
    assert {app.code for app in again.inventory.applications} == {"APP1", "APP2"}
    assert again.unmatched == ()


def test_a_name_left_unattached_is_no_longer_asked(paths: list[Path]) -> None:
    inventory = gather(paths).inventory
    assert ("machine_application", "courrier-03") not in missed(
        inventory, Rule("machine_application", "courrier-03", "")
    )


def test_without_a_map_no_application_is_to_be_matched(paths: list[Path]) -> None:
    inventory = gather([path for path in paths if path.name != "carte.csv"]).inventory
    assert not {name for kind, name in missed(inventory) if kind == "application"}


def test_a_rule_holds_where_the_map_gives_codes_alone(paths: list[Path]) -> None:
    inventory = gather(paths).inventory
    bare = replace(
        inventory, applications=tuple(replace(app, name=app.code) for app in inventory.applications)
    )
    again = rematch(bare, [Rule("application", "APPLI2", "APP2"), Rule("application", "APP1", "APP1")])
    assert {app.code for app in again.inventory.applications} == {"APP1", "APP2"}
    assert {link.application for link in again.inventory.links} == {"APP1", "APP2"}


UNPLACED = {**FILES, "carte.csv": "zone;nom application;code\nMétier;Première;APP1\n;Deuxième;APP2\n"}


def codes(inventory: Inventory) -> set[str]:
    return {node.code for node in inventory.nodes}


def unplaced(tmp_path: Path) -> list[Path]:
    files = {**UNPLACED, "applications.csv": "nomApplication;nomEquipementVirtuel\nAPP1;vm-1\nAPP2;vm-2\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [tmp_path / name for name in files]


def test_the_box_of_what_has_no_place_goes_with_the_last_application(tmp_path: Path) -> None:
    paths = unplaced(tmp_path)
    before = gather(paths)
    assert "non-rattache" in codes(before.inventory)
    rule = Rule("place", "APP2", "Métier")
    assert codes(rematch(before.inventory, [rule]).inventory) == {"metier"}
    assert codes(gather(paths, rules=[rule]).inventory) == {"metier"}
    map_ = tmp_path / "carte.csv"
    map_.write_text(FILES["carte.csv"], encoding="utf-8")
    assert codes(gather([map_], base=before.inventory).inventory) == {"metier"}


def test_the_box_of_what_has_no_place_stays_while_it_holds_something(tmp_path: Path) -> None:
    inventory = gather(unplaced(tmp_path)).inventory
    apps = tuple(replace(app, node="metier") for app in inventory.applications)
    box = next(node for node in inventory.nodes if node.code == "non-rattache")
    inside = replace(box, code="non-rattache/a", parent=box.code, label="A")
    for held in (
        inventory,
        replace(inventory, applications=apps, placements=(Placement("APP1", "non-rattache", 0.1),)),
        replace(inventory, applications=apps, nodes=(*inventory.nodes, inside)),
    ):
        assert "non-rattache" in codes(rematch(held).inventory)


def warned(paths: list[Path], *rules: Rule) -> set[tuple[str, str]]:
    found = gather(paths, rules=rules).faults
    return {(fault.code, fault.value) for fault in found if fault.code in MATCHED}


def test_what_a_person_left_unattached_is_warned_of_no_more(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    paths = unplaced(tmp_path / "a")
    assert warned(paths) == {
        ("unknown-host", "esx42"), ("no-place", ""), ("machine-without-application", "courrier-03"),
    }  # fmt: skip
    left = (
        Rule("host", "esx42", ""),
        Rule("place", "APP2", ""),
        Rule("machine_application", "courrier-03", ""),
    )
    assert warned(paths, *left) == set()
    assert gather(paths, rules=left).unmatched == ()


def test_an_application_that_is_not_one_of_the_map_knowingly_is_warned_of_no_more(paths: list[Path]) -> None:
    assert ("unmapped-application", "APPLI2") in warned(paths)
    rule = Rule("application", "APPLI2", "")
    assert "unmapped-application" not in {code for code, _value in warned(paths, rule)}
    assert "APPLI2" in {app.code for app in gather(paths, rules=[rule]).inventory.applications}


def test_an_application_a_person_placed_is_one_of_the_map(paths: list[Path]) -> None:
    assert missed(gather(paths).inventory, Rule("place", "APPLI2", "Métier")) == {
        ("host", "esx42"), ("machine_application", "courrier-03"),
    }  # fmt: skip


def test_a_rule_on_a_machine_follows_the_application_that_changed_its_code(paths: list[Path]) -> None:
    rules = (Rule("machine_application", "courrier-03", "ANCIEN"), Rule("application", "ANCIEN", "APP1"))
    assert ("machine_application", "courrier-03") in missed(gather(paths).inventory, rules[0])
    for inventory in (
        gather(paths, rules=rules).inventory,
        rematch(gather(paths).inventory, rules).inventory,
    ):
        assert {link.application for link in inventory.links if link.vm == "courrier-03"} == {"APP1"}


def test_a_place_given_by_a_rule_is_no_doubt(tmp_path: Path) -> None:
    paths = unplaced(tmp_path)
    assert ("no-place", "") in warned(paths)
    assert "no-place" not in {code for code, _value in warned(paths, Rule("place", "APP2", "Métier"))}


def test_an_application_that_says_more_than_its_code_is_on_the_map() -> None:
    assert is_unmapped(Application("A", "A", "z", owner="DSI"))
    assert not is_unmapped(Application("A", "Nom", "z"))
    assert not is_unmapped(Application("A", "A", "z", status="en service"))


def test_a_bare_record_of_the_map_is_not_taken_for_its_twin(tmp_path: Path) -> None:
    (tmp_path / "carte.csv").write_text(
        "zone;nom;code application;propriétaire\nZ;APP-1;APP-1;DSI\nZ;Paie;APP-001;DSI\n", encoding="utf-8"
    )
    (tmp_path / "hotes.csv").write_text(
        "nomEquipementPhysique;type;quantite\nH1;Serveur;1\n", encoding="utf-8"
    )
    (tmp_path / "liens.csv").write_text("nomApplication;nomEquipementPhysique\nAPP-1;H1\n", encoding="utf-8")
    before = gather(sorted(tmp_path.iterdir())).inventory
    after = rematch(before, [Rule("host", "ailleurs", "H1")]).inventory
    assert compare(before, after).is_empty
    assert {app.code for app in after.applications} == {"APP-1", "APP-001"}
