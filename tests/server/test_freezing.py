"""Campaigns by form: frozen, nothing of them changes until they are reopened with a reason."""

from __future__ import annotations

import pytest
import sent_files as sent
from server_browser import Browser

from footprint.store import campaigns, matching
from footprint.store.batches import batches
from footprint.store.database import Store
from footprint.store.imports import inventory_of
from footprint.store.referential import current_campaign, ensure_campaign
from footprint.store.tables import Campaign
from pos_map import Inventory


@pytest.fixture(autouse=True)
def campaign(store: Store) -> Campaign:
    return ensure_campaign(store, "Caisse Exemple", 2026)


@pytest.fixture
def architect(store: Store) -> Browser:
    return sent.visitor(store, "urbaniste")


def _inventory(store: Store) -> Inventory:
    return inventory_of(store, current_campaign(store))


def test_a_frozen_campaign_refuses_until_reopened(store: Store, architect: Browser) -> None:
    sent.imported(architect, [sent.MAP])
    before, waiting = _inventory(store), sent.checked(architect)
    number = current_campaign(store).id
    last = str(batches(store, current_campaign(store))[0].id)
    assert architect.submit(f"/campagnes/{number}/figer", motif="Bilan publié").status_code == 303
    assert current_campaign(store).frozen_at
    assert sent.send(architect).headers["location"] == "/import"
    architect.submit(f"/import/{waiting}/importer")
    sent.finished(waiting)
    architect.submit("/import/annuler", **{"import": last})
    rule = {"genre": "host", "expression": "absent", "cible": ""}
    architect.submit("/rattachements/regles", **rule)
    assert _inventory(store) == before
    assert matching.rules(store, "Caisse Exemple") == []
    architect.submit(f"/campagnes/{number}/rouvrir")  # without a reason
    assert current_campaign(store).frozen_at
    architect.submit(f"/campagnes/{number}/rouvrir", motif="Erreur de saisie")
    assert current_campaign(store).frozen_at is None
    sent.imported(architect)
    assert _inventory(store) != before


def test_who_freezes(store: Store) -> None:
    number = current_campaign(store).id
    for role, expected in (("lecteur", 403), ("contributeur", 403), ("approbateur", 403), ("rso", 303)):
        answer = sent.visitor(store, role).submit(f"/campagnes/{number}/figer")
        assert answer.status_code == expected, role
        assert bool(current_campaign(store).frozen_at) == (expected == 303)


def test_an_unknown_campaign_is_not_found(store: Store, architect: Browser) -> None:
    assert architect.submit("/campagnes/999/figer").status_code == 404
    campaigns.refuse_frozen(store, current_campaign(store))
