"""What CodeCarbon left: emissions.csv of every generation, and the JSON of its API.

Only energy is taken; its emissions are shown beside ours. The energies it writes hold its own PUE: they are
divided by it, since the assessment applies the building's, once (M2). No host, user, place or path is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from collectors.pulls.found import (
    Fault,
    Found,
    Measure,
    Slice,
    SourceUnreadable,
    cut,
    energy_row,
    read_file,
)
from collectors.pulls.tabular import (
    LARGEST_FILE,
    cleaned,
    decode,
    epoch,
    moment,
    number,
    table_of,
    zone_named,
)
from collectors.records import Notice, Tier

MOST_KW = 20.0
_ENERGIES = ("cpu energy", "ram energy", "gpu energy")


@dataclass(frozen=True, slots=True)
class CodeCarbonChoices:
    """`timezone`: of the machine (CodeCarbon writes local time); `tier`: of its processor energy, "model"
    unless it is known to have read RAPL; `zone`: replaces the country it found."""

    timezone: str = "Europe/Paris"
    tier: Tier = "model"
    zone: str | None = None


def read_codecarbon(path: Path, choices: CodeCarbonChoices) -> Found:
    """Runs of an emissions.csv, or of the API's JSON. Raises SourceUnreadable or BadOption."""
    zone_named(choices.timezone)
    data = read_file(path, LARGEST_FILE)
    faults: list[Fault] = []
    if decode(data[:1000]).lstrip()[:1] in ("{", "["):
        rows = _json_rows(path.name, data, faults)
    else:
        rows = _csv_rows(path.name, data, faults)
    measures = []
    notices: tuple[Notice, ...] = ()
    for line, cells in rows:
        measure = _measure(path.name, line, cells, choices, faults)
        if measure is not None:
            measures.append(measure)
            if moment(cells["timestamp"]).tzinfo is None:
                notices = (_local_times(choices.timezone),)
    return without_tasks(Found(tuple(measures), tuple(faults), notices))


def without_tasks(found: Found) -> Found:
    """Without the tasks of runs that are there whole: their energy is in their run's."""
    whole = {run for run, task in (measure.identity for measure in found.measures) if not task}
    inside = {measure.identity for measure in found.measures if measure.identity[1]}
    inside = {(run, task) for run, task in inside if run in whole}
    if not inside:
        return found
    measures = tuple(measure for measure in found.measures if measure.identity not in inside)
    return replace(found, measures=measures, notices=(*found.notices, _tasks_inside(len(inside))))


def _csv_rows(name: str, data: bytes, faults: list[Fault]) -> list[tuple[int | None, dict[str, str]]]:
    """The last row of each run: rows of a run are cumulative. Tasks of a run come apart from it."""
    table = table_of(name, data)
    if not {"timestamp", "duration"} <= table.headers.keys() or not (
        "energy consumed" in table.headers or "cpu energy" in table.headers
    ):
        raise SourceUnreadable(
            f"{name} : ce n’est pas un emissions.csv de CodeCarbon (colonnes timestamp, duration et "
            "energy_consumed attendues).",
            f"{name}: not an emissions.csv of CodeCarbon (columns timestamp, duration and energy_consumed "
            "expected).",
        )
    last: dict[tuple[str, ...], tuple[int | None, dict[str, str]]] = {}
    longest: dict[tuple[str, ...], float] = {}
    for row in table.rows:
        cells = row.cells
        key = (cells.get("run id", ""), cells.get("task name", ""))
        if not key[0]:
            key = ("", str(row.line))
        try:
            duration = number(cells["duration"])
        except (ValueError, KeyError):
            faults.append(_bad(name, row.line, "duration", cells.get("duration", ""), "nombre"))
            continue
        if duration >= longest.get(key, -1.0):
            longest[key], last[key] = duration, (row.line, cells)
    faults += table.broken
    return list(last.values())


def _json_rows(name: str, data: bytes, faults: list[Fault]) -> list[tuple[int | None, dict[str, str]]]:
    """Runs of the API: totals of runs as they are; emissions, which are differences, added up by run."""
    try:
        read = json.loads(decode(data))
    except (ValueError, RecursionError):
        raise SourceUnreadable(f"{name} : JSON illisible.", f"{name}: JSON can't be read.") from None
    items = [item for item in _items(read) if isinstance(item, dict)]
    about: dict[str, dict[str, Any]] = {}
    sums: dict[str, dict[str, Any]] = {}
    for place, item in enumerate(items, 1):
        run = str(item.get("run_id") or item.get("id") or "")
        if "energy_consumed" not in item:
            about[run] = item
            continue
        try:
            _add(sums.setdefault(run, {"n": 0}), item)
        except (TypeError, ValueError):
            faults.append(_bad(name, place, "energy_consumed", str(item.get("energy_consumed")), "nombre"))
    rows: list[tuple[int | None, dict[str, str]]] = []
    for run, total in sums.items():
        if total["n"]:
            whole = {**about.get(run, {}), **total, "run_id": run}
            rows.append((None, {cleaned(key): "" if v is None else str(v) for key, v in whole.items()}))
    if not rows and not faults:
        raise SourceUnreadable(
            f"{name} : aucune exécution avec energy_consumed dans ce JSON.",
            f"{name}: no run with energy_consumed in this JSON.",
        )
    return rows


def _items(read: Any) -> list[Any]:
    """The records of an answer: a list, a page of items, or lists under several names."""
    if isinstance(read, list):
        return read
    if not isinstance(read, dict):
        return []
    lists = [value for value in read.values() if isinstance(value, list)]
    return [item for value in lists for item in value] if lists else [read]


def _add(total: dict[str, Any], item: Mapping[str, Any]) -> None:
    """Add a record of a run; its end is the latest. Raises ValueError or TypeError, adding nothing."""
    names = ("duration", "energy_consumed", "cpu_energy", "ram_energy", "gpu_energy")
    values = {name: float(item.get(name) or 0.0) for name in names}
    emissions = item.get("emissions_sum", item.get("emissions"))
    values["emissions"] = float(emissions or 0.0)
    for name, value in values.items():
        total[name] = total.get(name, 0.0) + value
    total["n"] += 1
    total["timestamp"] = max(str(item.get("timestamp") or ""), total.get("timestamp", ""))
    for name in ("project_name", "country_iso_code", "cpu_model", "tracking_mode", "pue"):
        if item.get(name) is not None:
            total[name] = item[name]


def _measure(
    file: str, line: int | None, cells: Mapping[str, str], choices: CodeCarbonChoices, faults: list[Fault]
) -> Measure | None:
    """The measure of a run, or None and a fault that names the cell."""
    column = "timestamp"
    try:
        end = epoch(moment(cells[column]), zone_named(choices.timezone))
        column = "duration"
        seconds = number(cells[column])
        column = "pue"
        pue = max(1.0, number(cells.get(column) or "1"))
        column = "energy consumed"
        parts = [number(cells.get(name) or "0") / pue for name in _ENERGIES]
        total = number(cells.get(column) or "0") / pue or sum(parts)
    except (ValueError, KeyError, OverflowError, OSError):
        faults.append(
            _bad(file, line, column, cells.get(column, ""), "date" if column == "timestamp" else "nombre")
        )
        return None
    if min(parts) < 0 or total <= 0 or seconds <= 0 or total > MOST_KW * seconds / 3600:
        faults.append(_bad(file, line, column, f"{total:.6g} kWh / {seconds:g} s", "impossible"))
        return None
    cpu, gpu = _split(total, parts)
    rows = [energy_row("codecarbon", choices.tier, "total", cpu)] if cpu > 0 else []
    rows += [energy_row("codecarbon", "sensor", "gpu", gpu)] if gpu > 0 else []
    zone, notices = _zone(cells, choices)
    if parts[1] > total / 2:
        notices = (*notices, _mostly_memory())
    run = cells.get("run id") or f"{cells['timestamp']}/{seconds}/{total}"
    return Measure(
        source="codecarbon-csv",
        subject="run",
        identity=(run, cells.get("task name", "")),
        name=cells.get("project name", ""),
        slices=(Slice(end - seconds, end, seconds, tuple(rows)),),
        zone=zone,
        context=_context(cells),
        notices=notices,
        said=_said(cells),
    )


def _split(total: float, parts: list[float]) -> tuple[float, float]:
    """Processors with memory, and GPUs; all as processors when the parts do not make the total."""
    if abs(sum(parts) - total) <= 0.01 * total:
        return parts[0] + parts[1], parts[2]
    return total, 0.0


def _zone(cells: Mapping[str, str], choices: CodeCarbonChoices) -> tuple[str | None, tuple[Notice, ...]]:
    """The country it found, unless it is the one it falls back on; and what is to be known of the energy."""
    notices = []
    if cells.get("tracking mode") == "machine":
        notices.append(_whole_machine())
    country = cells.get("country iso code", "").upper()
    if choices.zone:
        return choices.zone, tuple(notices)
    if country == "CAN" and not cells.get("region") and cells.get("on cloud", "N") != "Y":
        notices.append(_canada())
        return None, tuple(notices)
    return country or None, tuple(notices)


def _canada() -> Notice:
    return Notice(
        "canada_par_defaut",
        "CodeCarbon a noté le Canada sans région : c’est le pays qu’il prend quand il n’a pas de réseau. Pays "
        "ignoré ; donnez --zone.",
        "CodeCarbon wrote Canada without a region: the country it falls back on without a network. Ignored; "
        "give --zone.",
    )


def _local_times(timezone: str) -> Notice:
    return Notice(
        "heures_locales",
        f"Heures lues comme {timezone} ; un autre fuseau : --timezone.",
        f"Times read as {timezone}; another zone: --timezone.",
    )


def _tasks_inside(count: int) -> Notice:
    return Notice(
        "taches_comprises",
        f"{count} tâche(s) laissée(s) de côté : leur énergie est déjà dans celle de leur exécution.",
        f"{count} task(s) left aside: their energy is already in their run’s.",
    )


def _mostly_memory() -> Notice:
    return Notice(
        "memoire_dominante",
        "Plus de la moitié de l’énergie est celle que CodeCarbon suppose à la mémoire : une puissance fixe, pas une "
        "mesure (docs/collecter.md).",
        "More than half of the energy is what CodeCarbon supposes of the memory: a fixed power, not a measurement "
        "(docs/collecter.md).",
    )


def _whole_machine() -> Notice:
    return Notice(
        "machine_entiere",
        "CodeCarbon a compté toute la machine : l’énergie des autres programmes est comprise.",
        "CodeCarbon counted the whole machine: the energy of other programs is included.",
    )


def _said(cells: Mapping[str, str]) -> dict[str, float | str]:
    try:
        return {"emissions_kgco2e": number(cells.get("emissions", ""))}
    except ValueError:
        return {}


def _context(cells: Mapping[str, str]) -> dict[str, Any]:
    """Fields of the machine that may be kept."""
    context: dict[str, Any] = {"cpu_model": cells["cpu model"][:100]} if cells.get("cpu model") else {}
    with suppress(ValueError):
        context["threads"] = int(number(cells.get("cpu count", "")))
    return context


def _bad(file: str, line: int | None, column: str, value: str, code: str) -> Fault:
    """A cell that can't be used."""
    said = {
        "nombre": ("nombre attendu", "a number is expected"),
        "date": ("date attendue, comme 2026-03-04T09:00:00", "a date is expected, such as 2026-03-04T09:00:00"),
        "impossible": (f"énergie nulle, négative ou de plus de {MOST_KW:g} kW en moyenne",
                       f"energy zero, negative or above {MOST_KW:g} kW on average"),
    }[code]  # fmt: skip
    return Fault(file, line, column.replace(" ", "_"), cut(value), code, *said)
