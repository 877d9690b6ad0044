"""The spool: one append-only JSON-lines file per run; writing it, and thinning it. spool_log.py reads it.

Every line is written by one call and put on the disk before the next: a process that is killed loses the
line it was writing, at most.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from collectors.spool_log import (
    FIELDS,
    SUFFIX,
    VERSION,
    SpoolLog,
    is_being_written,
    parse_spool,
    read_spool,
)

__all__ = (
    "FIELDS",
    "SUFFIX",
    "VERSION",
    "SpoolLog",
    "SpoolWriter",
    "compact",
    "is_being_written",
    "parse_spool",
    "read_spool",
)

_LOCK_TRIES = 20
_THIN_SUFFIX = ".thin"


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
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"
        data = text.encode("utf-8", "replace")  # half a character (a lone surrogate) must not cost the line
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
