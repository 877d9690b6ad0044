"""Exports of five tools read through the shipped profiles, and what a profile of one's own may say."""

from datetime import date
from pathlib import Path

import pytest

from pos_map import Inventory, profiles, read, sources
from pos_map.grids import Sheet
from pos_map.profiles import BadProfile
from pos_map.values import Written, number

DATA = Path(__file__).parent / "data" / "profils"


def known(name: str) -> Inventory:
    inventory, faults = read([DATA / name])
    assert [fault for fault in faults if fault.severity == "error"] == []
    return inventory


def codes(sheets: list[Sheet]) -> list[str]:
    for sheet in sheets:
        list(sheet.rows)
    return [fault.code for sheet in sheets for fault in sheet.faults]


def profile(folder: Path, text: str) -> profiles.Profile:
    path = folder / "p.yaml"
    path.write_text(text, encoding="utf-8")
    return profiles.load(path)


SERVERS = """
name: maison
sheets:
  - recognise: [Serveur]
    skip_when: [{column: État, is: [Rebut]}]
    tables:
      - kind: assets
        columns:
          name: Serveur
          type: {value: Serveur}
          quantity: {column: Nb, value: "1"}
          model: {join: [Marque, Modèle], with: " / "}
          ram_gb: {column: [RAM Mo, Mémoire], factor: 0.001}
          purchased: Achat
          status: État
        values:
          status: {"En Prod": en service}
      - kind: links
        needs: [application]
        columns:
          application: {column: Applis, split: ","}
          host: Serveur
          environment: {value: Production}
"""


def test_every_shipped_profile_is_sound() -> None:
    assert profiles.names() == ["glpi", "itop", "leanix", "mercator", "servicenow", "vierge"]
    assert [found.name for found in profiles.shipped()] == profiles.names()[:-1]
    blank = profiles.named("vierge")
    assert blank.name in profiles.template()
    with pytest.raises(KeyError):
        profiles.named("../vierge")


def test_servicenow_servers_are_hosts_machines_and_links() -> None:
    inventory = known("servicenow-serveurs.csv")
    assert [(a.name, a.ram_gb, a.ssd_gb, a.purchased, a.status, a.ref) for a in inventory.assets] == [
        ("SRV-PAR-01", 256.0, 3840.0, date(2021, 3, 15), "en service", "a1"),
        ("SRV-PAR-02", 128.0, 1920.0, date(2020, 11, 2), "en service", "a2"),
    ]
    assert [(vm.name, vm.vcpu, vm.ram_gb, vm.storage_gb) for vm in inventory.machines] == [
        ("VM-PAIE-01", 4.0, 16.0, 200.0),
        ("VM-TEST-01", 2.0, 8.0, 100.0),
    ]
    assert [(link.application, link.environment, link.vm) for link in inventory.links] == [
        ("PAIE", "Production", "VM-PAIE-01"),
        ("ACCUEIL", "Production", "VM-PAIE-01"),
        ("PAIE", "Sandbox", "VM-TEST-01"),
    ]


def test_servicenow_applications_from_the_labels_of_excel() -> None:
    inventory = known("servicenow-applications.xlsx")
    assert [(a.code, a.owner, a.hosting, a.users, a.status, a.ref) for a in inventory.applications] == [
        ("PAIE", "Ressources humaines", "interne", 1200, "en service", "APM0001"),
        ("ACCUEIL", "Relation usagers", "SaaS", 350, "en service", "APM0002"),
        ("ARCHIVE", "Relation usagers", "interne", None, "décommissionnée", "APM0003"),
    ]


def test_itop_machines_in_cp1252_with_their_linked_applications() -> None:
    inventory = known("itop-vm.csv")
    assert [(vm.name, vm.host, vm.ram_gb, vm.ref) for vm in inventory.machines] == [
        ("VM-01", "HYP-01", 16.0, "101"),
        ("VM-02", "HYP-01", 7.5, "102"),
    ]
    assert [(link.application, link.vm) for link in inventory.links] == [
        ("PAIE", "VM-01"),
        ("ACCUEIL", "VM-01"),
    ]
    hosts = known("itop-serveurs.csv").assets
    assert [(a.name, a.model, a.data_centre, a.cores) for a in hosts] == [
        ("HYP-01", "Marque A M640", "Salle Nord", 32.0),
        ("HYP-02", "Marque A M640", "Salle Nord", 32.0),
    ]


def test_glpi_computers_are_told_apart_by_their_chassis() -> None:
    inventory = known("glpi-ordinateurs.csv")
    assert [(a.name, a.type, a.data_centre, a.site) for a in inventory.assets] == [
        ("SRV-1", "Serveur", "Salle Nord", ""),
        ("PC-0001", "Ordinateur portable", "", "Siège > 2e étage"),
        ("PC-0002", "Ordinateur fixe", "", "Agence Sud"),
    ]
    assert [(vm.name, vm.ram_gb) for vm in inventory.machines] == [("VM-1", 4.0)]


def test_leanix_applications_take_their_first_capability_and_interfaces_become_flows() -> None:
    inventory = known("leanix-inventaire.xlsx")
    assert [(a.code, a.node, a.status, a.criticality) for a in inventory.applications] == [
        ("PAIE", "ressources/rh", "en service", "vitale"),
        ("ACCUEIL", "relation/accueil", "en décroissance", "moyenne"),
    ]
    assert [(flow.source, flow.target) for flow in inventory.flows] == [
        ("PAIE", "ACCUEIL"),
        ("PAIE", "BANQUE"),
    ]


def test_mercator_reports_with_a_merged_block() -> None:
    inventory = known("mercator-applications.xlsx")
    assert [(a.code, a.node, a.rto_h) for a in inventory.applications] == [
        ("Paie", "ressources-humaines", 24.0),
        ("Congés", "ressources-humaines", None),
        ("Portail", "relation", 48.0),
    ]
    assert {node.level for node in inventory.nodes} == {"bloc"}
    servers = known("mercator-serveurs.xlsx")
    assert [(vm.name, vm.host, vm.cluster, vm.ram_gb) for vm in servers.machines] == [
        ("LS-01", "SRV-1", "CL-1", 16.0),
        ("LS-02", "SRV-1", "", 8.5),
    ]


def test_persons_never_leave_the_file() -> None:
    for path in sorted(DATA.iterdir()):
        held = [str(row) for sheet in sources.sheets(path) for _, row in sheet.rows]
        assert held
        assert not any(
            ("Exemple'" in row and "Anne" in row) or "exemple.fr" in row or "aexemple" in row for row in held
        )


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "parc.csv"
    path.write_bytes(
        "Parc au 1er janvier;;;;;;;\nServeur;Nb;Marque;Modèle;Mémoire;Achat;État;Applis;Note\n"
        "S1;;A;X1;64000;2021;En prod;PAIE, ACCUEIL;rien\nS2;3;A;;32000;;HS;;\nS3;1;;;;;Rebut;PAIE;\n".encode(
            "cp1252"
        )
    )
    assets, links = sources.sheets(path, [profile(tmp_path, SERVERS)])
    assert list(assets.rows) == [
        (3, ("S1", "Serveur", "1", "A / X1", Written("64000", factor=0.001), "2021", "en service")),
        (4, ("S2", "Serveur", "3", "A", Written("32000", factor=0.001), None, "HS")),
    ]
    assert assets.header is not None
    assert assets.header.written == ("Serveur", "type", "Nb", "Marque + Modèle", "Mémoire", "Achat", "État")
    assert list(links.rows) == [(3, ("PAIE", "S1", "Production")), (3, ("ACCUEIL", "S1", "Production"))]
    assert [(f.code, f.severity, f.value) for f in assets.faults] == [
        ("unknown-column", "warning", "Note"),
        ("skipped-rows", "warning", "1"),
        ("unmapped-value", "warning", "HS"),
    ]
    # Read again, the faults are the same, once.
    assert len(list(assets.rows)) == 2
    assert len(assets.faults) == 3


def test_a_missing_column_is_said_with_the_nearest_one(tmp_path: Path) -> None:
    path = tmp_path / "parc.csv"
    path.write_text("Serveurs;Nb;Marque;Modèle;Achat;État\nS1;1;A;B;2020;Ok\n")
    found = sources.sheets(path, [profile(tmp_path, SERVERS)])
    assert [list(sheet.rows) for sheet in found] == [[], []]
    (fault,) = [fault for sheet in found for fault in sheet.faults if fault.severity == "error"]
    assert (fault.code, fault.line) == ("missing-column", 1)
    assert fault.fr.endswith("attend la colonne « Serveur », qui manque. Vouliez-vous « Serveurs » ?")
    assert fault.en.endswith("expects the column “Serveur”, which is missing. Did you mean “Serveurs”?")


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("name: x\n", "", 1),
        ("sheets: oui\n", "sheets", 1),
        ("sheet: []\n", "sheet", 1),
        ("sheets:\n  - tables: []\n", "sheets[1]", 2),
        (SERVERS.replace("kind: assets", "kind: asset"), "sheets[1].tables[1].kind", 7),
        (SERVERS.replace("          model:", "          modle:"), "sheets[1].tables[1].columns.modle", 12),
        (SERVERS.replace("          model:", "          user:"), "sheets[1].tables[1].columns.user", 12),
        (SERVERS.replace("          name: Serveur\n", ""), "sheets[1].tables[1].columns", 9),
        (SERVERS.replace("factor: 0.001", "factor: mille"), "sheets[1].tables[1].columns.ram_gb.factor", 13),
        (SERVERS + "header_row: 40\n", "header_row", 24),
        (SERVERS + "decimal: point\n", "decimal", 24),
        (SERVERS + "name: deux fois\n", "name", 24),
    ],
)
def test_a_wrong_profile_says_where_and_what(tmp_path: Path, text: str, path: str, line: int) -> None:
    with pytest.raises(BadProfile) as caught:
        profile(tmp_path, text)
    fault = caught.value.faults[0]
    assert (fault.file, fault.column, fault.line) == ("p.yaml", path, line)
    assert "attendu" in fault.fr
    assert "expected" in fault.en


@pytest.mark.parametrize(
    "text", ["", "a: [", "\x00", "!!python/object/apply:os.getcwd []", "- " * 5000, "a: &x [*x]", "[" * 20000]
)
def test_hostile_yaml_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadProfile):
        profile(tmp_path, text)


def test_numbers_and_dates_in_the_order_a_profile_says(tmp_path: Path) -> None:
    path = tmp_path / "parc.csv"
    path.write_text('Serveur|RAM Mo|Achat\nS1|"1,234,000.5"|07/31/2020\nS2|12|2020-01-02\n')
    text = SERVERS + "decimal: '.'\ndates: month-first\nseparator: '|'\n"
    assets = sources.sheets(path, [profile(tmp_path, text)])[0]
    assert assets.header is not None
    ram, bought = assets.header.written.index("RAM Mo"), assets.header.written.index("Achat")
    rows = [(number(row[ram]), row[bought]) for _, row in assets.rows]
    assert rows == [(pytest.approx(1234.0005), "2020-07-31"), (pytest.approx(0.012), "2020-01-02")]


def test_our_own_tables_are_never_taken_for_an_export(tmp_path: Path) -> None:
    for path in sorted((DATA.parent).glob("*.csv")):
        assert all(sheet.header and sheet.header.table for sheet in sources.sheets(path))
        assert not any(code in ("unmapped-value", "skipped-rows") for code in codes(sources.sheets(path)))
