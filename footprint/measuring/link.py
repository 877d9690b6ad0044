"""The measured program's end of the link to its recorder: speak to it, hear from it. Standard library only.

The link is a pair of sockets, not pipes: writing to a recorder that died must not send SIGPIPE to a program
that restored its default action. The descriptor is kept with the identity of what it was opened on, so that
a program that closes every descriptor never receives our bytes in a file or a connection of its own.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator


class Link:
    """A connection to a recorder, in JSON lines."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor`: an open socket; it becomes ours."""
        self._descriptor = descriptor
        self._identity = _identity(descriptor)
        self._received = bytearray()
        self._asked = 0

    def send(self, message: dict[str, Any], timeout_s: float = 1.0) -> None:
        """Send one line, waiting at most `timeout_s`. Raises OSError when the link is lost or full."""
        import socket

        data = (json.dumps(message) + "\n").encode()
        with self._socket() as link:
            link.settimeout(timeout_s)
            while data:
                data = data[link.send(data, getattr(socket, "MSG_NOSIGNAL", 0)) :]

    def ask(self, question: str, timeout_s: float) -> dict[str, Any] | None:
        """The answer to a question; one to an earlier question, come late, is passed over. Raises as `hear`."""
        self._asked += 1
        self.send({question: self._asked}, 0.0)
        return self.hear(question, timeout_s, about=self._asked)

    def hear(self, name: str, timeout_s: float, about: int | None = None) -> dict[str, Any] | None:
        """What the recorder says under that name; None when the link closes before.

        Raises OSError (TimeoutError included) and ValueError (not JSON).
        """
        deadline = time.monotonic() + timeout_s
        while (line := self._line(deadline)) is not None:
            message = json.loads(line)
            if name in message and message.get("about") == about:
                return dict(message[name])
        return None

    def close(self) -> None:
        """Close the link, if it is still ours."""
        if _identity(self._descriptor) == self._identity:
            os.close(self._descriptor)

    def _line(self, deadline: float) -> bytes | None:
        with self._socket() as link:
            while b"\n" not in self._received:
                link.settimeout(max(0.001, deadline - time.monotonic()))
                more = link.recv(65536)
                if not more:
                    return None
                self._received += more
        line, _, rest = bytes(self._received).partition(b"\n")
        self._received[:] = rest
        return line

    @contextmanager
    def _socket(self) -> Iterator[socket.socket]:
        """The link as a socket object, for one use: none is left behind for the collector to complain about."""
        import socket

        if self._identity is None or _identity(self._descriptor) != self._identity:
            raise OSError("link closed by the program")
        link = socket.socket(fileno=self._descriptor)
        try:
            yield link
        finally:
            link.settimeout(None)
            link.detach()


def _identity(descriptor: int) -> tuple[int, int] | None:
    """Device and inode of what is open there, None when nothing is."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino
