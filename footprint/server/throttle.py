"""A limit on failed sign-ins, in this process: so many failures in a window of seconds, then a pause."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

LARGEST = 10_000  # keys remembered; beyond, the oldest are forgotten


class Throttle:
    """Counts failures by key (identifier and address); successes clear their key."""

    def __init__(self, failures: int, window_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._failures = failures
        self._window_s = window_s
        self._clock = clock
        self._seen: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def blocked(self, key: str) -> bool:
        """Whether this key has failed too often in the last window."""
        with self._lock:
            return len(self._recent(key)) >= self._failures

    def failed(self, key: str) -> None:
        """Count a failure."""
        with self._lock:
            moments = self._recent(key)
            moments.append(self._clock())
            self._seen.pop(key, None)
            self._seen[key] = moments
            while len(self._seen) > LARGEST:
                self._seen.pop(next(iter(self._seen)))

    def passed(self, key: str) -> None:
        """Forget the failures of a key that has now signed in."""
        with self._lock:
            self._seen.pop(key, None)

    def _recent(self, key: str) -> deque[float]:
        moments = self._seen.get(key, deque())
        while moments and moments[0] <= self._clock() - self._window_s:
            moments.popleft()
        return moments
