"""From a spool to energy records: one per hour, channel and component, with an id that never changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from collectors.records import EnergyRecord
from collectors.spool import SpoolLog

_HOUR_S = 3600
_SLACK_S = 0.01
"""What the rounding of two dates may add to an hour."""
_TO_THE_HOUR_S = 1e-3
"""A part that ends on the hour belongs to the hour before it: it is dated just before."""
MOST_PARTS = 100_000
"""Parts made for one record; a longer difference, which no day of ours has, stays in the hour it ends in."""

_Totals = dict[tuple[int, str, str, str], list[float]]


class _Part(NamedTuple):
    """A part of a difference: its hour (since 1970), beginning and end (UTC epoch s), share of the whole."""

    hour: int
    start: float
    end: float
    share: float = 1.0


def energy_records(log: SpoolLog) -> tuple[EnergyRecord, ...]:
    """Energy of a run by hour (UTC), channel, tier and component.

    Samples are cumulative: each difference goes to the hour in which it ends, or, longer than an hour (a
    record rolled up to a sample a day), evenly to the hours it spans. Their sum is the last sample's total. A
    spool without header or samples gives nothing.
    """
    run_id = log.header.get("run_id")
    if not isinstance(run_id, str) or not log.samples:
        return ()
    zone = str(log.context.get("zone") or log.header.get("zone") or "")
    subject = str(log.header.get("subject") or "run")
    at = float(log.header.get("start") or log.samples[0]["t"])
    totals: _Totals = {}
    spans: dict[int, tuple[float, float]] = {}
    last: dict[tuple[str, str, str], list[float]] = {}
    seconds, room = 0.0, MOST_PARTS
    for sample in log.samples:
        t, rows = sample["t"], sample["energy"]
        # Time asleep is not time measured: what was used then was used at its end.
        length_s = min(t - at, sample["seconds"] - seconds)
        parts = _spread(t - length_s, t, room // max(1, len(rows)))
        parts = parts or [_Part(int(t // _HOUR_S), at, t)]
        room -= (len(parts) - 1) * len(rows)
        for part in parts:
            begin, end = spans.get(part.hour, (part.start, part.start))
            spans[part.hour] = (begin, max(begin, end, part.end))
        at, seconds = t, sample["seconds"]
        _add_differences(rows, parts, totals, last)
    return tuple(
        _record(run_id, subject, zone, key, values, spans[key[0]]) for key, values in sorted(totals.items())
    )


def _spread(begin: float, end: float, most: int) -> list[_Part]:
    """A time longer than an hour (UTC epoch s) by hour; nothing for a shorter one, or beyond `most` hours."""
    length_s = end - begin
    if not _HOUR_S + _SLACK_S < length_s <= most * _HOUR_S:
        return []
    parts = []
    for hour in range(int(begin // _HOUR_S), int(end // _HOUR_S) + 1):
        start, stop = max(begin, hour * _HOUR_S), min(end, (hour + 1) * _HOUR_S)
        if stop > start:
            dated = max(start, min(stop, (hour + 1) * _HOUR_S - _TO_THE_HOUR_S))
            parts.append(_Part(hour, start, dated, (stop - start) / length_s))
    return parts


def _add_differences(
    rows: list[list[Any]],
    parts: Sequence[_Part],
    totals: _Totals,
    last: dict[tuple[str, str, str], list[float]],
) -> None:
    for channel, tier, component, *values in rows:
        key = (channel, tier, component)
        before = last.get(key, [0.0, 0.0, 0.0])
        for part in parts:
            sums = totals.setdefault((part.hour, *key), [0.0, 0.0, 0.0])
            for i in range(3):
                sums[i] += (values[i] - before[i]) * part.share
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
