"""One recording, of a run or of a host: samples into the spool, context, warnings, result.

Used by the recorder (runs) and by `sample_host` (hosts). What cannot be written is kept in memory: the
result is always returned. What fails becomes a coded warning, once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import factors
from collectors.codecarbon_channel import CodeCarbonChannel
from collectors.cpu_table import codecarbon_table_path, find_processor
from collectors.host import HostTimes, this_machine
from collectors.power_model import PowerModel, model_for, read_calibration
from collectors.process_tree import ProcessTree
from collectors.rapl import RaplChannel
from collectors.records import CollectorError, Notice
from collectors.sampler import ChannelUse, Sample, Sampler
from collectors.spool import SpoolWriter
from footprint.home import spool_dir
from footprint.outcome import build

CODECARBON_AFTER_S = 2.0
"""Shorter runs do not pay for its loading (one to two seconds of processor)."""
DEFAULT_ZONE = "FR"


class Session:
    """Records one subject from `begin` to `finish`."""

    def __init__(
        self,
        header: Mapping[str, Any],
        home: Path,
        tree: ProcessTree | None,
        *,
        started: float,
        codecarbon: bool = True,
    ) -> None:
        """`header`: see collectors.spool.FIELDS; `started`: beginning, UTC epoch seconds.

        `codecarbon`: whether to load it in the background (FOOTPRINT_CODECARBON=0 forbids it).
        """
        self.header = {**header, "start": started}
        self.context: dict[str, Any] = {}
        self.warnings: list[dict[str, str]] = []
        self.tree = tree
        self.alive = True
        self._home = home
        self._described = False
        self._last: dict[str, Any] | None = None
        self._spool = SpoolWriter(spool_dir(home), str(header["run_id"]))
        self._spool.append("header", self.header)
        wanted = codecarbon and os.environ.get("FOOTPRINT_CODECARBON") != "0"
        self._codecarbon = CodeCarbonChannel() if wanted else None
        rapl = RaplChannel()
        counters = (rapl, self._codecarbon) if self._codecarbon else (rapl,)
        self._sampler = Sampler(
            machine=this_machine(), model=self._power_model(), tree=tree, counters=counters,
            gpu=self._codecarbon,
        )  # fmt: skip

    def begin(self, monotonic_s: float, host: HostTimes | None) -> None:
        """Set the origin of time, s on the monotonic clock, and of the host's counters where known."""
        self._sampler.begin(monotonic_s, host)

    def sample(self, monotonic_s: float, floor_s: float = 0.0) -> None:
        """Take one sample and write it; `alive` then tells whether the measured process still lives."""
        try:
            taken = self._sampler.sample(monotonic_s, floor_s)
        except Exception as error:
            self.warn(_missed(error))
            self.alive = self.tree is None or self.tree.lives()
            return
        if self.tree is not None:
            self.alive = self.tree.alive
        self._last = _sample_line(taken, self.header["start"])
        self._spool.append("sample", self._last)
        self._spool.sync()
        self._describe()
        if self._codecarbon and not self._codecarbon.started and taken.seconds >= CODECARBON_AFTER_S:
            self._codecarbon.start()

    def give(self, values: Mapping[str, Any]) -> None:
        """Note what the run says of itself on the way (requests, functional act)."""
        given = {name: values[name] for name in ("requests", "functional_act") if name in values}
        changed = any(self.header.get(name) != value for name, value in given.items())
        if changed:
            self.header.update(given)
            self._spool.append("set", given)

    def warn(self, notice: Notice) -> None:
        """Keep a coded warning, once per code."""
        if all(known["code"] != notice.code for known in self.warnings):
            self.warnings.append(notice._asdict())
            self._spool.append("warning", notice._asdict())

    def finish(self, reason: str) -> dict[str, Any]:
        """Close the record and return its result; `close` then puts it on the disk."""
        self._describe()
        self._warn_of_limits()
        if self._spool.failures:
            self.warn(_unwritten(self._spool.error or ""))
        channels = [_channel_line(use) for use in self._sampler.channels()]
        last = self._last or {"t": self.header["start"], "seconds": 0.0}
        self._spool.append(
            "end", {"t": last["t"], "seconds": last["seconds"], "reason": reason, "channels": channels}
        )
        result = build(self.header, self.context, self._last, self.warnings, reason=reason, channels=channels)
        self._spool.append("result", {"result": result})
        return result

    def close(self) -> None:
        """Put the end of the record on the disk and release the file."""
        self._spool.close()

    def _power_model(self) -> PowerModel:
        machine = this_machine()
        processor = find_processor(machine.cpu_model, codecarbon_table_path())
        calibration = 1.0
        text = os.environ.get("FOOTPRINT_CALIBRATION")
        if text:
            try:
                calibration = read_calibration(text)
            except CollectorError as error:
                self.warn(Notice("calibration_refusee", error.fr, error.en))
        model = model_for(machine, processor, calibration)
        self.context.update(
            host_id=machine.host_id, cpu_model=machine.cpu_model, threads=machine.threads,
            chips=machine.chips, ram_gb=round(machine.ram_gb, 1), virtual=machine.virtual,
            power_model=model.rule, calibration=calibration,
            tdp_source=processor.source if processor else None,
        )  # fmt: skip
        if processor is None:
            self.warn(_unknown_processor())
        return model

    def _describe(self) -> None:
        """Write the context, once: machine, zone and factor, whether the application is known."""
        if self._described:
            return
        self._described = True
        zone = self.header.get("zone") or os.environ.get("FOOTPRINT_ZONE")
        if not zone:
            zone = DEFAULT_ZONE
            self.warn(_default_zone())
        self.context["zone"] = str(zone)
        try:
            catalogue = factors.load()
            self.context["zone"] = catalogue.zone(str(zone))
            factor = catalogue.electricity(self.context["zone"])
            self.context["factor"] = {
                "id": factor.id, "value": factor.value, "low": factor.low, "high": factor.high,
            }  # fmt: skip
        except factors.FactorError as error:
            self.warn(Notice("facteur_inconnu", error.fr, error.en))
        self._attach()
        self._spool.append("context", self.context)

    def _attach(self) -> None:
        """Compare the application with those the store last exported, where it did."""
        application = self.header.get("application")
        try:
            known = (self._home / "applications.txt").read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            return
        codes = [code.strip() for code in known if code.strip()]
        if application is None or not codes:
            return
        self.context["attached"] = application in codes
        if not self.context["attached"]:
            self.context["near"] = near(application, codes)
            self.warn(_not_attached(application, self.context["near"]))

    def _warn_of_limits(self) -> None:
        rows = self._sampler.rows()
        if any(row.channel == "rapl" for row in rows):
            self.warn(_rapl_perimeter())
        if self.tree is not None and any(row.component == "gpu" for row in rows):
            self.warn(_whole_gpu())


def near(name: str, codes: list[str]) -> list[str]:
    """Up to three codes close to `name`, whatever the case."""
    by_folded = {code.casefold(): code for code in codes}
    return [by_folded[m] for m in get_close_matches(name.casefold(), by_folded, n=3, cutoff=0.6)]


def _sample_line(sample: Sample, started: float) -> dict[str, Any]:
    return {
        "t": round(started + sample.seconds, 3),
        "seconds": round(sample.seconds, 6),
        "utilisation": round(sample.utilisation, 4),
        "cpu_s": round(sample.cpu_s, 6),
        "energy": [[*row[:3], *(float(f"{value:.12g}") for value in row[3:])] for row in sample.rows],
    }


def _channel_line(use: ChannelUse) -> dict[str, Any]:
    return {
        "channel": use.channel,
        "tier": use.tier,
        "host_kwh": use.host_kwh,
        "seconds": round(use.seconds, 3),
        "used": use.used,
        "reason": use.reason._asdict() if use.reason else None,
    }


def _missed(error: Exception) -> Notice:
    kind = type(error).__name__
    return Notice(
        "releve_manque",
        f"Un relevé au moins a échoué ({kind}) ; le suivant couvre l'intervalle.",
        f"At least one sample failed ({kind}); the next one covers the interval.",
    )


def _unwritten(error: str) -> Notice:
    return Notice(
        "spool_non_ecrit",
        f"Le relevé n'a pas pu être écrit en entier ({error}) : libérez de la place ou donnez un dossier "
        "accessible par FOOTPRINT_HOME. Le résultat rendu est complet, mais il n'est pas gardé en entier.",
        f"The record could not be written whole ({error}): free some space, or name a writable folder with "
        "FOOTPRINT_HOME. The result returned is complete, but it is not kept whole.",
    )


def _default_zone() -> Notice:
    return Notice(
        "zone_par_defaut",
        "Zone électrique non précisée : France continentale. Donnez zone=… ou FOOTPRINT_ZONE.",
        "No electricity zone given: mainland France. Give zone=… or FOOTPRINT_ZONE.",
    )


def _unknown_processor() -> Notice:
    return Notice(
        "processeur_inconnu",
        "Processeur absent de la table : puissance estimée par le nombre de fils, intervalle large.",
        "Processor not in the table: power estimated from the number of threads, wide interval.",
    )


def _not_attached(application: str, close: list[str]) -> Notice:
    names = ", ".join(close)
    return Notice(
        "application_non_rattachee",
        f"« {application} » n'est pas une application du POS ; la mesure est gardée, non rattachée."
        + (f" Proches : {names}." if close else ""),
        f"“{application}” is not an application of the map; the run is kept, not attached."
        + (f" Close: {names}." if close else ""),
    )


def _rapl_perimeter() -> Notice:
    return Notice(
        "perimetre_rapl",
        "RAPL mesure le processeur et sa mémoire ; carte mère, disques, ventilation et alimentation n'y "
        "sont pas. Le canal « m5 » donne la machine entière.",
        "RAPL measures the processor and its memory; board, disks, fans and power supply are not in it. "
        "Channel “m5” gives the whole machine.",
    )


def _whole_gpu() -> Notice:
    return Notice(
        "gpu_machine_entiere",
        "L'énergie des GPU est celle de toute la machine : elle n'est pas partagée entre programmes.",
        "GPU energy is that of the whole machine: it is not shared between programs.",
    )
