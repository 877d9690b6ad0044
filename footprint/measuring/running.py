"""`footprint run … -- command`: measure any command, and let it behave as if it were alone.

Its input and outputs are untouched, signals reach it, and its exit status is handed over, death by a
signal included. The result is one line on the error output; in a terminal, another at the bottom shows the
run as it goes. With an estimate, the command is stopped once enough was seen, and the whole is foretold.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from footprint.formats import percent
from footprint.home import home as default_home
from footprint.home import spool_dir
from footprint.measuring import Run, measure
from footprint.measuring.estimate import Estimate
from footprint.measuring.limits import WARNING_SHARE
from footprint.measuring.live_line import LiveLine, words
from footprint.measuring.nesting import OUTER_RUN, PROGRESS_SUFFIX
from footprint.texts import say

NOT_FOUND, NOT_EXECUTABLE = 127, 126
_FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_OURS = ("SIGCHLD", "SIGWINCH")
_RESET_IN_CHILD = (signal.SIGPIPE, signal.SIGXFSZ)
"""Python ignores these; a command must find them as a shell would give them."""
_TICK_S = 1.0
_PR_SET_CHILD_SUBREAPER = 36


def run_command(
    argv: Sequence[str],
    application: str,
    model: str | None = None,
    phase: str | None = None,
    *,
    estimate: Estimate | None = None,
    live: bool = True,
    home: Path | None = None,
    **options: Any,
) -> int:
    """Run `argv` (found on the PATH) while measuring it; returns its exit code.

    `estimate`: stop after so much and foretell the whole; `live`: a line at the bottom of a terminal;
    `options`: those of `measure`. 127: no such command; 126: it cannot be executed. When the command died
    by a signal, this process dies by the same one, so that the caller sees what it would have seen; should
    that not work: 128 + signal. A command stopped by its estimate ends with 0.
    """
    run = measure(application, model, phase, home=home, **options)
    run.outlived = True
    run.start()
    told = spool_dir(home or default_home()).expanduser().absolute() / f"{run.run_id}{PROGRESS_SUFFIX}"
    watched = [getattr(signal, name) for name in (*_FORWARDED, *_OURS)]
    # Watched signals wait for sigwait: none is lost between the start of the command and its end.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    _adopt_orphans()
    try:
        child = os.posix_spawnp(
            argv[0], list(argv), {**os.environ, OUTER_RUN: str(told)}, setsigmask=before,
            setsigdef=_RESET_IN_CHILD,
        )  # fmt: skip
    except OSError as error:
        run.stop(complete=False)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        missing = isinstance(error, FileNotFoundError)
        _tell(_not_started(argv[0], missing))
        return NOT_FOUND if missing else NOT_EXECUTABLE
    watch = _Watch(run, child, LiveLine.of_terminal() if live else None, estimate)
    try:
        status = watch.wait(watched)
    finally:
        watch.close()
        told.unlink(missing_ok=True)
    code = os.waitstatus_to_exitcode(status)
    run.stop(complete=code == 0 and not watch.cut_short)
    _print(run, watch.said)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if watch.cut_short:
        return 0
    return code if code >= 0 else _die_like(-code)


class _Watch:
    """Waits for the command, passes signals on, and once a second looks how the run goes."""

    def __init__(self, run: Run, child: int, line: LiveLine | None, estimate: Estimate | None) -> None:
        self.cut_short = False
        self.said: set[str] = set()
        self._run, self._child, self._line, self._estimate = run, child, line, estimate
        self._began = time.monotonic()
        self._asks = line is not None or estimate is not None or run.has_budget
        if estimate is not None and estimate.total is not None:
            run.progress(0.0, estimate.total)

    def wait(self, watched: Sequence[signal.Signals]) -> int:
        """Wait status of the command."""
        due = time.monotonic() + _TICK_S
        while True:
            number, by_terminal = _next_signal(watched, due - time.monotonic() if self._asks else None)
            if self._asks and time.monotonic() >= due:
                self._look()
                due = time.monotonic() + _TICK_S
            if number == signal.SIGCHLD:
                status = self._reap()
                if status is not None:
                    return status
            elif number == signal.SIGWINCH:
                if self._line is not None:
                    self._line.resize()
            elif number and not by_terminal:
                os.kill(self._child, number)

    def close(self) -> None:
        """Give the terminal back."""
        if self._line is not None:
            self._line.close()

    def _reap(self) -> int | None:
        """Reap what ended, orphans of the command included; the command's status when it is among them."""
        while True:
            try:
                ended, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return None
            if ended == self._child:
                return status
            if ended == 0:
                return None

    def _look(self) -> None:
        if self._estimate is not None and self._estimate.in_seconds and self._estimate.total is not None:
            self._run.progress(time.monotonic() - self._began, self._estimate.total)
        seen = self._run.now()
        if seen is None:
            return
        if self._line is not None:
            self._line.show(words(self._run, seen))
        if seen.budget is not None and seen.budget >= WARNING_SHARE:
            self._say("budget_80", _budget_words(seen.budget))
        if self._estimate is not None and not self.cut_short and self._estimate.reached(seen):
            self.cut_short = True
            self._say("estimate", self._estimate.sentence(seen))
            os.kill(self._child, signal.SIGTERM)

    def _say(self, code: str, text: str) -> None:
        if code not in self.said:
            self.said.add(code)
            if self._line is not None:
                self._line.hide()
            _tell(text)


def _adopt_orphans() -> None:
    """Make this process the parent of the command's orphans (Linux), so that they stay in its tree."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (OSError, AttributeError):
        return


def _next_signal(watched: Sequence[signal.Signals], timeout_s: float | None) -> tuple[int, bool]:
    """The next signal (0 when none came in time), and whether a terminal sent it (the command has it)."""
    if hasattr(signal, "sigtimedwait"):
        if timeout_s is None:
            info = signal.sigwaitinfo(watched)
        else:
            found = signal.sigtimedwait(watched, max(0.0, timeout_s))
            if found is None:
                return 0, False
            info = found
        return info.si_signo, info.si_code > 0
    number = signal.sigwait(watched)  # macOS: who sent it is not told, nor can one stop waiting
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


def _print(run: Run, said: set[str]) -> None:
    _tell(str(run))
    for warning in run.warnings:
        if warning.code not in said:
            _tell(str(warning))


def _tell(text: str) -> None:
    print(f"footprint: {text}", file=sys.stderr, flush=True)


def _budget_words(share: float) -> str:
    return say(f"{percent(share)} du budget est utilisé.", f"{percent(share)} of the budget is used.")


def _not_started(command: str, missing: bool) -> str:
    if missing:
        return say(f"commande introuvable : {command}", f"command not found: {command}")
    return say(f"commande non exécutable : {command}", f"command not executable: {command}")
