"""import inspect --write, template and profiles: nothing of someone's work is overwritten, profiles are shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from footprint.cli.main import app
from pos_map import profiles

PARC = "Nom du serveur;Salle;Date d'achat\nS1;Nord;2020-01-01\n"


def run(*words: str, code: int = 0) -> Result:
    done = CliRunner().invoke(app, list(words), catch_exceptions=code != 0)
    assert done.exit_code == code, done.output
    return done


@pytest.fixture
def parc(tmp_path: Path) -> Path:
    path = tmp_path / "parc.csv"
    path.write_text(PARC, encoding="utf-8")
    return path


def test_a_profile_is_never_overwritten_unasked(parc: Path, tmp_path: Path) -> None:
    mine = tmp_path / "p.yaml"
    said = run("import", "inspect", str(parc), "--write", str(mine)).output
    assert "remplacez « À PRÉCISER » (lignes : " in said
    mine.write_text("# relu\n", encoding="utf-8")
    refused = run("import", "inspect", str(parc), "--write", str(mine), code=1)
    assert "existe déjà" in str(refused.exception)
    assert "--force" in str(refused.exception)
    assert mine.read_text(encoding="utf-8") == "# relu\n"
    run("import", "inspect", str(parc), "--write", str(mine), "--force")
    assert "recognise" in mine.read_text(encoding="utf-8")


def test_a_filled_workbook_is_never_overwritten_unasked(tmp_path: Path) -> None:
    book = tmp_path / "modele.xlsx"
    run("import", "template", str(book))
    book.write_bytes(b"mien")
    assert "existe déjà" in str(run("import", "template", str(book), code=1).exception)
    assert book.read_bytes() == b"mien"
    run("import", "template", str(book), "--force")
    assert book.stat().st_size > 1000


def test_an_unread_profile_is_refused_at_its_line(parc: Path, tmp_path: Path) -> None:
    run("init", "--organisation", "Ma caisse", "--year", "2026")
    mine = tmp_path / "p.yaml"
    run("import", "inspect", str(parc), "--write", str(mine))
    refused = run("import", str(parc), "--profile", str(mine), code=1).output
    line = 1 + ["À PRÉCISER" in text for text in mine.read_text(encoding="utf-8").splitlines()].index(True)
    assert f"p.yaml:{line}:" in refused
    assert "à la place de « À PRÉCISER »" in refused


def test_profiles_are_listed_and_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_HOME", str(tmp_path))
    listed = run("import", "profiles").output
    assert all(name in listed for name in profiles.names())
    assert "GLPI : ordinateurs" in listed
    assert not list(tmp_path.iterdir()), "listing makes no store"
    assert run("import", "profiles", "vierge").output == profiles.template()
    assert "servicenow" in str(run("import", "profiles", "servicenov", code=1).exception)
    assert "introuvable" in str(run("import", "profiles", "../vierge", code=1).exception)


def test_ones_own_profiles_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_HOME", str(tmp_path))
    (tmp_path / "profiles").mkdir()
    text = profiles.template().replace("Profil à compléter", "Notre export")
    (tmp_path / "profiles" / "parc.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "profiles" / "rate.yaml").write_text("sheets: oui\n", encoding="utf-8")
    listed = run("import", "profiles").output
    assert "Notre export" in listed
    assert "inutilisable" in listed
    assert run("import", "profiles", "parc").output == text


def test_profiles_kept_by_the_body_read_its_files_by_name_or_by_themselves(
    parc: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTPRINT_HOME", str(tmp_path / "home"))
    kept = tmp_path / "home" / "profiles" / "parc-nord.yaml"
    kept.parent.mkdir(parents=True)
    run("import", "inspect", str(parc), "--write", str(kept))
    written = kept.read_text(encoding="utf-8").replace("À PRÉCISER", "Serveur")
    kept.write_text(written, encoding="utf-8")
    for words in (("--profile", "parc-nord"), ()):
        assert "0 erreur, 2 avertissements" in run("check", str(parc), *words).output
    kept.write_text(written.replace("Serveur", "À PRÉCISER"), encoding="utf-8")
    assert "À PRÉCISER" in run("check", str(parc), "--profile", "parc-nord", code=1).output
    run("check", str(parc), code=1)


def test_naming_a_profile_leaves_the_others_those_kept(
    parc: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTPRINT_HOME", str(tmp_path / "home"))
    kept = tmp_path / "home" / "profiles" / "parc-nord.yaml"
    kept.parent.mkdir(parents=True)
    run("import", "inspect", str(parc), "--write", str(kept))
    kept.write_text(kept.read_text(encoding="utf-8").replace("À PRÉCISER", "Serveur"), encoding="utf-8")
    other = tmp_path / "salles.yaml"
    other.write_text(
        "sheets:\n  - recognise: [Salle, Ville]\n    tables:\n      - kind: data_centres\n"
        "        columns: {code: Salle, location: Ville}\n",
        encoding="utf-8",
    )
    rooms = tmp_path / "salles.csv"
    rooms.write_text("Salle;Ville\nNord;France\n", encoding="utf-8")
    assert "0 erreur" in run("check", str(parc), str(rooms), "--profile", str(other)).stdout
    alone = run("check", str(parc), "--profile", str(other)).stdout
    assert (
        "Le profil « salles » n'a reconnu aucune feuille : il attend « Salle », « Ville », il manque « Ville »."
        in alone
    )


def test_reasons_are_told_in_french(tmp_path: Path) -> None:
    absent = str(run("import", "inspect", str(tmp_path / "absent.csv"), code=1).exception)
    assert absent.endswith("absent.csv ne peut pas être ouvert : il n'existe pas.")
    folder = str(run("import", "inspect", str(tmp_path), code=1).exception)
    assert folder.endswith("ne peut pas être ouvert : c'est un dossier.")


def test_a_template_is_named_as_a_workbook_and_hints_are_quoted(tmp_path: Path) -> None:
    refused = run("import", "template", str(tmp_path / "m.csv"), code=1)
    assert "donnez un nom en .xlsx, non « m.csv »" in str(refused.exception)
    book = tmp_path / "mon modèle.xlsx"
    assert f"footprint import '{book}'" in run("import", "template", str(book)).output
