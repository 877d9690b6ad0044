"""The counters of the agent in Prometheus' text format, version 0.0.4.

Counters go on from one record to the next and begin at 0 with the agent. What is not known is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from footprint import __version__
from footprint.agent.attribution import APP, DYNAMIC, Energy

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_JOULES_PER_KWH = 3.6e6
_Sample = tuple[Mapping[str, str], float]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """State of the agent: cumulative energy (kWh) as in its records, mean power of the last interval (W), when
    it was taken (monotonic s), grid factor of the zone (kgCO2e/kWh), codes of the notices told so far."""

    energy: Energy
    power_w: float | None
    at_s: float
    factor: float | None
    warnings: tuple[str, ...] = ()


def render(snapshot: Snapshot | None, now_s: float) -> str:
    """The page; `now_s`: monotonic s. Before the first sample, only what the agent is."""
    text = _family(
        "footprint_build_info", "gauge", "Version of footprint.", [({"version": __version__}, 1.0)]
    )
    if snapshot is None:
        return text
    host, applications = _joules(snapshot.energy)
    text += _family(
        "footprint_host_energy_joules_total", "counter",
        "Energy of this host; component dynamic includes the applications'.",
        [(dict(zip(("channel", "tier", "component"), key, strict=True)), j) for key, j in host.items()],
    )  # fmt: skip
    text += _family(
        "footprint_application_energy_joules_total", "counter",
        "Dynamic energy attributed to an application by the rules; idle energy is not shared.",
        [({"application": code}, joules) for code, joules in applications.items()],
    )  # fmt: skip
    if snapshot.factor is not None:
        grams = {code: j / _JOULES_PER_KWH * snapshot.factor * 1e3 for code, j in applications.items()}
        text += _family(
            "footprint_application_carbon_grams_total", "counter",
            "gCO2e of that energy, electricity of the zone (location-based), without PUE nor manufacture.",
            [({"application": code}, value) for code, value in grams.items()],
        )  # fmt: skip
    if snapshot.power_w is not None:
        text += _family(
            "footprint_host_power_watts",
            "gauge",
            "Mean power over the last second.",
            [({}, snapshot.power_w)],
        )
    text += _family(
        "footprint_warnings", "gauge", "Notices told since the agent started, by code: see its journal.",
        [({"code": code}, 1.0) for code in snapshot.warnings],
    )  # fmt: skip
    age = max(0.0, now_s - snapshot.at_s)
    return text + _family("footprint_sample_age_seconds", "gauge", "Age of the last sample.", [({}, age)])


def _joules(energy: Energy) -> tuple[dict[tuple[str, str, str], float], dict[str, float]]:
    """Joules of the host by (channel, tier, component), and of applications by code."""
    host: dict[tuple[str, str, str], float] = {}
    applications: dict[str, float] = {}
    for (channel, tier, component), (kwh, _, _) in sorted(energy.items()):
        joules = kwh * _JOULES_PER_KWH
        if component.startswith(APP):
            code = component.removeprefix(APP)
            applications[code] = applications.get(code, 0.0) + joules
            component = DYNAMIC
        key = (channel, tier, component)
        host[key] = host.get(key, 0.0) + joules
    return host, applications


def _family(name: str, kind: str, meaning: str, samples: Iterable[_Sample]) -> str:
    lines = [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{_labels(labels)} {value!r}" for labels, value in samples]
    return "\n".join(lines) + "\n" if len(lines) > 2 else ""


def _labels(labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
