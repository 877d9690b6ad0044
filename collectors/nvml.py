"""NVIDIA GPUs through the driver's library (NVML): energy counters, and a run's share of them (M6).

The library is loaded only where a driver is; elsewhere looking for it costs a few file tests. Energy is
the driver's total counter (from Volta on), else power integrated between readings. The GPUs looked at for
a run are those its CUDA_VISIBLE_DEVICES lets it see.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from collectors.gpu import GpuReading, LockMaker, Tally, Tenancy, share_of, whole_host
from collectors.host_lock import HostLock
from collectors.nvml_device import Device, GpuGone
from collectors.records import Notice, Tier

_JOULES_PER_KWH = 3.6e6
_HOST_PIDS = "pid:[4026531836]"
"""The initial process namespace (PROC_PID_INIT_INO in Linux's include/linux/proc_ns.h)."""
_LIBRARY = "libnvidia-ml.so.1"
_LIBRARY_FOLDERS = (
    "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/lib/wsl/lib",
    "/usr/local/nvidia/lib64", "/run/opengl-driver/lib",
)  # fmt: skip
_MIN_INTERVAL_S = 0.5
"""Power over a shorter time is too coarse to be taken for the power at rest (own rule)."""


def driver_present() -> bool:
    """Whether an NVIDIA driver seems to be here; a few file tests, nothing is loaded."""
    if sys.platform == "win32":
        return Path(os.environ.get("WINDIR", r"C:\Windows"), "System32", "nvml.dll").exists()
    folders = [*os.environ.get("LD_LIBRARY_PATH", "").split(":"), *_LIBRARY_FOLDERS]
    return os.path.exists("/dev/nvidiactl") or any(  # noqa: PTH110 - ten tests at each start: the cheap way
        os.path.exists(f"{folder}/{_LIBRARY}")  # noqa: PTH110
        for folder in folders
        if folder
    )


def visible_setting(pid: int) -> tuple[str | None, str | None]:
    """(CUDA_VISIBLE_DEVICES, CUDA_DEVICE_ORDER) a process was started with, None where not set or unknown.

    The rest of its environment is not looked at.
    """
    try:
        pairs = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return None, None
    found = dict(pair.decode("utf-8", "replace").split("=", 1) for pair in pairs if pair.startswith(b"CUDA_"))
    return found.get("CUDA_VISIBLE_DEVICES"), found.get("CUDA_DEVICE_ORDER")


def visible_gpus(
    setting: str | None, gpus: Sequence[tuple[str, str]], order: str | None = None
) -> tuple[set[int], set[str]] | None:
    """(indices of `gpus`, MIG identifiers) that `setting` lets a process see; None when it does not narrow.

    `gpus`: (identifier, model) in NVML's order. CUDA numbers GPUs fastest first unless `order` is
    PCI_BUS_ID: with several models a number is then ambiguous, and nothing is narrowed. As in CUDA, the
    list ends at the first item that names nothing.
    """
    if setting is None:
        return None
    indices: set[int] = set()
    slices: set[str] = set()
    for item in (part.strip() for part in setting.split(",")):
        if item.isdecimal() and int(item) < len(gpus):
            if len({model for _, model in gpus}) > 1 and order != "PCI_BUS_ID":
                return None
            indices.add(int(item))
        elif item.startswith("MIG-"):
            slices.add(item)
        elif named := [i for i, (uuid, _) in enumerate(gpus) if item[:4] == "GPU-" and uuid.startswith(item)]:
            indices.add(named[0])
        else:
            break
    return indices, slices


def host_wide_pids() -> bool:
    """Whether our process numbers are the driver's: not in a container with numbers of its own."""
    try:
        return os.readlink("/proc/self/ns/pid") == _HOST_PIDS  # noqa: PTH115 - not a path: "pid:[…]"
    except OSError:
        return sys.platform != "linux"


class NvmlChannel:
    """Cumulative energy of the NVIDIA GPUs since opened, and a run's share; tier "sensor"."""

    name = "nvml"
    tier: Tier = "sensor"

    def __init__(
        self,
        *,
        library: Any = None,
        visible: str | None = None,
        order: str | None = None,
        share: float | None = None,
        idle_w: float | None = None,
        host_pids: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
        lock: LockMaker = HostLock,
    ) -> None:
        """`library`: pynvml or its like, initialised (None: look for a driver and load it).

        `visible`, `order`: see `visible_setting`; `share`: part declared, 0 to 1; `idle_w`: power at rest
        of one GPU in W when known; `host_pids`: see `host_wide_pids`; `clock` in s.
        """
        self.reason: Notice | None = None
        self._clock, self._share, self._idle_w = clock, share, idle_w
        self._host_pids = host_wide_pids() if host_pids is None else host_pids
        self._devices: list[Device] = []
        self._names: list[tuple[str, str]] = []
        self._looked: set[int] = set()
        self._slices: set[str] = set()
        self._seen: dict[int, tuple[float, float]] = {}
        self._floor_w: dict[int, float] = {}
        self._before: frozenset[int] = frozenset()
        self._tally = Tally()
        self._lost_kwh = 0.0
        found = load() if library is None else library
        if isinstance(found, Notice):
            self.reason = found
            return
        self._open(found)
        self._look(visible, order)
        self._locks = {device.index: lock(f"gpu-{device.uuid}") for device in self._devices}

    @property
    def active(self) -> bool:
        """Whether at least one GPU is being read."""
        return bool(self._devices)

    @property
    def rule(self) -> str | None:
        """The rule that shared the most energy so far, None before any."""
        return self._tally.rule

    def gpu_reading(self, pids: Collection[int] | None) -> GpuReading | None:
        """Share of the processes `pids`, all GPUs whole for None; None when no GPU answers."""
        if not self.active:
            return None
        ours = self._before | frozenset(pids or ())
        # A process that ends between two readings was still there for the interval.
        self._before = frozenset(pids or ())
        for device in list(self._devices):
            if pids is None or device.index in self._looked:
                try:
                    self._account(device, ours, whole=pids is None)
                except GpuGone:
                    self._drop(device)
        return self._tally.reading() if self.active else None

    def host_kwh(self) -> float | None:
        """kWh of every GPU of the host since opened, None when no GPU answers."""
        if not self.active:
            return None
        for device in list(self._devices):
            try:
                device.read(self._clock())
            except GpuGone:
                self._drop(device)
        return self._lost_kwh + sum(device.kwh for device in self._devices)

    def _account(self, device: Device, ours: frozenset[int], *, whole: bool) -> None:
        now = self._clock()
        kwh, (kwh_before, at) = device.read(now), self._seen[device.index]
        self.reason = device.notice or self.reason
        step, seconds = kwh - kwh_before, now - at
        self._seen[device.index] = (kwh, now)
        if whole:
            self._tally.add(step, whole_host(step))
            return
        who = self._tenancy(device, ours)
        share = share_of(
            step, self._idle_kwh(device, step, seconds), who, self._share, self._locks[device.index]
        )
        self._tally.add(step, share)

    def _idle_kwh(self, device: Device, step_kwh: float, seconds: float) -> float:
        """Energy at rest over an interval: declared power, else the lowest seen."""
        if seconds <= 0:
            return 0.0
        floor = self._idle_w
        if floor is None:
            power_w = step_kwh * _JOULES_PER_KWH / seconds
            floor = self._floor_w.get(device.index, power_w)
            if seconds >= _MIN_INTERVAL_S and step_kwh > 0:
                floor = self._floor_w[device.index] = min(floor, power_w)
        return floor * seconds / _JOULES_PER_KWH

    def _tenancy(self, device: Device, ours: frozenset[int]) -> Tenancy:
        split = device.mig_devices()
        if split is not None:
            devices, total = split
            return Tenancy(slices=min(1.0, sum(self._part(*mig, ours) for mig in devices) / total))
        if not self._host_pids:
            return Tenancy()
        return Tenancy(ours, device.present(), device.activity())

    def _part(self, uuid: str, slices: int, present: frozenset[int] | None, ours: frozenset[int]) -> float:
        """Slices of a MIG device that are the run's: shared by presence among those on it."""
        if self._slices and uuid not in self._slices:
            return 0.0
        if not self._host_pids or present is None:
            return slices  # a container sees only the slices given to it
        if not present:
            return slices if self._slices else 0.0  # reserved for the run, or nobody's
        return slices * len(present & ours) / len(present)

    def _drop(self, device: Device) -> None:
        """A GPU that is lost leaves, the others go on; what it gave stays."""
        self._devices.remove(device)
        self._lost_kwh += device.kwh
        self.reason = _lost()

    def _open(self, library: Any) -> None:
        try:
            count = library.nvmlDeviceGetCount()
        except library.NVMLError:
            count = 0
        for index in range(count):
            try:
                device = Device(library, index, self._clock())
            except GpuGone:
                self.reason = _lost()
                self._names.append(("", ""))
                continue
            self._names.append((device.uuid, device.model))
            if device.measurable:
                self._devices.append(device)
                self._seen[index] = (0.0, self._clock())
        if not self._devices and self.reason is None:
            self.reason = _nothing()

    def _look(self, setting: str | None, order: str | None) -> None:
        """Narrow the GPUs looked at for a run to those it may see."""
        seen = visible_gpus(setting, self._names, order)
        everything = {device.index for device in self._devices}
        indices, self._slices = seen or (everything, set())
        self._looked = everything & indices
        for device in list(self._devices) if self._slices else ():
            try:
                split = device.mig_devices()
            except GpuGone:
                self._drop(device)
                continue
            if split and any(mig.uuid in self._slices for mig in split[0]):
                self._looked.add(device.index)


def load() -> Any:
    """The library, initialised, or the Notice that says why not."""
    if not driver_present():
        return Notice(
            "nvml_absent", "Aucun pilote NVIDIA sur cette machine.", "No NVIDIA driver on this machine."
        )
    try:
        library = importlib.import_module("pynvml")
    except ImportError:
        return Notice(
            "nvml_non_installe",
            "Un pilote NVIDIA est là mais pas sa bibliothèque Python : pip install nvidia-ml-py.",
            "An NVIDIA driver is here but not its Python library: pip install nvidia-ml-py.",
        )
    try:
        library.nvmlInit()
    except library.NVMLError as error:
        return Notice(
            "nvml_echec",
            f"Le pilote NVIDIA ne répond pas ({error}).",
            f"The NVIDIA driver does not answer ({error}).",
        )
    return library


def _nothing() -> Notice:
    return Notice(
        "nvml_sans_gpu",
        "Le pilote NVIDIA ne montre aucun GPU dont l'énergie soit lisible.",
        "The NVIDIA driver shows no GPU whose energy can be read.",
    )


def _lost() -> Notice:
    return Notice(
        "gpu_perdu",
        "Un GPU ne répond plus ; son énergie n'est plus comptée depuis.",
        "A GPU no longer answers; its energy is not counted since.",
    )
