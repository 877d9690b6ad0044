"""From the recorders' spools to the store: each run once, by its id, rolled up by hour.

A spool is marked as pushed only after its transaction is committed. A run that is still being recorded, whose
energy nobody knows, or whose file is damaged stays where it is; one bad file never stops the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from collectors.records import EnergyRecord
from collectors.rollup import energy_records
from collectors.spool import SpoolLog, read_spool
from footprint.phases import canonical
from footprint.runs import mark_pushed, result_of, spool_files, summarise
from footprint.store.database import Store, plain_errors
from footprint.store.tables import EnergyHour, MeasuredRun


@dataclass(frozen=True, slots=True)
class Ingested:
    """Ids of the runs stored now, and names of the files set aside because they are damaged."""

    stored: tuple[str, ...]
    damaged: tuple[str, ...]


class _Damaged(Exception):
    """A finished record that lost what the store needs."""


def ingest(store: Store) -> Ingested:
    """Store the finished runs of the local spool that are not stored yet."""
    stored, damaged = [], []
    for path in spool_files(store.home):
        try:
            if _ingest(store, path):
                stored.append(path.stem)
        except _Damaged:
            damaged.append(path.name)
    return Ingested(tuple(stored), tuple(damaged))


def _ingest(store: Store, path: Path) -> bool:
    summary = summarise(path)
    if summary is None or summary.state in ("pushed", "running", "failed"):
        return False
    log = read_spool(path)
    # The file's name is the run's id, whatever a damaged header says.
    log.header["run_id"] = path.stem
    run = _run(log, result_of(log), path.stem, summary.state)
    hours = tuple(_hour(record) for record in energy_records(log))
    if not hours:
        raise _Damaged
    with store.writing() as session:
        _keep(session, run, hours)
    with plain_errors(store.home):
        mark_pushed(path.stem, store.home)
    return True


def _keep(session: Session, run: MeasuredRun, hours: Iterable[EnergyHour]) -> None:
    if session.get(MeasuredRun, run.run_id) is None:
        session.add(run)
        session.flush()
        session.add_all(hours)


def _run(log: SpoolLog, result: dict[str, Any], run_id: str, state: str) -> MeasuredRun:
    """The row of a run. Raises _Damaged when its instants or subject make no sense."""
    subject = log.header.get("subject") or "run"
    start, duration = result["start"], result["duration_s"]
    if subject not in ("run", "host") or start is None or duration is None:
        raise _Damaged
    threads = log.context.get("threads")
    threads = threads if isinstance(threads, int) and threads > 0 else None
    return MeasuredRun(
        run_id=run_id,
        subject=subject,
        application=_text(result["application"]),
        model=_text(result["model"]),
        phase=canonical(_text(result["phase"])),
        asset=_text(log.header.get("asset")),
        state=state,
        started_s=start,
        duration_s=duration,
        machine=_text(log.context.get("host_id")),
        zone=_text(result["zone"]),
        capacity_share=_capacity_share(subject, threads, duration, result["cpu_s"]),
        threads=threads,
        virtual=log.context.get("virtual") is True,
        requests=result["requests"],
        functional_act=_text(result["functional_act"]),
        warnings=json.dumps(
            sorted({_text(w.get("code")) for w in result["warnings"] if isinstance(w, dict)})
        ),
    )


def _hour(record: EnergyRecord) -> EnergyHour:
    return EnergyHour(
        run_id=record.run_id,
        hour=datetime.fromtimestamp(record.end, UTC).strftime("%Y-%m-%dT%H:00:00Z"),
        component=record.component,
        channel=record.channel,
        tier=record.tier,
        seconds=record.end - record.start,
        energy_kwh=record.energy_kwh,
        low_kwh=record.low_kwh,
        high_kwh=record.high_kwh,
    )


def _capacity_share(subject: str, threads: int | None, seconds: float, cpu_s: float | None) -> float | None:
    """Share of the machine's processor capacity the run used (M5 "capacity"); a host session uses it all."""
    if subject == "host":
        return 1.0
    if not threads or not seconds or cpu_s is None:
        return None
    return min(1.0, cpu_s / (threads * seconds))


def _text(value: Any) -> str:
    return value[:300] if isinstance(value, str) else ""
