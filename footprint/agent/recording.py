"""The record of a host over a day, or over the time asked for: one spool file.

Intervals of a second are added up; a line is written every ten seconds only when the agent runs for ever (a
write to the disk each second, for ever, is too much for what it saves: a `kill -9` loses ten seconds of a
server). Samples are cumulative, so thinning them later loses no energy.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from collectors.records import Notice
from collectors.sampler import ChannelUse
from collectors.spool import SUFFIX, SpoolWriter
from footprint.agent.attribution import Energy, added
from footprint.agent.watching import Interval
from footprint.home import spool_dir
from footprint.measuring import notices
from footprint.measuring.lines import channel_line
from footprint.measuring.outcome import build

SOURCE = "agent"


class HostRecord:
    """Records one host from `started` (UTC epoch s) to `finish`."""

    def __init__(
        self,
        home: Path,
        header: Mapping[str, Any],
        context: Mapping[str, Any],
        *,
        started: float,
        write_every_s: float,
    ) -> None:
        """`header`: zone and asset; `context`: see collectors.spool; `write_every_s`: between two lines."""
        self.run_id = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime(started))}-{os.urandom(6).hex()}"
        self.header = {
            "run_id": self.run_id, "subject": "host", "phase": "host", "source": SOURCE, "start": started,
            **header,
        }  # fmt: skip
        self.context = dict(context)
        self.warnings: list[dict[str, str]] = []
        self._write_every_s = write_every_s
        self.seconds = 0.0
        self._t = started
        self._busy_s = 0.0
        self._energy: Energy = {}
        self._apps: dict[str, float] = {}
        self._written_s = 0.0
        self._window = [0.0, 0.0]  # seconds, and seconds x utilisation, since the last line
        self._last: dict[str, Any] | None = None
        self._spool = SpoolWriter(spool_dir(home), self.run_id)
        self.path = spool_dir(home) / (self.run_id + SUFFIX)
        self._spool.append("header", self.header)
        self._spool.append("context", self.context)

    def add(self, interval: Interval, t: float) -> None:
        """Add an interval that ends at `t` (UTC epoch s); write it when the time has come."""
        added(self._energy, interval.energy)
        for code, seconds in interval.spent_s.items():
            self._apps[code] = self._apps.get(code, 0.0) + seconds
        self.seconds += interval.seconds
        self._busy_s += interval.busy_s
        self._window[0] += interval.seconds
        self._window[1] += interval.seconds * interval.utilisation
        self._t = t
        # Half a second before: the clock of the loop is not that of the samples.
        if self.seconds - self._written_s >= self._write_every_s - 0.5:
            self._write()

    def warn(self, notice: Notice) -> None:
        """Keep a coded warning, once per code."""
        if all(known["code"] != notice.code for known in self.warnings):
            self.warnings.append(notice._asdict())
            self._spool.append("warning", notice._asdict())

    def unwritten(self) -> tuple[Notice, ...]:
        """What to say when lines could not be written, nothing while they could."""
        return (notices.unwritten(self._spool.error or ""),) if self._spool.failures else ()

    def thin(self, keep_every_s: float) -> None:
        """Keep one sample of each `keep_every_s` of what is written so far."""
        self._spool.thin(keep_every_s)

    def finish(self, reason: str, channels: Iterable[ChannelUse] = ()) -> dict[str, Any]:
        """Close the record and return its result, with the fields of a run's (see outcome.build)."""
        if self._window[0] > 0:
            self._write()
        if any(channel == "rapl" for channel, _, _ in self._energy):
            self.warn(notices.rapl_perimeter())
        for notice in self.unwritten():
            self.warn(notice)
        used = [channel_line(use) for use in channels]
        last = self._last or {"t": self.header["start"], "seconds": 0.0}
        end = {"t": last["t"], "seconds": last["seconds"], "reason": reason, "channels": used}
        self._spool.append("end", end)
        result = build(self.header, self.context, self._last, self.warnings, reason=reason, channels=used)
        self._spool.append("result", {"result": result})
        self._spool.close()
        return result

    def _write(self) -> None:
        self._last = self._line(self._t)
        self._spool.append("sample", self._last)
        self._spool.sync()
        self._written_s, self._window = self.seconds, [0.0, 0.0]

    def _line(self, t: float) -> dict[str, Any]:
        seconds, weighted = self._window
        return {
            "t": round(t, 3),
            "seconds": round(self.seconds, 6),
            "utilisation": round(min(1.0, weighted / seconds), 4) if seconds > 0 else None,
            "cpu_s": round(self._busy_s, 6),
            "energy": [[*key, *_digits(values)] for key, values in sorted(self._energy.items())],
            "apps": {code: round(spent, 6) for code, spent in sorted(self._apps.items())},
        }


def _digits(values: Sequence[float]) -> list[float]:
    return [float(f"{value:.12g}") for value in values]
