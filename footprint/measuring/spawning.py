"""Starting the recorder of a measured program. Standard library only."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footprint.measuring.link import Link

if TYPE_CHECKING:
    from types import ModuleType

_DROPPED = ("PYTHON", "CODECARBON_")
_SHELL = "/bin/sh"
_IN_BACKGROUND = 'exec 3<&0; "$@" <&3 3<&- &'
"""A shell leaves the recorder behind at once. Without one the recorder detaches itself (bootstrap.py), once
Python has started: some thirty milliseconds more for which the measured program waits."""


def start_recorder(timeout_s: float) -> Link:
    """Start a recorder and return the link to it. Raises OSError or RuntimeError when that is impossible."""
    if not hasattr(os, "fork"):
        raise RuntimeError("Linux, macOS")
    import fcntl
    import socket
    import subprocess

    ours, theirs = socket.socketpair()
    try:
        bootstrap = Path(__file__).with_name("bootstrap.py")
        argv = [interpreter(), "-I", "-S", str(bootstrap), user_site()]
        shell = [_SHELL, "-c", _IN_BACKGROUND, _SHELL] if os.access(_SHELL, os.X_OK) else []
        process = subprocess.Popen(
            [*shell, *argv],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=os.sep,
            env={key: value for key, value in os.environ.items() if not key.startswith(_DROPPED)},
            start_new_session=True,
        )
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    # Never 0, 1 or 2, even in a program that closed them: what it prints is not for us.
    descriptor = fcntl.fcntl(ours.fileno(), fcntl.F_DUPFD_CLOEXEC, 3)
    ours.close()
    return Link(descriptor)


def interpreter() -> str:
    """Path of the Python interpreter; a program that embeds or freezes Python must not start itself again."""
    name = os.path.basename(sys.executable or "").lower()  # noqa: PTH119 (pathlib is slow)
    if not getattr(sys, "frozen", False) and name.startswith(("python", "pypy")):
        return sys.executable
    beside = os.path.join(sys.exec_prefix, "bin", "python3")  # noqa: PTH118
    if os.access(beside, os.X_OK):
        return beside
    raise RuntimeError("python")


def user_site() -> str:
    """The user's site folder when this program uses it, else ""."""
    import site

    return site.getusersitepackages() if site.ENABLE_USER_SITE else ""


def origin() -> dict[str, Any]:
    """State of this process and host when a run begins, so that not a millisecond before counts."""
    times = os.times()
    return {
        "pid": os.getpid(),
        "time": time.time(),
        "monotonic": time.monotonic(),
        "cpu_s": times.user + times.system + times.children_user + times.children_system,
        "process_s": time.process_time(),
        "proc_stat": _proc_stat(),
    }


def spool_reader() -> ModuleType:
    """The module that reads spools, found beside this package even where another `collectors` hides ours."""
    from importlib.util import module_from_spec, spec_from_file_location

    name = "footprint._spool"
    if name not in sys.modules:
        path = Path(__file__).resolve().parents[2] / "collectors" / "spool_log.py"
        spec = spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(str(path))
        module = module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def _proc_stat() -> str | None:
    try:
        with Path("/proc/stat").open(encoding="ascii") as file:
            return file.readline()
    except OSError:
        return None


def ignore_signals() -> None:
    """For the recorder: what is meant for the measured program, or for its terminal, does not end it."""
    for name in ("SIGINT", "SIGHUP", "SIGQUIT", "SIGPIPE", "SIGUSR1", "SIGUSR2", "SIGTSTP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
