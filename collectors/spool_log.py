"""Reading a spool: what is good is kept, what is not is counted, with the reason.

The spool is one append-only JSON-lines file per run (collectors.spool writes it). Lines carry the version of
the format and a sequence number. Kinds of lines: "header" (the run), "context" (machine, factor), "sample"
(cumulative energy), "set" (values given during the run), "progress" (how far it is), "warning", "end"
(reason), "result".

Only the fields listed in `FIELDS` are ever written or read: no user name, command line, path or host name.
A file may come from anywhere: reading never raises for what it contains. This module imports nothing but the
standard library, so that it can be loaded by itself.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

VERSION = 1
SUFFIX = ".jsonl"
LONGEST_LINE = 1 << 20
"""Bytes of a line; a longer one is not ours."""
LARGEST_W = {"machine": 100e3, "site": 50e6}
"""Power nothing measured exceeds: one machine, or all the machines of a site. Own rule."""
BURST_S = 600.0
"""What a meter read every ten minutes may give at once."""
_LATE_S = 60.0
"""What our own counters may give at once: a slow one's step, processor seconds known late."""
_OUTVOTED = 60
"""Samples in a row that those after them can contradict."""
_DAY_S = 86400.0
_LONGEST_NAME = 300
_TIERS = frozenset({"meter", "sensor", "model", "declared", "generic"})  # as collectors.records
_Energies = dict[tuple[str, ...], tuple[float, ...]]


class _Read(NamedTuple):
    """A sample of good form: its line, its fields, its seconds and energies."""

    number: int
    fields: dict[str, Any]
    seconds: float
    energies: _Energies


_ORIGIN = _Read(0, {}, 0.0, {})

FIELDS: dict[str, frozenset[str]] = {
    "header": frozenset({"run_id", "subject", "application", "model", "phase", "functional_act", "requests",
                         "zone", "start", "asset", "inside", "source", "tokens_in", "tokens_out",
                         "budget_kwh", "budget_kgco2e"}),
    "context": frozenset({"host_id", "cpu_model", "threads", "chips", "ram_gb", "virtual", "power_model",
                          "tdp_source", "calibration", "zone", "pue", "factor", "attached", "near", "gpus",
                          "processes"}),
    "sample": frozenset({"t", "seconds", "utilisation", "cpu_s", "energy", "apps"}),
    "set": frozenset({"requests", "functional_act", "tokens_in", "tokens_out"}),
    "progress": frozenset({"seconds", "done", "total"}),
    "warning": frozenset({"code", "fr", "en"}),
    "end": frozenset({"t", "seconds", "reason", "channels"}),
    "result": frozenset({"result"}),
}  # fmt: skip
"""Allow-list: kind of line -> the fields it may hold."""


@dataclass(slots=True)
class SpoolLog:
    """What a spool file holds: good lines by kind, and the bad ones as (line number, reason).

    Reasons: "tronquée", "illisible", "longue", "forme", "version", "doublon", "valeur" (numbers that cannot
    be), "futur" (dated more than a day ahead), "puissance" (more than `LARGEST_W`).
    """

    header: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    samples: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    progress: dict[str, Any] | None = None
    end: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    bad: list[tuple[int, str]] = field(default_factory=list)


def read_spool(path: Path) -> SpoolLog:
    """Read a run's file. Raises OSError when it cannot be opened, nothing else."""
    return parse_spool(path.read_bytes())


def parse_spool(data: bytes) -> SpoolLog:
    """Read the content of a run's file, wherever it comes from; never raises."""
    log = SpoolLog()
    seen: set[int] = set()
    read: list[_Read] = []
    lines = data.split(b"\n")
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        reason = _take(raw, number, log, read, seen)
        if reason == "illisible" and number == len(lines):
            reason = "tronquée"
        if reason:
            log.bad.append((number, reason))
    kept, refused = _coherent(read, log.header)
    log.samples = [sample.fields for sample in kept]
    log.bad = sorted(log.bad + refused)
    return log


def is_being_written(path: Path, stale_s: float = 10.0, now: float | None = None) -> bool:
    """Whether a recorder still holds this file: by its lock, else (no locks here) by its age in seconds."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return now is not None and now - os.fstat(descriptor).st_mtime < stale_s
    finally:
        os.close(descriptor)
    return False


def _take(raw: bytes, number: int, log: SpoolLog, read: list[_Read], seen: set[int]) -> str | None:
    """File one line in the log; the reason when it is bad."""
    if len(raw) > LONGEST_LINE:
        return "longue"
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError):
        return "illisible"
    if not isinstance(line, dict) or not isinstance(line.get("seq"), int):
        return "forme"
    if not isinstance(line.get("kind"), str) or line["kind"] not in FIELDS:
        return "forme"
    if line.get("v") != VERSION:
        return "version"
    if line["seq"] in seen:
        return "doublon"
    kind = line["kind"]
    fields = {name: value for name, value in line.items() if name in FIELDS[kind]}
    if kind == "sample":
        try:
            read.append(_Read(number, fields, *_numbers(fields, log.header.get("start"))))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            return "valeur"
        if fields["t"] > time.time() + _DAY_S:
            read.pop()
            return "futur"
    elif kind in ("header", "context", "set") or (
        kind == "result" and isinstance(fields.get("result"), dict)
    ):
        _merge(log, kind, fields)
    elif kind == "end":
        log.end = fields
    elif kind == "progress":
        log.progress = fields
    elif kind == "result":
        return "forme"
    else:
        log.warnings.append(fields)
    seen.add(line["seq"])
    return None


def _merge(log: SpoolLog, kind: str, fields: dict[str, Any]) -> None:
    if kind == "result":
        log.result = fields["result"]
    elif kind == "context":
        log.context.update(fields)
    else:
        log.header.update(fields)


def _coherent(read: list[_Read], header: dict[str, Any]) -> tuple[list[_Read], list[tuple[int, str]]]:
    """The samples that agree with one another, and the others as (line number, reason).

    Everything is cumulative: nothing goes back, and no step is more than a machine can use. Where two
    stretches disagree, the longer stands: one wrong sample never takes the good ones after it away.
    """
    kept: list[_Read] = []
    refused: list[tuple[int, str]] = []
    for i, sample in enumerate(read):
        reason = _against(kept[-1] if kept else _ORIGIN, sample, header)
        if reason is None:
            kept.append(sample)
            continue
        back = _contradicted(kept, sample, header)
        chain = read[i : i + back + 1]
        follow = pairwise(chain)
        if len(chain) == back + 1 > 1 and not any(_against(*pair, header) for pair in follow):
            refused += [(wrong.number, "valeur") for wrong in kept[-back:]]
            del kept[-back:]
            kept.append(sample)
        else:
            refused.append((sample.number, reason))
    return kept, refused


def _contradicted(kept: list[_Read], sample: _Read, header: dict[str, Any]) -> int:
    """How many of the last kept samples would have to be wrong for this one to be right; 0: too many."""
    for back in range(1, min(len(kept), _OUTVOTED) + 1):
        before = kept[-back - 1] if back < len(kept) else _ORIGIN
        if _against(before, sample, header) is None:
            return back
    return 0


def _against(before: _Read, sample: _Read, header: dict[str, Any]) -> str | None:
    """Why a sample can't follow another: a counter that goes back, a power too great; None when it can.

    Cumulative counters that wrapped or were reset far up (10^15 J) show as a power no machine has. A meter
    read now and then may give the energy of some minutes at once: `BURST_S`.
    """
    earlier, rows = before.energies, sample.energies
    if sample.seconds < before.seconds or any(
        value < least
        for key, energy in earlier.items()
        for value, least in zip(rows.get(key, energy), energy, strict=True)
    ):
        return "valeur"
    kwh = sum(energy[0] - earlier.get(key, (0.0,))[0] for key, energy in rows.items())
    metered = not _is_ours(header) or any(key[0] == "meter" for key in rows)
    most_s = sample.seconds - before.seconds + (BURST_S if metered else _LATE_S)
    return "puissance" if kwh * 3.6e6 > _largest_w(header) * most_s else None


def _is_ours(header: dict[str, Any]) -> bool:
    return header.get("source") in (None, "recorder", "agent")


def _largest_w(header: dict[str, Any]) -> float:
    """Bound of a record's power, W: what others measured of a run or service may span many machines."""
    one = header.get("subject") == "host" or (_is_ours(header) and header.get("subject") != "site")
    return LARGEST_W["machine" if one else "site"]


def _numbers(sample: dict[str, Any], start: object) -> tuple[float, _Energies]:
    """Seconds and energies of a sample by (channel, tier, component). Raises ValueError and its kin.

    `start`: UTC epoch seconds of the run's beginning, where the header says it.
    """
    optional = [value for value in (sample["cpu_s"], sample.get("utilisation")) if value is not None]
    optional += (sample.get("apps") or {}).values()
    rows: _Energies = {}
    for channel, tier, component, *values in sample["energy"]:
        named = all(isinstance(name, str) and len(name) <= _LONGEST_NAME for name in (channel, component))
        kwh, low, high = values
        optional += values
        ordered = low <= kwh * (1 + 1e-6) and kwh <= high * (1 + 1e-6)
        if not named or tier not in _TIERS or not ordered or (channel, tier, component) in rows:
            raise ValueError(channel)
        rows[channel, tier, component] = (kwh, low, high)
    for value in (sample["t"], sample["seconds"], *optional):
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e300:
            raise ValueError(value)
    known = isinstance(start, int | float) and 0 <= start <= sample["t"]
    if sample["seconds"] > sample["t"] - (start - _DAY_S if known else 0.0):  # type: ignore[operator]
        raise ValueError(sample["seconds"])  # it would have begun long before the run, or before 1970
    return sample["seconds"], rows
