"""match: the names nothing bears, decided in a workbook or one rule at a time, undone, forgotten."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from footprint.cli.main import app

FILES = {
    "physiques.csv": "nomEquipementPhysique;type;quantite;paysDUtilisation\nSRV-042;Serveur;1;France\n",
    "virtuels.csv": (
        "nomEquipementVirtuel;nomEquipementPhysique;vCPU\nvm-1;SRV-042;2\nvm-2;esx42;2\nvm-ged-01;SRV-042;1\n"
    ),
    "applications.csv": "nomApplication;nomEquipementVirtuel\nAPP1;vm-1\nAPP2;vm-2\n",
    "carte.csv": "zone;nom;code application\nMétier;Accueil;APP1\nMétier;Documents;GED\n;Autre;APP2\n",
}


def run(*words: str, code: int = 0) -> Result:
    done = CliRunner().invoke(app, list(words), catch_exceptions=code != 0)
    assert done.exit_code == code, done.output
    return done


def refused(*words: str) -> str:
    return str(run(*words, code=1).exception)


@pytest.fixture
def imported(tmp_path: Path) -> str:
    """What the import of a small estate says: four names are to be matched."""
    for name, written in FILES.items():
        (tmp_path / name).write_text(written, encoding="utf-8")
    run("init", "--organisation", "Ma caisse", "--year", "2026")
    return run("import", *(str(tmp_path / name) for name in FILES)).output


def decide(path: Path, **decisions: tuple[Any, ...]) -> str:
    """Write the sheet, fill (decision, target, reason) beside names."""
    run("match", "list", "--write", str(path), "--force")
    book = load_workbook(path)
    for row in book.worksheets[0].iter_rows(min_row=2):
        for cell, value in zip(row[5:8], decisions.get(str(row[1].value), ()), strict=False):
            cell.value = value
    book.save(path)
    return str(path)


def rules() -> dict[str, str]:
    return {
        each["rule"]["pattern"]: each["rule"]["target"]
        for each in json.loads(run("match", "rules", "--json").stdout)
    }


def left() -> list[str]:
    return [each["name"] for each in json.loads(run("match", "list", "--json").stdout)]


def test_the_import_and_the_list_count_the_same_names(imported: str) -> None:
    assert "3 noms à rapprocher : footprint match list" in imported
    assert sorted(left()) == ["APP2", "esx42", "vm-ged-01"]


def test_the_list_has_a_header_and_words(imported: str) -> None:
    shown = run("match", "list").output
    for expected in (
        "Genre",
        "Nom lu",
        "Fois",
        "Propositions",
        "équipement",
        "machine sans application",
        "Pour décider",
    ):
        assert expected in shown
    assert "machine_application" not in shown


def test_a_workbook_is_filled_and_applied(imported: str, tmp_path: Path) -> None:
    file = decide(tmp_path / "noms.xlsx", esx42=("oui", "srv 42", "vu"), APP2=("x", "Métier"))
    said = run("match", "apply", file).output
    assert "2 décisions, dont 2 nouvelles." in said
    assert "nomEquipementPhysique : esx42 → SRV-042" in said
    assert "1 nom reste à rapprocher" in said
    assert "− niveau « non-rattache »" in said
    shown = run("match", "rules").output
    for expected in ("Mène à", "équipement", "SRV-042", "vu"):
        assert expected in shown
    assert re.search(r"\d\d/\d\d/20\d\d", shown)
    assert "2 décisions, dont 0 nouvelle." in run("match", "apply", file).output


def test_what_is_wrong_in_a_workbook_refuses_the_matches(imported: str, tmp_path: Path) -> None:
    file = decide(tmp_path / "noms.xlsx", esx42=("oui", "SRV-43"), APP2=("peut-être",))
    assert refused("match", "apply", file) == (
        "Rattachements refusés : 2 erreurs. Aucune décision n’a été gardée."
    )
    assert rules() == {}


def test_a_rule_leads_to_a_name_that_exists(imported: str) -> None:
    said = refused("match", "rule", "host", "esx42", "SRV-43")
    assert "Rien ne s’appelle « SRV-43 »" in said
    assert "Vouliez-vous « SRV-042 » ?" in said
    assert rules() == {}
    assert "« esx42 » → « SRV-042 »" in run("match", "rule", "Équipement", "esx42", "srv_42").output
    assert rules() == {"esx42": "SRV-042"}
    assert "déjà gardée" in run("match", "rule", "host", "  esx42 ", "SRV-042").output
    assert "host (équipement)" in refused("match", "rule", "hôte", "esx42", "SRV-042")


def test_an_expression_leads_to_names_that_exist(imported: str) -> None:
    pattern = r"vm-(\w+)-\d+"
    said = refused("match", "rule", "machine_application", pattern, r"\1s-x", "--regex")
    assert "Rien ne s’appelle « geds-x »" in said
    assert "Rien ne s’appelle « GEDD »" in refused(
        "match", "rule", "machine_application", "vm.*", "GEDD", "--regex"
    )
    said = run("match", "rule", "machine_application", pattern, r"\1", "--regex").output
    assert "1 nom concerné : vm-ged-01" in said
    assert "+ lien" in said
    assert f"/{pattern}/" in run("match", "rules").output
    assert "vm-ged-01" not in left()


def test_a_rule_about_no_name_says_so(imported: str) -> None:
    said = run("match", "rule", "host", "esx43", "SRV-042").output
    assert "Aucun nom à rapprocher n’est concerné pour l’instant. Vouliez-vous « esx42 » ?" in said
    assert "Rien n’a changé dans la campagne" in said


def test_a_name_left_unattached_is_said(imported: str) -> None:
    assert (
        "« vm-ged-01 » → sans rattachement" in run("match", "rule", "machine_application", "vm-ged-01").output
    )
    assert "vm-ged-01" not in left()


def test_undoing_a_decision_forgets_it(imported: str) -> None:
    run("match", "rule", "host", "esx42", "SRV-042")
    said = run("import", "undo").output
    assert "1 décision de rattachement est défaite avec lui." in said
    assert rules() == {}
    assert "esx42" in left()


def test_forgetting_says_what_may_be_meant(imported: str) -> None:
    run("match", "rule", "host", "esx.*", "SRV-042", "--regex")
    assert "ajoutez --regex" in refused("match", "rule", "host", "esx.*", "--forget")
    assert "Vouliez-vous « esx.* » ?" in refused("match", "rule", "host", "esx", "--forget", "--regex")
    assert "Règle oubliée" in run("match", "rule", "host", "esx.*", "--forget", "--regex").output
    assert "Aucune règle." in run("match", "rules").output
    run("match", "rule", "host", "esx42", "SRV-042")
    assert "sans --regex" in refused("match", "rule", "host", "esx42", "--forget", "--regex")


def test_a_frozen_campaign_keeps_rules_for_the_next(imported: str) -> None:
    run("campaign", "freeze")
    assert "celle-ci est figée" in run("match", "rule", "host", "esx42", "SRV-042").output
    assert rules() == {"esx42": "SRV-042"}


def test_names_are_shown_as_they_are_written(imported: str, tmp_path: Path) -> None:
    more = tmp_path / "plus.csv"
    more.write_text("nomEquipementVirtuel;nomEquipementPhysique\nvm-9;[/red]h[bold]\n", encoding="utf-8")
    run("import", "--mode", "complete", str(more))
    assert "[/red]h[bold]" in run("match", "list").output


def test_a_rule_is_told_in_the_words_of_its_language(imported: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_LANG", "en")
    assert "Rule kept: “esx42” → “SRV-042”." in run("match", "rule", "host", "esx42", "SRV-042").output


def test_a_rule_that_a_file_overrules_says_so(imported: str) -> None:
    said = run("match", "rule", "machine_application", "vm-1", "GED").output
    assert "Sans effet dans cette campagne sur vm-1 :" in said
    assert "footprint import undo" in run("match", "rule", "machine_application", "vm-ged-01", "GED").output
    assert "Sans effet" not in run("match", "rule", "machine_application", "vm-ged-01", "APP1").output


def test_a_sheet_already_filled_is_not_overwritten_unasked(imported: str, tmp_path: Path) -> None:
    path = tmp_path / "noms.xlsx"
    run("match", "list", "--write", str(path))
    before = path.read_bytes()
    assert "existe déjà" in refused("match", "list", "--write", str(path))
    assert path.read_bytes() == before
    assert "en .xlsx" in refused("match", "list", "--write", str(tmp_path / "noms.csv"))
