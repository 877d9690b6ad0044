"""Processor seconds of a process and all its descendants, those that finished included."""

from __future__ import annotations

import os
from contextlib import suppress

import psutil

from collectors.finished import Finished
from collectors.own_group import OwnGroup
from collectors.process_stat import RECORDER_NAME, ProcessStat, process_stat

_RESCAN_EVERY = 60
"""Updates between two full scans: a process number reused by a descendant is found again then."""
_LOADAVG = "/proc/loadavg"
_DIPS_BEFORE_LOST = 3
"""A total below its best for this many updates has truly lost a process that nobody waited for."""


class ProcessTree:
    """Follows a tree of processes; `cpu_s` never decreases.

    The system adds a finished child's time to the parent that waits for it, so the sum over live
    members of own and finished children's time keeps every second. Two exceptions are mended: a child
    read between its end and its parent's wait (the total dips once: the highest value stands), and one
    that nobody waits for (the dip lasts: what was lost is added back).
    """

    def __init__(
        self,
        pid: int,
        *,
        baseline_s: float | None = None,
        since: float | None = None,
        outlived: bool = False,
        group: OwnGroup | None = None,
    ) -> None:
        """Follow `pid`; when it is already gone, `alive` is False and nothing will ever be counted.

        `baseline_s`: processor seconds of the root, finished children included, when the run began
        (None: those read now). `since`: creation time (psutil's clock) from which a descendant is part
        of the run; an older one counts only for what it spends from its first sight on. `outlived`: the run
        goes on, root gone, as long as a descendant lives (a command whose wrapper was killed). `group`: the
        control group the run has to itself, which misses nothing.
        """
        self.cpu_s = 0.0
        self.alive = True
        self._since = since
        self.outlived = outlived
        self.group = group
        self._members: dict[int, psutil.Process] = {}
        self._recorders: dict[int, float] = {}
        self._recorders_s = 0.0
        self._last: dict[int, ProcessStat] = {}
        self._finished = Finished()
        self._strangers: set[int] = {os.getpid()}
        self._updates = 0
        self._newest: bytes | None = None
        self._dips = 0
        self._lost_s = 0.0
        self._baseline_s = baseline_s or 0.0
        self._root: psutil.Process | None = None
        try:
            self._root = psutil.Process(pid)
            if baseline_s is None:
                self._baseline_s = _spent(_seen(self._root))
            self._members[pid] = self._root
        except psutil.Error:
            self.alive = False

    def update(self, floor_s: float = 0.0) -> bool:
        """Read the tree; True while the root lives. `floor_s`: seconds known to be spent by other means."""
        self._discover()
        self._leave_out_recorders()
        spent, living = self._sum()
        total = spent - self._baseline_s + self._lost_s
        self.alive = bool(living) if self.outlived else self._root in living
        if total >= self.cpu_s:
            self.cpu_s, self._dips = total, 0
        elif self.alive:
            self._dips += 1
            if self._dips >= _DIPS_BEFORE_LOST:
                self._lost_s += self.cpu_s - total
                self._dips = 0
        ours = self._recorders.keys() | self.pids
        grouped = self.group.seconds(ours, self.cpu_s) if self.group is not None else None
        if grouped is not None:
            grouped -= self._recorders_s + sum(self._recorders.values())
        self.cpu_s = max(self.cpu_s, floor_s, grouped or 0.0)
        return self.alive

    def lives(self) -> bool:
        """Whether the root is there and has not ended (a zombie has)."""
        with suppress(psutil.Error):
            return self._root is not None and _seen(self._root).lives
        return False

    def _sum(self) -> tuple[float, list[psutil.Process]]:
        """Seconds of all members; those that live. A member whose number went to another process is dropped."""
        before, now = self._last, dict[int, ProcessStat]()
        gone: dict[int, ProcessStat] = {}
        # Parents before children: a child that ends in between makes the total dip, never jump.
        for pid, process in list(self._members.items()):
            last = before.get(pid)
            try:
                stat = _seen(process)
                if last is not None and _spent(stat) < _spent(last) and not process.is_running():
                    raise psutil.NoSuchProcess(pid)
            except psutil.Error:
                del self._members[pid]
                gone |= {pid: last} if last is not None else {}
                continue
            if stat.name == RECORDER_NAME:  # it took its name since it was adopted
                del self._members[pid]
                self._recorders[pid] = _spent(stat)
                self._strangers.add(pid)
                continue
            now[pid] = stat
        self._lost_s += self._finished.lost_s(before, now, gone)
        self._last = now
        living = [self._members[pid] for pid, stat in now.items() if stat.lives]
        return sum(map(_spent, now.values())), living

    def _leave_out_recorders(self) -> None:
        """Follow the recorders of runs inside this one: once ended, what they spent joins their parent's."""
        for pid, seen_s in list(self._recorders.items()):
            stat = process_stat(pid)
            if stat is None or stat.name != RECORDER_NAME:
                del self._recorders[pid]
                self._recorders_s += seen_s
                self._baseline_s += seen_s
            else:
                self._recorders[pid] = stat.own_s + stat.children_s

    @property
    def pids(self) -> frozenset[int]:
        """Numbers of the root and of its descendants, as last seen."""
        return frozenset(self._members)

    def signal(self, number: int) -> None:
        """Send a signal to the root, or to those it left behind; never to another that took their number."""
        for process in [self._root] if self._root is not None and self.lives() else self._members.values():
            with suppress(psutil.Error):
                process.send_signal(number)

    def _discover(self) -> None:
        self._updates += 1
        rescan = self._updates % _RESCAN_EVERY == 0
        newest = _newest_process()
        if newest is not None and newest == self._newest and not rescan:
            return  # nothing was born since
        self._newest = newest
        pids = set(psutil.pids())
        if rescan:
            self._strangers = {os.getpid()}
        self._strangers &= pids
        unknown = {
            pid: parent
            for pid in pids - self._strangers - self._members.keys()
            if (parent := _parent(pid)) is not None
        }
        found = True
        while found:
            found = False
            for pid, parent in sorted(unknown.items()):
                if parent in self._members and self._adopt(pid):
                    found = True
                    del unknown[pid]
        self._strangers.update(unknown)

    def _adopt(self, pid: int) -> bool:
        stat = process_stat(pid) if psutil.LINUX else None
        if stat is not None and stat.name == RECORDER_NAME:
            self._recorders[pid] = stat.own_s + stat.children_s
            self._strangers.add(pid)
            return False
        try:
            process = psutil.Process(pid)
            if self._since is not None and process.create_time() < self._since:
                self._baseline_s += _spent(_seen(process))
        except psutil.Error:
            return False
        self._members[pid] = process
        return True


def _newest_process() -> bytes | None:
    """Number of the last process or thread born (Linux); None where the system does not tell."""
    try:
        with open(_LOADAVG, "rb", buffering=0) as file:  # noqa: PTH123 (once a second)
            return file.read(256).split()[-1]
    except (OSError, IndexError):
        return None


def _seen(process: psutil.Process) -> ProcessStat:
    """A process as it is now. Raises psutil.Error."""
    if psutil.LINUX:
        # Read once, and by hand: psutil opens the file for each question.
        stat = process_stat(process.pid)
        if stat is None:
            raise psutil.NoSuchProcess(process.pid)
        return stat
    times = process.cpu_times()
    children = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    own, lives = float(times.user + times.system), process.status() != psutil.STATUS_ZOMBIE
    return ProcessStat(process.pid, process.create_time(), "", process.ppid(), own, children, lives)


def _spent(stat: ProcessStat) -> float:
    """Processor seconds of a process and of its finished children."""
    return stat.own_s + stat.children_s


def _parent(pid: int) -> int | None:
    if psutil.LINUX:
        stat = process_stat(pid)
        return stat.parent if stat is not None else None
    try:
        return int(psutil.Process(pid).ppid())
    except psutil.Error:
        return None
