"""Files that complete an inventory: what they do not say stays, and rules hold for the whole."""

import csv
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from drawn_inventories import inventories
from hypothesis import given, settings

from pos_map import Gathered, Inventory, Node, gather, profiles
from pos_map.changes import compare
from pos_map.columns import MACHINES, TABLES
from pos_map.template import write_csv

Write = dict[str, str]

BASE: Write = {
    "pos.csv": "code application;nom;zone;quartier;propriétaire;statut;hébergement;RTO\n"
    "A;Accueil;Relation;Front;Cnam;en production;interne;sans objet\nB;Bureau;Relation;Front;Cnaf;;;\n",
    "centres.csv": "nomCourtDatacenter;pue;localisation;centreParent\nDC;1,4;France;\nSALLE;;;DC\n",
    "hotes.csv": "nomEquipementPhysique;modele;type;quantite;paysDUtilisation;consoElecAnnuelle\n"
    "H1;R640;Serveur;4;France;1200\n",
    "machines.csv": "nomEquipementVirtuel;nomEquipementPhysique;vCPU;cleRepartition\nV1;H1;4;0,6\nV2;H1;2;\n",
    "liens.csv": "nomApplication;nomEquipementVirtuel;typeEnvironnement;partApplication\nA;V1;prod;0,7\nB;V2;prod;\n",
    "cles.csv": "plateforme;application;clé\nA;B;0,5\n",
}


def lay(folder: Path, files: Write, base: Inventory | None = None) -> Gathered:
    paths = []
    for name, text in files.items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return gather(paths) if base is None else gather(paths, base=base)


@pytest.fixture
def base(tmp_path: Path) -> Inventory:
    found = lay(tmp_path, BASE)
    assert not found.errors, [fault.fr for fault in found.errors]
    return found.inventory


def test_absent_columns_and_blank_cells_say_nothing(tmp_path: Path, base: Inventory) -> None:
    found = lay(tmp_path, {"pos.csv": "code application;propriétaire;statut\nA;Urssaf;\n"}, base)
    assert not found.faults
    app = found.inventory.applications[0]
    before = base.applications[0]
    assert (app.owner, app.status) == ("Urssaf", "en production")
    assert (app.name, app.node, app.hosting, app.na) == ("Accueil", before.node, "interne", "rto_h")


def test_unknown_and_not_applicable_are_said(tmp_path: Path, base: Inventory) -> None:
    found = lay(tmp_path, {"pos.csv": "code application;statut;RTO\nA;inconnu;4\n"}, base)
    app = found.inventory.applications[0]
    assert (app.status, app.rto_h, app.na) == ("", 4.0, "")


def test_a_line_of_equipment_keeps_its_quantity_and_energy(tmp_path: Path, base: Inventory) -> None:
    found = lay(tmp_path, {"hotes.csv": "nomEquipementPhysique;type;statut\nH1;Serveur;en service\n"}, base)
    asset = found.inventory.assets[0]
    assert (asset.quantity, asset.yearly_kwh, asset.country, asset.status) == (
        4.0,
        1200.0,
        "France",
        "en service",
    )
    assert not found.faults


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("liens.csv", "nomApplication;nomEquipementVirtuel;partApplication\nB;V1;0,5\n", "shares-above-one"),
        ("machines.csv", "nomEquipementVirtuel;nomEquipementPhysique;cleRepartition\nV3;H1;0,5\n", "keys-above-one"),
        ("cles.csv", "plateforme;application;clé\nA;C;0,6\n", "keys-above-one"),
        ("cles.csv", "plateforme;application;clé\nB;A;0,1\n", "platform-circle"),
        ("centres.csv", "nomCourtDatacenter;pue;localisation;centreParent\nDC;;;SALLE\n", "circle"),
    ],
)  # fmt: skip
def test_rules_hold_for_the_whole(tmp_path: Path, base: Inventory, file: str, text: str, code: str) -> None:
    files = {file: text}
    if code == "keys-above-one" and file == "cles.csv":
        files["pos.csv"] = "code application;nom;zone\nC;Courrier;Relation\n"
    found = lay(tmp_path, files, base)
    assert [fault.code for fault in found.errors] == [code]


def test_a_share_given_again_replaces_the_one_before(tmp_path: Path, base: Inventory) -> None:
    text = "nomApplication;nomEquipementVirtuel;typeEnvironnement;partApplication\nA;V1;prod;0,3\nB;V1;prod;0,7\n"
    found = lay(tmp_path, {"liens.csv": text}, base)
    assert not found.errors
    shares = {(link.application, link.vm): link.share for link in found.inventory.links}
    assert shares == {("A", "V1"): 0.3, ("B", "V2"): None, ("B", "V1"): 0.7}


def test_a_box_moved_takes_what_is_under_it(tmp_path: Path, base: Inventory) -> None:
    text = "code niveau;libellé;niveau;code parent\nautre;Autre;zone;\nrelation/front;Front;quartier;autre\n"
    found = lay(tmp_path, {"niveaux.csv": text}, base)
    assert not found.errors
    nodes = {node.code: node for node in found.inventory.nodes}
    assert nodes["relation/front"].parent == "autre"
    order = [node.code for node in found.inventory.nodes]
    assert order.index("autre") < order.index("relation/front")


def test_a_box_under_what_it_holds_is_refused(tmp_path: Path, base: Inventory) -> None:
    text = "code niveau;libellé;niveau;code parent\nrelation;Relation;zone;relation/front\n"
    assert [fault.code for fault in lay(tmp_path, {"niveaux.csv": text}, base).errors] == ["node-circle"]


def test_a_box_said_without_its_parent_stays_where_it_is(tmp_path: Path, base: Inventory) -> None:
    text = "code niveau;libellé;niveau\nrelation/front;Accueil;quartier\n"
    found = lay(tmp_path, {"niveaux.csv": text}, base)
    front = next(node for node in found.inventory.nodes if node.code == "relation/front")
    assert front == Node("relation/front", "relation", "quartier", "Accueil", 0)


BOXES = "code niveau;libellé;niveau;code parent;référence\nA;Alpha;zone;;r1\nB;Beta;zone;;r2\nC;Gamma;quartier;B;r3\n"


@pytest.fixture
def boxed(tmp_path: Path) -> Inventory:
    files = {"niveaux.csv": BOXES, "pos.csv": "code application;nom;emplacement\nX;App;C\n"}
    return lay(tmp_path, files).inventory


@pytest.mark.parametrize(
    ("lines", "labels"),
    [
        ("B;Nouvelle;zone;;r1\n", {"A": "Nouvelle", "B": "Beta"}),
        ("A;Beta 2;zone;;r2\nB;Alpha 2;zone;;r1\n", {"A": "Alpha 2", "B": "Beta 2"}),
    ],
)
def test_codes_that_move_in_the_source_move_nothing_here(
    tmp_path: Path, boxed: Inventory, lines: str, labels: dict[str, str]
) -> None:
    found = lay(tmp_path, {"niveaux.csv": BOXES.splitlines()[0] + "\n" + lines}, boxed)
    assert not found.errors
    nodes = {node.code: node for node in found.inventory.nodes}
    assert {code: nodes[code].label for code in labels} == labels
    assert nodes["C"].parent == "B"


@pytest.mark.parametrize("completing", [True, False])
def test_an_application_placed_by_the_new_code_of_a_box_is_in_that_box(
    tmp_path: Path, boxed: Inventory, completing: bool
) -> None:
    files = {
        "niveaux.csv": "code niveau;libellé;niveau;code parent;référence\nN9;Alpha;zone;;r1\n",
        "pos.csv": "code application;nom;emplacement\nX;App;N9\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    paths = [tmp_path / name for name in files]
    found = gather(paths, base=boxed) if completing else gather(paths, previous=boxed)
    assert [app.node for app in found.inventory.applications] == ["A"]
    assert "N9" not in {node.code for node in found.inventory.nodes}


def test_two_boxes_of_one_reference_are_refused(tmp_path: Path) -> None:
    text = BOXES.replace("r2", "r1")
    assert [fault.code for fault in lay(tmp_path, {"niveaux.csv": text}).errors] == [
        "duplicate",
        "unknown-node",
    ]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pos.csv", "code application;nom;zone;référence\nA2;Accueil;Relation;q1\n"),
        ("hotes.csv", "nomEquipementPhysique;type;quantite;référence\nH9;Serveur;1;q1\n"),
    ],
)
def test_what_was_renamed_in_its_source_is_not_counted_twice(tmp_path: Path, file: str, text: str) -> None:
    texts = {
        "pos.csv": "code application;nom;zone;référence\nA;Accueil;Relation;q1\n",
        "hotes.csv": "nomEquipementPhysique;type;quantite;référence\nH1;Serveur;1;q1\n",
    }
    before = lay(tmp_path, texts).inventory
    (fault,) = lay(tmp_path, {file: text}, before).errors
    assert (fault.code, fault.mend) == ("renamed", {"pos.csv": "A", "hotes.csv": "H1"}[file])


def test_links_without_environment_are_those_known(tmp_path: Path, base: Inventory) -> None:
    found = lay(tmp_path, {"liens.csv": "nomApplication;nomEquipementVirtuel\nA;V1\n"}, base)
    assert not found.errors
    assert found.inventory.links == base.links


def test_a_share_in_one_of_several_environments_says_which(tmp_path: Path) -> None:
    links = "nomApplication;nomEquipementVirtuel;typeEnvironnement;partApplication\nA;V1;prod;0,3\nA;V1;test;0,1\n"
    before = lay(tmp_path, {**BASE, "liens.csv": links}).inventory
    text = "nomApplication;nomEquipementVirtuel;partApplication\nA;V1;0,5\n"
    assert [fault.code for fault in lay(tmp_path, {"liens.csv": text}, before).errors] == [
        "which-environment"
    ]


def test_a_machine_and_a_host_may_bear_one_name(tmp_path: Path) -> None:
    inside = MACHINES.by_field()["inside"].header
    machines = f"nomEquipementVirtuel;nomEquipementPhysique;{inside};cleRepartition\nH1;H1;;1\nc1;;H1;0,5\n"
    found = lay(tmp_path, {"hotes.csv": BASE["hotes.csv"], "machines.csv": machines})
    assert not found.errors


def test_a_name_spelled_otherwise_is_the_one_known(tmp_path: Path, base: Inventory) -> None:
    files = {
        "pos.csv": "code application;propriétaire\na;Urssaf\n",
        "machines.csv": "nomEquipementVirtuel;vCPU\nv-1;8\n",
        "liens.csv": "nomApplication;nomEquipementVirtuel;partApplication\na;V_1;0,2\n",
    }
    found = lay(tmp_path, files, base)
    assert not found.errors
    assert {fault.code for fault in found.warnings} == {"other-spelling"}
    apps = {app.code: app for app in found.inventory.applications}
    assert (apps["A"].owner, apps["A"].node) == ("Urssaf", base.applications[0].node)
    assert {vm.name: vm.vcpu for vm in found.inventory.machines} == {"V1": 8.0, "V2": 2.0}
    assert [link.share for link in found.inventory.links if link.vm == "V1"] == [0.2]


def test_two_spellings_in_one_file_are_two_things(tmp_path: Path, base: Inventory) -> None:
    found = lay(tmp_path, {"machines.csv": "nomEquipementVirtuel;vCPU\nv-1;8\nV1;4\n"}, base)
    assert {vm.name for vm in found.inventory.machines} == {"V1", "V2", "v-1"}


def test_what_a_profile_gives_by_default_changes_nothing(tmp_path: Path, base: Inventory) -> None:
    profile = tmp_path / "p.yaml"
    profile.write_text(PROFILE, encoding="utf-8")
    (tmp_path / "cmdb.csv").write_text("Nom;Genre;Etat;Nb\nH1;;en service;\n", encoding="utf-8")
    found = gather([tmp_path / "cmdb.csv"], base=base, profiles=[profiles.load(profile)])
    assert not found.errors
    before, after = base.assets[0], found.inventory.assets[0]
    assert after == replace(before, status="en service")


PROFILE = """name: cmdb
title: {fr: "cmdb", en: "cmdb"}
sheets:
  - recognise: ["Nom", "Nb", "Etat"]
    tables:
      - kind: assets
        columns:
          name: "Nom"
          type: {column: "Genre", value: "Baie"}
          status: "Etat"
          country: {value: "Belgique"}
          quantity: {column: "Nb", value: "1"}
"""


@settings(max_examples=25, deadline=None)
@given(inventories())
def test_files_that_name_entries_and_say_nothing_change_nothing(whole: Inventory) -> None:
    needed = {column.header for table in TABLES for column in table.columns if column.need == "required"}
    with TemporaryDirectory() as folder:
        paths = write_csv(Path(folder), whole)
        base = gather(paths).inventory
        for path in paths:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                rows = list(csv.DictReader(stream, delimiter=";"))
            kept = [name for name in rows[0] if name in needed or name in _IDENTIFYING]
            with path.open("w", encoding="utf-8-sig", newline="") as stream:
                writer = csv.DictWriter(stream, kept, delimiter=";", extrasaction="ignore")
                writer.writeheader()
                writer.writerows(rows)
        found = gather(paths, base=base)
    assert not found.errors, [fault.fr for fault in found.errors]
    changes = compare(base, found.inventory)
    assert changes.is_empty, changes


_IDENTIFYING = {
    "typeEnvironnement", "nomEquipementVirtuel", "nomEquipementPhysique", "nature", "nom", "modele",
    "lieu d'utilisation", "date d'achat", "site", "dateAchat",
}  # fmt: skip
