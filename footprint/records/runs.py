"""What was measured here: the runs of the spool, each with its state."""

from __future__ import annotations

import re
import stat
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from collectors.spool import SUFFIX, SpoolLog, is_being_written, read_spool
from footprint.home import spool_dir
from footprint.measuring.outcome import build, from_log
from footprint.records.quarantine import Unusable, counted

PUSHED_SUFFIX = ".pushed"
LARGEST_FILE = 1 << 30
"""Bytes of a record: the recorder thins its own long before."""
STATES = ("complete", "interrupted", "failed")
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run of the spool.

    `asset`: name in the inventory of what a host or site record measured; `start`: UTC epoch seconds;
    energies in kWh and `gwp…` in kgCO2e with 90 % bounds, None when unknown;
    `tier`: evidence tier of most of the energy; `state`: "complete", "interrupted", "failed", "running" or
    "pushed" (stored for good); `attached`: whether the application is on the map, None when nobody could
    tell; `warnings`: codes; `bad_lines`: lines of the file set aside, by reason.
    """

    run_id: str
    subject: str
    asset: str | None
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
    """Files of the spool, oldest first (their names begin with their date).

    Only ordinary files of a bearable size: a pipe or a device under that name must not hold a reader.
    """
    return [path for path in sorted(spool_dir(home).glob(f"*{SUFFIX}")) if not_a_record(path) is None]


def not_a_record(path: Path) -> str | None:
    """Why this path can't even be opened as a record: "pas_un_fichier" or "taille"; None when it can."""
    try:
        found = path.lstat()
    except OSError:
        return "pas_un_fichier"
    if not stat.S_ISREG(found.st_mode):
        return "pas_un_fichier"
    return "taille" if found.st_size > LARGEST_FILE else None


def id_of(path: Path, log: SpoolLog) -> str:
    """The run's id: its file's name, or the one its header gives when the file was renamed.

    Raises Unusable: no id at all, or a copy of a record that is here under its own name.
    """
    name = path.name.removesuffix(SUFFIX)
    given = log.header.get("run_id")
    if given == name or not isinstance(given, str) or not RUN_ID.fullmatch(given):
        if not RUN_ID.fullmatch(name):
            raise Unusable("identifiant")
        return name
    if any(path.with_name(given + suffix).exists() for suffix in (SUFFIX, PUSHED_SUFFIX)):
        raise Unusable("copie")
    return given


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
        asset=_named(log.header.get("asset")),
        state=_state(path, log, result),
        warnings=tuple(str(warning.get("code")) for warning in result["warnings"]),
        bad_lines=counted(log.bad),
        **{name: result.get(name) for name in _FROM_RESULT},
    )


def _named(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


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
    safe = replace(log, context=_context(log.context), end=_end(log.end))
    result = build({}, {}, None, (), reason="interrupted")
    try:
        result |= from_log(safe, reason="interrupted")
    except ArithmeticError:  # a bound at zero has no logarithm: the carbon is unknown, not the energy
        result |= from_log(replace(safe, context={**safe.context, "factor": None}), reason="interrupted")
    for name in _TEXTS:
        result[name] = result[name] if isinstance(result[name], str) else None
    for name in _NUMBERS:
        result[name] = _number(result[name])
    if result["start"] is not None and result["start"] > _LATEST_S:
        result["start"] = None
    result["warnings"] = [warning for warning in _list(result["warnings"]) if isinstance(warning, dict)]
    result["attached"] = result["attached"] if isinstance(result["attached"], bool) else None
    if result["state"] not in STATES:
        result["state"] = "failed" if result["energy_kwh"] is None else "interrupted"
    return result


def _context(context: dict[str, Any]) -> dict[str, Any]:
    """The context without a factor or names that are not ones."""
    factor = context.get("factor")
    numbers = [factor.get(name) for name in ("value", "low", "high")] if isinstance(factor, dict) else []
    usable = bool(numbers and _number(numbers[0])) and all(n is None or _number(n) for n in numbers[1:])
    near = [name for name in _list(context.get("near")) if isinstance(name, str)]
    return {**context, "factor": factor if usable else None, "near": near}


def _end(end: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if end is None else {**end, "channels": _list(end.get("channels"))}


_TEXTS = ("application", "model", "phase", "functional_act", "zone", "tier")
_NUMBERS = (
    "requests", "tokens_in", "tokens_out", "start", "duration_s", "cpu_s", "energy_kwh", "energy_low_kwh",
    "energy_high_kwh", "gwp_kgco2e", "gwp_low", "gwp_high",
)  # fmt: skip
_LATEST_S = 4102444800.0  # 2100-01-01: a date beyond is a damaged line


def _number(value: Any) -> Any:
    """A finite number, never negative, as it is; None for anything else."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return value if plain and 0 <= value < 1e300 else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


LOCAL_MARK = "local"


def mark_pushed(run_id: str, home: Path | None = None, place: str = LOCAL_MARK) -> None:
    """Note that a run is stored for good, after the commit: in the local store, or at a server's address.

    Raises OSError.
    """
    with (spool_dir(home) / f"{run_id}{PUSHED_SUFFIX}").open("a", encoding="utf-8") as marks:
        marks.write(place + "\n")


def pushed_to(run_id: str, home: Path | None = None, place: str = LOCAL_MARK) -> bool:
    """Whether a run is marked as stored there; an empty mark, as older versions left, is the local store's."""
    try:
        marks = (spool_dir(home) / f"{run_id}{PUSHED_SUFFIX}").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return place in marks.split("\n") or (not marks and place == LOCAL_MARK)


def _state(path: Path, log: SpoolLog, result: dict[str, Any]) -> str:
    if path.with_name(path.name.removesuffix(SUFFIX) + PUSHED_SUFFIX).exists():
        return "pushed"
    if log.result is None and log.end is None and is_being_written(path, now=time.time()):
        return "running"
    return str(result["state"])
