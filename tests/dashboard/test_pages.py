"""What each page says of sheets made by hand."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
import sheets_by_hand as made
from dash import Dash

from dashboard import router
from dashboard.app import create_app
from dashboard.page import Page, application_link
from dashboard.pages import application, carte, demandes, explication, modele, modeles, qualite, tableau
from footprint import views
from footprint.errors import CampaignError
from footprint.server.refusals import Refusal, Refusals
from footprint.server.visitor import set_visitor
from footprint.store.database import Store
from footprint.texts import set_language

N = "\u202f"
PATHS = (
    "/", "/tableau", "/application/X", "/qualite", "/explication/total", "/modeles", "/modele/X", "/demandes",
)  # fmt: skip


def _page(store: Store, path: str = "/", role: str = "admin", refusal: Refusal | None = None) -> Page:
    return Page(store, made.signed_in(role), path, refusal)


def test_map_tiles_are_links_with_letter_value_and_marks(store: Store) -> None:
    page = carte.layout(_page(store))
    tiles = {
        link.href: link for link in made.find(page, "A") if "tile" in (getattr(link, "className", "") or "")
    }
    assert list(tiles) == [
        "/application/FAIBLE",
        "/application/SANS",
        "/application/A%2FB%201",
        "/application/VIDE",
    ]
    solid = tiles["/application/A%2FB%201"]
    assert solid.className == "tile letter-C"
    assert made.text_of(solid) == f"A/B 1 , Solide,  1,2{N}t note  C"
    assert tiles["/application/FAIBLE"].className == "tile letter-C tile-weak"
    assert "données surtout génériques" in made.text_of(tiles["/application/FAIBLE"])
    assert tiles["/application/VIDE"].className == "tile tile-unassessed"
    assert "non évaluée" in made.text_of(tiles["/application/VIDE"])
    assert "0" not in made.text_of(tiles["/application/VIDE"])  # unknown is never zero
    assert tiles["/application/SANS"].className == "tile letter-none"


def test_map_figures_and_gaps(store: Store) -> None:
    said = made.text_of(carte.layout(_page(store)))
    for expected in (
        f"1,2{N}tCO2e", "de 0,81 à 1,7, à 90 %", f"700{N}kgCO2e", f"57{N}%", "8 / 10", f"< 0,10{N}%",
        "Non évalués : 1 manque, jamais", "baie-1", "pue/x", "Notes provisoires",
    ):  # fmt: skip
        assert expected in said


def test_table_twin_says_the_same(store: Store) -> None:
    page = tableau.layout(_page(store))
    rows = [made.text_of(row) for row in made.find(page, "Tr")]
    assert len(rows) == 5
    assert rows[1].startswith("FAIBLE")
    assert f"Zone {made.HOSTILE} › Relation › Courrier" in rows[3]
    assert rows[4].count("non évaluée") == 1
    for head in made.find(page, "Th"):
        assert head.scope in ("col", "row")
    assert made.find(page, "Caption")


def test_application_page(store: Store) -> None:
    page = application.layout(_page(store), "A/B 1")
    said = made.text_of(page)
    for expected in (
        "Solide", "Note de décision (P90) : D", "Taille 3 sur 5 (< 10 t/an)", "Provisoire", "Utilisateurs inconnus.",
        f"70{N}% de chances que la note soit C", "Faiblesse.", "entraînement", "Voir les 6 suivantes", "en service",
    ):  # fmt: skip
        assert expected in said
    assert "Branche" not in said  # empty values are left out
    assert made.find(page, "A", href="/modele/tri%3A1.0")


def test_explanation_goes_down_to_factor_and_source(store: Store) -> None:
    page = application.layout(_page(store), "A/B 1")
    steps = made.find(page, "Details", className="step")
    assert [step.open for step in steps] == [True, False, False]
    leaf = made.text_of(steps[-1])
    for expected in (
        "M2",
        "énergie × PUE × facteur",
        f"5{N}000{N}kWh",
        "elec/FR/2024",
        "2024",
        "générique",
        "parts égales",
    ):
        assert expected in leaf


def test_chart_has_intervals_and_is_asked_for(store: Store) -> None:
    figure = application.chart(store, "A/B 1").figure
    assert len(figure.data[0].x) == 12
    assert figure.data[0].error_x.array[0] == pytest.approx(1000 / 14 * 0.3)
    assert not made.find(application.layout(_page(store), "A/B 1"), "Graph")


def test_models_and_register(store: Store) -> None:
    said = made.text_of(modeles.layout(_page(store)))
    for expected in (
        "non IA · RPA",
        "L’agent confirme",
        "À la main",
        "Un agent relit",
        f"0,46{N}gCO2e",
        f"3,2{N}gCO2e",
    ):
        assert expected in said


def test_model_page(store: Store) -> None:
    said = made.text_of(modele.layout(_page(store), "tri:1.0"))
    for expected in (
        f"20{N}Wh, toutes exécutions comprises", f"0,50{N}Wh (0,40 à 0,60)", "Acte : courrier", "04/03/2026 09:05",
        f"1{N}min 15{N}s", "4" + N + "000", "complète", "usage", "L’agent confirme", "Rien d’évalué.", "inconnu",
    ):  # fmt: skip
        assert expected in said


def test_requests_form_follows_the_role(store: Store) -> None:
    assert made.find(demandes.layout(_page(store)), "Form", action="/demandes")
    reader = demandes.layout(_page(store, role="lecteur"))
    assert not made.find(reader, "Form")
    assert "Votre rôle permet de lire" in made.text_of(reader)


def test_refused_form_is_filled_again(store: Store) -> None:
    refusal = Refusal("/demandes", "Volume illisible.", {"intitule": ("Mon titre",), "volume": ("beaucoup",)})
    page = demandes.layout(_page(store, "/demandes", refusal=refusal))
    values = {field.name: field.value for field in made.find(page, "Input")}
    assert values == {
        "csrf": "jeton-csrf", "intitule": "Mon titre", "application": "", "modele": "", "acte": "",
        "volume": "beaucoup",
    }  # fmt: skip


def test_every_form_carries_the_token_and_posts(store: Store) -> None:
    set_visitor(made.signed_in())
    for path in (
        "/",
        "/tableau",
        "/application/X",
        "/qualite",
        "/explication/total",
        "/modeles",
        "/modele/X",
        "/demandes",
    ):
        page = router.render(store, Refusals(), path)
        forms = made.find(page, "Form")
        assert len(forms) >= 2
        for form in forms:
            assert form.method == "post"
            assert made.find(form, "Input", type="hidden", name="csrf", value="jeton-csrf")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/tableau",
        "/application/X",
        "/qualite",
        "/explication/total",
        "/modeles",
        "/modele/X",
        "/demandes",
    ],
)
def test_pages_have_one_title_landmarks_and_no_script_of_their_data(store: Store, path: str) -> None:
    set_visitor(made.signed_in())
    page = router.render(store, Refusals(), path)
    assert len(made.find(page, "H1")) == 1
    assert len(made.find(page, "Main", id="contenu")) == 1
    assert made.find(page, "A", href="#contenu", className="skip")
    # Names are data: text nodes of components, never HTML.
    assert not [
        part
        for part in made.walk(page)
        if type(part).__name__ in ("Markdown", "DangerouslySetInnerHTML", "Iframe")
    ]
    for link in made.find(page, "A"):
        assert link.href.startswith(("/", "#"))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/tableau",
        "/application/X",
        "/qualite",
        "/explication/total",
        "/modeles",
        "/modele/X",
        "/demandes",
    ],
)
def test_english_is_complete(store: Store, path: str) -> None:
    set_visitor(made.signed_in())
    french = {part for part in made.walk(router.render(store, Refusals(), path)) if isinstance(part, str)}
    set_language("en")
    english = {part for part in made.walk(router.render(store, Refusals(), path)) if isinstance(part, str)}
    data = repr([value for name, value in vars(made).items() if name.isupper()]).replace(" x ", " × ")
    words = {text.strip(" ,:") for text in english & french if any(letter in text for letter in "éèêàùçîôÉ")}
    assert [text for text in words if text not in data] == []


def test_errors_become_readable_pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    set_visitor(made.signed_in())

    def no_campaign(*_: Any) -> Any:
        raise CampaignError("Aucune campagne ici.", "No campaign here.")

    def broken(*_: Any) -> Any:
        raise RuntimeError("secret détail")

    assert "Rien ne se trouve à cette adresse." in made.text_of(router.render(store, Refusals(), "/xyz"))
    monkeypatch.setattr(views, "map_tree", broken)
    said = made.text_of(router.render(store, Refusals(), "/"))
    assert "n’a pas pu être préparée" in said
    assert "secret" not in said
    monkeypatch.setattr(views, "summary", no_campaign)
    assert "Aucune campagne ici." in made.text_of(router.render(store, Refusals(), "/"))


def test_refusal_is_shown_once(store: Store) -> None:
    who, kept = made.signed_in(), Refusals()
    set_visitor(who)
    kept.keep(who.key, Refusal("/demandes", "Volume illisible.", {}))
    assert made.find(router.render(store, kept, "/demandes"), "P", role="alert")
    assert not made.find(router.render(store, kept, "/demandes"), "P", role="alert")


@pytest.mark.parametrize(
    ("path", "found"),
    [("/", (carte, "")), ("/tableau", (tableau, "")), ("/application/A%2FB%201", (application, "A/B 1")),
     ("/modele/a%3Ab", (modele, "a:b")), ("/qualite", (qualite, "")),
     ("/explication/node%3Az%2Fq", (explication, "node:z/q")),
     ("/application/", None), ("/nulle-part", None), ("/tableau/x", None)],
)  # fmt: skip
def test_addresses(path: str, found: object) -> None:
    assert router.find(path) == found


def test_links_round_trip() -> None:
    for code in ("A/B", "é à", "50%", "a?b#c", ".."):
        assert router.find(application_link(code)) == (application, code)


def test_every_callback_is_a_coroutine(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made_apps: list[Dash] = []
    start = Dash.__init__

    def kept(self: Dash, *args: Any, **options: Any) -> None:
        made_apps.append(self)
        start(self, *args, **options)

    monkeypatch.setattr(Dash, "__init__", kept)
    create_app(store)
    (app,) = made_apps
    assert len(app.callback_map) == 2
    for callback in app.callback_map.values():
        assert inspect.iscoroutinefunction(callback["callback"])
        assert inspect.iscoroutinefunction(inspect.unwrap(callback["callback"]))


def test_nothing_is_fetched_from_elsewhere() -> None:
    folder = Path(router.__file__).parent
    for file in [*folder.rglob("*.py"), *folder.rglob("*.css"), *folder.rglob("*.svg")]:
        said = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in said, file
        assert "https://" not in said, file
