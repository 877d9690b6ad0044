"""Files that give no table, cells too long, profiles that read nothing: what is said of each."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from pos_map_estate import SOUND

from pos_map import Fault, gather, profiles, read, sources
from pos_map.inspecting import inspect
from pos_map.mapping import Profile

CMDB = """
name: cmdb
sheets:
  - recognise: [Serveur, Famille]
    tables:
      - kind: assets
        columns: {name: Serveur, type: Famille, quantity: {value: "1"}}
"""


def profile(folder: Path, text: str = CMDB, *, asked: bool = True) -> Profile:
    path = folder / "profil.yaml"
    path.write_text(text, encoding="utf-8")
    return replace(profiles.load(path), asked=asked)


def book(path: Path, **sheets: list[list[object]]) -> Path:
    made = Workbook()
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    made.save(path)
    return path


def errors(faults: list[Fault]) -> list[tuple[str, str]]:
    return [(fault.file, fault.code) for fault in faults if fault.severity == "error"]


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx", "x.ods", "x.json", "x.xml", "x"])
def test_a_file_of_no_byte_is_said_empty(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    (fault,) = read([tmp_path / name])[1]
    assert (fault.code, fault.fr[:20]) == ("empty-file", "Ce fichier est vide ")
    with pytest.raises(sources.Unreadable, match="Ce fichier est vide"):
        inspect(tmp_path / name)


@pytest.mark.parametrize("written", [b"\xef\xbb\xbf", b"\n\n;;\n", b" \r\n"])
def test_a_text_of_blank_lines_is_said_empty(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(written)
    assert errors(read([tmp_path / "x.csv"])[1]) == [("x.csv", "empty-file")]


def test_a_blank_workbook_and_one_of_unknown_sheets_are_refused(tmp_path: Path) -> None:
    assert errors(read([book(tmp_path / "blanc.xlsx")])[1]) == [("blanc.xlsx", "empty-file")]
    notes = book(tmp_path / "notes.xlsx", Notes=[["à", "lire"], ["par", "tous"]])
    assert errors(read([notes])[1]) == [("notes.xlsx", "unknown-format")]
    made = load_workbook(notes)
    hidden = made.create_sheet("Centres")
    hidden.append(["nomCourtDatacenter", "pue", "localisation"])
    hidden.sheet_state = "hidden"
    made.save(notes)
    assert errors(read([notes])[1]) == [("notes.xlsx", "unknown-format")]
    (tmp_path / "centres.csv").write_text(SOUND["centres.csv"], encoding="utf-8")
    assert errors(read([notes, tmp_path / "centres.csv"])[1]) == [("notes.xlsx", "unknown-format")]


def test_in_a_folder_a_workbook_of_notes_is_skipped_unless_it_is_all_there_is(tmp_path: Path) -> None:
    folder = tmp_path / "parc"
    folder.mkdir()
    book(folder / "notes.xlsx", Notes=[["à", "lire"], ["par", "tous"]])
    assert errors(read([folder])[1]) == [("parc", "empty-folder")]
    (folder / "centres.csv").write_text(SOUND["centres.csv"], encoding="utf-8")
    assert errors(read([folder])[1]) == []


@pytest.mark.parametrize("line", [1, 3])
def test_a_cell_too_long_is_no_fault_of_quotation_marks(tmp_path: Path, line: int) -> None:
    lines = [SOUND["centres.csv"].splitlines()[0], "DC1;1,4;France", "DC2;1,4;France"]
    lines[line - 1] += ";" + "x" * (csv.field_size_limit() + 1)
    (tmp_path / "x.csv").write_text("\n".join(lines), encoding="utf-8")
    (fault,) = [fault for fault in read([tmp_path / "x.csv"])[1] if fault.severity == "error"]
    assert (fault.code, fault.line) == ("long-cell", line)
    assert "trop longue" in fault.fr
    assert "guillemets" not in fault.fr


def test_a_mark_left_open_stays_the_fault_however_much_it_swallows(tmp_path: Path) -> None:
    rows = "".join(f"DC{rank};1,4;France\n" for rank in range(csv.field_size_limit() // 10))
    text = SOUND["centres.csv"].splitlines()[0] + '\n"DC;1,4;France\n' + rows
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    assert errors(read([tmp_path / "x.csv"])[1]) == [("x.csv", "bad-quote")]


def test_a_profile_asked_for_that_reads_nothing_tells_what_it_waits_for(tmp_path: Path) -> None:
    (tmp_path / "centres.csv").write_text(SOUND["centres.csv"], encoding="utf-8")
    asked = profile(tmp_path)
    (fault,) = gather([tmp_path / "centres.csv"], profiles=[asked]).warnings
    assert (fault.code, fault.severity) == ("idle-profile", "warning")
    assert "« cmdb » n'a reconnu aucune feuille" in fault.fr
    assert "il attend « Serveur », « Famille », il manque « Serveur », « Famille »." in fault.fr
    (tmp_path / "equipements.csv").write_text(
        "nomEquipementPhysique;type;quantite;Famille;dateAchat;nomCourtDatacenter\nH1;Serveur;1;x;;\n",
        encoding="utf-8",
    )
    found = gather([tmp_path / "centres.csv", tmp_path / "equipements.csv"], profiles=[asked]).warnings
    (fault,) = [fault for fault in found if fault.code == "idle-profile"]
    assert (fault.file, fault.fr.partition("manque ")[2]) == ("equipements.csv", "« Serveur ».")
    kept = replace(asked, asked=False)
    assert gather([tmp_path / "centres.csv"], profiles=[kept]).faults == ()
    (tmp_path / "cmdb.csv").write_text("Serveur;Famille\nH1;Serveur\n", encoding="utf-8")
    found = gather([tmp_path / "cmdb.csv", tmp_path / "centres.csv"], profiles=[asked]).warnings
    assert "idle-profile" not in {fault.code for fault in found}


def test_what_a_profile_says_of_writing_holds_for_its_own_files_only(tmp_path: Path) -> None:
    says = CMDB.replace("name: cmdb", 'name: cmdb\nseparator: "|"\nencoding: latin-1')
    (tmp_path / "cmdb.csv").write_bytes("Serveur|Famille\nH\xe9|Serveur\n".encode("latin-1"))
    (tmp_path / "centres.csv").write_text(SOUND["centres.csv"] + "DC-É;1,4;France\n", encoding="utf-8")
    for asked in (True, False):
        found = gather(
            [tmp_path / "cmdb.csv", tmp_path / "centres.csv"], profiles=[profile(tmp_path, says, asked=asked)]
        )
        assert found.errors == ()
        assert [asset.name for asset in found.inventory.assets] == ["Hé"]
        assert "DC-É" in {centre.name for centre in found.inventory.data_centres}


def test_a_profile_asked_for_comes_before_those_kept(tmp_path: Path) -> None:
    (tmp_path / "cmdb.csv").write_text("Serveur;Famille;Nb\nH1;Serveur;3\n", encoding="utf-8")
    asked = profile(tmp_path)
    kept = profile(tmp_path, CMDB.replace('{value: "1"}', "Nb").replace("cmdb", "garde"), asked=False)
    for order in ([asked, kept], [kept, asked]):
        assert gather([tmp_path / "cmdb.csv"], profiles=order).inventory.assets[0].quantity == 1
    assert gather([tmp_path / "cmdb.csv"], profiles=[kept]).inventory.assets[0].quantity == 3
