"""One page over HTTP, in threads of its own: it never delays a sample.

A caller has one second and eight kilobytes for its request, whatever its pace, and five seconds in all. Four
are served at a time: one more takes the place of the oldest that has asked nothing yet, or is turned away when
all have asked.
"""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from footprint.agent.config import AgentError
from footprint.agent.metrics import CONTENT_TYPE

REQUEST_S = 5.0
HEAD_S = 1.0
_LEAVING_S = 0.5
"""Given to a caller that is hung up for its place to be free."""
LONGEST_REQUEST = 8192
MOST_AT_ONCE = 4
_STATUS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}


class MetricsServer(socketserver.ThreadingTCPServer):
    """Serves `page()` at /metrics on (host, port); port 0 takes a free one, told by `port`."""

    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], page: Callable[[], str]) -> None:
        """Raises AgentError when the address can't be had."""
        self.page = page
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._silent: dict[socket.socket, None] = {}  # callers that have asked nothing yet, the oldest first
        self._lock = threading.Lock()
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        try:
            super().__init__(address, _Handler)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            where = f"{address[0]}:{address[1]}"
            raise AgentError(
                f"Impossible d’écouter sur {where} ({reason}). Donnez un autre port à --metrics.",
                f"Can't listen on {where} ({reason}). Give --metrics another port.",
            ) from error

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Serve in the background until `stop`."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.5}, daemon=True).start()

    def stop(self) -> None:
        """Serve no more and give the port back."""
        self.shutdown()
        self.server_close()

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client: object) -> None:
        """Serve in a thread while there is room or a silent caller to hang up on, else hang up."""
        assert isinstance(request, socket.socket)
        free = self._places.acquire(blocking=False)
        if not free and self._hang_up():
            free = self._places.acquire(timeout=_LEAVING_S)
        if not free:
            self.shutdown_request(request)
            return
        with self._lock:
            self._silent[request] = None
        super().process_request(request, client)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client: object
    ) -> None:
        """Serve, then give the place back."""
        try:
            super().process_request_thread(request, client)
        finally:
            self.asked(request)
            self._places.release()

    def asked(self, request: object) -> None:
        """Note that a caller has sent its request line: it is served to the end."""
        with self._lock:
            self._silent.pop(request, None)  # type: ignore[call-overload]  # a socket, as TCP servers have

    def _hang_up(self) -> bool:
        """Hang up on the oldest caller that has asked nothing; whether there was one."""
        with self._lock:
            request = next(iter(self._silent), None)
            if request is None:
                return False
            del self._silent[request]
        with suppress(OSError):
            request.shutdown(socket.SHUT_RDWR)  # its thread, which waits for it, ends at once
        return True

    def handle_error(self, request: object, client: object) -> None:
        """A caller that leaves early or sends nonsense is no event."""


class _Handler(socketserver.BaseRequestHandler):
    server: MetricsServer

    def handle(self) -> None:
        until = time.monotonic() + REQUEST_S
        head = self._head(time.monotonic() + min(HEAD_S, REQUEST_S))
        status = _status(head)
        body = self.server.page() if status == 200 else f"{_STATUS[status]}\n"
        data = body.encode()
        answer = (
            f"HTTP/1.1 {status} {_STATUS[status]}\r\nContent-Type: {CONTENT_TYPE}\r\n"
            f"Content-Length: {len(data)}\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
        ).encode()
        self.request.settimeout(max(0.1, until - time.monotonic()))
        with suppress(OSError):
            self.request.sendall(answer + (b"" if head.startswith(b"HEAD ") else data))

    def _head(self, until: float) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data and len(data) <= LONGEST_REQUEST:
            self.request.settimeout(max(0.001, until - time.monotonic()))
            try:
                more = self.request.recv(1024)
            except OSError:
                return b""
            if not more or time.monotonic() > until:
                return b""
            data += more
            if b"\r\n" in data:
                self.server.asked(self.request)
        return data if len(data) <= LONGEST_REQUEST else b""


def _status(head: bytes) -> int:
    words = head.split(b"\r\n", 1)[0].split(b" ")
    if len(words) != 3 or not words[2].startswith(b"HTTP/1."):
        return 400
    if words[0] not in (b"GET", b"HEAD"):
        return 405
    return 200 if words[1].partition(b"?")[0] in (b"/metrics", b"/") else 404
