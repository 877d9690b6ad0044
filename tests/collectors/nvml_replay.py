"""NVML answering from a recorded trace: the functions of pynvml that the channel calls, and no others.

A trace: {"gpus": [{"uuid", "model", …}], "ticks": [{"s": seconds, "gpus": [state]}]}. A state may hold
`energy_mj`, `power_mw`, `present` (processes), `activity` (process: SM %), `mig` (devices), `lost`. What a
state does not hold is answered "not supported".
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any


class NVMLError(Exception):
    def __init__(self, value: int) -> None:
        super().__init__(f"NVML error {value}")
        self.value = value


class ReplayedNvml:
    NVMLError = NVMLError
    NVML_SUCCESS = 0
    NVML_ERROR_UNINITIALIZED = 1
    NVML_ERROR_NOT_SUPPORTED = 3
    NVML_ERROR_NOT_FOUND = 6
    NVML_ERROR_GPU_IS_LOST = 15
    NVML_ERROR_RESET_REQUIRED = 16

    def __init__(self, trace: dict[str, Any]) -> None:
        self.trace = trace
        self.tick = 0

    @classmethod
    def read(cls, path: Path) -> ReplayedNvml:
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def clock(self) -> float:
        return float(self.trace["ticks"][self.tick]["s"])

    def _state(self, handle: Any) -> dict[str, Any]:
        if isinstance(handle, dict):
            return handle  # a MIG device is its own state
        state: dict[str, Any] = self.trace["ticks"][self.tick]["gpus"][handle]
        if state.get("lost"):
            raise NVMLError(self.NVML_ERROR_GPU_IS_LOST)
        return state

    def _held(self, handle: Any, name: str) -> Any:
        state = self._state(handle)
        if name not in state:
            raise NVMLError(self.NVML_ERROR_NOT_SUPPORTED)
        return state[name]

    def nvmlDeviceGetCount(self) -> int:
        return len(self.trace["gpus"])

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        self._state(index)
        return index

    def nvmlDeviceGetUUID(self, handle: Any) -> str:
        return str(handle["uuid"] if isinstance(handle, dict) else self.trace["gpus"][handle]["uuid"])

    def nvmlDeviceGetName(self, handle: int) -> str:
        return str(self.trace["gpus"][handle]["model"])

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: int) -> int:
        return int(self._held(handle, "energy_mj"))

    def nvmlDeviceGetPowerUsage(self, handle: int) -> int:
        return int(self._held(handle, "power_mw"))

    def nvmlDeviceGetComputeRunningProcesses(self, handle: Any) -> list[Any]:
        return [SimpleNamespace(pid=pid) for pid in self._held(handle, "present")]

    def nvmlDeviceGetProcessUtilization(self, handle: int, since_us: int) -> list[Any]:
        activity = self._held(handle, "activity")
        stamp = int(self.clock() * 1e6) + 1
        found = [SimpleNamespace(pid=int(p), smUtil=sm, timeStamp=stamp) for p, sm in activity.items()]
        if not found or stamp <= since_us:
            raise NVMLError(self.NVML_ERROR_NOT_FOUND)
        return found

    def nvmlDeviceGetMigMode(self, handle: int) -> list[int]:
        return [int(bool(self._held(handle, "mig"))), 0]

    def nvmlDeviceGetMaxMigDeviceCount(self, handle: int) -> int:
        return 7

    def nvmlDeviceGetMigDeviceHandleByIndex(self, handle: int, index: int) -> dict[str, Any]:
        devices = self._held(handle, "mig")
        if index >= len(devices):
            raise NVMLError(self.NVML_ERROR_NOT_FOUND)
        device: dict[str, Any] = devices[index]
        return device

    def nvmlDeviceGetAttributes(self, handle: dict[str, Any]) -> Any:
        return SimpleNamespace(
            gpuInstanceSliceCount=handle["slices"], computeInstanceSliceCount=handle["slices"]
        )
