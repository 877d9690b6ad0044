"""One person's way through the dashboard, with a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/tableau", "/application/TRI-COURRIER", "/qualite", "/explication/reason%3Aposte%3Aecrans",
    "/explication/node%3Arelation-et-echanges", "/modeles", "/modele/tri-courrier%3A1.0", "/demandes",
    "/demande/D-0001", "/bienvenue", "/application/inconnue",
)  # fmt: skip
WAIT_MS = 30_000
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 900}


def _watched(chromium: Any, served: Any) -> Any:
    """A page at 1280 px that keeps every complaint of the browser and every request to another host."""
    context = chromium.new_context(viewport=WIDE, locale="fr-FR", accept_downloads=True)
    context.set_default_timeout(WAIT_MS)
    opened = context.new_page()
    opened.complaints = []
    opened.on("console", lambda m: opened.complaints.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    ours = (served.url, "data:", "blob:")
    opened.on("request", lambda r: None if r.url.startswith(ours) else opened.complaints.append(r.url))
    return opened


@pytest.fixture(scope="module")
def signed_in(chromium: Any, served: Any) -> Iterator[Any]:
    """The page of an approver who has come in by a one-time link."""
    opened = _watched(chromium, served)
    opened.goto(served.link("anne"))
    opened.get_by_role("button", name="Entrer").click()
    opened.wait_for_selector(".map .tile")
    yield opened
    opened.context.close()


@pytest.fixture
def page(signed_in: Any) -> Iterator[Any]:
    """The signed-in page; each test ends with a browser that has nothing to complain of."""
    yield signed_in
    assert signed_in.complaints == []


def _open(page: Any, served: Any, path: str) -> None:
    page.goto(served.url + path)
    page.wait_for_selector("h1")


def test_sign_in_by_link_welcome_and_sign_out(chromium: Any, served: Any) -> None:
    page = _watched(chromium, served)
    page.goto(served.url + "/demandes")
    assert page.url.endswith("/connexion?suite=/demandes")
    page.goto(served.link("admin"))
    page.get_by_role("button", name="Entrer").click()
    page.wait_for_url("**/bienvenue")
    page.get_by_label("Prénom et nom").fill("Anne Lefort")
    page.get_by_label("Fonction").fill("Responsable RSO")
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_selector(".map .tile")
    assert page.title() == "Carte – footprint"
    assert page.locator("html").get_attribute("lang") == "fr"
    assert "Caisse Exemple · 2026" in page.locator("header").inner_text()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/connexion")
    page.goto(served.url + "/")
    assert "/connexion" in page.url
    assert page.complaints == []
    page.context.close()


def test_an_application_is_reached_with_the_tab_key(page: Any, served: Any) -> None:
    _open(page, served, "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    for _ in range(20):
        page.keyboard.press("Tab")
        if "tile" in page.evaluate("document.activeElement.className").split():
            break
    code = page.evaluate("document.activeElement.querySelector('.tile-code').textContent")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
    page.keyboard.press("Enter")
    page.wait_for_selector("h1 .code")
    assert page.locator("h1 .code").inner_text() == code


def test_the_explanation_unfolds_to_factor_and_source(page: Any, served: Any) -> None:
    _open(page, served, "/application/TRI-COURRIER")
    tree = page.locator("#explication")
    while tree.locator("details.step:not([open]) > summary:visible").count():
        tree.locator("details.step:not([open]) > summary:visible").first.click()
    said = tree.inner_text()
    for expected in ("M4", "M2", "M3", "× PUE × électricité FR", "électricité FR", "kgCO2e/kWh"):
        assert expected in said
    assert tree.locator("th:has-text('Source')").count() > 0


def test_the_chart_comes_when_asked_for(page: Any, served: Any) -> None:
    _open(page, served, "/application/TRI-COURRIER")
    assert page.locator(".js-plotly-plot").count() == 0
    page.get_by_role("button", name="Afficher en graphique").click()
    page.wait_for_selector(".js-plotly-plot .barlayer .bars")
    assert page.locator(".js-plotly-plot .barlayer .point").count() >= 2


def test_submit_a_request_and_decide_another(page: Any, served: Any) -> None:
    _open(page, served, "/demandes")
    page.get_by_label("Intitulé").fill("Tri automatique du courrier")
    page.get_by_label("Application (code)").fill("TRI-COURRIER")
    page.get_by_label("Modèle", exact=True).fill("tri-courrier:1.0")
    page.get_by_label("Volume annuel (actes)").fill("beaucoup")
    page.get_by_label("Finalité").fill("Orienter les courriers")
    page.get_by_label("Alternative étudiée, sans IA").fill("Règles de mots clés")
    page.get_by_role("button", name="Soumettre").click()
    page.wait_for_selector("[role=alert]")
    assert "illisible" in page.locator("[role=alert]").inner_text()
    assert page.get_by_label("Finalité").input_value() == "Orienter les courriers"  # nothing typed is lost
    page.get_by_label("Volume annuel (actes)").fill("1 200 000")
    page.get_by_role("button", name="Soumettre").click()
    page.wait_for_selector("h1:has-text('Tri automatique du courrier')")
    assert "D-0003" in page.url
    assert "Soumise par" in page.locator("main").inner_text()
    _open(page, served, "/demande/D-0002")  # someone else's: four eyes
    assert "Évaluée, à décider" in page.locator(".page-title").inner_text()
    page.get_by_label("Décision").select_option("approuvee_sous_conditions")
    page.get_by_label("Motif").fill("Pilote mesuré, à borner avant extension.")
    page.get_by_label("Condition 1", exact=True).locator("#condition_texte").fill("Plafond de 5 000 actes")
    page.locator("#condition_fonction").fill("Chef de produit")
    page.locator("#condition_indicateur").fill("actes par mois")
    page.locator("#condition_echeance").fill("2199-06-30")
    page.get_by_role("button", name="Signer la décision").click()
    page.wait_for_selector(".verdict")
    said = page.locator("main").inner_text()
    for expected in (
        "Approuvée sous conditions", "Anne Roy, Directrice", "Pilote mesuré, à borner avant extension.",
        "Chef de produit", "30/06/2199",
    ):  # fmt: skip
        assert expected in said
    assert page.locator("main tbody tr").count() >= 5


def test_the_report_downloads(page: Any, served: Any, tmp_path: Path) -> None:
    _open(page, served, "/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Bilan (.xlsx)").click()
    assert waiting.value.suggested_filename == "bilan-allege-caisse-exemple-2026.xlsx"
    path = tmp_path / "bilan.xlsx"
    waiting.value.save_as(path)
    book = load_workbook(path, read_only=True)
    assert len(book.sheetnames) > 1
    book.close()


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_accessible(page: Any, served: Any, path: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    _open(page, served, path)
    found = Axe().run(page).response["violations"]
    grave = [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")]
    assert grave == []


@pytest.mark.parametrize("path", PAGES)
def test_pages_fold_at_390_px(page: Any, served: Any, path: str) -> None:
    page.set_viewport_size(NARROW)
    _open(page, served, path)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(WIDE)
    assert width <= NARROW["width"]


def test_switch_to_english_and_back(page: Any, served: Any) -> None:
    _open(page, served, "/application/TRI-COURRIER")
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("h2:has-text('Where the footprint comes from')")
    assert page.url.endswith("/application/TRI-COURRIER")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("button", name="Sign out").count() == 1
    page.get_by_role("button", name="Français").click()
    page.wait_for_selector("h2:has-text('D’où vient l’empreinte')")
