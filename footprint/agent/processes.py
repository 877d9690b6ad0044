"""Processor time of every process of the host, from /proc (Linux), readable by anyone.

The time of a child that ended is added by the system to the parent that waits for it; what was already seen
of the child is taken off, so that nothing counts twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_TICKS_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_Key = tuple[int, float]


class Process(NamedTuple):
    """A process: number, beginning (s since the host's), name (15 characters at most), parent's number,
    its own processor seconds and those of its finished children."""

    pid: int
    start_s: float
    name: str
    parent: int
    own_s: float
    children_s: float

    @property
    def key(self) -> _Key:
        """What tells it from a later process of the same number."""
        return self.pid, self.start_s


class ProcessTimes:
    """Follows every process of the host."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._proc = str(root / "proc")
        self._known: dict[int, Process] | None = None

    def spent(self) -> list[tuple[Process, float]]:
        """Each process and the seconds it spent since the last call, 0 for all at the first.

        A process born since counts from its birth; the last moments of one that ended count with its nearest
        living ancestor.
        """
        before, now = self._known, {process.pid: process for process in self._read()}
        self._known = now
        if before is None:
            return [(process, 0.0) for process in now.values()]
        seen_s = _already_seen(before, now)
        return [(p, _since(p, before.get(p.pid), seen_s.get(p.pid, 0.0))) for p in now.values()]

    def _read(self) -> Iterator[Process]:
        try:
            names = os.listdir(self._proc)  # noqa: PTH208 (names only, once a second)
        except OSError:
            return
        for name in names:
            if name.isdigit():
                process = _process(f"{self._proc}/{name}/stat")
                if process is not None:
                    yield process


def _already_seen(before: dict[int, Process], now: dict[int, Process]) -> dict[int, float]:
    """Seconds seen of processes that ended since, by the number of their nearest living ancestor."""
    seen: dict[int, float] = {}
    for gone in before.values():
        if gone.pid in now and now[gone.pid].key == gone.key:
            continue
        above = gone.parent
        while above not in now and above in before:
            above = before[above].parent
        seen[above] = seen.get(above, 0.0) + gone.own_s + gone.children_s
    return seen


def _since(process: Process, before: Process | None, seen_s: float) -> float:
    if before is None or before.key != process.key:
        own_s, children_s = process.own_s, process.children_s
    else:
        own_s, children_s = process.own_s - before.own_s, process.children_s - before.children_s
    return max(0.0, own_s) + max(0.0, children_s - seen_s)


def _process(path: str) -> Process | None:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 (once a second for every process)
            data = file.read(4096)
        # The name may hold anything, parentheses and blanks included.
        head, _, tail = data.rpartition(b")")
        pid, _, name = head.partition(b" (")
        fields = tail.split()
        ticks = [int(value) / _TICKS_S for value in (*fields[11:15], fields[19])]
        own_s, children_s = ticks[0] + ticks[1], ticks[2] + ticks[3]
        label = name.decode("utf-8", "replace")
        return Process(int(pid), ticks[4], label, int(fields[1]), own_s, children_s)
    except (OSError, ValueError, IndexError):
        return None
