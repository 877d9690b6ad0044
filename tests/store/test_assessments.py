"""Assessments: which one is shown, what a crash or a second process leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import pos_map
from footprint import views
from footprint.assessments import assess_campaign
from footprint.errors import CampaignError, StoreError, StoreReadOnly
from footprint.reconciling_sheet import Decision
from footprint.store import matching, referential
from footprint.store.database import Store, open_store
from footprint.store.tables import Campaign
from pos_map import Rule
from tests.recorded import energy, run

OURS = Path(__file__).parents[1] / "pos_map" / "data"


def campaign_of(store: Store) -> Campaign:
    return referential.current_campaign(store)


def test_an_inventory_put_back_shows_its_own_assessment_again(sample_store: Store) -> None:
    first = views.summary(sample_store)
    referential.import_files(sample_store, campaign_of(sample_store), [OURS], "essai")
    assert views.summary(sample_store).stale
    assess_campaign(sample_store, campaign_of(sample_store))
    other = views.summary(sample_store)
    assert (other.stale, other.assets) == (False, 0)
    referential.import_files(sample_store, campaign_of(sample_store), pos_map.sample_paths(), "essai")
    _kept, new = assess_campaign(sample_store, campaign_of(sample_store))
    again = views.summary(sample_store)
    assert not new
    assert (again.assessment_id, again.total, again.stale) == (first.assessment_id, first.total, False)


def test_machines_left_to_no_application_by_decision_are_told_apart(sample_store: Store) -> None:
    campaign = campaign_of(sample_store)
    rule = Rule("machine_application", r"vm-essai-\d+", "", regex=True)
    matching.decide(sample_store, campaign, [Decision(rule, "essais")], "essai")
    kept, new = assess_campaign(sample_store, campaign)
    assert new
    lines = [row for row in kept.lines.to_pylist() if row["indicator"] == "gwp"]
    told = {row["subject"]: 0.0 for row in lines}
    for row in lines:
        told[row["subject"]] += row["amount"]
    assert told["vm_refusee"] > 0
    assert told["vm_sans_application"] > 0


def test_the_campaign_opened_last_is_the_current_one(sample_store: Store) -> None:
    referential.ensure_campaign(sample_store, "Autre", 2025)
    assert campaign_of(sample_store).organisation == "Autre"
    referential.import_files(sample_store, campaign_of(sample_store), [OURS], "essai")
    referential.ensure_campaign(sample_store, "Caisse Exemple", 2026)
    assert len(views.tiles(sample_store)) == 121


def test_a_campaign_without_assessment_says_what_to_do(sample_store: Store) -> None:
    referential.ensure_campaign(sample_store, "Autre", 2025)
    with pytest.raises(CampaignError, match="footprint assess"):
        views.summary(sample_store)


@pytest.mark.parametrize("name", ["lines.parquet", "manifest.json"])
def test_a_damaged_assessment_is_computed_again(sample_store: Store, name: str) -> None:
    from footprint.kept import load

    whole = views.summary(sample_store)
    (sample_store.assessments / whole.assessment_id / name).write_bytes(b"")
    load.cache_clear()
    with pytest.raises(StoreError, match="illisible"):
        load(sample_store.assessments / whole.assessment_id)
    kept, new = assess_campaign(sample_store, campaign_of(sample_store))
    assert (kept.id, new) == (whole.assessment_id, True)


def test_two_processes_may_assess_and_push_at_once(sample_store: Store) -> None:
    referential.import_files(sample_store, campaign_of(sample_store), [OURS], "essai")
    words = [sys.executable, "-m", "footprint", "assess", "--json"]
    both = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    ids = {json.loads(process.communicate(timeout=120)[0])["assessment_id"] for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert len(ids) == 1


def test_the_home_may_hold_odd_characters(tmp_path: Path) -> None:
    home = tmp_path / "a?b=c#d é"
    open_store(home).close()
    assert (home / "footprint.db").is_file()


@pytest.mark.parametrize("url", ["n’importe quoi", "nosuch://x", "postgresql+nosuch://x"])
def test_an_address_that_is_no_database(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreError, match="FOOTPRINT_STORE"):
        open_store(tmp_path, url)


def test_a_store_from_a_newer_version(sample_store: Store) -> None:
    with sample_store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="plus récente"):
        open_store(sample_store.home)


def test_a_folder_in_the_way_is_one_sentence(sample_store: Store) -> None:
    codes = sample_store.home / "applications.txt"
    codes.unlink()
    codes.mkdir()
    (codes / "x").write_text("")
    with pytest.raises(StoreReadOnly, match="Écriture impossible"):
        referential.import_files(sample_store, campaign_of(sample_store), [OURS], "essai")


# -- the fiche modèle ------------------------------------------------------------------------


def add(store: Store, run_id: str, kwh: float, **values: object) -> None:
    with store.session() as session:
        session.add(run(run_id, "inference", **values))  # type: ignore[arg-type]
        session.flush()
        session.add(energy(run_id, kwh))


def test_runs_stored_since_the_assessment_do_not_mix_with_it(sample_store: Store) -> None:
    before = views.model_sheet(sample_store, "tri-courrier:1.0")
    add(sample_store, "nouvelle", 0.0001, requests=40_000.0, functional_act="courrier trié")
    sheet = views.model_sheet(sample_store, "tri-courrier:1.0")
    assert (sheet.wh_per_1000, sheet.gwp_per_1000) == (before.wh_per_1000, before.gwp_per_1000)
    assert len(sheet.runs) == len(before.runs) + 1
    assess_campaign(sample_store, campaign_of(sample_store))
    after = views.model_sheet(sample_store, "tri-courrier:1.0")
    assert after.wh_per_1000 is not None
    assert after.wh_per_1000.value == pytest.approx(2.1e-3 * 1e6 / 44_000)


def test_functional_acts_are_never_mixed_and_the_costliest_is_scored(sample_store: Store) -> None:
    add(sample_store, "autre", 0.001, requests=1e6, functional_act="autre acte")
    add(sample_store, "sans-acte", 0.001, requests=1e6)
    assess_campaign(sample_store, campaign_of(sample_store))
    sheet = views.model_sheet(sample_store, "tri-courrier:1.0")
    assert sheet.functional_act == "courrier trié"
    assert sheet.wh_per_1000 is not None
    assert sheet.wh_per_1000.value == pytest.approx(0.5)
