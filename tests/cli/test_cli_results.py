"""assess, score, explain, runs: the text people read and the JSON programs read."""

from __future__ import annotations

import json
from pathlib import Path

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
        (["--mode", "linear"], "attendu, amortised, purchase_year"),
        (["--spread", "air"], "attendu, idle, network, storage"),
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
    from datetime import date

    from sqlmodel import select

    from footprint.store.referential import current_campaign
    from footprint.store.tables import DataCentre, Reading

    campaign = current_campaign(sample_store)
    with sample_store.session() as session:
        centre = session.exec(select(DataCentre).where(DataCentre.campaign_id == campaign.id)).first()
        assert centre is not None
        code = centre.code
        session.add(Reading(campaign_id=campaign.id, data_centre=code, month=date(2026, 1, 1), it_kwh=1000.0,
                            total_kwh=1500.0))  # fmt: skip
        session.commit()
    found = json.loads(run("assess", "--json").stdout)
    it, whole = found["meters"]
    assert (it["data_centre"], it["scope"], it["days"], it["metered_kwh"]) == (code, "it", 31.0, 1000.0)
    assert it["gap"] == pytest.approx(it["computed_kwh"] / 1000.0 - 1.0)
    assert whole["metered_kwh"] == 1500.0
    text = run("assess").output
    assert "Compteurs contre inventaire" in text
    assert "1,00\u202fMWh" in text
