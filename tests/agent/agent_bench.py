"""A host made of files: groups and processes under a folder, and sensors that answer what they are told."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from collectors.channels import Channels
from collectors.gpu import GpuReading
from collectors.host import HostTimes
from collectors.power_model import PowerModel, model_for
from collectors.records import Machine
from collectors.sampler import Sampler
from footprint.measuring.sensing import Sensing

TICKS = os.sysconf("SC_CLK_TCK")
MACHINE = Machine(threads=4, chips=1, ram_gb=16.0, cpu_model=None, virtual=False, host_id="0123456789ab")


class FakeHost:
    """Groups and processes as the kernel shows them."""

    def __init__(self, root: Path, *, groups: bool = True) -> None:
        self.root = root
        self.mount = root / "sys/fs/cgroup"
        self.busy_s = 0.0
        (root / "proc/self").mkdir(parents=True)
        self.mount.mkdir(parents=True)
        if groups:
            line = "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
            (root / "proc/self/mountinfo").write_text(line)

    def group(self, path: str, seconds: float) -> None:
        folder = self.mount / path.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cpu.stat").write_text(f"usage_usec {round(seconds * 1e6)}\n")

    def process(
        self,
        pid: int,
        name: str,
        own_s: float,
        *,
        children_s: float = 0.0,
        parent: int = 1,
        group: str = "/",
        start_s: float = 1.0,
    ) -> None:
        folder = self.root / f"proc/{pid}"
        folder.mkdir(exist_ok=True)
        own, children, start = (round(s * TICKS) for s in (own_s, children_s, start_s))
        fields = [
            "S",
            str(parent),
            *["0"] * 9,
            str(own),
            "0",
            str(children),
            "0",
            "20",
            "0",
            "1",
            "0",
            str(start),
        ]
        (folder / "stat").write_text(f"{pid} ({name}) {' '.join(fields)} 0 0\n")
        (folder / "cgroup").write_text(f"0::{group}\n")

    def end(self, pid: int) -> None:
        for name in ("stat", "cgroup"):
            (self.root / f"proc/{pid}/{name}").unlink()
        (self.root / f"proc/{pid}").rmdir()

    def times(self) -> HostTimes:
        return HostTimes(self.busy_s)


def power_model() -> PowerModel:
    return model_for(MACHINE, None, 1.0)


class FakeGpu:
    """GPUs that say what they are told: cumulative kWh, or None."""

    name = "nvml"
    rule = "whole_host"
    reason = None

    def __init__(self) -> None:
        self.kwh: float | None = 0.0

    def gpu_reading(self, pids: Collection[int] | None) -> GpuReading | None:
        assert pids is None
        return (
            None
            if self.kwh is None
            else GpuReading(self.kwh, self.kwh, self.kwh / 2, self.kwh * 2, "whole_host")
        )

    def host_kwh(self) -> float | None:
        return self.kwh


def sensing(gpu: FakeGpu | None = None) -> Sensing:
    context = {"host_id": MACHINE.host_id, "threads": MACHINE.threads}
    sampler = Sampler(machine=MACHINE, model=power_model(), gpu=gpu)
    return Sensing(sampler, Channels([], gpu), context, (), "FR")
