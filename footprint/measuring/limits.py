"""Limits of a run. Budgets: a warning at 80 %, and at 100 % a mark or a signal. Stopping a command whole."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from collectors.records import Notice
from footprint.texts import say

if TYPE_CHECKING:
    from psutil import Process

WARNING_SHARE = 0.8
MARK = "mark"
_STOP = "SIGTERM"
PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
"""Signals that `footprint run` passes on to its command: the only ones its budget can ask for."""
_WORDS_ONLY = (signal.SIGUSR1, signal.SIGUSR2)
"""A budget that asks for one of these says a word to the command, and stops nothing."""
GRACE_S = 10.0
"""What a stopped command has to end by itself (to save its work) before SIGKILL."""
_RECORDER = "measuring/bootstrap.py"


class Limits(NamedTuple):
    """Energy in kWh and carbon in kgCO2e a run may use, and what then: "mark", "stop" or a signal's name."""

    budget_kwh: float | None = None
    budget_kgco2e: float | None = None
    on_budget: str = MARK

    def share(self, kwh: float, kgco2e: float | None) -> float | None:
        """Part of the budget used, the larger of the two; None without a budget that can be told."""
        shares = [
            used / limit
            for used, limit in ((kwh, self.budget_kwh), (kgco2e, self.budget_kgco2e))
            if limit is not None and used is not None
        ]
        return max(shares, default=None)

    @property
    def signal(self) -> int | None:
        """The signal to send when the budget is used up, None to mark only."""
        if self.on_budget == MARK:
            return None
        name = _STOP if self.on_budget == "stop" else self.on_budget
        return getattr(signal, name, None)


def checked(limits: Limits) -> tuple[Limits, tuple[Notice, ...]]:
    """The limits that make sense, and what is said of the others; a wrong budget never stops a run."""
    notices = []
    values: dict[str, float | None] = {}
    for name in ("budget_kwh", "budget_kgco2e"):
        value = getattr(limits, name)
        right = value is None or (
            isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf
        )
        values[name] = value if right else None
        if not right:
            notices.append(_refused(name, value))
    what = limits.on_budget
    names = {MARK, "stop", *(each.name for each in signal.Signals)}
    if what not in names:
        notices.append(_refused("on_budget", what))
        what = MARK
    return Limits(values["budget_kwh"], values["budget_kgco2e"], what), tuple(notices)


def refusal(limits: Limits) -> tuple[str, str] | None:
    """The first limit that `footprint run` can't keep: the name of its option, and what to do; None: all are good."""
    names = ("stop", MARK, *PASSED_ON)
    if limits.on_budget not in names:
        # Any other signal would end footprint instead of reaching the command.
        accepted = ", ".join(names)
        return "--on-budget", say(
            f"« {limits.on_budget} » : donnez l'un de {accepted}.",
            f"“{limits.on_budget}”: give one of {accepted}.",
        )
    kept, _ = checked(limits)
    for name, unit in (("budget_kwh", "kWh"), ("budget_kgco2e", "kgCO2e")):
        value = getattr(limits, name)
        if value is not None and getattr(kept, name) is None:
            option = "--" + name.replace("_", "-")
            return option, say(
                f"{value} : donnez un nombre positif de {unit}.",
                f"{value}: give a positive number of {unit}.",
            )
    return None


def nearly_used(limits: Limits) -> Notice:
    """80 % of the budget is used."""
    return Notice(
        "budget_80",
        f"80 % du budget ({_french(limits)}) est utilisé.",
        f"80 % of the budget ({_text(limits)}) is used.",
    )


def used_up(limits: Limits) -> Notice:
    """The budget is used up."""
    if limits.signal is None:
        fr, en = "la mesure continue", "measuring goes on"
    else:
        name = signal.Signals(limits.signal).name
        fr, en = f"arrêt demandé ({name})", f"asked to stop ({name})"
    return Notice(
        "budget_depasse",
        f"Le budget ({_french(limits)}) est dépassé : {fr}.",
        f"The budget ({_text(limits)}) is exceeded: {en}.",
    )


def no_factor() -> Notice:
    """A carbon budget can't be followed without an electricity factor."""
    return Notice(
        "budget_carbone_ignore",
        "Le budget en kgCO2e ne peut pas être suivi : pas de facteur d'électricité pour cette zone.",
        "The kgCO2e budget can't be followed: no electricity factor for this zone.",
    )


def _text(limits: Limits) -> str:
    parts = ((limits.budget_kwh, "kWh"), (limits.budget_kgco2e, "kgCO2e"))
    return ", ".join(f"{value:g} {unit}" for value, unit in parts if value is not None)


def _french(limits: Limits) -> str:
    return _text(limits).replace(".", ",")


def _refused(name: str, value: object) -> Notice:
    return Notice(
        "budget_refuse",
        f"{name} = {value!r} refusé : donnez un nombre positif, ou « mark », « stop », SIGINT… ; sans effet.",
        f"{name} = {value!r} refused: give a positive number, or “mark”, “stop”, SIGINT…; no effect.",
    )


def stops_by(on_budget: object) -> int | None:
    """The signal by which a used up budget stops a command, None when it does not."""
    number = checked(Limits(on_budget=str(on_budget)))[0].signal
    return None if number in _WORDS_ONLY else number


class Stop:
    """A command and all that it started, asked to stop, then killed once GRACE_S is over."""

    def __init__(self, child: int, number: int) -> None:
        """Send signal `number` to `child`, a child of this process not waited for yet, and to all it started."""
        from psutil import Error, Process

        self.killed = False
        self._due = time.monotonic() + GRACE_S
        self._since = time.time()
        with suppress(Error):
            self._since = Process(child).create_time()
        self._asked = _started(self._since)
        self.reached = _send(self._asked, number)
        """Whether anybody could be signalled; not so, for one, when the command changed its user."""

    def over(self) -> bool:
        """Whether nothing is left to wait for besides the command itself."""
        return self.killed or not _living(self._asked)

    def insist(self) -> bool:
        """Kill what still lives once GRACE_S is over; whether this just happened for the first time."""
        if time.monotonic() < self._due:
            return False
        # What was started since, and what left the tree since.
        left = _living({*self._asked, *_started(self._since)})
        first = _send(left, signal.SIGKILL) and not self.killed
        self.killed = True
        return first


def is_recorder(pid: int) -> bool:
    """Whether that process is a recorder."""
    from psutil import Error, Process

    try:
        return _records(Process(pid))
    except (Error, ValueError):
        return False


def _started(since: float) -> list[Process]:
    """Children of this process born since then (the command, and orphans it left to us), with their descendants,
    parents first: a shell must not go on to its next command. Recorders are left to write the end of theirs."""
    from psutil import Error, Process

    found: list[Process] = []
    with suppress(Error):
        for child in Process().children():
            with suppress(Error):
                if child.create_time() >= since:
                    found += [child, *child.children(recursive=True)]
    return [process for process in found if not _records(process)]


def _records(process: Process) -> bool:
    from psutil import Error

    with suppress(Error):
        return any(argument.endswith(_RECORDER) for argument in process.cmdline())
    return False


def _living(processes: Sequence[Process] | set[Process]) -> list[Process]:
    from psutil import STATUS_ZOMBIE, Error

    found = []
    for process in processes:
        with suppress(Error):
            if process.is_running() and process.status() != STATUS_ZOMBIE:
                found.append(process)
    return found


def _send(processes: Sequence[Process], number: int) -> bool:
    """Send a signal, never to another process that took the number of one; whether any received it."""
    from psutil import Error

    reached = False
    for process in processes:
        with suppress(Error, OSError):
            process.send_signal(number)
            reached = True
    return reached


def killed() -> str:
    """The command was killed."""
    return say(
        f"{GRACE_S:g} s après la demande d'arrêt, la commande vivait encore : SIGKILL.",
        f"{GRACE_S:g} s after it was asked to stop, the command still lived: SIGKILL.",
    )


def unstoppable() -> str:
    """The command is not ours to stop."""
    return say(
        "arrêt impossible : la commande a changé d'utilisateur ; arrêtez-la vous-même. La mesure continue.",
        "can't stop the command: it changed its user; stop it yourself. Measuring goes on.",
    )
