"""One sample after another: from counters to cumulative energy by channel, tier and component.

The caller owns the clock (once a second, plus once at the end); a sample covers the time since the one
before. Power is computed from the mean utilisation of each interval and then added up as energy: it is
power that is averaged, never utilisation (M5).

Choice of channel, interval by interval (M1): the best tier among the channels then active, ties by the
order in which they were given; the others are kept for reconciliation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from collectors.attribution import Step, merged, split, step
from collectors.gpu import GpuReading, GpuSource
from collectors.host import HostTimes, host_times
from collectors.power_model import PowerModel
from collectors.process_tree import ProcessTree
from collectors.records import EnergyRow, Machine, Notice, Tier, tier_rank

MODEL_CHANNEL = "m5"
SENSOR_LOW, SENSOR_HIGH = 0.9, 1.1
"""90 % interval of an on-board counter (RAPL, NVML): ±10 % (M7, default of the tier)."""
_JOULES_PER_KWH = 3.6e6
_REST_WINDOW_S = 10.0
"""Power at rest is the lowest mean over windows this long: shorter ones are the counter's own steps."""
_STUCK_S = 30.0
"""A counter that has not moved for this long tells nothing: the power model takes its place."""


class HostCounter(Protocol):
    """A cumulative energy counter of the whole host (a meter, RAPL, CodeCarbon, a plug-in).

    One that knows its own 90 % interval has `bounds`, (low, high) over central; else the tier's is taken.
    """

    name: str
    tier: Tier
    reason: Notice | None

    def cumulative_kwh(self) -> float | None:
        """kWh since opened, None while it measures nothing."""


class Sample(NamedTuple):
    """State of a run at one moment, everything cumulative since it began.

    `seconds`: since the beginning; `utilisation`: of the host over the last interval, 0 to 1; `cpu_s`:
    processor seconds of the run; `rows`: energy by channel, tier and component.
    """

    seconds: float
    utilisation: float
    cpu_s: float
    rows: tuple[EnergyRow, ...]


@dataclass(slots=True)
class ChannelUse:
    """What a channel gave: energy of the whole host, over how long, whether it was chosen, or why not."""

    channel: str
    tier: Tier
    host_kwh: float | None = None
    seconds: float = 0.0
    used: bool = False
    reason: Notice | None = None


@dataclass(slots=True)
class Sampler:
    """Turns counters into cumulative energy of a process tree, or of the whole host without a tree."""

    machine: Machine
    model: PowerModel
    tree: ProcessTree | None = None
    counters: Sequence[HostCounter] = ()
    gpu: GpuSource | None = None
    uses: dict[str, ChannelUse] = field(default_factory=dict)
    _energy: dict[tuple[str, Tier, str], list[float]] = field(default_factory=dict)
    _counted: dict[str, float] = field(default_factory=dict)
    _began: float = 0.0
    _at: float = 0.0
    _busy_s: float = 0.0
    _cpu_s: float = 0.0
    _rest_w: float | None = None
    _rest_window: tuple[float, float] = (0.0, 0.0)
    _still: tuple[str, Step] | None = None
    _owed_s: float = 0.0
    _busy_level: float = 0.0
    _gpu: GpuReading | None = None
    _blind_s: float = 0.0

    def begin(self, monotonic_s: float, host: HostTimes | None = None, opened_s: float | None = None) -> None:
        """Set the origin of time (s, monotonic) and of the counters.

        `host`: host times when read earlier, by another; `opened_s`: when the counters could first be read,
        when that is later than the beginning.
        """
        self._began = self._at = monotonic_s
        self._blind_s = max(0.0, (opened_s or monotonic_s) - monotonic_s)
        self._busy_s = (host or host_times()).busy_s
        self._deltas(0.0)
        self.uses[MODEL_CHANNEL] = ChannelUse(MODEL_CHANNEL, "model", host_kwh=0.0)

    def sample(self, monotonic_s: float, floor_s: float = 0.0, *, last: bool = False) -> Sample:
        """Account for the time since the last sample; `floor_s`: processor seconds the run surely spent.

        `last`: no other sample follows, so nothing may be left for it.
        """
        interval = self._interval(monotonic_s, floor_s)
        deltas = self._whole(self._deltas(interval.seconds), interval.seconds)
        watts = self.model.power(interval.utilisation)
        modelled = self.uses[MODEL_CHANNEL]
        modelled.host_kwh = (modelled.host_kwh or 0.0) + watts.value * interval.seconds / _JOULES_PER_KWH
        modelled.seconds += interval.seconds
        chosen = self._chosen(deltas)
        if self._still is not None and (chosen is None or chosen.name != self._still[0]):
            self._model_still()
        if chosen is None:
            self._add_modelled(interval)
        else:
            self._add_counted(interval, chosen, deltas[chosen.name])
        if last:
            self._model_still()
            self._add_owed()
        self._add_gpu()
        return Sample(self._at - self._began, interval.utilisation, self._cpu_s, self.rows())

    def rows(self) -> tuple[EnergyRow, ...]:
        """Cumulative energy by channel, tier and component."""
        return tuple(EnergyRow(*key, *energy) for key, energy in self._energy.items())

    def channels(self) -> list[ChannelUse]:
        """Every channel tried, with the host's energy it saw or the reason it gave nothing."""
        for counter in self.counters:
            use = self.uses.setdefault(counter.name, ChannelUse(counter.name, counter.tier))
            use.reason = counter.reason
        return list(self.uses.values())

    def _interval(self, monotonic_s: float, floor_s: float) -> Step:
        # Read first: should it fail, the next sample covers this interval too.
        busy_before, self._busy_s = self._busy_s, host_times().busy_s
        seconds, self._at = max(0.0, monotonic_s - self._at), max(self._at, monotonic_s)
        busy = self._busy_s - busy_before
        if self.tree is None:
            self._cpu_s += max(0.0, busy)
            return step(seconds, self.machine.threads, busy, busy)
        self.tree.update(floor_s)
        spent, self._cpu_s = self.tree.cpu_s - self._cpu_s + self._owed_s, self.tree.cpu_s
        interval = step(seconds, self.machine.threads, busy, spent)
        # Seconds known late, more than the interval could hold, wait for the next ones.
        self._owed_s = max(0.0, spent - interval.run_s)
        self._busy_level = interval.utilisation or self._busy_level
        return interval

    def _deltas(self, seconds: float) -> dict[str, float]:
        """Energy each counter saw since last asked; a counter that has just started gives nothing yet."""
        deltas = {}
        for counter in self.counters:
            total = counter.cumulative_kwh()
            if total is None:
                self._counted.pop(counter.name, None)
                continue
            before = self._counted.get(counter.name)
            self._counted[counter.name] = total
            if before is None:
                continue
            deltas[counter.name] = max(0.0, total - before)
            use = self.uses.setdefault(counter.name, ChannelUse(counter.name, counter.tier, host_kwh=0.0))
            use.host_kwh = (use.host_kwh or 0.0) + deltas[counter.name]
            use.seconds += seconds
        return deltas

    def _whole(self, deltas: dict[str, float], seconds: float) -> dict[str, float]:
        """The first interval began before the counters were open: the mean power seen covers it all.

        Seen for less than half of it, they are not to be trusted for it.
        """
        blind, self._blind_s = self._blind_s, 0.0
        if blind <= 0:
            return deltas
        if blind > seconds / 2:
            return {}
        return {name: kwh * seconds / (seconds - blind) for name, kwh in deltas.items()}

    def _chosen(self, deltas: dict[str, float]) -> HostCounter | None:
        better = [c for c in self.counters if c.name in deltas and tier_rank(c.tier) < tier_rank("model")]
        best = min(better, key=lambda counter: tier_rank(counter.tier), default=None)
        self.uses[best.name if best else MODEL_CHANNEL].used = True
        return best

    def _add_modelled(self, interval: Step) -> None:
        shares = split(interval, self.model.power(interval.utilisation).value, self.model.idle.value)
        idle_kwh = shares.idle_share_kwh if self.tree else shares.idle_share_kwh + shares.unallocated_kwh
        loaded, idle = self.model.bounds(interval.utilisation), self.model.bounds(0.0)
        self._add(MODEL_CHANNEL, "model", "dynamic", shares.dynamic_kwh, *self._beside(interval, *loaded))
        self._add(MODEL_CHANNEL, "model", self._idle_name, idle_kwh, *idle)

    def _add_counted(self, interval: Step, counter: HostCounter, kwh: float) -> None:
        """Measured power, split like modelled power.

        A counter that has not moved is slower than the samples: its next step covers them all.
        """
        whole = merged(self._still[1], interval) if self._still is not None else interval
        if kwh <= 0 or whole.seconds <= 0:
            self._still = (counter.name, whole)
            if whole.seconds >= _STUCK_S:
                self._model_still()
            return
        self._still = None
        # A meter sees the whole machine, as the model does, and corrects what it held between two readings:
        # its lowest mean alone is not to be trusted.
        least_w = self.model.idle.low if counter.tier == "meter" else 0.0
        rest_w = self._at_rest(whole.seconds, kwh, least_w)
        shares = split(whole, kwh * _JOULES_PER_KWH / whole.seconds, rest_w)
        idle_kwh = shares.idle_share_kwh + (0.0 if self.tree else shares.unallocated_kwh)
        low, high = getattr(counter, "bounds", (SENSOR_LOW, SENSOR_HIGH))
        beside = self._beside(whole, low, high)
        self._add(counter.name, counter.tier, "dynamic", shares.dynamic_kwh, *beside)
        self._add(counter.name, counter.tier, self._idle_name, idle_kwh, low, high)

    def _at_rest(self, seconds: float, kwh: float, least_w: float) -> float:
        """Power at rest, W: the lowest mean over a window, at most the model's, at least `least_w`."""
        whole_s, whole_kwh = self._rest_window[0] + seconds, self._rest_window[1] + kwh
        known_w = self.model.idle.value if self._rest_w is None else self._rest_w
        if whole_s < _REST_WINDOW_S:
            self._rest_window = (whole_s, whole_kwh)
            return known_w
        self._rest_window = (0.0, 0.0)
        self._rest_w = max(least_w, min(known_w, whole_kwh * _JOULES_PER_KWH / whole_s))
        return self._rest_w

    def _beside(self, interval: Step, low: float, high: float) -> tuple[float, float]:
        """Bounds of a run's dynamic energy, widened by what its neighbours change.

        Time is shared exactly, but a second of processor costs less on a busier host (M5 is not a line): the
        energy it would have used alone is inside the interval.
        """
        if self.tree is None or not 0.0 < interval.run_s < interval.busy_s:
            return low, high
        rest_w = self.model.idle.value
        alone = self.model.power(interval.run_s / interval.capacity_s).value - rest_w
        shared = self.model.power(interval.utilisation).value - rest_w
        if alone <= 0 or shared <= 0:
            return low, high
        ratio = alone / shared * interval.busy_s / interval.run_s
        return low * min(1.0, ratio), high * max(1.0, ratio)

    def _model_still(self) -> None:
        """Leave to the power model the time that a counter did not tell."""
        if self._still is not None:
            (_, whole), self._still = self._still, None
            self.uses[MODEL_CHANNEL].used = True
            self._add_modelled(whole)

    def _add_owed(self) -> None:
        """Seconds no interval could hold, at the power of the last busy one: a run ends on a sample."""
        owed_s, self._owed_s = self._owed_s, 0.0
        if owed_s <= 0:
            return
        level = max(self._busy_level, 1.0 / self.machine.threads)
        self._add_modelled(
            step(owed_s / (level * self.machine.threads), self.machine.threads, owed_s, owed_s)
        )

    def _add_gpu(self) -> None:
        """The run's part of the graphics processors, by the rule their channel could apply (M6)."""
        seen = self.gpu.gpu_reading(self.tree.pids if self.tree else None) if self.gpu else None
        if self.gpu is None or seen is None:
            return
        before, self._gpu = self._gpu or GpuReading(0.0, 0.0, 0.0, 0.0, seen.rule), seen
        kwh = seen.mine_kwh - before.mine_kwh
        if kwh > 0:
            low_kwh, high_kwh = seen.low_kwh - before.low_kwh, seen.high_kwh - before.high_kwh
            self._add_kwh(self.gpu.name, "sensor", "gpu", kwh, low_kwh, high_kwh)

    @property
    def _idle_name(self) -> str:
        return "idle_share" if self.tree else "idle"

    def _add(self, channel: str, tier: Tier, component: str, kwh: float, low: float, high: float) -> None:
        """Add energy; the bounds of one channel come from one cause, so they add up too (M7)."""
        self._add_kwh(channel, tier, component, kwh, kwh * low, kwh * high)

    def _add_kwh(
        self, channel: str, tier: Tier, component: str, kwh: float, low_kwh: float, high_kwh: float
    ) -> None:
        energy = self._energy.setdefault((channel, tier, component), [0.0, 0.0, 0.0])
        for i, value in enumerate((kwh, low_kwh, high_kwh)):
            energy[i] += value
