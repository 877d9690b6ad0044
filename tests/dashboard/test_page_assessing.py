"""The button that computes: on every page whose totals are old, for who may, and the page of what is under way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sheets_by_hand as made

from dashboard import native, router
from dashboard.pages import evaluation
from footprint import views
from footprint.errors import CampaignError
from footprint.server import assessing
from footprint.server.refusals import Refusals
from footprint.server.visitor import set_visitor
from footprint.store import campaigns, imports
from footprint.store.database import Store
from footprint.store.referential import current_campaign, ensure_campaign
from footprint.store.tables import Campaign
from footprint.texts import set_language
from footprint.uploads import jobs

TABLE = "nomEquipementPhysique;type;quantite;paysDUtilisation\nH1;Serveur;1;France\n"


@pytest.fixture
def filled(store: Store, tmp_path: Path) -> Store:
    campaign = ensure_campaign(store, "Caisse Exemple", 2026)
    file = tmp_path / "physiques.csv"
    file.write_text(TABLE, encoding="utf-8")
    imports.apply(store, campaign, imports.prepare(store, campaign, [file]), "essai")
    return store


def _page(store: Store, path: str, role: str = "urbaniste") -> Any:
    set_visitor(made.signed_in(role))
    return router.render(store, Refusals(), path)


def _buttons(page: Any) -> list[Any]:
    return made.find(page, "Form", action="/evaluation")


def _assessed(monkeypatch: pytest.MonkeyPatch, stale: bool) -> None:
    monkeypatch.setattr(views, "summary", lambda *_: replace(made.SUMMARY, stale=stale))


def _never(*_: object) -> Any:
    raise CampaignError("pas encore", "not yet")


@pytest.mark.parametrize("path", ["/", "/tableau", "/import"])
def test_old_totals_come_with_the_button(filled: Store, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    _assessed(monkeypatch, True)
    (form,) = _buttons(_page(filled, path))
    assert {field.name: field.value for field in made.find(form, "Input")} == {
        "csrf": "jeton-csrf",
        "suite": path,
    }
    assert "Calculer maintenant" in made.text_of(form)
    shown = _page(filled, path, "lecteur")
    assert _buttons(shown) == []
    assert "totaux montrés sont ceux d’avant" in made.text_of(shown)
    _assessed(monkeypatch, False)
    assert _buttons(_page(filled, path)) == []


def test_a_first_import_comes_with_the_button(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "summary", _never)
    for path in ("/", "/import"):
        page = _page(filled, path)
        assert len(_buttons(page)) == 1
        assert "pas encore évalué" in made.text_of(page)


def test_nothing_to_compute_has_no_button(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "summary", _never)
    assert _buttons(_page(store, "/")) == []
    ensure_campaign(store, "Caisse Exemple", 2026)
    assert _buttons(_page(store, "/import")) == []


def test_a_frozen_campaign_has_no_button(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    campaigns.freeze(filled, current_campaign(filled), "essai")
    _assessed(monkeypatch, True)
    assert _buttons(_page(filled, "/")) == []
    assert _buttons(_page(filled, "/evaluation")) == []


def test_the_page_says_what_is_under_way(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    _assessed(monkeypatch, True)
    monkeypatch.setattr(jobs, "is_running", lambda name: name == assessing.KEY)
    assert evaluation.waits("")
    page = _page(filled, "/evaluation")
    assert "Calcul en cours" in made.text_of(page)
    assert _buttons(page) == []
    banner = _page(filled, "/")
    assert _buttons(banner) == []
    assert made.find(banner, "A", href="/evaluation")


def test_the_page_says_why_it_failed_and_that_it_is_done(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    _assessed(monkeypatch, True)
    monkeypatch.setattr(assessing, "refusal", lambda *_: (made.HOSTILE, made.HOSTILE))
    page = _page(filled, "/evaluation")
    assert made.HOSTILE in made.text_of(page)
    assert "<img src=x" not in native.written(page)
    assert len(_buttons(page)) == 1
    monkeypatch.setattr(assessing, "refusal", lambda *_: None)
    monkeypatch.setattr(assessing, "is_due", lambda *_: False)
    with filled.session() as session:
        campaign = session.get(Campaign, current_campaign(filled).id)
        assert campaign is not None
        campaign.assessment_id = "f" * 16
        session.add(campaign)
    set_language("en")
    page = _page(filled, "/evaluation")
    assert "up to date" in made.text_of(page)
    assert evaluation in router.NATIVE
