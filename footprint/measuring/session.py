"""One recording, of a run or of a host: samples into the spool, context, warnings, result.

Used by the recorder (runs) and by `sample_host` (hosts). What cannot be written is kept in memory: the
result is always returned. What fails becomes a coded warning, once.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from collectors.host import HostTimes
from collectors.process_tree import ProcessTree
from collectors.records import Notice
from collectors.spool import SpoolWriter
from footprint.home import spool_dir
from footprint.measuring import limits as budgets
from footprint.measuring import notices
from footprint.measuring.attachment import near
from footprint.measuring.forecast import Point, Progress, forecast
from footprint.measuring.limits import Limits
from footprint.measuring.lines import channel_line, sample_line
from footprint.measuring.nesting import PROGRESS_SUFFIX
from footprint.measuring.outcome import build, carbon_of, energy_of
from footprint.measuring.sensing import open_sensing
from footprint.records.deposits import zone_context

LATE_AFTER_S = 2.0
"""Shorter runs do not pay for loading CodeCarbon (one to two seconds of processor) or plug-ins."""
THIN_BYTES = 8_000_000
"""A record this long (some fifteen hours) keeps one sample a minute of what it holds, and goes on."""
THIN_EVERY_S = 60.0
_RECENT_SAMPLES = 10
"""Samples over which the present power is averaged."""


class Session:
    """Records one subject from `begin` to `finish`."""

    def __init__(
        self,
        header: Mapping[str, Any],
        home: Path,
        tree: ProcessTree | None,
        *,
        started: float,
        codecarbon: bool = True,
        limits: Limits = Limits(),  # noqa: B008  (immutable)
        gpu_share: float | None = None,
        pid: int | None = None,
    ) -> None:
        """`header`: see collectors.spool.FIELDS; `started`: beginning, UTC epoch seconds.

        `codecarbon`: whether to load it in the background (FOOTPRINT_CODECARBON=0 forbids it); `limits`: the
        budget; `gpu_share`: part of the graphics processors declared for the run, 0 to 1; `pid`: the process
        measured, whose environment says which of them it may see.
        """
        self.header = {**header, "start": started}
        self.context: dict[str, Any] = {}
        self.warnings: list[dict[str, str]] = []
        self.tree = tree
        self.alive = True
        self._home = home
        self._described = False
        self._last: dict[str, Any] | None = None
        self._recent = [Point(0.0, 0.0, 0.0)]
        self._progress = Progress([])
        self._began = 0.0
        self._asleep_s = _asleep_s()
        self._signalled = False
        self._thin_at = THIN_BYTES
        self._spool = SpoolWriter(spool_dir(home), str(header["run_id"]))
        self._spool.append("header", self.header)
        self._limits, refused = budgets.checked(limits)
        for notice in refused:
            self.warn(notice)
        self._sensing = open_sensing(
            home, tree=tree, pid=pid, asset=header.get("asset"), codecarbon=codecarbon, gpu_share=gpu_share
        )
        self._sampler = self._sensing.sampler
        self.context.update(self._sensing.context)
        for notice in self._sensing.notices:
            self.warn(notice)

    def begin(self, monotonic_s: float, host: HostTimes | None) -> None:
        """Set the origin of time, s on the monotonic clock, and of the host's counters where known."""
        self._began = monotonic_s
        self._sampler.begin(monotonic_s, host, opened_s=time.monotonic())

    def sample(self, monotonic_s: float, floor_s: float = 0.0, *, last: bool = False) -> None:
        """Take one sample and write it; `alive` then tells whether the measured process still lives."""
        try:
            taken = self._sampler.sample(monotonic_s, floor_s, last=last)
        except Exception as error:
            self.warn(notices.missed(error))
            self.alive = self.tree is None or self.tree.lives()
            return
        if self.tree is not None:
            self.alive = self.tree.alive
        # Asleep, the machine uses next to nothing: its clock goes on, the run's does not.
        slept = max(0.0, _asleep_s() - self._asleep_s)
        self._last = sample_line(taken, self.header["start"] + slept)
        self._recent = [*self._recent[-_RECENT_SAMPLES:], self._point()]
        with suppress(Exception):  # what is foretold must not end the recording
            if self.tree is not None and self.tree.outlived:
                self._hear_command()
            self._settle()
        self._spool.append("sample", self._last)
        self._spool.sync()
        if self._spool.size > self._thin_at:
            self._spool.thin(THIN_EVERY_S)
            self._thin_at = max(THIN_BYTES, 2 * self._spool.size)
        self._describe()
        with suppress(Exception):
            self._watch_budget()
        if taken.seconds >= LATE_AFTER_S:
            self._sensing.channels.open_late()

    def advance(self, done: float, total: float | None, monotonic_s: float) -> None:
        """Note how far the run was at that moment of the monotonic clock, in units of its own."""
        if total is not None:
            self._progress.total = total
        self._progress.hear(done, max(0.0, monotonic_s - self._began))

    def live(self) -> dict[str, Any]:
        """The run as it stands: see footprint.measuring.live.Live."""
        if self._last is None:
            return {"seconds": 0.0}
        energy = energy_of(self._last["energy"])
        carbon = carbon_of(energy, self.context.get("factor"))
        points, total = self._progress.up_to(*self._recent[-2:]), self._progress.total
        ratio = _ratio(energy)
        seen = forecast(points, total, self._point(), ratio) if total is not None else None
        return {
            "seconds": self._last["seconds"],
            "energy_kwh": energy["energy_kwh"],
            "low_kwh": energy["energy_low_kwh"],
            "high_kwh": energy["energy_high_kwh"],
            "gwp_kgco2e": carbon["gwp_kgco2e"],
            "power_w": self._power_w(),
            "done": points[-1].done if points else None,
            "total": total,
            "forecast_kwh": seen.energy_kwh if seen else None,
            "forecast_low_kwh": seen.low_kwh if seen else None,
            "forecast_high_kwh": seen.high_kwh if seen else None,
            "forecast_s": seen.seconds if seen else None,
            "budget": self._limits.share(energy["energy_kwh"], carbon["gwp_kgco2e"]),
        }

    def signal_to_send(self) -> int | None:
        """The signal that the budget, just used up, asks to send; once."""
        if self._signalled or not any(known["code"] == "budget_depasse" for known in self.warnings):
            return None
        self._signalled = True
        return self._limits.signal

    def give(self, values: Mapping[str, Any]) -> None:
        """Note what the run says of itself on the way (requests, functional act)."""
        names = ("requests", "functional_act", "tokens_in", "tokens_out")
        given = {name: values[name] for name in names if name in values}
        changed = any(self.header.get(name) != value for name, value in given.items())
        if changed:
            self.header.update(given)
            self._spool.append("set", given)

    def warn(self, notice: Notice) -> None:
        """Keep a coded warning, once per code."""
        if all(known["code"] != notice.code for known in self.warnings):
            self.warnings.append(notice._asdict())
            self._spool.append("warning", notice._asdict())

    def finish(self, reason: str) -> dict[str, Any]:
        """Close the record and return its result; `close` then puts it on the disk."""
        self._describe()
        if self.context["processes"] != self._counted_by():  # somebody came into the run's control group
            self.context["processes"] = self._counted_by()
            self._spool.append("context", {"processes": self._counted_by()})
        self._warn_of_limits()
        if self._spool.failures:
            self.warn(notices.unwritten(self._spool.error or ""))
        channels = [channel_line(use) for use in self._sampler.channels()]
        last = self._last or {"t": self.header["start"], "seconds": 0.0}
        self._spool.append(
            "end", {"t": last["t"], "seconds": last["seconds"], "reason": reason, "channels": channels}
        )
        result = build(self.header, self.context, self._last, self.warnings, reason=reason, channels=channels)
        self._spool.append("result", {"result": result})
        return result

    def close(self) -> None:
        """Put the end of the record on the disk, release the file and the channels."""
        self._sensing.channels.close()
        self._spool.close()

    def _describe(self) -> None:
        """Write the context, once: machine, zone and factor, whether the application is known."""
        if self._described:
            return
        self._described = True
        located, said = zone_context(self.header.get("zone") or self._sensing.zone)
        self.context.update(located, processes=self._counted_by())
        for notice in said:
            self.warn(notice)
        if self._limits.budget_kgco2e is not None and "factor" not in self.context:
            self.warn(budgets.no_factor())
        self._attach()
        self._spool.append("context", self.context)

    def _counted_by(self) -> str | None:
        """What processor time comes from: the run's control group, or its process tree."""
        if self.tree is None:
            return None
        return "cgroup" if self.tree.group is not None and self.tree.group.exclusive else "tree"

    def _attach(self) -> None:
        """Compare the application with those the store last exported, where it did."""
        application = self.header.get("application")
        try:
            known = (self._home / "applications.txt").read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            return
        codes = [code.strip() for code in known if code.strip()]
        if application is None or not codes:
            return
        self.context["attached"] = application in codes
        if not self.context["attached"]:
            self.context["near"] = near(application, codes)
            self.warn(notices.not_attached(application, self.context["near"]))

    def _hear_command(self) -> None:
        """Read how far a command under `footprint run` says it is, in the file it was given for that."""
        path = spool_dir(self._home) / f"{self.header['run_id']}{PROGRESS_SUFFIX}"
        try:
            done, at, total = path.read_text(encoding="ascii").rstrip("\n").split(" ")[:3]
            self.advance(float(done), float(total) if total else None, float(at))
        except (OSError, ValueError):
            return

    def _settle(self) -> None:
        point = self._progress.settle(*self._recent[-2:])
        if point is not None:
            self._spool.append(
                "progress", {"seconds": point.seconds, "done": point.done, "total": self._progress.total}
            )

    def _watch_budget(self) -> None:
        if self._limits.budget_kwh is None and self._limits.budget_kgco2e is None:
            return
        share = self.live()["budget"]
        if share is not None and share >= budgets.WARNING_SHARE:
            self.warn(budgets.nearly_used(self._limits))
        if share is not None and share >= 1.0:
            self.warn(budgets.used_up(self._limits))

    def _point(self) -> Point:
        """Seconds and kWh so far (`done` 0)."""
        assert self._last is not None
        return Point(0.0, self._last["seconds"], sum(row[3] for row in self._last["energy"]))

    def _power_w(self) -> float | None:
        """Mean power over the last seconds."""
        first, last = self._recent[0], self._recent[-1]
        seconds = last.seconds - first.seconds
        return (last.kwh - first.kwh) / seconds * 3.6e6 if seconds > 0 else None

    def _warn_of_limits(self) -> None:
        rows = self._sampler.rows()
        if any(row.channel == "rapl" for row in rows):
            self.warn(notices.rapl_perimeter())
        for notice in self._sensing.channels.notices():
            self.warn(notice)


def _asleep_s() -> float:
    """Seconds this machine slept since its start (Linux), 0 where the system does not tell."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(clock) - time.monotonic() if clock is not None else 0.0


def _ratio(energy: Mapping[str, Any]) -> tuple[float, float]:
    """Bounds of the energy over its central value."""
    central = energy["energy_kwh"]
    if central <= 0:
        return 1.0, 1.0
    return energy["energy_low_kwh"] / central, energy["energy_high_kwh"] / central
