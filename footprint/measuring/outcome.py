"""The result of a run, from its last sample: one calculation, wherever it is made.

The recorder uses it at the end of a run; the measured process and `footprint runs` use it to rebuild the
result of a recorder that was killed. Standard library only, plain values: a result is a JSON object.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

PUE = 1.0
"""A run is counted where it is measured: the building's PUE is applied by the assessment, once (M2)."""
RULE = "M5 ; partage du repos « capacity » ; M2 avec PUE 1 ; M7"


def combine(value: float, bounds: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """90 % bounds of a product of independent quantities (M7), side by side in log space.

    `bounds`: (central, low, high) of each quantity; `value`: the product of the centrals.
    """
    up = math.sqrt(sum(math.log(high / central) ** 2 for central, _, high in bounds))
    if any(low <= 0 for _, low, _ in bounds):
        return 0.0, value * math.exp(up)  # a bound of nothing has no logarithm
    down = math.sqrt(sum(math.log(central / low) ** 2 for central, low, _ in bounds))
    return value * math.exp(-down), value * math.exp(up)


def energy_of(rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """Totals of cumulative rows (channel, tier, component, kWh, low, high), and their breakdowns."""
    totals = [0.0, 0.0, 0.0]
    by: dict[str, dict[str, float]] = {"by_channel": {}, "by_tier": {}, "by_component": {}}
    for channel, tier, component, *values in rows:
        for i in range(3):
            totals[i] += values[i]
        for name, key in (("by_channel", channel), ("by_tier", tier), ("by_component", component)):
            by[name][key] = by[name].get(key, 0.0) + values[0]
    tiers = by["by_tier"]
    return {
        "energy_kwh": totals[0],
        "energy_low_kwh": totals[1],
        "energy_high_kwh": totals[2],
        "tier": max(tiers, key=lambda tier: tiers[tier]) if tiers else None,
        **by,
    }


def carbon_of(energy: Mapping[str, Any], factor: Mapping[str, Any] | None) -> dict[str, float | None]:
    """kgCO2e of an energy: `energy x PUE x factor` (M2), with the interval of the product (M7).

    None, never 0, without a factor. A factor without bounds brings no interval of its own.
    """
    if factor is None or factor.get("value") is None:
        return {"gwp_kgco2e": None, "gwp_low": None, "gwp_high": None}
    central = energy["energy_kwh"] * PUE * factor["value"]
    if central <= 0:
        return {"gwp_kgco2e": central, "gwp_low": central, "gwp_high": central}
    bounds = [(energy["energy_kwh"], energy["energy_low_kwh"], energy["energy_high_kwh"])]
    if factor.get("low") and factor.get("high"):
        bounds.append((factor["value"], factor["low"], factor["high"]))
    low, high = combine(central, bounds)
    return {"gwp_kgco2e": central, "gwp_low": low, "gwp_high": high}


def build(
    header: Mapping[str, Any],
    context: Mapping[str, Any],
    sample: Mapping[str, Any] | None,
    warnings: Sequence[Mapping[str, Any]],
    *,
    reason: str,
    channels: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The result of a run from its header, its context and its last sample.

    `reason`: why the record ended ("complete", "exception", "interrupted", "recorder_lost"). Without a
    sample that saw the run work, the energy is unknown (None, not 0) and the state "failed".
    """
    if sample is not None:
        # A run below what the counters resolve is unknown, not zero; an idle host does use energy, and what
        # others measured (`cpu_s` unknown) stands.
        worked = sample["cpu_s"] != 0 or header.get("subject", "run") != "run"
        sample = sample if worked and energy_of(sample["energy"])["energy_kwh"] > 0 else None
    result: dict[str, Any] = {
        "run_id": header.get("run_id"),
        "state": state_of(reason, measured=sample is not None),
        "reason": reason,
        **{
            name: header.get(name)
            for name in (
                "application",
                "model",
                "phase",
                "functional_act",
                "requests",
                "tokens_in",
                "tokens_out",
            )
        },
        "zone": context.get("zone") or header.get("zone"),
        "start": header.get("start"),
        "end": sample["t"] if sample else None,
        "duration_s": sample["seconds"] if sample else None,
        "cpu_s": sample["cpu_s"] if sample else None,
        "attached": context.get("attached"),
        "near": list(context.get("near") or ()),
        "factor": context.get("factor"),
        "pue": PUE,
        "rule": RULE,
        "channels": list(channels),
        "warnings": list(warnings),
        **unknown_energy(),
    }
    if sample is not None:
        energy = energy_of(sample["energy"])
        result.update(energy)
        result.update(carbon_of(energy, context.get("factor")))
    return result


def unknown_energy() -> dict[str, Any]:
    """The figures of a run about which nothing is known: None, never 0."""
    numbers = ("energy_kwh", "energy_low_kwh", "energy_high_kwh", "gwp_kgco2e", "gwp_low", "gwp_high", "tier")
    return {**dict.fromkeys(numbers), "by_channel": {}, "by_tier": {}, "by_component": {}}


def state_of(reason: str, *, measured: bool) -> str:
    """State of a run: "complete", "interrupted" (code or record ended before), "failed" (no energy)."""
    if not measured:
        return "failed"
    return "complete" if reason == "complete" else "interrupted"


def from_log(log: Any, reason: str = "recorder_lost") -> dict[str, Any]:
    """The result a spool holds, or the one its last good sample allows (`log`: collectors.spool.SpoolLog)."""
    if log.result is not None:
        return dict(log.result)
    end = log.end or {}
    sample = log.samples[-1] if log.samples else None
    return build(
        log.header,
        log.context,
        sample,
        log.warnings,
        reason=str(end.get("reason") or reason),
        channels=end.get("channels") or (),
    )
