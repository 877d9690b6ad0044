"""Sharing a host's dynamic energy between applications, without loss.

Interval by interval (M5): dynamic energy × processor seconds of the application / busy seconds of the host. What
no rule takes stays "dynamic"; idle and GPU energy are left apart. The rows out sum to the rows in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from collectors.records import EnergyRow, Tier

DYNAMIC = "dynamic"
APP = "app:"
_DUST = 1e-12

Key = tuple[str, Tier, str]
Energy = dict[Key, tuple[float, float, float]]


def shares(spent_s: Mapping[str, float], busy_s: float) -> dict[str, float]:
    """Parts of `busy_s` that applications spent.

    Groups are counted finely and the host by ticks of 10 ms: over a second the host may seem less busy than its
    applications; the larger stands.
    """
    total = max(busy_s, sum(spent_s.values()))
    return {code: s / total for code, s in sorted(spent_s.items()) if s > 0.0} if total > 0 else {}


def steps(before: Iterable[EnergyRow], now: Iterable[EnergyRow]) -> Energy:
    """Energy of an interval from the cumulative rows at both ends: (kWh, low, high) by key."""
    earlier = {row[:3]: row for row in before}
    found: Energy = {}
    for row in now:
        old = earlier.get(row[:3], row._replace(kwh=0.0, low_kwh=0.0, high_kwh=0.0))
        found[row.channel, row.tier, row.component] = (
            max(0.0, row.kwh - old.kwh),
            max(0.0, row.low_kwh - old.low_kwh),
            max(0.0, row.high_kwh - old.high_kwh),
        )
    return found


def attributed(energy: Energy, parts: Mapping[str, float]) -> Energy:
    """The energy of an interval with the dynamic part shared: "app:CODE" rows, and what is nobody's."""
    out: Energy = {}
    # What is left is a part like the others: differences would leave dust, and bounds out of order.
    rest = 1.0 - sum(parts.values())
    rest = rest if rest > _DUST else 0.0
    for (channel, tier, component), (kwh, low, high) in energy.items():
        if component != DYNAMIC:
            out[channel, tier, component] = (kwh, low, high)
            continue
        for code, part in parts.items():
            out[channel, tier, APP + code] = (kwh * part, low * part, high * part)
        out[channel, tier, DYNAMIC] = (kwh * rest, low * rest, high * rest)
    return out


def added(total: Energy, more: Energy) -> None:
    """Add an interval to cumulative energy, in place."""
    for key, values in more.items():
        old = total.get(key, (0.0, 0.0, 0.0))
        total[key] = (old[0] + values[0], old[1] + values[1], old[2] + values[2])
