"""SLURM's accounting: the energy of jobs, from `sacct -P`.

    sacct -P -o JobID,JobName,Account,State,Start,End,ElapsedRaw,NCPUS,AllocTRES,ConsumedEnergyRaw

A job counts once: its own line, or, when that one has no energy, the largest of its steps (they overlap). The
user is never read. On a node several jobs share, SLURM gives each the energy of the whole node.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from collectors.pulls.found import BOUNDS, KWH_J, Fault, Found, Measure, Slice, SourceUnreadable, cut
from collectors.pulls.tabular import Row, Table, epoch, moment, read_table, zone_named
from collectors.records import EnergyRow, Notice

SENTINELS = frozenset({2.0**32 - 2, 2.0**32 - 1, 2.0**64 - 2, 2.0**64 - 1, float(2**63 - 1)})
"""What SLURM writes for "no value" and "infinite"."""
MOST_NODE_W = 20_000.0
_SUFFIXES = {"": 1.0, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_AMOUNT = re.compile(r"(\d{1,20}(?:\.\d{1,10})?)([KMGTP]?)")
_FINISHED = ("COMPLETED", "FAILED", "TIMEOUT", "CANCELLED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED",
             "DEADLINE", "BOOT_FAIL")  # fmt: skip


@dataclass(frozen=True, slots=True)
class SacctChoices:
    """`timezone`: of the cluster (sacct writes local time); `exclusive`: no node is ever shared;
    `node_cpus`: processors of a node as SLURM counts them, to know when a job had whole nodes."""

    timezone: str = "Europe/Paris"
    exclusive: bool = False
    node_cpus: int | None = None


def read_sacct(path: Path, choices: SacctChoices) -> Found:
    """The finished jobs of a `sacct -P` file. Raises SourceUnreadable or BadOption."""
    zone_named(choices.timezone)
    table = read_table(path, quoted=False)  # sacct -P never quotes: a job's name may hold a quote
    energy = next((name for name in ("consumedenergyraw", "consumedenergy") if name in table.headers), None)
    if energy is None or not {"jobid", "start", "end"} <= table.headers.keys():
        raise SourceUnreadable(
            f"{path.name} : colonnes JobID, Start, End et ConsumedEnergyRaw attendues. Commande : sacct -P -o "
            "JobID,JobName,Account,State,Start,End,ElapsedRaw,NCPUS,AllocTRES,ConsumedEnergyRaw",
            f"{path.name}: columns JobID, Start, End and ConsumedEnergyRaw expected. Command: sacct -P -o "
            "JobID,JobName,Account,State,Start,End,ElapsedRaw,NCPUS,AllocTRES,ConsumedEnergyRaw",
        )
    jobs: dict[str, list[Row]] = {}
    for row in table.rows:
        jobs.setdefault(row.cells["jobid"].split(".")[0], []).append(row)
    faults = list(table.broken)
    found = [_measure(table, job, rows, energy, choices, faults) for job, rows in jobs.items()]
    return Found(tuple(measure for measure in found if measure is not None), tuple(faults))


def joules(text: str) -> float | None:
    """Energy of a cell in J, with or without K, M, G (thousands); None when SLURM has none. Raises ValueError."""
    if text.strip() in ("", "0", "Unknown", "None"):
        return None
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    value = float(found[1]) * _SUFFIXES[found[2]]
    return None if value in SENTINELS or value == 0 else value


def _measure(
    table: Table, job: str, rows: Sequence[Row], energy: str, choices: SacctChoices, faults: list[Fault]
) -> Measure | None:
    """The measure of a job, or None and a fault."""
    first = next((row for row in rows if row.cells["jobid"] == job), rows[0])
    cells, state = first.cells, first.cells.get("state", "COMPLETED").split()
    if not state or state[0] not in _FINISHED:
        faults.append(_aside(table, first, "state", "pas_fini"))
        return None
    column = "start"
    try:
        zone = zone_named(choices.timezone)
        start = epoch(moment(cells[column]), zone)
        column = "end"
        end = epoch(moment(cells[column]), zone, after=start)
        column = energy
        amounts = {row.cells["jobid"]: joules(row.cells.get(energy, "")) for row in rows}
    except (ValueError, OverflowError, OSError):
        code = "nombre" if column == energy else "date"
        faults.append(_aside(table, first, column, code))
        return None
    elapsed = cells.get("elapsedraw", "")
    seconds = min(float(elapsed), end - start) if elapsed.isdecimal() and len(elapsed) < 12 else end - start
    nodes = _tres(cells.get("alloctres", ""), "node") or 1
    known = [value for value in amounts.values() if value is not None]
    own = amounts.get(job)
    amount = max(known, default=0.0) if own is None else own
    if not known or seconds <= 0 or amount > MOST_NODE_W * nodes * seconds:
        faults.append(_aside(table, first, energy, "impossible" if known else "sans_energie"))
        return None
    row, notices = _row(amount, *_share(cells, nodes, choices))
    return Measure(
        source="sacct",
        subject="run",
        identity=(job, cells["start"]),
        name=cells.get("account", ""),
        slices=(Slice(start, start + seconds, seconds, (row,)),),
        notices=notices if own is not None else (*notices, _steps_only()),
        said={"job": cells.get("jobname", "")},
    )


def _row(amount: float, whole: bool, share: float) -> tuple[EnergyRow, tuple[Notice, ...]]:
    """The energy of a job in J; on a node that others may have used, down to its part of the processors."""
    low, high = BOUNDS["sensor"]
    kwh = amount / KWH_J
    row = EnergyRow("slurm", "sensor", "total", kwh, kwh * low * share, kwh * high)
    return row, () if whole else (_shared_node(),)


def _share(cells: Mapping[str, str], nodes: int, choices: SacctChoices) -> tuple[bool, float]:
    """Whether the job had its nodes to itself, and the part of their processors it had (1 when unknown)."""
    cpus = cells.get("ncpus", "")
    if choices.exclusive:
        return True, 1.0
    if choices.node_cpus is None or not cpus.isdecimal() or not 0 < len(cpus) < 10:
        return False, 1.0
    part = int(cpus) / (choices.node_cpus * nodes)
    return part >= 1.0, min(1.0, part) or 1.0


def _tres(text: str, name: str) -> int | None:
    """A count of "billing=16,cpu=16,mem=64G,node=1"."""
    found = re.search(rf"(?:^|,){name}=(\d{{1,6}})(?:,|$)", text)
    return int(found[1]) if found and int(found[1]) > 0 else None


def _shared_node() -> Notice:
    return Notice(
        "noeud_partage",
        "Si d’autres travaux tournaient sur le même nœud, cette énergie est celle du nœud entier (par excès). "
        "Nœuds réservés : --exclusive ; sinon donnez --node-cpus.",
        "If other jobs ran on the same node, this is the energy of the whole node (an over-estimate). Reserved "
        "nodes: --exclusive; else give --node-cpus.",
    )


def _steps_only() -> Notice:
    return Notice(
        "etape_seule",
        "Pas d’énergie sur la ligne du travail : celle de sa plus grande étape est comptée (par défaut).",
        "No energy on the job’s line: its largest step’s is counted (an under-estimate).",
    )


_WHY = {
    "pas_fini": ("travail pas encore fini : relisez plus tard", "job not finished yet: read again later"),
    "date": ("date attendue, comme 2026-03-04T09:00:00", "a date is expected, such as 2026-03-04T09:00:00"),
    "nombre": ("énergie attendue en J, ou avec K, M, G", "an energy in J is expected, or with K, M, G"),
    "sans_energie": ("SLURM n’a pas d’énergie pour ce travail (AcctGatherEnergyType)",
                     "SLURM has no energy for this job (AcctGatherEnergyType)"),
    "impossible": ("durée nulle, ou plus de 20 kW par nœud",
                   "no duration, or above 20 kW a node"),
}  # fmt: skip


def _aside(table: Table, row: Row, column: str, code: str) -> Fault:
    """A job set aside; a state keeps its first word alone (the others name who cancelled)."""
    value = row.cells.get(column, "")
    value = value.split()[0] if column == "state" and value else value
    return Fault(table.file, row.line, table.headers.get(column, column), cut(value), code, *_WHY[code])
