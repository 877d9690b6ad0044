"""The pages of totals and of quality, what intervals rest on, and the odds of letters."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sheets_by_hand as made

from dashboard.components.odds import letter_odds
from dashboard.page import Page, explanation_link
from dashboard.pages import application, carte, explication, qualite
from footprint import formats, views
from footprint.sheets import Explanation, MapNode, Summary
from footprint.store.database import Store

N = "\u202f"


def _page(store: Store) -> Page:
    return Page(store, made.signed_in(), "/")


def test_quality_page_says_settings_meters_doubts_and_gaps(store: Store) -> None:
    page = qualite.layout(_page(store))
    said = made.text_of(page)
    for expected in (
        "comptée l’année d’achat", "capacité libre, réseau", "overlay nous.csv ab12", f"12{N}kgCO2e (9,0 à 15)",
        f"500{N}kgCO2e. Jamais additionné", "machines seules", f"−10{N}%", f"1,00{N}MWh", "inconnu", "memoire",
        "improbable", "À corriger.", "Improbables : 1 ; à vérifier : 0", "baie-1", "FR",
    ):  # fmt: skip
        assert expected in said
    assert "\x1b" not in said  # a name can't move a cursor, nor turn a sentence around
    assert "utilisation" in said
    assert len(made.find(page, "Table")) == 3


def test_every_total_of_the_map_leads_to_its_explanation(store: Store) -> None:
    page = carte.layout(_page(store))
    links = {link.href for link in made.find(page, "A")}
    assert {
        explanation_link(view)
        for view in ("total", "node:z/q", "node:z/q/i", "stage:a", "reason:poste:y", "reason:non_affecte:x")
    } <= links
    assert explanation_link("node:z") not in links  # not assessed: nothing to unfold
    assert "Déplier le total de Relation" in made.text_of(page)


def test_sums_that_lack_something_are_lower_bounds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = MapNode("w", "zone", "Entière", made.TOTAL, (), (made.SOLID,))
    lower = replace(made.SOLID, score=replace(made.SCORE, complete=False))
    lacking = MapNode("l", "zone", "Partielle", made.TOTAL, (), (lower, made.SOLID))
    full = replace(made.SUMMARY, gaps=())
    kg = formats.kg(made.TOTAL)

    def shown(*nodes: MapNode, summary: Summary = full) -> tuple[str, list[str]]:
        monkeypatch.setattr(views, "map_tree", lambda *_: nodes)
        monkeypatch.setattr(views, "summary", lambda *_: summary)
        page = carte.layout(_page(store))
        total = made.find(page, "A", href=explanation_link("total"))[0].children
        return total, [
            made.text_of(one).partition(",")[0] for one in made.find(page, "Span", className="box-total")
        ]

    unit = kg.partition(",")[0]
    assert shown(whole) == (kg, [unit])
    assert shown(whole, lacking) == (f"≥ {kg}", [unit, f"≥ {unit}"])
    assert shown(whole, summary=made.SUMMARY)[0] == f"≥ {kg}"  # an asset is not assessed


def test_an_explanation_unfolds_or_lists_applications(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    page = explication.layout(_page(store), "total")
    assert len(made.find(page, "Details", className="step")) == 3
    node = Explanation(
        "z",
        1234.0,
        "kgCO2e",
        children=(Explanation("A/B 1", 1000.0, "kgCO2e"), Explanation("VIDE", 234.0, "kgCO2e")),
    )
    monkeypatch.setattr(views, "explained", lambda *_, **__: node)
    page = explication.layout(_page(store), "node:z")
    assert made.find(page, "A", href="/application/A%2FB%201#explication")
    assert f"81{N}%" in made.text_of(page)


def test_tornado_and_odds_have_words_and_a_table_twin(store: Store) -> None:
    page = application.layout(_page(store), "A/B 1")
    figures = {part.className: getattr(part, "aria-label") for part in made.find(page, "Div", role="img")}
    assert "libellé électricité 70" in figures["tornado"]
    (section,) = made.find(page, "Section", id="incertitude")
    assert len(made.find(section, "Tr")) == 3
    assert f"800{N}kgCO2e à 1,9{N}tCO2e" in made.text_of(section)
    per_act = replace(made.CRITERION, criterion_fr="par acte fonctionnel")
    score = replace(made.SCORE, criteria=(per_act,))
    block = letter_odds(score, "Note")
    (bar,) = made.find(block, "Div", role="img")
    assert getattr(bar, "aria-label").startswith("Note, Probabilité de chaque note : ")
    rows = [made.text_of(row) for row in made.find(block, "Tr")]
    assert [row[0] for row in rows[1:]] == list("ABCDEFG")
    assert sum(float(segment.style["flexGrow"]) for segment in bar.children) == pytest.approx(1.0, abs=1e-3)
    assert letter_odds(made.NONE, "Note") is None
