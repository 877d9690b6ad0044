"""`footprint run … -- command`: measure any command, and let it behave as if it were alone.

Its input and outputs are untouched, signals reach it, and its exit status is handed over, death by a
signal included. The result is one line on the error output; in a terminal, another at the bottom shows the
run as it goes. With an estimate, the command is stopped once enough was seen, and the whole is foretold.
Nothing of ours that fails (state folder, terminal, error output) prevents it from running or from answering.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from footprint.home import home as default_home
from footprint.home import spool_dir
from footprint.measuring import Run, limits, measure
from footprint.measuring.estimate import Estimate
from footprint.measuring.live import Live
from footprint.measuring.live_line import LiveLine, budget_words, silent_words, words
from footprint.measuring.nesting import OUTER_RUN, PROGRESS_SUFFIX
from footprint.texts import say

NOT_FOUND, NOT_EXECUTABLE = 127, 126
_OURS = ("SIGCHLD", "SIGWINCH")
_RESET_IN_CHILD = (signal.SIGPIPE, signal.SIGXFSZ)
"""Python ignores these; a command must find them as a shell would give them."""
_TICK_S = 1.0
SILENT_AFTER_S = 30.0
"""A trial counted in steps that has not heard of any by then says that nothing will stop it."""
_UNHEARD_S = 5.0
"""How late the recorder may be, or dead, before a trial in seconds does without it."""
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
    told = _progress_file(run, home)
    watched = [getattr(signal, name) for name in (*limits.PASSED_ON, *_OURS)]
    with _held(watched) as found:
        _adopt_orphans()
        line = LiveLine.of_terminal() if live else None
        try:
            child = _spawn(argv, {**os.environ, **({OUTER_RUN: str(told)} if told else {})}, found)
        except OSError as error:
            run.stop(complete=False)
            missing = isinstance(error, FileNotFoundError)
            _tell(_not_started(argv[0], missing))
            return NOT_FOUND if missing else NOT_EXECUTABLE
        watch = _Watch(
            run, child, line, estimate, limits.stops_by(options.get("on_budget", limits.MARK)), told
        )
        try:
            code = watch.wait(watched)
        finally:
            watch.close()
        run.stop(complete=code == 0 and not watch.cut_short)
        with suppress(Exception):
            _print(run, watch.said)
    if watch.cut_short:
        return 0
    if code is None:
        _tell(
            say("l'état de sortie de la commande est inconnu.", "the exit status of the command is unknown.")
        )
        return 1
    return code if code >= 0 else _die_like(-code)


class _Found(NamedTuple):
    """How this process found its signals: those blocked, and whether SIGCHLD was ignored."""

    blocked: set[int]
    childless: bool


@contextmanager
def _held(watched: Sequence[signal.Signals]) -> Iterator[_Found]:
    """Watched signals wait for sigwait: none is lost between the start of the command and its end."""
    childless = signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN
    if childless:  # the system would then forget how the command ended, and tell nobody
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    try:
        yield _Found({int(number) for number in before}, childless)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if childless:
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def _spawn(argv: Sequence[str], environment: dict[str, str], found: _Found) -> int:
    """Start the command, with its signals as this process found them."""
    if not found.childless:
        return os.posix_spawnp(
            argv[0], list(argv), environment, setsigmask=found.blocked, setsigdef=_RESET_IN_CHILD
        )
    import subprocess

    def as_found() -> None:  # posix_spawn can't ignore a signal
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, found.blocked)

    process = subprocess.Popen(list(argv), env=environment, close_fds=False, preexec_fn=as_found)
    process.returncode = 0  # it is waited for here, not by subprocess
    return process.pid


def _progress_file(run: Run, home: Path | None) -> Path | None:
    """Where the command can say how far it is; None where there is no telling which folder is meant."""
    try:
        folder = spool_dir(home or default_home()).expanduser().absolute()
    except (OSError, RuntimeError):
        return None
    return folder / f"{run.run_id}{PROGRESS_SUFFIX}"


class _Watch:
    """Waits for the command, passes signals on, and once a second looks how the run goes."""

    def __init__(
        self, run: Run, child: int, line: LiveLine | None, estimate: Estimate | None, on_budget: int | None,
        told: Path | None,
    ) -> None:  # fmt: skip
        self.cut_short = False
        self.said: set[str] = set()
        self._run, self._child, self._line, self._estimate = run, child, line, estimate
        self._on_budget, self._told = on_budget, told
        self._began = time.monotonic()
        self._asks = line is not None or estimate is not None or run.has_budget
        self._ended = False
        self._code: int | None = None
        self._stop: limits.Stop | None = None
        if estimate is not None and estimate.total is not None:
            run.progress(0.0, estimate.total)

    def wait(self, watched: Sequence[signal.Signals]) -> int | None:
        """Exit code of the command, minus its signal if it died by one; None when the system can't tell."""
        due = time.monotonic() + _TICK_S
        while not self._ended or (self._stop is not None and not self._stop.over()):
            number, sender = _next_signal(watched, due - time.monotonic() if self._asks else None)
            if self._asks and time.monotonic() >= due:
                with suppress(Exception):  # the wait must reach its end
                    self._look()
                due = time.monotonic() + _TICK_S
            if number == signal.SIGCHLD:
                self._reap()
            elif number == signal.SIGWINCH:
                if self._line is not None:
                    self._line.resize()
            elif number and number == self._on_budget and sender and limits.is_recorder(sender):
                self._ask_to_stop(number)
            elif number and sender is not None and not self._ended:
                with suppress(OSError):
                    os.kill(self._child, number)
        return self._code

    def close(self) -> None:
        """Give the terminal back, and what served to say progress."""
        if self._line is not None:
            self._line.close()
        if self._told is not None:
            with suppress(OSError):
                self._told.unlink(missing_ok=True)

    def _reap(self) -> None:
        """Reap what ended, orphans of the command included."""
        try:
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == self._child:
                    self._ended, self._code = True, os.waitstatus_to_exitcode(ended[1])
        except ChildProcessError:  # nobody left, even where the command was taken from us
            self._ended = True

    def _look(self) -> None:
        if self._stop is not None and self._stop.insist():
            self._say("killed", limits.killed())
        waited = time.monotonic() - self._began
        if self._estimate is not None and self._estimate.in_seconds and self._estimate.total is not None:
            self._run.progress(waited, self._estimate.total)
        seen = self._run.now()
        if self._line is not None and seen is not None:
            self._line.show(words(self._run, seen))
        if seen is not None and seen.budget is not None and seen.budget >= limits.WARNING_SHARE:
            self._say("budget_80", budget_words(seen.budget))
        if seen is not None and seen.over_budget and self._on_budget is not None:
            self._ask_to_stop(self._on_budget)
        if self._estimate is not None and "estimate" not in self.said:
            self._try(self._estimate, seen, waited)

    def _try(self, estimate: Estimate, seen: Live | None, waited: float) -> None:
        told = self._told is not None and self._told.exists()
        if estimate.enough(seen, waited - _UNHEARD_S):
            self._say("estimate", estimate.sentence(seen))
            self.cut_short = self._ask_to_stop(signal.SIGTERM)
        elif not estimate.in_seconds and waited >= SILENT_AFTER_S and not (seen and told):
            self._say("silent", silent_words(SILENT_AFTER_S))

    def _ask_to_stop(self, number: int) -> bool:
        """Ask the command and all it started to stop, once; whether they could be asked."""
        if self._stop is None and not self._ended:
            self._stop = limits.Stop(self._child, number)
            if not self._stop.reached:
                self._say("unstoppable", limits.unstoppable())
        return self._stop is not None and self._stop.reached

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


def _next_signal(watched: Sequence[signal.Signals], timeout_s: float | None) -> tuple[int, int | None]:
    """The next signal (0 when none came in time), and who sent it: 0 when that is not known, None when it was the
    terminal (the command has it already)."""
    if hasattr(signal, "sigtimedwait"):
        if timeout_s is None:
            info = signal.sigwaitinfo(watched)
        else:
            found = signal.sigtimedwait(watched, max(0.0, timeout_s))
            if found is None:
                return 0, None
            info = found
        return info.si_signo, None if info.si_code > 0 else info.si_pid
    number = signal.sigwait(watched)  # macOS: who sent it is not told, nor can one stop waiting
    typed = number in (signal.SIGINT, signal.SIGQUIT) and sys.stdin is not None and sys.stdin.isatty()
    return number, None if typed else 0


def _die_like(number: int) -> int:
    """End this process by the signal that ended the command, without a second core file."""
    import resource

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
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
    # print(file=None) would write on the output of the command.
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            print(f"footprint: {text}", file=sys.stderr, flush=True)


def _not_started(command: str, missing: bool) -> str:
    if missing:
        return say(f"commande introuvable : {command}", f"command not found: {command}")
    return say(f"commande non exécutable : {command}", f"command not executable: {command}")
