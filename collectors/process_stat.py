"""One process as Linux tells it in /proc/<pid>/stat (see proc(5)), readable by anyone."""

from __future__ import annotations

import os
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_ENDED = (b"Z", b"X")
RECORDER_NAME = "footprint-rec"
"""Name our recorders take (footprint/measuring/bootstrap.py): what they spend is not the run's."""


class ProcessStat(NamedTuple):
    """A process: number, beginning (s since the host's), name (15 characters at most), parent's number,
    its own processor seconds, those of the finished children it waited for, whether it lives (a zombie
    does not)."""

    pid: int
    start_s: float
    name: str
    parent: int
    own_s: float
    children_s: float
    lives: bool = True

    @property
    def key(self) -> tuple[int, float]:
        """What tells it from a later process of the same number."""
        return self.pid, self.start_s


def process_stat(pid: int | str, proc: str = "/proc") -> ProcessStat | None:
    """The process of that number, None when it is gone or not to be read. `proc`: the folder, for tests."""
    try:
        # Once a second, and for every process of the host: neither pathlib nor a buffer.
        descriptor = os.open(f"{proc}/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
        try:
            data = os.read(descriptor, 4096)
        finally:
            os.close(descriptor)
        # The name may hold anything, parentheses and blanks included.
        head, _, tail = data.rpartition(b")")
        number, _, name = head.partition(b" (")
        fields = tail.split()
        own, children = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
        return ProcessStat(
            int(number), int(fields[19]) / _TICKS, name.decode("utf-8", "replace"), int(fields[1]),
            own / _TICKS, children / _TICKS, fields[0] not in _ENDED,
        )  # fmt: skip
    except (OSError, ValueError, IndexError):
        return None
