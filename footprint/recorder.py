"""The recorder: the process that measures a run, started by `footprint.measuring` through bootstrap.py.

It hears from the measured program on its standard input, a socket, in JSON lines: first the run (see
`measuring.Run`), then {"set": …} as values become known, then {"stop": reason, …}; it answers that one
with the result. It samples once a second. When the program dies it notices at once (the link closes) or
within a second (the process is gone), closes the record as interrupted, and leaves a complete file.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import time
from pathlib import Path
from typing import Any

import psutil

from collectors.host import HostTimes, parse_proc_stat
from collectors.process_tree import ProcessTree
from footprint.session import Session
from footprint.spawning import ignore_signals

PERIOD_S = 1.0
_HEADER_TIMEOUT_S = 10.0
_asked_to_end: list[bool] = []
"""Filled by SIGTERM; looked at once a second, so that no write is cut in the middle."""


class Link:
    """The recorder's end of the link: complete lines in, one result out."""

    def __init__(self, sock: socket.socket) -> None:
        self.open = True
        self._socket = sock
        self._data = b""

    def lines(self, timeout_s: float) -> list[dict[str, Any]]:
        """Messages that arrived within `timeout_s` (at least one wait); `open` turns False at the end."""
        try:
            ready, _, _ = select.select([self._socket] if self.open else [], [], [], max(0.0, timeout_s))
            if ready:
                more = self._socket.recv(65536)
                self.open = bool(more)
                self._data += more
        except OSError:
            self.open = False
        *complete, self._data = self._data.split(b"\n")
        return [json.loads(line) for line in complete if line.strip()]

    def answer(self, result: dict[str, Any]) -> None:
        """Send the result; a program that no longer listens is no fault."""
        try:
            self._socket.settimeout(1.0)
            self._socket.sendall((json.dumps(result) + "\n").encode())
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            self.open = False


def main() -> None:
    """Record one run from the standard input, then leave without waiting for any thread."""
    ignore_signals()
    signal.signal(signal.SIGTERM, lambda _number, _frame: _asked_to_end.append(True))
    try:
        link = Link(socket.socket(fileno=0))
        first = _first(link)
        if first is not None:
            record(link, first)
    finally:
        # CodeCarbon's threads must not hold this process.
        os._exit(0)


def record(link: Link, first: dict[str, Any]) -> None:
    """Record the run described by `first` until it ends, and answer with its result."""
    origin = first["origin"]
    tree = _tree(origin)
    session = Session(
        {"run_id": first["run_id"], "subject": "run", **_described(first)},
        Path(first["home"]),
        tree,
        started=origin["time"],
    )
    reason = "interrupted"
    if tree.alive:
        session.begin(origin["monotonic"], _host(origin))
        reason = _follow(link, session, origin["monotonic"])
    result = session.finish(reason)
    link.answer(result)
    session.close()


def _follow(link: Link, session: Session, began: float) -> str:
    """Sample once a second until the run ends; why it ended."""
    while True:
        now = time.monotonic()
        # On the second counted from the beginning: a late sample does not delay the next ones.
        wait = PERIOD_S - (now - began) % PERIOD_S
        for message in link.lines(wait) if link.open else _sleep(wait):
            if "set" in message:
                session.give(message["set"])
            if "stop" in message:
                session.sample(message["monotonic"], floor_s=message["cpu_s"])
                return str(message["stop"])
        if time.monotonic() - now >= wait or not link.open:
            session.sample(time.monotonic())
        if not session.alive:
            return "interrupted"
        if _asked_to_end:
            return "recorder_terminated"


def _first(link: Link) -> dict[str, Any] | None:
    """The description of the run, or None when the program died before giving it."""
    deadline = time.monotonic() + _HEADER_TIMEOUT_S
    while link.open and time.monotonic() < deadline:
        for message in link.lines(_HEADER_TIMEOUT_S):
            return message
    return None


def _sleep(seconds: float) -> list[dict[str, Any]]:
    """Wait, when nobody speaks any more."""
    time.sleep(seconds)
    return []


def _described(first: dict[str, Any]) -> dict[str, Any]:
    names = ("application", "model", "phase", "zone", "functional_act", "requests")
    return {name: first.get(name) for name in names}


def _tree(origin: dict[str, Any]) -> ProcessTree:
    """The measured process and its descendants. One that died already leaves an empty record."""
    # This process was forked when the run began: what is older is not of the run.
    since = psutil.Process().create_time()
    return ProcessTree(origin["pid"], baseline_s=origin["cpu_s"], since=since)


def _host(origin: dict[str, Any]) -> HostTimes | None:
    line = origin.get("proc_stat")
    return parse_proc_stat(line) if line else None
