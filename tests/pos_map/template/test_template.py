"""Our template: locked headers, lists, help; filled, saved again and read back it is the same inventory."""

import csv
import zipfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from drawn_inventories import inventories
from hypothesis import given, settings
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from pos_map import Inventory, gather, sample_paths
from pos_map.columns import TABLES
from pos_map.model import Application, Node
from pos_map.template import table_rows, write_csv, write_template
from pos_map.template.guide import SHEETS, WORDS, guides
from pos_map.values import day, month, number, share

# Columns that only State files have, or that place an application no map names.
LEFT = {"links": {"domain", "sub_domain", "entity"}, "machines": {"infrastructure", "quantity"}}


@pytest.fixture(scope="module")
def sample() -> Inventory:
    return gather(sample_paths()).inventory


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_template(tmp_path_factory.mktemp("blank") / "modele.xlsx")


@pytest.fixture(scope="module")
def filled(sample: Inventory, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_template(tmp_path_factory.mktemp("filled") / "modele.xlsx", sample)


def differences(first: Inventory, second: Inventory) -> Iterator[tuple[str, object, object]]:
    for field in fields(Inventory):
        ours, theirs = getattr(first, field.name), getattr(second, field.name)
        if ours != theirs:
            yield field.name, set(ours) - set(theirs), set(theirs) - set(ours)


@settings(max_examples=6, deadline=None)
@given(inventories())
def test_a_filled_template_is_the_inventory(inventory: Inventory) -> None:
    with TemporaryDirectory() as folder:
        found = gather([write_template(Path(folder) / "m.xlsx", inventory)])
    assert found.errors == ()
    assert list(differences(inventory, found.inventory)) == []
    assert found.inventory == inventory


@settings(max_examples=15, deadline=None)
@given(inventories())
def test_a_folder_of_csv_is_the_inventory(inventory: Inventory) -> None:
    with TemporaryDirectory() as folder:
        paths = write_csv(Path(folder), inventory)
        for path in paths:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                cells = [cell for row in csv.reader(stream, delimiter=";") for cell in row]
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
        found = gather(paths)
    assert found.errors == ()
    assert list(differences(inventory, found.inventory)) == []


def test_the_sample_comes_back_after_a_spreadsheet_saved_it(
    filled: Path, sample: Inventory, tmp_path: Path
) -> None:
    book = load_workbook(filled)
    book.save(tmp_path / "again.xlsx")
    found = gather([tmp_path / "again.xlsx"])
    assert found.inventory == sample
    assert found.errors == ()


def test_what_was_edited_is_what_changes(filled: Path, sample: Inventory, tmp_path: Path) -> None:
    book = load_workbook(filled)
    page = book["POS"]
    header = [cell.value for cell in page[1]]
    row = next(row for row in range(2, page.max_row) if page.cell(row, 1).value == "TRI-COURRIER")
    page.cell(row, header.index("criticité") + 1).value = "1"
    page.cell(row, header.index("taux RGAA") + 1).value = "72 %"
    page.cell(row, header.index("RTO heures") + 1).value = "sans objet"
    last = len(sample.applications) + 2
    page.cell(last, 1).value = "NEUVE"
    page.cell(last, header.index("emplacement") + 1).value = "Innovation > Essais"
    book.save(tmp_path / "edited.xlsx")
    found = gather([tmp_path / "edited.xlsx"], previous=sample).inventory
    changed = [app for app in found.applications if app not in sample.applications]
    assert [(app.code, app.criticality, app.rgaa, app.rto_h, app.na) for app in changed] == [
        ("TRI-COURRIER", "1", 0.72, None, "rto_h"),
        ("NEUVE", "", None, None, ""),
    ]
    assert found.nodes[: len(sample.nodes)] == sample.nodes
    assert [node.label for node in found.nodes[len(sample.nodes) :]] == ["Innovation", "Essais"]


def test_the_blank_one_reads_as_nothing_and_without_a_word(blank: Path) -> None:
    found = gather([blank])
    assert (found.faults, found.inventory) == ((), Inventory())
    assert found.kinds == {table.kind for table in TABLES}


def test_every_column_of_every_table_is_there_once(blank: Path) -> None:
    book = load_workbook(blank)
    assert book.sheetnames == ["Aide", *(table.sheet for table in SHEETS), "Listes"]
    assert {table.kind for table in SHEETS} == {table.kind for table in TABLES}
    for table in TABLES:
        wanted = [
            column.header
            for column in table.columns
            if column.need != "dropped" and column.field not in LEFT.get(table.kind, ())
        ]
        assert sorted(cell.value for cell in book[table.sheet][1]) == sorted(wanted), table.kind


def test_headers_are_locked_and_cells_are_not(blank: Path) -> None:
    for page in load_workbook(blank).worksheets[1:-1]:
        assert page.protection.sheet
        assert page.protection.password is None
        assert all(cell.protection.locked for cell in page[1])
        assert not page.column_dimensions["A"].protection.locked
        assert not page.protection.deleteRows  # allowed
        assert page.freeze_panes == "B2"
    with zipfile.ZipFile(blank) as archive:
        styles = archive.read("xl/styles.xml")
    # Cells beyond the columns too: a line is deleted only when none of its cells is locked.
    assert b'<protection locked="0"/>' in styles.partition(b"<cellXfs")[2].partition(b"</xf>")[0]


def test_lists_point_at_cells_that_hold_them(filled: Path, sample: Inventory) -> None:
    book = load_workbook(filled)
    validations = book["Équipements virtuels"].data_validations.dataValidation
    lists = {validation.formula1 for validation in validations if validation.type == "list"}
    assert lists == {
        "liste_kinds",
        "liste_assets_name",
        "liste_machines_name",
        "liste_organisations_name",
    }
    assert words(book, "liste_kinds") == [*WORDS["kinds"], "sans objet"]
    assert words(book, "liste_map_code")[:2] == [app.code for app in sample.applications[:2]]
    assert "Relation et échanges > Courrier et documents > Courrier entrant" in words(book, "liste_paths")
    assert book["Listes"].sheet_state == "hidden"


def test_every_list_is_defined_and_every_message_fits(blank: Path) -> None:
    book = load_workbook(blank)
    for page in book.worksheets[1:-1]:
        validations = page.data_validations.dataValidation
        assert len(validations) == page.max_column
        for validation in validations:
            assert validation.type is None or validation.formula1 in book.defined_names
            assert len(validation.prompt) < 255, validation.prompt


def words(book: Workbook, name: str) -> list[object]:
    sheet, cells = next(book.defined_names[name].destinations)
    return [cell.value for row in book[sheet][cells] for cell in row]


def test_the_help_says_every_column_and_the_three_states(blank: Path) -> None:
    rows = list(load_workbook(blank)["Aide"].iter_rows(values_only=True))
    text = " ".join(str(cell) for row in rows for cell in row if cell)
    assert "Vide = inconnu. 0 = zéro. « sans objet »" in text
    told = {(row[0], row[1]) for row in rows}
    for table in SHEETS:
        assert {(table.sheet, guide.column.header) for guide in guides()[table.kind]} <= told


def test_examples_of_the_guide_can_be_read() -> None:
    readers = {"number": number, "whole": number, "share": share, "date": day, "month": month}
    for columns in guides().values():
        for guide in columns:
            assert guide.kind in (*readers, "text", "list", "open", "yes", "ref")
            if guide.example and guide.kind in readers:
                assert readers[guide.kind](guide.example) is not None, guide
            if guide.kind == "list" and guide.example:
                assert guide.example in WORDS[guide.words]


def test_labels_read_otherwise_give_way_to_codes() -> None:
    nodes = (
        Node("z", None, "zone", "Achats > Ventes", 0),
        Node("a", None, "zone", "Droits", 1),
        Node("b", None, "zone", "droits", 2),
    )
    apps = tuple(Application(node.code.upper(), "n", node.code) for node in nodes)
    header, rows = table_rows(Inventory(nodes=nodes, applications=apps))["map"]
    assert [row[header.index("emplacement")] for row in rows] == ["z", "Droits", "b"]
