"""Pages of imports, of matching and of campaigns, over a campaign really imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sheets_by_hand as made

from dashboard import native, router
from dashboard.page import Page
from dashboard.pages import annulation, campagnes, importer, rattachements, verification
from footprint.reconciling_sheet import Decision
from footprint.server.refusals import Refusal, Refusals
from footprint.server.visitor import set_visitor
from footprint.store import campaigns, imports, matching
from footprint.store.database import Store
from footprint.store.referential import current_campaign, ensure_campaign
from footprint.store.rules import save_rule
from footprint.texts import set_language
from footprint.uploads import checking, folder
from pos_map import Rule
from pos_map.columns import TABLES
from pos_map.placement import UNPLACED

MAP = "zone;quartier;code application;nom\nM;Droits;APP1;Une\nM;Paie;APP2;Deux\n"
HOSTILE = made.HOSTILE.replace('"', "")
FILES = {
    "carte.csv": MAP,
    "physiques.csv": "nomEquipementPhysique;type;quantite;paysDUtilisation\nH1;Serveur;1;France\n",
    "virtuels.csv": f"nomEquipementVirtuel;nomEquipementPhysique;vCPU\nVM1;H1;4\nVM2;{HOSTILE};2\n",
    "applications.csv": "nomApplication;typeEnvironnement;nomEquipementVirtuel\nAPP1;Production;VM1\n",
}
NEXT = {**FILES, "carte.csv": MAP.replace("APP2;Deux", "APP3;Trois")}
FAULTY = {**FILES, "physiques.csv": FILES["physiques.csv"].replace(";1;", ";beaucoup;")}
PATHS = ("/import", "/import/annuler", "/rattachements", "/campagnes")


def _write(place: Path, files: dict[str, str]) -> list[Path]:
    place.mkdir(exist_ok=True, parents=True)
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    return sorted(place / name for name in files)


@pytest.fixture
def filled(store: Store, tmp_path: Path) -> Store:
    """A store with one import and a rule."""
    campaign = ensure_campaign(store, "Caisse Exemple", 2026)
    paths = _write(tmp_path / "files", FILES)
    imports.apply(store, campaign, imports.prepare(store, campaign, paths), "essai")
    save_rule(store, "Caisse Exemple", Rule("host", "vieux.*", "H1", regex=True), "essai", "Ancien parc")
    return store


def _page(store: Store, path: str, role: str = "urbaniste", **more: Any) -> Page:
    return Page(store, made.signed_in(role), path, **more)


def _check(store: Store, files: dict[str, str], mode: folder.Mode = "replace") -> str:
    """Files sent by « moi » and checked: the id of the check."""
    identifier, place = folder.begin(store)
    _write(place, files)
    upload = folder.keep(store, identifier, "moi", current_campaign(store).id or 0, mode)
    checking.check(store, upload)
    return identifier


def _shown(store: Store, identifier: str, role: str = "urbaniste", **query: str) -> Any:
    return verification.layout(_page(store, f"/import/{identifier}", role, query=query), identifier)


def _actions(page: Any) -> set[str]:
    return {form.action for form in made.find(page, "Form")}


def _texts(store: Store, path: str) -> set[str]:
    set_visitor(made.signed_in("urbaniste"))
    return {part for part in made.walk(router.render(store, Refusals(), path)) if isinstance(part, str)}


# -- importer -----------------------------------------------------------------------------------


def test_the_form_sends_files_its_token_first(filled: Store) -> None:
    page = importer.layout(_page(filled, "/import"))
    (form,) = made.find(page, "Form", action="/import")
    assert (form.method, form.encType) == ("post", "multipart/form-data")
    fields = made.find(form, "Input")
    assert (fields[0].name, fields[0].value, fields[0].type) == ("csrf", "jeton-csrf", "hidden")
    assert [field.name for field in fields if field.type == "file"] == ["fichiers", "profil_fichier"]
    assert [field.value for field in fields if field.name == "mode" and field.checked] == ["replace"]
    links = {link.href for link in made.find(page, "A")}
    assert {"/import/modele.xlsx", "/import/modele-rempli.xlsx", "/import/profil-vierge.yaml"} <= links


@pytest.mark.parametrize("role", ["lecteur", "contributeur", "rso", "approbateur"])
def test_who_reads_has_the_history_but_no_form(filled: Store, role: str) -> None:
    _check(filled, NEXT)
    page = importer.layout(_page(filled, "/import", role))
    assert not _actions(page)
    said = made.text_of(page)
    assert "Votre rôle permet de lire" in said
    assert "n° 1" in said
    assert "Vérifications en attente" not in said
    assert not made.find(page, "A", href="/import/annuler")


def test_the_history_says_who_what_and_its_state(filled: Store) -> None:
    said = made.text_of(importer.layout(_page(filled, "/import")))
    for expected in ("n° 1", "essai", "remplacement", "carte.csv", "en vigueur", "ajouts"):
        assert expected in said
    imports.undo(filled, current_campaign(filled), "autre")
    page = importer.layout(_page(filled, "/import"))
    assert "par autre" in made.text_of(page)
    assert not made.find(page, "A", href="/import/annuler")  # nothing left to undo


def test_undoing_tells_that_decisions_are_undone_too(filled: Store) -> None:
    told = "décisions de rattachement gardées avec lui"
    assert told not in made.text_of(annulation.layout(_page(filled, "/import/annuler")))
    decided = [Decision(Rule("machine_application", "VM2", "APP1"), "vu")]
    assert matching.decide(filled, current_campaign(filled), decided, "essai").applied.changed
    assert told in made.text_of(annulation.layout(_page(filled, "/import/annuler")))


def test_checks_waiting_are_ones_own(filled: Store) -> None:
    mine = _check(filled, NEXT)
    other, place = folder.begin(filled)
    _write(place, FILES)
    folder.keep(filled, other, "autre", 1, "replace")
    links = {link.href for link in made.find(importer.layout(_page(filled, "/import")), "A")}
    assert f"/import/{mine}" in links
    assert f"/import/{other}" not in links


def test_a_frozen_campaign_has_no_form(filled: Store) -> None:
    campaigns.freeze(filled, current_campaign(filled), "essai")
    page = importer.layout(_page(filled, "/import"))
    assert not _actions(page)
    assert "La campagne est figée" in made.text_of(page)
    assert not made.find(page, "A", href="/import/annuler")
    assert not _actions(annulation.layout(_page(filled, "/import/annuler")))
    assert not _actions(rattachements.layout(_page(filled, "/rattachements")))


def test_faults_are_listed_and_nothing_can_be_imported(filled: Store) -> None:
    identifier = _check(filled, FAULTY)
    page = _shown(filled, identifier)
    said = made.text_of(page)
    for expected in ("1 erreur", "physiques.csv", "beaucoup", "quantite", "rien ne peut être importé"):
        assert expected in said
    assert _actions(page) == {f"/import/{identifier}/abandonner"}
    links = {link.href for link in made.find(page, "A")}
    assert {f"/import/{identifier}/remarques.xlsx", f"/import/{identifier}/remarques.json"} <= links


def test_what_changes_is_shown_before_importing(filled: Store) -> None:
    identifier = _check(filled, NEXT)
    page = _shown(filled, identifier)
    said = made.text_of(page)
    for expected in ("peuvent être importés", "APP3", "APP2", "remplacent l’inventaire", "ajout", "retrait"):
        assert expected in said
    assert _actions(page) == {f"/import/{identifier}/{step}" for step in ("importer", "abandonner")}


def test_tables_that_would_be_emptied_are_told(filled: Store) -> None:
    said = made.text_of(_shown(filled, _check(filled, {"carte.csv": MAP})))
    assert "Ces fichiers ne disent rien de" in said
    said = made.text_of(_shown(filled, _check(filled, {"carte.csv": MAP}, "complete")))
    assert "Ces fichiers ne disent rien de" not in said
    assert "contient déjà tout cela" in said


def test_an_unknown_file_asks_what_its_columns_are(filled: Store) -> None:
    identifier = _check(filled, {"parc.csv": "Hote;Coeurs;Autre\nS1;8;x\n"})
    page = _shown(filled, identifier)
    assert f"/import/{identifier}/correspondance" in _actions(page)
    for column in ("Hote", "Coeurs", "Autre"):
        assert column in made.text_of(page)


def test_a_check_of_another_is_not_shown(filled: Store) -> None:
    identifier, place = folder.begin(filled)
    _write(place, {"secret.csv": MAP})
    folder.keep(filled, identifier, "autre", 1, "replace")
    set_visitor(made.signed_in("urbaniste"))
    said = made.text_of(router.render(filled, Refusals(), f"/import/{identifier}"))
    assert "Rien à montrer ici" in said
    assert "secret.csv" not in said


def test_a_check_interrupted_can_be_done_again(filled: Store) -> None:
    identifier = _check(filled, NEXT)
    (filled.home / "uploads" / identifier / checking.CHECK).unlink()
    page = _shown(filled, identifier)
    assert "s’est interrompue" in made.text_of(page)
    assert _actions(page) == {f"/import/{identifier}/{step}" for step in ("verifier", "abandonner")}


def test_a_page_that_waited_says_the_import_is_done(filled: Store) -> None:
    page = _shown(filled, "0" * 32, attendre="oui")
    assert "L’import est fait." in made.text_of(page)


def test_undoing_names_the_import_it_undoes(filled: Store) -> None:
    page = annulation.layout(_page(filled, "/import/annuler"))
    (form,) = made.find(page, "Form", action="/import/annuler")
    assert [field.value for field in made.find(form, "Input", name="import")] == ["1"]
    assert not _actions(annulation.layout(_page(filled, "/import/annuler", "lecteur")))


def test_names_nothing_bears_are_decided_or_only_read(filled: Store) -> None:
    page = rattachements.layout(_page(filled, "/rattachements"))
    assert _actions(page) == {
        "/rattachements", "/rattachements/feuille", "/rattachements/regles", "/rattachements/regles/suppression",
    }  # fmt: skip
    assert len(made.find(page, "Input", name="retenu")) == 2  # a host, and a machine without application
    reader = rattachements.layout(_page(filled, "/rattachements", "lecteur"))
    assert not _actions(reader)
    for expected in ("vieux.*", "Ancien parc", "onerror"):
        assert expected in made.text_of(page)
        assert expected in made.text_of(reader)


def test_a_refused_rule_keeps_what_was_typed(filled: Store) -> None:
    fields = {"genre": ("machine",), "expression": ("srv(",), "cible": ("VM1",), "regex": ("1",)}
    refusal = Refusal("/rattachements", "Expression refusée.", fields)
    page = rattachements.layout(_page(filled, "/rattachements", refusal=refusal))
    values = {
        field.name: field.value for field in made.find(page, "Input") if field.name in ("expression", "cible")
    }
    assert values == {"expression": "srv(", "cible": "VM1"}
    assert [each.value for each in made.find(page, "Option", selected=True)] == ["machine"]


@pytest.mark.parametrize(("role", "may"), [
    ("lecteur", False), ("contributeur", False), ("approbateur", False), ("rso", True), ("urbaniste", True),
    ("admin", True),
])  # fmt: skip
def test_who_may_freeze_then_reopen(filled: Store, role: str, may: bool) -> None:
    page = campagnes.layout(_page(filled, "/campagnes", role))
    assert _actions(page) == ({"/campagnes/1/figer"} if may else set())
    campaigns.freeze(filled, current_campaign(filled), "essai", "Bilan publié")
    page = campagnes.layout(_page(filled, "/campagnes", role))
    assert _actions(page) == ({"/campagnes/1/rouvrir"} if may else set())
    assert "Bilan publié" in made.text_of(page)
    assert [field.required for field in made.find(page, "Input", name="motif")] == [True] * may


# -- every page ---------------------------------------------------------------------------------


def _every_path(store: Store) -> list[str]:
    checks = [_check(store, files) for files in (NEXT, FAULTY, {"parc.csv": "Hote;Coeurs\nS1;8\n"})]
    return [*PATHS, *(f"/import/{identifier}" for identifier in checks), f"/import/{'0' * 32}"]


def test_english_is_complete(filled: Store) -> None:
    headers = {column.header for table in TABLES for column in table.columns}
    data = sorted(
        {*headers, "Français", UNPLACED}, key=len, reverse=True
    )  # as files and the store write them
    set_language("en")
    for path in _every_path(filled):
        for said in _texts(filled, path):
            text = said
            for name in data:
                text = text.replace(name, "")
            assert not set(text) & set("éèêàùçîôÉ«»"), (path, said)


def test_pages_have_one_title_forms_with_tokens_and_links_of_ours(filled: Store) -> None:
    set_visitor(made.signed_in("urbaniste"))
    for path in _every_path(filled):
        page = router.render(filled, Refusals(), path)
        assert len(made.find(page, "H1")) == 1, path
        assert len(made.find(page, "Main", id="contenu")) == 1, path
        for form in made.find(page, "Form"):
            assert not made.find(form.children, "Form"), path
            if form.method != "get":
                assert form.method == "post"
                assert made.find(form, "Input")[0].value == "jeton-csrf", path
        for link in made.find(page, "A"):
            assert link.href.startswith(("/", "#")), path
        ids = [part.id for part in made.walk(page) if getattr(part, "id", None)]
        assert len(ids) == len(set(ids)), path


def test_names_are_written_as_text(filled: Store) -> None:
    set_visitor(made.signed_in("urbaniste"))
    for path in ("/rattachements", f"/import/{_check(filled, NEXT)}"):
        page = native.document("titre", router.render(filled, Refusals(), path))
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page
        assert "<script" not in page


@pytest.mark.parametrize(
    ("path", "module"),
    [("/import", importer), ("/import/annuler", annulation), (f"/import/{'a' * 32}", verification),
     ("/rattachements", rattachements), ("/campagnes", campagnes), ("/import/modele.xlsx", None),
     ("/import/profil-vierge.yaml", None), (f"/import/{'a' * 32}/remarques.json", None), ("/import/..", None)],
)  # fmt: skip
def test_addresses(path: str, module: object) -> None:
    found = router.find(path)
    assert (found[0] if found else None) is module
