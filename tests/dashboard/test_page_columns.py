"""What the form of an unknown file proposes for its columns, and tables that become cards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sheets_by_hand as made

from dashboard.components.tables import table
from dashboard.page import Page
from dashboard.pages import verification
from footprint.store.database import Store
from footprint.store.referential import ensure_campaign
from footprint.uploads import checking, folder
from pos_map.inspecting import inspect

EXTRACT = (
    "Réf. CI;Nom de la machine;Nature CI;Modèle;Salle machine;RAM (Mo);Coût HT;État CI\n"
    "CI1001;SRV-001;Serveur physique;PowerEdge R740;DC-NORD;262 144;12.345,60;En service\n"
    "CI1002;SRV-002;Serveur physique;PowerEdge R640;DC-NORD;131 072;8.200,00;En service\n"
)


@pytest.fixture
def sent(store: Store) -> tuple[Any, folder.Upload]:
    """The page of a checked extract that no table is recognised in."""
    ensure_campaign(store, "Caisse Exemple", 2026)
    identifier, place = folder.begin(store)
    (place / "extrait.csv").write_text(EXTRACT, encoding="utf-8")
    upload = folder.keep(store, identifier, "moi", 1, "replace")
    checking.check(store, upload)
    page = Page(store, made.signed_in("urbaniste"), f"/import/{identifier}")
    return verification.layout(page, identifier), upload


def test_the_form_proposes_what_an_inspection_writes(sent: tuple[Any, folder.Upload]) -> None:
    page, upload = sent
    (sheet,) = inspect(upload.paths()[0]).sheets
    written = {
        f"c0-{column.index}": f"{column.guess.kind}.{column.guess.field}"
        for column in sheet.columns
        if column.guess
    }
    proposed = {
        select.name: option.value
        for select in made.find(page, "Select")
        for option in made.find(select, "Option", selected=True)
        if select.name.startswith("c0-")
    }
    assert proposed == written
    assert len(set(proposed.values())) == len(proposed)  # one column a field
    # The other guesses stay in the lists.
    doubtful = [column for column in sheet.columns if column.guess is None and column.others]
    assert doubtful
    for column in doubtful:
        (select,) = made.find(page, "Select", name=f"c0-{column.index}")
        other = column.others[0]
        assert made.find(select, "Option", value=f"{other.kind}.{other.field}")


def test_a_file_that_lacks_but_a_mapping_has_one_main_button(sent: tuple[Any, folder.Upload]) -> None:
    page, _upload = sent
    main = [part for name in ("A", "Button") for part in made.find(page, name, className="button")]
    assert [made.text_of(part) for part in main] == ["Garder ce profil et relire"]
    assert "Il reste à dire ce que sont les colonnes" in made.text_of(page)


def test_cards_tell_the_column_of_each_cell() -> None:
    cards = table("Noms", ("Nom", "Lignes", "Garder"), [["A", "1", "x"]], cards=True)
    assert [cell.to_plotly_json()["props"].get("data-column") for cell in made.find(cards, "Td")] == [
        "Lignes", "Garder",
    ]  # fmt: skip
    plain = table("Noms", ("Nom", "Lignes"), [["A", "1"]])
    assert not [cell for cell in made.find(plain, "Td") if "data-column" in cell.to_plotly_json()["props"]]
    assert "as-cards" not in plain.className


def test_what_is_hidden_to_the_eye_does_not_widen_pages() -> None:
    """Words placed absolutely escape a frame that scrolls, unless it is what they are placed in."""
    styles = (
        Path(verification.__file__).parents[1].joinpath("assets/footprint.css").read_text(encoding="utf-8")
    )
    frame = styles.partition("\n.scroll {")[2].partition("}")[0]
    assert "position: relative" in frame
