"""The spool: one append-only JSON-lines file per run.

Every line is written by one call and put on the disk before the next: a process that is killed loses the
line it was writing, at most. Lines carry the version of the format and a sequence number. Reading keeps
what is good and counts what is not, with the reason; it never raises for what a file contains.

Kinds of lines: "header" (the run), "context" (machine, factor), "sample" (cumulative energy), "set"
(values given during the run), "progress" (how far it is), "warning", "end" (reason), "result".

Only the fields listed in `FIELDS` are ever written: no user name, command line, path or host name.
This module imports nothing but the standard library, so that it can be loaded by itself.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VERSION = 1
SUFFIX = ".jsonl"
_LOCK_TRIES = 20
_THIN_SUFFIX = ".thin"

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


class SpoolWriter:
    """Appends lines to a run's file. A write that fails is counted in `failures`, never raised.

    The file is locked while it is written: an unlocked file without an end line was interrupted.
    """

    def __init__(self, folder: Path, run_id: str) -> None:
        self.failures = 0
        self.error: str | None = None
        self._sequence = 0
        self._broken = False
        self._path = folder / (run_id + SUFFIX)
        self._descriptor = self._open(folder)

    def append(self, kind: str, fields: dict[str, Any]) -> None:
        """Write one line and put it on the disk; fields outside the allow-list are refused (KeyError)."""
        foreign = fields.keys() - FIELDS[kind]
        if foreign:
            raise KeyError(f"{kind}: {sorted(foreign)}")
        self._sequence += 1
        line = {"v": VERSION, "seq": self._sequence, "kind": kind, **fields}
        data = (json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
        if self._descriptor is None:
            self.failures += 1
            return
        try:
            # After a write cut short, a newline first: the torn line stays alone.
            self._write(b"\n" + data if self._broken else data)
        except OSError as error:
            self._fail(error)

    def sync(self) -> None:
        """Put what was written on the disk."""
        if self._descriptor is not None:
            try:
                os.fdatasync(self._descriptor)
            except OSError as error:
                self._fail(error)

    def thin(self, keep_every_s: float) -> None:
        """Rewrite the file with the last sample of each window only; what fails leaves it as it was."""
        if self._descriptor is None:
            return
        try:
            fresh = _write_thinned(self._path, keep_every_s)
        except OSError as error:
            self._fail(error)
            return
        # The new file is locked before it takes the name: readers never see it without a writer.
        _lock(fresh)
        self._path.with_suffix(_THIN_SUFFIX).replace(self._path)
        os.close(self._descriptor)
        self._descriptor, self._broken = fresh, False

    @property
    def size(self) -> int:
        """Bytes of the file, 0 when there is none."""
        return 0 if self._descriptor is None else os.fstat(self._descriptor).st_size

    def close(self) -> None:
        """Release the file and its lock."""
        if self._descriptor is not None:
            self.sync()
            os.close(self._descriptor)
            self._descriptor = None

    def _write(self, data: bytes) -> None:
        assert self._descriptor is not None
        written = os.write(self._descriptor, data)
        self._broken = written < len(data)
        if self._broken:
            raise OSError("short write")

    def _open(self, folder: Path) -> int | None:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            descriptor = os.open(self._path, flags, 0o600)
        except OSError as error:
            self._fail(error)
            return None
        _lock(descriptor)
        return descriptor

    def _fail(self, error: OSError) -> None:
        self.failures += 1
        self.error = type(error).__name__


def _lock(descriptor: int) -> None:
    for _ in range(_LOCK_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.001)  # a reader is asking whether we are here
            continue
        except OSError:
            pass  # a file system without locks: readers fall back on the file's age
        return


def compact(path: Path, keep_every_s: float) -> None:
    """Rewrite a closed record with the last sample of each window of `keep_every_s` (dividing an hour).

    Samples are cumulative: not a joule is lost, only detail. In one move, so that nothing can be lost on
    the way. Raises OSError.
    """
    os.close(_write_thinned(path, keep_every_s))
    path.with_suffix(_THIN_SUFFIX).replace(path)


def _write_thinned(path: Path, keep_every_s: float) -> int:
    """Write the thinned record beside `path`, on the disk; its open descriptor."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC
    kept = b"".join(_thinned(path.read_bytes().splitlines(keepends=True), keep_every_s))
    descriptor = os.open(path.with_suffix(_THIN_SUFFIX), flags, 0o600)
    try:
        while kept:
            kept = kept[os.write(descriptor, kept) :]
        os.fdatasync(descriptor)
    except OSError:
        os.close(descriptor)
        path.with_suffix(_THIN_SUFFIX).unlink(missing_ok=True)
        raise
    return descriptor


def _thinned(lines: list[bytes], keep_every_s: float) -> Iterator[bytes]:
    """Every line but the samples and progress followed by another of the same window."""
    waiting: dict[str, tuple[int, bytes]] = {}
    for raw in lines:
        try:
            line = json.loads(raw)
            kind, window = line["kind"], int(line.get("t", line.get("seconds", 0.0)) // keep_every_s)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
            yield raw
            continue
        if kind not in ("sample", "progress"):
            yield from (kept for _, kept in waiting.values())
            waiting.clear()
            yield raw
            continue
        if kind in waiting and waiting[kind][0] != window:
            yield waiting[kind][1]
        waiting[kind] = (window, raw)
    yield from (kept for _, kept in waiting.values())


@dataclass(slots=True)
class SpoolLog:
    """What a spool file holds: good lines by kind, and the bad ones as (line number, reason).

    Reasons: "tronquée", "illisible", "forme", "version", "doublon", "valeur".
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
    log = SpoolLog()
    seen: set[int] = set()
    data = path.read_bytes()
    lines = data.split(b"\n")
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        reason = _take(raw, log, seen)
        if reason == "illisible" and number == len(lines):
            reason = "tronquée"
        if reason:
            log.bad.append((number, reason))
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


def _take(raw: bytes, log: SpoolLog, seen: set[int]) -> str | None:
    """File one line in the log; the reason when it is bad."""
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError):
        return "illisible"
    if not isinstance(line, dict) or not isinstance(line.get("seq"), int) or line.get("kind") not in FIELDS:
        return "forme"
    if line.get("v") != VERSION:
        return "version"
    if line["seq"] in seen:
        return "doublon"
    kind = line["kind"]
    fields = {name: value for name, value in line.items() if name in FIELDS[kind]}
    if kind == "sample" and not _plausible(fields, log.samples[-1] if log.samples else None):
        return "valeur"
    if kind in ("header", "context", "set") or (kind == "result" and isinstance(fields.get("result"), dict)):
        _merge(log, kind, fields)
    elif kind == "end":
        log.end = fields
    elif kind == "progress":
        log.progress = fields
    elif kind == "result":
        return "forme"
    else:
        (log.samples if kind == "sample" else log.warnings).append(fields)
    seen.add(line["seq"])
    return None


def _merge(log: SpoolLog, kind: str, fields: dict[str, Any]) -> None:
    if kind == "result":
        log.result = fields["result"]
    elif kind == "context":
        log.context.update(fields)
    else:
        log.header.update(fields)


def _plausible(sample: dict[str, Any], before: dict[str, Any] | None) -> bool:
    """Numbers that are finite, never negative, and never less than in the sample before."""
    try:
        times = [float(sample[name]) for name in ("t", "seconds", "cpu_s") if sample[name] is not None]
        rows = {tuple(row[:3]): [float(value) for value in row[3:]] for row in sample["energy"]}
        values = times + [value for row in rows.values() for value in row]
        if not all(math.isfinite(value) and value >= 0 for value in values):
            return False
        if any(len(key) != 3 or len(row) != 3 for key, row in rows.items()):
            return False
        if before is None:
            return True
        earlier = {tuple(row[:3]): row[3] for row in before["energy"]}
        return times[1] >= before["seconds"] and all(
            rows[key][0] >= kwh for key, kwh in earlier.items() if key in rows
        )
    except (KeyError, TypeError, ValueError, IndexError):
        return False
