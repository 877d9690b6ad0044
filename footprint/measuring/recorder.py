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
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from collectors.host import HostTimes, parse_proc_stat
from collectors.own_group import own_group
from collectors.process_tree import ProcessTree
from footprint.measuring.ancestry import declared, enclosing_run
from footprint.measuring.limits import Limits
from footprint.measuring.nesting import commanding
from footprint.measuring.session import Session
from footprint.measuring.spawning import ignore_signals

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
        self._waiting: list[dict[str, Any]] = []

    def next(self, timeout_s: float) -> dict[str, Any] | None:
        """The next message, or None when none came within `timeout_s`; `open` turns False at the end."""
        if not self._waiting and self.open:
            self._receive(timeout_s)
        return self._waiting.pop(0) if self._waiting else None

    def _receive(self, timeout_s: float) -> None:
        try:
            ready, _, _ = select.select([self._socket], [], [], max(0.0, timeout_s))
            if ready:
                more = self._socket.recv(65536)
                self.open = bool(more)
                self._data += more
        except OSError:
            self.open = False
        *complete, self._data = self._data.split(b"\n")
        for line in complete:
            # Whatever else wrote in our descriptor is not for us.
            with suppress(ValueError):
                message = json.loads(line)
                self._waiting += [message] if isinstance(message, dict) else []

    def say(self, message: dict[str, Any]) -> None:
        """Send one line; the program may be gone, or slow to read: never more than a second is spent."""
        try:
            self._socket.settimeout(1.0)
            self._socket.sendall((json.dumps(message) + "\n").encode())
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
    origin, home, run_id = first["origin"], Path(first["home"]), first["run_id"]
    tree = _tree(origin, outlived=bool(first.get("outlived")))
    inside = first.get("inside") or enclosing_run(home, origin["pid"]) or commanding()
    header = {"run_id": run_id, "subject": "run", "source": "recorder", **_described(first), "inside": inside}
    limits = Limits(first.get("budget_kwh"), first.get("budget_kgco2e"), first.get("on_budget") or "mark")
    session = Session(
        header, home, tree, started=origin["time"], limits=limits, gpu_share=first.get("gpu_share"),
        pid=origin["pid"],
    )  # fmt: skip
    reason = "interrupted"
    with declared(home, run_id, origin["pid"]):
        if tree.alive:
            session.begin(origin["monotonic"], _host(origin))
            reason = _follow(link, session, origin["monotonic"])
    result = session.finish(reason)
    link.say({"result": result})
    session.close()


def _follow(link: Link, session: Session, began: float) -> str:
    """Sample at once, then every second, until the run ends; why it ended."""
    due = time.monotonic()
    while True:
        stop = _hear(link, session, due)
        if stop is not None:
            session.sample(stop["monotonic"], floor_s=stop["cpu_s"], last=True)
            return str(stop["stop"])
        session.sample(time.monotonic())
        if session.tree is not None and (number := session.signal_to_send()):
            session.tree.signal(number)
        if not session.alive:
            return "interrupted"
        if _asked_to_end:
            return "recorder_terminated"
        # On the second counted from the beginning: a late sample does not delay the next ones.
        due = time.monotonic() + PERIOD_S - (time.monotonic() - began) % PERIOD_S


def _hear(link: Link, session: Session, due: float) -> dict[str, Any] | None:
    """Listen until `due` (monotonic s); the message that ends the run, or None when it is time to sample."""
    while True:
        was_open = link.open
        message = link.next(due - time.monotonic())
        if message is None and was_open and not link.open:
            return None  # the program is ending: its last moments can still be read
        if message is None:
            time.sleep(max(0.0, due - time.monotonic()))
            return None
        # Whatever is asked, recording goes on: a question that fails is not answered.
        with suppress(Exception):
            _answer(link, session, message)
        if "stop" in message:
            return message


def _answer(link: Link, session: Session, message: dict[str, Any]) -> None:
    if "set" in message:
        session.give(message["set"])
    if "progress" in message:
        session.advance(*message["progress"])
    if "now" in message:
        link.say({"now": session.live(), "about": message["now"]})


def _first(link: Link) -> dict[str, Any] | None:
    """The description of the run, or None when the program died before giving it."""
    return link.next(_HEADER_TIMEOUT_S)


def _described(first: dict[str, Any]) -> dict[str, Any]:
    names = (
        "application", "model", "phase", "zone", "functional_act", "requests", "tokens_in", "tokens_out",
        "budget_kwh", "budget_kgco2e",
    )  # fmt: skip
    return {name: first.get(name) for name in names}


def _tree(origin: dict[str, Any], *, outlived: bool) -> ProcessTree:
    """The measured process and its descendants. One that died already leaves an empty record."""
    # This process was born when the run began, while the program waited: what is older is not of the run.
    since = psutil.Process().create_time()
    group = own_group(origin["pid"], _tree_of(origin["pid"]))
    return ProcessTree(origin["pid"], baseline_s=origin["cpu_s"], since=since, outlived=outlived, group=group)


def _tree_of(pid: int) -> set[int]:
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        return {pid, *(child.pid for child in process.children(recursive=True))}
    return {pid}


def _host(origin: dict[str, Any]) -> HostTimes | None:
    line = origin.get("proc_stat")
    return parse_proc_stat(line) if line else None
