"""The limit on failed sign-ins."""

from __future__ import annotations

from footprint.server import throttle
from footprint.server.throttle import Throttle


def test_blocks_after_failures_then_forgets() -> None:
    now = [0.0]
    limit = Throttle(3, 60, clock=lambda: now[0])
    for _ in range(2):
        limit.failed("a")
    assert not limit.blocked("a")
    limit.failed("a")
    assert limit.blocked("a")
    assert not limit.blocked("b")
    now[0] = 60.0
    assert not limit.blocked("a")


def test_success_clears() -> None:
    limit = Throttle(1, 60)
    limit.failed("a")
    limit.passed("a")
    assert not limit.blocked("a")


def test_memory_is_bounded(monkeypatch: object) -> None:
    limit = Throttle(1, 60)
    for i in range(throttle.LARGEST + 5):
        limit.failed(str(i))
    assert len(limit._seen) == throttle.LARGEST
    assert limit.blocked(str(throttle.LARGEST + 4))
    assert not limit.blocked("0")
