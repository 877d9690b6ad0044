"""check, and import --dry-run: what is found for the campaign there is, or for none; mends and near names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlmodel import select
from typer.testing import CliRunner, Result

from footprint.cli.main import app
from footprint.errors import ImportRefused
from footprint.home import home
from footprint.store.database import open_store
from footprint.store.tables import Campaign

FILES = {
    "physiques.csv": "nomEquipementPhysique;type;quantite;dateAchat;paysDUtilisation\nH1;Serveur;1;2026-03-01;Frnace\n",
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
    return [str(tmp_path / name) for name in FILES]


def rules(*words: str) -> set[str]:
    found = CliRunner().invoke(app, ["check", *words, "--format", "json"])
    return {fault["rule"] for fault in json.loads(found.stdout)}


def test_without_a_store_files_are_checked_alone_and_nothing_is_made(paths: list[str]) -> None:
    assert "unknown-host" in rules(*paths)
    assert "future-purchase" not in rules(*paths)
    assert "future-purchase" in rules(*paths, "--year", "2025")
    assert not home().exists()
    refused = run("check", *paths, "--mode", "complete", code=1)
    assert "Aucune campagne" in str(refused.exception)


def test_the_year_and_the_rules_of_the_campaign_count(paths: list[str]) -> None:
    run("init", "--organisation", "Ma caisse", "--year", "2025")
    assert "future-purchase" in rules(*paths)
    assert "future-purchase" not in rules(*paths, "--year", "2026")
    run("import", *paths)
    assert "unknown-host" in rules(*paths)
    run("match", "rule", "host", "esx42", "H1")
    assert "unknown-host" not in rules(*paths)
    assert "unknown-host" not in rules(*paths, "--year", "2026")
    assert "Ma caisse 2025" in run("check", *paths).stderr


def test_completing_is_checked_over_what_is_there(paths: list[str], tmp_path: Path) -> None:
    run("init", "--organisation", "Ma caisse", "--year", "2026")
    run("import", *paths)
    more = tmp_path / "plus.csv"
    more.write_text("nomEquipementVirtuel;nomEquipementPhysique;vCPU\nvm-3;H1;2\n", encoding="utf-8")
    assert "unknown-host" in rules(str(more))
    assert "unknown-host" not in rules(str(more), "--mode", "complete")


def test_the_campaign_of_another_year_is_checked_when_it_is_open(paths: list[str], tmp_path: Path) -> None:
    run("init", "--organisation", "Ma caisse", "--year", "2025")
    run("import", *paths)
    run("init", "--organisation", "Ma caisse", "--year", "2026")
    more = tmp_path / "plus.csv"
    more.write_text("nomEquipementVirtuel;nomEquipementPhysique;vCPU\nvm-3;H1;2\n", encoding="utf-8")
    assert "unknown-host" in rules(str(more), "--mode", "complete")
    assert "unknown-host" not in rules(str(more), "--mode", "complete", "--year", "2025")
    refused = run("check", *paths, "--mode", "complete", "--year", "2031", code=1)
    assert "2031" in str(refused.exception)


def test_an_unknown_country_is_told_with_near_names(paths: list[str], tmp_path: Path) -> None:
    centres = tmp_path / "centres.csv"
    centres.write_text(
        "nomCourtDatacenter;pue;localisation\nDC1;1,4;Lille\nDC2;1,4;Réunion\n", encoding="utf-8"
    )
    text = run("check", *paths, str(centres)).stdout
    assert "« Frnace » (H1) n’est ni un pays ni une zone" in text
    assert "Proches : France." in text
    assert "« Lille » (DC1)" in text
    assert "« Réunion »" not in text
    run("init", "--organisation", "Ma caisse", "--year", "2026")
    assert "[unlisted-country]" in run("import", *paths, "--dry-run").stderr


def test_the_text_shows_what_to_write_instead(tmp_path: Path) -> None:
    file = tmp_path / "physiques.csv"
    file.write_text("nomEquipementPhysique;type;quantite;ramGo\nH1;Serveur;1;1.234,5 Go\n", encoding="utf-8")
    lines = run("check", str(file), code=1).stdout.splitlines()
    at = next(rank for rank, line in enumerate(lines) if "[bad-number]" in line)
    assert lines[at + 1] == "    → écrire « 1234,5 »"
    (fault,) = [
        f for f in json.loads(run("check", str(file), "--format", "json", code=1).stdout) if f["mend"]
    ]
    assert fault["mend"] == "1234,5"


def test_a_dry_run_into_an_empty_campaign_counts_what_would_be_added(paths: list[str]) -> None:
    run("init", "--organisation", "Ma caisse", "--year", "2026")
    text = run("import", *paths, "--dry-run").stdout
    assert "applications : + 1 ajout" in text
    assert "machines virtuelles : + 2 ajouts" in text
    assert "« vm-1 »" not in text
    assert "« vm-1 »" in run("import", *paths, "--dry-run", "--all").stdout


def test_the_help_of_import_tells_its_options() -> None:
    told = run("import", "--help").output
    for option in ("--mode", "--profile", "--dry-run", "--assess", "--all", "--json"):
        assert option in told
    assert "Options de « footprint import FICHIERS »" in told


def test_an_import_may_be_assessed_at_once(paths: list[str]) -> None:
    run("init", "--organisation", "Ma caisse", "--year", "2026")
    assert "Ensuite : footprint assess" in run("import", *paths).output
    text = run("import", *paths, "--assess").output
    assert "Ensuite : footprint assess" not in text
    assert "Total" in text
    with open_store().session() as session:
        (campaign,) = session.exec(select(Campaign)).all()
    assert campaign.assessment_id is not None
    told = json.loads(run("import", *paths, "--assess", "--json").stdout)
    assert told["import"] is None
    run("import", *paths, "--assess", "--dry-run")


def test_files_that_hold_nothing_are_checked_all_the_same(paths: list[str], tmp_path: Path) -> None:
    run("init", "--organisation", "Ma caisse", "--year", "2026")
    run("import", *paths)
    blank = tmp_path / "vides.csv"
    blank.write_text("nomEquipementPhysique;type;quantite;couleur\n", encoding="utf-8")
    done = run("check", str(blank), code=1)
    assert "viderait la campagne. [nothing-read]" in done.stdout
    assert "[unknown-column]" in done.stdout


def test_errors_come_first_and_what_comes_often_is_cut(tmp_path: Path) -> None:
    rows = "".join(f"H{rank};Serveur;;France\n" for rank in range(40))
    file = tmp_path / "mon parc.csv"
    file.write_text(
        f"nomEquipementPhysique;type;quantite;paysDUtilisation\n{rows}H99;Serveur;-1;France\n",
        encoding="utf-8",
    )
    lines = run("check", str(file), code=1).stdout.splitlines()
    assert "erreur : " in lines[0]
    assert sum("[blank-quantity]" in line for line in lines) == 3
    assert "    … et 37 autres « blank-quantity »" in lines
    assert lines[-2] == "Pour tout voir : --all, ou footprint check … --format xlsx --out constats.xlsx"
    assert lines[-1].startswith("1 erreur, ")
    everything = run("check", str(file), "--all", code=1).stdout
    assert everything.count("[blank-quantity]") == 40
    assert "Pour tout voir" not in everything
    out = tmp_path / "constats.txt"
    assert f"Constats écrits : {out}" in run("check", str(file), "--out", str(out), code=1).stdout
    assert out.read_text(encoding="utf-8").count("[blank-quantity]") == 40
    run("init", "--organisation", "Ma caisse", "--year", "2026")
    file.write_text(f"nomEquipementPhysique;type;quantite;paysDUtilisation\n{rows}", encoding="utf-8")
    shown = run("import", str(file), "--dry-run").stderr
    assert "    … et 37 autres « blank-quantity »" in shown
    assert shown.splitlines()[-1].startswith("0 erreur, ")
    assert run("import", str(file), "--dry-run", "--all").stderr.count("[blank-quantity]") == 40


def test_an_unknown_file_is_to_be_inspected(tmp_path: Path) -> None:
    file = tmp_path / "mon parc.csv"
    file.write_text("couleur;poids\nbleu;1\n", encoding="utf-8")
    assert f"→ footprint import inspect '{file}'" in run("check", str(file), code=1).stdout


@pytest.mark.parametrize("kind", ["blanc", "notes"])
def test_check_and_import_refuse_alike_a_workbook_that_holds_nothing(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "x.xlsx"
    book = Workbook()
    if kind == "notes":
        book.active.append(["à", "lire"])
    book.save(file)
    run("check", str(file), code=1)
    run("init", "--organisation", "Ma caisse", "--year", "2026")
    assert isinstance(run("import", str(file), code=1).exception, ImportRefused)
    run("check", str(file), code=1)


def test_a_workbook_of_findings_is_named_as_one(paths: list[str], tmp_path: Path) -> None:
    refused = run("check", *paths, "--format", "xlsx", "--out", str(tmp_path / "x.csv"), code=1)
    assert "donnez un nom en .xlsx, non « x.csv »" in str(refused.exception)
    out = tmp_path / "x.xlsx"
    assert f"Constats écrits : {out}" in run("check", *paths, "--format", "xlsx", "--out", str(out)).stdout
