"""Computing from the dashboard: who may, what it gives, what is said when it cannot be done."""

from __future__ import annotations

import pytest
import sent_files as sent
from server_browser import Browser

from footprint import assessments, views
from footprint.errors import CampaignError
from footprint.server import assessing
from footprint.store import campaigns
from footprint.store.database import Store
from footprint.store.referential import current_campaign, ensure_campaign
from footprint.store.rules import save_rule
from footprint.store.tables import Campaign
from pos_map import Rule


@pytest.fixture(autouse=True)
def campaign(store: Store) -> Campaign:
    return ensure_campaign(store, "Caisse Exemple", 2026)


def computed(browser: Browser, **fields: str) -> str:
    """Where a computation asked for leads, once it is over."""
    answer = browser.submit("/evaluation", **fields)
    assert answer.status_code == 303, answer.text
    sent.finished(assessing.KEY)
    return str(answer.headers["location"])


@pytest.mark.parametrize("role", ["lecteur", "contributeur", "approbateur"])
def test_other_roles_do_not_compute(store: Store, role: str) -> None:
    assert sent.visitor(store, role).submit("/evaluation").status_code == 403
    assert current_campaign(store).assessment_id is None


def test_the_token_is_needed(store: Store, browser: Browser) -> None:
    assert browser.post("/evaluation").status_code == 401
    assert sent.visitor(store, "rso").post("/evaluation", data={"suite": "/"}).status_code == 403


@pytest.mark.parametrize("role", ["urbaniste", "rso", "admin"])
def test_totals_are_fresh_once_computed(store: Store, role: str) -> None:
    architect = sent.visitor(store, "urbaniste", "archi")
    sent.imported(architect)
    assert assessing.is_due(store, current_campaign(store))
    assert computed(sent.visitor(store, role), suite="/import") in ("/import", "/evaluation")
    assert not assessing.is_due(store, current_campaign(store))
    assert not views.summary(store).stale
    sent.imported(architect, [sent.MAP])
    assert assessing.is_due(store, current_campaign(store))
    assert views.summary(store).stale


def test_nothing_is_due_before_an_import_and_once_frozen(store: Store) -> None:
    assert not assessing.is_due(store, current_campaign(store))
    sent.imported(sent.visitor(store, "urbaniste"))
    campaigns.freeze(store, current_campaign(store), "essai")
    assert not assessing.is_due(store, current_campaign(store))


def test_an_empty_campaign_says_what_is_missing(store: Store) -> None:
    assert computed(sent.visitor(store, "rso")) == "/evaluation"
    refused = assessing.refusal(store, current_campaign(store))
    assert refused is not None
    assert all(refused)


def test_a_frozen_campaign_is_not_computed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sent.imported(sent.visitor(store, "urbaniste"))
    campaigns.freeze(store, current_campaign(store), "essai")
    monkeypatch.setattr(assessments, "assess_campaign", lambda *_: pytest.fail("it was computed"))
    assert computed(sent.visitor(store, "rso")) == "/evaluation"
    assert "figée" in (assessing.refusal(store, current_campaign(store)) or ("",))[0]


def test_a_failure_is_said_and_forgotten_by_the_next_success(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent.imported(sent.visitor(store, "urbaniste"))
    browser = sent.visitor(store, "rso")
    for error, said in ((CampaignError("non", "no"), "non"), (RuntimeError("secret"), "journal")):
        with monkeypatch.context() as patch:

            def broken(*_: object, error: Exception = error) -> None:
                raise error

            patch.setattr(assessments, "assess_campaign", broken)
            computed(browser)
        refused = assessing.refusal(store, current_campaign(store))
        assert refused is not None
        assert said in refused[0]
        assert "secret" not in refused[0]
    computed(browser)
    assert assessing.refusal(store, current_campaign(store)) is None


@pytest.mark.parametrize("suite", ["//ailleurs.example", "https://ailleurs.example", "/\\ailleurs"])
def test_it_leads_nowhere_else(store: Store, suite: str) -> None:
    sent.imported(sent.visitor(store, "urbaniste"))
    assert computed(sent.visitor(store, "rso"), suite=suite) in ("/", "/evaluation")


def test_the_same_files_read_by_another_rule_make_the_totals_old(store: Store) -> None:
    architect = sent.visitor(store, "urbaniste")
    sent.imported(architect)
    computed(architect)
    save_rule(store, "Caisse Exemple", Rule("host", "absent", "H1"), "urbaniste")
    sent.imported(architect)
    assert views.summary(store).stale
    assert assessing.is_due(store, current_campaign(store))
