"""Personal data: told from bodies in names of columns and in cells, shown nowhere, kept nowhere."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from pos_map import Gathered, gather, profiles
from pos_map.contacts import contact, redacted
from pos_map.inspecting import PERSONAL_FR, describe, inspect
from pos_map.persons import person, personal, told_by_name
from pos_map.profile_writing import to_profile

Files = Callable[..., Gathered]


@pytest.mark.parametrize(
    ("names", "about"),
    [
        (
            "Contact|Responsable applicatif|Chef de projet|Assigned to|assigned_to|Managed by|Owned by|Référent|"
            "Responsable de service|Resp. technique|Utilisateur|Nom de l'agent|N° de téléphone|contact_email|"
            "Product Owner|Nom Prénom|Créé par|sys_created_by|Matricule|u_responsable|Mobile",
            "persons",
        ),
        ("Propriétaire du CI|Propriétaire|owner|u_owner|MOA|Entité responsable|Managed by group", "owner"),
        ("Utilisateurs|users", "counted"),
        (
            "Direction|Service|Support group|Nombre d'utilisateurs|Active user count|user_base|Charge|Nom|Type de "
            "contact|Fournisseur|Hébergeur|display name|Portabilité|Version agent",
            "",
        ),
    ],
)
def test_what_the_name_of_a_column_says(names: str, about: str) -> None:
    assert {name: told_by_name(name) for name in names.split("|")} == dict.fromkeys(names.split("|"), about)


@pytest.mark.parametrize(
    "text",
    ["01 23 45 67 89", "+33123456789", "+33 1 23 45 67 89", "+33 (0)1 23 45 67 89", "01.23.45.67.89",
     "01-23-45-67-89 poste 1234", "Tél. : 0123456789", "0033 1 23 45 67 89", "33123456789", "+32 2 555 12 12",
     "Anne <a.b@caisse.example.fr>", "a@b.fr"],
)  # fmt: skip
def test_contacts_in_any_writing(text: str) -> None:
    assert contact(text)
    assert not contact(redacted(text))


@pytest.mark.parametrize(
    "text",
    ["2020-01-02 03:04:05", "01.02.2020 10:11", "01/02/2020", "10.0.12.34", "0123456789012", "262144",
     "1000000000", "SRV-0123456789", "3.14159265358979", "1 234 567,5", "@", "v1.2@3"],
)  # fmt: skip
def test_dates_addresses_and_identifiers_are_no_contacts(text: str) -> None:
    assert not contact(text)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (
            "DUPONT Jean|Jean Dupont|J. DUPONT|DUPONT J.|Jean-Pierre DUPONT|DUPONT, Jean|M. Durand|jean.dupont|"
            "DUPONT Jean (DSI)|Marie de La Tour|DUPONT Jean / MARTIN Paul",
            "sure",
        ),
        ("NGUYEN Thi|C. Exemple", "likely"),
        (
            "DSI|Pôle X|DSI Paris|Direction des systèmes|Relation Client|Action Sociale|HPE ProLiant|Dell PowerEdge|"
            "Saint Pierre|Ressources humaines|CPAM Nord|Caisse Exemple|P. O. S.|M640|Marque A|Salle Nord",
            "",
        ),
    ],
)
def test_persons_and_bodies_are_told_apart(texts: str, said: str) -> None:
    assert {text: person(text) for text in texts.split("|")} == dict.fromkeys(texts.split("|"), said)


def test_counts_of_persons_name_nobody_and_numbers_of_persons_do() -> None:
    assert not personal("Utilisateurs", ["12", "1 200", "3.000"])
    assert personal("Utilisateurs", ["aexemple", "bexemple"])
    assert personal("Contact", ["0123456789", "33123456789"])
    assert personal("Matricule", ["104523"])
    assert personal("Quoi", ["a@b.fr", "", "", "b"][:2])
    assert not personal("Propriétaire", ["DSI", "Pôle Relation", "Jean Dupont", "DRH"])


INSPECTED = """Code;Nom;Direction;Propriétaire;MOA;Propriétaire du CI;Contact;Managed by;Note
A;Paie;DSI;DSI;DUPONT Jean;Jean Exemple;+33 1 02 03 04 05;Anne Exemple;rien
B;Accueil;Pôle X;Pôle X;MARTIN Paul;J. EXEMPLE;01.02.03.04.05;EXEMPLE Anne;voir Anne Exemple
C;Congés;DRH;DRH;DURAND Anne;EXEMPLE Jean;0102030405 poste 12;A. EXEMPLE;voir
"""


def test_inspect_shows_bodies_and_never_persons(tmp_path: Path) -> None:
    path = tmp_path / "cmdb.csv"
    path.write_text(INSPECTED + "D;Archives;DSI;DSI;x;x;x;x;Anne Exemple\n", encoding="utf-8")
    seen = inspect(path)
    (sheet,) = seen.sheets
    masked = {column.name for column in sheet.columns if column.samples == (PERSONAL_FR,)}
    assert masked == {"MOA", "Propriétaire du CI", "Contact", "Managed by"}
    shown = {column.name: column.samples for column in sheet.columns if column.name not in masked}
    assert shown["Direction"] == shown["Propriétaire"] == ("DSI", "Pôle X", "DRH")
    said = "\n".join([*describe(seen), to_profile(seen)])
    assert "Jean" not in said
    assert "03 04" not in said
    # A name alone in its cell is left out of the samples of any column.
    assert "Anne Exemple" not in shown["Note"]


POS = "code application;nom;zone;propriétaire\n"


@pytest.mark.parametrize(
    "owner", ["jean.exemple@caisse.example", "01 02 03 04 05", "EXEMPLE Jean <j@caisse.example>", "Tél. +33102030405"]
)  # fmt: skip
def test_an_owner_that_is_an_e_mail_or_a_telephone_is_left_out(files: Files, owner: str) -> None:
    found = files(pos=f"{POS}A;A;Z;DSI\nB;B;Z;{owner}\n")
    assert [app.owner for app in found.inventory.applications] == ["DSI", ""]
    (fault,) = [fault for fault in found.faults if fault.code == "personal-data"]
    assert (fault.line, fault.column, fault.severity, fault.value) == (3, "propriétaire", "warning", "")
    assert fault.fr.startswith("Donnée personnelle écartée : la colonne « propriétaire »")
    assert owner not in repr(found)


def test_entities_and_descriptions_too(files: Files) -> None:
    found = files(
        parc="nomEquipementPhysique;type;quantite;nomEntite\nH;Serveur;1;a@caisse.example\n",
        pos="code application;nom;zone;description\nA;A;Z;Paie. Écrire à a@caisse.example ou au 01 02 03 04 05.\n",
    )
    assert found.inventory.assets[0].entity == ""
    described = found.inventory.applications[0].description
    assert described.startswith("Paie. Écrire à (donnée personnelle écartée)")
    assert "caisse.example" not in repr(found)
    assert "03 04" not in repr(found)
    assert [fault.column for fault in found.faults if fault.code == "personal-data"] == [
        "nomEntite",
        "description",
    ]


def test_owners_that_look_like_persons_are_doubted_once(files: Files) -> None:
    found = files(pos=f"{POS}A;A;Z;DSI\nB;B;Z;EXEMPLE Jean\nC;C;Z;Jean Modèle\n")
    (fault,) = [fault for fault in found.faults if fault.code == "person-owner"]
    assert (fault.line, fault.column, fault.value, fault.severity) == (3, "propriétaire", "", "warning")
    assert "2 cellules sur 3" in fault.fr
    assert "Donnez plutôt la direction" in fault.fr
    bodies = files(pos=f"{POS}A;A;Z;DSI\nB;B;Z;Pôle Relation\nC;C;Z;Jean Modèle\n")
    assert not [fault for fault in bodies.faults if fault.code == "person-owner"]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("code application;nom;zone;responsable\nA;A;Z;x\n", "responsable"),
        ("code application;nom;zone;Chef de projet\nA;A;Z;x\n", "Chef de projet"),
        ("nomEquipementPhysique;type;quantite;utilisateur\nH;Serveur;1;x\n", "utilisateur"),
        ("type;quantité;année d'achat;utilisateur\nÉcran;1;2020;x\n", "utilisateur"),
        ("code niveau;libellé;niveau;responsable de zone\nZ;Z;zone;x\n", "responsable de zone"),
    ],
)
def test_a_column_left_out_is_said_once_a_sheet(files: Files, text: str, column: str) -> None:
    found = files(table=text)
    (fault,) = [fault for fault in found.faults if fault.code == "personal-data"]
    assert (fault.line, fault.column, fault.value, fault.severity) == (1, column, "", "warning")
    assert f"« {column} »" in fault.fr
    assert not [fault for fault in found.faults if fault.code == "unknown-column"]
    assert not [f for f in files(table=text.replace(";x\n", ";\n")).faults if f.code == "personal-data"]


def test_a_profile_says_it_too(tmp_path: Path) -> None:
    path = tmp_path / "parc.csv"
    path.write_text("Serveur;Responsable;Contact\nS1;Quelqu'un;\nS2;Autre;\n", encoding="utf-8")
    text = (
        "sheets:\n  - recognise: [Serveur]\n    ignore: [Responsable]\n    tables:\n      - kind: assets\n"
        "        columns: {name: Serveur, type: {value: Serveur}}\n      - kind: links\n"
        "        columns: {host: Serveur, application: {value: A}}\n"
    )
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    found = gather([path], profiles=[profiles.load(tmp_path / "p.yaml")])
    (fault,) = [fault for fault in found.faults if fault.code == "personal-data"]
    assert (fault.line, fault.column) == (1, "Responsable")
    assert not [fault for fault in found.faults if fault.code == "unknown-column"]


def test_no_message_repeats_a_person(tmp_path: Path) -> None:
    path = tmp_path / "pos.csv"
    path.write_text("Appli;Zone;Direction\nA;Z;Jean Exemple\nB;Z;a@caisse.example\nC;Z;Paie;Anne Exemple\n")
    text = (
        "sheets:\n  - recognise: [Appli]\n    tables:\n      - kind: map\n"
        "        columns: {code: Appli, zone: Zone, owner: Direction}\n        values: {owner: {DSI: DSI}}\n"
    )
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    found = gather([path], profiles=[profiles.load(tmp_path / "p.yaml")])
    (unmapped,) = [fault for fault in found.faults if fault.code == "unmapped-value"]
    assert "Paie" in unmapped.fr
    said = repr(found.faults)
    assert "Exemple" not in said
    assert "caisse.example" not in said
    path.write_text("code application;nom;zone\nA;A;Z;Anne Exemple\n", encoding="utf-8")
    (stray,) = [fault for fault in gather([path]).faults if fault.code == "cell-without-column"]
    assert "(donnée personnelle écartée)" in stray.fr
    assert "Exemple" not in repr(stray)


def test_a_bad_value_that_is_an_e_mail_is_not_repeated(files: Files) -> None:
    found = files(pos="code application;nom;zone;utilisateurs\nA;A;Z;j@caisse.example\n")
    (fault,) = [fault for fault in found.faults if fault.code == "bad-number"]
    assert "« (donnée personnelle écartée) » ; attendu" in fault.fr
    assert "caisse.example" not in repr(found)


def test_a_telephone_may_be_a_number_of_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    page = book.worksheets[0]
    for row in (["code application", "nom", "zone", "propriétaire"], ["A", "Un", "Z", 33102030405]):
        page.append(row)
    book.save(tmp_path / "pos.xlsx")
    found = gather([tmp_path / "pos.xlsx"])
    assert [app.owner for app in found.inventory.applications] == [""]
    assert "33102030405" not in repr(found)


def test_properties_of_a_model_say_it_too(tmp_path: Path) -> None:
    path = tmp_path / "m.xml"
    ns = 'xmlns="http://www.opengroup.org/xsd/archimate/3.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    path.write_text(
        f'<?xml version="1.0"?><model {ns} identifier="m"><name>M</name><elements>'
        '<element identifier="a" xsi:type="ApplicationComponent"><name>Paie</name><properties>'
        '<property propertyDefinitionRef="p1"><value>Quelqu’un</value></property>'
        '<property propertyDefinitionRef="p2"><value>Autre</value></property>'
        "</properties></element></elements><propertyDefinitions>"
        '<propertyDefinition identifier="p1" type="string"><name>responsable</name></propertyDefinition>'
        '<propertyDefinition identifier="p2" type="string"><name>Chef de projet</name></propertyDefinition>'
        "</propertyDefinitions></model>",
        encoding="utf-8",
    )
    found = gather([path])
    (fault,) = [fault for fault in found.faults if fault.code == "personal-data"]
    assert "« responsable », « Chef de projet »" in fault.fr
    assert "Quelqu" not in repr(found)
