"""assess, score, explain, runs: the text people read and the JSON programs read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from footprint import views
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


def test_no_table_of_models_where_there_is_none(sample_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Notes des modèles" in run("score").output
    monkeypatch.setattr(views, "models", lambda _store: [])
    assert "Notes des modèles" not in run("score").output


def test_score_table_shows_the_first_ones(sample_store: Store) -> None:
    text = run("score", "--top", "2").output
    assert "les 2 premières sur 121" in text
    assert "ACCUEIL-REUNION" in text
    assert "TRI-COURRIER" not in text


def test_explain_goes_down_to_the_source(sample_store: Store) -> None:
    text = run("explain", "TRI-COURRIER").output
    assert (
        "[M2 : machines identiques x quantité x énergie d’une unité x part de l’année x part professionnelle x PUE "
        "x électricité FR]" in text
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


def test_settings_asked_for_are_kept_with_an_event(sample_store: Store) -> None:
    from footprint.store import events
    from footprint.store.referential import current_campaign

    before = json.loads(run("assess", "--json").stdout)
    asked = json.loads(run("assess", "--spread", "idle", "--json").stdout)
    assert (before["spread"], asked["spread"]) == ([], ["idle"])
    free = {part["key"] for part in before["unallocated"]}
    assert "capacite_libre" in free
    assert "capacite_libre" not in {part["key"] for part in asked["unallocated"]}
    assert asked["total"]["value"] == pytest.approx(before["total"]["value"], rel=1e-9)
    again = run("assess").output
    assert "réparti sur les applications : capacité libre" in again
    with sample_store.session() as session:
        changes = [e for e in events.history(session, f"campagne:{current_campaign(sample_store).id}")
                   if e.kind == "campagne.reglee"]  # fmt: skip
    assert len(changes) == 1
    assert json.loads(run("assess", "--spread", "none", "--json").stdout)["total"] == before["total"]


def test_purchase_year_charges_only_what_was_bought(sample_store: Store) -> None:
    spread = json.loads(run("assess", "--json").stdout)
    bought = json.loads(run("assess", "--mode", "purchase_year", "--json").stdout)
    assert bought["mode"] == "purchase_year"
    use = {part["key"]: part["amount"]["value"] for part in spread["by_stage"]}["use"]
    assert {part["key"]: part["amount"]["value"] for part in bought["by_stage"]}["use"] == pytest.approx(use)
    assert bought["total"]["value"] != pytest.approx(spread["total"]["value"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--mode", "linear"], "Attendu : amortised, purchase_year"),
        (["--spread", "air"], "Attendu : idle, network, storage, none"),
        (["--method", "numecoeval"], "--references DOSSIER"),
        (["--out", "x"], "vont avec --method numecoeval"),
        (["--method", "numecoeval", "--references", "x", "--mode", "amortised"], "ôtez-les"),
        (["--spread", "idle", "--engine", "oracle://x"], "oracle"),
    ],
)
def test_options_that_make_no_sense_are_refused(sample_store: Store, words: list[str], told: str) -> None:
    from footprint.errors import FootprintError

    with pytest.raises(FootprintError, match=told):
        run("assess", *words)


def test_the_compatible_method_is_reached_from_assess(sample_store: Store, tmp_path: Path) -> None:
    from tests.numecoeval_small import SMALL

    done = run(
        "assess",
        "--method",
        "numecoeval",
        "--references",
        str(SMALL / "ref"),
        "--out",
        str(tmp_path / "g4it"),
    )
    assert "Règles de NumEcoEval" in done.output
    assert list((tmp_path / "g4it").iterdir())


def test_meters_are_compared_with_what_stands_in_the_room(sample_store: Store) -> None:
    found = json.loads(run("assess", "--json").stdout)
    it, whole = found["meters"]
    assert (it["data_centre"], it["scope"], it["days"]) == ("DC-NORD", "it", 304.0)
    assert whole["scope"] == "total"
    for meter in (it, whole):
        assert meter["gap"] == pytest.approx(meter["computed_kwh"] / meter["metered_kwh"] - 1.0)
    text = run("assess").output
    assert "Compteurs contre inventaire" in text
    assert "salle entière, PUE compris" in text


def test_any_total_is_explained_in_any_indicator(sample_store: Store) -> None:
    whole = json.loads(run("assess", "--json").stdout)
    posts = {part["key"]: part["amount"]["value"] for part in whole["posts"]}
    tree = json.loads(run("explain", "--view", "reason:poste:postes", "--json").stdout)
    assert tree["amount"] == pytest.approx(posts["postes"])
    text = run("explain", "--view", "post:serveurs", "--indicator", "pe").output
    assert "MJ" in text
    assert "facteur du composant" in text
    short = run("explain", "--view", "node:relation-et-echanges", "--depth", "1").output
    assert "lignes dessous" in short
    assert "M2" not in short
    assert "MJ" in run("explain", "TRI-COURRIER", "--indicator", "pe", "--depth", "1").output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "Donnez une application"),
        (["TRI-COURRIER", "--view", "total"], "Donnez une application"),
        (["--view", "poste:x"], "post"),
        (["--view", "post:poste"], "postes"),
        (["--view", "total", "--indicator", "co2"], "adpe"),
    ],
)
def test_a_total_that_is_none_is_refused(sample_store: Store, words: list[str], told: str) -> None:
    from footprint.errors import FootprintError

    with pytest.raises(FootprintError, match=told):
        run("explain", *words)


def test_explain_names_a_run_measured_in_an_unknown_zone(sample_store: Store) -> None:
    from tests.recorded import energy
    from tests.recorded import run as recorded

    with sample_store.session() as session:
        session.add(recorded("essai-lointain", "inference", minutes=40, requests=1000.0,
                             functional_act="courrier trié", zone="Atlantide"))  # fmt: skip
        session.flush()
        session.add(energy("essai-lointain", 0.001))
        session.commit()
    run("assess")
    told = "L’exécution essai-lointain a été mesurée dans une zone électrique inconnue (« Atlantide »)"
    assert told in run("explain", "TRI-COURRIER").output
    assert told in run("explain", "tri-courrier:1.0").output
    found = json.loads(run("explain", "tri-courrier:1.0", "--json").stdout)
    training, inference = found["scores"]
    assert (training["complete"], inference["complete"]) == (True, False)
    assert inference["decision_letter"] is None
    assert "essai-lointain" in inference["why_fr"]
