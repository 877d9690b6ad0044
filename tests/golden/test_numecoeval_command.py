"""M12: what footprint assess --method numecoeval says, writes and compares."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footprint.assessment.numecoeval import Compatible, evaluate
from footprint.assessments import assess_campaign
from footprint.cli.compatible import assess_compatible
from footprint.errors import FootprintError, UnknownSubject
from footprint.numecoeval import read_references
from footprint.numecoeval_export import export
from footprint.store.database import Store, open_store
from footprint.store.referential import ensure_campaign, import_files
from tests.numecoeval_small import (
    EXACT,
    GWP,
    HOST_1_USE,
    HOST_2_MAKE,
    HOST_2_USE,
    SMALL,
    inventory,
    read,
    references,
)


@pytest.fixture(scope="module")
def small() -> Compatible:
    return evaluate(inventory(SMALL / "input"), read_references(SMALL / "ref"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = open_store(tmp_path / "home")
    import_files(opened, ensure_campaign(opened, "Essai", 2023), [SMALL / "input"], "essai")
    return opened


def test_the_command_says_totals_errors_and_why_not_compared(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assess_compatible(store, SMALL / "ref", as_json=False, out=None)
    told = capsys.readouterr().out
    assert "Calculateur" in told
    assert "attendu : un type de itemType.csv" in told
    assert "ACIDIFICATION" in told
    assert "pas encore évaluée" in told


def test_the_command_compares_application_by_application(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign = ensure_campaign(store, "Essai", 2023)
    kept, _new = assess_campaign(store, campaign)
    assess_compatible(store, SMALL / "ref", as_json=True, out=None)
    told = json.loads(capsys.readouterr().out)
    rows = {each["application"]: each for each in told["applications"] if each["criterion"] == GWP}
    annuaire = rows["Annuaire"]
    assert annuaire["numecoeval"] == pytest.approx((HOST_2_MAKE + HOST_2_USE) * 0.3, rel=EXACT)
    own = next(
        each["amount"] for each in kept.totals.to_pylist()
        if (each["view"], each["key"], each["indicator"]) == ("application", "Annuaire", "gwp")
    )  # fmt: skip
    assert annuaire["footprint"] == pytest.approx(own, rel=EXACT)
    assert annuaire["difference"] == pytest.approx(annuaire["numecoeval"] - own, rel=EXACT)
    assert "PUE 1,6 contre 1,58" in annuaire["why"]
    assert "durée de vie 6,0 ans" in annuaire["why"].lower()
    assert "non affecté" in rows["Courrier"]["why"]  # half of hote-1's capacity is free
    assert rows["Ancienne"]["numecoeval"] is None
    assert "ERREUR" in rows["Ancienne"]["why"]
    errors = {(each["table"], each["name"], each["code"]) for each in told["errors"]}
    assert {("equipment", "vieux-1", "type"), ("application", "Calcul", "sans_machine")} <= errors


def test_the_command_speaks_english_and_writes_the_files_of_g4it(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTPRINT_LANG", "en")
    assess_campaign(store, ensure_campaign(store, "Essai", 2023))
    assess_compatible(store, SMALL / "ref", as_json=False, out=tmp_path / "out")
    told = capsys.readouterr().out
    assert "a type of itemType.csv" in told
    assert "What always differs" in told
    assert "lifespan" in told
    machines = {each["virtualEquipmentName"]: each for each in read(tmp_path / "out" / "ind_virtual_equipment.csv")
                if (each["criteria"], each["acvStep"]) == ("Climate change", "UTILISATION")}  # fmt: skip
    assert float(machines["vm-a"]["unitImpact"]) == pytest.approx(HOST_1_USE * 6 / 8, rel=EXACT)
    assert float(machines["vm-a"]["averagePowerConsumption"]) == pytest.approx(3000 * 6 / 8, rel=EXACT)
    assert (machines["vm-x"]["indicatorStatus"], machines["vm-x"]["unitImpact"]) == ("ERREUR", "")
    assert "erreur" in json.loads(machines["vm-x"]["trace"])


def test_a_criterion_nobody_knows_is_refused_with_those_like_it(store: Store) -> None:
    with pytest.raises(UnknownSubject) as refused:
        assess_compatible(store, SMALL / "ref", as_json=False, out=None, criteria=["CLIMATE"])
    assert "CLIMATE_CHANGE" in refused.value.fr


def test_a_folder_that_cannot_be_written_is_told(small: Compatible, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(FootprintError, match="Choisissez un autre dossier"):
        export(small, tmp_path / "taken", "Essai", 2023)


def test_steps_that_the_tables_leave_out_are_left_out_of_both(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, _new = assess_campaign(store, ensure_campaign(store, "Essai", 2023))
    folder = references(tmp_path, "lifecycleStep.csv", "code;label\nMANUFACTURING;Manufacturing\n")
    assess_compatible(store, folder, as_json=True, out=None)
    told = json.loads(capsys.readouterr().out)
    row_ = next(
        each for each in told["applications"] if (each["application"], each["criterion"]) == ("Annuaire", GWP)
    )
    embodied = sum(
        each["amount"] for each in kept.totals.to_pylist()
        if (each["view"], each["key"], each["indicator"]) == ("application_stage", "Annuaire", "gwp")
        and each["sub"] != "use"
    )  # fmt: skip
    assert row_["footprint"] == pytest.approx(embodied, rel=EXACT)
    assert "PUE" not in row_["why"]
