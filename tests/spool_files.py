"""Spool files as a recorder or an agent would have left them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

START = 1_772_614_800.0  # 2026-03-04T09:00:00Z
STEP_S = 600.0
STEP_KWH = 0.01


def run_lines(run_id: str, samples: int = 6, **header: Any) -> list[dict[str, Any]]:
    """A complete run of `samples` samples, ten minutes and 10 Wh each."""
    lines: list[dict[str, Any]] = [
        {"kind": "header", "run_id": run_id, "subject": "run", "application": "TRI", "model": "m:1",
         "phase": "training", "start": START, "zone": "FR", **header},
        {"kind": "context", "host_id": "abc", "threads": 2, "zone": "FR"},
    ]  # fmt: skip
    lines += [sample(number) for number in range(1, samples + 1)]
    return [*lines, {"kind": "end", "t": START, "seconds": 0.0, "reason": "complete", "channels": []}]


def sample(number: int, **fields: Any) -> dict[str, Any]:
    kwh = STEP_KWH * number
    return {
        "kind": "sample", "t": START + STEP_S * number, "seconds": STEP_S * number, "utilisation": 0.5,
        "cpu_s": STEP_S * number / 2, "energy": [["m5", "model", "dynamic", kwh, kwh * 0.8, kwh * 1.3]], **fields,
    }  # fmt: skip


def host_lines(run_id: str, samples: int = 6) -> list[dict[str, Any]]:
    """An agent's session: idle 10 Wh a sample, 4 given to nobody, 3 to TRI and 2 to PAIE."""

    def rows(n: int) -> list[list[Any]]:
        shares = {"idle": 0.010, "dynamic": 0.004, "app:TRI": 0.003, "app:PAIE": 0.002}
        return [["m5", "model", name, kwh * n, kwh * n * 0.8, kwh * n * 1.2] for name, kwh in shares.items()]

    lines = run_lines(
        run_id, samples, subject="host", application=None, model=None, asset="srv-01", source="agent"
    )
    for line in lines:
        if line["kind"] == "sample":
            n = round(line["seconds"] / STEP_S)
            line |= {"energy": rows(n), "apps": {"TRI": 60.0 * n, "PAIE": 30.0 * n}}
    return lines


def content(lines: list[dict[str, Any]]) -> bytes:
    """The lines as a file holds them."""
    return b"".join(
        (json.dumps({"v": 1, "seq": i, **line}) + "\n").encode() for i, line in enumerate(lines, 1)
    )


def leave(home: Path, run_id: str, data: bytes) -> Path:
    """Put a file in the spool of this home."""
    path = home / "spool" / f"{run_id}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
