"""The factors in force in a home: overlays, choix.toml, located errors, what is read again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from test_factors_derived import overlay

import factors
from footprint.errors import FootprintError, StoreReadOnly
from footprint.factor_choices import add_overlay, choose, drop_overlay, reset, switch_unclear
from footprint.factor_set import BadSelection, catalogue_of, selection_of, write_selection
from footprint.records.deposits import zone_context


def configured(home: Path, text: str) -> Path:
    folder = home / "facteurs"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "choix.toml").write_text(text, encoding="utf-8")
    return home


def test_nothing_configured_is_the_shipped_set(tmp_path: Path) -> None:
    assert catalogue_of(tmp_path) is factors.load()
    assert catalogue_of(tmp_path / "absent") is factors.load()


def test_overlays_then_choices_then_unclear_rows(tmp_path: Path) -> None:
    folder = tmp_path / "facteurs"
    folder.mkdir()
    overlay(folder, {"id": "body-laptop", "default": "0"})
    configured(
        tmp_path,
        'version = "2026.1"\nchoices = ["body-laptop", "electricity-FR-ecologits"]\nwithout_unclear = true',
    )
    catalogue = catalogue_of(tmp_path)
    assert [row.id for row in catalogue.embodied("laptop")] == ["body-laptop"]
    assert catalogue.electricity("FR").id == "electricity-FR-ecologits"
    assert catalogue.open_only
    assert [step.kind for step in catalogue.applied] == ["overlay", "choice", "choice", "without_unclear"]
    assert catalogue.version.startswith("2026.1+")


def test_it_is_read_again_only_when_a_file_changed(tmp_path: Path) -> None:
    configured(tmp_path, 'choices = ["electricity-FR-ecologits"]')
    first = catalogue_of(tmp_path)
    assert catalogue_of(tmp_path) is first
    configured(tmp_path, 'choices = ["electricity-FR-rte-2024"]')
    os.utime(tmp_path / "facteurs" / "choix.toml", ns=(1, 1))
    assert catalogue_of(tmp_path).electricity("FR").id == "electricity-FR-rte-2024"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('\nchoices = [\n "electricity-FR-ecologit",\n]', 3, "proches : electricity-FR-ecologits"),
        (
            'choices = [\n"electricity-FR-ecologits",\n"electricity-FR-rte-2024"]',
            3,
            "un choix qui n’exclut pas",
        ),
        ("choices = [", 1, "TOML"),
        ('without_unclear = "oui"', 1, "true ou false"),
        ('choices = "electricity-FR-ecologits"', 1, "une liste d’identifiants"),
        ('\nversion = "1999.1"', 2, "une version livrée (2026.1)"),
        ("without_unclear = true\nsans = 1", 2, "version, choices, without_unclear"),
    ],
)
def test_an_error_of_choix_toml_says_where(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(BadSelection) as caught:
        catalogue_of(configured(tmp_path, text))
    assert caught.value.line == line
    assert caught.value.fr.startswith(f"facteurs/choix.toml, ligne {line} : ")
    assert words in caught.value.fr
    assert caught.value.en != caught.value.fr


def test_a_fault_of_an_overlay_says_where(tmp_path: Path) -> None:
    folder = tmp_path / "facteurs"
    folder.mkdir()
    overlay(folder, {"value": "beaucoup"})
    with pytest.raises(factors.BadTables, match=r"organisme\.csv, ligne 2, colonne value"):
        catalogue_of(tmp_path)


def test_a_choice_takes_the_place_of_those_it_excludes(tmp_path: Path) -> None:
    choose(tmp_path, "monitor-embodied-manufacturers")
    choose(tmp_path, "electricity-FR-ecologits")
    choose(tmp_path, "monitor-embodied-ecodiag")
    assert selection_of(tmp_path).choices == ("electricity-FR-ecologits", "monitor-embodied-ecodiag")
    before, after = choose(tmp_path, "monitor-manufacture-ademe")
    assert selection_of(tmp_path).choices == ("electricity-FR-ecologits",)
    assert before.embodied("monitor")[0].id == "monitor-embodied-ecodiag"
    assert after.embodied("monitor") == factors.load().embodied("monitor")


@pytest.mark.parametrize("text", ["monitor-embodied-ecodiag", "monitor", "écran / gwp / embodied"])
def test_a_choice_is_undone_by_its_id_or_its_key(tmp_path: Path, text: str) -> None:
    choose(tmp_path, "monitor-embodied-ecodiag")
    choose(tmp_path, "electricity-FR-ecologits")
    reset(tmp_path, text)
    assert selection_of(tmp_path).choices == ("electricity-FR-ecologits",)
    with pytest.raises(FootprintError, match="Choix en vigueur : electricity-FR-ecologits"):
        reset(tmp_path, text)


def test_a_refused_choice_writes_nothing(tmp_path: Path) -> None:
    switch_unclear(tmp_path, True)
    kept = (tmp_path / "facteurs" / "choix.toml").read_bytes()
    with pytest.raises(factors.SwitchedOff):
        choose(tmp_path, "monitor-embodied-ecodiag")
    with pytest.raises(factors.UnknownFactor):
        choose(tmp_path, "monitor-embodied-ecodia")
    assert (tmp_path / "facteurs" / "choix.toml").read_bytes() == kept
    assert [path.name for path in (tmp_path / "facteurs").iterdir()] == ["choix.toml"]


def test_an_overlay_that_a_choice_needs_is_not_removed(tmp_path: Path) -> None:
    add_overlay(tmp_path, overlay(tmp_path, {"default": "0"}))
    choose(tmp_path, "body-laptop-2026")
    with pytest.raises(BadSelection, match="body-laptop-2026"):
        drop_overlay(tmp_path, "organisme.csv")
    assert catalogue_of(tmp_path).embodied("laptop")[0].id == "body-laptop-2026"
    reset(tmp_path, "body-laptop-2026")
    drop_overlay(tmp_path, "organisme")
    assert catalogue_of(tmp_path).version == "2026.1"


def test_a_choice_of_a_row_that_is_gone_can_be_undone(tmp_path: Path) -> None:
    configured(tmp_path, 'choices = ["gone", "electricity-FR-ecologits"]')
    reset(tmp_path, "gone")
    assert catalogue_of(tmp_path).applied == (("choice", "electricity-FR-ecologits"),)


def test_an_overlay_that_cannot_be_read_can_be_removed(tmp_path: Path) -> None:
    folder = tmp_path / "facteurs"
    folder.mkdir()
    overlay(folder, {"value": ""})
    drop_overlay(tmp_path, "organisme.csv")
    assert catalogue_of(tmp_path) is factors.load()


def test_a_home_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "facteurs").write_text("", encoding="utf-8")
    with pytest.raises(StoreReadOnly, match="FOOTPRINT_HOME"):
        write_selection(tmp_path, selection_of(tmp_path))


def test_a_measured_run_takes_the_factor_in_force(tmp_path: Path) -> None:
    choose(tmp_path, "electricity-FR-ecologits")
    context, notices = zone_context("FR", tmp_path)
    assert context["factor"]["id"] == "electricity-FR-ecologits"
    assert notices == ()


def test_a_broken_selection_never_stops_a_measure(tmp_path: Path) -> None:
    configured(tmp_path, "choices = [")
    context, notices = zone_context("FR", tmp_path)
    assert context == {"zone": "FR"}
    assert [notice.code for notice in notices] == ["facteur_inconnu"]
    assert "choix.toml" in notices[0].fr
