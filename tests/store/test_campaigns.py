"""Campaigns frozen and reopened; names matched by rules kept from year to year."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footprint.assessment.settings import changed, settings_of
from footprint.assessments import assess_campaign
from footprint.errors import CampaignError, CampaignFrozen, RuleRefused
from footprint.reconciling_sheet import Decision
from footprint.store import campaigns, events, imports, matching
from footprint.store.database import Store, open_store
from footprint.store.referential import change_settings, current_campaign, ensure_campaign
from pos_map import Rule

FILES = {
    "physiques.csv": "nomEquipementPhysique;type;quantite;paysDUtilisation\nH1;Serveur;1;France\n",
    "virtuels.csv": "nomEquipementVirtuel;nomEquipementPhysique\nvm-1;H1\nvm-2;esx42\ncourrier-03;H1\n",
    "applications.csv": "nomApplication;typeEnvironnement;nomEquipementVirtuel\nAPP1;Production;vm-1\n",
    "carte.csv": "zone;nom;code application\nMétier;Première;APP1\n",
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = open_store(tmp_path / "home")
    campaign = ensure_campaign(found, "Organisme", 2026)
    for name, written in FILES.items():
        (tmp_path / name).write_text(written, encoding="utf-8")
    paths = [tmp_path / name for name in FILES]
    imports.apply(found, campaign, imports.prepare(found, campaign, paths), "essai")
    return found


def test_a_frozen_campaign_keeps_its_settings_and_zone_until_it_is_reopened(store: Store) -> None:
    campaign = current_campaign(store)
    assert campaigns.freeze(store, campaign, "rso", "bilan remis")
    assert not campaigns.freeze(store, campaign, "rso")
    other = changed(settings_of(campaign.settings), "purchase_year", None)
    with pytest.raises(CampaignFrozen):
        change_settings(store, campaign, other, "essai")
    with pytest.raises(CampaignFrozen):
        ensure_campaign(store, "Organisme", 2026, "RE")
    assert ensure_campaign(store, "Organisme", 2026).frozen_at
    matching.save_rule(store, "Organisme", Rule("host", "esx42", "H1"), "essai")
    with pytest.raises(CampaignFrozen):
        matching.rematch(store, campaign, "essai")
    with pytest.raises(CampaignError, match="Dites pourquoi"):
        campaigns.reopen(store, campaign, "rso", " ")
    assert campaigns.reopen(store, campaign, "rso", "facture oubliée")
    assert not campaigns.reopen(store, campaign, "rso", "encore")
    assert change_settings(store, campaign, other, "essai")
    with store.session() as session:
        kept = [
            (e.kind, json.loads(e.payload)["motif"])
            for e in events.of_kind(session, "campagne.")
            if "motif" in e.payload
        ]
    assert kept == [("campagne.figee", "bilan remis"), ("campagne.rouverte", "facture oubliée")]


def test_assessing_a_frozen_campaign_does_not_change_what_it_shows(sample_store: Store) -> None:
    campaign = current_campaign(sample_store)
    shown = campaign.assessment_id
    other = changed(settings_of(campaign.settings), "purchase_year", None)
    change_settings(sample_store, campaign, other, "essai")
    campaigns.freeze(sample_store, campaign, "rso")
    kept, new = assess_campaign(sample_store, campaign)
    assert new
    assert kept.id != shown
    assert current_campaign(sample_store).assessment_id == campaign.assessment_id == shown


def test_rules_are_kept_once_and_forgotten(store: Store) -> None:
    rule = Rule("host", "esx42", "H1")
    assert matching.save_rule(store, "Organisme", rule, "essai", "même machine")
    assert not matching.save_rule(store, "Organisme", rule, "autre")
    (kept,) = matching.rules(store, "Organisme")
    assert (kept.rule, kept.actor, kept.reason) == (rule, "essai", "même machine")
    assert matching.save_rule(store, "Organisme", Rule("host", "esx42", ""), "autre")
    assert matching.rules(store, "Autre") == []
    with pytest.raises(RuleRefused, match="Genre inconnu"):
        matching.save_rule(store, "Organisme", Rule("chose", "x", "y"), "essai")
    assert matching.drop_rule(store, "Organisme", rule, "essai")
    assert not matching.drop_rule(store, "Organisme", rule, "essai")
    with store.session() as session:
        assert len(events.of_kind(session, "rapprochement.")) == 3


def test_accepting_a_match_takes_effect_without_the_files_and_can_be_undone(store: Store) -> None:
    campaign = current_campaign(store)
    before, notes = imports.inventory_of(store, campaign), imports.notes(store, campaign)
    names = {(name.kind, name.name) for name in matching.unmatched(store, campaign)}
    assert names == {
        ("host", "esx42"),
        ("machine_application", "vm-2"),
        ("machine_application", "courrier-03"),
    }
    matching.save_rule(store, "Organisme", Rule("host", "esx42", "H1"), "essai")
    matching.save_rule(
        store, "Organisme", Rule("machine_application", r"courrier-\d+", "APP1", True), "essai"
    )
    assert matching.prepare_rematch(store, campaign).changes.counts() == {
        "machines": {"added": 0, "removed": 0, "changed": 1, "moved": 0, "merged": 0},
        "links": {"added": 1, "removed": 0, "changed": 0, "moved": 0, "merged": 0},
    }
    assert matching.rematch(store, campaign, "essai").changed
    assert not matching.rematch(store, campaign, "essai").changed
    assert [(name.kind, name.name) for name in matching.unmatched(store, campaign)] == [
        ("machine_application", "vm-2")
    ]
    left = {(note.key, note.code) for note in imports.notes(store, campaign)}
    assert ('["vm-2"]', "unknown-host") not in left
    assert ('["courrier-03"]', "machine-without-application") not in left
    assert ('["vm-2"]', "machine-without-application") in left
    assert imports.batches(store, campaign)[0].mode == "rules"
    imports.undo(store, campaign, "essai")
    assert imports.inventory_of(store, campaign) == before
    assert sorted(imports.notes(store, campaign), key=repr) == sorted(notes, key=repr)


def decided(*rules: Rule) -> list[Decision]:
    return [Decision(rule, "vu") for rule in rules]


def kept(store: Store) -> list[tuple[str, str, str, str]]:
    return [
        (each.rule.pattern, each.rule.target, each.actor, each.reason)
        for each in matching.rules(store, "Organisme")
    ]


def test_undoing_the_import_of_a_decision_forgets_its_rules(store: Store) -> None:
    campaign = current_campaign(store)
    before = imports.inventory_of(store, campaign)
    matching.save_rule(store, "Organisme", Rule("host", "ailleurs", "H1"), "avant")
    matching.save_rule(store, "Organisme", Rule("host", "esx42", "nulle-part"), "avant", "premier avis")
    standing = kept(store)
    rules = (Rule("host", "esx42", "H1"), Rule("machine_application", "vm-2", "APP1"))
    done = matching.decide(store, campaign, decided(*rules), "essai")
    assert (done.applied.changed, done.applied.rules) == (True, 2)
    assert [name for name, *_rest in kept(store)] == ["ailleurs", "esx42", "vm-2"]
    undone = imports.undo(store, campaign, "essai")
    assert undone.rules == 2
    assert kept(store) == standing
    assert imports.inventory_of(store, campaign) == before
    with store.session() as session:
        said = [event.kind for event in events.of_kind(session, "rapprochement.")]
    assert said == [*["rapprochement.retenu"] * 4, "rapprochement.retenu", "rapprochement.oublie"]


def test_undoing_leaves_the_rules_decided_since(store: Store) -> None:
    campaign = current_campaign(store)
    rules = (Rule("host", "esx42", "H1"), Rule("machine_application", "vm-2", "APP1"))
    matching.decide(store, campaign, decided(*rules), "essai")
    matching.save_rule(store, "Organisme", Rule("host", "esx42", ""), "autre")
    matching.drop_rule(store, "Organisme", rules[1], "autre")
    assert imports.undo(store, campaign, "essai").rules == 0
    assert [(name, actor) for name, _target, actor, _reason in kept(store)] == [("esx42", "autre")]


def test_a_decision_that_changes_nothing_is_kept_without_an_import(store: Store) -> None:
    campaign = current_campaign(store)
    done = matching.decide(store, campaign, decided(Rule("host", "ailleurs", "H1")), "essai")
    assert (done.applied.changed, done.applied.rules) == (False, 1)
    assert len(kept(store)) == 1
    with pytest.raises(RuleRefused):
        matching.decide(
            store, campaign, decided(Rule("host", "a", "H1"), Rule("host", "(", "H1", True)), "essai"
        )
    assert len(kept(store)) == 1


def test_completing_counts_the_names_of_the_whole_campaign(store: Store, tmp_path: Path) -> None:
    campaign = current_campaign(store)
    more = tmp_path / "plus.csv"
    more.write_text("nomEquipementPhysique;type;quantite\nH2;Serveur;1\n", encoding="utf-8")
    found = imports.prepare(store, campaign, [more], mode="complete")
    imports.apply(store, campaign, found, "essai")
    assert set(found.unmatched) == set(matching.unmatched(store, campaign))
    assert len(found.unmatched) == 3


def test_the_rules_of_a_body_serve_its_next_campaign(store: Store, tmp_path: Path) -> None:
    matching.save_rule(store, "Organisme", Rule("host", "esx42", "H1"), "essai")
    following = ensure_campaign(store, "Organisme", 2027)
    found = imports.prepare(store, following, [tmp_path / name for name in FILES])
    assert "host" not in {name.kind for name in found.unmatched}
    assert {vm.host for vm in found.inventory.machines} == {"H1"}
