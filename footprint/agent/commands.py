"""Commands of the administrator that say which process or group belongs to which application.

Each is run in its own thread, rarely, with a timeout and a bounded output: a slow or hanging command never
delays a sample. Lines: "PID CODE" or "/cgroup/path CODE"; others are counted. A command that fails leaves its
last answer in force.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from collectors.records import Notice
from collectors.rules import RuleCommand, is_code

LONGEST_OUTPUT = 1 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said: codes by group and by process number, lines not understood, when (s since boot)."""

    groups: dict[str, str] = field(default_factory=dict)
    pids: dict[int, str] = field(default_factory=dict)
    refused: int = 0
    at_s: float = 0.0


class Commands:
    """Runs the commands; `answers` holds the last answer of each that gave one."""

    def __init__(self, commands: Sequence[RuleCommand]) -> None:
        self.answers: dict[int, Answer] = {}
        self.version = 0
        self._notices: dict[tuple[str, int, str], Notice] = {}
        self._stop = threading.Event()
        for number, command in enumerate(commands):
            threading.Thread(target=self._follow, args=(number, command), daemon=True).start()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What went wrong so far, once for each command and reason."""
        return tuple(self._notices.copy().values())

    def close(self) -> None:
        """Ask no more."""
        self._stop.set()

    def _follow(self, number: int, command: RuleCommand) -> None:
        while not self._stop.is_set():
            answer = self._ask(number, command)
            if answer is not None:
                self.answers[number] = answer
                self.version += 1
            self._stop.wait(command.every_s)

    def _ask(self, number: int, command: RuleCommand) -> Answer | None:
        at_s = boot_s()
        try:
            output = ask(command)
        except (OSError, ValueError) as error:
            self._note(_failed(number + 1, _reason(error)), number, _reason(error))
            return None
        answer = read_answer(output, at_s)
        if answer.refused:
            self._note(_refused(number + 1, answer.refused), number)
        return answer

    def _note(self, notice: Notice, number: int, reason: str = "") -> None:
        """Keep a notice, once for each command and reason: what it counts may change each time."""
        self._notices.setdefault((notice.code, number, reason), notice)


def read_answer(output: str, at_s: float = 0.0) -> Answer:
    """Codes by group and process from the lines of a command."""
    groups: dict[str, str] = {}
    pids: dict[int, str] = {}
    refused = 0
    for line in output.splitlines():
        subject, _, code = line.strip().partition(" ")
        code = code.strip()
        if not subject:
            continue
        if is_code(code) and subject.startswith("/"):
            groups[subject.rstrip("/")] = code
        elif is_code(code) and subject.isdecimal() and len(subject) < 12:
            pids[int(subject)] = code
        else:
            refused += 1
    return Answer(groups, pids, refused, at_s)


def ask(command: RuleCommand) -> str:
    """The output of a command. Raises OSError when it can't be run, is too slow (TimeoutError) or talks too
    much, or ends badly."""
    process = subprocess.Popen(
        command.argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        data = _output(process, time.monotonic() + command.timeout_s)
    finally:
        # Its whole group: what it may have left behind would live as long as the agent.
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
        if process.stdout:
            process.stdout.close()
    if status not in (0, -signal.SIGKILL):
        raise OSError(f"exit status {status}")
    return data.decode("utf-8", "replace")


def boot_s() -> float:
    """Seconds since the host's start, the clock processes' beginnings are told in."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _output(process: subprocess.Popen[bytes], until: float) -> bytes:
    assert process.stdout is not None
    data = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, until - time.monotonic())):
                raise TimeoutError
            more = os.read(process.stdout.fileno(), 65536)
            if not more:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, until - time.monotonic()))
                return data
            data += more
            if len(data) > LONGEST_OUTPUT:
                raise OSError("too long")


def _reason(error: Exception) -> str:
    """Why a command gave nothing, without the paths an error may hold: notices are kept in records."""
    said = getattr(error, "strerror", None) or next(iter(error.args), None)
    return str(said or type(error).__name__)


def _failed(number: int, reason: str) -> Notice:
    return Notice(
        "commande_regles_echec",
        f"La commande {number} des règles n'a pas répondu ({reason}) ; sa dernière réponse reste en vigueur.",
        f"Command {number} of the rules gave no answer ({reason}); its last answer stays in force.",
    )


def _refused(number: int, lines: int) -> Notice:
    return Notice(
        "commande_regles_lignes",
        f"La commande {number} des règles a écrit {lines} lignes non comprises ; attendu : « PID CODE » ou "
        "« /groupe CODE ».",
        f"Command {number} of the rules wrote {lines} lines that are not understood; expected: “PID CODE” or "
        "“/cgroup CODE”.",
    )
