"""Bad tables: each fault located, in French and in English, all at once, nothing loaded."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors import BadFactorRow, BadTables, FactorError, load
from factors.model import UNITS
from factors.rows import FACTOR_COLUMNS, ITEM_COLUMNS, ZONE_COLUMNS

GOOD = {
    "id": "toy", "item": "toy", "indicator": "gwp", "stage": "embodied", "zone": "", "value": "10",
    "low": "8", "high": "14", "unit": "kgCO2e/unit", "year": "2025", "label_fr": "Jouet", "label_en": "Toy",
    "source": "Essai", "reference": "page 1", "licence": "CC0", "reuse": "open", "default": "1",
    "note_fr": "", "note_en": "",
}  # fmt: skip


def write(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path.parent


def table(folder: Path, *rows: dict[str, str]) -> Path:
    return write(folder / "toys.csv", FACTOR_COLUMNS, [{**GOOD, **row} for row in rows])


def faults_of(folder: Path) -> list[BadFactorRow]:
    with pytest.raises(BadTables) as caught:
        load(folder)
    return caught.value.faults


def test_a_good_row_loads(tmp_path: Path) -> None:
    catalogue = load(table(tmp_path, {}))
    assert catalogue.find("toy", stage="embodied").value == 10
    assert catalogue.items == ()


def test_scientific_notation_and_blank_bounds_load(tmp_path: Path) -> None:
    factor = load(table(tmp_path, {"value": "4.8e-08", "low": "", "high": ""})).get("toy")
    assert (factor.value, factor.low, factor.high) == (4.8e-08, None, None)


REFUSED = [
    ("source", "", "une valeur non vide", "a value that is not empty"),
    ("year", "", "une valeur non vide", "a value that is not empty"),
    ("unit", "", "une valeur non vide", "a value that is not empty"),
    ("licence", "", "une valeur non vide", "a value that is not empty"),
    ("reference", "", "une valeur non vide", "a value that is not empty"),
    ("year", "récent", "une année à quatre chiffres", "a four-digit year"),
    ("value", "", "un nombre, point décimal (0.05)", "a number with a decimal point (0.05)"),
    ("value", "0,05", "un nombre, point décimal (0.05)", "a number with a decimal point (0.05)"),
    ("value", "nan", "un nombre, point décimal (0.05)", "a number with a decimal point (0.05)"),
    ("value", "1e999", "un nombre, point décimal (0.05)", "a number with a decimal point (0.05)"),
    ("value", "-3", "un nombre positif ou nul", "a number that is not negative"),
    ("low", "beaucoup", "un nombre, point décimal (0.05)", "a number with a decimal point (0.05)"),
    ("low", "11", "au plus la valeur, 10", "at most the value, 10"),
    ("high", "9", "au moins la valeur, 10", "at least the value, 10"),
    ("unit", "gCO2e", f"l'un de {', '.join(UNITS['gwp'])}", f"one of {', '.join(UNITS['gwp'])}"),
    ("reuse", "peut-être", "l'un de open, unclear", "one of open, unclear"),
    ("default", "oui", "l'un de 0, 1", "one of 0, 1"),
]


@pytest.mark.parametrize(("column", "value", "fr", "en"), REFUSED)
def test_a_bad_cell_is_refused_where_it_is(tmp_path: Path, column: str, value: str, fr: str, en: str) -> None:
    faults = faults_of(table(tmp_path, {}, {"id": "bad", "default": "0", column: value}))
    assert [(f.file, f.line, f.column, f.value) for f in faults] == [("toys.csv", 3, column, value)]
    assert str(faults[0]) == f"toys.csv, ligne 3, colonne {column} : « {value} » refusé ; attendu : {fr}."
    assert faults[0].en == f"toys.csv, line 3, column {column}: “{value}” refused; expected: {en}."


@pytest.mark.parametrize(
    ("indicator", "unit", "value", "expected"),
    [
        ("pue", "1", "0.9", "un PUE d'au moins 1"),
        ("share", "1", "57", "une part entre 0 et 1"),
        ("lifetime", "year", "0", "un nombre supérieur à 0"),
    ],
)
def test_values_that_cannot_be(tmp_path: Path, indicator: str, unit: str, value: str, expected: str) -> None:
    row = {"stage": "", "low": "", "high": "", "indicator": indicator, "unit": unit, "value": value}
    (fault,) = faults_of(table(tmp_path, row))
    assert (fault.line, fault.column, fault.value, fault.expected.fr) == (2, "value", value, expected)


def test_unknown_indicator_and_stage(tmp_path: Path) -> None:
    columns = [f.column for f in faults_of(table(tmp_path, {"indicator": "joie", "stage": "avant"}))]
    assert columns == ["stage", "indicator"]


def test_duplicate_id_points_at_the_first(tmp_path: Path) -> None:
    (fault,) = faults_of(table(tmp_path, {}, {"zone": "FR"}))
    assert (fault.line, fault.column, fault.value) == (3, "id", "toy")
    assert fault.expected.fr == "un identifiant unique (déjà en toys.csv:2)"
    assert fault.expected.en == "a unique identifier (already at toys.csv:2)"


def test_two_defaults_for_a_key(tmp_path: Path) -> None:
    (fault,) = faults_of(table(tmp_path, {}, {"id": "other"}))
    assert (fault.line, fault.column, fault.value) == (3, "default", "1")
    assert "toys.csv:2" in fault.fr


def test_a_total_beside_its_parts_would_count_twice(tmp_path: Path) -> None:
    (fault,) = faults_of(table(tmp_path, {"stage": "manufacture"}, {"id": "whole"}))
    assert (fault.line, fault.column) == (3, "default")
    assert load(table(tmp_path, {"stage": "manufacture"}, {"id": "whole", "default": "0"})).factors


def test_all_faults_at_once_in_file_and_line_order(tmp_path: Path) -> None:
    table(tmp_path, {"id": "a", "source": ""}, {"id": "b", "value": "x", "unit": ""})
    write(tmp_path / "also.csv", FACTOR_COLUMNS, [{**GOOD, "id": "c", "year": ""}])
    faults = faults_of(tmp_path)
    places = [(f.file, f.line, f.column) for f in faults]
    assert places == [
        ("also.csv", 2, "year"),
        ("toys.csv", 2, "source"),
        ("toys.csv", 3, "unit"),
        ("toys.csv", 3, "value"),
    ]


def test_the_whole_refusal_reads_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(BadTables) as caught:
        load(table(tmp_path, {"source": ""}))
    assert caught.value.fr.splitlines()[0] == "Tables de facteurs refusées, 1 faute(s) :"
    assert caught.value.en.splitlines()[0] == "Factor tables refused, 1 fault(s):"


def test_a_wrong_header_is_one_fault(tmp_path: Path) -> None:
    (tmp_path / "toys.csv").write_text("id,value\na,1\n", encoding="utf-8")
    (fault,) = faults_of(tmp_path)
    assert (fault.line, fault.column, fault.value) == (1, "", "id,value")
    assert fault.fr.startswith("toys.csv, ligne 1 : « id,value » refusé ; attendu : id,item,indicator")


def test_a_line_of_the_wrong_width(tmp_path: Path) -> None:
    table(tmp_path, {})
    with (tmp_path / "toys.csv").open("a", encoding="utf-8") as handle:
        handle.write("a,b\n")
    (fault,) = faults_of(tmp_path)
    assert (fault.line, fault.expected.fr) == (3, "19 cellules, pas 2")


def test_a_table_that_is_not_utf8(tmp_path: Path) -> None:
    text = ",".join(FACTOR_COLUMNS) + "\n" + ",".join({**GOOD, "label_fr": "Été"}.values()) + "\n"
    (tmp_path / "toys.csv").write_bytes(text.encode("cp1252"))
    (fault,) = faults_of(tmp_path)
    assert (fault.line, fault.expected.fr) == (2, "UTF-8")


def test_a_quote_left_open(tmp_path: Path) -> None:
    table(tmp_path, {})
    with (tmp_path / "toys.csv").open("a", encoding="utf-8") as handle:
        handle.write('"a,b\n')
    (fault,) = faults_of(tmp_path)
    assert (fault.line, fault.expected.fr, fault.expected.en) == (3, "un CSV bien formé", "well-formed CSV")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    table(tmp_path, {})
    file = tmp_path / "toys.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert load(tmp_path).get("toy").value == 10


def test_lines_are_counted_through_quoted_line_ends(tmp_path: Path) -> None:
    faults = faults_of(table(tmp_path, {"note_fr": "deux\nlignes"}, {"id": "b", "default": "0", "unit": ""}))
    assert [fault.line for fault in faults] == [4]


def test_an_alias_of_two_items(tmp_path: Path) -> None:
    row = {"label_en": "x", "post": "autres", "in_data_centre": "0"}
    rows = [
        {"code": "a", "label_fr": "Un", "aliases": "Écran", **row, "label_en": "One"},
        {"code": "b", "label_fr": "Deux", "aliases": "ecrans|autre", **row, "label_en": "Two"},
    ]
    table(tmp_path, {})
    (fault,) = faults_of(write(tmp_path / "items.csv", ITEM_COLUMNS, rows))
    assert (fault.file, fault.line, fault.column, fault.value) == ("items.csv", 3, "aliases", "ecrans")


def test_a_bad_item(tmp_path: Path) -> None:
    bad = {
        "code": "",
        "label_fr": "Un",
        "label_en": "One",
        "post": "meubles",
        "in_data_centre": "oui",
        "aliases": "",
    }
    faults = faults_of(write(tmp_path / "items.csv", ITEM_COLUMNS, [bad]))
    assert [(f.line, f.column) for f in faults] == [(2, "code"), (2, "post"), (2, "in_data_centre")]


def test_a_bad_zone(tmp_path: Path) -> None:
    faults = faults_of(write(tmp_path / "zones.csv", ZONE_COLUMNS, [{"code": "FR", "label_fr": "France"}]))
    assert [(f.file, f.line, f.column) for f in faults] == [("zones.csv", 2, "label_en")]


@pytest.mark.parametrize("name", ["", "absent"])
def test_a_folder_without_tables(tmp_path: Path, name: str) -> None:
    with pytest.raises(FactorError, match="Aucune table de facteurs") as caught:
        load(tmp_path / name)
    assert caught.value.en.startswith("No factor table")


numbers = st.floats(min_value=0, max_value=1e9, allow_nan=False)


@given(low=numbers, value=numbers, high=numbers)
def test_a_row_loads_exactly_when_its_bounds_surround_it(
    tmp_path_factory: pytest.TempPathFactory, low: float, value: float, high: float
) -> None:
    folder = tmp_path_factory.mktemp("bounds")
    table(folder, {"low": repr(low), "value": repr(value), "high": repr(high)})
    if low <= value <= high:
        assert load(folder).get("toy").value == value
    else:
        assert {fault.column for fault in faults_of(folder)} <= {"low", "high"}
