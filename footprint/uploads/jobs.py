"""Checks and imports of this process: one at a time, in a thread, so that pages keep being served."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="footprint-import")
_running: set[str] = set()
_lock = threading.Lock()


def start(identifier: str, work: Callable[[], object]) -> Future[None] | None:
    """Do this work about an upload after those already asked for; None when it has one under way."""
    with _lock:
        if identifier in _running:
            return None
        _running.add(identifier)
    return _worker.submit(_done, identifier, work)


def is_running(identifier: str) -> bool:
    """Whether work is under way, or waiting, about an upload."""
    with _lock:
        return identifier in _running


def _done(identifier: str, work: Callable[[], object]) -> None:
    try:
        work()
    finally:
        with _lock:
            _running.discard(identifier)
