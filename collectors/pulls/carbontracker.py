"""carbontracker's logs: what it measured ("Actual consumption"), never what it predicted.

Its energies hold a PUE of its own, written in the log beside: they are divided by it, since the assessment
applies the building's, once (M2). Actual consumption stops with the epochs it watched: when fewer than the
training's, that is said, and nothing is extrapolated.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from collectors.pulls.found import (
    Fault,
    Found,
    Measure,
    Slice,
    SourceUnreadable,
    cut,
    energy_row,
    joined,
    read_file,
)
from collectors.pulls.tabular import decode, epoch, moment, number, zone_named
from collectors.records import Notice, Tier

LARGEST_LOG = 50_000_000
OUTPUT, STANDARD = "_carbontracker_output.log", "_carbontracker.log"
MOST_KW = 20.0
LARGEST_PUE = 3.0

_STAMP = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) - ", re.MULTILINE)
_BLOCK = re.compile(
    r"(Actual|Predicted) consumption(?: for (-?\d{1,9}) epoch\(s\))?:\s*\n"
    r"\s*Time:[ \t]*([^\n]{1,40})\n\s*Energy:[ \t]*([^\n]{1,40}?)[ \t]*kWh"
    r"(?:\s*CO2eq:[ \t]*([^\n]{1,40}?)[ \t]*g\b)?"
)
_PUE = re.compile(r"PUE\s+coefficient of (\d{1,2}\.\d{1,4})")
_CPU = re.compile(r"CPU with device\(s\) ([^\n]{1,200}?)\.(?:\s|$)")


def read_carbontracker(path: Path, timezone: str = "Europe/Paris") -> Found:
    """Runs of a log, or of a folder of logs. Raises SourceUnreadable or BadOption.

    `timezone`: of the machine (the log is in local time).
    """
    zone_named(timezone)
    if not path.is_dir():
        return _read(path, timezone)
    logs = sorted(path.glob(f"*{OUTPUT}"))
    if not logs:
        raise SourceUnreadable(
            f"{path.name} : aucun fichier *{OUTPUT} dans ce dossier (log_dir de carbontracker).",
            f"{path.name}: no *{OUTPUT} file in this folder (log_dir of carbontracker).",
        )
    return joined([_read(log, timezone) for log in logs])


def _read(path: Path, timezone: str) -> Found:
    text = decode(read_file(path, LARGEST_LOG))
    beside = path.with_name(path.name.removesuffix(OUTPUT) + STANDARD)
    standard = decode(read_file(beside, LARGEST_LOG)) if beside != path and beside.is_file() else ""
    blocks = list(_BLOCK.finditer(text))
    actual = [block for block in blocks if block[1] == "Actual"]
    faults: list[Fault] = []
    if not actual:
        predicted = " (des prédictions seulement)" if blocks else ""
        only = " (predictions only)" if blocks else ""
        faults.append(Fault(path.name, None, "", "", "rien_de_mesure",
                            f"pas de « Actual consumption » dans ce journal{predicted} : rien n’est compté",
                            f"no “Actual consumption” in this log{only}: nothing is counted"))  # fmt: skip
    planned = max((int(block[2] or 0) for block in blocks if block[1] == "Predicted"), default=0)
    found = [_measure(path, text, block, standard or text, planned, timezone, faults) for block in actual]
    return Found(tuple(measure for measure in found if measure is not None), tuple(faults))


def _measure(
    path: Path, text: str, block: re.Match[str], about: str, planned: int, timezone: str, faults: list[Fault]
) -> Measure | None:
    """The measure of an "Actual consumption", or None and a fault."""
    line = text.count("\n", 0, block.start()) + 1
    try:
        stamp = list(_STAMP.finditer(text, 0, block.start()))[-1][1]
        end = epoch(moment(stamp), zone_named(timezone))
        seconds = _duration(block[3])
        kwh = number(block[4])
    except (ValueError, IndexError, OverflowError, OSError):
        faults.append(Fault(path.name, line, "Actual consumption", cut(block[0]), "illisible",
                            "date, durée ou énergie illisible", "date, duration or energy can't be read"))  # fmt: skip
        return None
    pue = _PUE.search(about)
    by = float(pue[1]) if pue and 1.0 <= float(pue[1]) <= LARGEST_PUE else None
    kwh /= by or 1.0
    if not 0 < kwh <= MOST_KW * seconds / 3600:
        faults.append(Fault(path.name, line, "Energy", cut(block[4]), "impossible",
                            f"énergie nulle, négative ou de plus de {MOST_KW:g} kW en moyenne",
                            f"energy zero, negative or above {MOST_KW:g} kW on average"))  # fmt: skip
        return None
    row = energy_row("carbontracker", _tier(about), "total", kwh)
    said: dict[str, float | str] = {"pue": by} if by else {}
    with suppress(ValueError):
        said["emissions_gco2e"] = number(block[5] or "")
    return Measure(
        source="carbontracker",
        subject="run",
        identity=(stamp, block[3].strip(), block[4].strip()),
        name="",
        slices=(Slice(end - seconds, end, seconds, (row,)),),
        notices=_notices(by, int(block[2] or 0), planned),
        said=said,
    )


def _duration(text: str) -> float:
    """Seconds of "h:mm:ss" or "h:mm:ss.cc". Raises ValueError."""
    hours, minutes, seconds = text.strip().split(":")
    total = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    if not 0 < total < 1e9:
        raise ValueError(text)
    return total


def _tier(about: str) -> Tier:
    """Sensors when its processors are RAPL's ("cpu:0"); its table of powers, or unknown, is a model."""
    cpu = _CPU.search(about)
    if cpu is not None:
        return "sensor" if cpu[1].startswith(("cpu:", "dram:")) else "model"
    return "sensor" if "GPU with device(s)" in about else "model"


def _notices(pue: float | None, watched: int, planned: int) -> tuple[Notice, ...]:
    found = []
    if pue is None:
        found.append(Notice(
            "pue_inconnu",
            "Le PUE que carbontracker a compris dans cette énergie n’est pas écrit : non retiré (résultat par excès).",
            "The PUE carbontracker put in this energy is not written: not taken out (an over-estimate).",
        ))  # fmt: skip
    if 0 < watched < planned:
        found.append(Notice(
            "mesure_partielle",
            f"{watched} époque(s) mesurée(s) sur {planned} prévues : seules celles-là sont comptées.",
            f"{watched} epoch(s) measured of {planned} planned: only those are counted.",
        ))  # fmt: skip
    return tuple(found)
