"""`%%footprint` in a real Jupyter kernel, driven as a front end would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ipykernel", reason="ipykernel: make test-frameworks")
nbclient = pytest.importorskip("nbclient", reason="nbclient: make test-frameworks")
nbformat = pytest.importorskip("nbformat", reason="nbformat: make test-frameworks")

pytestmark = pytest.mark.filterwarnings("default")
WORK = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n"


def executed(tmp_path: Path, *cells: str) -> list[Any]:
    """The cells of a notebook, executed in a fresh kernel, errors let through."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(
        book, timeout=60, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    return list(book.cells)


def test_cells_measured_in_a_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FOOTPRINT_CODECARBON", "0")
    _, good, plain, bad, last = executed(
        tmp_path,
        "%load_ext footprint",
        "%%footprint --application TRI --model tri:1.0 --into seen\n" + WORK + "print('said')\n21 * 2",
        "(seen.state, seen.energy_kwh > 0, seen.model)",
        "%%footprint -a TRI --into second\n" + WORK + "raise KeyError('mine')",
        "(second.state, seen is not second)",
    )
    kinds = [output.output_type for output in good.outputs]
    assert sorted(kinds) == ["display_data", "execute_result", "stream"]
    by_kind = {output.output_type: output for output in good.outputs}
    assert by_kind["stream"].text == "said\n"
    assert by_kind["execute_result"].data["text/plain"] == "42"
    assert by_kind["display_data"].data["text/html"].startswith('<section class="footprint-run" lang="fr"')
    assert by_kind["display_data"].data["text/plain"].startswith("TRI : ")
    assert plain.outputs[0].data["text/plain"] == "('complete', True, 'tri:1.0')"
    errors = [output for output in bad.outputs if output.output_type == "error"]
    assert [(error.ename, error.evalue) for error in errors] == [("KeyError", "'mine'")]
    assert "notebook.py" not in "".join(errors[0].traceback)
    assert last.outputs[0].data["text/plain"] == "('interrupted', True)"
    capfd.readouterr()
