"""run: what can't be kept is refused before the command starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

STOP_NAMES = "stop, mark, SIGINT, SIGTERM"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--budget-kwh", "-1"), "nombre positif de kWh"),
        (("--budget-kwh", "nan"), "nombre positif de kWh"),
        (("--budget-kgco2e", "0"), "nombre positif de kgCO2e"),
        (("--budget-kwh", "1", "--on-budget", "SIGITN"), STOP_NAMES),
        (("--budget-kwh", "1", "--on-budget", "SIGKILL"), STOP_NAMES),
        (("--total", "8h"), "--estimate"),
        (("--zone", "Frnce"), "France"),
        (("--zone", "ZZ"), "code ISO"),
        (("-a", " "), "code de l’application"),
        (("--phase", "--"), "--phase"),
        (("--estimate", "10k"), "200steps"),
        (("--estimate", "10m", "--total", "10k"), "200steps"),
    ],
)
def test_a_limit_that_cannot_be_kept_starts_nothing(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "footprint", "run", "-a", "A", *options, "--", "touch", "started"],
        env={**os.environ, "FOOTPRINT_HOME": str(tmp_path / "home"), "FOOTPRINT_LANG": "fr"},
        cwd=tmp_path, text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "started").exists()
    assert not (tmp_path / "home").exists()
