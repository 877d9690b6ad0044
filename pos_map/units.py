"""The unit that the name of a column says, and what brings its numbers to the unit of one of our fields.

unit_of    what to multiply by, and what is doubtful
without    the name of a column, its unit taken off
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from pos_map.spelling import plain

_ASIDE = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_WORD = re.compile(r"[a-z€%0-9]+")
_PERIOD = re.compile(r"\s*(?:/|\bpar\b|\bper\b)\s*([a-z]+)$")


def _each(listed: str, factor: float) -> dict[str, float]:
    return dict.fromkeys(listed.split(), float(factor))


_KINDS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "size": {
            **_each("o octet octets b byte bytes", 1 / 1024**3),
            **_each("ko kb kio kib kilooctets", 1 / 1024**2),
            **_each("mo mb mio mib megaoctets megabytes", 1 / 1024),
            **_each("go gb gio gib gigaoctets gigabytes", 1),
            **_each("to tb tio tib teraoctets terabytes", 1024),
            **_each("po pb pio pib", 1024**2),
        },
        "energy": {**_each("wh", 0.001), **_each("kwh", 1), **_each("mwh", 1000), **_each("gwh", 1e6)},
        "power": {
            **_each("w watt watts", 0.001), **_each("kw kilowatts", 1), **_each("mw megawatts", 1000),
        },
        "money": {
            **_each("€ eur euro euros ttc ht", 1), **_each("k€ ke keur keuros", 1000), **_each("m€ meur meuros", 1e6),
        },
        "years": {
            **_each("an ans annee annees year years yr y a", 1), **_each("mois month months", 1 / 12),
            **_each("jour jours day days j", 1 / 365),
        },
        "hours": {
            **_each("h heure heures hour hours hr", 1), **_each("min mn minute minutes", 1 / 60),
            **_each("j jour jours day days", 24), **_each("s sec seconde secondes seconds", 1 / 3600),
        },
        "carbon": {
            **_each("kg kgco2e kgco2eq kgco2", 1), **_each("t tco2e tco2eq tco2 tonnes", 1000),
            **_each("g gco2e gco2eq", 0.001),
        },
    }
)  # fmt: skip
_FIELDS = {
    **dict.fromkeys(("ram_gb", "storage_gb", "ssd_gb"), "size"),
    **dict.fromkeys(("yearly_kwh", "it_kwh", "total_kwh"), "energy"),
    "power_kw": "power",
    **dict.fromkeys(("yearly_cost_eur", "spend_eur"), "money"),
    **dict.fromkeys(("lifetime_y", "upstream_y", "total_life_y"), "years"),
    **dict.fromkeys(("rto_h", "rpo_h"), "hours"),
    **dict.fromkeys(("kgco2e", "embodied_kgco2e"), "carbon"),
}
# Fields of a year: a column that says another period is multiplied, and doubted.
_YEARLY = frozenset({"yearly_kwh", "yearly_cost_eur"})
_PERIODS = {
    **_each("an ans annee annuel annuelle annuels annuelles year yearly annual annually", 1),
    **_each("mois mensuel mensuelle mensuels mensuelles month monthly", 12),
    **_each("trimestre trimestriel trimestrielle quarter quarterly", 4),
    **_each("semaine hebdo hebdomadaire week weekly", 52),
    **_each("jour jours journalier journaliere quotidien quotidienne day daily", 365),
    **_each("heure horaire hourly", 8760),
}
_OURS = {
    "size": ("Go", "GB"), "energy": ("kWh", "kWh"), "power": ("kW", "kW"), "money": ("euros", "euros"),
    "years": ("années", "years"), "hours": ("heures", "hours"), "carbon": ("kg", "kg"),
}  # fmt: skip
# Single letters name a unit between parentheses, or last for a field of their kind.
_LONG = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """What brings a column to the unit of a field: `factor`, and a doubt in French and English, "" without any.

    `fits` is false where the unit measures something else: a power is no energy.
    """

    factor: float = 1.0
    fr: str = ""
    en: str = ""
    fits: bool = True


@lru_cache(maxsize=16_384)
def unit_of(field: str, name: str) -> Unit:
    """The unit that the name of a column says for a field: as ours where it says nothing, or for other fields."""
    kind = _FIELDS.get(field)
    if kind is None:
        return Unit()
    written = plain(name)
    aside, period = _aside(written)
    unit = aside if aside is not None else _last(written, kind)
    found = Unit()
    if unit in _KINDS[kind]:
        found = Unit(_KINDS[kind][unit])
    elif unit in _PERIODS and field in _YEARLY:
        period = unit
    elif unit and (unit == "%" or any(unit in units for units in _KINDS.values())):
        return Unit(fits=False)
    elif unit:
        fr, en = _OURS[kind]
        found = Unit(1.0, f"unité « {unit} » inconnue, lue en {fr}", f"unknown unit “{unit}”, read in {en}")
    return _by_period(written, period, found) if field in _YEARLY else found


def without(name: str) -> str:
    """The name of a column without the unit at its end, "" where nothing else is there."""
    bare = " ".join(_ASIDE.sub(lambda match: " " if _is_unit(match[1]) else match[0], name).split())
    words = bare.split()
    while len(words) > 1 and len(words[-1]) >= _LONG and _ends(plain(words[-1]).partition("/")[0]):
        words.pop()
    return " ".join(words)


def _aside(written: str) -> tuple[str | None, str]:
    """What stands between the last parentheses of a name, and the period after its bar; None for none."""
    found = _ASIDE.findall(written)
    if not found:
        return None, ""
    unit = found[-1].strip()
    period = _PERIOD.search(unit)
    return (unit[: period.start()].strip(), period[1]) if period else (unit, "")


def _last(written: str, kind: str) -> str:
    """The unit that ends a name, or stands among its words: one of the kind, or a power for an energy; else ""."""
    words = _WORD.findall(written)
    if len(words) < 2:
        return words[0] if words and words[0] in _KINDS[kind] and len(words[0]) >= _LONG else ""
    known = {**_KINDS[kind], **(_KINDS["power"] if kind == "energy" else {})}
    if kind == "energy" and words[-1] in ("an", "ans"):
        words = words[:-1]
    if words[-1] in known and (len(words[-1]) >= _LONG or words[-1] in _KINDS[kind]):
        return str(words[-1])
    return next((word for word in words if len(word) >= _LONG and word in known), "")


def _by_period(written: str, period: str, found: Unit) -> Unit:
    """A column of a year: what it says of a month or a day is multiplied, and doubted."""
    words = [period, *_WORD.findall(_ASIDE.sub(" ", written))]
    times = next((_PERIODS[word] for word in words if word in _PERIODS), 1.0)
    if times == 1.0:
        return found
    fr = f"l'année est la période × {times:g}"
    en = f"the year is the period × {times:g}"
    return Unit(
        found.factor * times,
        " ; ".join(filter(None, (found.fr, fr))),
        "; ".join(filter(None, (found.en, en))),
    )


def _is_unit(text: str) -> bool:
    unit = _PERIOD.sub("", plain(text).strip())
    return _known(unit)


def _ends(word: str) -> bool:
    """Whether a word at the end of a name is a unit, or what leads to one: "en mois"."""
    return word in ("en", "in") or any(word in units for units in _KINDS.values())


def _known(unit: str) -> bool:
    return unit == "%" or unit in _PERIODS or any(unit in units for units in _KINDS.values())
