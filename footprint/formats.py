"""Numbers as people read them, in the current language: decimal sign, thin spaces, units, two significant figures.

French: comma, narrow no-break space before units and between thousands. English: point, comma between
thousands. Unknown is a word, never 0.
"""

from __future__ import annotations

import math
from datetime import date

from footprint.sheets import Amount
from footprint.texts import language, say

NARROW = "\u202f"  # narrow no-break space
MASSES = ((1e6, "ktCO2e"), (1e3, "tCO2e"), (1.0, "kgCO2e"), (1e-3, "gCO2e"), (1e-6, "mgCO2e"))
ENERGIES = ((1e6, "GWh"), (1e3, "MWh"), (1.0, "kWh"), (1e-3, "Wh"), (1e-6, "mWh"))


def unknown() -> str:
    """The word for a value nobody knows."""
    return say("inconnu", "unknown")


def number(value: float | None, digits: int = 2) -> str:
    """`digits` significant figures, all figures of the integer part kept as zeros: 1 234 -> "1 200"."""
    if value is None or not math.isfinite(value):
        return unknown()
    if value == 0:
        return "0"
    rounded = float(f"{value:.{digits - 1}e}")
    decimals = digits - 1 - math.floor(math.log10(abs(rounded)))
    return _written(f"{rounded:,.{max(decimals, 0)}f}")


def exact(value: float | None, digits: int = 6) -> str:
    """Up to `digits` significant figures, no trailing zeros: for a number someone will compute with."""
    if value is None or not math.isfinite(value):
        return unknown()
    text = number(value, digits)
    point = "." if language() == "en" else ","
    return text.rstrip("0").rstrip(point) if point in text else text


def integer(value: float | None) -> str:
    """A count, with thousands apart."""
    return unknown() if value is None else _written(f"{value:,.0f}")


def percent(share: float | None) -> str:
    """A share of 1 as a percentage: whole above 10 %, two significant figures below."""
    if share is None:
        return unknown()
    shown = integer(share * 100) if abs(share) >= 0.1 or share == 0 else number(share * 100)
    return shown + say(f"{NARROW}%", "%")


def signed_percent(share: float | None) -> str:
    """A difference as a percentage with its sign: "+12 %", "−3,1 %"."""
    if share is None:
        return unknown()
    sign = "+" if share > 0 else "−" if share < 0 else ""
    return sign + percent(abs(share))


def day(value: date | None) -> str:
    """A date as people write it, "" when unknown: 22/11/2026 in French, 2026-11-22 in English."""
    return say(f"{value:%d/%m/%Y}", value.isoformat()) if value else ""


def kg(value: Amount | float | None, digits: int = 2) -> str:
    """A mass of kgCO2e in the unit that reads best: mg, g, kg, t, kt."""
    amount = value.value if isinstance(value, Amount) else value
    return _scaled(amount, MASSES, digits)


def at_least(value: Amount | float | None, *, complete: bool) -> str:
    """A mass of kgCO2e, with "≥" before it when part of it is not assessed."""
    return kg(value) if complete or value is None else f"≥ {kg(value)}"


def energy(kwh: float | None, digits: int = 2) -> str:
    """An energy of kWh in the unit that reads best."""
    return _scaled(kwh, ENERGIES, digits)


def interval(amount: Amount | None) -> str:
    """The 90 % interval of a mass, both bounds in the unit of the central value: "8,1 à 17"."""
    if amount is None:
        return unknown()
    scale = _scale(amount.value, MASSES)[0] if amount.unit == "kgCO2e" else 1.0
    low, high = number(amount.low / scale), number(amount.high / scale)
    return say(f"{low} à {high}", f"{low} to {high}")


def amount(value: Amount | None) -> str:
    """A value with its unit, whatever the unit."""
    if value is None:
        return unknown()
    if value.unit == "kgCO2e":
        return kg(value)
    return f"{number(value.value)}{NARROW}{value.unit}"


def duration(seconds: float | None) -> str:
    """A duration: 42 s, 3 min 20 s, 5 h 12 min, 3 j 4 h."""
    if seconds is None:
        return unknown()
    if seconds < 60:
        return f"{number(seconds) if seconds < 10 else integer(seconds)}{NARROW}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}{NARROW}min {rest}{NARROW}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours}{NARROW}h {minutes}{NARROW}min"
    days, hours = divmod(hours, 24)
    return f"{days}{NARROW}{say('j', 'd')} {hours}{NARROW}h"


def _scaled(value: float | None, units: tuple[tuple[float, str], ...], digits: int) -> str:
    if value is None or not math.isfinite(value):
        return unknown()
    scale, unit = _scale(value, units)
    return f"{number(value / scale, digits)}{NARROW}{unit}"


def _scale(value: float, units: tuple[tuple[float, str], ...]) -> tuple[float, str]:
    if value == 0:
        return next(pair for pair in units if pair[0] == 1.0)
    # 995 rounds to 1 000 with two figures: choose the unit of the rounded value.
    shown = abs(float(f"{value:.1e}"))
    return next((pair for pair in units if shown >= pair[0]), units[-1])


def _written(text: str) -> str:
    if language() == "en":
        return text
    return text.replace(",", NARROW).replace(".", ",")
