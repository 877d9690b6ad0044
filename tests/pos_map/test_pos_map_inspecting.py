"""What an inspection says of a file nobody described, and the profile it writes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from pos_map import profiles, read, sources
from pos_map.inspecting import PERSONAL_FR, SheetView, describe, inspect
from pos_map.profile_writing import left_to_write, to_profile
from pos_map.profiles.reading import PLACEHOLDER

DATA = Path(__file__).parent / "data"
EXPORTS = sorted((DATA / "profils").iterdir())


def judged(path: Path) -> Iterator[tuple[str, bool]]:
    """Each column of an export, and whether the field proposed is one that the shipped profile gives it."""
    match = sources.opened(path).candidates[0].match
    assert match is not None
    wanted: dict[str, set[str | None]] = {}
    for table in match.sheet.tables:
        for field, origin in table.origins.items():
            for names in origin.columns:
                for index in match.index(names)[:1]:
                    wanted.setdefault(match.written[index], set()).add(field)
    for column in inspect(path).sheets[0].columns:
        yield column.name, (column.guess.field if column.guess else None) in wanted.get(column.name, {None})


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_four_columns_in_five_are_recognised_without_a_profile(path: Path) -> None:
    found = list(judged(path))
    assert sum(right for _, right in found) >= 0.8 * len(found), [name for name, right in found if not right]


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_the_profile_written_reads_the_file_it_was_made_from(path: Path, tmp_path: Path) -> None:
    written = tmp_path / "propose.yaml"
    proposed = to_profile(inspect(path))
    written.write_text(proposed.replace(PLACEHOLDER, "Serveur"), encoding="utf-8")
    profile = profiles.load(written)
    found = sources.sheets(path, [profile])
    assert found
    assert all(sheet.header for sheet in found)
    assert sum(1 for _ in found[0].rows) >= 2
    assert not [fault for sheet in found for fault in sheet.faults if fault.severity == "error"]


def test_what_is_left_to_write_is_refused_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "parc.csv"
    path.write_text("Nom du serveur;Salle;Date d'achat\nS1;Nord;2020-01-01\n", encoding="utf-8")
    proposed = to_profile(inspect(path))
    written = tmp_path / "p.yaml"
    written.write_text(proposed, encoding="utf-8")
    with pytest.raises(profiles.BadProfile) as caught:
        profiles.load(written)
    (fault,) = caught.value.faults
    assert fault.line in left_to_write(proposed)
    assert fault.line == 1 + [PLACEHOLDER in line for line in proposed.splitlines()].index(True)
    assert 'type: {value: "Serveur"}' in fault.fr
    assert 'type: "Name of the column"' in fault.en
    written.write_text(proposed.replace(f'"{PLACEHOLDER}"', '"à preciser !"'), encoding="utf-8")
    with pytest.raises(profiles.BadProfile):
        profiles.load(written)
    written.write_text(proposed.replace(PLACEHOLDER, "Serveur"), encoding="utf-8")
    assert profiles.load(written).name == "parc"


@pytest.mark.parametrize(
    ("written", "encoding"),
    [(b"bleu;vert\n1;2\n", "utf-8"), ("bleuté;vert\n1;2\n".encode(), "utf-8"),
     (b"\xef\xbb\xbfbleu;vert\n1;2\n", "utf-8-sig"), ("bleuté;vert\n1;2\n".encode("cp1252"), "cp1252"),
     ("bleu;vert\n1;2\n".encode("utf-16"), "utf-16")],
)  # fmt: skip
def test_the_encoding_is_that_of_the_file(tmp_path: Path, written: bytes, encoding: str) -> None:
    (tmp_path / "x.csv").write_bytes(written)
    assert inspect(tmp_path / "x.csv").encoding == encoding
    assert sources.opened(tmp_path / "x.csv").encoding == encoding


def test_personal_columns_are_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "parc.csv"
    path.write_text(
        "Nom du serveur;Contact;Qui;Joindre;Utilisateurs;Salle\n"
        "S1;Anne Exemple;anne@exemple.fr;01 02 03 04 05;12;Nord\nS2;Jean Exemple;jean@exemple.fr;+33102030405;9;Sud\n"
    )
    inspection = inspect(path)
    (sheet,) = inspection.sheets
    personal = {column.name: column for column in sheet.columns if column.personal}
    assert set(personal) == {"Contact", "Qui", "Joindre"}
    assert all(column.samples == (PERSONAL_FR,) and column.guess is None for column in personal.values())
    said = "\n".join([*describe(inspection), *describe(inspection, english=True), to_profile(inspection)])
    assert "Exemple" not in said
    assert "exemple.fr" not in said
    assert "donnée personnelle, non lue" in said
    assert "personal data, not read" in said


def test_the_header_is_found_under_titles_and_values_count(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for line in (
        ["Parc informatique 2026"],
        ["Extrait du", "12/01/2026"],
        [],
        ["Désignation", "Catégorie", "Acheté le", "Nombre de postes", "Lieu"],
        ["Lot 1", "Ordinateur portable", "2021-03-04", 12, "Siège"],
        ["Lot 2", "Écran", "2019-01-01", 40, "Agence"],
    ):
        sheet.append(line)
    book.save(tmp_path / "parc.xlsx")
    inspection = inspect(tmp_path / "parc.xlsx")
    (view,) = inspection.sheets
    assert (inspection.format, inspection.separator, view.header_line, view.rows) == ("xlsx", "", 4, 2)
    assert guesses(view)["Catégorie"] == "type"
    assert guesses(view)["Nombre de postes"] == "quantity"
    assert guesses(view)["Lieu"] == "site"
    assert view.columns[1].samples == ("Ordinateur portable", "Écran")


def guesses(view: SheetView) -> dict[str, str | None]:
    return {column.name: column.guess.field if column.guess else None for column in view.columns}


def test_files_read_as_they_are_say_so() -> None:
    inspection = inspect(DATA / "2-physical.csv")
    (view,) = inspection.sheets
    assert (inspection.format, view.known, view.kind, view.profile) == ("csv", True, "assets", "")
    assert "lue telle quelle" in "\n".join(describe(inspection))
    assert inspect(EXPORTS[0]).sheets[0].profile == "glpi"


def test_a_sheet_of_nothing_known_gives_no_proposal(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("bleu,vert\n1,2\n")
    inspection = inspect(path)
    assert [view.kind for view in inspection.sheets] == [""]
    assert inspection.separator == ","
    assert "aucune table" in "\n".join(describe(inspection))
    (tmp_path / "p.yaml").write_text(to_profile(inspection))
    with pytest.raises(profiles.BadProfile):
        profiles.load(tmp_path / "p.yaml")


def test_hostile_names_cannot_break_the_yaml(tmp_path: Path) -> None:
    path = tmp_path / 'x: "y" #.csv'
    path.write_text(
        'Nom,"Hôte\n- !!python/object","vCPU"": {[","Mémoire # *&"\nVM1,"h\n# kind: map",2,"4"\nVM2,h,2,4\n'
    )
    written = tmp_path / "p.yaml"
    written.write_text(to_profile(inspect(path)), encoding="utf-8")
    profile = profiles.load(written)
    assert profile.name == 'x: "y" #'
    inventory, faults = read([path])
    assert inventory.machines == ()
    assert [fault.severity for fault in faults] == ["error"]
    assert [len(list(sheet.rows)) for sheet in sources.sheets(path, [profile])] == [2]


def test_what_has_no_header_and_one_row_is_said_so(tmp_path: Path) -> None:
    view = replace(inspect(_one_row(tmp_path)).sheets[0], header_line=0)
    said = describe(replace(inspect(_one_row(tmp_path)), sheets=(view,)))
    assert said[1] == "Feuille : 1 ligne ; ressemble à : équipements physiques"
    english = describe(inspect(_one_row(tmp_path)), english=True)
    assert english[1] == "Sheet: header on line 1, 1 row; looks like: physical equipment"


def _one_row(folder: Path) -> Path:
    path = folder / "h.csv"
    path.write_text("nomEquipementPhysique;type;quantite\nS1;Serveur;1\n", encoding="utf-8")
    return path
