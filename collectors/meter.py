"""An external meter: a command that prints one number, or a file that holds one; tier "meter".

A command runs in a background thread, again and again, under a time limit: a slow or hanging meter never
delays a sample. Readings become energy by trapezium (power) or by difference (cumulative energy).

Between two readings the last power known is held, so that a meter read every ten seconds does not look
like nine seconds of nothing; the next reading sets the total right. When readings stop coming (three
periods) the channel gives nothing until they come back: the time between is a gap, covered by another
channel, never invented.
"""

from __future__ import annotations

import math
import os
import re
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from collectors.records import Notice, Tier

Quantity = Literal["power_w", "energy_j", "energy_kwh"]
QUANTITIES: tuple[Quantity, ...] = ("power_w", "energy_j", "energy_kwh")
DEFAULT_PERIOD_S = 10.0
DEFAULT_UNCERTAINTY = 0.02
"""90 % interval of a meter, ±2 % (own rule: between class 1 and a usual PDU; settable)."""
DEFAULT_MAX_W = 100_000.0
"""Above this a reading is refused (own rule; settable)."""
_MAX_TIMEOUT_S = 10.0
PERIODS_BEFORE_GAP = 3
_JOULES_PER_KWH = 3.6e6
_NUMBER = re.compile(rb"[-+]?\d+(?:[.,]\d*)?(?:[eE][-+]?\d+)?")
_MAX_BYTES = 4096


@dataclass(frozen=True, slots=True)
class MeterSpec:
    """Where the meter is and what it says.

    `command` (program and arguments, no shell) or `file`; `quantity` and its unit; `period_s` between two
    runs of the command; `uncertainty`: half-width of the 90 % interval, as a part; `max_w`: above it a
    reading is refused; `includes_gpu`: whether the graphics processors are behind this meter.
    """

    command: tuple[str, ...] | None = None
    file: Path | None = None
    quantity: Quantity = "power_w"
    period_s: float = DEFAULT_PERIOD_S
    uncertainty: float = DEFAULT_UNCERTAINTY
    max_w: float = DEFAULT_MAX_W
    includes_gpu: bool = True


class MeterChannel:
    """Cumulative energy of what the meter measures, since its first usable reading; a host counter."""

    name = "meter"
    tier: Tier = "meter"

    def __init__(self, spec: MeterSpec, clock: Callable[[], float] = time.monotonic) -> None:
        """Start reading; `clock` in s. A command is started at once, in the background."""
        self.bounds = (1.0 - spec.uncertainty, 1.0 + spec.uncertainty)
        self._spec = spec
        self._clock = clock
        self._integral = Integral(spec.quantity, spec.period_s, spec.max_w)
        self._lock = threading.Lock()
        self.reason: Notice | None = _waiting()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._written: tuple[int, float] | None = None
        if spec.command:
            self._thread = threading.Thread(target=self._run, name="meter", daemon=True)
            self._thread.start()

    def cumulative_kwh(self) -> float | None:
        """kWh since the first usable reading, None before it and in a gap."""
        if self._spec.file is not None and self._is_fresh(self._spec.file):
            self._take(*read_file(self._spec.file))
        with self._lock:
            joules = self._integral.joules(self._clock())
        return None if joules is None else joules / _JOULES_PER_KWH

    def _is_fresh(self, path: Path) -> bool:
        """Whether the file was written less than three periods ago: what nobody writes any more is a gap."""
        try:
            written = path.stat().st_mtime_ns
        except OSError:
            return True  # reading it will say why
        now = self._clock()
        if self._written is None or written != self._written[0]:
            self._written = (written, now)
        return now - self._written[1] <= PERIODS_BEFORE_GAP * self._spec.period_s

    def close(self) -> None:
        """Stop reading; the thread ends at the latest with the command it waits for."""
        self._stop.set()

    def _run(self) -> None:
        argv = self._spec.command or ()
        timeout_s = min(_MAX_TIMEOUT_S, max(1.0, self._spec.period_s))
        while not self._stop.is_set():
            began = time.monotonic()
            self._take(*run_command(argv, timeout_s))
            self._stop.wait(max(0.1, self._spec.period_s - (time.monotonic() - began)))

    def _take(self, data: bytes | None, problem: str) -> None:
        value = None if data is None else read_number(data)
        with self._lock:
            if value is None:
                self.reason = _mute(problem or "texte illisible / unreadable text")
                return
            self._integral.take(value, self._clock())
            self.reason = self._integral.notice or (None if self._integral.started else _waiting())


class Integral:
    """Readings of a meter, in order of time, into joules."""

    def __init__(self, quantity: Quantity, period_s: float, max_w: float) -> None:
        self.notice: Notice | None = None
        self._quantity, self._max_w = quantity, max_w
        self._hold_s = PERIODS_BEFORE_GAP * period_s
        self._patience_s = self._hold_s
        self._total_j = 0.0
        self._shown_j = 0.0
        self._at: float | None = None
        self._power_w: float | None = None
        self._energy_j: float | None = None

    @property
    def started(self) -> bool:
        """Whether a power is known."""
        return self._power_w is not None

    def take(self, value: float, now_s: float) -> None:
        """One reading, in the unit of the quantity; refused when it cannot be true."""
        if not math.isfinite(value) or value < 0:
            self.notice = _refused(value)
        elif self._quantity == "power_w":
            self._take_power(value, now_s)
        else:
            self._take_energy(value * (_JOULES_PER_KWH if self._quantity == "energy_kwh" else 1.0), now_s)

    def joules(self, now_s: float) -> float | None:
        """J at `now_s`, the last power known being held; None before any power is known and in a gap."""
        if self._at is None or self._power_w is None:
            return None
        waited = now_s - self._at
        if waited > self._patience_s:
            return None
        # A total that turned out lower waits for the meter to catch up: energy never decreases.
        self._shown_j = max(self._shown_j, self._total_j + self._power_w * max(0.0, waited))
        return self._shown_j

    def _take_power(self, watts: float, now_s: float) -> None:
        if watts > self._max_w:
            self.notice = _refused(watts)
            return
        if self._at is not None and self._power_w is not None:
            self._join((self._power_w + watts) / 2, now_s - self._at)
        self._at, self._power_w = now_s, watts

    def _join(self, mean_w: float, seconds: float) -> None:
        if seconds <= self._patience_s:
            self._total_j += mean_w * max(0.0, seconds)
        else:
            self._total_j = self._shown_j
            self.notice = _gap(seconds)

    def _take_energy(self, joules: float, now_s: float) -> None:
        before, at = self._energy_j, self._at
        if before is None or at is None:
            self._energy_j, self._at = joules, now_s
            return
        step, seconds = joules - before, now_s - at
        if step == 0 or seconds <= 0:
            return  # a coarse counter: the power known is held until it moves
        self._energy_j, self._at = joules, now_s
        watts = step / seconds
        if not 0 < watts <= self._max_w:
            self.notice = _reset() if step < 0 else _refused(watts)
            self._total_j, self._power_w = self._shown_j, None
            return
        if self._power_w is not None:
            self._total_j += step
        self._power_w = watts
        # A counter that moves every 40 s is not silent after 30.
        self._patience_s = max(self._hold_s, 2 * seconds)


def read_number(data: bytes) -> float | None:
    """The one number in what a meter said, decimal point or comma; None for anything else."""
    text = data.strip()
    return float(text.replace(b",", b".")) if _NUMBER.fullmatch(text) else None


def read_file(path: Path) -> tuple[bytes | None, str]:
    """(first bytes of a file, "") or (None, problem); never waits, be it on a pipe nobody writes."""
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                return None, "pas un fichier / not a file"
            return os.read(opened, _MAX_BYTES), ""
        finally:
            os.close(opened)
    except OSError as error:
        return None, error.strerror or type(error).__name__


def run_command(argv: tuple[str, ...], timeout_s: float) -> tuple[bytes | None, str]:
    """(what a command printed, "") or (None, problem); it and its children are killed at `timeout_s`."""
    try:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        return None, error.strerror or type(error).__name__
    try:
        printed, _ = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        _kill_group(process)
        return None, f"délai dépassé / timed out ({timeout_s:g} s)"
    if process.returncode != 0:
        return None, f"code {process.returncode}"
    return printed[:_MAX_BYTES], ""


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):
        process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _waiting() -> Notice:
    return Notice(
        "compteur_attente",
        "Le compteur externe n'a pas encore donné de puissance (un compteur d'énergie en demande deux relevés).",
        "The external meter has not given a power yet (a counter of energy needs two readings).",
    )


def _mute(problem: str) -> Notice:
    return Notice(
        "compteur_muet",
        f"Le compteur externe ne répond pas ({problem}) ; vérifiez [host.meter] dans le fichier de site.",
        f"The external meter does not answer ({problem}); check [host.meter] in the site file.",
    )


def _refused(value: float) -> Notice:
    return Notice(
        "compteur_refuse",
        f"Le compteur externe a donné une valeur impossible ({value:g}) ; elle n'est pas comptée.",
        f"The external meter gave an impossible value ({value:g}); it is not counted.",
    )


def _reset() -> Notice:
    return Notice(
        "compteur_remis",
        "Le compteur externe a reculé (remis à zéro ?) ; cet intervalle n'est pas compté.",
        "The external meter went backwards (reset?); that interval is not counted.",
    )


def _gap(seconds: float) -> Notice:
    return Notice(
        "compteur_lacune",
        f"Le compteur externe est resté sans relevé pendant {seconds:.0f} s ; un autre canal couvre ce temps.",
        f"The external meter gave no reading for {seconds:.0f} s; another channel covers that time.",
    )
