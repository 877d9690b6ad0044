"""One NVIDIA GPU: its energy from the driver's counter or from power, and who uses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from collectors.records import Notice

MAX_W = 5_000.0
"""A step that implies more than this for one GPU is a fault of the counter (own rule)."""
MAX_GAP_S = 30.0
"""Powers read further apart are not joined: what happened between them is unknown (own rule)."""
_MILLIJOULES_PER_KWH = 3.6e9
_JOULES_PER_KWH = 3.6e6
_GONE = ("NVML_ERROR_GPU_IS_LOST", "NVML_ERROR_UNINITIALIZED", "NVML_ERROR_RESET_REQUIRED")
_MAX_PERCENT = 100


class GpuGone(Exception):
    """The driver no longer answers for this GPU; caught by the channel, never seen outside."""


class MigDevice(NamedTuple):
    """A MIG device: identifier, compute slices, processes on it (None when the driver does not tell)."""

    uuid: str
    slices: int
    present: frozenset[int] | None


class Device:
    """Energy of one GPU since it was opened, in kWh."""

    def __init__(self, library: Any, index: int, now_s: float) -> None:
        """`library`: pynvml or its like; `now_s`: monotonic clock. Raises GpuGone when it does not answer."""
        self._library = library
        self._gone = {getattr(library, name, None) for name in _GONE}
        self.index = index
        self.handle = self.ask("nvmlDeviceGetHandleByIndex", index)
        self.uuid = _text(self.ask("nvmlDeviceGetUUID", self.handle)) or str(index)
        self.model = _text(self.ask("nvmlDeviceGetName", self.handle))
        self.kwh = 0.0
        self.notice: Notice | None = None
        self._at = now_s
        self._counter_mj: int | None = self.ask("nvmlDeviceGetTotalEnergyConsumption", self.handle)
        self._power_w = self._read_power() if self._counter_mj is None else None
        self._last_stamp_us = 0
        self.activity()

    @property
    def measurable(self) -> bool:
        """Whether it gives energy or power."""
        return self._counter_mj is not None or self._power_w is not None

    def ask(self, function: str, *arguments: Any) -> Any:
        """What the driver answers, None where it does not support the question. Raises GpuGone."""
        try:
            return getattr(self._library, function)(*arguments)
        except self._library.NVMLError as error:
            if error.value in self._gone:
                raise GpuGone from error
            return None

    def read(self, now_s: float) -> float:
        """Energy in kWh since opened, updated. Raises GpuGone."""
        seconds = max(0.0, now_s - self._at)
        if self._counter_mj is not None:
            self._read_counter(now_s, seconds)
        elif self._power_w is not None:
            self._integrate(now_s, seconds)
        return self.kwh

    def present(self, handle: Any = None) -> frozenset[int] | None:
        """Processes computing on the GPU (or MIG device), None when the driver does not tell."""
        listed = self.ask("nvmlDeviceGetComputeRunningProcesses", handle or self.handle)
        return None if listed is None else frozenset(process.pid for process in listed)

    def activity(self) -> dict[int, float] | None:
        """SM utilisation by process, summed over the driver's samples since last asked; None: not counted.

        "Not found" means no sample, hence no activity; so does a success with nothing to list.
        """
        library = self._library
        try:
            samples = library.nvmlDeviceGetProcessUtilization(self.handle, self._last_stamp_us)
        except library.NVMLError as error:
            if error.value in self._gone:
                raise GpuGone from error
            nothing = (library.NVML_ERROR_NOT_FOUND, library.NVML_SUCCESS)
            return {} if error.value in nothing else None
        by_process: dict[int, float] = {}
        for sample in samples:
            # A process that has just ended may leave nonsense in the driver's buffer.
            if sample.timeStamp <= self._last_stamp_us or not 0 < sample.smUtil <= _MAX_PERCENT:
                continue
            by_process[sample.pid] = by_process.get(sample.pid, 0.0) + sample.smUtil
        self._last_stamp_us = max([self._last_stamp_us, *(sample.timeStamp for sample in samples)])
        return by_process

    def mig_devices(self) -> tuple[list[MigDevice], int] | None:
        """MIG devices and the slices of the whole GPU, None when it is not split. Raises GpuGone."""
        mode = self.ask("nvmlDeviceGetMigMode", self.handle)
        total = self.ask("nvmlDeviceGetMaxMigDeviceCount", self.handle) if mode and mode[0] else None
        return (list(self._mig(total)), total) if total else None

    def _mig(self, total: int) -> Iterator[MigDevice]:
        for i in range(total):
            handle = self.ask("nvmlDeviceGetMigDeviceHandleByIndex", self.handle, i)
            attributes = None if handle is None else self.ask("nvmlDeviceGetAttributes", handle)
            if attributes is None:
                continue
            # Several compute instances may share a GPU instance: each counts its own slices only.
            slices = attributes.computeInstanceSliceCount or attributes.gpuInstanceSliceCount
            uuid = _text(self.ask("nvmlDeviceGetUUID", handle))
            yield MigDevice(uuid, min(slices, attributes.gpuInstanceSliceCount), self.present(handle))

    def _read_counter(self, now_s: float, seconds: float) -> None:
        total = self.ask("nvmlDeviceGetTotalEnergyConsumption", self.handle)
        if total is None or self._counter_mj is None:
            return  # not this time: the next reading covers it
        step_kwh = (total - self._counter_mj) / _MILLIJOULES_PER_KWH
        self._counter_mj, self._at = total, now_s
        # The counter and the clock are not read at the same instant: judge over a second at least.
        if 0.0 <= step_kwh * _JOULES_PER_KWH <= MAX_W * max(1.0, seconds):
            self.kwh += step_kwh
        else:
            self.notice = _reset()

    def _integrate(self, now_s: float, seconds: float) -> None:
        watts = self._read_power()
        if watts is None or self._power_w is None:
            return
        if seconds <= MAX_GAP_S:
            self.kwh += (self._power_w + watts) / 2 * seconds / _JOULES_PER_KWH
        else:
            self.notice = _gap()
        self._power_w, self._at = watts, now_s

    def _read_power(self) -> float | None:
        milliwatts = self.ask("nvmlDeviceGetPowerUsage", self.handle)
        return milliwatts / 1000 if milliwatts is not None and 0 <= milliwatts / 1000 <= MAX_W else None


def _text(value: Any) -> str:
    """Older versions of the library answer in bytes."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value) if value is not None else ""


def _reset() -> Notice:
    return Notice(
        "gpu_compteur_remis",
        "Le compteur d'énergie d'un GPU a été remis à zéro ou a sauté ; cet intervalle n'est pas compté.",
        "The energy counter of a GPU was reset or jumped; that interval is not counted.",
    )


def _gap() -> Notice:
    return Notice(
        "gpu_lacune",
        "La puissance d'un GPU est restée inconnue plus de 30 s ; ce temps n'est pas compté.",
        "The power of a GPU stayed unknown for more than 30 s; that time is not counted.",
    )
