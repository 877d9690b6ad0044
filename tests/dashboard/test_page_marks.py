"""What pages mark, fold and clamp: bands, runs, intervals, estimates, decisions off the recommendation."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import sheets_by_hand as made

from dashboard import router
from dashboard.components.bars import interval_bar
from dashboard.components.scores import band_text, score_panel
from dashboard.page import Page
from dashboard.pages import application, demande, demandes, modele
from footprint import launch, views
from footprint.server.refusals import Refusals
from footprint.server.visitor import set_visitor
from footprint.sheets import Amount, Letter
from footprint.store.database import Store

N = "\u202f"


def _page(store: Store) -> Page:
    return Page(store, made.signed_in(), "/")


def test_model_page_tells_runs_apart_and_lists_its_applications(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [replace(made.RUN, run_id=f"20260304T090506Z-0000{n}") for n in (1, 2)]
    sheet = replace(made.MODEL, applications=("A/B 1", "AILLEURS"), runs=tuple(runs))
    monkeypatch.setattr(views, "model_sheet", lambda *_: sheet)
    page = modele.layout(_page(store), "tri:1.0")
    assert [made.text_of(code) for code in made.find(page, "Code", title=runs[0].run_id)] == [
        "090506Z-00001"[1:]
    ]
    assert [made.text_of(crumb) for crumb in made.find(page, "Ol", className="crumbs")] == ["Modèles d’IA"]
    assert "AILLEURS (non rattachée)" in made.text_of(page)
    assert made.find(page, "A", href="/application/A%2FB%201")
    assert not made.find(page, "A", href="/application/AILLEURS")


def test_size_class_is_for_yearly_totals_only(store: Store) -> None:
    assert "Taille 3 sur 5" in made.text_of(score_panel(made.SCORE, "Note"))
    assert "Taille" not in made.text_of(score_panel(made.SCORE, "Note", yearly=False))
    assert "Taille" not in made.text_of(modele.layout(_page(store), "tri:1.0"))


@pytest.mark.parametrize(
    ("name", "letter", "said"),
    [
        ("par utilisateur actif et par an", "D", f"D : de 1 à 3{N}kgCO2e"),
        ("par acte fonctionnel", "A", f"A : moins de 0,1{N}gCO2e"),
        ("énergie pour 1 000 requêtes", "G", f"G : 3{N}125{N}Wh et plus"),
        ("entraînement, total", "E", f"E : de 1{N}000 à 10{N}000{N}kgCO2e"),
        ("entraînement, total", None, ""),
        ("autre", "C", ""),
    ],
)
def test_band_of_a_letter(name: str, letter: str | None, said: str) -> None:
    assert band_text(Letter(name, name, letter, letter, None)) == said


@pytest.mark.parametrize(
    "amount",
    [
        Amount(1.0, 0.0, math.inf, 1e300), Amount(math.nan, -5.0, 3.0, 2.0), Amount(0.0, 0.0, 0.0, 0.0),
        Amount(1.0, 9.0, 2.0, 1.5), Amount(1e308, 1e-300, 1.7e308, 1.7e308), Amount(-3.0, -9.0, -1.0, -2.0),
    ],
)  # fmt: skip
def test_interval_never_leaves_its_line(amount: Amount) -> None:
    for mark in interval_bar(amount, "x").children:
        left = float(mark.style["left"].removesuffix("%"))
        width = float(mark.style.get("width", "0%").removesuffix("%"))
        assert 0 <= left <= 100
        assert width >= 0
        assert left + width <= 100.01


def test_environments_and_runs_are_kept_apart() -> None:
    parts = tuple(made.part(key, 0.25) for key in ("training", "", "production", "inference"))
    assert [part.label for part in application.environments(parts)] == [
        "sans environnement", "libellé production", "exécutions mesurées, entraînement", "exécutions mesurées, usage",
    ]  # fmt: skip


def test_many_runs_are_one_row_of_machines() -> None:
    machines = (made.part("grappe:a", 0.5), made.part("machine:b", 0.1))
    runs = tuple(made.part(f"execution:{n}", 0.1) for n in range(4))
    assert application.with_runs_folded((*machines, *runs[:3])) == (*machines, *runs[:3])
    folded = application.with_runs_folded((machines[0], *runs, machines[1]))
    assert [part.label for part in folded] == [
        "libellé grappe:a",
        "exécutions mesurées (4)",
        "libellé machine:b",
    ]
    assert folded[1].amount.value == pytest.approx(400)
    assert folded[1].amount.high == pytest.approx(520)
    assert folded[1].share == pytest.approx(0.4)


@pytest.mark.parametrize("path", ["/", "/tableau", "/application/X", "/modeles", "/modele/X", "/demandes"])
def test_every_page_says_that_the_assessment_is_stale(
    store: Store, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    set_visitor(made.signed_in())
    assert "L’inventaire a changé" not in made.text_of(router.render(store, Refusals(), path))
    monkeypatch.setattr(views, "summary", lambda *_: replace(made.SUMMARY, stale=True))
    assert made.text_of(router.render(store, Refusals(), path)).count("L’inventaire a changé") == 1


def _request(advice: str, decision: str, **frozen: Any) -> launch.LaunchRequest:
    form = launch.RequestForm("Tri", "A/B 1", "tri:1.O", "courrier", 2e6, "Orienter", "Règles")
    kept = launch.Frozen("a" * 64, None, None, "estimé", (), **frozen)
    decided = launch.Decision(decision, "Motif écrit ici.", (), "Anne", "DSI", "2026-03-04T09:05:06Z", True)
    return launch.LaunchRequest(
        "D-0001", "decidee", form, "moi", "Anne", "DSI", "2026-03-04T09:05:06Z", kept,
        launch.Recommendation(advice, "Raison.", "Reason."), (decided,),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("advice", "decision", "said"),
    [
        ("refuser", "approuvee", "Contre la recommandation (refuser)"),
        ("approuver", "refusee", "Plus stricte que la recommandation (approuver)"),
        ("refuser", "refusee", ""),
    ],
)
def test_a_decision_off_the_recommendation_is_marked(
    store: Store, monkeypatch: pytest.MonkeyPatch, advice: str, decision: str, said: str
) -> None:
    request = _request(advice, decision)
    monkeypatch.setattr(launch, "get", lambda *_: request)
    monkeypatch.setattr(launch, "requests", lambda *_: (request,))
    for page in (demande.layout(_page(store), "D-0001"), demandes.layout(_page(store))):
        text = made.text_of(page)
        assert said in text
        assert ("recommandation (" in text) == bool(said)


def test_request_page_says_yearly_estimate_and_unmeasured_model(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    yearly = Amount(120.0, 60.0, 240.0, 200.0)
    frozen = {"never_measured": True, "near": ("tri:1.0",), "yearly": yearly, "act": "courrier"}
    monkeypatch.setattr(launch, "get", lambda *_: _request("refuser", "refusee", **frozen))
    page = demande.layout(_page(store), "D-0001")
    said = made.text_of(page)
    assert "Modèle jamais mesuré : aucune note." in said
    assert made.find(page, "A", href="/modele/tri%3A1.0")
    assert f"120{N}kgCO2e par an" in said
    assert f"de 60 à 240 à 90 % ; 2{N}000{N}000 actes, acte mesuré : courrier" in said
    assert "cette base n’avait qu’un compte" in said


def test_required_fields_say_so(store: Store) -> None:
    page = demandes.layout(_page(store))
    marked = [label.htmlFor for label in made.find(page, "Label") if "obligatoire" in made.text_of(label)]
    assert marked == ["intitule", "finalite", "alternative"]
    required = [f.id for kind in ("Input", "Textarea") for f in made.find(page, kind, required=True)]
    assert sorted(required) == sorted(marked)
    lists = {
        made_list.id: [o.value for o in made.find(made_list, "Option")]
        for made_list in made.find(page, "Datalist")
    }
    assert lists == {"applications": ["FAIBLE", "A/B 1", "VIDE", "SANS"], "modeles": ["tri:1.0"]}
