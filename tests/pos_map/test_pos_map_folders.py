"""Folders as people have them: strays are left aside and named; sheets nobody knows are said once, shortly."""

from pathlib import Path

import pytest
from openpyxl import Workbook
from pos_map_estate import SOUND

from pos_map import read

STRAYS = {
    "LICENSE.txt": 'THE SOFTWARE IS PROVIDED "AS IS",\n"Software"), to deal; with; the\n',
    "README.md": "# Export; du; parc\n",
    "reglages.json": '{"theme": "sombre"}',
    "liste.json": "[1, 2]",
    "page.xml": "<?xml version='1.0'?><note/>",
    "photo.png": "\x89PNG",
    "ancien.xls": "x",
}
HIDDEN = {
    ".DS_Store": "x",
    "~$centres.xlsx": "x",
    ".~lock.centres.csv#": "x",
    "Thumbs.db": "x",
    "desktop.ini": "x",
}
ACCEPTANCE = Path(__file__).parents[3] / "shared" / "acceptance"


def folder(place: Path, files: dict[str, str]) -> Path:
    place.mkdir()
    for name, text in files.items():
        (place / name).write_text(text, encoding="latin-1")
    return place


def test_strays_of_a_folder_are_left_aside_in_one_warning(tmp_path: Path) -> None:
    inventory, faults = read([folder(tmp_path / "parc", {**SOUND, **STRAYS, **HIDDEN})])
    assert len(inventory.assets) == 2
    ((fault,), rest) = (
        [f for f in faults if f.code == "skipped-file"],
        [f for f in faults if f.code != "skipped-file"],
    )
    assert [f for f in rest if f.severity == "error"] == []
    assert (fault.file, fault.line, fault.severity) == ("parc", None, "warning")
    assert all(f"« {name} »" in fault.fr and f"“{name}”" in fault.en for name in STRAYS)
    assert not any(name in fault.fr for name in HIDDEN)


@pytest.mark.parametrize(
    "name", ["LICENSE.txt", "reglages.json", "liste.json", "page.xml", "photo.png", "README.md"]
)
def test_a_file_named_is_refused_all_the_same(tmp_path: Path, name: str) -> None:
    place = folder(tmp_path / "parc", {**SOUND, **STRAYS})
    _, faults = read([place / "centres.csv", place / name])
    assert [f.file for f in faults if f.severity == "error"] == [name]
    _, faults = read([place, place / name])
    assert [f.file for f in faults if f.severity == "error"] == [name]


def test_a_table_that_cannot_be_read_is_no_stray(tmp_path: Path) -> None:
    spoilt = {
        "a.csv": "nom;couleur\nx;y\n",
        "b.json": '{"inventory": [',
        "c.xlsx": "x",
        "d.txt": 'type;quantité\nPC;"x\n',
    }
    _, faults = read([folder(tmp_path / "parc", spoilt)])
    assert {f.file for f in faults if f.severity == "error"} == set(spoilt)
    assert "skipped-file" not in {f.code for f in faults}


def test_a_folder_of_strays_is_empty_and_many_are_counted(tmp_path: Path) -> None:
    _, faults = read([folder(tmp_path / "parc", {f"note{rank:02}.txt": "bonjour" for rank in range(30)})])
    assert [(f.code, f.severity) for f in faults] == [("skipped-file", "warning"), ("empty-folder", "error")]
    assert "« note09.txt » et 20 autres" in faults[0].fr
    assert "note11" not in faults[0].fr


def test_a_file_named_beside_its_folder_is_read_once(tmp_path: Path) -> None:
    place = folder(tmp_path / "parc", {"centres.csv": SOUND["centres.csv"]})
    inventory, faults = read([place, place / "centres.csv"])
    assert (len(inventory.data_centres), faults) == (1, [])


def test_the_published_archimate_folder_is_read_whole() -> None:
    place = ACCEPTANCE / "archimate"
    if not place.is_dir():
        pytest.skip(f"the published example files are not beside the repository ({place})")
    inventory, faults = read([place])
    assert [f for f in faults if f.severity == "error"] == []
    assert len(inventory.applications) == 8
    assert "« archi_LICENSE.txt »" in next(f.fr for f in faults if f.code == "skipped-file")


def book(path: Path, **sheets: list[list[object]]) -> Path:
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    made.save(path)
    return path


def test_unknown_sheets_are_said_once(tmp_path: Path) -> None:
    notes = {f"Notes {rank}": [["à", "lire"], ["par", "tous"]] for rank in range(14)}
    _, faults = read([book(tmp_path / "x.xlsx", **notes)])
    fault, refused = faults
    assert (fault.code, fault.severity, fault.sheet) == ("skipped-sheet", "warning", "")
    assert (refused.code, refused.severity) == ("unknown-format", "error")
    assert "14 feuilles" in fault.fr
    assert "« Notes 0 »" in fault.fr
    assert len(fault.fr) < 400


def test_an_unknown_sheet_tells_the_nearest_table_and_what_it_lacks(tmp_path: Path) -> None:
    rows = [["nomEquipementPhysique", "couleur", "poids", "forme"], ["H1", "bleu", 1, "rond"]]
    _, faults = read([book(tmp_path / "x.xlsx", Serveurs=rows, Notes=[["à", "lire"]])])
    (near, other, refused) = sorted(faults, key=lambda fault: fault.sheet, reverse=True)
    assert (near.sheet, near.code) == ("Serveurs", "skipped-sheet")
    assert "équipements physiques ; il y manque « type »" in near.fr
    assert "“type”" in near.en
    assert "terminaux" not in near.fr
    assert (other.sheet, len(other.fr) < 120) == ("Notes", True)
    assert refused.code == "unknown-format"


def test_an_unknown_file_tells_the_nearest_table(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("nomEquipementPhysique;couleur;poids;forme\nH1;bleu;1;rond\n", encoding="utf-8")
    (fault,) = read([file])[1]
    assert (fault.code, fault.severity) == ("unknown-format", "error")
    assert "équipements physiques ; il y manque « type »" in fault.fr
    assert len(fault.fr) < 300
    file.write_text("couleur;poids\nbleu;1\n", encoding="utf-8")
    (fault,) = read([file])[1]
    assert len(fault.fr) < 200
