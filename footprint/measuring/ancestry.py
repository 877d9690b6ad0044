"""Which run encloses another, as recorders see it: by the processes they follow.

Each recorder declares, in an empty file named "<scope>-<pid>-<birth>-<run id>" beside the spools, the process
it follows; a new one looks among the ancestors of its own. The scope is the machine and its space of process
numbers: a state folder may be shared with containers and other hosts, where numbers are not ours. A
declaration whose recorder died is swept away.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import psutil

from collectors.host import host_id
from collectors.process_stat import process_stat
from collectors.spool import SUFFIX, is_being_written
from footprint.home import spool_dir


@contextmanager
def declared(home: Path, run_id: str, pid: int) -> Iterator[None]:
    """Declare, for as long as the block lasts, that `run_id` follows process `pid`."""
    path = _folder(home) / f"{_process(pid)}-{run_id}"
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def enclosing_run(home: Path, pid: int) -> str | None:
    """Id of the run that follows the nearest ancestor of `pid`, the latest if several; not `pid` itself, whose
    own runs it knows better, and of which one begun after this may already be declared."""
    found: dict[str, tuple[float, str]] = {}
    with suppress(OSError):
        for path in _folder(home).iterdir():
            process, run_id = _parted(path.name)
            if not is_being_written(spool_dir(home) / f"{run_id}{SUFFIX}"):
                path.unlink(missing_ok=True)
                continue
            found[process] = max(found.get(process, (0.0, "")), (path.stat().st_mtime, run_id))
    if not found:
        return None
    with suppress(psutil.Error):
        for above in psutil.Process(pid).parents():
            if (known := found.get(_process(above.pid))) is not None:
                return known[1]
    return None


def _parted(name: str) -> tuple[str, str]:
    """The process and the run of a declaration's name."""
    *process, run_id = name.split("-", 3)
    return "-".join(process), run_id


def _process(pid: int) -> str:
    """What tells a process from any other of any machine that shares the folder."""
    stat = process_stat(pid)
    birth = round(stat.start_s * 100) if stat is not None else 0
    return f"{_scope()}-{pid}-{birth}"


@lru_cache
def _scope() -> str:
    try:
        numbers = os.readlink("/proc/self/ns/pid")  # noqa: PTH115
    except OSError:
        numbers = ""
    return hashlib.sha256(f"{host_id()}:{numbers}".encode()).hexdigest()[:12]


def _folder(home: Path) -> Path:
    return spool_dir(home) / "active"
