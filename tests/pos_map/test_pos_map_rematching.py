"""Rules applied to an inventory already read, as if its files were read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pos_map import Application, Inventory, Rule, gather
from pos_map.changes import compare
from pos_map.rematching import is_unmapped, rematch

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
    assert ("host", "esx42") in names
    assert ("machine_application", "courrier-03") in names
    # An application that only the machines know is to be matched with those of the map.
    assert missed(found.inventory) == {*names, ("application", "APPLI2")}


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
