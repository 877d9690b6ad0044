"""Runs inside runs: which one encloses which, and who is told how far the work is. Standard library only.

Nested runs are not counted twice: the inner one names the outer, and the assessment takes it out of it. In
one process the innermost run under way is known here; else the recorder looks for the nearest among the
ancestors of the process it measures; last comes `footprint run`, which the environment names.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from footprint.measuring.faults import by_handler
from footprint.measuring.given import number

if TYPE_CHECKING:
    from footprint.measuring import Run

OUTER_RUN = "FOOTPRINT_RUN"
"""Environment of a command under `footprint run`: the file in which it can say how far it is."""
PROGRESS_SUFFIX = ".progress"

under_way: list[Run] = []
"""Runs of this process being measured, the innermost last; a forked child finds them enclosing its own."""


def enclosing() -> str | None:
    """Id of the run under way in this process, or in the one it was forked from."""
    return under_way[-1].run_id if under_way else None


def commanding() -> str | None:
    """Id of the `footprint run` that this process, or its recorder, is under."""
    outer = os.environ.get(OUTER_RUN)
    return os.path.basename(outer).removesuffix(PROGRESS_SUFFIX) if outer else None  # noqa: PTH119


def tell_outer(done: float, total: float | None) -> None:
    """Tell `footprint run`, when this process runs under it, by the small file it named."""
    path = os.environ.get(OUTER_RUN)
    if path:
        line = f"{done} {time.monotonic()} {'' if total is None else total}".ljust(79) + "\n"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.pwrite(descriptor, line.encode(), 0)
            finally:
                os.close(descriptor)
        except OSError as error:
            if by_handler(error):
                raise


def forget(run: Run) -> None:
    """Take a run that ends off the list; nothing happens when it is not there."""
    try:
        under_way.remove(run)  # in one step: other threads start and end theirs
    except ValueError as error:
        if by_handler(error):
            raise


def progress(done: float, total: float | None = None) -> None:
    """Say how far the work is (`done` of `total` steps, epochs…), for the forecast of what measures it.

    That is the innermost run under way in this process and, under `footprint run`, that command too. Never
    raises; nothing happens where nothing measures.
    """
    innermost = under_way[-1:]  # in one step: another thread may end it meanwhile
    if innermost:
        innermost[0].progress(done, total)
    elif (known := number(done)) is not None:
        tell_outer(known, number(total))
