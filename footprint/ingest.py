"""From the recorders' spools to the store: each run once, by its id, rolled up by hour.

A spool is marked as pushed only after its transaction is committed; a run whose energy nobody knows, or
that is still being recorded, stays where it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from collectors.rollup import energy_records
from collectors.spool import SpoolLog, read_spool
from footprint.runs import mark_pushed, result_of, spool_files, summarise
from footprint.store.database import Store
from footprint.store.tables import EnergyHour, MeasuredRun


def ingest(store: Store) -> tuple[str, ...]:
    """Store the finished runs of the local spool that are not stored yet; returns their ids."""
    stored = []
    for path in spool_files(store.home):
        summary = summarise(path)
        if summary is None or summary.state in ("pushed", "running", "failed"):
            continue
        log = read_spool(path)
        with store.session() as session:
            _keep(session, log, result_of(log), state=summary.state)
        mark_pushed(summary.run_id, store.home)
        stored.append(summary.run_id)
    return tuple(stored)


def _keep(session: Session, log: SpoolLog, result: dict[str, Any], state: str) -> None:
    run_id = str(result["run_id"])
    if session.get(MeasuredRun, run_id) is not None:
        return
    session.add(
        MeasuredRun(
            run_id=run_id,
            subject=str(log.header.get("subject") or "run"),
            application=result["application"] or "",
            model=result["model"] or "",
            phase=result["phase"] or "",
            asset=str(log.header.get("asset") or ""),
            state=state,
            started_s=float(result["start"]),
            duration_s=float(result["duration_s"]),
            machine=str(log.context.get("host_id") or ""),
            zone=str(result["zone"] or ""),
            capacity_share=_capacity_share(log, result),
            threads=log.context.get("threads"),
            virtual=bool(log.context.get("virtual")),
            requests=result["requests"],
            functional_act=result["functional_act"] or "",
            warnings=_codes(warning["code"] for warning in result["warnings"]),
        )
    )
    session.flush()
    for record in energy_records(log):
        hour = datetime.fromtimestamp(record.end, UTC).strftime("%Y-%m-%dT%H:00:00Z")
        session.add(
            EnergyHour(
                run_id=run_id,
                hour=hour,
                component=record.component,
                channel=record.channel,
                tier=record.tier,
                seconds=record.end - record.start,
                energy_kwh=record.energy_kwh,
                low_kwh=record.low_kwh,
                high_kwh=record.high_kwh,
            )
        )


def _codes(codes: Iterable[str]) -> str:
    """A JSON list of the codes, as the store keeps it."""
    return json.dumps(sorted(set(codes)))


def _capacity_share(log: SpoolLog, result: dict[str, Any]) -> float | None:
    """Share of the machine's processor capacity the run used (M5 "capacity"); a host session uses it all."""
    if log.header.get("subject") == "host":
        return 1.0
    threads, seconds = log.context.get("threads"), result["duration_s"]
    if not threads or not seconds or result["cpu_s"] is None:
        return None
    return min(1.0, float(result["cpu_s"]) / (float(threads) * float(seconds)))
