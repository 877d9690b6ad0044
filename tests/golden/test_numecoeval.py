"""M12: the rules of NumEcoEval and G4IT, on an inventory of our own worked out by hand and on the shared case."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from footprint.assessment.numecoeval import Compatible, evaluate
from footprint.numecoeval import read_references
from footprint.numecoeval_export import export
from tests.numecoeval_small import (
    ADPE,
    BAY_MAKE,
    BAY_USE,
    EXACT,
    GWP,
    HOST_1_MAKE,
    HOST_1_USE,
    HOST_2_MAKE,
    HOST_2_USE,
    LAPTOPS_MAKE,
    LAPTOPS_USE,
    MAKE,
    PERSON,
    SMALL,
    USE,
    inventory,
    read,
    references,
    row,
)

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "acceptance" / "g4it_eval_nominal"


@pytest.fixture(scope="module")
def small() -> Compatible:
    return evaluate(inventory(SMALL / "input"), read_references(SMALL / "ref"))


@pytest.mark.parametrize(
    ("asset", "step", "expected"),
    [
        ("hote-1", MAKE, HOST_1_MAKE), ("hote-1", USE, HOST_1_USE), ("hote-2", MAKE, HOST_2_MAKE),
        ("hote-2", USE, HOST_2_USE), ("baie-1", MAKE, BAY_MAKE), ("baie-1", USE, BAY_USE),
        ("portable-1", MAKE, LAPTOPS_MAKE), ("portable-1", USE, LAPTOPS_USE),
    ],
)  # fmt: skip
def test_equipment(small: Compatible, asset: str, step: str, expected: float) -> None:
    found = row(small.physical, asset=asset, step=step)
    assert found["status"] == "OK"
    assert found["amount"] == pytest.approx(expected, rel=EXACT)
    assert found["people_eq"] == pytest.approx(expected / PERSON, rel=EXACT)


@pytest.mark.parametrize(
    ("machine", "rule", "make", "use"),
    [
        ("vm-a", "vcpu", HOST_1_MAKE * 6 / 8, HOST_1_USE * 6 / 8),
        ("vm-b", "vcpu", HOST_1_MAKE * 2 / 8, HOST_1_USE * 2 / 8),
        ("vm-c", "cle", HOST_2_MAKE * 0.3, HOST_2_USE * 0.3),
        # One machine of the host has no vCPU: those without a key take one part in two.
        ("vm-d", "egale", HOST_2_MAKE / 2, HOST_2_USE / 2),
        ("vol-1", "stockage", BAY_MAKE * 300 / 400, BAY_USE * 300 / 400),
        ("vol-2", "stockage", BAY_MAKE * 100 / 400, BAY_USE * 100 / 400),
    ],
)
def test_virtual_machines_share_the_whole_host(
    small: Compatible, machine: str, rule: str, make: float, use: float
) -> None:
    for step, expected in ((MAKE, make), (USE, use)):
        found = row(small.virtual, machine=machine, step=step)
        assert (found["status"], found["share_rule"]) == ("OK", rule)
        assert found["amount"] == pytest.approx(expected, rel=EXACT)


def test_an_application_takes_its_machine_divided_by_the_rows_that_name_it(small: Compatible) -> None:
    for application, environment in (("Paie", "Production"), ("Courrier", "Recette")):
        found = row(
            small.applications, application=application, environment=environment, machine="vm-a", step=MAKE
        )
        assert found["amount"] == pytest.approx(HOST_1_MAKE * 6 / 8 / 2, rel=EXACT)
        assert found["rows"] == 2
    bay = row(small.applications, application="Paie", machine="vol-1", step=USE)
    assert bay["amount"] == pytest.approx(BAY_USE * 300 / 400, rel=EXACT)
    assert (bay["domain"], bay["sub_domain"]) == ("Gestion", "Agents")


def test_another_criterion_has_its_own_factors_and_mixes(small: Compatible) -> None:
    make = row(small.physical, ADPE, asset="hote-1", step=MAKE)
    assert make["amount"] == pytest.approx(2 * 0.04 / (1826 / 365), rel=EXACT)
    assert make["people_eq"] == pytest.approx(make["amount"] / 0.027375, rel=EXACT)
    use = row(small.physical, ADPE, asset="hote-1", step=USE)
    assert use["amount"] == pytest.approx(2 * 3000 * 5e-8 * 1.4, rel=EXACT)
    assert small.left_out == ("ACIDIFICATION",)


@pytest.mark.parametrize(
    ("criterion", "asset", "step", "error", "value"),
    [
        (GWP, "vieux-1", MAKE, "type", "Calculateur"),
        (ADPE, "portable-1", USE, "mix", "Norvège"),
        (ADPE, "hote-2", USE, "consommation", "serveur-moyen"),
        (ADPE, "baie-1", MAKE, "facteur", "baie-moyenne"),
    ],
)
def test_what_cannot_be_evaluated_is_in_error_never_zero(
    small: Compatible, criterion: str, asset: str, step: str, error: str, value: str
) -> None:
    found = row(small.physical, criterion, asset=asset, step=step)
    assert (found["status"], found["error"], found["error_value"]) == ("ERREUR", error, value)
    assert found["amount"] is None
    assert found["people_eq"] is None


def test_errors_follow_down_to_the_applications(small: Compatible) -> None:
    assert row(small.virtual, machine="vm-x", step=MAKE)["error"] == "equipement"
    old = row(small.applications, application="Ancienne", step=MAKE)
    direct = row(small.applications, application="Calcul", step=MAKE)
    assert (old["status"], old["amount"], old["error"]) == ("ERREUR", None, "machine_en_erreur")
    # NumEcoEval shares virtual machines only: an application straight on a host gets nothing, and it is said.
    assert (direct["status"], direct["amount"], direct["error"]) == ("ERREUR", None, "sans_machine")


def test_outputs_add_rows_by_the_keys_of_g4it(small: Compatible) -> None:
    servers = row(small.physical_output, equipmentType="Serveur", reference="serveur-x", lifecycleStep=MAKE)
    assert (
        servers["hostingEfficiency"] == "Medium"
    )  # PUE 1.4 is good, France is in the second quartile of mixes
    assert servers["lifespan"] == pytest.approx(2 * 1826 / 365, rel=EXACT)
    wrong = row(small.physical_output, equipmentType="Calculateur", lifecycleStep=MAKE)
    assert (wrong["statusIndicator"], wrong["unitImpact"], wrong["errors"]) == ("ERREUR", None, ["type"])
    for output, rows in (
        (small.physical_output, small.physical), (small.virtual_output, small.virtual),
        (small.application_output, small.applications),
    ):  # fmt: skip
        total = sum(value for value in rows["amount"].to_pylist() if value is not None)
        assert sum(value or 0.0 for value in output["unitImpact"].to_pylist()) == pytest.approx(
            total, rel=EXACT
        )
        assert sum(output["countValue"].to_pylist()) == rows.num_rows


@pytest.mark.parametrize(
    ("purchased", "retired"), [("2020-01-01", "2020-01-01"), ("2021-01-01", "2020-01-01")]
)
def test_a_lifespan_of_nothing_is_in_error(purchased: str, retired: str) -> None:
    given = inventory(SMALL / "input")
    rows = given["assets"].to_pylist()
    for each in rows:
        each["purchased"], each["retired"] = date.fromisoformat(purchased), date.fromisoformat(retired)
    given["assets"] = pa.Table.from_pylist(rows, given["assets"].schema)
    found = evaluate(given, read_references(SMALL / "ref"))
    broken = row(found.physical, asset="hote-1", step=MAKE)
    assert (broken["error"], broken["error_value"], broken["amount"]) == (
        "dates",
        f"{purchased} {retired}",
        None,
    )
    # Use needs no lifespan.
    assert row(found.physical, asset="hote-1", step=USE)["amount"] == pytest.approx(HOST_1_USE, rel=EXACT)


@pytest.mark.parametrize(("ownership", "rate"), [("BYOD", 0.5), ("COPE", 0.8), ("", 1.0)])
def test_the_rate_of_use_of_personal_equipment_is_a_hypothesis(ownership: str, rate: float) -> None:
    given = inventory(SMALL / "input")
    rows = [{**each, "ownership": ownership, "share": None} for each in given["assets"].to_pylist()]
    given["assets"] = pa.Table.from_pylist(rows, given["assets"].schema)
    found = evaluate(given, read_references(SMALL / "ref"))
    assert row(found.physical, asset="portable-1", step=MAKE)["amount"] == pytest.approx(
        10 * 200 * rate / 4, rel=EXACT
    )


def test_a_machine_without_a_known_host_is_in_error(small: Compatible) -> None:
    given = inventory(SMALL / "input")
    rows = [
        {**each, "host": "" if each["name"] == "vm-b" else each["host"]}
        for each in given["machines"].to_pylist()
    ]
    given["machines"] = pa.Table.from_pylist(rows, given["machines"].schema)
    found = evaluate(given, read_references(SMALL / "ref"))
    lost = row(found.virtual, machine="vm-b", step=MAKE)
    assert (lost["status"], lost["error"], lost["amount"]) == ("ERREUR", "hote", None)
    # The other machine of the host takes all of it.
    assert row(found.virtual, machine="vm-a", step=MAKE)["amount"] == pytest.approx(HOST_1_MAKE, rel=EXACT)


def test_missing_hypotheses_leave_what_needs_them_in_error(tmp_path: Path) -> None:
    folder = references(tmp_path, "hypothesis.csv", "code;value\ntaux_utilisation_COPE;0.8\n")
    found = evaluate(inventory(SMALL / "input"), read_references(folder))
    assert row(found.physical, asset="hote-2", step=USE)["error"] == "pue"
    assert row(found.physical, asset="baie-1", step=MAKE)["error"] == "duree"
    assert row(found.physical, asset="hote-1", step=USE)["status"] == "OK"


# The case G4IT publishes


@pytest.fixture(scope="module")
def shared() -> Compatible:
    if not SHARED.is_dir():
        pytest.skip("g4it_eval_nominal is not beside this checkout; our own equivalent always runs")
    return evaluate(inventory(SHARED / "input"), read_references(SHARED / "ref"), [GWP])


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, float):
        return bool(found == pytest.approx(expected, rel=EXACT))
    return bool(found == expected)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("physical_output", "1-out-physical-equipments.json"),
        ("virtual_output", "2-out-virtual-equipments.json"),
        ("application_output", "3-out-applications.json"),
    ],
)
def test_outputs_of_the_shared_case(shared: Compatible, name: str, file: str) -> None:
    expected = json.loads((SHARED / "output" / file).read_text(encoding="utf-8"))
    found = getattr(shared, name).to_pylist()
    assert len(found) == len(expected) > 0
    for ours, theirs in zip(found, sorted(expected, key=lambda each: each["name"]), strict=True):
        assert {key: ours[key] for key in theirs if not same(ours[key], theirs[key])} == {}


FROM_ITS_DATABASE = (
    "inventoryName", "calculationDate", "batchDate", "batchName", "organizationName", "batchDateDiscriminator",
    "organizationNameDiscriminator", "trace",
)  # fmt: skip
NUMBERS = ("unitImpact", "sipImpact", "quantity")


@pytest.mark.parametrize(
    "file", ["ind_physical_equipment.csv", "ind_virtual_equipment.csv", "ind_application.csv"]
)
def test_export_of_the_shared_case(shared: Compatible, tmp_path: Path, file: str) -> None:
    export(shared, tmp_path, "Inventory Name", 2024)
    found, expected = read(tmp_path / file), read(SHARED / "export" / file)
    assert list(found[0]) == list(expected[0])
    assert len(found) == len(expected) > 0
    for ours, theirs in zip(found, expected, strict=True):
        assert json.loads(ours["trace"])["formule"] == json.loads(theirs["trace"])["formule"]
        for column in set(theirs) - {*FROM_ITS_DATABASE}:
            if column in NUMBERS:
                assert float(ours[column]) == pytest.approx(float(theirs[column]), rel=EXACT)
            else:
                assert (column, ours[column]) == (column, theirs[column])


def test_all_criteria_of_the_shared_case_are_listed_in_error_rather_than_dropped(shared: Compatible) -> None:
    tables = read_references(SHARED / "ref")
    every = tables.criteria["criterion"].to_pylist()
    found = evaluate(inventory(SHARED / "input"), tables, every)
    by_status = {
        status: sorted({each["criterion"] for each in found.physical.to_pylist() if each["status"] == status})
        for status in ("OK", "ERREUR")
    }
    assert by_status == {"OK": [GWP], "ERREUR": sorted(set(every) - {GWP})}
