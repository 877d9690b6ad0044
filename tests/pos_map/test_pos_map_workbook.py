"""The workbook: map, office equipment and use cases; damaged and oversized files."""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from pos_map_estate import SOUND

from pos_map import Fault, Inventory, Node, read, sources

MAP = ["code application", "nom", "zone", "quartier", "îlot", "bloc", "périmètre", "utilisateurs"]
MAP += ["acte fonctionnel", "volume annuel d'actes"]
CASES = [
    "code",
    "titre",
    "application",
    "type d'automatisation",
    "statut",
    "raison d'abandon",
    "volume annuel",
]
TERMINALS = ["type", "modèle", "site", "entité", "quantité", "année d'achat", "taux professionnel", "pays"]
Rows = Sequence[Sequence[object]]


def book(path: Path, **sheets: Rows) -> Path:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    workbook.save(path)
    return path


def errors(faults: list[Fault]) -> list[tuple[str, int | None, str, str, str]]:
    return [(f.sheet, f.line, f.column, f.value, f.code) for f in faults if f.severity == "error"]


def test_map_sheet_with_title_rows(tmp_path: Path) -> None:
    rows: Rows = [
        ["Plan d'occupation des sols"],
        [],
        MAP,
        ["A1", "Accueil", "Relation", "Accueil", None, None, "Usagers", 1200.0, "rendez-vous", "1 500,5"],
        ["A2", None, "RELATION", "Courrier", "Îlot d'entrée", None, "", None, None, None],
        ["A3", "Socle", "Socle", None, None, "Bloc nu", None, None, None, None],
        ["A4", "Ailleurs", None, None, None, None, None, None, None, None],
        [None, None, "Pilotage", "Vide", None, None, None, None, None, None],
    ]
    inventory, faults = read([book(tmp_path / "pos.xlsx", POS=rows)])
    assert errors(faults) == []
    assert inventory.nodes == (
        Node("relation", None, "zone", "Relation", 0),
        Node("relation/accueil", "relation", "quartier", "Accueil", 0),
        Node("relation/courrier", "relation", "quartier", "Courrier", 1),
        Node("relation/courrier/ilot-d-entree", "relation/courrier", "îlot", "Îlot d'entrée", 0),
        Node("socle", None, "zone", "Socle", 1),
        Node("socle/bloc-nu", "socle", "bloc", "Bloc nu", 0),
        Node("non-rattache", None, "zone", "non rattaché", 2),
        Node("pilotage", None, "zone", "Pilotage", 3),
        Node("pilotage/vide", "pilotage", "quartier", "Vide", 0),
    )
    first, second, _, fourth = inventory.applications
    assert (first.perimeter, first.users, first.act_label, first.act_volume) == (
        "usagers",
        1200,
        "rendez-vous",
        1500.5,
    )
    assert (second.name, second.node, second.users) == ("A2", "relation/courrier/ilot-d-entree", None)
    assert fourth.node == "non-rattache"


def test_map_sheet_faults_are_located_by_sheet_and_line(tmp_path: Path) -> None:
    rows: Rows = [
        MAP,
        ["A1", "Accueil", None, "Accueil", None, None, "dehors", 12.5, None, -4],
        ["A1", "Encore", "Zone", None, None, None, None, None, None, None],
        [None, "Sans code", "Zone", None, None, None, None, None, None, None],
    ]
    _, faults = read([book(tmp_path / "pos.xlsx", POS=rows)])
    assert errors(faults) == [
        ("POS", 2, "zone", "", "missing-value"),
        ("POS", 2, "périmètre", "dehors", "unknown-word"),
        ("POS", 2, "utilisateurs", "12.5", "bad-number"),
        ("POS", 2, "volume annuel d'actes", "-4", "negative"),
        ("POS", 3, "code application", "A1", "duplicate"),
        ("POS", 4, "code application", "", "missing-value"),
    ]
    duplicate = next(fault for fault in faults if fault.code == "duplicate")
    assert "ligne 2 de pos.xlsx, feuille POS" in duplicate.fr
    assert "line 2 of pos.xlsx, sheet POS" in duplicate.en


def test_terminals_are_assets_without_data_centre(tmp_path: Path) -> None:
    rows: Rows = [
        TERMINALS,
        ["Ordinateur portable", "14 pouces", "Siège", "Caisse", 120, 2021, None, "France"],
        ["Ordinateur portable", "14 pouces", "Siège", "Caisse", 30, 2021, None, "France"],
        ["Smartphone", "6 pouces", "Siège", "Caisse", 40, datetime(2022, 3, 1), 0.85, "France"],
        ["Écran", None, "Agence", None, None, None, "57 %", "La Réunion"],
    ]
    inventory, faults = read([book(tmp_path / "parc.xlsx", Terminaux=rows)])
    assert [(fault.line, fault.code, fault.severity) for fault in faults] == [
        (5, "blank-quantity", "warning")
    ]
    assert [
        (a.name, a.quantity, a.purchased, a.share, a.country, a.data_centre) for a in inventory.assets
    ] == [
        ("Ordinateur portable · 14 pouces · Siège · 2021-07-01", 120.0, date(2021, 7, 1), None, "France", ""),
        (
            "Ordinateur portable · 14 pouces · Siège · 2021-07-01 (2)",
            30.0,
            date(2021, 7, 1),
            None,
            "France",
            "",
        ),
        ("Smartphone · 6 pouces · Siège · 2022-03-01", 40.0, date(2022, 3, 1), 0.85, "France", ""),
        ("Écran · Agence", 1.0, None, 0.57, "La Réunion", ""),
    ]


def test_use_cases(tmp_path: Path) -> None:
    place = [MAP, ["A1", "Accueil", "Zone", *[None] * 7]]
    rows: Rows = [
        CASES,
        ["C1", "Tri", "A1", "ML", "Pilote", None, 1000],
        ["C2", "Résumé", None, "IAG", "abandonnée", "Trop coûteux", None],
        ["C3", "Robot", "A1", "RPA", "abandonné", None, None],
        ["C4", "Erreur", "A2", "RPA", "pilotte", None, None],
    ]
    inventory, faults = read([book(tmp_path / "pos.xlsx", **{"POS": place, "Cas d'usage IA": rows})])
    assert [
        (case.code, case.status, case.automation, case.yearly_volume) for case in inventory.use_cases
    ] == [
        ("C1", "pilote", "ML", 1000.0),
        ("C2", "abandonné", "IAG", None),
        ("C3", "abandonné", "RPA", None),
        ("C4", "", "RPA", None),
    ]
    assert errors(faults) == [("Cas d'usage IA", 5, "statut", "pilotte", "unknown-word")]
    assert [(f.line, f.value) for f in faults if f.code == "unknown-application"] == [(5, "A2")]
    assert "« pilote »" in next(fault.fr for fault in faults if fault.code == "unknown-word")
    blank = [(fault.line, fault.severity) for fault in faults if fault.code == "blank-reason"]
    assert blank == [(4, "warning")]


def test_links_outside_the_map_are_placed_with_a_warning(tmp_path: Path) -> None:
    for name, body in SOUND.items():
        (tmp_path / name).write_text(body)
    book(tmp_path / "pos.xlsx", POS=[MAP, ["APP1", "Une", "Zone", *[None] * 7]])
    inventory, faults = read([tmp_path])
    assert [(app.code, app.node) for app in inventory.applications] == [("APP1", "zone"), ("APP2", "metier")]
    assert [(f.file, f.line, f.column, f.value, f.code, f.severity) for f in faults] == [
        ("applications.csv", 3, "nomApplication", "APP2", "unmapped-application", "warning"),
        ("pos.xlsx", 2, "", "", "missing-for-a-score", "warning"),
    ]
    # Two applications of other numbers are two: none is proposed for the other.
    assert faults[0].fr.endswith("elle est placée dans « metier ».")


def test_notes_are_skipped_but_a_named_sheet_must_be_readable(tmp_path: Path) -> None:
    path = book(tmp_path / "x.xlsx", Notes=[["à", "lire"], ["par", "tous"]], Terminaux=[["a", "b"]], Vide=[])
    inventory, faults = read([path])
    assert inventory == Inventory()
    assert [(fault.sheet, fault.code, fault.severity) for fault in faults] == [
        ("Notes", "skipped-sheet", "warning"),
        ("Terminaux", "unknown-format", "error"),
    ]


def test_damaged_workbooks(tmp_path: Path) -> None:
    (tmp_path / "texte.xlsx").write_text("pas un classeur")
    with zipfile.ZipFile(tmp_path / "vide.xlsx", "w") as archive:
        archive.writestr("lisez-moi.txt", "rien")
    _, faults = read([tmp_path])
    assert [(fault.file, fault.code) for fault in faults] == [
        ("texte.xlsx", "unreadable"),
        ("vide.xlsx", "unreadable"),
    ]


def test_a_workbook_too_large_once_unpacked_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path / "gros.xlsx", POS=[MAP, ["A1", "Accueil", "Zone", *[None] * 7]])
    monkeypatch.setattr(sources, "WORKBOOK_LIMIT_BYTES", 1000)
    inventory, faults = read([path])
    assert (inventory.applications, [fault.code for fault in faults]) == ((), ["too-large"])


def test_any_table_may_be_a_sheet(tmp_path: Path) -> None:
    rows: Rows = [
        ["nomCourtDatacenter", "pue", "localisation"],
        ["DC1", 1.42, "France"],
        [12, None, "France"],
    ]
    inventory, faults = read([book(tmp_path / "salles.xlsx", Salles=rows)])
    assert [(centre.code, centre.pue) for centre in inventory.data_centres] == [("DC1", 1.42), ("12", None)]
    assert faults == []


def test_rows_beyond_the_size_a_workbook_declares_are_read(tmp_path: Path) -> None:
    rows: Rows = [
        ["nomCourtDatacenter", "pue", "localisation"],
        *([f"DC{n}", 1.5, "France"] for n in range(9)),
    ]
    right = book(tmp_path / "juste.xlsx", Salles=rows)
    wrong = tmp_path / "faux.xlsx"
    with zipfile.ZipFile(right) as source, zipfile.ZipFile(wrong, "w") as target:
        for entry in source.namelist():
            target.writestr(entry, source.read(entry).replace(b'ref="A1:C10"', b'ref="A1:C2"'))
    inventory, _ = read([wrong])
    assert [centre.code for centre in inventory.data_centres] == [f"DC{n}" for n in range(9)]
