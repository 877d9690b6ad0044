"""The recorder finds our packages and psutil however they are installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from measuring_bench import Bench

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import json
from footprint.measuring import measure
with measure('A', zone='FR') as run:
    sum(i * i for i in range(1_000_000))
import footprint
print(json.dumps([run.state, (run.energy_kwh or 0) > 0, footprint.__file__, [w.code for w in run.warnings]]))
"""
BASE = getattr(sys, "_base_executable", sys.executable)


def _install(folder: Path) -> None:
    for name in ("footprint", "collectors", "factors", "pos_map"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "store"))
    shutil.copytree(Path(psutil.__file__).parent, folder / "psutil")


def _measured(env: dict[str, str], folder: Path) -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [BASE, "-c", CODE], env={**clean, "FOOTPRINT_HOME": str(folder / "home"), **env},
        cwd="/", capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    state, positive, where, codes = json.loads(done.stdout)
    assert Path(where).is_relative_to(folder), "another installation was measured"
    assert (state, positive) == ("complete", True), codes


def test_user_site(tmp_path: Path) -> None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    _install(tmp_path / "base" / "lib" / version / "site-packages")
    _measured({"PYTHONUSERBASE": str(tmp_path / "base")}, tmp_path)


def test_target_folder_on_pythonpath(tmp_path: Path) -> None:
    _install(tmp_path / "target")
    _measured({"PYTHONPATH": str(tmp_path / "target")}, tmp_path)


@pytest.mark.slow
def test_codecarbon_joins_a_run_that_lasts(bench: Bench) -> None:
    pytest.importorskip("codecarbon")
    code = (
        "import time\nfrom footprint.measuring import measure\n"
        "with measure('A') as run:\n    time.sleep(9)\n    began = time.monotonic()\n"
        "print(time.monotonic() - began)\n"
    )
    assert float(bench.run(code, FOOTPRINT_CODECARBON="1")) < 1.0
    result = bench.wait_for("result")["result"]
    uses = {use["channel"]: use for use in result["channels"]}
    assert uses["codecarbon"]["reason"] is None
    assert uses["codecarbon"]["host_kwh"] > 0
    assert uses["codecarbon"]["seconds"] < uses["m5"]["seconds"]
