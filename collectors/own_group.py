"""Processor time of a run by the control group it has to itself: a container, a systemd unit or scope.

A group counts every process it ever held: those that finished, that detached from their parent, that were
born and died between two looks. It is used only when, as the run begins, nobody else is in it but the run's
ancestors (a container's init, the shell that started it) and the recorder, whose own time is taken off; it is
dropped as soon as somebody comes in from outside.
Kernel documentation: admin-guide/cgroup-v2 (cpu.stat, cgroup.procs), admin-guide/cgroup-v1/cpuacct.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from collectors.cgroups import Hierarchy, group_of, mounted, usage_s
from collectors.process_stat import process_stat

_ROOT_OF_ALL = {1: "release_agent", 2: "cgroup.type"}
"""A file only the root of all groups has (version 1), or only the others have (version 2)."""


class OwnGroup:
    """The control group that holds a run and nothing else."""

    def __init__(self, folder: Path, version: int, members: Collection[int], root: Path = Path("/")) -> None:
        """`members`: processes of the run, as it begins."""
        self._ancestors: set[int] = set()
        self._inside: set[int] = set()
        self._spent_s: dict[int, float] = {}
        self._folder, self._version, self._proc = folder, version, str(root / "proc")
        self._base_s: float | None = None
        self._ancestors = {pid for member in members for pid in self._above(member)} - set(members)
        self.exclusive = self._foreigners(members) == set()

    def seconds(self, members: Collection[int], tree_s: float) -> float | None:
        """Processor seconds of the run, None when the group can't tell.

        `members`, `tree_s`: its processes and seconds as the process tree knows them; at the first call they
        are the origin.
        """
        if not self.exclusive:
            return None
        used = usage_s(str(self._folder), 1 if self._version == 1 else 2)
        if used is None or any(self._from_outside(pid) for pid in self._foreigners(members)):
            self.exclusive = False
            return None
        used -= _own_s() + sum(self._self_s(pid) for pid in self._ancestors)
        if self._base_s is None:
            self._base_s = used - tree_s
        return used - self._base_s

    def _foreigners(self, members: Collection[int]) -> set[int]:
        pids: set[int] = set()
        for file in (self._folder / "cgroup.procs", *self._folder.glob("**/cgroup.procs")):
            try:
                pids.update(int(line) for line in file.read_text(encoding="ascii").split())
            except (OSError, ValueError):
                continue
        self._inside = pids
        return pids - set(members) - self._ancestors - {os.getpid()}

    def _from_outside(self, pid: int) -> bool:
        """Whether a process is none of the run's.

        Its parent is out of sight (0: `docker exec`), or an ancestor of the run; init excepted, to whom the
        run's orphans go.
        """
        stat = process_stat(pid, self._proc)
        return stat is not None and (stat.parent == 0 or stat.parent in self._ancestors - {1})

    def _above(self, pid: int) -> list[int]:
        """Ancestors of a process, up to where they are out of sight."""
        found: list[int] = []
        stat = process_stat(pid, self._proc)
        while stat is not None and stat.parent > 0 and stat.parent not in found:
            found.append(stat.parent)
            stat = process_stat(stat.parent, self._proc)
        return found

    def _self_s(self, pid: int) -> float:
        stat = process_stat(pid, self._proc)
        if stat is not None and pid in self._inside:
            self._spent_s[pid] = stat.own_s
        return self._spent_s.get(pid, 0.0)


def own_group(pid: int, members: Collection[int], root: Path = Path("/")) -> OwnGroup | None:
    """The group of `pid` when it holds the run's `members` alone, version 2 first; None otherwise."""
    for hierarchy in sorted(mounted(root), key=lambda found: -found.version):
        folder = _folder(hierarchy, pid, root)
        if folder is None or usage_s(str(folder), hierarchy.version) is None:
            continue
        group = OwnGroup(folder, hierarchy.version, members, root)
        if group.exclusive:
            return group
    return None


def _folder(hierarchy: Hierarchy, pid: int, root: Path) -> Path | None:
    """The folder of the group of `pid`, None for the root of all groups, which is the whole machine."""
    path = group_of(pid, hierarchy.version, root)
    if path is None or ".." in path.split("/"):
        return None
    folder = Path(f"{hierarchy.mount}{path}")
    marked = (folder / _ROOT_OF_ALL[hierarchy.version]).exists()
    whole_machine = marked if hierarchy.version == 1 else not marked
    return None if whole_machine else folder


def _own_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
