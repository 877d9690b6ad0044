"""Processor time by application: groups first, processes where a rule or a command asks for them.

A group's application is the first of: what a command said of it, the first rule its labels match, its parent's.
A process is looked at when rules name processes, when there are commands, or when the host shows no groups; its
own application then takes its time away from that of its group.
"""

from __future__ import annotations

from pathlib import Path

from collectors.cgroups import Groups, Names, find_hierarchy, group_of, labels_of
from collectors.process_stat import ProcessStat
from collectors.records import Notice
from collectors.rules import Rules
from footprint.agent.commands import Commands
from footprint.agent.processes import ProcessTimes

_FORGET_EVERY = 60
"""Looks between two fresh starts: names of pods, groups a process has moved to."""


class ApplicationTimes:
    """Shares the host's processor time by rules; `root`: where /proc and the groups are found."""

    def __init__(self, rules: Rules, root: Path = Path("/")) -> None:
        self._rules = rules
        self._root = root
        any_rule = bool(rules.rules or rules.commands)
        self._hierarchy = find_hierarchy(root) if any_rule else None
        self._groups = Groups(self._hierarchy) if self._hierarchy else None
        self._names = Names(root)
        self._commands = Commands(rules.commands)
        by_process = "process" in rules.keys or bool(rules.commands) or self._groups is None
        self._processes = ProcessTimes(root) if any_rule and by_process else None
        self._codes: dict[str, str | None] = {"": None}
        self._process_codes: dict[tuple[int, float], tuple[str, str, str | None]] = {}
        self._version = 0
        self._looks = 0

    def spent(self) -> dict[str, float]:
        """Processor seconds by application since the last call."""
        if self._looks % _FORGET_EVERY == 0 or self._version != self._commands.version:
            self._version = self._commands.version
            self._names.refresh()
            self._codes, self._process_codes = {"": None}, {}
        self._looks += 1
        by_group = self._groups.spent() if self._groups else {}
        codes: dict[str, float] = {}
        if self._processes:
            self._count_processes(self._processes.spent(), by_group, codes)
        for path, seconds in by_group.items():
            code = self._code(path)
            if code is not None:
                codes[code] = codes.get(code, 0.0) + seconds
        return codes

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the commands have to say."""
        return self._commands.notices

    def close(self) -> None:
        """Stop the commands."""
        self._commands.close()

    def _count_processes(
        self, spent: list[tuple[ProcessStat, float]], by_group: dict[str, float], codes: dict[str, float]
    ) -> None:
        living = {}
        for process, seconds in spent:
            known = self._process_codes.get(process.key)
            if known is None or known[0] != process.name:
                known = self._described(process)
            living[process.key] = known
            _, path, code = known
            # A group too deep to be followed spends its time in the nearest above it that is.
            while path and path not in by_group:
                path = path.rpartition("/")[0]
            if code is None or (path in by_group and code == self._code(path)):
                continue  # nobody's, or counted by its group already
            codes[code] = codes.get(code, 0.0) + seconds
            if path in by_group:
                by_group[path] = max(0.0, by_group[path] - seconds)
        self._process_codes = living

    def _described(self, process: ProcessStat) -> tuple[str, str, str | None]:
        """Name, group and application of a process."""
        version = self._hierarchy.version if self._hierarchy else None
        path = (group_of(process.pid, version, self._root) or "").rstrip("/")
        for answer in self._commands.answers.copy().values():
            # A process born after the answer has only taken the number of another.
            if process.pid in answer.pids and process.start_s <= answer.at_s:
                return process.name, path, answer.pids[process.pid]
        labels = {**labels_of(path, self._names), "process": process.name}
        return process.name, path, self._asked(path) or self._rules.application(labels) or self._code(path)

    def _code(self, path: str) -> str | None:
        if path not in self._codes:
            code = self._asked(path) or self._rules.application(labels_of(path, self._names))
            self._codes[path] = code or self._code(path.rpartition("/")[0])
        return self._codes[path]

    def _asked(self, path: str) -> str | None:
        """What the commands said of a group."""
        found = (answer.groups.get(path) for answer in self._commands.answers.copy().values())
        return next((code for code in found if code), None)
