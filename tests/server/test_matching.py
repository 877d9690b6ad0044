"""Decisions on names nothing bears: kept as rules, applied as an import, by form or by workbook."""

from __future__ import annotations

from io import BytesIO

import pytest
import sent_files as sent
from openpyxl import load_workbook
from server_browser import Browser

from footprint.store import matching
from footprint.store.batches import batches
from footprint.store.database import Store
from footprint.store.imports import inventory_of
from footprint.store.referential import current_campaign, ensure_campaign

TICKED = {"retenu": "0", "genre-0": "host", "nom-0": "absent"}


@pytest.fixture
def architect(store: Store) -> Browser:
    """An architect whose campaign has a machine on a host that nothing bears."""
    ensure_campaign(store, "Caisse Exemple", 2026)
    browser = sent.visitor(store, "urbaniste")
    sent.imported(browser)
    assert _missed(store) == ["absent"]
    return browser


def _missed(store: Store) -> list[str]:
    return [each.name for each in matching.unmatched(store, current_campaign(store))]


def _rules(store: Store) -> list[tuple[str, str]]:
    return [(each.rule.pattern, each.rule.target) for each in matching.rules(store, "Caisse Exemple")]


def _hosts(store: Store) -> dict[str, str]:
    return {each.name: each.host for each in inventory_of(store, current_campaign(store)).machines}


def test_a_decision_is_kept_and_applied(store: Store, architect: Browser) -> None:
    answer = architect.submit("/rattachements", **TICKED, **{"choix-0": "H1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/rattachements")
    assert _rules(store) == [("absent", "H1")]
    assert _hosts(store) == {"VM1": "H1", "VM2": "H1"}
    assert _missed(store) == []
    last = batches(store, current_campaign(store))[0]
    assert last.mode == "rules"
    architect.submit("/import/annuler", **{"import": str(last.id)})
    assert _hosts(store)["VM2"] == "absent"
    assert _rules(store) == []


def test_a_decision_leads_to_the_name_spelled_alike(store: Store, architect: Browser) -> None:
    architect.submit("/rattachements", **TICKED, **{"autre-0": "h 1"})
    assert _rules(store) == [("absent", "H1")]


def test_an_expression_that_leads_nowhere_is_no_rule(store: Store, architect: Browser) -> None:
    rule = {"genre": "host", "expression": "(abs).*", "regex": "1"}
    for target in ("H9", r"\1-9"):
        assert architect.submit("/rattachements/regles", **rule, cible=target).status_code == 303
    assert _rules(store) == []


def test_what_is_written_comes_before_what_is_chosen(store: Store, architect: Browser) -> None:
    architect.submit("/rattachements", **TICKED, **{"choix-0": "-", "autre-0": " H1 "})
    assert _rules(store) == [("absent", "H1")]


def test_a_name_left_unattached_is_settled(store: Store, architect: Browser) -> None:
    architect.submit("/rattachements", **TICKED, **{"choix-0": "-"})
    assert _rules(store) == [("absent", "")]
    assert _missed(store) == []


@pytest.mark.parametrize("fields", [
    {}, {"genre-0": "host", "nom-0": "absent", "choix-0": "H1"}, TICKED, {**TICKED, "autre-0": "inconnu"},
    {**TICKED, "genre-0": "autre", "choix-0": "-"}, {"retenu": "0"},
])  # fmt: skip
def test_what_is_not_a_decision_changes_nothing(
    store: Store, architect: Browser, fields: dict[str, str]
) -> None:
    before = _hosts(store)
    assert architect.submit("/rattachements", **fields).status_code == 303
    assert _rules(store) == []
    assert _hosts(store) == before
    assert _missed(store) == ["absent"]


def test_a_rule_is_added_then_forgotten(store: Store, architect: Browser) -> None:
    rule = {"genre": "host", "expression": "abs.*", "regex": "1"}
    architect.submit("/rattachements/regles", **rule, cible="H1", motif="Ancien nom")
    (kept,) = matching.rules(store, "Caisse Exemple")
    assert (kept.reason, kept.actor, kept.rule.regex) == ("Ancien nom", "urbaniste", True)
    assert _hosts(store)["VM2"] == "H1"
    architect.submit("/rattachements/regles/suppression", **rule)
    assert _rules(store) == []


@pytest.mark.parametrize("expression", ["(", "(a+)+$" * 200, ""])
def test_an_ill_formed_expression_is_no_rule(store: Store, architect: Browser, expression: str) -> None:
    fields = {"genre": "host", "expression": expression, "cible": "H1", "regex": "1"}
    assert architect.submit("/rattachements/regles", **fields).status_code == 303
    assert _rules(store) == []


def test_the_workbook_comes_back_filled(store: Store, architect: Browser) -> None:
    answer = architect.get("/rattachements/feuille.xlsx")
    assert "rattachements-caisse-exemple-2026.xlsx" in answer.headers["content-disposition"]
    assert _returned(architect, _filled(answer.content, "inconnu")) == 303
    assert _rules(store) == []
    assert _returned(architect, _filled(answer.content, "H1")) == 303
    assert _rules(store) == [("absent", "H1")]
    assert _missed(store) == []
    assert list((store.home / "uploads").iterdir()) == []


def test_what_is_no_workbook_changes_nothing(store: Store, architect: Browser) -> None:
    assert _returned(architect, b"PK\x03\x04 not a workbook") == 303
    assert _rules(store) == []
    assert list((store.home / "uploads").iterdir()) == []


def _returned(browser: Browser, content: bytes) -> int:
    body = sent.form(browser.csrf(), [("feuille.xlsx", content)], "feuille")
    return browser.post("/rattachements/feuille", content=body, headers=sent.MULTIPART).status_code


def _filled(content: bytes, target: str) -> bytes:
    """The workbook with its first line accepted for this target."""
    book = load_workbook(BytesIO(content))
    page = book.worksheets[0]
    heads = {cell.value: cell.column for cell in page[1]}
    page.cell(2, heads["décision"], "accepter")
    page.cell(2, heads["cible"], target)
    made = BytesIO()
    book.save(made)
    return made.getvalue()
