"""Programs that train with a real library, each in its own process; skipped where the library is absent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

Train = Callable[..., Any]
TIMEOUT_S = 120.0

OFFLINE = {
    "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "KERAS_BACKEND": "torch",
    "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true",
}  # fmt: skip
COMMON = """
import json, time

def work(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass

def show(**values):
    print("\\n@@" + json.dumps(values))

def about(run):
    return {"state": run.state, "energy_kwh": run.energy_kwh, "codes": [w.code for w in run.warnings],
            "cpu_s": run.result.get("cpu_s"), "reason": run.result.get("reason"), "run_id": run.run_id}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def train(tmp_path: Path, home: Path) -> Train:
    """Run a program; what it passed to `show`, the exit status under "status", its errors under "stderr"."""

    def run(code: str, *launcher: str, **env: str) -> dict[str, Any]:
        path = tmp_path / "train.py"
        path.write_text(COMMON + code, encoding="utf-8")
        ours = {"FOOTPRINT_HOME": str(home), "FOOTPRINT_CODECARBON": "0", "FOOTPRINT_ZONE": "FR"}
        process = subprocess.Popen(
            [sys.executable, *launcher, str(path)],
            env={**os.environ, **OFFLINE, **ours, **env}, cwd=tmp_path, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            out, err = process.communicate(timeout=TIMEOUT_S)
        finally:
            # Workers of a launcher must not outlive it.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        shown: dict[str, Any] = {}
        for line in out.splitlines():
            if line.startswith("@@"):
                shown.update(json.loads(line[2:]))
        return {**shown, "status": process.returncode, "stderr": err}

    return run


@pytest.fixture
def results(home: Path) -> Callable[[], list[dict[str, Any]]]:
    """The results in the spool, in the order of their beginnings."""

    def read() -> list[dict[str, Any]]:
        found = []
        for path in sorted((home / "spool").glob("*.jsonl")):
            lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            found += [line["result"] for line in lines if line["kind"] == "result"]
        return sorted(found, key=lambda result: result["start"])

    return read
