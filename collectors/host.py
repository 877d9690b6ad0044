"""What a host says of itself: processor time, threads, memory, processor name, pseudonym."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

import psutil

from collectors.records import Machine

_MACHINE_ID_FILES = ("/etc/machine-id", "/var/lib/dbus/machine-id")
_BUSY = ("user", "nice", "system", "irq", "softirq", "interrupt", "dpc")
_IDENTIFIER_DIGITS = 12


class HostTimes(NamedTuple):
    """Processor time of the whole host since boot: seconds busy, summed over its threads."""

    busy_s: float


def host_times() -> HostTimes:
    """Busy processor seconds of the host: neither idle, nor waiting for disks, nor stolen by a neighbour."""
    if psutil.LINUX:
        with open("/proc/stat", "rb", buffering=0) as file:  # noqa: PTH123 (once a second)
            line = file.read(512).partition(b"\n")[0].decode("ascii")
        if (read := parse_proc_stat(line)) is not None:
            return read
    times = psutil.cpu_times()
    return HostTimes(sum(getattr(times, name, 0.0) for name in _BUSY))


def parse_proc_stat(line: str) -> HostTimes | None:
    """The same from the first line of Linux's /proc/stat, or None when it is not one."""
    fields = line.split()
    if len(fields) < 8 or fields[0] != "cpu":
        return None
    try:
        user, nice, system, _idle, _iowait, irq, softirq = (int(field) for field in fields[1:8])
    except ValueError:
        return None
    return HostTimes((user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK"))


def host_id(files: tuple[str, ...] = _MACHINE_ID_FILES) -> str | None:
    """Pseudonym of the host: 12 hexadecimal digits of sha256 of its machine id, or None without one."""
    for name in files:
        try:
            machine_id = Path(name).read_text(encoding="ascii", errors="ignore").strip()
        except OSError:
            continue
        if machine_id:
            digest = hashlib.sha256(f"footprint:{machine_id}".encode()).hexdigest()
            return digest[:_IDENTIFIER_DIGITS]
    return None


def read_cpuinfo(path: Path = Path("/proc/cpuinfo")) -> tuple[str | None, int, bool]:
    """(processor name, chips, is a virtual machine) from Linux's cpuinfo; (None, 1, False) without it."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None, 1, False
    name: str | None = None
    chips: set[str] = set()
    virtual = False
    for line in text.splitlines():
        key, _, value = line.partition(":")
        key, value = key.strip(), value.strip()
        if key in ("model name", "Model") and name is None:
            name = value or None
        elif key == "physical id":
            chips.add(value)
        elif key == "flags" and not virtual:
            virtual = "hypervisor" in value.split()
    return name, max(1, len(chips)), virtual


def this_machine() -> Machine:
    """This host, as the power model needs it."""
    name, chips, virtual = read_cpuinfo()
    return Machine(
        threads=psutil.cpu_count(logical=True) or 1,
        chips=chips,
        ram_gb=psutil.virtual_memory().total / 2**30,
        cpu_model=name,
        virtual=virtual,
        host_id=host_id(),
    )
