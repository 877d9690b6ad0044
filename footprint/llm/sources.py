"""Where the energy of a served model comes from, over one load level.

host           the whole machine, by our own recorder: a machine reserved for the model, its rest included
recorder       the serving process and its descendants, by our own recorder (needs its number)
nvml           the GPUs of this host, by their driver: the rest of the machine is not in it
dcgm:URL       the GPUs, by a DCGM exporter: the rest of the machine is not in it
meter          a meter that someone reads and types, kWh
meter:FILE     a meter whose index, in kWh, something writes in a file
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from pathlib import Path

from collectors.llm.serving import DCGM_REFRESH_S, MOST_GPU_W, Increase, dcgm
from collectors.nvml import NvmlChannel
from collectors.records import EnergyRow, Notice
from footprint.llm.errors import LlmRefused
from footprint.llm.recorded import RecorderSource
from footprint.llm.used import Source, Used
from footprint.lognormal import Z95

METER = 0.02
"""90 % interval of a meter read by hand or in a file: ±2 % (own rule, as for external meters)."""
SENSOR = 0.10
"""90 % interval of an on-board counter: ±10 % (M7, default of the tier)."""
FEW_REFRESHES = 10
"""Refreshes of DCGM in a level, below which the level is said to be short (own rule)."""
_MJ_PER_KWH = 3.6e9


class DcgmSource:
    """The GPUs of a DCGM exporter; what the rest of the machine uses is not in it, and is said so."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url, self._clock = url, clock
        self._exporter = dcgm(url, clock)
        self._began = 0.0

    def begin(self) -> None:
        """First reading; raises ServingUnreadable without an energy counter."""
        self._exporter = dcgm(self._url, self._clock)
        self._exporter.read()
        self._exporter.require("energy")
        self._began = self._clock()

    def tick(self) -> None:
        """Nothing: the counters go on by themselves."""

    def end(self) -> Used:
        """Energy of all the GPUs of the exporter, as of its last refresh; refused when none of it is plausible."""
        self._exporter.read()
        seconds = max(self._clock() - self._began, 1e-3)
        gained = self._exporter.gained()
        kwh = (gained.totals["energy"] or 0.0) / _MJ_PER_KWH
        if gained.refused and not kwh:
            raise LlmRefused(_refused().fr, _refused().en)
        own = sigma_of_refresh(seconds)
        low, high = widened(1 - SENSOR, 1 + SENSOR, own)
        row = EnergyRow("dcgm", "sensor", "gpu", kwh, kwh * low, kwh * high)
        return Used((row,), {}, (_gpu_only(), *_of_dcgm(gained, seconds)), independent=own)

    def close(self) -> None:
        """Nothing is held."""


def sigma_of_refresh(seconds: float) -> float:
    """Error of a level of `seconds` read through DCGM: ± one refresh at 90 %, as a standard deviation of the log."""
    return math.log1p(DCGM_REFRESH_S / seconds) / Z95


def widened(low: float, high: float, own: float) -> tuple[float, float]:
    """Bounds (multipliers) with an error of its own on top of the meter's: their variances add up."""
    meter = math.log(high / low) / (2 * Z95)
    factor = math.exp(Z95 * (math.hypot(meter, own) - meter))
    return low / factor, high * factor


class NvmlSource:
    """The GPUs of this host, whole; what the rest of the machine uses is not in it, and is said so."""

    def __init__(self) -> None:
        self._channel: NvmlChannel | None = None

    def begin(self) -> None:
        """Open the driver; refused, with its reason, where no GPU answers."""
        self._channel = NvmlChannel()
        if not self._channel.active:
            reason = self._channel.reason
            raise LlmRefused(
                f"Aucun GPU lisible. {reason.fr if reason else ''}", f"No GPU. {reason.en if reason else ''}"
            )
        self._channel.host_kwh()

    def tick(self) -> None:
        """A reading, for the GPUs whose power is integrated."""
        assert self._channel is not None
        self._channel.host_kwh()

    def end(self) -> Used:
        """Energy of all the GPUs of the host since `begin`."""
        assert self._channel is not None
        kwh = self._channel.host_kwh() or 0.0
        row = EnergyRow("nvml", "sensor", "gpu", kwh, kwh * (1 - SENSOR), kwh * (1 + SENSOR))
        return Used((row,), {}, (_gpu_only(),))

    def close(self) -> None:
        """Let the driver go."""
        self._channel = None


class MeterSource:
    """A meter: `read` gives its index in kWh, `begin` and `end` being the moments it is read."""

    def __init__(self, read: Callable[[], float]) -> None:
        self._read = read
        self._before = 0.0

    def begin(self) -> None:
        """First reading."""
        self._before = self._read()

    def tick(self) -> None:
        """Nothing: the meter goes on by itself."""

    def end(self) -> Used:
        """The difference; refused when it is not above zero."""
        kwh = self._read() - self._before
        if not (math.isfinite(kwh) and kwh > 0):
            raise LlmRefused(
                "L’index du compteur n’a pas augmenté pendant le niveau : allongez --seconds, vérifiez l’index.",
                "The meter's index did not rise during the level: lengthen --seconds, check the index.",
            )
        return Used((EnergyRow("compteur", "meter", "dynamic", kwh, kwh * (1 - METER), kwh * (1 + METER)),))

    def close(self) -> None:
        """Nothing is held."""


def read_index(text: str) -> float:
    """A meter's index in kWh, decimal comma or point. Raises LlmRefused."""
    plain = text.strip().replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise LlmRefused(
            f"Index de compteur illisible : « {text.strip()[:40]} ». Donnez des kWh, comme 1234,5.",
            f"Meter index not understood: “{text.strip()[:40]}”. Give kWh, such as 1234.5.",
        )
    return value


def source_named(
    name: str, *, pid: int | None, zone: str | None, ask: Callable[[], str], home: Path | None = None
) -> Source:
    """The source that `name` asks for; `ask` reads the meter's index from a person. Raises LlmRefused."""
    kind, _, rest = name.partition(":")
    zone = zone or os.environ.get("FOOTPRINT_ZONE")
    if kind == "host" and not rest:
        return RecorderSource(None, zone, home)
    if kind == "recorder" and not rest:
        if pid is None:
            raise LlmRefused(
                "--energy recorder mesure un processus : donnez --pid, le numéro du serveur de modèle.",
                "--energy recorder measures a process: give --pid, the number of the model's server.",
            )
        return RecorderSource(pid, zone, home)
    if kind == "nvml" and not rest:
        return NvmlSource()
    if kind == "dcgm" and rest:
        return DcgmSource(rest)
    if kind == "meter":
        return MeterSource(_file_index(Path(rest)) if rest else lambda: read_index(ask()))
    raise LlmRefused(
        f"Source d’énergie inconnue : « {name} ». Choisissez host, recorder, nvml, dcgm:ADRESSE, meter "
        "ou meter:FICHIER.",
        f"Unknown energy source: “{name}”. Choose host, recorder, nvml, dcgm:ADDRESS, meter or meter:FILE.",
    )


def _file_index(path: Path) -> Callable[[], float]:
    def read() -> float:
        try:
            with path.open(encoding="utf-8", errors="replace") as file:
                return read_index(file.read(100))
        except OSError as error:
            from pos_map.reasons import reason

            fr, en = reason(error)
            raise LlmRefused(
                f"Compteur illisible : {path} ({fr}).", f"Meter not readable: {path} ({en})."
            ) from error

    return read


def _gpu_only() -> Notice:
    return Notice(
        "gpu_seuls",
        "Énergie des GPU seuls : processeurs, mémoire, disques et ventilation de la machine n’y sont pas. "
        "Le service complet (M6) consomme davantage.",
        "Energy of the GPUs alone: the machine's processors, memory, disks and fans are not in it. The full "
        "service (M6) uses more.",
    )


def _of_dcgm(gained: Increase, seconds: float) -> tuple[Notice, ...]:
    """What to know of the counters of the GPUs over a level."""
    told = (
        (gained.resets, _reset()),
        (gained.late, _late()),
        (gained.refused, _refused()),
        (seconds < FEW_REFRESHES * DCGM_REFRESH_S, _short()),
    )
    return tuple(notice for found, notice in told if found)


def _late() -> Notice:
    return Notice(
        "gpu_apparu",
        "Un GPU est apparu pendant le niveau : son énergie d’avant n’est pas comptée, le chiffre est un minorant.",
        "A GPU appeared during the level: its energy before that is not counted, the figure is too low.",
    )


def _refused() -> Notice:
    kw = f"{MOST_GPU_W / 1000:g}"
    return Notice(
        "gpu_invraisemblable",
        f"Énergie d’un GPU écartée : plus de {kw} kW en moyenne. Le chiffre est un minorant : refaites ce niveau.",
        f"Energy of a GPU left out: above {kw} kW on average. The figure is too low: measure this level again.",
    )


def _short() -> Notice:
    least = f"{FEW_REFRESHES * DCGM_REFRESH_S:.0f}"
    return Notice(
        "niveau_court_dcgm",
        f"DCGM relit les GPU toutes les {DCGM_REFRESH_S:.0f} s : à moins de {least} s, l’énergie du niveau est "
        "mal bornée. Allongez --seconds.",
        f"DCGM reads the GPUs every {DCGM_REFRESH_S:.0f} s: below {least} s, the level's energy is poorly bounded. "
        "Lengthen --seconds.",
    )


def _reset() -> Notice:
    return Notice(
        "compteur_reparti",
        "Un compteur est reparti de zéro pendant le niveau : ce qu’il a perdu manque, le chiffre est un minorant.",
        "A counter restarted from zero during the level: what it lost is missing, the figure is too low.",
    )
