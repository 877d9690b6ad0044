"""Every energy channel of a host, tried in a stated order, with the reason each gave nothing.

    1. meter        an external meter the site declared (collectors.meter)
    2. rapl         counters of the processors and their memory (collectors.rapl)
    3. nvml         NVIDIA GPUs (collectors.nvml), for the "gpu" component
    4. codecarbon   hardware CodeCarbon knows (AMD GPU, Apple…), loaded late and in the background
    5. plug-ins     of other packages (collectors.plugins), loaded late and in the background
    6. m5           the power model, always there (collectors.power_model); counted by threads when the
                    processor is unknown ("generic")

The sampler takes, interval by interval, the best tier then active, ties by this order (M1).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from collectors import rapl
from collectors.codecarbon_channel import CodeCarbonChannel
from collectors.gpu import GpuSource, SharedGpu, rule_notice
from collectors.host_lock import HostLock
from collectors.meter import MeterChannel
from collectors.nvml import NvmlChannel
from collectors.plugins import Silent, announced, open_plugins
from collectors.records import Notice, Tier
from collectors.sampler import MODEL_CHANNEL, HostCounter
from collectors.site import SiteHost

ORDER = ("meter", "rapl", "nvml", "codecarbon")
_RESERVED = (*ORDER, MODEL_CHANNEL, "replay")
_WORTH_TELLING = ("compteur_", "gpu_", "plugin_", "rapl_remis", "rapl_hors_ligne", "rapl_intervalle_long")
"""Reasons that a reader of the result must know; a channel that is merely absent stays in the record."""


class LessGpu:
    """A meter behind which the GPUs are, without them: they are counted apart, never twice."""

    def __init__(self, meter: MeterChannel, gpu: GpuSource) -> None:
        self.name = meter.name
        self.tier: Tier = meter.tier
        self.bounds = meter.bounds
        self.reason: Notice | None = meter.reason
        self._meter, self._gpu = meter, gpu
        self._before: tuple[float, float] | None = None
        self._gpu_kwh = 0.0
        self._total = self._shown = 0.0

    def cumulative_kwh(self) -> float | None:
        """kWh of the host without its GPUs, None while the meter gives nothing.

        Meter and GPUs are not read at the same instants: a step that comes out negative waits for the next.
        """
        metered, seen = self._meter.cumulative_kwh(), self._gpu.host_kwh()
        # A GPU that was lost keeps what it had used: nothing taken off comes back.
        gpu = self._gpu_kwh = self._gpu_kwh if seen is None else seen
        self.reason = self._meter.reason
        if metered is None:
            self._before, self._total = None, self._shown
            return None
        if self._before is not None:
            self._total += (metered - self._before[0]) - (gpu - self._before[1])
        self._before = (metered, gpu)
        self._shown = max(self._shown, self._total)
        return self._shown


@dataclass(slots=True)
class Channels:
    """The channels of a host; `counters` grows when late ones open, so hand over the list itself.

    `gpu`: the source of the "gpu" component, None without any.
    """

    counters: list[HostCounter]
    gpu: GpuSource | None
    meter: MeterChannel | None = None
    codecarbon: CodeCarbonChannel | None = None
    _late: threading.Thread | None = field(default=None, repr=False)

    def open_late(self) -> None:
        """Start what costs processor time, in the background; returns at once, does nothing twice."""
        if self.codecarbon is not None:
            self.codecarbon.start()
        if self._late is None:
            self._late = threading.Thread(target=self._open_plugins, name="plugins", daemon=True)
            self._late.start()

    def join(self, timeout_s: float) -> None:
        """Wait for the late channels to be open (tests, benchmarks)."""
        if self.codecarbon is not None:
            self.codecarbon.join(timeout_s)
        if self._late is not None:
            self._late.join(timeout_s)

    def notices(self) -> list[Notice]:
        """What a reader of the result must know of the channels so far, each code once."""
        found = [counter.reason for counter in self.counters]
        if self.gpu is not None:
            found += [self.gpu.reason, rule_notice(self.gpu.rule or "")]
        kept = {notice.code: notice for notice in found if notice and notice.code.startswith(_WORTH_TELLING)}
        return list(kept.values())

    def close(self) -> None:
        """Stop reading the meter in the background."""
        if self.meter is not None:
            self.meter.close()

    def _open_plugins(self) -> None:
        if announced():
            self.counters.extend(open_plugins(_RESERVED))


def open_channels(
    site: SiteHost | None = None,
    *,
    codecarbon: CodeCarbonChannel | None = None,
    visible: str | None = None,
    order: str | None = None,
    gpu_share: float | None = None,
    powercap: Path = rapl.DEFAULT_ROOT,
    clock: Callable[[], float] = time.monotonic,
) -> Channels:
    """Open the channels of this host that cost little; see `Channels.open_late` for the others.

    `site`: what the site knows of this machine; `codecarbon`: None when it is not wanted; `visible`,
    `order`: GPUs the measured process may see (`collectors.nvml.visible_setting`); `gpu_share`: its part of
    them, 0 to 1, before that of the site; `powercap`: root of the powercap tree; `clock` in s.
    """
    share = gpu_share if gpu_share is not None else (site.gpu_share if site else None)
    nvml = NvmlChannel(
        visible=visible, order=order, share=share, idle_w=site.gpu_idle_w if site else None, clock=clock
    )
    gpu: GpuSource | None = nvml if nvml.active else None
    if gpu is None and codecarbon is not None:
        gpu = SharedGpu(codecarbon, share, HostLock("gpu"))
    meter = MeterChannel(site.meter, clock) if site and site.meter else None
    counters: list[HostCounter] = [_metered(meter, gpu, site), rapl.RaplChannel(powercap, clock)]
    if nvml.reason is not None and not nvml.active:
        counters.append(Silent(nvml.name, nvml.tier, nvml.reason))
    counters.append(codecarbon or Silent("codecarbon", "model", _not_wanted()))
    return Channels(counters, gpu, meter, codecarbon)


def _metered(meter: MeterChannel | None, gpu: GpuSource | None, site: SiteHost | None) -> HostCounter:
    if meter is None:
        return Silent("meter", "meter", _no_meter())
    behind = site is not None and site.meter is not None and site.meter.includes_gpu
    return LessGpu(meter, gpu) if gpu is not None and behind else meter


def _no_meter() -> Notice:
    return Notice(
        "sans_compteur_externe",
        "Aucun compteur externe n'est déclaré pour cette machine ([host.meter] du fichier de site).",
        "No external meter is declared for this machine ([host.meter] of the site file).",
    )


def _not_wanted() -> Notice:
    return Notice(
        "codecarbon_non_demande",
        "CodeCarbon n'a pas été demandé (FOOTPRINT_CODECARBON=0).",
        "CodeCarbon was not asked for (FOOTPRINT_CODECARBON=0).",
    )
