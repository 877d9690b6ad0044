"""What was shown is what is written: rules, profiles or a year before that change after a check refuse the import."""

from __future__ import annotations

import pytest
import sent_files as sent
from server_browser import Browser

from footprint.store.database import Store
from footprint.store.imports import inventory_of
from footprint.store.referential import current_campaign, ensure_campaign
from footprint.store.rules import save_rule
from footprint.store.tables import Campaign
from footprint.uploads import checking, folder, own_profiles
from pos_map import Inventory, Rule

PROFILE = """
name: mien
title: {fr: Les miens, en: Mine}
sheets:
  - recognise: [Ident, NOM]
    ignore: [Appelation, Autre nom]
    tables:
      - kind: map
        columns:
          code: Ident
          name: NOM
"""


@pytest.fixture(autouse=True)
def campaign(store: Store) -> Campaign:
    return ensure_campaign(store, "Caisse Exemple", 2026)


@pytest.fixture
def architect(store: Store) -> Browser:
    return sent.visitor(store, "urbaniste")


def _inventory(store: Store) -> Inventory:
    return inventory_of(store, current_campaign(store))


def _refused_once_changed(store: Store, browser: Browser, identifier: str) -> str:
    """Why an import that was checked is refused now; nothing is written, and it must be checked again."""
    before = _inventory(store)
    browser.submit(f"/import/{identifier}/importer")
    sent.finished(identifier)
    assert _inventory(store) == before
    upload = folder.find(store, identifier, "urbaniste")
    refused = checking.refusal(upload)
    assert refused is not None
    assert checking.found(upload) is None
    browser.submit(f"/import/{identifier}/verifier")
    sent.finished(identifier)
    browser.submit(f"/import/{identifier}/importer")
    sent.finished(identifier)
    assert _inventory(store) != before
    return refused[0]


def test_a_rule_kept_after_the_check_is_seen(store: Store, architect: Browser) -> None:
    identifier = sent.checked(architect)
    save_rule(store, "Caisse Exemple", Rule("host", "absent", "H1"), "urbaniste")
    assert "règles" in _refused_once_changed(store, architect, identifier)
    assert {vm.host for vm in _inventory(store).machines} == {"H1"}


@pytest.mark.parametrize("chosen", [False, True])
def test_a_profile_changed_after_the_check_is_seen(store: Store, architect: Browser, chosen: bool) -> None:
    own_profiles.save(store, "le mien", PROFILE.replace("NOM", "Appelation"))
    profile = {"profil": "le mien"} if chosen else {}
    files = [("apps.csv", b"Ident;Appelation;Autre nom\nA1;Premiere;Deuxieme\n")]
    identifier = sent.checked(architect, files, **profile)
    own_profiles.save(store, "le mien", PROFILE.replace("NOM", "Autre nom"))
    assert "règles" in _refused_once_changed(store, architect, identifier)
    assert [each.name for each in _inventory(store).applications] == ["Deuxieme"]


def test_a_year_before_that_changed_after_the_check_is_seen(store: Store, architect: Browser) -> None:
    sent.imported(architect, [sent.MAP])
    ensure_campaign(store, "Caisse Exemple", 2027)
    identifier = sent.checked(architect)
    ensure_campaign(store, "Caisse Exemple", 2026)
    sent.imported(architect, [("carte.csv", sent.MAP[1].replace(b"M;", b"N;"))])
    ensure_campaign(store, "Caisse Exemple", 2027)
    _refused_once_changed(store, architect, identifier)
