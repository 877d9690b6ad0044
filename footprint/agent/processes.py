"""Processor time of every process of the host, from /proc (Linux), readable by anyone.

The time of a child that ended is added by the system to the parent that waits for it; what was already seen
of the child is taken off, so that nothing counts twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from collectors.process_stat import ProcessStat, process_stat


class ProcessTimes:
    """Follows every process of the host."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._proc = str(root / "proc")
        self._known: dict[int, ProcessStat] | None = None

    def spent(self) -> list[tuple[ProcessStat, float]]:
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

    def _read(self) -> Iterator[ProcessStat]:
        try:
            names = os.listdir(self._proc)  # noqa: PTH208 (names only, once a second)
        except OSError:
            return
        for name in names:
            if name.isdigit():
                process = process_stat(name, self._proc)
                if process is not None:
                    yield process


def _already_seen(before: dict[int, ProcessStat], now: dict[int, ProcessStat]) -> dict[int, float]:
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


def _since(process: ProcessStat, before: ProcessStat | None, seen_s: float) -> float:
    if before is None or before.key != process.key:
        own_s, children_s = process.own_s, process.children_s
    else:
        own_s, children_s = process.own_s - before.own_s, process.children_s - before.children_s
    return max(0.0, own_s) + max(0.0, children_s - seen_s)
