"""E-mails and telephones: told from counts, lists and identifiers, and struck out of every free text."""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from openpyxl import Workbook

from pos_map import Gathered, gather
from pos_map.contacts import bare_mobile, contact, redacted
from pos_map.persons import body_left, shown

Files = Callable[..., Gathered]
MASK = "(donnée personnelle écartée)"


@pytest.mark.parametrize(
    "text",
    ["DSI,0612345678", "DSI-0612345678", "Port.0612345678", "06_12_34_56_78", "(33) 6 12 34 56 78",
     "33 6 12 34 56 78", "a.exemple[at]caisse.fr", "a.exemple (at) caisse.fr", "0612345678: Exemple",
     "Tél n° 0612345678", "01/23/45/67/89", "+33 612 345 678", "+1 212 555 0123", "+41 (0)22 123 45 67",
     "+336 12 34 56 78", "00 33 6 12 34 56 78"],
)  # fmt: skip
def test_contacts_however_they_are_written(text: str) -> None:
    assert contact(text)
    assert not contact(redacted(text))


@pytest.mark.parametrize(
    "text",
    ["Traite +10 000 dossiers en 2024", "Volume +20 000 000 d'actes, 12 lots", "Marché 0140302010 lot 2",
     "SIRET 33123456789", "Flux 01/02/03/04/05 du SNGI", "le 01.02.03.04.05", "de 00 h 12 00 34 56",
     "Ports +1 1024 2048 4096", "norme +33 2024 1234", "N° 0123456789", "Remplace le serveur 0102030405",
     "00123456789", "002 345 678 901", "+100 200 300 400", "+12 34 56 78 90", "+20 000 000 000 d'euros",
     "01/02/2020 10:11", "version 0.1.23.45.67.89", "0,123456789", "APP-0123456789"],
)  # fmt: skip
def test_counts_lists_and_identifiers_are_no_contacts(text: str) -> None:
    assert not contact(text)
    assert redacted(text) == text


@pytest.mark.parametrize(
    "text", ["Traite +10 000 dossiers en 2024", "Marché 0140302010 lot 2", "SIRET 33123456789"]
)
def test_a_description_keeps_its_figures(files: Files, text: str) -> None:
    found = files(pos=f"code application;nom;zone;description\nA;A;Z;{text}\n")
    assert [app.description for app in found.inventory.applications] == [text]
    assert not [fault for fault in found.faults if fault.code == "personal-data"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("DSI (dsi@caisse.fr)", "DSI"),
        ("CPAM 0140302010", "CPAM"),
        ("Pôle Paie - tél. 01 02 03 04 05", "Pôle Paie"),
        ("DSI,0612345678", "DSI"),
        ("DSI - J. Exemple 0612345678", "DSI"),
        ("DUPONT 0612345678", ""),
        ("EXEMPLE Jean <j@caisse.fr>", ""),
        ("Tél. +33102030405", ""),
        ("jexemple a@caisse.fr", ""),
    ],
)
def test_of_an_owner_the_body_stays(files: Files, text: str, left: str) -> None:
    assert body_left(text) == left
    found = files(pos=f"code application;nom;zone;propriétaire\nA;A;Z;{text}\n")
    assert [app.owner for app in found.inventory.applications] == [left]
    (fault,) = [fault for fault in found.faults if fault.code == "personal-data"]
    assert (f"« {left} »" if left else "Écrivez la direction") in fault.fr


def test_a_mobile_that_a_spreadsheet_took_for_a_number(tmp_path: Path) -> None:
    assert bare_mobile("612345678")
    # The key of a SIREN holds: a body.
    assert not bare_mobile("775672272")
    assert not bare_mobile("123456789")
    book = Workbook()
    for row in (["code application", "nom", "zone", "propriétaire"], ["A", "A", "Z", 612345678]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "pos.xlsx")
    found = gather([tmp_path / "pos.xlsx"])
    assert [app.owner for app in found.inventory.applications] == [""]
    assert "612345678" not in repr(found)


HEAD = (
    "code application;nom;zone;statut;hébergement;éditeur;documentation;besoins de sécurité;registre RGPD;"
    "environnements;technologie;criticité;acte fonctionnel;nature\n"
)


def test_every_free_text_is_struck_out_and_no_identifier(files: Files) -> None:
    told = "voir a@caisse.fr ou 06 12 34 56 78"
    found = files(
        pos=f"{HEAD}A;Accueil (a@caisse.fr);Z;{told};{told};{told};https://doc/a@caisse.fr;{told};a@caisse.fr;{told};"
        f"{told};{told};{told};{told}\n",
        organismes="code organisme;organisme;anciens noms\nO;Caisse;a@caisse.fr\n",
        flux=f"application source;application cible;nature\nA;A;{told}\n",
        hotes=f"nomEquipementPhysique;type;quantite;site;statut\n0612345678;Serveur;1;{told};{told}\n",
    )
    (app,) = found.inventory.applications
    assert app.name == f"Accueil ({MASK})"
    assert app.editor == f"voir {MASK} ou {MASK}"
    assert app.documentation.endswith(MASK)
    assert app.gdpr_ref == ""
    assert found.inventory.organisations[0].aliases == ""
    (asset,) = found.inventory.assets
    assert asset.name == "0612345678"
    for record in (app, *found.inventory.flows, *found.inventory.organisations, asset):
        kept = [getattr(record, each.name) for each in fields(record) if each.name != "name"]
        assert "caisse.fr" not in repr(kept)
        assert "12 34" not in repr(kept)
    assert "caisse.fr" not in repr(found.faults)
    said = [fault.column for fault in found.faults if fault.code == "personal-data"]
    assert {"nom", "éditeur", "documentation", "statut", "anciens noms", "nature", "site"} <= set(said)


def test_many_cells_of_a_column_are_counted(files: Files) -> None:
    lines = "".join(f"A{n};A;Z;a{n}@caisse.fr\n" for n in range(30))
    found = files(pos=f"code application;nom;zone;éditeur\n{lines}")
    said = [fault for fault in found.faults if fault.code == "personal-data"]
    assert len(said) == 21
    assert any(fault.fr.endswith("autres cellules de la colonne « éditeur » : 10.") for fault in said)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("code application;nom;zone\nA;A;Z", "Pilote"),
        ("code application;nom;zone\nA;A;Z", "Utilisateur"),
        ("nomEquipementPhysique;type;quantite\nS;Serveur;1", "Référent"),
        ("nomEquipementVirtuel;nomEquipementPhysique;vCPU\nV;H;1", "Référent"),
    ],
)
def test_a_column_about_persons_is_never_one_of_ours_misspelled(
    files: Files, table: str, column: str
) -> None:
    head, line = table.split("\n")
    found = files(table=f"{head};{column}\n{line};Anne Exemple\n")
    assert not [fault for fault in found.faults if fault.code == "unknown-column"]
    (fault,) = [fault for fault in found.faults if fault.code == "personal-data"]
    assert f"« {column} »" in fault.fr


@pytest.mark.parametrize(
    ("texts", "seen"),
    [
        (
            "voir Mme Durand|J. Exemple|En prod - suivi J. Exemple|appeler Paul Durand|Bureau de Jean Exemple",
            False,
        ),
        ("Pôle Jean Moulin|Rue Paul Bert|P. O. S.|En production|M 01|DSI Paris|jexemple", True),
    ],
)
def test_a_person_named_among_other_words_is_not_shown(texts: str, seen: bool) -> None:
    assert {text: shown(text) for text in texts.split("|")} == dict.fromkeys(texts.split("|"), seen)


def test_cells_are_counted_in_the_plural_of_all(files: Files) -> None:
    found = files(pos="code application;nom;zone;propriétaire\nA;A;Z;Jean Exemple\nB;B;Z;DSI\n")
    (fault,) = [fault for fault in found.faults if fault.code == "person-owner"]
    assert "(1 of 2 cells, from" in fault.en
    assert "(1 cellule sur 2, à" in fault.fr
