"""Decisions corrected: what rules alone made follows them, what a file says stays and is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from footprint.matching_targets import overruled_words
from footprint.reconciling_sheet import Decision
from footprint.store import imports, matching
from footprint.store.database import Store, open_store
from footprint.store.referential import current_campaign, ensure_campaign
from pos_map import Rule

FILES = {
    "pos.csv": "code application;nom;zone\nA;Accueil;\nB;Bureau;Relation\n",
    "hotes.csv": "nomEquipementPhysique;type;quantite;paysDUtilisation\nH1;Serveur;1;France\n",
    "machines.csv": "nomEquipementVirtuel;nomEquipementPhysique;vCPU\nV1;H1;4\nV2;H1;4\n",
    "liens.csv": "nomApplication;nomEquipementVirtuel;typeEnvironnement\nA;V1;\n",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(tmp_path / "home")
    ensure_campaign(found, "Caisse", 2026)
    bring(found, tmp_path)
    yield found
    found.close()


def bring(store: Store, folder: Path, mode: str = "replace", **texts: str) -> None:
    files = {**FILES, **{f"{name}.csv": text for name, text in texts.items()}} if mode == "replace" else texts
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    campaign = current_campaign(store)
    found = imports.prepare(store, campaign, [folder / name for name in files], mode=mode)  # type: ignore[arg-type]
    imports.apply(store, campaign, found, "essai")


def decide(store: Store, kind: str, name: str, target: str) -> matching.Done:
    return matching.decide(store, current_campaign(store), [Decision(Rule(kind, name, target), "")], "paul")


def stand(store: Store) -> tuple[set[tuple[str, str]], dict[str, str], set[str]]:
    """The links, the place of each application, the boxes."""
    found = imports.inventory_of(store, current_campaign(store))
    return (
        {(link.application, link.vm) for link in found.links},
        {app.code: app.node for app in found.applications},
        {node.code for node in found.nodes},
    )


def test_a_link_follows_the_decision_that_made_it(store: Store) -> None:
    seen = [stand(store)]
    for target, links in (("A", {("A", "V2")}), ("B", {("B", "V2")}), ("", set())):
        done = decide(store, "machine_application", "V2", target)
        assert stand(store)[0] == {("A", "V1"), *links}
        assert done.overruled == ()
        seen.append(stand(store))
    for before in reversed(seen[:-1]):
        imports.undo(store, current_campaign(store), "paul")
        assert stand(store) == before


def test_a_place_follows_the_decision_that_made_it(store: Store) -> None:
    start = stand(store)
    decide(store, "place", "A", "Relation > Neuf")
    assert stand(store)[1:] == ({"A": "relation/neuf", "B": "relation"}, {"relation", "relation/neuf"})
    decide(store, "place", "A", "Autre")
    assert stand(store)[1:] == ({"A": "autre", "B": "relation"}, {"relation", "autre"})
    decide(store, "place", "A", "")
    assert stand(store) == start


def test_what_an_import_made_by_rules_follows_them_too(store: Store, tmp_path: Path) -> None:
    matching.save_rule(store, "Caisse", Rule("machine_application", "V2", "A"), "paul")
    bring(store, tmp_path, machines=FILES["machines.csv"] + "V3;H1;1\n")
    assert ("A", "V2") in stand(store)[0]
    bring(store, tmp_path, "complete", **{"autre.csv": "nomEquipementVirtuel;nomEquipementPhysique\nV4;H1\n"})
    decide(store, "machine_application", "V2", "B")
    assert {link for link in stand(store)[0] if link[1] == "V2"} == {("B", "V2")}


def test_what_a_file_says_stays_and_is_told(store: Store, tmp_path: Path) -> None:
    decide(store, "machine_application", "V2", "A")
    bring(store, tmp_path, liens=FILES["liens.csv"] + "A;V2;\nB;V2;Production\n")
    before = stand(store)
    done = decide(store, "machine_application", "V1", "B")
    assert (done.overruled, stand(store)) == (("V1",), before)
    done = decide(store, "machine_application", "V2", "")
    assert (done.overruled, stand(store)) == (("V2",), before)
    assert decide(store, "place", "B", "Ailleurs").overruled == ("B",)
    assert decide(store, "place", "B", "Relation").overruled == ()
    assert overruled_words(done.overruled)[0].startswith("Sans effet dans cette campagne sur V2 :")
    assert overruled_words(()) == ("", "")


def test_what_a_completing_file_gives_again_is_its_own(store: Store, tmp_path: Path) -> None:
    decide(store, "machine_application", "V2", "A")
    links = "nomApplication;nomEquipementVirtuel;typeEnvironnement\nA;V2;\nB;V1;\n"
    bring(store, tmp_path, "complete", **{"liens.csv": links})
    assert decide(store, "machine_application", "V2", "B").overruled == ("V2",)
    assert ("A", "V2") in stand(store)[0]


def test_forgetting_a_rule_leaves_what_it_made(store: Store) -> None:
    decide(store, "machine_application", "V2", "A")
    matching.drop_rule(store, "Caisse", Rule("machine_application", "V2", ""), "paul")
    decide(store, "place", "A", "Relation")
    assert ("A", "V2") in stand(store)[0]


def test_a_name_given_for_another_is_corrected_at_the_next_import(store: Store, tmp_path: Path) -> None:
    files = {
        "hotes.csv": FILES["hotes.csv"] + "H2;Serveur;1;France\n",
        "machines.csv": FILES["machines.csv"] + "V3;esx42;1\n",
    }
    bring(store, tmp_path, hotes=files["hotes.csv"], machines=files["machines.csv"])
    assert decide(store, "host", "esx42", "H1").overruled == ()
    assert decide(store, "host", "esx42", "H2").overruled == ("esx42",)
    assert decide(store, "host", "esx42", "H2").overruled == ()  # already decided, already told
    bring(store, tmp_path, hotes=files["hotes.csv"], machines=files["machines.csv"])
    hosts = {vm.name: vm.host for vm in imports.inventory_of(store, current_campaign(store)).machines}
    assert hosts["V3"] == "H2"
