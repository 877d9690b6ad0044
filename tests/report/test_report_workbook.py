"""The workbook: reopened with openpyxl, the same bytes twice, harmless to open."""

from __future__ import annotations

import builtins
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlmodel import select

from footprint.errors import CampaignError, FootprintError
from footprint.report import ReportError, write_workbook
from footprint.report.tables import Block, Column
from footprint.report.workbook import header_lines, row_lines
from footprint.store import tables as t
from footprint.store.database import Store, open_store

FRENCH = ["Synthèse", "Lignes", "Applications", "Facteurs", "Hypothèses", "Qualité"]
ENGLISH = ["Summary", "Lines", "Applications", "Factors", "Hypotheses", "Quality"]
HOSTILE = (
    '=HYPERLINK("http://example.invalid","x")',
    "+1+1",
    "@SUM(A1)",
    "-2",
    "\t=1",
    "{=1}",
    "http://example.invalid",
)


def reopened(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def test_every_sheet_is_there_with_its_title_in_a1(sample_store: Store, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    path = write_workbook(sample_store, tmp_path / "new" / "bilan.xlsx")
    book = reopened(path)
    assert book.sheetnames == FRENCH
    for sheet in book:
        assert isinstance(sheet["A1"].value, str)
        assert not sheet.merged_cells.ranges
        assert sheet.freeze_panes
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
    assert book["Synthèse"]["A1"].value == "Bilan carbone allégé du système d’information"
    assert book["Lignes"].auto_filter or book["Lignes"].tables
    assert list(path.parent.iterdir()) == [path]  # no draft left


def test_names_and_formulas_check_the_total(sample_store: Store, tmp_path: Path) -> None:
    path = write_workbook(sample_store, tmp_path / "bilan.xlsx")
    book, values = reopened(path), openpyxl.load_workbook(path, data_only=True)
    assert set(book.defined_names) == {"fp_lines", "fp_total", "fp_applications", "fp_applications_total"}
    name, where = next(iter(book.defined_names["fp_lines"].destinations))
    cells = [cell.value for (cell,) in book[name][where]]
    name, where = next(iter(book.defined_names["fp_total"].destinations))
    total = book[name][where].value
    assert sum(cells) == pytest.approx(total, rel=1e-9)
    assert book["Lignes"]["C4"].value == "=SUM(fp_lines)-fp_total"
    assert values["Lignes"]["C3"].value == pytest.approx(total, rel=1e-9)
    assert values["Lignes"]["C4"].value == pytest.approx(0.0, abs=1e-6)
    name, where = next(iter(book.defined_names["fp_applications"].destinations))
    known = [cell.value for (cell,) in book[name][where] if not isinstance(cell.value, str)]
    name, where = next(iter(book.defined_names["fp_applications_total"].destinations))
    assert sum(known) == pytest.approx(book[name][where].value, rel=1e-9)


def test_the_same_assessment_gives_the_same_bytes(sample_store: Store, tmp_path: Path) -> None:
    first = write_workbook(sample_store, tmp_path / "a.xlsx").read_bytes()
    assert write_workbook(sample_store, tmp_path / "b.xlsx").read_bytes() == first


def test_english(sample_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_LANG", "en")
    book = reopened(write_workbook(sample_store, tmp_path / "balance.xlsx"))
    assert book.sheetnames == ENGLISH
    text = " ".join(
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value
    )
    assert "inconnu" not in text
    assert "unknown" in text


def test_hostile_names_stay_texts(sample_store: Store, tmp_path: Path) -> None:
    with sample_store.session() as session:
        rows = session.exec(select(t.Application).order_by(t.Application.code)).all()  # type: ignore[arg-type]
        for row, name in zip(rows, HOSTILE, strict=False):
            row.name = row.owner = name
    book = reopened(write_workbook(sample_store, tmp_path / "bilan.xlsx"))
    cells = [cell for row in book["Applications"].iter_rows() for cell in row if cell.value in HOSTILE]
    assert sorted(cell.value for cell in cells) == sorted(2 * HOSTILE)
    assert all(cell.data_type == "s" and cell.quotePrefix and cell.hyperlink is None for cell in cells)


def test_only_our_formulas_are_formulas(sample_store: Store, tmp_path: Path) -> None:
    book = reopened(write_workbook(sample_store, tmp_path / "bilan.xlsx"))
    formulas = {c.value for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"}
    assert formulas == {
        "=SUM(fp_lines)",
        "=SUM(fp_lines)-fp_total",
        "=ABS(SUM(fp_lines)-fp_total)/fp_total",
        "=SUBTOTAL(109,fp_lines)",
        "=SUM(fp_applications)",
        "=SUM(fp_applications)-N(fp_applications_total)",
    }


def test_a_too_long_text_is_cut_not_lost(sample_store: Store, tmp_path: Path) -> None:
    with sample_store.session() as session:
        session.exec(select(t.Application).where(t.Application.code == "TRI-COURRIER")).one().owner = (
            "é" * 40_000
        )
    book = reopened(write_workbook(sample_store, tmp_path / "bilan.xlsx"))
    lengths = [len(str(c.value)) for row in book["Applications"].iter_rows() for c in row]
    assert max(lengths) == 32_767


def test_charts_are_described_in_words(sample_store: Store, tmp_path: Path) -> None:
    path = write_workbook(sample_store, tmp_path / "bilan.xlsx")
    with zipfile.ZipFile(path) as archive:
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 2
    assert drawing.count("descr=") == 2
    assert "postes de travail" in drawing


def test_no_campaign_is_one_clear_sentence(tmp_path: Path) -> None:
    store = open_store(tmp_path / "empty")
    with pytest.raises(CampaignError, match="footprint init"):
        write_workbook(store, tmp_path / "bilan.xlsx")
    store.close()


def test_a_folder_in_the_way_is_one_clear_sentence(sample_store: Store, tmp_path: Path) -> None:
    (tmp_path / "bilan.xlsx").mkdir()
    with pytest.raises(ReportError, match="ne peut pas être écrit"):
        write_workbook(sample_store, tmp_path / "bilan.xlsx")
    assert not (tmp_path / ".bilan.xlsx.draft").exists()


def test_an_absent_library_says_what_to_install(
    sample_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **values: Any) -> Any:
        if name == "xlsxwriter":
            raise ImportError(name)
        return real(name, *args, **values)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(FootprintError, match=r"\.\[reports\]"):
        write_workbook(sample_store, tmp_path / "bilan.xlsx")


def test_rows_are_tall_enough_for_their_texts() -> None:
    block = Block("T", (Column("A long header", "wrap"), Column("b")), ())
    assert header_lines(block, (7.0, 10.0)) == 2
    assert row_lines(block, ("x" * 47, "y" * 400), (10.0, 10.0)) == 5
    assert row_lines(block, (None, 3.0), (10.0, 10.0)) == 1
    assert row_lines(block, ("x" * 9000, ""), (10.0, 10.0)) == 12


def test_no_folder_is_made_for_a_report(sample_store: Store, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="un dossier qui existe"):
        write_workbook(sample_store, tmp_path / "nope" / "bilan.xlsx")
    assert not (tmp_path / "nope").exists()
