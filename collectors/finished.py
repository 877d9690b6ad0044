"""Processes of a tree that ended: what the system did not add to a parent.

The time of a finished child joins that of the parent that waits for it. Nobody waits where SIGCHLD is
ignored, or where the parent died first: that time would vanish from the sum of the living.
"""

from __future__ import annotations

from collections.abc import Mapping

from collectors.process_stat import ProcessStat

Stats = Mapping[int, ProcessStat]


class Finished:
    """Compares what was seen of the processes that ended with what their nearest living ancestor gained.

    One look later: a parent may have been read just before it waited.
    """

    def __init__(self) -> None:
        self._awaited: dict[int, tuple[float, float]] = {}
        """Ancestor -> seconds its children must gain, and what they were before."""

    def lost_s(self, before: Stats, now: Stats, gone: Stats) -> float:
        """Seconds that ended with nobody to wait for them. `before`, `now`: the tree at the last two looks;
        `gone`: members of `before` that are in `now` no more."""
        lost, still_due = 0.0, {pid: stat.own_s + stat.children_s for pid, stat in gone.items()}
        for pid, (due, children_s) in self._awaited.items():
            seen = now.get(pid) or gone.get(pid)
            missing = max(0.0, due - (seen.children_s - children_s)) if seen is not None else due
            if pid in gone:
                still_due[pid] += missing  # its own parent may have got it since
            else:
                lost += missing
        self._awaited = {}
        for pid, due in still_due.items():
            above = gone[pid].parent
            while above not in now and above in gone:
                above = gone[above].parent
            if above in now and above in before:
                expected, _ = self._awaited.get(above, (0.0, 0.0))
                self._awaited[above] = (expected + due, before[above].children_s)
            else:
                lost += due
        return lost
