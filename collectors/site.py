"""What a site knows of its own machines: a TOML file of `[[host]]` tables (see site.example.toml).

Errors, under CollectorError (collectors.records):

    CollectorError
    └── BadSite       the site file cannot be used: file, table, field, what to do
"""

from __future__ import annotations

import math
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from collectors.cpu_table import Processor, clean_name
from collectors.meter import QUANTITIES, MeterSpec
from collectors.power_model import PowerModel, measured_model, model_for
from collectors.records import CollectorError, Machine

FILE_NAME = "site.toml"
_SELECTORS = ("host_id", "asset", "cpu")
"""Most precise first."""


@dataclass(frozen=True, slots=True)
class SiteHost:
    """One `[[host]]` table: a machine (`host_id`, `asset`) or a kind of machine (`cpu`), and what is known.

    `tdp_w` W for one chip; `chips` sockets; `idle_w`, `full_w` W of the whole machine measured at rest and
    at full load; `pue`, `zone` of where it stands (`pue` is only recorded); `calibration` measured / model;
    `gpu_share` part of its GPUs a run has, 0 to 1; `gpu_idle_w` W of one GPU at rest. None: not known.
    """

    host_id: str | None = None
    asset: str | None = None
    cpu: str | None = None
    tdp_w: float | None = None
    chips: int | None = None
    idle_w: float | None = None
    full_w: float | None = None
    pue: float | None = None
    zone: str | None = None
    calibration: float | None = None
    gpu_share: float | None = None
    gpu_idle_w: float | None = None
    meter: MeterSpec | None = None


class BadSite(CollectorError):
    """The site file cannot be used; the message names file, table, field and what to do.

    Of a value, numbers only: the message goes into the record, and a meter's command may hold a password.
    """

    def __init__(self, path: Path, where: tuple[str, str], fr: str, en: str) -> None:
        """`where`: table and field, in French and in English; `fr`, `en`: what is wrong and what to do."""
        super().__init__(
            f"Fichier de site {path.name}, {where[0]} : {fr}", f"Site file {path.name}, {where[1]}: {en}"
        )
        self.path = path


def site_path(home: Path) -> Path:
    """Where the site file is: FOOTPRINT_SITE, else `site.toml` in `home`; it may not exist."""
    named = os.environ.get("FOOTPRINT_SITE")
    return Path(named) if named else home / FILE_NAME


def read_site(path: Path) -> tuple[SiteHost, ...]:
    """The hosts a site file describes, in its order; empty when there is no file. Raises BadSite."""
    try:
        with path.open("rb") as file:
            writable_by_all = bool(os.fstat(file.fileno()).st_mode & stat.S_IWOTH)
            import tomllib  # several milliseconds, that most machines never need

            content = tomllib.load(file)
    except FileNotFoundError:
        if "FOOTPRINT_SITE" in os.environ:
            raise _bad(
                path, None, None, "introuvable (FOOTPRINT_SITE).", "not found (FOOTPRINT_SITE)."
            ) from None
        return ()
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise _bad(path, None, None, f"illisible ({why}).", f"unreadable ({why}).") from error
    except ValueError as error:  # TOML's or the encoding's
        raise _bad(
            path, None, None, f"ce n'est pas du TOML ({error}) ; comparez avec site.example.toml.",
            f"not TOML ({error}); compare with site.example.toml.",
        ) from error  # fmt: skip
    tables = content.get("host", [])
    if not isinstance(tables, list) or set(content) - {"host"}:
        raise _bad(
            path, None, None, "n'attend que des tables [[host]].", "only [[host]] tables are expected here."
        )
    hosts = tuple(_Table(path, i, table).host() for i, table in enumerate(tables, 1))
    # Whoever may write here would have a program run under another's name.
    if writable_by_all and any(host.meter and host.meter.command for host in hosts):
        raise _bad(
            path, None, None, "il nomme une commande et tout le monde peut l'écrire ; faites chmod o-w.",
            "it names a command and anyone may write it; run chmod o-w.",
        )  # fmt: skip
    return hosts


def find_host(hosts: Sequence[SiteHost], machine: Machine, asset: str | None = None) -> SiteHost | None:
    """The table of this machine: every selector it gives must match; the most precise one wins, then order.

    `asset`: name in the inventory, where given by the user.
    """
    cpu = clean_name(machine.cpu_model or "")
    own = {"host_id": machine.host_id, "asset": asset, "cpu": cpu or None}

    def matches(host: SiteHost) -> bool:
        return all(getattr(host, name) in (None, own[name]) for name in _SELECTORS)

    def precision(host: SiteHost) -> tuple[bool, ...]:
        return tuple(getattr(host, name) is None for name in _SELECTORS)

    return min(filter(matches, hosts), key=precision, default=None)


def site_machine(machine: Machine, site: SiteHost | None) -> Machine:
    """The machine as the site knows it: its number of chips, where given."""
    return replace(machine, chips=site.chips) if site and site.chips else machine


def site_model(
    machine: Machine, processor: Processor | None, site: SiteHost | None, calibration: float | None = None
) -> PowerModel:
    """The power model of a machine: what the site measured, else M5 with what it declares.

    `processor`: from the table, where known; `calibration`: of the user, before that of the site.
    """
    if site is not None and site.idle_w is not None and site.full_w is not None:
        return measured_model(site.idle_w, site.full_w)  # measured: nothing to calibrate
    factor = calibration or (site.calibration if site and site.calibration else 1.0)
    return model_for(site_machine(machine, site), site_processor(processor, site), factor)


def site_processor(processor: Processor | None, site: SiteHost | None) -> Processor | None:
    """The processor with the site's TDP, where it gives one; its cores and year stay as the table's."""
    if site is None or site.tdp_w is None:
        return processor
    source = "fichier de site / site file"
    if processor is not None:
        return replace(processor, tdp_w=site.tdp_w, source=source)
    return Processor(site.cpu or "site", site.tdp_w, None, None, source)


class _Table:
    """Reads one table, field by field, and says where it is wrong."""

    def __init__(self, path: Path, number: int, table: Any) -> None:
        self._path, self._number = path, number
        if not isinstance(table, dict):
            raise self._wrong(None, "une table", "a table")
        self._table: Mapping[str, Any] = table

    def host(self) -> SiteHost:
        values: dict[str, Any] = dict(self._fields(self._table, _HOST_FIELDS, ""))
        if not any(values.get(name) for name in _SELECTORS):
            raise self._wrong(
                None, "host_id, asset ou cpu, pour savoir de quelle machine il s'agit",
                "host_id, asset or cpu, to know which machine it is about",
            )  # fmt: skip
        if ("idle_w" in values) != ("full_w" in values):
            raise self._wrong("idle_w, full_w", "les deux puissances ensemble", "the two powers together")
        if "idle_w" in values and values["idle_w"] >= values["full_w"]:
            raise self._wrong("full_w", "plus que idle_w", "more than idle_w")
        if "cpu" in values:
            values["cpu"] = clean_name(values["cpu"])
        if "meter" in values:
            values["meter"] = self._meter(values["meter"])
        return SiteHost(**values)

    def _meter(self, table: Mapping[str, Any]) -> MeterSpec:
        values = dict(self._fields(table, _METER_FIELDS, "meter."))
        if ("command" in values) == ("file" in values):
            raise self._wrong("meter", "soit command, soit file", "either command or file")
        return MeterSpec(**values)

    def _fields(self, table: Mapping[str, Any], known: Mapping[str, _Field], prefix: str) -> Any:
        for name, value in table.items():
            if name not in known:
                near = get_close_matches(name, known, n=1) or sorted(known)
                one_of = ", ".join(near)
                raise self._wrong(prefix + name, f"un champ connu ({one_of})", f"a known field ({one_of})")
            field = known[name]
            read = field.read(value)
            if read is None:
                # A number can't be a secret; a text may be.
                shown = isinstance(value, int | float)
                given = (f"{value!r} refusée, ", f"{value!r} refused, ") if shown else ("", "")
                raise self._wrong(prefix + name, given[0] + field.fr, given[1] + field.en)
            yield name, read

    def _wrong(self, field: str | None, fr: str, en: str) -> BadSite:
        dropped = "tout le fichier est laissé", "the whole file is left aside"
        return _bad(
            self._path,
            self._number,
            field,
            f"attendu : {fr} ; {dropped[0]}.",
            f"expected: {en}; {dropped[1]}.",
        )


@dataclass(frozen=True, slots=True)
class _Field:
    """How a value is read (None: refused) and what is expected, in French and in English."""

    read: Callable[[Any], Any]
    fr: str
    en: str


def _number(low: float, high: float, unit: str = "") -> _Field:
    """A number from `low` to `high`; a `low` of 0 is excluded."""

    def read(value: Any) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        return float(value) if low <= value <= high and value > 0 else None

    between = f"{low:g} à {high:g}{unit}", f"{low:g} to {high:g}{unit}"
    return _Field(read, f"un nombre de {between[0]}", f"a number from {between[1]}")


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _whole(value: Any) -> int | None:
    return value if type(value) is int and 1 <= value <= 64 else None


def _words(value: Any) -> tuple[str, ...] | None:
    good = isinstance(value, list) and value and all(isinstance(word, str) for word in value) and value[0]
    return tuple(value) if good else None


def _absolute(value: Any) -> Path | None:
    return Path(value) if isinstance(value, str) and Path(value).is_absolute() else None


_TEXT = _Field(_text, "un texte", "a text")
_HOST_FIELDS: Mapping[str, _Field] = {
    "host_id": _TEXT, "asset": _TEXT, "cpu": _TEXT, "zone": _TEXT,
    "tdp_w": _number(1, 2000, " W"),
    "chips": _Field(_whole, "un entier de 1 à 64", "a whole number from 1 to 64"),
    "idle_w": _number(0, 100_000, " W"), "full_w": _number(0, 100_000, " W"),
    "pue": _number(1, 5), "calibration": _number(0, 10),
    "gpu_share": _number(0, 1), "gpu_idle_w": _number(0, 2000, " W"),
    "meter": _Field(lambda value: value if isinstance(value, dict) else None, "une table", "a table"),
}  # fmt: skip
_METER_FIELDS: Mapping[str, _Field] = {
    "command": _Field(_words, "une liste : programme, arguments", "a list: program, arguments"),
    "file": _Field(_absolute, "un chemin absolu", "an absolute path"),
    "quantity": _Field(
        lambda value: value if value in QUANTITIES else None, ", ".join(QUANTITIES), ", ".join(QUANTITIES)
    ),
    "period_s": _number(0.5, 3600, " s"), "uncertainty": _number(0, 0.5), "max_w": _number(1, 1e7, " W"),
    "includes_gpu": _Field(lambda value: value if isinstance(value, bool) else None, "true, false", "true, false"),
}  # fmt: skip


def _bad(path: Path, number: int | None, field: str | None, fr: str, en: str) -> BadSite:
    where_fr, where_en = (
        (f"[[host]] n° {number}", f"[[host]] no. {number}") if number else ("fichier", "file")
    )
    if field:
        where_fr, where_en = f"{where_fr}, {field}", f"{where_en}, {field}"
    return BadSite(path, (where_fr, where_en), fr, en)
