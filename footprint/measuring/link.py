"""The measured program's end of the link to its recorder: speak to it, hear from it. Standard library only.

The link is a pair of sockets, not pipes: writing to a recorder that died must not send SIGPIPE to a program
that restored its default action. The descriptor is kept with the identity of what it was opened on, so that
a program that closes every descriptor never receives our bytes in a file or a connection of its own.

Threads share a link, and signal handlers use it in the middle of its use. So a thread holds it only for calls
that do not wait, and waits with nothing held; lines are kept under the name they are for, whoever read them;
each line sent starts with a newline, so that one cut short spoils no other. No exception of ours leaves this
module: what could not be is False or None, and what is raised through it is the program's.
"""

from __future__ import annotations

import itertools
import json
import os
import select
import socket
import threading
import time
from _socket import socket as _BareSocket
from collections.abc import Callable
from typing import Any

from footprint.measuring.faults import by_handler

_SLICE_S = 0.02
"""The longest a thread waits before it looks whether another one has read what it waits for."""
_CLOSING_TRIES = 10
_NO_SIGPIPE = getattr(socket, "MSG_NOSIGNAL", 0)


class _Socket(_BareSocket):
    """A socket that, once forgotten, neither closes its descriptor, which may be the program's, nor warns."""

    # Not written in Python: what a signal handler raises in a finalizer is lost.
    __del__ = _BareSocket.detach


class Link:
    """A connection to a recorder, in JSON lines. Any thread may use it."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor`: an open socket; it becomes ours. Raises OSError when it is none."""
        self._descriptor = descriptor
        self._identity = _identity(descriptor)
        self._socket = _Socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, descriptor)
        self._socket.setblocking(False)
        # Reentrant: a signal handler never waits for the thread that it interrupted.
        self._lock = threading.RLock()
        self._busy = False
        self._received = b""
        self._questions = itertools.count(1)
        self._awaited: set[int] = set()
        self._heard: dict[tuple[str, int | None], dict[str, Any]] = {}

    def send(self, message: dict[str, Any], timeout_s: float = 1.0) -> bool:
        """Send one line, waiting at most `timeout_s`; False when the link is lost, full or busy by then."""
        line = f"\n{json.dumps(message)}\n".encode()
        deadline = time.monotonic() + timeout_s
        while True:
            left = deadline - time.monotonic()
            sent = self._alone(lambda: self._write(line), left)
            if sent is not None or left <= 0:
                return bool(sent)
            self._wait(select.POLLOUT, left)

    def tell(self, message: dict[str, Any]) -> None:
        """Send one line without waiting; dropped when the link can't take it now."""
        try:
            self.send(message, 0.0)
        except RecursionError as error:  # a program at the limit of its stack
            if by_handler(error):
                raise

    def ask(self, question: str, timeout_s: float) -> dict[str, Any] | None:
        """The answer to a question, None when it does not come within `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        number = next(self._questions)
        self._awaited.add(number)
        try:
            if not self.send({question: number}, timeout_s):
                return None
            return self.hear(question, deadline - time.monotonic(), about=number)
        except RecursionError as error:
            if by_handler(error):
                raise
            return None
        finally:
            self._awaited.discard(number)
            self._heard.pop((question, number), None)

    def hear(self, name: str, timeout_s: float, about: int | None = None) -> dict[str, Any] | None:
        """What the recorder says under that name; None when the link closes, or `timeout_s` passes, before."""
        deadline = time.monotonic() + timeout_s
        while True:
            left = deadline - time.monotonic()
            still_open = self._alone(self._read, left)
            heard = self._heard.pop((name, about), None)
            if heard is not None or still_open is False or left <= 0:
                return heard
            self._wait(select.POLLIN, left)

    def close(self) -> None:
        """Close the link, if it is still ours. One that another thread holds for long stays open, unused."""
        for _ in range(_CLOSING_TRIES):
            if self._alone(self._shut, _SLICE_S) is not None:
                return

    # -- alone, without waiting -----------------------------------------------------------------

    def _alone(self, act: Callable[[], bool | None], wait_s: float) -> bool | None:
        """`act` while nobody else does; None when another thread is for all of `wait_s` (one slice at most).

        False when the link is no longer ours, and in a signal handler that interrupted an act of its thread.
        """
        if not self._lock.acquire(timeout=min(max(0.0, wait_s), _SLICE_S)):
            return None
        try:
            if self._busy or self._identity is None or _identity(self._descriptor) != self._identity:
                return False
            self._busy = True
            try:
                return act()
            finally:
                self._busy = False
        finally:
            self._lock.release()

    def _write(self, line: bytes) -> bool | None:
        """True once the line is sent, None when the link is full: it must be sent again, whole."""
        try:
            return self._socket.send(line, _NO_SIGPIPE) == len(line) or None
        except OSError as error:
            return _not_now(error)

    def _read(self) -> bool | None:
        """Keep what has come under its name; None when nothing has, False at the end of the link."""
        try:
            more = self._socket.recv(65536)
        except OSError as error:
            return _not_now(error)
        *lines, self._received = (self._received + more).split(b"\n")
        for line in lines:
            self._keep(line)
        return bool(more)

    def _keep(self, line: bytes) -> None:
        """Keep an answer that is awaited, or the result; one that comes late is passed over."""
        try:
            message = json.loads(line)
        except (ValueError, RecursionError) as error:
            if by_handler(error):
                raise
            return  # whatever else wrote in our descriptor is not for us
        if not isinstance(message, dict):
            return
        about = message.pop("about", None)
        if about is None or (isinstance(about, int) and about in self._awaited):
            for name, value in message.items():
                if isinstance(value, dict):
                    self._heard[name, about] = value

    def _shut(self) -> bool:
        self._identity = None
        os.close(self._socket.detach())
        return True

    def _wait(self, event: int, left_s: float) -> None:
        """Wait for the link to be ready, a slice at most, holding nothing."""
        poller = select.poll()
        poller.register(self._descriptor, event)
        try:
            poller.poll(1000 * min(left_s, _SLICE_S))
        except OSError as error:
            _not_now(error)


def _not_now(error: OSError) -> bool | None:
    """None when a socket is not ready, False when it is lost; raises what a signal handler raised."""
    if by_handler(error):
        raise error
    return None if isinstance(error, BlockingIOError) else False


def _identity(descriptor: int) -> tuple[int, int] | None:
    """Device and inode of what is open there, None when nothing is."""
    try:
        status = os.fstat(descriptor)
    except OSError as error:
        if by_handler(error):
            raise
        return None
    return status.st_dev, status.st_ino
