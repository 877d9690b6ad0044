"""From a spool to energy records: one per hour, channel and component, with an id that never changes."""

from __future__ import annotations

from typing import Any

from collectors.records import EnergyRecord
from collectors.spool import SpoolLog

_HOUR_S = 3600


def energy_records(log: SpoolLog) -> tuple[EnergyRecord, ...]:
    """Energy of a run by hour (UTC), channel, tier and component.

    Samples are cumulative: each difference goes to the hour in which it ends. Their sum is the last
    sample's total. A spool without header or samples gives nothing.
    """
    run_id = log.header.get("run_id")
    if not isinstance(run_id, str) or not log.samples:
        return ()
    zone = str(log.context.get("zone") or log.header.get("zone") or "")
    subject = str(log.header.get("subject") or "run")
    began = float(log.header.get("start") or log.samples[0]["t"])
    totals: dict[tuple[int, str, str, str], list[float]] = {}
    spans: dict[int, tuple[float, float]] = {}
    last: dict[tuple[str, str, str], list[float]] = {}
    at = began
    for sample in log.samples:
        hour = int(sample["t"] // _HOUR_S)
        begin, _ = spans.get(hour, (at, at))
        spans[hour] = (begin, max(begin, sample["t"]))
        at = sample["t"]
        _add_differences(sample["energy"], hour, totals, last)
    return tuple(
        _record(run_id, subject, zone, key, values, spans[key[0]]) for key, values in sorted(totals.items())
    )


def _add_differences(
    rows: list[list[Any]],
    hour: int,
    totals: dict[tuple[int, str, str, str], list[float]],
    last: dict[tuple[str, str, str], list[float]],
) -> None:
    for channel, tier, component, *values in rows:
        key = (channel, tier, component)
        before = last.get(key, [0.0, 0.0, 0.0])
        sums = totals.setdefault((hour, *key), [0.0, 0.0, 0.0])
        for i in range(3):
            sums[i] += values[i] - before[i]
        last[key] = values


def _record(
    run_id: str,
    subject: str,
    zone: str,
    key: tuple[int, str, str, str],
    values: list[float],
    span: tuple[float, float],
) -> EnergyRecord:
    hour, channel, tier, component = key
    return EnergyRecord(
        record_id=f"{run_id}:{hour}:{channel}:{tier}:{component}",
        run_id=run_id,
        subject=subject,
        component=component,
        channel=channel,
        tier=tier,  # type: ignore[arg-type]  # as written by the sampler
        start=span[0],
        end=span[1],
        energy_kwh=values[0],
        low_kwh=values[1],
        high_kwh=values[2],
        zone=zone,
    )
