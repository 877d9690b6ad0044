"""llm estimate, pilot, fit: the text people read, the JSON programs read, deposits."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from collectors.llm.ecologits_channel import UnknownModel
from footprint.cli.llm import register
from footprint.llm import LlmRefused
from footprint.records.runs import runs
from tests.llm.serving_bench import dcgm_page, serving, vllm

OPENAI = ("estimate", "--provider", "openai", "--model", "gpt-4o", "--output-tokens", "300")


def run(*words: str, typed: str | None = None) -> Result:
    app = typer.Typer()
    register(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["llm", *words], input=typed, catch_exceptions=False)


def test_estimate_shows_both_batches_and_says_what_it_ignores() -> None:
    found = run(*OPENAI, "--requests", "12000", "--input-tokens", "800", "--zone", "FR")
    for words in ("openai/gpt-4o, EcoLogits 0.11", "64 requêtes ensemble", "Une requête seule", "générique (M1)",
                  "zone FR", "Pour 12 000 requêtes"):  # fmt: skip
        assert words in found.stdout.replace("\u202f", " ")
    assert "ignore les jetons d'entrée" in found.stderr


def test_estimate_as_json() -> None:
    found = json.loads(run(*OPENAI, "--requests", "1000", "--zone", "FR", "--json").stdout)
    assert found["method"] == f"EcoLogits {version('ecologits')}"
    assert found["batches"]["64"]["low"] == pytest.approx(found["machine_wh_per_1000"]["low"])
    assert found["batches"]["1"]["high"] == pytest.approx(found["machine_wh_per_1000"]["high"])
    assert found["energy_kwh"]["value"] == pytest.approx(found["wh_per_1000"]["value"] / 1000)
    assert found["tier"] == "generic"
    assert found["notices"][0][0] == "jetons_entree_ignores"


def test_estimate_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_LANG", "en")
    found = run(*OPENAI)
    assert "64 requests together" in found.stdout
    assert "EcoLogits ignores input tokens" in found.stderr
    assert "requêtes" not in found.output


def test_estimate_of_an_unknown_model() -> None:
    with pytest.raises(UnknownModel, match="gpt-4o"):
        run("estimate", "--provider", "openai", "--model", "gpt-4oo", "--output-tokens", "300")


def test_a_deposit_is_complete_or_refused(tmp_path: Path) -> None:
    with pytest.raises(LlmRefused, match="--from, --to"):
        run(*OPENAI, "--deposit", "--application", "ACCUEIL")
    words = (
        *OPENAI,
        "--requests",
        "500",
        "--deposit",
        "-a",
        "ACCUEIL",
        "--from",
        "01/01/2025",
        "--to",
        "2025-06-30",
    )
    assert "footprint push" in run(*words).stderr
    assert "Déjà déposé" in run(*words).stderr
    (kept,) = runs()
    assert (kept.application, kept.requests, kept.state) == ("ACCUEIL", 500, "complete")


def test_pilot_with_a_meter_typed_between_levels() -> None:
    pages = [vllm(0, 0, 0, 0, 0)] * 2 + [vllm(100, 0, 0, 900, 500)] * 2 + [vllm(1100, 0, 0, 9900, 5500)]
    typed = "\n10\n10,010\n\n20\n20.030\n"
    with serving(pages) as url:
        found = run("pilot", "--metrics", url, "--energy", "meter", "--seconds", "1", "--levels", "2",
                    "--requests-a-year", "1000000", "-a", "ACCUEIL", "--model", "petit:1", "--deposit",
                    typed=typed)  # fmt: skip
    assert "Niveau 2 : réglez la charge" in found.stderr
    assert "Index du compteur (kWh)" in found.stderr
    text = found.stdout.replace("\u202f", " ")
    assert "compteur" in text
    assert "100 (98–100)" in text  # Wh per 1,000 requests of the first level: 10 Wh for 100
    assert "puissance fixe P" in text
    assert "Sur un an" in text
    assert {kept.requests for kept in runs()} == {100, 1000}


def test_pilot_as_json_and_without_a_fit() -> None:
    pages, gpus = [vllm(0, 0, 0, 0, 0)] * 2 + [vllm(50, 0, 0, 0, 0)], [dcgm_page(0), dcgm_page(3.6e7)]
    with serving(pages) as url, serving(gpus) as address:
        found = run("pilot", "--metrics", url, "--energy", f"dcgm:{address}", "--seconds", "1", "--levels", "1",
                    "--load-command", "sleep 0.1", "--json")  # fmt: skip
    value = json.loads(found.stdout)
    assert value["fit"] is None
    assert "deux niveaux" in value["no_fit"]["fr"]
    assert value["levels"][0]["level"]["energy_kwh"] == pytest.approx(0.01)
    assert value["levels"][0]["level"]["requests"] == 50


def test_pilot_refuses_a_badly_quoted_command_and_a_missing_process() -> None:
    with pytest.raises(LlmRefused, match="mal écrite"):
        run("pilot", "--metrics", "http://127.0.0.1:9/metrics", "--energy", "meter", "--load-command", "a 'b")
    with pytest.raises(LlmRefused, match="--pid"):
        run("pilot", "--metrics", "http://127.0.0.1:9/metrics")
    with pytest.raises(LlmRefused, match="--application"):
        run("pilot", "--metrics", "http://127.0.0.1:9/metrics", "--deposit")


def test_fit_of_typed_levels() -> None:
    words = ("fit", "--level", "3600:0:0,300", "--level", "3600:1000:0.350", "--error", "2")
    text = run(*words, "--requests-a-year", "1000000").stdout.replace("\u202f", " ")
    assert "puissance fixe P : 300 W" in text
    assert "1 000 requêtes e : 50 Wh" in text
    assert "Sur un an : 2 700 kWh" in text
    value = json.loads(run(*words, "--json").stdout)
    assert value["fit"]["fixed_w"] == pytest.approx(300)
    assert value["year"] is None


def test_fit_of_levels_too_alike() -> None:
    with pytest.raises(LlmRefused, match="même débit"):
        run("fit", "--level", "10:5:1", "--level", "20:10:2", "--error", "2")
