"""Records made from what others measured: a file, a service, a form; put in the spool like a run's own.

A record's id follows from what was read (`imported_id`): importing the same thing twice changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import factors
from collectors.records import Notice
from collectors.spool import SUFFIX, SpoolWriter
from footprint.home import spool_dir
from footprint.measuring.outcome import build
from footprint.records.runs import PUSHED_SUFFIX

DEFAULT_ZONE = "FR"


@dataclass(frozen=True, slots=True)
class Deposit:
    """A finished record.

    `header`, `context`: see collectors.spool.FIELDS, "start" (UTC epoch seconds) and "source" required;
    `samples`: cumulative, each {"t", "seconds", "utilisation", "cpu_s", "energy": [[channel, tier, component,
    kwh, low, high], …]}, utilisation and cpu_s None when unknown; `warnings`: coded notices.
    """

    run_id: str
    header: Mapping[str, Any]
    samples: Sequence[Mapping[str, Any]]
    context: Mapping[str, Any] = field(default_factory=dict)
    warnings: Sequence[Notice] = ()


def imported_id(source: str, *parts: object) -> str:
    """An id that depends on the source and parts alone: "<source>-<16 hexadecimal digits>"."""
    text = json.dumps([source, *parts], ensure_ascii=False, default=str)
    return f"{source}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def deposit(home: Path | None, record: Deposit) -> bool:
    """Write a record into the spool of `home`; False when it was already there. Raises OSError.

    The zone's factor is looked up here as for a run; a zone not given is mainland France, with a notice.
    """
    folder = spool_dir(home)
    names = (record.run_id + SUFFIX, record.run_id + PUSHED_SUFFIX)
    if any((folder / name).exists() for name in names):
        return False
    header = {"subject": "run", **record.header, "run_id": record.run_id}
    located, notices = zone_context(header.get("zone"))
    context = {**record.context, **located}
    warnings = [notice._asdict() for notice in (*record.warnings, *notices)]
    last = dict(record.samples[-1]) if record.samples else None
    result = build(header, context, last, warnings, reason="complete")
    # Written apart and put in place whole: one cut short must never pass for a whole one.
    incoming = folder / "incoming"
    (incoming / names[0]).unlink(missing_ok=True)
    writer = SpoolWriter(incoming, record.run_id)
    writer.append("header", header)
    writer.append("context", context)
    for sample in record.samples:
        writer.append("sample", dict(sample))
    for warning in warnings:
        writer.append("warning", warning)
    end = {"t": header["start"], "seconds": 0.0, "channels": []}
    end |= {"t": last["t"], "seconds": last["seconds"]} if last else {}
    writer.append("end", {**end, "reason": "complete"})
    writer.append("result", {"result": result})
    writer.close()
    if writer.failures:
        raise OSError(writer.error)
    (incoming / names[0]).replace(folder / names[0])
    return True


def zone_context(zone: object) -> tuple[dict[str, Any], tuple[Notice, ...]]:
    """The electricity zone as the catalogue names it, its factor, and what could not be found (M2)."""
    if not zone:
        return zone_context(DEFAULT_ZONE)[0], (default_zone_notice(),)
    try:
        catalogue = factors.load()
        name = catalogue.zone(str(zone))
        factor = catalogue.electricity(name)
    except factors.FactorError as error:
        return {"zone": str(zone)}, (Notice("facteur_inconnu", error.fr, error.en),)
    values = {"id": factor.id, "value": factor.value, "low": factor.low, "high": factor.high}
    return {"zone": name, "factor": values}, ()


def default_zone_notice() -> Notice:
    """No zone was given: mainland France was taken."""
    return Notice(
        "zone_par_defaut",
        "Zone électrique non précisée : France continentale. Donnez zone=…, FOOTPRINT_ZONE ou zone dans site.toml.",
        "No electricity zone given: mainland France. Give zone=…, FOOTPRINT_ZONE or zone in site.toml.",
    )
