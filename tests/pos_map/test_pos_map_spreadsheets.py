"""Workbooks of any shape and hostile ones: merged cells, hidden sheets, bombs, entities, stray cells."""

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from pos_map import grids, opendocument, packages, read, sources
from pos_map.sources import Unreadable
from pos_map.values import Cell

CENTRES = ["nomCourtDatacenter", "pue", "localisation"]
MANIFEST = "META-INF/manifest.xml"
SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def ods(path: Path, tables: str, styles: str = "", doctype: str = "", manifest: str = "<m/>") -> Path:
    content = (
        f'<?xml version="1.0"?>{doctype}<office:document-content {SPACES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(MANIFEST, manifest)
    return path


def cell(value: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string"{more}><text:p>{value}</text:p></table:table-cell>'


def row(*cells: str, repeat: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeat}">{"".join(cells)}</table:table-row>'


def table(*rows: str, name: str = "Salles", style: str = "ta1") -> str:
    return f'<table:table table:name="{name}" table:style-name="{style}">{"".join(rows)}</table:table>'


def lines(path: Path) -> list[tuple[int, tuple[Cell, ...]]]:
    (sheet,) = sources.sheets(path)
    found = list(sheet.rows)
    assert list(sheet.rows) == found, "rows may be read again"
    return found


def refused(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read_all(path)
    assert caught.value.fr
    assert caught.value.en
    return caught.value.code


def read_all(path: Path) -> None:
    for sheet in sources.sheets(path):
        list(sheet.rows)


def rewritten(source: Path, target: Path, part: str, old: str, new: str) -> Path:
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in archive.namelist():
            data = archive.read(name)
            if name == part:
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode(), 1)
            out.writestr(name, data)
    return target


def test_merged_cells_give_their_value_to_every_cell(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for line in (
        ["Plan du SI"],
        [],
        ["zone", "code application", "nom"],
        ["Relation", "A1", "Un"],
        [None, "A2", "Deux"],
        [None, None, None],
        ["Socle", "A3", "Même nom"],
        [None, "A4", None],
    ):
        sheet.append(line)
    for merged in ("A1:C1", "A4:A6", "A7:A8", "C7:C8"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "pos.xlsx")
    assert lines(tmp_path / "pos.xlsx") == [
        (1, ("Plan du SI",) * 3),
        (3, ("zone", "code application", "nom")),
        (4, ("Relation", "A1", "Un")),
        (5, ("Relation", "A2", "Deux")),
        (7, ("Socle", "A3", "Même nom")),
        (8, ("Socle", "A4", "Même nom")),
    ]
    inventory, _ = read([tmp_path / "pos.xlsx"])
    assert [app.node for app in inventory.applications] == ["relation", "relation", "socle", "socle"]


def test_opendocument_values_merges_and_repeats(tmp_path: Path) -> None:
    number = '<table:table-cell office:value-type="float" office:value="1.25"><text:p>1,25</text:p></table:table-cell>'
    day = '<table:table-cell office:value-type="date" office:date-value="2021-03-04"/>'
    span = cell("France", ' table:number-rows-spanned="2"')
    path = ods(
        tmp_path / "salles.ods",
        table(
            row(cell("Titre<office:annotation><text:p>note de Anne</text:p></office:annotation>")),
            row('<table:table-cell table:number-columns-repeated="1024"/>', repeat=3),
            row(*(cell(name) for name in CENTRES), cell("vu le")),
            row(cell("DC1"), number, span, day),
            row(cell("DC<text:s text:c='2'/>2"), number, "<table:covered-table-cell/>"),
            row(cell("DC3", ' table:number-columns-repeated="2"'), repeat=2),
            row("<table:table-cell/>", repeat=1_048_000),
        ),
    )
    assert lines(path) == [
        (1, ("Titre",)),
        (5, (*CENTRES, "vu le")),
        (6, ("DC1", 1.25, "France", date(2021, 3, 4))),
        (7, ("DC  2", 1.25, "France")),
        (8, ("DC3", "DC3")),
        (9, ("DC3", "DC3")),
    ]


def test_hidden_sheets_are_said_and_not_read(tmp_path: Path) -> None:
    book = Workbook()
    for sheet in (book.worksheets[0], book.create_sheet("Ancien"), book.create_sheet("Listes")):
        sheet.append(CENTRES if sheet.title != "Listes" else ["a", "b"])
        sheet.append(["DC1", 1.5, "France"])
        sheet.sheet_state = "visible" if sheet.title == "Sheet" else "hidden"
    book.save(tmp_path / "x.xlsx")
    style = '<style:style style:name="caché"><style:table-properties table:display="false"/></style:style>'
    rows = (row(*map(cell, CENTRES)), row(cell("DC1"), cell("1,5"), cell("France")))
    ods(tmp_path / "x.ods", table(*rows) + table(*rows, name="Ancien", style="caché"), style)
    for name in ("x.xlsx", "x.ods"):
        (sheet,) = sources.sheets(tmp_path / name)
        assert [(fault.code, fault.sheet) for fault in sheet.faults] == [("hidden-sheet", "Ancien")]


def test_formulas_give_their_saved_value_and_are_never_computed(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(CENTRES)
    sheet.append(["DC1", "=1+0.5", "France"])
    book.save(tmp_path / "nu.xlsx")
    (found,) = sources.sheets(tmp_path / "nu.xlsx")
    assert list(found.rows)[1] == (2, ("DC1", None, "France"))
    assert [fault.code for fault in found.faults] == ["formula-without-value"]
    saved = rewritten(
        tmp_path / "nu.xlsx", tmp_path / "x.xlsx", "xl/worksheets/sheet1.xml", "<v />", "<v>7</v>"
    )
    assert lines(saved)[1] == (2, ("DC1", 7, "France"))


def test_dates_numbers_booleans_and_errors_of_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([datetime(2021, 3, 4), 12, 12.5, True, "#REF!", " x ", "'=1+1"])
    sheet["H1"] = 44260
    sheet["H1"].number_format = '[$-40C]dd" jour "mmm yyyy'
    sheet["I1"] = 0.5
    sheet["I1"].number_format = "hh:mm"
    book.save(tmp_path / "x.xlsx")
    (found,) = lines(tmp_path / "x.xlsx")
    assert found == (
        1,
        (datetime(2021, 3, 4), 12, 12.5, True, "#REF!", " x ", "'=1+1", datetime(2021, 3, 5), 0.5),
    )


def test_a_stray_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(CENTRES)
    sheet.append(["DC1", 1.5, "France"])
    sheet["XFD1048576"] = "égarée"
    book.save(tmp_path / "x.xlsx")
    (found,) = sources.sheets(tmp_path / "x.xlsx")
    assert len(list(found.rows)) == 2
    assert [fault.code for fault in found.faults] == ["too-wide"]
    inventory, faults = read([tmp_path / "x.xlsx"])
    assert len(inventory.data_centres) == 1
    assert [fault.code for fault in faults] == ["too-wide"]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_entities_and_dtds_are_refused_in_workbooks(tmp_path: Path, part: str) -> None:
    book = Workbook()
    book.worksheets[0].append(CENTRES)
    book.save(tmp_path / "x.xlsx")
    doctype = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    with zipfile.ZipFile(tmp_path / "x.xlsx") as archive:
        start = archive.read(part).decode().lstrip("\ufeff")
    head = start[: start.index("<", 1)] if start.startswith("<?xml") else ""
    root = start[len(head) :][:12]
    wrong = rewritten(tmp_path / "x.xlsx", tmp_path / "y.xlsx", part, root, doctype + root)
    assert refused(wrong) == "dtd-refused"


def test_entities_are_refused_in_opendocument(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    doctype = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
    assert refused(ods(tmp_path / "x.ods", table(row(cell("&l8;"))), doctype=doctype)) == "dtd-refused"


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = row(cell("x", ' table:number-columns-repeated="500"'), repeat=1_000_000)
    assert refused(ods(tmp_path / "repeats.ods", table(row(*map(cell, CENTRES)), full))) == "too-large"
    zeros = tmp_path / "zeros.xlsx"
    with zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (65 * 1024**2))
    assert refused(zeros) == "too-large"
    # A size declared small and a content that is not: what is really read is what counts.
    monkeypatch.setattr(sources, "WORKBOOK_LIMIT_BYTES", 2_000)
    long = ods(tmp_path / "long.ods", table(*(row(cell("DC")) for _ in range(500))))
    monkeypatch.setattr(zipfile.ZipFile, "infolist", lambda self: [])
    package = packages.Package(long, 2_000)
    with pytest.raises(Unreadable) as caught:
        list(package.chunks("content.xml"))
    assert caught.value.code == "too-large"


def test_a_tag_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    rest = "x" * 12 * 1024**2
    assert refused(ods(tmp_path / "x.ods", f'<table:table table:name="{rest}"')) == "unreadable"


def test_what_cannot_be_read_is_said_with_what_to_do(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    (tmp_path / "vieux.xls").write_bytes(ole + "Workbook".encode("utf-16-le"))
    (tmp_path / "secret.xlsx").write_bytes(ole + "EncryptedPackage".encode("utf-16-le") + b"\0" * 9)
    (tmp_path / "page.xls").write_text("<html><table><tr><td>1</td></tr></table></html>")
    (tmp_path / "doc.pdf").write_text("%PDF-1.7")
    ods(tmp_path / "secret.ods", "", manifest="<manifest:encryption-data/>")
    with zipfile.ZipFile(tmp_path / "b.xlsb", "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.bin", "x")
    with zipfile.ZipFile(tmp_path / "rien.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    assert {path.name: refused(path) for path in tmp_path.iterdir()} == {
        "vieux.xls": "old-workbook",
        "secret.xlsx": "password",
        "secret.ods": "password",
        "page.xls": "old-workbook",
        "doc.pdf": "unknown-format",
        "b.xlsb": "old-workbook",
        "rien.zip": "unknown-format",
    }


def test_the_content_counts_more_than_the_suffix(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(CENTRES)
    book.worksheets[0].append(["DC1", 1.5, "France"])
    book.save(tmp_path / "x.xlsx")
    (tmp_path / "x.xlsx").rename(tmp_path / "x.csv")
    (tmp_path / "texte.xls").write_text("nomCourtDatacenter\tpue\tlocalisation\nDC2\t1,4\tFrance\n")
    inventory, _ = read([tmp_path / "x.csv", tmp_path / "texte.xls"])
    assert [centre.code for centre in inventory.data_centres] == ["DC1", "DC2"]


def test_rows_are_not_held_while_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("nomCourtDatacenter;pue;localisation\n" + "DC;1,5;France\n" * 5)
    (sheet,) = sources.sheets(path)
    assert isinstance(sheet.rows, grids.Lines)
    first = iter(sheet.rows)
    assert next(first)[0] == 1
    assert next(iter(sheet.rows))[0] == 1
    assert next(first)[0] == 2


def test_forged_repeats_and_spans_are_bounded() -> None:
    for written, kept in (
        ("3", 3),
        ("0", 1),
        ("-4", 1),
        ("9" * 30, 1),
        ("99999999", grids.MAX_ROWS),
        ("x", 1),
    ):
        assert opendocument._count({"number-rows-repeated": written}, "number-rows-repeated") == kept
