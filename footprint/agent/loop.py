"""The agent, for ever or for a while: one look a second, one record a day.

A record is closed at midnight UTC: a record becomes one measured host and one service for each application in
the store, and a day is the longest that keeps them few (365 a year) while what is closed can still be sent,
rolled up and looked at the next morning. `--seconds` gives one record, whatever its length.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from collectors.host_lock import HostLock
from collectors.records import Notice
from footprint.agent.applications import ApplicationTimes
from footprint.agent.attribution import Energy, added
from footprint.agent.config import AgentConfig, AlreadyRunning, Sending
from footprint.agent.metrics import Snapshot, render
from footprint.agent.metrics_server import MetricsServer
from footprint.agent.recording import HostRecord
from footprint.agent.retention import DAY_S, FULL, HOUR_S, ROLLED, Retention
from footprint.agent.sending import Sender
from footprint.agent.telling import Teller, unknown_applications
from footprint.agent.watching import Watch
from footprint.home import spool_dir
from footprint.measuring import notices
from footprint.measuring.sensing import Sensing, open_sensing
from footprint.records.deposits import zone_context

PERIOD_S = 1.0
WRITE_EVERY_S = 10.0
TIDY_EVERY_S = 600.0
_CLOCK_S = 60.0
"""A clock put back further than this begins a new record."""


class Agent:
    """Measures this host from `start` to `finish`, one `look` a second; the caller owns the clocks."""

    def __init__(
        self, config: AgentConfig, sensing: Sensing, tell: Callable[[str], None] = lambda _line: None
    ) -> None:
        """`tell`: takes the words of each notice, once, as soon as it is known."""
        self._config = config
        self._sensing = sensing
        self._teller = Teller(tell)
        located, unlocated = zone_context(config.zone or sensing.zone)
        self._context = {**sensing.context, **located}
        unknown = unknown_applications(config.home, config.rules)
        self._said = (*sensing.notices, *unlocated, *unknown)
        self._applications = ApplicationTimes(config.rules, config.root)
        self._watch = Watch(sensing.sampler, self._applications)
        self._retention = Retention(spool_dir(config.home), config.max_disk)
        self._total: Energy = {}
        self._tidied_s = 0.0
        self._notices: tuple[Notice, ...] = self._said
        self.snapshot: Snapshot | None = None

    def start(self, monotonic_s: float, t: float) -> None:
        """Begin at a moment of the monotonic clock, which is `t` (UTC epoch s)."""
        self._watch.begin(monotonic_s)
        self._sensing.channels.open_late()
        self._tidied_s = monotonic_s
        self._tidy()
        self._record = self._opened(t)
        self._t = t

    def look(self, monotonic_s: float, t: float) -> None:
        """Account for the time since the last look; a new day begins a new record."""
        try:
            interval = self._watch.look(monotonic_s)
        except Exception as error:
            self._note(self._record, [notices.missed(error)])
            return
        if self._another_day(t) and self._record.seconds > 0:
            self._close("complete")
            self._record = self._opened(t - interval.seconds)
            self._t = t
        self._t = max(t, self._t)
        self._record.add(interval, self._t)
        self._note(self._record, self._applications.notices)
        # A channel may still recover: it is told now, and in the record if it is so at the end.
        self._teller.hear((*self._sensing.channels.notices(), *self._record.unwritten()))
        added(self._total, interval.energy)
        factor = self._context.get("factor")
        # A copy: the metrics are read by another thread.
        self.snapshot = Snapshot(
            dict(self._total), interval.power_w, monotonic_s, factor["value"] if factor else None,
            self._teller.codes,
        )  # fmt: skip
        if monotonic_s - self._tidied_s >= TIDY_EVERY_S:
            self._tidied_s = monotonic_s
            self._tidy(self._record)

    def finish(self, reason: str) -> dict[str, Any]:
        """Close the record; its result."""
        self._applications.close()
        result = self._close(reason)
        self._sensing.channels.close()
        return result

    def _another_day(self, t: float) -> bool:
        """Whether the day has changed, or the clock was set, since the last look."""
        same = -_CLOCK_S <= t - self._t < DAY_S - self._t % DAY_S
        return self._config.seconds is None and not same

    def _close(self, reason: str) -> dict[str, Any]:
        for notice in self._sensing.channels.notices():
            self._record.warn(notice)
        return self._record.finish(reason, self._sensing.sampler.channels())

    def _opened(self, started: float) -> HostRecord:
        header = {"zone": self._config.zone, "asset": self._config.asset}
        record = HostRecord(
            self._config.home, header, self._context, started=started,
            write_every_s=WRITE_EVERY_S if self._config.seconds is None else PERIOD_S,
        )  # fmt: skip
        self._note(record, self._notices)
        self._teller.hear(record.unwritten())
        return record

    def _note(self, record: HostRecord, found: Sequence[Notice]) -> None:
        """Tell what is new, and keep it in the record."""
        self._teller.hear(found)
        for notice in found:
            record.warn(notice)

    def _tidy(self, record: HostRecord | None = None) -> None:
        rolled, over = self._retention.bound(record.path if record else None)
        said = [notice for notice, when in ((ROLLED, rolled > 0), (FULL, over)) if when]
        if record is not None and over:
            # Lines go on as before, so that a kill loses no more; what is written keeps one an hour.
            record.thin(HOUR_S)
        if record is None:
            self._notices = (*self._said, *said)
        else:
            self._note(record, said)


def run_agent(
    config: AgentConfig,
    *,
    stop: threading.Event | None = None,
    tell: Callable[[str], None] = lambda _line: None,
    progress: Callable[[float, float], None] | None = None,
    listening: Callable[[int], None] = lambda _port: None,
) -> dict[str, Any]:
    """Measure this host until `stop` is set or `config.seconds` have passed; the last record's result.

    `tell`: takes one line of text a change of state or a notice; `progress(done_s, total_s)`: at each look;
    `listening`: takes the port of the metrics. Raises AlreadyRunning, and AgentError when the metrics can't be
    served.
    """
    stop = stop or threading.Event()
    lock = HostLock(config.lock)
    if not lock.acquire():
        raise AlreadyRunning
    with ExitStack() as end:
        end.callback(lock.release)
        # CodeCarbon costs a server more than it brings, but where it alone sees the GPUs (AMD).
        codecarbon = os.environ.get("FOOTPRINT_CODECARBON") == "1"
        agent = Agent(config, open_sensing(config.home, asset=config.asset, codecarbon=codecarbon), tell)
        if config.metrics is not None:
            server = MetricsServer(config.metrics, lambda: render(agent.snapshot, time.monotonic()))
            end.callback(server.stop)
            server.start()
            listening(server.port)
        if config.sending is not None:
            sender = Sender(partial(_push, config.home, config.sending), tell)
            end.callback(sender.stop)
            sender.start()
        return _follow(agent, config.seconds, stop, progress)


def _follow(
    agent: Agent,
    seconds: float | None,
    stop: threading.Event,
    progress: Callable[[float, float], None] | None,
) -> dict[str, Any]:
    began = time.monotonic()
    agent.start(began, time.time())
    reason = "interrupted"
    try:
        while not stop.is_set():
            done = time.monotonic() - began
            left = PERIOD_S - done % PERIOD_S
            if seconds is not None:
                left = min(left, seconds - done)
            if left <= 0:
                break
            stop.wait(left)
            agent.look(time.monotonic(), time.time())
            if progress is not None and seconds is not None:
                progress(min(seconds, time.monotonic() - began), seconds)
        # Asked to stop when it was to run for ever: that is its normal end.
        reason = "interrupted" if seconds is not None and stop.is_set() else "complete"
    finally:
        result = agent.finish(reason)
    return result


def _push(home: Path, sending: Sending) -> Sequence[object]:
    """Send what is finished; what the server refused."""
    from footprint.records.pushing import push

    return push(home, sending.url, sending.token, ca=sending.ca).refused
