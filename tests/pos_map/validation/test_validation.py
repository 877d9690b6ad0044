"""Faults as JSON and as a workbook to send back: complete, located, harmless whatever the cells hold."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pos_map import Fault, Gathered, gather, profiles
from pos_map.validation import copies as copying
from pos_map.validation import faults_json, safe_cell, write_faults_xlsx
from pos_map.writing import clean, sheet_name, unguarded

KEYS = [
    "file",
    "sheet",
    "line",
    "column",
    "value",
    "rule",
    "severity",
    "fr",
    "en",
    "mend",
    "mend_fr",
    "mend_en",
]
HOSTILE = '=HYPERLINK("http://x",1)\x07\ud800'
CSV = (
    "Inventaire 2026;;;;\n"
    "nomEquipementPhysique;type;quantite;paysDUtilisation;dateAchat\n"
    "H1;Serveur;beaucoup;France;8 juillet 2020\n"
    "=1+1;Serveur;1;France;2020-07-08\n"
    "H1;Serveur;2;;2020-07-08\n"
)


@pytest.fixture
def estate(tmp_path: Path) -> list[Path]:
    path = tmp_path / "équipements.csv"
    path.write_text(CSV)
    book = Workbook()
    book.remove(book.worksheets[0])
    page = book.create_sheet("Équipements virtuels")
    page.append(["nomEquipementVirtuel", "nomEquipementPhysique", "vCPU", "typeEqv"])
    page.append(["V1", "h-1", 4, "calcull"])
    page.append(["V2", "H1", "=2+2", "calcul"])
    book.save(tmp_path / "vm.xlsx")
    return [path, tmp_path / "vm.xlsx"]


def rows(page: Worksheet) -> list[list[object]]:
    return [list(row) for row in page.iter_rows(values_only=True)]


def test_json_has_the_same_keys_for_every_fault(estate: list[Path]) -> None:
    faults = gather(estate).faults
    values = json.loads(faults_json(faults))
    assert [list(value) for value in values] == [KEYS] * len(faults)
    date = next(value for value in values if value["rule"] == "bad-date")
    assert (date["file"], date["line"], date["column"], date["value"]) == (
        "équipements.csv",
        3,
        "dateAchat",
        "8 juillet 2020",
    )
    assert (date["mend"], date["mend_fr"]) == ("2020-07-08", "Écrire « 2020-07-08 ».")
    assert json.loads(faults_json([])) == []


def test_the_list_says_everything_and_links_to_the_cell(estate: list[Path], tmp_path: Path) -> None:
    faults = gather(estate).faults
    book = load_workbook(write_faults_xlsx(faults, estate, tmp_path / "c.xlsx"))
    head, *lines = rows(book["Constats"])
    assert head[:2] == ["N°", "Gravité"]
    assert [line[7] for line in lines] == [fault.fr for fault in faults]
    assert {line[1] for line in lines} == {"Erreur", "Avertissement"}
    date = next(
        row for row in range(2, len(faults) + 2) if book["Constats"].cell(row, 10).value == "bad-date"
    )
    assert book["Constats"].cell(date, 9).value == "2020-07-08"
    assert book["Constats"].cell(date, 11).hyperlink.location == "'équipements'!E3"
    assert book["Constats"].auto_filter.ref
    english = load_workbook(write_faults_xlsx(faults, estate, tmp_path / "e.xlsx", "en"))
    assert [line[7] for line in rows(english["Findings"])[1:]] == [fault.en for fault in faults]


def test_sources_are_copied_with_the_faulty_cells_marked(estate: list[Path], tmp_path: Path) -> None:
    book = load_workbook(write_faults_xlsx(gather(estate).faults, estate, tmp_path / "c.xlsx"))
    assert book.sheetnames == ["Constats", "équipements", "vm Équipements virtuels"]
    page = book["équipements"]
    # Lines keep their number.
    assert [cell.value for cell in page[2]][:2] == ["nomEquipementPhysique", "type"]
    wrong, sound = page["C3"], page["C4"]
    assert (wrong.value, wrong.fill.fgColor.rgb) == ("beaucoup", "FFF8D0CB")
    assert "un nombre" in wrong.comment.text
    assert "Écrire : 2020-07-08" in page["E3"].comment.text
    assert (sound.comment, sound.fill.fill_type) == (None, None)
    assert book["vm Équipements virtuels"]["D2"].comment is not None


def test_a_comment_says_its_sentence_once(estate: list[Path], tmp_path: Path) -> None:
    faults = gather(estate).faults
    book = load_workbook(write_faults_xlsx(faults, estate, tmp_path / "c.xlsx"))
    (wrong,) = [fault for fault in faults if fault.code == "bad-number"]
    said = book["équipements"]["C3"].comment.text
    assert said.count(wrong.fr) == 1
    english = load_workbook(write_faults_xlsx(faults, estate, tmp_path / "e.xlsx", "en"))
    assert english["équipements"]["C3"].comment.text.count(wrong.en) == 1


PERSONS = (
    "Parc;voir j@caisse.example;;;;\n"
    "nomEquipementPhysique;type;quantite;utilisateur;Chef de projet;nomEntite\n"
    "H1;Serveur;beaucoup;aexemple;Anne Exemple;Victor Hugo\n"
    "H2;Serveur;1;bexemple;;DSI (a@caisse.example)\n"
    "H3;Serveur;1;;Jean Exemple;j@caisse.example\n"
)


@pytest.mark.parametrize("whole", [20_000, 1])
def test_persons_are_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: int) -> None:
    monkeypatch.setattr(copying, "WHOLE_LINES", whole)
    path = tmp_path / "parc.csv"
    path.write_text(PERSONS, encoding="utf-8")
    target = write_faults_xlsx(gather([path]).faults, [path], tmp_path / "c.xlsx")
    with zipfile.ZipFile(target) as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for word in ("aexemple", "bexemple", "Anne", "Jean", "caisse.example"):
        assert word not in inside, word
    page = load_workbook(target)["parc"]
    lines = {line[0]: line[1:] for line in rows(page)}
    left_out = "(donnée personnelle écartée)"
    assert lines["nomEquipementPhysique"][2:] == ["utilisateur", "Chef de projet", "nomEntite"]
    # What is read comes back as it was read, a name that may be a body's too; what is not is left out.
    assert lines["H1"] == ["Serveur", "beaucoup", left_out, left_out, "Victor Hugo"]
    if whole > 1:
        assert [lines[name][4] for name in ("H2", "H3")] == ["DSI", None]
    english = load_workbook(write_faults_xlsx(gather([path]).faults, [path], tmp_path / "e.xlsx", "en"))
    assert "(personal data left out)" in [cell for line in rows(english["parc"]) for cell in line]


def sent_back(path: Path, tmp_path: Path, language: str, **options: Any) -> Gathered:
    """The workbook of findings of a file, its one mistake ("un") mended, read again."""
    given = gather([path], **options)
    assert given.faults
    profiles = options.get("profiles", ())
    book = load_workbook(
        write_faults_xlsx(given.faults, [path], tmp_path / "f.xlsx", language, profiles)  # type: ignore[arg-type]
    )
    del book[book.sheetnames[0]]
    for line in book.worksheets[0].iter_rows():
        for cell in line:
            if cell.value == "un":
                cell.value = 1
    book.save(tmp_path / "mended.xlsx")
    return gather([tmp_path / "mended.xlsx"], **options)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_workbook_sent_back_gives_what_was_read(tmp_path: Path, language: str) -> None:
    path = tmp_path / "hotes.csv"
    path.write_text(
        "nomEquipementPhysique;type;quantite;paysDUtilisation;site;utilisateur;nomEntite\n"
        "0123456789;Serveur;un;France;Victor Hugo;jexemple;DSI (a@caisse.example)\n"
        "camille_prod;Serveur;1;France;Jean Moulin;aexemple;b@caisse.example\n"
        "0123456790;Serveur;1;France;Marie Curie 01 02 03 04 05;bexemple;DRH\n",
        encoding="utf-8",
    )
    back = sent_back(path, tmp_path, language)
    assert not [fault for fault in back.faults if fault.severity == "error" or fault.code == "personal-data"]
    assert [asset.name for asset in back.inventory.assets] == ["0123456789", "camille_prod", "0123456790"]
    assert [asset.entity for asset in back.inventory.assets] == ["DSI", "", "DRH"]
    assert [asset.site for asset in back.inventory.assets] == [
        "Victor Hugo", "Jean Moulin", "Marie Curie (donnée personnelle écartée)",
    ]  # fmt: skip
    assert [asset.quantity for asset in back.inventory.assets] == [1, 1, 1]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_names_of_applications_and_owners_survive_too(tmp_path: Path, language: str) -> None:
    path = tmp_path / "pos.csv"
    head = "code application;nom;zone;propriétaire;utilisateurs;description\n"
    path.write_text(head + "A;Claire Net;Z;CNAM;1;x\nB;Victor Web;Z;DSI;2;y\n", encoding="utf-8")
    base = gather([path]).inventory
    path.write_text(
        head + "A;Claire Net;Z;dsi@caisse.example;un;+10 000 dossiers\nB;Victor Web;Z;DSI;2;ok\n",
        encoding="utf-8",
    )
    apps = sent_back(path, tmp_path, language, base=base).inventory.applications
    assert [(app.name, app.owner, app.users) for app in apps] == [
        ("Claire Net", "CNAM", 1),
        ("Victor Web", "DSI", 2),
    ]
    assert apps[0].description == "+10 000 dossiers"


def test_the_columns_of_a_profile_are_not_masked(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(
        "Serveur;Genre;Qté;Implantation;Suivi par\nS1;Serveur;un;Victor Hugo;Anne Exemple\n"
        "S2;Serveur;1;Marie Curie;Anne Exemple\n",
        encoding="utf-8",
    )
    (tmp_path / "p.yaml").write_text(
        "sheets:\n  - recognise: [Serveur, Genre]\n    tables:\n      - kind: assets\n"
        "        columns: {name: Serveur, type: Genre, quantity: Qté, site: Implantation}\n",
        encoding="utf-8",
    )
    mine = [profiles.load(tmp_path / "p.yaml")]
    back = sent_back(path, tmp_path, "fr", profiles=mine)
    assert [asset.site for asset in back.inventory.assets] == ["Victor Hugo", "Marie Curie"]
    assert [asset.quantity for asset in back.inventory.assets] == [1, 1]
    assert not [fault for fault in back.faults if fault.code == "personal-data"]
    with zipfile.ZipFile(tmp_path / "f.xlsx") as archive:
        assert not any(b"Anne Exemple" in archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize("mask", ["(donnée personnelle écartée)", "(personal data left out)"])
def test_a_mask_read_again_says_nothing(tmp_path: Path, mask: str) -> None:
    path = tmp_path / "pos.csv"
    path.write_text(
        f"code application;nom;zone;propriétaire;utilisateurs;éditeur;responsable\nA;A;Z;{mask};{mask};{mask};{mask}\n",
        encoding="utf-8",
    )
    found = gather([path])
    (app,) = found.inventory.applications
    assert (app.owner, app.users, app.editor) == ("", None, "")
    assert not [
        fault for fault in found.faults if fault.code in ("personal-data", "bad-number", "person-owner")
    ]


def test_findings_do_not_repeat_the_person_they_hide(tmp_path: Path) -> None:
    pos, links = tmp_path / "pos.csv", tmp_path / "liens.csv"
    pos.write_text(
        "code application;nom;zone;périmètre;mise en service;utilisateurs;RTO;Jean Exemple\n"
        "A;A;Z;Jean Exemple 06 12 34 56 78;voir Anne Exemple;jean exemple 06 12 34 56 78;06 12 34 56 78;x\n"
        "B;B;Z;a@caisse.example;x;;;x\n",
        encoding="utf-8",
    )
    links.write_text(
        "nomApplication;nomEquipementVirtuel;typeEnvironnement\nA;PC a@caisse.example;prod\n",
        encoding="utf-8",
    )
    faults = gather([pos, links]).faults
    said = faults_json(faults) + repr(faults)
    assert {"unknown-word", "bad-date", "bad-number", "unknown-vm"} <= {fault.code for fault in faults}
    book = load_workbook(write_faults_xlsx(faults, [pos, links], tmp_path / "f.xlsx"))
    for page in book.worksheets[:1]:
        said += repr(rows(page))
    said += repr([c.comment.text for page in book for line in page.iter_rows() for c in line if c.comment])
    for word in ("Exemple", "exemple 06", "12 34", "a@caisse"):
        assert word not in said, word


def test_counts_of_users_are_copied(tmp_path: Path) -> None:
    path = tmp_path / "pos.csv"
    path.write_text("code application;nom;zone;utilisateurs;propriétaire\nA;A;Z;beaucoup;DSI\nB;B;Z;12;DRH\n")
    book = load_workbook(write_faults_xlsx(gather([path]).faults, [path], tmp_path / "c.xlsx"))
    assert [line[3:] for line in rows(book["pos"])] == [
        ["utilisateurs", "propriétaire"], ["beaucoup", "DSI"], ["12", "DRH"],
    ]  # fmt: skip
    assert "beaucoup" in [line[6] for line in rows(book["Constats"])]


def test_a_formula_of_a_source_stays_text(estate: list[Path], tmp_path: Path) -> None:
    target = write_faults_xlsx(gather(estate).faults, estate, tmp_path / "c.xlsx")
    assert load_workbook(target)["équipements"]["A4"].data_type == "s"
    with zipfile.ZipFile(target) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_hostile_faults_make_a_sound_workbook(tmp_path: Path) -> None:
    fault = Fault(HOSTILE, HOSTILE, 3, HOSTILE, HOSTILE, "x", "error", HOSTILE, HOSTILE, HOSTILE)
    lone = tmp_path / "[a]*?.csv"
    lone.write_bytes(CSV.encode())
    marked = Fault(lone.name, "", 3, "type", HOSTILE, "x", "warning", HOSTILE * 2000, HOSTILE)
    book = load_workbook(write_faults_xlsx([fault, marked], [lone, tmp_path], tmp_path / "c.xlsx"))
    assert book["Constats"]["G2"].data_type == "s"
    assert json.loads(faults_json([fault]))[0]["value"] == HOSTILE


def test_nothing_found_is_said(tmp_path: Path) -> None:
    book = load_workbook(write_faults_xlsx([], [], tmp_path / "c.xlsx"))
    assert book["Constats"]["H2"].value == "Rien à signaler."


def test_of_a_big_sheet_only_lines_at_fault_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "WHOLE_LINES", 10)
    path = tmp_path / "e.csv"
    good = "".join(f"S{n};Serveur;1;France;2020-01-01\n" for n in range(50))
    path.write_text(CSV + good + "Z;Serveur;rien;France;2020-01-01\n")
    faults = [fault for fault in gather([path]).faults if fault.code == "bad-number"]
    book = load_workbook(write_faults_xlsx(faults, [path], tmp_path / "c.xlsx"))
    assert [row[0] for row in rows(book["e"])] == ["nomEquipementPhysique", "H1", "Z"]
    assert book["Constats"]["E3"].value == 56
    assert book["Constats"]["K3"].hyperlink.location == "'e'!C3"


@given(st.text(max_size=30) | st.from_regex(r"'{0,2}[=+@\t-]?[a-z]{0,3}"))
def test_a_text_made_safe_starts_no_formula_and_comes_back(text: str) -> None:
    safe = safe_cell(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(safe) == text


def test_a_cell_of_apostrophes_is_never_lost() -> None:
    for text in ("'=1", "''-x", "'a", "'", "=", "", "-", "a=b"):
        assert unguarded(safe_cell(text)) == text


@given(st.lists(st.text(max_size=40), max_size=8))
def test_sheet_names_are_accepted_and_told_apart(wanted: list[str]) -> None:
    taken: set[str] = set()
    names = [sheet_name(name, taken) for name in wanted]
    assert len({name.casefold() for name in names}) == len(wanted)
    assert all(0 < len(name) <= 31 and not set("[]:*?/\\") & set(name) for name in names)


def test_clean_text_is_xml() -> None:
    assert clean("a\x00b\ud800c\ufffe\n") == "a\ufffdb?c\ufffd\n"
