"""The link between a measured program and its recorder: start it, speak to it, hear from it.

Standard library only. The link is a pair of sockets, not pipes: writing to a recorder that died must not
send SIGPIPE to a program that restored its default action. The descriptor is kept with the identity of
what it was opened on, so that a program that closes every descriptor never receives our bytes in a file
or a connection of its own.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from types import ModuleType

Channel = tuple[int, int, int]
"""Descriptor, device and inode of the link."""
_DROPPED = ("PYTHON", "CODECARBON_")


def open_channel(timeout_s: float) -> Channel:
    """Start a recorder and return the link to it. Raises OSError or RuntimeError when that is impossible."""
    if not hasattr(os, "fork"):
        raise RuntimeError("Linux, macOS")
    import fcntl
    import socket
    import subprocess

    ours, theirs = socket.socketpair()
    try:
        bootstrap = Path(__file__).with_name("bootstrap.py")
        process = subprocess.Popen(
            [interpreter(), "-I", "-S", str(bootstrap), user_site()],
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
    status = os.fstat(descriptor)
    return descriptor, status.st_dev, status.st_ino


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


def send_line(channel: Channel, message: dict[str, Any], timeout_s: float = 1.0) -> None:
    """Send one JSON line, waiting at most `timeout_s`. Raises OSError when the link is lost or full."""
    import socket

    data = (json.dumps(message) + "\n").encode()
    with _socket(channel) as link:
        link.settimeout(timeout_s)
        while data:
            data = data[link.send(data, getattr(socket, "MSG_NOSIGNAL", 0)) :]


def hear(
    channel: Channel, received: bytearray, name: str, about: object, timeout_s: float
) -> dict[str, Any] | None:
    """The recorder's answer of that name, passing over one to an earlier question (`about`) come late.

    `received`: what was read and not used yet, kept from one call to the next. None when the link closes.
    Raises OSError (TimeoutError included) and ValueError (not JSON).
    """
    deadline = time.monotonic() + timeout_s
    while (line := _read_line(channel, received, deadline)) is not None:
        message = json.loads(line)
        if name in message and message.get("about") == about:
            return dict(message[name])
    return None


def _read_line(channel: Channel, received: bytearray, deadline: float) -> bytes | None:
    with _socket(channel) as link:
        while b"\n" not in received:
            link.settimeout(max(0.001, deadline - time.monotonic()))
            more = link.recv(65536)
            if not more:
                return None
            received += more
    line, _, rest = bytes(received).partition(b"\n")
    received[:] = rest
    return line


def close_channel(channel: Channel) -> None:
    """Close the link, if it is still ours."""
    if _still_ours(channel):
        os.close(channel[0])


def spool_reader() -> ModuleType:
    """The module that reads spools, found beside this package even where another `collectors` hides ours."""
    from importlib.util import module_from_spec, spec_from_file_location

    name = "footprint._spool"
    if name not in sys.modules:
        path = Path(__file__).resolve().parent.parent / "collectors" / "spool_log.py"
        spec = spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(str(path))
        module = module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@contextmanager
def _socket(channel: Channel) -> Iterator[socket.socket]:
    """The link as a socket object, for one use: none is left behind for the collector to complain about."""
    import socket

    if not _still_ours(channel):
        raise OSError("link closed by the program")
    link = socket.socket(fileno=channel[0])
    try:
        yield link
    finally:
        link.settimeout(None)
        link.detach()


def _still_ours(channel: Channel) -> bool:
    try:
        status = os.fstat(channel[0])
    except OSError:
        return False
    return (status.st_dev, status.st_ino) == channel[1:]


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
