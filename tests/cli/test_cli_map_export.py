"""map export: the picture by its file's name, its colour and its language."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from footprint.cli.main import app
from footprint.errors import FootprintError
from footprint.report.map_picture import picture
from footprint.store.database import Store
from footprint.texts import language
from pos_map import Inventory
from pos_map.archimate import write_exchange, write_scores

runner = CliRunner()


def test_the_name_tells_the_form(sample_store: Store, tmp_path: Path) -> None:
    starts = {"carte.svg": b"<?xml", "carte.PNG": b"\x89PNG", "carte.pdf": b"%PDF"}
    for name, start in starts.items():
        done = runner.invoke(app, ["map", "export", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        assert f"Carte écrite : {tmp_path / name}" in done.output
        assert (tmp_path / name).read_bytes().startswith(start)
    assert (tmp_path / "carte.svg").read_bytes() == picture(sample_store, "svg")


def test_another_language_is_the_picture_s_only(sample_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "map.svg"
    done = runner.invoke(app, ["map", "export", str(path), "--colour", "total", "--lang", "en"])
    assert "Carte écrite" in done.output
    assert language() == "fr"
    drawing = path.read_text(encoding="utf-8")
    assert 'lang="en"' in drawing
    assert "class of the yearly total" in drawing


def test_other_names_are_refused(sample_store: Store, tmp_path: Path) -> None:
    done = runner.invoke(app, ["map", "export", str(tmp_path / "carte.gif")])
    assert isinstance(done.exception, FootprintError)
    assert "carte.gif" in done.exception.fr
    with pytest.raises(FileNotFoundError):
        (tmp_path / "carte.gif").stat()


def test_the_map_goes_to_archimate_and_scores_come_back_into_it(
    sample_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, scored = tmp_path / "carte.xml", tmp_path / "notee.xml"
    assert runner.invoke(app, ["map", "export", str(model)]).exit_code == 0
    before = model.read_bytes()
    monkeypatch.setenv("FOOTPRINT_HOME", str(tmp_path / "home"))
    for command in (["init", "-o", "Caisse", "-y", "2026"], ["import", str(model)], ["assess"]):
        done = runner.invoke(app, command)
        assert done.exit_code == 0, done.output
    done = runner.invoke(app, ["map", "scores", str(model), "--out", str(scored)])
    assert done.exit_code == 0, done.output
    assert "applications notées" in done.output
    assert model.read_bytes() == before
    assert b"footprint:kgCO2e_an" in scored.read_bytes()
    # A second time changes nothing, and taking them out gives the model back, byte for byte.
    again = scored.read_bytes()
    assert runner.invoke(app, ["map", "scores", str(scored)]).exit_code == 0
    assert scored.read_bytes() == again
    assert runner.invoke(app, ["map", "scores", str(scored), "--remove"]).exit_code == 0
    assert scored.read_bytes() == before


def test_a_model_of_another_map_keeps_what_it_holds(sample_store: Store, tmp_path: Path) -> None:
    model = tmp_path / "autre.xml"
    model.write_bytes(write_scores(write_exchange(Inventory()), {}))
    before = model.read_bytes()
    done = runner.invoke(app, ["map", "scores", str(model)])
    assert isinstance(done.exception, FootprintError)
    assert "rien n’est écrit" in done.exception.fr
    assert model.read_bytes() == before


def test_scores_go_into_models_only(sample_store: Store, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("rien")
    for name in ("notes.txt", "absent.xml"):
        done = runner.invoke(app, ["map", "scores", str(tmp_path / name)])
        assert isinstance(done.exception, FootprintError)
        assert name in done.exception.fr
