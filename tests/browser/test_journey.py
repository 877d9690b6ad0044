"""One person's way through the dashboard, with a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/tableau", "/application/TRI-COURRIER", "/modeles", "/modele/tri-courrier%3A1.0", "/demandes",
    "/demande/D-0001", "/bienvenue", "/application/inconnue",
)  # fmt: skip
WAIT_MS = 30_000


@pytest.fixture(scope="module")
def page(chromium: Any, served: Any) -> Iterator[Any]:
    """A signed-in page at 1280 px that keeps every complaint of the browser."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="fr-FR", accept_downloads=True
    )
    context.set_default_timeout(WAIT_MS)
    opened = context.new_page()
    opened.complaints = []
    opened.on("console", lambda m: opened.complaints.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on(
        "request",
        lambda r: (
            None if r.url.startswith((served.url, "data:", "blob:")) else opened.complaints.append(r.url)
        ),
    )
    yield opened
    context.close()


def _open(page: Any, served: Any, path: str) -> None:
    page.goto(served.url + path)
    page.wait_for_selector("h1")


def test_1_sign_in_by_link_and_welcome(page: Any, served: Any) -> None:
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


def test_2_an_application_is_reached_with_the_tab_key(page: Any, served: Any) -> None:
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


def test_3_the_explanation_unfolds_to_factor_and_source(page: Any, served: Any) -> None:
    _open(page, served, "/application/TRI-COURRIER")
    tree = page.locator("#explication")
    while tree.locator("details.step:not([open]) > summary:visible").count():
        tree.locator("details.step:not([open]) > summary:visible").first.click()
    said = tree.inner_text()
    for expected in ("M4", "M2", "M3", "× PUE × facteur", "électricité FR", "kgCO2e/kWh"):
        assert expected in said
    assert tree.locator("th:has-text('Source')").count() > 0


def test_4_the_chart_comes_when_asked_for(page: Any, served: Any) -> None:
    _open(page, served, "/application/TRI-COURRIER")
    assert page.locator(".js-plotly-plot").count() == 0
    page.get_by_role("button", name="Afficher en graphique").click()
    page.wait_for_selector(".js-plotly-plot .barlayer .bars")
    assert page.locator(".js-plotly-plot .barlayer .point").count() >= 2


def test_5_submit_then_decide_a_request(page: Any, served: Any) -> None:
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
    page.wait_for_url("**/demande/D-0001")
    page.wait_for_selector("h1")
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
        "Approuvée sous conditions", "Anne Lefort, Responsable RSO", "Pilote mesuré, à borner avant extension.",
        "Chef de produit", "30/06/2199", "un compte",
    ):  # fmt: skip
        assert expected in said
    assert page.locator("main tbody tr").count() >= 5


def test_6_the_report_downloads(page: Any, served: Any, tmp_path: Path) -> None:
    _open(page, served, "/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Bilan (.xlsx)").click()
    assert waiting.value.suggested_filename == "bilan-allege-caisse-exemple-2026.xlsx"
    path = tmp_path / "bilan.xlsx"
    waiting.value.save_as(path)
    book = load_workbook(path, read_only=True)
    assert len(book.sheetnames) > 1
    book.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", PAGES)
def test_7_pages_are_accessible_and_fit(page: Any, served: Any, path: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 900})
    _open(page, served, path)
    found = Axe().run(page).response["violations"]
    grave = [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")]
    assert grave == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})


def test_8_switch_to_english_and_sign_out(page: Any, served: Any) -> None:
    _open(page, served, "/application/TRI-COURRIER")
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("h2:has-text('Where the footprint comes from')")
    assert page.url.endswith("/application/TRI-COURRIER")
    assert page.locator("html").get_attribute("lang") == "en"
    _open(page, served, "/demande/D-0001")
    assert "Approved with conditions" in page.locator("main").inner_text()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/connexion")
    page.goto(served.url + "/")
    assert "/connexion" in page.url


def test_9_the_browser_had_nothing_to_complain_of(page: Any) -> None:
    """No script error, nothing blocked by the content policy, no request to another host."""
    assert page.complaints == []
