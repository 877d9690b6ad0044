"""From a record as read to the rows of the store: the run, the services measured within it, their hours.

What arrives may have been altered or forged: the figures are taken again from the samples, never from the
result a file claims; every text is cut to what its column holds; what makes no sense is refused with a
reason (footprint.records.quarantine.REASONS).

A host session's rows are disjoint: "idle", "dynamic" (given to nobody), "gpu", "app:CODE" (dynamic energy of
an application). The host keeps them all; each CODE also becomes a "service" of its own, `<session>:<CODE>`.
"""

from __future__ import annotations

import json
import time
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collectors.rollup import energy_records
from collectors.spool import SpoolLog
from footprint.measuring.outcome import build
from footprint.phases import canonical
from footprint.records.quarantine import Unusable
from footprint.records.runs import RUN_ID
from footprint.store.tables import EnergyHour, MeasuredRun

SUBJECTS = ("run", "host", "service", "site")
APP = "app:"
MOST_APPLICATIONS = 5_000
_DAY_S = 86400.0
_LATE_S = 600.0  # a duration may pass the clock's by what a meter gives at once
_TEXTS = {"application": 200, "model": 200, "functional_act": 300, "asset": 300, "source": 40}
_MOST_WARNINGS = 50


@dataclass(frozen=True, slots=True)
class Rows:
    """What a record adds to the store, the enclosing run first."""

    runs: tuple[MeasuredRun, ...]
    hours: tuple[EnergyHour, ...]


def rows_of(log: SpoolLog, run_id: str) -> Rows:
    """The rows of a finished record. Raises Unusable."""
    header = {**_known(log.result), **log.header}
    subject = header.get("subject", "run")
    if not header:
        raise Unusable("entete")
    if subject not in SUBJECTS:
        raise Unusable("sujet")
    if not log.samples:
        raise Unusable("sans_energie")
    start = number(header.get("start"))
    last = log.samples[-1]
    if start is None or not _dated(start, last):
        raise Unusable("dates")
    log.header = {**header, "run_id": run_id, "start": start, "subject": subject}
    state = build(log.header, {}, last, (), reason=_reason(log))["state"]
    if state == "failed":
        raise Unusable("sans_energie")
    run = _run(log, run_id, state)
    hours = _hours(log)
    services, theirs = _services(log, run, hours) if subject == "host" else ((), ())
    return Rows((run, *services), (*hours, *theirs))


def text(value: Any, longest: int = 300) -> str:
    """A text without control characters or halves of characters, cut; "" for anything else."""
    if not isinstance(value, str):
        return ""
    return "".join(c for c in value[: 4 * longest] if unicodedata.category(c)[0] != "C")[:longest]


def number(value: Any) -> float | None:
    """A number, never negative, as a float; None for anything else."""
    plain = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e300
    return float(value) if plain else None


def _known(result: dict[str, Any] | None) -> dict[str, Any]:
    """What the result repeats of the header, for a file whose first line was lost."""
    names = (
        "application",
        "model",
        "phase",
        "functional_act",
        "requests",
        "tokens_in",
        "tokens_out",
        "start",
    )
    # A result does not say whether a run or a machine was measured: its components do.
    rest = {"idle", "idle_share"} & set(_mapping((result or {}).get("by_component")))
    if result is None or not rest:
        return {}
    return {**{name: result.get(name) for name in names}, "subject": "host" if "idle" in rest else "run"}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _reason(log: SpoolLog) -> str:
    return str((log.end or log.result or {}).get("reason") or "interrupted")


def _dated(start: float, last: dict[str, Any]) -> bool:
    """Whether a run may have begun then and lasted that long."""
    return start <= time.time() + _DAY_S and last["seconds"] <= last["t"] - start + _LATE_S


def _run(log: SpoolLog, run_id: str, state: str) -> MeasuredRun:
    header, context, last = log.header, log.context, log.samples[-1]
    threads = context.get("threads")
    threads = threads if isinstance(threads, int) and 0 < threads <= 1_000_000 else None
    inside = header.get("inside")
    fields: dict[str, Any] = {name: text(header.get(name), longest) for name, longest in _TEXTS.items()}
    fields |= {name: number(header.get(name)) for name in ("requests", "tokens_in", "tokens_out")}
    fields["source"] = fields["source"] or "recorder"
    share = _capacity_share(threads, last["seconds"], last["cpu_s"])
    pue = number(context.get("pue"))
    return MeasuredRun(
        run_id=run_id,
        subject=header["subject"],
        phase=canonical(text(header.get("phase")))[:60],
        state=state,
        started_s=header["start"],
        duration_s=last["seconds"],
        machine=text(context.get("host_id"), 64),
        zone=text(context.get("zone") or header.get("zone"), 16),
        pue=pue if pue is not None and 1.0 <= pue <= 10.0 else None,
        capacity_share=1.0 if header["subject"] == "host" else share,
        threads=threads,
        virtual=context.get("virtual") is True,
        inside=inside if isinstance(inside, str) and len(inside) <= 64 and RUN_ID.fullmatch(inside) else "",
        warnings=_warnings(log),
        **fields,
    )


def _warnings(log: SpoolLog) -> str:
    """Codes of the run's warnings, as a JSON list."""
    claimed = (log.result or {}).get("warnings")
    notices = [*log.warnings, *(claimed if isinstance(claimed, list) else ())]
    codes = {text(notice.get("code"), 60) for notice in notices if isinstance(notice, dict)}
    return json.dumps(sorted(codes - {""})[:_MOST_WARNINGS])


def _capacity_share(threads: int | None, seconds: float, cpu_s: float | None) -> float | None:
    """Share of the machine's processor capacity that was used (M5 "capacity")."""
    if not threads or not seconds or cpu_s is None:
        return None
    return min(1.0, cpu_s / (threads * seconds))


def _hours(log: SpoolLog) -> tuple[EnergyHour, ...]:
    """The record's energy, one row per hour, component, channel and tier."""
    found: dict[tuple[str, str, str, str], EnergyHour] = {}
    for record in energy_records(log):
        hour = datetime.fromtimestamp(record.end, UTC).strftime("%Y-%m-%dT%H:00:00Z")
        component, channel = text(record.component, 220), text(record.channel, 40)
        row = EnergyHour(
            run_id=record.run_id, hour=hour, component=component, channel=channel, tier=record.tier,
            seconds=record.end - record.start, energy_kwh=record.energy_kwh, low_kwh=record.low_kwh,
            high_kwh=record.high_kwh,
        )  # fmt: skip
        known = found.setdefault((hour, component, channel, record.tier), row)
        if known is not row:  # a clock set back, or names alike once cut
            _add(known, row)
    return tuple(found.values())


def _add(known: EnergyHour, more: EnergyHour) -> None:
    known.seconds += more.seconds
    known.energy_kwh += more.energy_kwh
    known.low_kwh += more.low_kwh
    known.high_kwh += more.high_kwh


def _services(
    log: SpoolLog, host: MeasuredRun, hours: tuple[EnergyHour, ...]
) -> tuple[tuple[MeasuredRun, ...], tuple[EnergyHour, ...]]:
    """The applications measured on a host: each a run of its own, of dynamic energy alone."""
    spent = _mapping(log.samples[-1].get("apps"))
    mine: dict[str, list[EnergyHour]] = {}
    for row in hours:
        code = row.component.removeprefix(APP)
        # A code no inventory could hold stays energy of the host.
        if row.component.startswith(APP) and 0 < len(code) <= 200:
            mine.setdefault(code, []).append(row)
    if len(mine) > MOST_APPLICATIONS:
        raise Unusable("applications")
    runs = tuple(
        MeasuredRun(
            **host.model_dump(exclude={"run_id", "subject", "application", "asset", "capacity_share"}),
            run_id=f"{host.run_id}:{code}",
            subject="service",
            application=code,
            capacity_share=_capacity_share(host.threads, host.duration_s, number(spent.get(code))),
        )
        for code in mine
    )
    theirs = tuple(
        EnergyHour(
            **row.model_dump(exclude={"run_id", "component"}),
            run_id=f"{host.run_id}:{code}",
            component="dynamic",
        )
        for code, rows in mine.items()
        for row in rows
    )
    return runs, theirs
