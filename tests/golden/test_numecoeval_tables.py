"""M12: reference tables of a body, in every spelling, and every fault told where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

import pos_map
from footprint.assessment.numecoeval import Compatible, evaluate
from footprint.numecoeval import ReferencesRefused, read_references
from footprint.numecoeval_export import export
from tests.numecoeval_small import (
    ADPE,
    EXACT,
    MAKE,
    SMALL,
    inventory,
    references,
    row,
)


@pytest.fixture(scope="module")
def small() -> Compatible:
    return evaluate(inventory(SMALL / "input"), read_references(SMALL / "ref"))


def faults_of(folder: Path) -> list[pos_map.Fault]:
    with pytest.raises(ReferencesRefused) as refused:
        read_references(folder)
    assert str(refused.value).count("\n- ") == len(refused.value.faults)
    return list(refused.value.faults)


def test_a_missing_table_is_told_with_those_that_were_seen(tmp_path: Path) -> None:
    (fault,) = faults_of(references(tmp_path, "itemImpact.csv", None))
    assert fault.file == "itemImpact.csv"
    assert "itemType.csv" in fault.fr
    assert "itemType.csv" in fault.en


IMPACT = "criterion;lifecycleStep;name;category;avgElectricityConsumption;location;value\n"
MIX = "CLIMATE_CHANGE;MANUFACTURING;Mix;electricity-mix;;France;0.05\n"


@pytest.mark.parametrize(
    ("name", "text", "line", "column", "value", "expected"),
    [
        ("itemImpact.csv", f"{IMPACT}{MIX}CLIMATE_CHANGE;MANUFACTURING;s;;;;1 200\n", 3, "value", "1 200", "nombre"),
        ("itemImpact.csv", f"{IMPACT}CLIMATE_CHANGE;MANUFACTURING;s;;2,5;;12\n", 2, "avgElectricityConsumption",
         "2,5", "nombre"),
        ("itemImpact.csv", f"{IMPACT}CLIMATE_CHANG;MANUFACTURING;s;;;;12\n", 2, "criterion", "CLIMATE_CHANG",
         "CLIMATE_CHANGE"),
        ("itemImpact.csv", f"{IMPACT}CLIMATE_CHANGE;MANUFACTURE;s;;;;12\n", 2, "lifecycleStep", "MANUFACTURE",
         "MANUFACTURING"),
        ("itemImpact.csv", f"{IMPACT}{MIX}{MIX.replace('0.05', '0.06')}", 3, "criterion, location",
         "CLIMATE_CHANGE / France", "ligne 2"),
        ("itemType.csv", "type;defaultLifespan;refDefaultItem\nServeur;0;\n", 2, "defaultLifespan", "0.0", "plus de 0"),
        ("itemType.csv", "type;refDefaultItem\nServeur;\n", 1, "defaultLifespan", "", "cette colonne"),
        ("itemType.csv", "type;defaultLifespan;refDefaultItem\n;6;\n;6;\n", 2, "type", "", "une valeur"),
        ("hypothesis.csv", "code;value\nPUEParDefaut;nan\n", 2, "value", "nan", "nombre"),
        ("lifecycleStep.csv", "code;label\nUSAGE;Usage\n", 2, "code", "USAGE", "USING"),
    ],
)  # fmt: skip
def test_faults_of_tables_tell_file_line_column_value_and_expectation(
    tmp_path: Path, name: str, text: str, line: int, column: str, value: str, expected: str
) -> None:
    fault = faults_of(references(tmp_path, name, text))[0]
    assert (fault.file, fault.line, fault.column, fault.value) == (name, line, column, value)
    assert expected in fault.fr
    assert name in fault.en


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = f"{IMPACT}CLIMATE_CHANGE;MANUFACTURING;s;;x;;y\n"
    folder = references(tmp_path, "itemImpact.csv", text)
    (folder / "hypothesis.csv").unlink()
    assert {(fault.file, fault.column) for fault in faults_of(folder)} == {
        ("itemImpact.csv", "avgElectricityConsumption"), ("itemImpact.csv", "value"), ("hypothesis.csv", ""),
    }  # fmt: skip


def test_tables_as_g4it_exports_them_are_read_too(tmp_path: Path, small: Compatible) -> None:
    """Other spellings of files and headers, NULL for what is not known, rows of the body before everyone's."""
    folder = references(
        tmp_path, "itemType.csv",
        "type;default_lifespan;is_server;ref_default_item;subscriber\nServeur;99;true;serveur-x;NULL\n"
        "Serveur;6;true;serveur-moyen;ORGANISME\nBaie de stockage;NULL;true;baie-moyenne;NULL\n"
        "Ordinateur portable;4;false;portable-moyen;NULL\n",
    )  # fmt: skip
    (folder / "itemType.csv").rename(folder / "ref_item_type.csv")
    found = evaluate(inventory(SMALL / "input"), read_references(folder))
    assert found.physical.equals(small.physical)


def test_the_package_of_the_body_replaces_the_shipped_one(tmp_path: Path) -> None:
    text = "criteria;individual_sustainable_package\nClimate change;1000\n"
    folder = references(tmp_path, "sustainableIndividualPackage.csv", text)
    found = evaluate(inventory(SMALL / "input"), read_references(folder))
    assert row(found.physical, asset="hote-2", step=MAKE)["people_eq"] == pytest.approx(0.2, rel=EXACT)
    assert row(found.physical, ADPE, asset="hote-2", step=MAKE)["people_eq"] is None


def test_two_evaluations_give_the_same_bytes(small: Compatible, tmp_path: Path) -> None:
    again = evaluate(inventory(SMALL / "input"), read_references(SMALL / "ref"))
    for name in ("one", "two"):
        export({"one": small, "two": again}[name], tmp_path / name, "Essai", 2024)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
