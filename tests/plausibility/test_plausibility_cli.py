"""footprint plausibility: what people and programs read, and the exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from footprint import texts
from footprint.cli.main import app
from footprint.store.database import Store
from footprint.store.referential import current_campaign
from footprint.store.tables import PhysicalAsset

HOSTILE = "srv\x1b[31m\u202e\u2028\U000e0001 <b>[bold]x[/bold]</b>"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["plausibility", *words], catch_exceptions=False)


def add_server(store: Store, name: str) -> None:
    """A server of 81 kW in the current campaign."""
    campaign = current_campaign(store)
    with store.writing() as session:
        session.add(
            PhysicalAsset(
                campaign_id=campaign.id,
                name=name,
                type="Serveur",
                quantity=1.0,
                country="France",
                yearly_kwh=710_000.0,
            )
        )


def test_the_sample_lists_what_to_check_and_exits_0(sample_store: Store) -> None:
    done = run()
    assert done.exit_code == 0
    assert "P-ACTS · à vérifier (1)" in done.output
    assert "application « CARRIERES » : actes par utilisateur et par an 0,9706, attendu 1 à" in done.output
    assert "Plage : règle : un utilisateur actif" in done.output
    assert "À faire : Vérifiez le volume annuel d’actes" in done.output
    assert "0 valeur improbable" in done.output
    assert "Rien n’a été corrigé." in done.output
    assert run("--severity", "improbable").output.startswith("0 valeur improbable, 0 à vérifier")


def test_an_improbable_value_is_first_and_exits_1(sample_store: Store) -> None:
    add_server(sample_store, "srv-81-kw")
    done = run()
    assert done.exit_code == 1
    assert done.output.startswith(
        "P-SRV-POWER · improbable (1)\n  équipement « srv-81-kw » : puissance moyenne"
    )
    assert run("--severity", "a-verifier").exit_code == 0


def test_json_holds_the_whole_findings_and_nothing_a_terminal_obeys(sample_store: Store) -> None:
    add_server(sample_store, HOSTILE)
    done = run("--json", "--severity", "improbable")
    (one,) = json.loads(done.output)
    assert (one["code"], one["severity"], one["subject"]) == ("P-SRV-POWER", "improbable", HOSTILE)
    assert set(one) >= {
        "kind",
        "field",
        "value",
        "unit",
        "low",
        "high",
        "source_fr",
        "fr",
        "en",
        "do_fr",
        "do_en",
    }
    for output in (done.output, run().output):
        assert not {"\x1b", "\u202e", "\u2028", "\U000e0001"} & set(output)
    assert "<b>[bold]x[/bold]</b>" in run().output  # no markup is obeyed


def test_the_headcount_gives_the_ratios_by_agent(sample_store: Store) -> None:
    done = run("--agents", "600")
    assert "P-SCREENS · à vérifier" in done.output
    assert "écrans par agent 2,917" in done.output  # 1,750 / 600


def test_in_english(sample_store: Store) -> None:
    texts.set_language("en")
    assert "Nothing was corrected." in run().output
    assert "“CARRIERES”: acts a user and year 0.9706, expected 1 to 10,000,000" in run().output


def test_a_card_is_judged_without_any_campaign(tmp_path: Path) -> None:
    card = tmp_path / "card.json"
    values = {"model": "Llama 3.3 70B", "gpu": "H100-80GB", "gpu_hours": 7e6, "tdp_w": 700, "zone": "USA"}
    card.write_text(json.dumps({**values, "declared_t": 12.9}), encoding="utf-8")
    done = run("--card", str(card))
    assert done.exit_code == 1
    assert "fiche de modèle « Llama 3.3 70B » : émissions déclarées 12\u202f900\u202fkgCO2e" in done.output
    assert "150 fois moins" in done.output
    card.write_text(json.dumps({**values, "declared_t": 2040}), encoding="utf-8")
    assert run("--card", str(card)).exit_code == 0


def test_a_bad_card_is_one_sentence(tmp_path: Path) -> None:
    bad = tmp_path / "card.json"
    bad.write_text('{"gpu_hours": "\\u001b[2Jx"}', encoding="utf-8")
    words = [sys.executable, "-m", "footprint", "plausibility", "--card", str(bad)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip() == (
        "card.json, gpu_hours : « \\x1b[2Jx » refusé ; un nombre positif est attendu, point décimal (12.9)."
    )
