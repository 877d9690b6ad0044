"""Records made from what others measured: a file, a service, a form; put in the spool like a run's own.

A record's id follows from what was read (`imported_id`): importing the same thing twice changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import factors
from collectors.records import Notice
from collectors.spool import SUFFIX, SpoolWriter, read_spool
from footprint.errors import FootprintError
from footprint.factor_set import catalogue_of
from footprint.home import home as default_home
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
    located, notices = zone_context(header.get("zone"), home)
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


@dataclass(frozen=True, slots=True)
class Stored:
    """What a record of the spool holds: its application; `spans`: (start, end, kWh) between its samples, UTC
    epoch seconds; `assessed`: whether the store or a server has it, where nothing changes any more."""

    run_id: str
    application: str | None
    spans: tuple[tuple[float, float, float], ...]
    assessed: bool

    @property
    def kwh(self) -> float:
        """Energy of the whole record."""
        return sum(kwh for _start, _end, kwh in self.spans)


def stored(home: Path | None, run_id: str) -> Stored | None:
    """The record of that id; None when only its mark is left, or it can't be read."""
    folder = spool_dir(home)
    try:
        log = read_spool(folder / (run_id + SUFFIX))
    except OSError:
        return None
    application, start = log.header.get("application"), log.header.get("start")
    if not log.samples or not isinstance(start, int | float):
        return None
    spans, at, before = [], float(start), 0.0
    for sample in log.samples:
        whole = sum(float(row[3]) for row in sample["energy"])
        end = _to_the_second(float(sample["t"]))
        spans.append((at, end, whole - before))
        at, before = end, whole
    assessed = (folder / (run_id + PUSHED_SUFFIX)).exists()
    return Stored(run_id, application if isinstance(application, str) else None, tuple(spans), assessed)


def _to_the_second(t: float) -> float:
    """A sample dated just before the hour it ends is of that hour's end."""
    return float(round(t)) if abs(t - round(t)) < 2e-3 else t


def zone_context(zone: object, home: Path | None = None) -> tuple[dict[str, Any], tuple[Notice, ...]]:
    """The electricity zone as the catalogue in force names it, its factor, and what could not be found (M2)."""
    if not zone:
        located, notices = zone_context(DEFAULT_ZONE, home)
        return located, (*notices, default_zone_notice())
    try:
        catalogue = catalogue_of(home or default_home())
        name = catalogue.zone(str(zone))
        factor = catalogue.electricity(name)
    except (factors.FactorError, FootprintError) as error:
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


def other_values(before: Stored, kept: float, read: float, *, meter: bool = False) -> Notice:
    """The same run, or the same hours of a meter, come back with another energy: nothing is replaced."""
    fr, en = _what_to_do(before)
    if meter:
        fr += " Si c’est un autre compteur : --meter pour un site ; pour un serveur, additionnez les deux avant."
        en += " If this is another meter: --meter for a site; for a server, add the two up first."
    first, last = (
        datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d %H:%M UTC")
        for t in (before.spans[0][0], before.spans[-1][1])
    )
    return Notice(
        "valeurs_differentes",
        f"Recouvre la lecture gardée du {first} au {last} avec d’autres valeurs : {kept:.6g} kWh gardés, "
        f"{read:.6g} kWh lus ; rien n’est remplacé. {fr}",
        f"Overlaps the reading kept from {first} to {last} with other values: {kept:.6g} kWh kept, "
        f"{read:.6g} kWh read; nothing is replaced. {en}",
    )


def other_application(before: Stored, wanted: str | None) -> Notice:
    """A run already there without an application, or for another one than asked now."""
    fr, en = _what_to_do(before)
    if before.application:
        return Notice(
            "deja_la_autre_application",
            f"Déjà là, pour {before.application} et non {wanted}. {fr}",
            f"Already there, for {before.application} and not {wanted}. {en}",
        )
    return Notice(
        "deja_la_non_rattache",
        f"Déjà là, non rattaché{f' à {wanted}' if wanted else ''}. {fr}",
        f"Already there, not attached{f' to {wanted}' if wanted else ''}. {en}",
    )


def _what_to_do(before: Stored) -> tuple[str, str]:
    name = before.run_id + SUFFIX
    if before.assessed:
        return (
            f"{name} est déjà dans la base, qui ne change plus ce qu’elle garde.",
            f"{name} is already in the store, which changes nothing it keeps.",
        )
    return (
        f"Pour le reprendre, avant footprint assess : supprimez {name} du dossier spool et recommencez.",
        f"To take it again, before footprint assess: delete {name} from the spool folder and start again.",
    )
