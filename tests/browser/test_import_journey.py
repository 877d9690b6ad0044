"""An architect's way from a faulty file to the map and back, with a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

PAGES = ("/import", "/rattachements", "/campagnes", "/evaluation")
WAIT_MS = 60_000
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 900}
HEAD = "zone;quartier;code application;nom;utilisateurs\n"
FAULTY = HEAD + "Essai;Accueil;NEUVE-1;Première venue;beaucoup\n"
MENDED = HEAD + "Essai;Accueil;NEUVE-1;Première venue;120\n"


@pytest.fixture(scope="module")
def architect(chromium: Any, served: Any) -> Iterator[Any]:
    """The page of an architect who has come in by a one-time link, with what the browser complains of."""
    from footprint import people
    from footprint.store.rules import save_rule
    from pos_map import Rule

    people.create_account(served.store, "urba", "urbaniste", "Zoé Petit", "Urbaniste")
    save_rule(served.store, "Caisse Exemple", Rule("machine", "vm-abc-0001", "VM-1"), "urba", "Même machine")
    context = chromium.new_context(viewport=WIDE, locale="fr-FR")
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    ours = (served.url, "data:", "blob:")
    page.on("request", lambda r: None if r.url.startswith(ours) else page.complaints.append(r.url))
    page.goto(served.link("urba"))
    page.get_by_role("button", name="Entrer").click()
    page.wait_for_selector(".map .tile")
    yield page
    context.close()


@pytest.fixture
def page(architect: Any) -> Iterator[Any]:
    """The architect's page; each test ends with a browser that has nothing to complain of."""
    yield architect
    assert architect.complaints == []


def _send(page: Any, file: Path) -> None:
    """Choose a file to complete the inventory with, and have it checked."""
    page.get_by_label("Fichiers de l’inventaire et du POS").set_input_files(file)
    page.get_by_label("Compléter").check()
    page.get_by_role("button", name="Vérifier").click()
    page.wait_for_selector("h2:has-text('erreur')")


def _tiles(page: Any, served: Any) -> list[str]:
    page.goto(served.url + "/")
    page.wait_for_selector(".map .tile")
    return [code.strip() for code in page.locator(".map .tile-code").all_inner_texts()]


def test_a_mended_file_reaches_the_map_and_leaves_it(page: Any, served: Any, tmp_path: Path) -> None:
    before = _tiles(page, served)
    file = tmp_path / "carte – été.csv"
    page.goto(served.url + "/import")
    file.write_text(FAULTY, encoding="utf-8")
    _send(page, file)
    said = page.locator("main").inner_text()
    for expected in ("1 erreur", "beaucoup", "utilisateurs", "rien ne peut être importé"):
        assert expected in said
    assert page.get_by_role("button", name="Importer").count() == 0

    page.get_by_role("link", name="Envoyer les fichiers corrigés").click()
    file.write_text(MENDED, encoding="utf-8")
    _send(page, file)
    assert "Aucune erreur" in page.locator("main").inner_text()
    page.locator("summary:has-text('ajout')").first.click()
    assert "NEUVE-1" in page.locator("main").text_content()
    check = page.url
    assert _tiles(page, served) == before  # checking imports nothing

    page.goto(check)
    page.get_by_role("button", name="Importer").click()
    page.wait_for_url("**/import")
    said = page.locator("main").inner_text()
    assert "en vigueur" in said
    assert " fait\n" in said
    assert page.get_by_role("link", name="Annuler cet import").count() == 1
    assert sorted(_tiles(page, served)) == sorted([*before, "NEUVE-1"])

    page.get_by_role("button", name="Calculer maintenant").click()
    page.goto(served.url + "/evaluation")
    page.wait_for_selector("text=L’évaluation est à jour")
    assert sorted(_tiles(page, served)) == sorted([*before, "NEUVE-1"])
    assert page.get_by_role("button", name="Calculer maintenant").count() == 0

    page.goto(served.url + "/import")
    page.get_by_role("link", name="Annuler le dernier import").click()
    page.get_by_role("button", name="Annuler cet import").click()
    page.wait_for_url("**/import")
    assert "annulé le" in page.locator("main").inner_text()
    assert _tiles(page, served) == before


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_accessible_and_fold(page: Any, served: Any, path: str, size: dict[str, int]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size(size)
    page.goto(served.url + path)
    page.wait_for_selector("h1")
    found = Axe().run(page).response["violations"]
    width = page.evaluate("document.documentElement.scrollWidth")
    hidden = page.evaluate(
        "[...document.querySelectorAll('.as-cards')].filter(e => e.scrollWidth > e.clientWidth).length"
    )
    page.set_viewport_size(WIDE)
    grave = [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")]
    assert grave == []
    assert width <= size["width"]
    assert hidden == 0  # rows to act on are wholly in sight
