"""Scripts measured for real, each in its own process and with its own local state."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil


class Bench:
    """Runs scripts in a folder of their own, under a FOOTPRINT_HOME of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.home = folder / "home"
        self.folder.mkdir()
        # CodeCarbon is tried by its own tests; here it would only heat the machine.
        self.env = {**os.environ, "FOOTPRINT_HOME": str(self.home), "FOOTPRINT_CODECARBON": "0",
                    "FOOTPRINT_ZONE": "FR", "FOOTPRINT_LANG": "fr"}  # fmt: skip
        self.started: list[subprocess.Popen[str]] = []

    def start(self, code: str, *arguments: str, **env: str) -> subprocess.Popen[str]:
        """Start a script; its outputs are pipes."""
        path = self.folder / "train.py"
        # In one move: a script started just before may not have read it yet.
        draft = path.with_suffix(".draft")
        draft.write_text(code, encoding="utf-8")
        draft.replace(path)
        process = subprocess.Popen(
            [sys.executable, "-W", "error", str(path), *arguments],
            env={**self.env, **env}, cwd=self.folder, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.started.append(process)
        return process

    def run(self, code: str, *arguments: str, status: int = 0, **env: str) -> str:
        """Run a script to its end, check its exit status and its silence on stderr; its output."""
        process = self.start(code, *arguments, **env)
        out, err = process.communicate(timeout=60)
        assert process.returncode == status, err
        if status == 0:
            assert err == ""
        return out

    def lines(self) -> list[dict[str, Any]]:
        """Lines of the only spool file, [] while there is none."""
        files = list((self.home / "spool").glob("*.jsonl"))
        assert len(files) <= 1
        text = files[0].read_text(encoding="utf-8") if files else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def wait_for(self, kind: str, count: int = 1, timeout_s: float = 20.0) -> dict[str, Any]:
        """Wait until the spool holds `count` lines of that kind; the last of them."""
        found: list[dict[str, Any]] = []

        def enough() -> bool:
            found[:] = [line for line in self.lines() if line["kind"] == kind]
            return len(found) >= count

        wait_until(enough, timeout_s)
        return found[-1]

    def recorder(self) -> psutil.Process:
        """The recorder: the process that runs our bootstrap and has this home."""
        for process in psutil.process_iter():
            try:
                if "bootstrap.py" in " ".join(process.cmdline()) and process.environ().get(
                    "FOOTPRINT_HOME"
                ) == str(self.home):
                    return process
            except psutil.Error:
                continue
        raise AssertionError("no recorder")


def wait_until(condition: Callable[[], bool], timeout_s: float = 20.0) -> None:
    """Wait for a condition, or fail."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.02)
