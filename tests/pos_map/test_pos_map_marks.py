"""Thousands and decimals: what a profile says is strict, what nothing says is told, never guessed in silence."""

from pathlib import Path

import pytest
from pos_map_estate import Reader

from pos_map import profiles, read, sources
from pos_map.marks import plainly, told
from pos_map.rows import rows_of
from pos_map.values import BadValue, number, share

PROFILE = """
decimal: "{decimal}"
sheets:
  - recognise: [VM, Mémoire]
    tables:
      - kind: machines
        columns:
          name: VM
          ram_gb: {{column: Mémoire, factor: {factor}}}
          storage_gb: Disque
"""


@pytest.mark.parametrize(
    ("cell", "mark", "expected"),
    [
        ("1.234,5", ",", 1234.5),
        ("1.234.567", ",", 1234567.0),
        ("1.000", ",", 1000.0),
        ("12,5", ",", 12.5),
        ("1 234,5", ",", 1234.5),
        ("1,000", ".", 1000.0),
        ("1,234,000.5", ".", 1234000.5),
        ("-1.000", ",", -1000.0),
        ("0,125", ",", 0.125),
        ("12", ",", 12.0),
    ],
)
def test_a_known_mark_parts_thousands_in_groups_of_three(cell: str, mark: str, expected: float) -> None:
    assert number(cell, mark) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "mark"),
    [("0.125", ","), ("12.5", ","), ("1234.567", ","), ("1.23.456", ","), ("01.234", ","), ("0,125", ".")],
)  # fmt: skip
def test_a_mark_that_is_not_one_of_thousands_is_refused(cell: str, mark: str) -> None:
    with pytest.raises(BadValue) as caught:
        number(cell, mark)  # type: ignore[arg-type]
    assert caught.value.code in ("bad-mark", "bad-number")


@pytest.mark.parametrize("cell", ["0 125", "01 234", "012\u00a0345,5"])
def test_thousands_never_start_with_a_zero(cell: str) -> None:
    with pytest.raises(BadValue):
        number(cell)


def parc(folder: Path, decimal: str, factor: str, *rows: str) -> tuple[list[float | None], list[str], str]:
    """RAM of the machines of a file read through a profile, codes of the faults, first sentence."""
    (folder / "p.yaml").write_text(PROFILE.format(decimal=decimal, factor=factor), encoding="utf-8")
    path = folder / "parc.csv"
    path.write_text("VM;Mémoire;Disque\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    (sheet,) = sources.sheets(path, [profiles.load(folder / "p.yaml")])
    assert sheet.header is not None
    faults = sheet.faults
    from pos_map.faults import Place

    found = [
        row.number("ram_gb") for row in list(rows_of(sheet.header, sheet.rows, Place("parc.csv"), faults))
    ]
    return found, [fault.code for fault in faults], faults[0].fr if faults else ""


def test_the_decimal_of_a_profile_is_strict_and_the_factor_comes_after(tmp_path: Path) -> None:
    found, codes, said = parc(tmp_path, ",", "0.001", "V1;16.384;1", "V2;0.125;1", "V3;inconnu;1")
    assert found == [16.384, None, None]
    assert codes == ["bad-mark"]
    assert "« Mémoire » vaut « 0.125 »" in said
    assert "« . » sépare les milliers" in said


def test_a_number_multiplied_is_doubted_too(tmp_path: Path) -> None:
    found, codes, said = parc(tmp_path, "auto", "0.001", "V1;16.384;1", "V2;16384;1")
    assert found == [pytest.approx(0.016384), 16.384]
    assert codes == ["ambiguous-number"]
    assert "vaut « 16.384 », lu 0,016384" in said


def users(
    read_text: Reader, *cells: str
) -> tuple[list[float | None], list[tuple[int | None, str, str, str]]]:
    rows = "".join(f'A{rank};Un;Z;"{cell}"\n' for rank, cell in enumerate(cells))
    inventory, faults = read_text({"pos.csv": "code application;nom;zone;volume annuel d'actes\n" + rows})
    doubts = [(f.line, f.column, f.value, f.fr) for f in faults if f.code == "ambiguous-number"]
    assert not [fault for fault in faults if fault.severity == "error"]
    return [app.act_volume for app in inventory.applications[: len(cells)]], doubts


@pytest.mark.parametrize(("cell", "mark", "other"), [("1.000", ".", ","), ("1,000", ",", ".")])
def test_one_mark_and_three_digits_alone_is_told(read_text: Reader, cell: str, mark: str, other: str) -> None:
    found, ((line, column, value, said),) = users(read_text, cell)
    assert (found, line, column, value) == ([1.0], 2, "volume annuel d'actes", cell)
    assert f"compte des unités : « {cell} » y est lu 1 : la marque « {mark} »" in said
    assert f'écrivez 1000, ou donnez la décimale dans un profil (decimal: "{other}")' in said


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("1.000", "12,5"), [1000.0, 12.5]),
        (("1,000", "12.5"), [1000.0, 12.5]),
        (("1.250", "12.5"), [1.25, 12.5]),
        (("1,250", "0,5", "3"), [1.25, 0.5, 3.0]),
    ],
)
def test_the_other_cells_of_the_column_settle_it(
    read_text: Reader, cells: tuple[str, ...], expected: list[float]
) -> None:
    assert users(read_text, *cells) == (expected, [])


def test_a_column_that_shows_both_marks_settles_nothing(read_text: Reader) -> None:
    found, doubts = users(read_text, "1.000", "12,5", "12.5")
    assert found == [1.0, 12.5, 12.5]
    assert [line for line, *_ in doubts] == [2]


def test_the_first_doubts_of_a_column_are_said_and_the_others_counted(read_text: Reader) -> None:
    _, doubts = users(read_text, *["1.000"] * 30)
    assert [line for line, *_ in doubts] == list(range(2, 22))
    assert doubts[-1][3].endswith("Autres cellules de cette colonne dans ce cas : 10.")


def test_what_a_thousand_times_more_would_make_absurd_is_not_doubted(read_text: Reader) -> None:
    _, faults = read_text({"c.csv": "nomCourtDatacenter;pue;localisation\nN;1,250;France\n"})
    assert faults == []
    assert share("1.000") == 1.0


def test_what_we_write_is_never_doubted() -> None:
    assert [plainly(text) for text in ("1,125", "0,125", "12", "1234,567", "1.5")] == [
        "1,1250", "0,125", "12", "1234,567", "1.5",
    ]  # fmt: skip
    assert told(plainly("999.999")) == "."


def test_a_number_of_a_workbook_is_a_number(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    page = book.worksheets[0]
    page.append(["code application", "nom", "zone", "volume annuel d'actes"])
    page.append(["A", "Un", "Z", 1.125])
    book.save(tmp_path / "pos.xlsx")
    inventory, faults = read([tmp_path / "pos.xlsx"])
    assert [app.act_volume for app in inventory.applications] == [1.125]
    assert "ambiguous-number" not in {fault.code for fault in faults}
