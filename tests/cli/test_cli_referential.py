"""init, check, import, and the one place where errors become exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

import pos_map
from footprint.cli.main import app

BAD = """nomEquipementPhysique;modele;quantite;nomCourtDatacenter;dateAchat;dateRetrait;type;paysDUtilisation
srv-1;R;deux;;2020-01-01;;Serveur;France
srv-2;R;1;absent;32/01/2020;;Serveur;France
"""


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def shell(*words: str) -> subprocess.CompletedProcess[str]:
    """The command as people run it, in its own process."""
    return subprocess.run(
        [sys.executable, "-m", "footprint", *words], capture_output=True, text=True, check=False
    )


def test_init_then_import_then_import_again() -> None:
    assert "Campagne 2026 de Ma caisse" in run("init", "--organisation", "Ma caisse", "--year", "2026").output
    files = [str(path) for path in pos_map.sample_paths()]
    assert "Ma caisse 2026 : 121 applications" in run("import", *files).output
    assert "rien n’a changé" in run("import", *files).output


def test_every_fault_is_printed_and_nothing_is_imported(tmp_path: Path) -> None:
    shell("init", "--organisation", "Ma caisse", "--year", "2026")
    file = tmp_path / "equipements.csv"
    file.write_text(BAD, encoding="utf-8")
    done = shell("import", str(file))
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert any(line.startswith("equipements.csv:2: quantite : erreur") and "deux" in line for line in lines)
    assert any(line.startswith("equipements.csv:3: dateAchat : erreur") for line in lines)
    assert any(line.startswith("equipements.csv:3: nomCourtDatacenter : attention") for line in lines)
    assert "Rien n’a été importé" in lines[-1]
    assert "Traceback" not in done.stderr
    assert "Rien à évaluer" in shell("assess").stderr


def test_check_counts_and_exits_1_on_errors(tmp_path: Path) -> None:
    file = tmp_path / "equipements.csv"
    file.write_text(BAD, encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(file)])
    assert result.exit_code == 1
    assert "2 erreurs, 1 avertissement." in result.output
    assert run("check", *[str(path) for path in pos_map.sample_paths()]).exit_code == 0


def test_no_campaign_is_one_sentence() -> None:
    done = shell("assess")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip().startswith("Aucune campagne ici.")
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unknown_zone_proposes_close_names() -> None:
    done = shell("init", "--organisation", "Ma caisse", "--year", "2026", "--zone", "Guadelupe")
    assert done.returncode == 1
    assert "Guadeloupe" in done.stderr


def test_a_missing_extra_is_named(tmp_path: Path) -> None:
    blocker = tmp_path / "sitecustomize.py"
    blocker.write_text(
        "import sys\nclass B:\n    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'sqlmodel': raise ModuleNotFoundError(name, name=name)\nsys.meta_path.insert(0, B())\n",
        encoding="utf-8",
    )
    import os

    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "footprint", "assess"], capture_output=True, text=True, check=False, env=env
    )
    assert done.returncode == 1
    assert ".[server]" in done.stderr


def test_every_command_is_in_the_readme_and_has_help() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    from typer.main import get_command

    command = get_command(app)
    for name, found in command.commands.items():  # type: ignore[attr-defined]
        assert f"`{name}`" in readme, name
        assert found.help, name


def test_a_wrong_call_is_told_in_french_with_where_help_is() -> None:
    done = shell("init", "--organisation", "X", "--year", "abc")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "Valeur refusée pour '--year' / '-y' : un nombre entier est attendu.",
        "Aide : python -m footprint init --help",
    ]
    assert "Il manque l’option '--application'" in shell("run", "--", "true").stderr
    assert "Commande inconnue : 'nope'." in shell("nope").stderr


def test_an_unknown_type_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "equipements.csv"
    file.write_text("nomEquipementPhysique;type;quantite\ncom-1;Comutateur;1\n", encoding="utf-8")
    text = run("check", str(file)).output
    assert "« Comutateur » (com-1) n’est pas un type connu" in text
    assert "Commutateur" in text
    assert "[unknown-type]" in text


def test_an_import_says_what_it_replaced() -> None:
    run("init", "--organisation", "Ma caisse", "--year", "2026")
    run("import", *[str(path) for path in pos_map.sample_paths()])
    done = shell(
        "import",
        str(Path(__file__).parents[1] / "pos_map" / "data" / "2-physical.csv"),
        str(Path(__file__).parents[1] / "pos_map" / "data" / "1-datacenter.csv"),
    )
    assert "un import remplace tout l’inventaire" in done.stderr
    assert "applications" in done.stderr


def test_a_users_own_collectors_does_not_break_the_command(tmp_path: Path) -> None:
    (tmp_path / "collectors").mkdir()
    (tmp_path / "collectors" / "__init__.py").write_text(
        "raise RuntimeError('the wrong one')\n", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "footprint", "runs"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
