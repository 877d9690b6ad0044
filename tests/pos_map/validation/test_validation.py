"""Faults as JSON and as a workbook to send back: complete, located, harmless whatever the cells hold."""

import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pos_map import Fault, gather
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
    "H1;Serveur;beaucoup;aexemple;Anne Exemple;Jean Exemple\n"
    "H2;Serveur;1;bexemple;;EXEMPLE Anne\n"
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
    assert lines["H1"] == ["Serveur", "beaucoup", left_out, left_out, left_out]
    english = load_workbook(write_faults_xlsx(gather([path]).faults, [path], tmp_path / "e.xlsx", "en"))
    assert "(personal data left out)" in [cell for line in rows(english["parc"]) for cell in line]


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
