"""What pages say once of a form that did what it was asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sheets_by_hand as made

from dashboard import router
from footprint.server.forms import done
from footprint.server.refusals import Refusals
from footprint.server.visitor import set_visitor
from footprint.store import imports
from footprint.store.database import Store
from footprint.store.referential import current_campaign, ensure_campaign

MAP = "zone;quartier;code application;nom\nM;Droits;APP1;Une\nM;Paie;APP2;Deux\n"
LINKS = "nomApplication;typeEnvironnement;nomEquipementVirtuel\nAPP1;Production;VM1\n"


@pytest.fixture
def shown(store: Store, tmp_path: Path) -> Any:
    """Pages of an architect who imported two files that name a machine nothing bears."""
    campaign = ensure_campaign(store, "Caisse Exemple", 2026)
    paths = [tmp_path / "carte.csv", tmp_path / "applications.csv"]
    for path, text in zip(paths, (MAP, LINKS), strict=True):
        path.write_text(text, encoding="utf-8")
    set_visitor(made.signed_in("urbaniste"))
    imports.apply(store, campaign, imports.prepare(store, campaign, paths), "moi")
    refusals = Refusals()

    def page(path: str) -> Any:
        return router.render(store, refusals, path)

    page.refusals = refusals  # type: ignore[attr-defined]
    return page


def test_an_import_is_told_once_with_the_ways_on(shown: Any) -> None:
    assert "fait" not in _card(shown("/import"))
    answer = done(shown.refusals, "/import")
    assert (answer.status_code, answer.headers["location"]) == (303, "/import")
    page = shown("/import")
    for expected in ("Import n° 1 fait", "applications – ajouts : 2", "1 nom à rapprocher"):
        assert expected in _card(page)
    links = {link.href for link in made.find(page, "A")}
    assert {"/rattachements", "/evaluation", "/import/annuler"} <= links
    assert "Import n° 1 fait" not in made.text_of(shown("/import"))


def test_an_import_of_another_is_not_told_as_mine(shown: Any, store: Store) -> None:
    imports.undo(store, current_campaign(store), "moi")
    done(shown.refusals, "/import")
    assert "fait" not in _card(shown("/import"))


def test_a_computation_is_told_once_where_it_leads(shown: Any) -> None:
    done(shown.refusals, "/tableau?tri=total#bas", "Évaluation faite.")
    assert "Évaluation faite." not in made.text_of(shown("/"))
    page = shown("/tableau")
    assert [made.text_of(part) for part in made.find(page, "P", className="done")] == ["Évaluation faite."]
    assert not made.find(page, "P", className="alert", role="alert")
    assert "Évaluation faite." not in made.text_of(shown("/tableau"))


def _card(page: Any) -> str:
    return " ".join(made.text_of(card) for card in made.find(page, "Section", className="card verdict-good"))
