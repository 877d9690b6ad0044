"""The map, the machines and the flows read from each format and each way of drawing a POS."""

import shutil
from pathlib import Path

import pytest
from archimate_files import ACCEPTANCE, Drawn, archi, archi_csv, codes, exchange, read_bytes, zipped

from pos_map import Fault, Inventory, read
from pos_map.archimate import is_archimate, together

FORMATS = ("exchange", "archi", "zipped", "csv")


def read_as(form: str, folder: Path, drawn: Drawn) -> tuple[Inventory, list[Fault]]:
    if form == "csv":
        for name, content in archi_csv(drawn).items():
            (folder / name).write_bytes(content)
        return read([folder / "modele-elements.csv"])
    data = exchange(drawn) if form == "exchange" else archi(drawn)
    return read_bytes(folder, zipped(data) if form == "zipped" else data)


def places(inventory: Inventory) -> dict[str, str]:
    return {app.code: app.node for app in inventory.applications}


@pytest.fixture
def estate() -> Drawn:
    drawn = Drawn()
    drawn.add("Grouping", "z", "Opérations", niveau="zone").add("Grouping", "i", "Droits", niveau="îlot")
    drawn.add("ApplicationComponent", "a", "Alpha", code="ALP", propriétaire="DSI", statut="en service")
    drawn.add("ApplicationComponent", "b", "Bêta", utilisateurs="1 200", hébergement="interne")
    drawn.add("ApplicationComponent", "part", "Moteur")
    drawn.add("Device", "d", "srv-1", type="Serveur lame", nbCoeur="32").add("Node", "v", "vm-1", vCPU="8")
    drawn.add("Facility", "f", "Salle A", pue="1,4", localisation="France")
    drawn.link("Composition", "z", "i").link("Aggregation", "i", "a").link("Aggregation", "z", "b")
    drawn.link("Composition", "b", "part").link("Assignment", "d", "v").link("Aggregation", "f", "d")
    drawn.link("Assignment", "v", "a", environnement="production", part="0,5")
    drawn.link("Serving", "d", "part").link("Flow", "a", "part", "dossiers", chiffré="oui")
    return drawn


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_estate_in_each_format(form: str, tmp_path: Path, estate: Drawn) -> None:
    inventory, faults = read_as(form, tmp_path, estate)
    assert not codes(faults, "error")
    assert [(node.code, node.level, node.label, node.ref) for node in inventory.nodes] == [
        ("operations", "zone", "Opérations", "z"),
        ("operations/droits", "îlot", "Droits", "i"),
    ]
    alpha, beta = inventory.applications
    assert (alpha.code, alpha.name, alpha.node, alpha.ref) == ("ALP", "Alpha", "operations/droits", "a")
    assert (alpha.owner, alpha.status) == ("DSI", "en service")
    assert (beta.code, beta.node, beta.users, beta.hosting) == ("Bêta", "operations", 1200, "interne")
    assert [(host.name, host.type, host.cores, host.data_centre) for host in inventory.assets] == [
        ("srv-1", "Serveur lame", 32, "Salle A")
    ]
    assert [(vm.name, vm.host, vm.vcpu, vm.ref) for vm in inventory.machines] == [("vm-1", "srv-1", 8, "v")]
    assert [(room.code, room.pue, room.ref) for room in inventory.data_centres] == [("Salle A", 1.4, "f")]
    links = {(link.application, link.environment, link.vm, link.host, link.share) for link in inventory.links}
    assert links == {("ALP", "production", "vm-1", "", 0.5), ("Bêta", "", "", "srv-1", None)}
    flow = inventory.flows[0]
    assert (flow.source, flow.target, flow.nature, flow.encrypted) == ("ALP", "Bêta", "dossiers", True)
    assert "components" in codes(faults)


def test_a_fault_names_the_line_of_the_element(tmp_path: Path) -> None:
    drawn = (
        Drawn().add("ApplicationComponent", "a", zone="Z").add("ApplicationComponent", "b", utilisateurs="x")
    )
    data = exchange(drawn)
    _, faults = read_bytes(tmp_path, data)
    fault = next(fault for fault in faults if fault.severity == "error")
    assert fault.column == "utilisateurs"
    assert fault.value == "x"
    assert b'identifier="b"' in data.splitlines()[(fault.line or 0) - 1]


@pytest.mark.parametrize(
    ("said", "node", "level"),
    [
        ({"Zone": "Opérations", "Quartier": "Droits", "Ilot": "Calcul"}, "operations/droits/calcul", "îlot"),
        ({"zone_fonctionnelle": "Opérations", "ÎLOT": "Calcul"}, "operations/calcul", "îlot"),
        ({"POS": "Opérations > Droits"}, "operations/droits", "quartier"),
        ({"POS": "Opérations / Acquisition/Restitution"}, "operations/acquisition-restitution", "quartier"),
        ({"Emplacement": "A|B", "niveaux": "domaine > ilot"}, "a/b", "ilot"),
    ],
)
def test_a_place_by_properties(tmp_path: Path, said: dict[str, str], node: str, level: str) -> None:
    drawn = Drawn(folders={"a": ("Application", "Un dossier")})
    drawn.add("ApplicationComponent", "a", **said).add("Grouping", "g").link("Aggregation", "g", "a")
    inventory, faults = read_bytes(tmp_path, exchange(drawn))
    assert not codes(faults, "error")
    assert places(inventory) == {"a": node}
    assert {one.code: one.level for one in inventory.nodes}[node] == level


@pytest.mark.parametrize(
    ("kind", "relation", "reversed_"),
    [
        ("Grouping", "Aggregation", False),
        ("Capability", "Realization", True),
        ("BusinessFunction", "Realization", True),
        ("ApplicationFunction", "Assignment", True),
        ("ApplicationCollaboration", "Aggregation", False),
        ("Grouping", "Composition", False),
    ],
)
def test_a_place_by_nested_elements(tmp_path: Path, kind: str, relation: str, reversed_: bool) -> None:
    drawn = Drawn(folders={"a": ("Application", "Un dossier")})
    drawn.add("ApplicationComponent", "a").add(kind, "top", "Pilotage").add(kind, "box", "Budget")
    drawn.link("Composition", "top", "box").link(relation, *(("a", "box") if reversed_ else ("box", "a")))
    inventory, _ = read_bytes(tmp_path, exchange(drawn))
    assert places(inventory) == {"a": "pilotage/budget"}
    assert [node.ref for node in inventory.nodes] == ["top", "box"]


@pytest.mark.parametrize("form", ["exchange", "archi"])
def test_a_place_by_folders_then_by_views(tmp_path: Path, form: str) -> None:
    drawn = Drawn(
        folders={"a": ("Application", "Référentiels", "Personnes"), "b": ("Application", "Applications")}
    )
    drawn.add("ApplicationComponent", "a").add("ApplicationComponent", "b").add("ApplicationComponent", "c")
    drawn.view = [("Échanges", [("Guichet", ["b", "a"])])]
    inventory, faults = read_as(form, tmp_path, drawn)
    # A folder that only says "applications" is no place; neither said nor drawn, an application is not dropped.
    assert places(inventory) == {"a": "referentiels/personnes", "b": "echanges/guichet", "c": "non-rattache"}
    assert "no-place" in codes(faults)


def test_second_places_with_shares(tmp_path: Path) -> None:
    drawn = (
        Drawn().add("ApplicationComponent", "a").add("ApplicationComponent", "b", POS="X > Y (30 %) ; X > Z")
    )
    drawn.add("Grouping", "g", "G").add("Grouping", "h", "H")
    drawn.link("Aggregation", "g", "a", part="25 %").link("Aggregation", "h", "a")
    inventory, faults = read_bytes(tmp_path, exchange(drawn))
    assert places(inventory) == {"a": "h", "b": "x/z"}
    assert [(one.application, one.node, one.share) for one in inventory.placements] == [
        ("a", "g", 0.25),
        ("b", "x/y", 0.3),
    ]
    assert not codes(faults, "error")
    assert "places-without-share" not in codes(faults)


def test_second_places_without_shares_are_said(tmp_path: Path) -> None:
    drawn = Drawn().add("ApplicationComponent", "a").add("Grouping", "g", "G").add("Grouping", "h", "H")
    drawn.link("Aggregation", "g", "a").link("Aggregation", "h", "a")
    inventory, faults = read_bytes(tmp_path, exchange(drawn))
    assert places(inventory) == {"a": "g"}
    assert not inventory.placements
    assert "places-without-share" in codes(faults)


def test_applications_and_components(tmp_path: Path) -> None:
    drawn = Drawn()
    for name in ("suite", "module", "own", "kind", "special", "loop1", "loop2"):
        drawn.add("ApplicationComponent", name, **({"code": "OWN"} if name == "own" else {}))
    drawn.link("Aggregation", "suite", "module").link("Aggregation", "suite", "own")
    drawn.link("Specialization", "special", "kind")
    drawn.link("Composition", "loop1", "loop2").link("Composition", "loop2", "loop1")
    inventory, faults = read_bytes(tmp_path, exchange(drawn))
    assert [app.code for app in inventory.applications] == ["suite", "OWN", "kind", "loop1", "loop2"]
    assert {"components", "cycle"} <= codes(faults)


def test_same_names_stay_apart_and_same_codes_are_refused(tmp_path: Path) -> None:
    drawn = Drawn().add("ApplicationComponent", "a1", "Paie").add("ApplicationComponent", "a2", "Paie")
    drawn.add("Device", "d1", "srv").add("Device", "d2", "srv")
    inventory, faults = read_bytes(tmp_path, exchange(drawn))
    assert [app.code for app in inventory.applications] == ["Paie", "Paie (a2)"]
    assert [host.name for host in inventory.assets] == ["srv", "srv (d2)"]
    assert "same-name" in codes(faults)
    twice = Drawn().add("ApplicationComponent", "a1", code="X").add("ApplicationComponent", "a2", code="X")
    assert "duplicate" in codes(read_bytes(tmp_path, exchange(twice))[1], "error")


def test_what_is_not_understood_is_counted(tmp_path: Path) -> None:
    drawn = (
        Drawn()
        .add("ApplicationComponent", "a", couleur="bleu", responsable="x")
        .add("Goal", "g")
        .add("Goal", "h")
    )
    drawn.add("ApplicationComponent", "b").link("Serving", "a", "b").link("Serving", "b", "a")
    _, faults = read_bytes(tmp_path, exchange(drawn))
    said = {fault.code: fault for fault in faults}
    assert said["unread-elements"].fr.startswith("2 élément(s) Goal")
    assert said["unread-relations"].en.startswith("2 Serving relation(s)")
    assert [fault.value for fault in faults if fault.code == "unread-property"] == ["couleur"]


def test_the_first_exchange_format(tmp_path: Path) -> None:
    data = """<model xmlns="http://www.opengroup.org/xsd/archimate" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
      <elements>
        <element identifier="a" xsi:type="ApplicationComponent"><label xml:lang="en">Pay</label>
          <label xml:lang="fr">Paie</label>
          <properties><property identifierref="p"><value>Support</value></property></properties></element>
        <element identifier="s" xsi:type="InfrastructureService"><label>svc</label></element>
        <element identifier="n" xsi:type="Node"><label>srv</label></element>
      </elements>
      <relationships>
        <relationship identifier="r" source="s" target="a" xsi:type="UsedByRelationship"/>
        <relationship identifier="q" source="n" target="s" xsi:type="RealisationRelationship"/>
      </relationships>
      <propertydefs><propertydef identifier="p" name="Zone" type="string"/></propertydefs>
    </model>"""
    inventory, _ = read_bytes(tmp_path, data.encode())
    assert places(inventory) == {"Paie": "support"}
    assert [(link.application, link.host) for link in inventory.links] == [("Paie", "srv")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1252", "iso-8859-15"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = exchange(Drawn().add("ApplicationComponent", "a", "Œuvres é", zone="Échanges")).decode()
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\n{text}'
    inventory, _ = read_bytes(tmp_path, declared.encode(encoding))
    assert places(inventory) == {"Œuvres é": "echanges"}


def test_recognised_by_content_not_by_name(tmp_path: Path) -> None:
    estate = Drawn().add("ApplicationComponent", "a", zone="Z")
    for name, data, expected in (
        ("x.xml", exchange(estate), True),
        ("x.txt", archi(estate), True),
        ("x.zip", zipped(archi(estate)), True),
        ("y.xml", b"<html/>", False),
        ("y.zip", b"PK\x03\x04 not really", False),
        ("y-elements.csv", b"a;b\n1;2\n", False),
    ):
        (tmp_path / name).write_bytes(data)
        assert is_archimate(tmp_path / name) is expected, name


@pytest.mark.parametrize("given", ["elements", "relations", "properties", "folder"])
def test_any_one_of_the_three_csv_brings_the_others(tmp_path: Path, given: str, estate: Drawn) -> None:
    for name, content in archi_csv(estate).items():
        (tmp_path / name).write_bytes(content)
    path = tmp_path if given == "folder" else tmp_path / f"modele-{given}.csv"
    inventory, faults = read([path])
    assert not codes(faults, "error")
    assert len(inventory.applications) == 2
    assert together(tmp_path / "modele-relations.csv")[0].name == "modele-elements.csv"


def acceptance(name: str) -> Path:
    if not ACCEPTANCE.is_dir():
        pytest.skip(f"the published example files are not beside the repository ({ACCEPTANCE})")
    return ACCEPTANCE / name


def test_archisurance() -> None:
    inventory, faults = read([acceptance("Archisurance.archimate")])
    assert not codes(faults, "error")
    assert {app.name for app in inventory.applications} == {
        "CRM System", "Financial Application", "Call center application", "Web portal", "Bank System",
        "Home & Away Policy Administration", "Risk Assessment", "Claim Data Management",
    }  # fmt: skip
    assert {(link.application, link.host) for link in inventory.links} == {
        ("CRM System", "Mainframe"),
        ("Financial Application", "NAS File Server"),
        ("Bank System", "BIBIT Server"),
        ("Home & Away Policy Administration", "Mainframe"),
        ("Home & Away Policy Administration", "NAS File Server"),
    }
    assert places(inventory)["Web portal"] == "front-office-applications"
    assert len(inventory.assets) == 9


@pytest.mark.parametrize("name", ["archi_Sample1_exchange.xml", "archi_test1-elements.csv"])
def test_published_samples_without_any_application(name: str) -> None:
    inventory, faults = read([acceptance(name)])
    assert inventory == Inventory()
    assert not codes(faults, "error")
    assert {"no-application", "unread-elements"} <= codes(faults)


def test_the_published_csv_read_from_any_of_the_three(tmp_path: Path) -> None:
    for kind in ("elements", "relations", "properties"):
        shutil.copy(acceptance(f"archi_test1-{kind}.csv"), tmp_path)
    _, faults = read([tmp_path])
    assert not codes(faults, "error")
    assert {fault.value for fault in faults if fault.code == "unread-elements"} == {
        "BusinessActor",
        "BusinessInterface",
        "BusinessRole",
    }
