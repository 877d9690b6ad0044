"""`footprint run … -- command`: measure any command, and let it behave as if it were alone.

Its input and outputs are untouched, signals reach it, and its exit status is handed over, death by a
signal included. The result is one line on the error output.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from footprint.measuring import Run, measure
from footprint.texts import say

NOT_FOUND, NOT_EXECUTABLE = 127, 126
_FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_RESET_IN_CHILD = (signal.SIGPIPE, signal.SIGXFSZ)
"""Python ignores these; a command must find them as a shell would give them."""


def run_command(
    argv: Sequence[str],
    application: str,
    model: str | None = None,
    phase: str | None = None,
    *,
    zone: str | None = None,
    functional_act: str | None = None,
    requests: int | None = None,
    home: Path | None = None,
) -> int:
    """Run `argv` (found on the PATH) while measuring it; returns its exit code.

    127: no such command; 126: it cannot be executed. When the command died by a signal, this process dies
    by the same one, so that the caller sees what it would have seen; should that not work: 128 + signal.
    """
    run = measure(
        application, model, phase,
        zone=zone, functional_act=functional_act, requests=requests, home=home,
    ).start()  # fmt: skip
    watched = [getattr(signal, name) for name in (*_FORWARDED, "SIGCHLD")]
    # Watched signals wait for sigwait: none is lost between the start of the command and its end.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    try:
        child = os.posix_spawnp(
            argv[0], list(argv), os.environ, setsigmask=before, setsigdef=_RESET_IN_CHILD
        )  # fmt: skip
    except OSError as error:
        run.stop(complete=False)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        missing = isinstance(error, FileNotFoundError)
        _tell(_not_started(argv[0], missing))
        return NOT_FOUND if missing else NOT_EXECUTABLE
    status = _wait(child, watched)
    code = os.waitstatus_to_exitcode(status)
    run.stop(complete=code == 0)
    _print(run)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return code if code >= 0 else _die_like(-code)


def _wait(child: int, watched: Sequence[signal.Signals]) -> int:
    """Wait for the command, passing signals on; its wait status."""
    while True:
        number, by_terminal = _next_signal(watched)
        if number == signal.SIGCHLD:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return status
        elif not by_terminal:
            os.kill(child, number)


def _next_signal(watched: Sequence[signal.Signals]) -> tuple[int, bool]:
    """The next signal, and whether a terminal sent it (then the command has it already)."""
    if hasattr(signal, "sigwaitinfo"):
        info = signal.sigwaitinfo(watched)
        return info.si_signo, info.si_code > 0
    number = signal.sigwait(watched)  # macOS: who sent it is not told
    return number, number in (signal.SIGINT, signal.SIGQUIT) and sys.stdin.isatty()


def _die_like(number: int) -> int:
    """End this process by the signal that ended the command, without a second core file."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.flush()
    sys.stderr.flush()
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    return 128 + number


def _print(run: Run) -> None:
    _tell(str(run))
    for warning in run.warnings:
        _tell(str(warning))


def _tell(text: str) -> None:
    print(f"footprint: {text}", file=sys.stderr, flush=True)


def _not_started(command: str, missing: bool) -> str:
    if missing:
        return say(f"commande introuvable : {command}", f"command not found: {command}")
    return say(f"commande non exécutable : {command}", f"command not executable: {command}")
