"""assess, score, explain, runs: the text people read and the JSON programs read."""

from __future__ import annotations

import json

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from footprint.cli.main import app
from footprint.cli.tables import _fitted, table_of
from footprint.store.database import Store


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def test_assess_prints_conservation_coverage_and_tiers(sample_store: Store) -> None:
    text = run("assess").output
    assert "Caisse Exemple 2026" in text
    assert "Σ applications + Σ non affecté + Σ postes = Σ équipements" in text
    assert "Couverture : 182 lignes d’équipement entièrement évaluées sur 186" in text
    assert "storage-array / energy" in text


def test_assess_json_holds_the_reconciliation(sample_store: Store) -> None:
    found = json.loads(run("assess", "--json").stdout)
    rows = {(row["indicator"], row["stage"]): row for row in found["reconciliation"]}
    assert all(row["relative_difference"] < 1e-9 for row in rows.values())
    use = rows["gwp", "use"]
    assert use["applications"] + use["unallocated"] + use["posts"] == pytest.approx(use["assets"])
    assert sum(part["share"] for part in found["by_tier"]) == pytest.approx(1.0)
    assert (found["assets"], found["assets_assessed"]) == (186, 182)
    assert found["new"] is False


def test_score_json_has_every_application_and_model(sample_store: Store) -> None:
    found = json.loads(run("score", "--json").stdout)
    letters = {tile["code"]: tile["score"]["letter"] for tile in found["applications"]}
    assert len(letters) == 121
    assert letters["ACCUEIL-REUNION"] == "G"
    assert letters["BORNES-ACCUEIL"] is None
    triage = next(model for model in found["models"] if model["model"] == "tri-courrier:1.0")
    assert triage["training_kwh"] == pytest.approx(0.020)
    assert triage["wh_per_1000"]["value"] == pytest.approx(0.5)
    assert triage["inference_score"]["letter"] == "B"


def test_score_table_shows_the_first_ones(sample_store: Store) -> None:
    text = run("score", "--top", "2").output
    assert "les 2 premières sur 121" in text
    assert "ACCUEIL-REUNION" in text
    assert "TRI-COURRIER" not in text


def test_explain_goes_down_to_the_source(sample_store: Store) -> None:
    text = run("explain", "TRI-COURRIER").output
    assert (
        "[M2 : quantité x énergie d’une unité x part de l’année x part professionnelle x PUE x facteur]"
        in text
    )
    assert "electricity-FR-ademe-2025 : ADEME Base Empreinte" in text
    tree = json.loads(run("explain", "tri-courrier:1.0", "--json").stdout)
    assert tree["unit"] == "kgCO2e"
    assert {child["label"] for child in tree["children"]} == {"entraînement", "usage"}
    assert "de 0,1 à 0,5 gCO2e" in run("explain", "tri-courrier:1.0").output


def test_explain_an_unknown_application_proposes_close_names(sample_store: Store) -> None:
    from footprint.errors import UnknownSubject

    with pytest.raises(UnknownSubject, match="TRI-COURRIER"):
        run("explain", "TRI-COURIER")


def test_english(sample_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_LANG", "en")
    text = run("assess").output
    assert "Coverage: 182 equipment lines fully assessed of 186" in text
    assert "évalu" not in text


def test_runs_without_any_says_what_to_do() -> None:
    assert "footprint run --application" in run("runs").output
    assert json.loads(run("runs", "--json").stdout) == []


@pytest.mark.parametrize(("width", "kept"), [(160, 4), (60, 3), (36, 2), (10, 2)])
def test_a_narrow_terminal_loses_whole_columns_never_the_first(width: int, kept: int) -> None:
    table = table_of(
        "T", ("", True), ("Nom", False), ("Par an", True), ("Par acte", True), spare=("Nom", "Par acte")
    )
    table.add_row("TRI-COURRIER", "Tri du courrier entrant des caisses", "4,4 tCO2e", "61 gCO2e")
    fitted = _fitted(table, Console(width=width))  # type: ignore[arg-type]
    assert len(fitted.columns) == kept
    assert fitted.columns[0].header == ""
    assert list(fitted.columns[0].cells) == ["TRI-COURRIER"]
