"""What was measured here: the runs of the spool, each with its state."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collectors.spool import SUFFIX, SpoolLog, is_being_written, read_spool
from footprint.home import spool_dir
from footprint.outcome import build, from_log

PUSHED_SUFFIX = ".pushed"


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run of the spool.

    `start`: UTC epoch seconds; energies in kWh and `gwp…` in kgCO2e with 90 % bounds, None when unknown;
    `tier`: evidence tier of most of the energy; `state`: "complete", "interrupted", "failed", "running" or
    "pushed" (stored for good); `attached`: whether the application is on the map, None when nobody could
    tell; `warnings`: codes; `bad_lines`: lines of the file set aside, by reason.
    """

    run_id: str
    subject: str
    application: str | None
    model: str | None
    phase: str | None
    functional_act: str | None
    requests: int | None
    zone: str | None
    start: float | None
    duration_s: float | None
    energy_kwh: float | None
    energy_low_kwh: float | None
    energy_high_kwh: float | None
    gwp_kgco2e: float | None
    gwp_low: float | None
    gwp_high: float | None
    tier: str | None
    state: str
    attached: bool | None
    warnings: tuple[str, ...]
    bad_lines: dict[str, int]


def runs(home: Path | None = None) -> list[RunSummary]:
    """Every run of the spool, oldest first. A file that cannot be opened is skipped."""
    return [summary for path in spool_files(home) if (summary := summarise(path)) is not None]


def spool_files(home: Path | None = None) -> list[Path]:
    """Files of the spool, oldest first (their names begin with their date)."""
    return sorted(spool_dir(home).glob(f"*{SUFFIX}"))


def summarise(path: Path) -> RunSummary | None:
    """The summary of one spool file, None when it cannot be opened."""
    try:
        log = read_spool(path)
    except OSError:
        return None
    result = result_of(log)
    return RunSummary(
        run_id=path.name.removesuffix(SUFFIX),
        subject=str(log.header.get("subject") or "run"),
        state=_state(path, log, result),
        warnings=tuple(str(warning.get("code")) for warning in result["warnings"]),
        bad_lines=_count(log),
        **{name: result.get(name) for name in _FROM_RESULT},
    )


_FROM_RESULT = (
    "application", "model", "phase", "functional_act", "requests", "zone", "start", "duration_s",
    "energy_kwh", "energy_low_kwh", "energy_high_kwh", "gwp_kgco2e", "gwp_low", "gwp_high", "tier",
    "attached",
)  # fmt: skip


def result_of(log: SpoolLog) -> dict[str, Any]:
    """The result of a run: as recorded, else rebuilt from its last good sample.

    A line that lost fields, or holds something else in them (another version, a hand), never breaks the
    reader: what is not of its kind is unknown.
    """
    result = {**build({}, {}, None, (), reason="interrupted"), **from_log(log, reason="interrupted")}
    for name in _TEXTS:
        result[name] = result[name] if isinstance(result[name], str) else None
    for name in _NUMBERS:
        result[name] = _number(result[name])
    if result["start"] is not None and result["start"] > _LATEST_S:
        result["start"] = None
    result["warnings"] = [warning for warning in _list(result["warnings"]) if isinstance(warning, dict)]
    result["attached"] = result["attached"] if isinstance(result["attached"], bool) else None
    return result


_TEXTS = ("application", "model", "phase", "functional_act", "zone", "tier")
_NUMBERS = (
    "requests", "start", "duration_s", "cpu_s", "energy_kwh", "energy_low_kwh", "energy_high_kwh",
    "gwp_kgco2e", "gwp_low", "gwp_high",
)  # fmt: skip
_LATEST_S = 4102444800.0  # 2100-01-01: a date beyond is a damaged line


def _number(value: Any) -> Any:
    """A finite number, never negative, as it is; None for anything else."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return value if plain and math.isfinite(value) and value >= 0 else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def mark_pushed(run_id: str, home: Path | None = None) -> None:
    """Note that a run is stored for good elsewhere; to be called after the commit. Raises OSError."""
    (spool_dir(home) / f"{run_id}{PUSHED_SUFFIX}").touch()


def _state(path: Path, log: SpoolLog, result: dict[str, Any]) -> str:
    if path.with_name(path.name.removesuffix(SUFFIX) + PUSHED_SUFFIX).exists():
        return "pushed"
    if log.result is None and log.end is None and is_being_written(path, now=time.time()):
        return "running"
    return str(result["state"])


def _count(log: SpoolLog) -> dict[str, int]:
    counts: dict[str, int] = {}
    for _, reason in log.bad:
        counts[reason] = counts.get(reason, 0) + 1
    return counts
