"""compare and tornado: what people read and what programs read."""

from __future__ import annotations

import json
import math

import pytest
from typer.testing import CliRunner, Result

import pos_map
from footprint import views
from footprint.assessments import assess_campaign
from footprint.cli.main import app
from footprint.errors import CampaignError, FootprintError, UnknownSubject
from footprint.store.database import Store
from footprint.store.referential import ensure_campaign, import_files

TWO = ("ACCUEIL-REUNION", "TRI-COURRIER")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def amount_of(store: Store, code: str) -> float:
    total = next(tile.total for tile in views.tiles(store) if tile.code == code)
    assert total is not None
    return total.value


def test_two_applications(sample_store: Store) -> None:
    found = json.loads(run("compare", *TWO, "--json").stdout)
    assert found["a"] == pytest.approx(amount_of(sample_store, TWO[0]))
    assert found["b"] == pytest.approx(amount_of(sample_store, TWO[1]))
    assert found["difference"] == pytest.approx(found["a"] - found["b"])
    assert found["ratio"] == pytest.approx(found["a"] / found["b"])
    assert sum(row["difference"] for row in found["by_stage"]) == pytest.approx(found["difference"])
    assert sum(row["difference"] for row in found["by_machine"]) == pytest.approx(found["difference"])
    assert sum(row["share"] for row in found["tornado"]) == pytest.approx(1.0)
    back = json.loads(run("compare", *reversed(TWO), "--json").stdout)
    assert back["probability"] == pytest.approx(1 - found["probability"])
    text = run("compare", *TWO).output
    assert "Probabilité que ACCUEIL-REUNION soit la plus forte" in text
    assert "Sur quoi repose l’écart" in text


def test_an_application_against_itself(sample_store: Store) -> None:
    found = json.loads(run("compare", TWO[1], TWO[1], "--json").stdout)
    assert (found["difference"], found["probability"]) == (0.0, 0.5)
    assert found["tornado"] == []


def test_what_is_refused(sample_store: Store) -> None:
    with pytest.raises(UnknownSubject, match="TRI-COURRIER"):
        run("compare", "TRI-COURIER", TWO[0])
    for words in ((), (TWO[0],), (*TWO, "--years", "2025", "2026")):
        with pytest.raises(FootprintError, match="deux applications"):
            run("compare", *words)
    with pytest.raises(FootprintError, match="footprint compare --years 2025 2026"):
        run("compare", "2025", "2026")
    with pytest.raises(FootprintError, match="adpe"):
        run("tornado", "--indicator", "co2")
    with pytest.raises(CampaignError, match="2026"):
        run("compare", "--years", "2019", "2026")


def test_two_years_of_a_body(sample_store: Store) -> None:
    """The same inventory in 2025 and 2026: only the ages, the runs and the PUE measured in 2026 change."""
    earlier = ensure_campaign(sample_store, "Caisse Exemple", 2025)
    import_files(sample_store, earlier, pos_map.sample_paths(), "essai")
    assess_campaign(sample_store, earlier)
    first = views.summary(sample_store).total
    ensure_campaign(sample_store, "Caisse Exemple", 2026)
    last = views.summary(sample_store).total
    assert first is not None
    assert last is not None
    found = json.loads(run("compare", "--years", "2025", "2026", "--json").stdout)
    steps = {row["step"]: row["amount"]["value"] for row in found["effects"]}
    assert sum(steps.values()) == pytest.approx(last.value - first.value, rel=1e-9)
    assert (found["before"]["value"], found["after"]["value"]) == pytest.approx((first.value, last.value))
    assert all(steps[s] == 0 for s in ("published", "factors", "settings", "left", "quantities", "entered"))
    assert steps["ages"] != 0
    assert steps["energy"] != 0  # the runs of the mail triage, and the PUE read in 2026 in one room
    assert math.isclose(sum(found["sums"].values()), sum(steps.values()), rel_tol=1e-9)
    text = run("compare", "--years", "2025", "2026", "--top", "0").output
    assert "De 2025 à 2026" in text
    assert "l’année passe" in text
    assert "TRI-COURRIER" in text


def test_tornado_of_everything_an_application_a_model_and_a_node(sample_store: Store) -> None:
    node = views.map_tree(sample_store)[0]
    for subject in ("", TWO[1], "tri-courrier:1.0", node.code):
        rows = json.loads(run("tornado", *([subject] if subject else []), "--json").stdout)
        assert sum(row["share"] for row in rows) == pytest.approx(1.0)
        assert all(row["low"] < row["high"] for row in rows)
    text = run("tornado").output
    assert "Sur quoi repose l’intervalle : le total" in text
    assert "facteur" in text
    with pytest.raises(UnknownSubject, match="TRI-COURRIER"):
        run("tornado", "TRI-COURIER")


def test_english(sample_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_LANG", "en")
    assert "Probability that ACCUEIL-REUNION is the greater" in run("compare", *TWO).output
    assert "What the interval rests on: the total" in run("tornado").output
