"""import, campaign, match: what they print, what they ask, what they leave."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from footprint.cli import asking
from footprint.cli.main import app

FILES = {
    "physiques.csv": "nomEquipementPhysique;type;quantite;paysDUtilisation\nH1;Serveur;1;France\n",
    "virtuels.csv": "nomEquipementVirtuel;nomEquipementPhysique;vCPU\nvm-1;H1;2\nvm-2;esx42;2\n",
    "applications.csv": "nomApplication;typeEnvironnement;nomEquipementVirtuel\nAPP1;Production;vm-1\n",
}


def run(*words: str, code: int = 0) -> Result:
    done = CliRunner().invoke(app, list(words), catch_exceptions=code != 0)
    assert done.exit_code == code, done.output
    return done


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    for name, written in FILES.items():
        (tmp_path / name).write_text(written, encoding="utf-8")
    run("init", "--organisation", "Ma caisse", "--year", "2026")
    return [str(tmp_path / name) for name in FILES]


def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        @staticmethod
        def isatty() -> bool:
            return True

    class Sys:
        stdin = stdout = Terminal

    monkeypatch.setattr(asking, "sys", Sys)


def change(tmp_path: Path) -> None:
    text = FILES["virtuels.csv"].replace("vm-1;H1;2", "vm-1;H1;8").replace("vm-2;esx42;2\n", "")
    (tmp_path / "virtuels.csv").write_text(text, encoding="utf-8")


def test_differences_are_shown_then_applied_and_undone(paths: list[str], tmp_path: Path) -> None:
    assert "Pour l’annuler : footprint import undo" in run("import", *paths).output
    change(tmp_path)
    shown = run("import", *paths, "--dry-run").output
    assert "machines virtuelles : − 1 retrait, ~ 1 modification" in shown
    assert "  − machine virtuelle « vm-2 »" in shown
    assert "  ~ machine virtuelle « vm-1 » : vCPU : 2 → 8" in shown
    assert "Rien n’a été écrit" in shown
    assert run("import", *paths).output.count("Import n° 2 (− 1, ~ 1)") == 1
    assert re.search(r"Import n° 2 du \d\d/\d\d/20\d\d", run("import", "undo").output)
    history = json.loads(run("import", "history", "--json").stdout)
    assert [(batch["id"], batch["undone_by"]) for batch in history] == [(2, "CLI"), (1, None)]
    shown = run("import", "history").output
    assert "physiques.csv" in shown
    assert "remplacement" in shown
    assert not re.search(r"replace|20\d\d-\d\d", shown), "words and dates of people"
    assert re.search(r"\d\d/\d\d/20\d\d", shown)


def test_a_terminal_is_asked_before_anything_is_removed(
    paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", *paths)
    change(tmp_path)

    at_a_terminal(monkeypatch)
    refused = CliRunner().invoke(app, ["import", *paths], input="n\n")
    assert refused.exit_code == 1
    assert len(json.loads(run("import", "history", "--json").stdout)) == 1
    accepted = CliRunner().invoke(app, ["import", *paths], input="o\n")
    assert accepted.exit_code == 0
    assert "Appliquer ces différences ? [o/N] :" in accepted.output
    assert len(json.loads(run("import", "history", "--json").stdout)) == 2


def test_the_end_of_input_says_that_nothing_was_done(
    paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", *paths)
    change(tmp_path)
    at_a_terminal(monkeypatch)
    left = CliRunner().invoke(app, ["import", *paths], input="")
    assert left.exit_code == 1
    assert "\nRien n’a été importé." in left.output
    assert "Rien n’a été annulé." in CliRunner().invoke(app, ["import", "undo"], input="").output


def test_the_year_after_is_compared_and_asked_about(
    paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", *paths)
    run("init", "--organisation", "Ma caisse", "--year", "2027")
    change(tmp_path)
    at_a_terminal(monkeypatch)
    refused = CliRunner().invoke(app, ["import", *paths], input="n\n")
    assert refused.exit_code == 1
    assert "Par rapport à 2026" in refused.stdout
    assert "machines virtuelles : − 1 retrait, ~ 1 modification" in refused.stdout
    assert re.search(r"À écrire dans Ma caisse 2027 : \+ \d+\n", refused.stdout)
    assert json.loads(run("import", "history", "--json").stdout) == []


def test_off_a_terminal_no_table_is_emptied_unasked(paths: list[str]) -> None:
    run("import", *paths)
    for more in ((), ("--json",)):
        refused = str(run("import", paths[0], *more, code=1).exception)
        assert "viderait entièrement : " in refused
        assert "machines virtuelles" in refused
        assert "--mode complete" in refused
        assert "--yes" in refused
    run("import", paths[0], "--dry-run")
    run("import", paths[0], "--mode", "complete")
    assert len(json.loads(run("import", "history", "--json").stdout)) == 1
    done = run("import", paths[0], "--yes")
    assert "N’y seront plus : " in done.stderr
    assert len(json.loads(run("import", "history", "--json").stdout)) == 2


def test_a_terminal_is_told_what_is_undone_and_asked(
    paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", *paths)
    change(tmp_path)
    run("import", *paths)
    refused = str(run("import", "undo", "1", code=1).exception)
    assert "L’import n° 1 n’est pas le dernier" in refused
    assert "c’est l’import n° 2 du " in refused
    at_a_terminal(monkeypatch)
    kept = CliRunner().invoke(app, ["import", "undo", "2"], input="n\n")
    assert kept.exit_code == 1
    assert re.search(r"Import n° 2 du \d\d/\d\d/20\d\d .*\(physiques.csv, .*\) : − 1, ~ 1\.", kept.output)
    assert "Rien n’a été annulé." in kept.output
    assert CliRunner().invoke(app, ["import", "undo"], input="o\n").exit_code == 0
    assert "Import n° 1" in run("import", "undo", "1", "--yes").output
    assert "Aucun import à annuler" in str(run("import", "undo", "1", code=1).exception)


def test_english_keeps_no_french_space(
    paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTPRINT_LANG", "en")
    shown = run("import", *paths, "--dry-run").output
    assert "virtual machines: +2 added" in shown
    assert "warning: " in shown
    assert " : " not in shown


def test_json_tells_everything(paths: list[str], tmp_path: Path) -> None:
    run("import", *paths)
    change(tmp_path)
    found = json.loads(run("import", *paths, "--json").stdout)
    assert found["counts"]["machines"] == {"added": 0, "removed": 1, "changed": 1, "moved": 0, "merged": 0}
    assert [(line["kind"], line["identity"]) for line in found["changes"]] == [
        ("removed", ["vm-2"]), ("changed", ["vm-1"]),
    ]  # fmt: skip
    assert found["import"] == 2


def test_completing_adds_only(paths: list[str], tmp_path: Path) -> None:
    run("import", *paths)
    more = tmp_path / "plus.csv"
    more.write_text("nomEquipementPhysique;type;quantite\nH2;Serveur;1\n", encoding="utf-8")
    assert "équipements : + 1 ajout" in run("import", "--mode", "complete", str(more)).output


def test_profiles_templates_and_inspection(paths: list[str], tmp_path: Path) -> None:
    assert "servicenow" in str(run("import", *paths, "--profile", "servicenov", code=1).exception)
    profile = tmp_path / "profil.yaml"
    assert "physiques.csv : csv" in run("import", "inspect", paths[0], "--write", str(profile)).output
    assert profile.read_text(encoding="utf-8").startswith("#")
    run("import", *paths)
    filled = tmp_path / "classeur.xlsx"
    run("import", "template", str(filled), "--filled")
    assert "aucune" in run("import", str(filled), "--dry-run").output
    absent = run("import", "template", str(tmp_path / "absent" / "x.xlsx"), code=1)
    assert "ne peut pas être écrit" in str(absent.exception)
    assert "ne peut pas être ouvert" in str(
        run("import", "inspect", str(tmp_path / "absent"), code=1).exception
    )


def test_campaigns_are_frozen_and_reopened(paths: list[str]) -> None:
    run("import", *paths)
    assert "Campagne figée" in run("campaign", "freeze", "--reason", "remis").output
    assert "est figée" in str(run("import", "undo", code=1).exception)
    (row,) = json.loads(run("campaign", "list", "--json").stdout)
    assert (row["year"], row["imports"], bool(row["frozen_at"])) == (2026, 1, True)
    assert "figée le" in run("campaign", "list").output
    run("campaign", "reopen", code=2)
    assert "Campagne rouverte" in run("campaign", "reopen", "--reason", "oubli").output
    run("init", "--organisation", "Ma caisse", "--year", "2027")
    listed = run("campaign", "list").output
    assert "ouverte, courante" in next(line for line in listed.splitlines() if "2027" in line)
    found = json.loads(run("campaign", "list", "--json").stdout)
    assert [(row["year"], row["current"]) for row in found] == [(2027, True), (2026, False)]


def test_checking_writes_json_and_a_workbook(paths: list[str], tmp_path: Path) -> None:
    found = json.loads(run("check", *paths, "--format", "json").stdout)
    assert "unknown-host" in {fault["rule"] for fault in found}
    out = tmp_path / "constats.xlsx"
    run("check", *paths, "--format", "xlsx", "--out", str(out))
    assert load_workbook(out).sheetnames[0] == "Constats"
    assert run("check", *paths, "--format", "xlsx", code=2)
