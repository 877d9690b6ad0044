"""Which run encloses another, as recorders see it: by the processes they follow.

Each recorder declares, in an empty file named "<pid>-<run id>" beside the spools, the process it follows;
a new one looks among the ancestors of its own. A declaration whose recorder died is swept away.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from collectors.spool import SUFFIX, is_being_written
from footprint.home import spool_dir


@contextmanager
def declared(home: Path, run_id: str, pid: int) -> Iterator[None]:
    """Declare, for as long as the block lasts, that `run_id` follows process `pid`."""
    path = _folder(home) / f"{pid}-{run_id}"
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
    found: dict[int, tuple[float, str]] = {}
    with suppress(OSError):
        for path in _folder(home).iterdir():
            number, _, run_id = path.name.partition("-")
            if not number.isdecimal():
                continue
            if not is_being_written(spool_dir(home) / f"{run_id}{SUFFIX}"):
                path.unlink(missing_ok=True)
                continue
            found[int(number)] = max(found.get(int(number), (0.0, "")), (path.stat().st_mtime, run_id))
    if not found:
        return None
    with suppress(psutil.Error):
        for process in psutil.Process(pid).parents():
            if process.pid in found:
                return found[process.pid][1]
    return None


def _folder(home: Path) -> Path:
    return spool_dir(home) / "active"
