"""What a plausibility check finds: a value that is not credible, said in both languages, never mended.

Names are the inventory's own text: they are shown with their control characters written out, so that a name
can neither move the cursor of a terminal nor turn a sentence around.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import Literal

from footprint.formats import NARROW

Severity = Literal["improbable", "à vérifier"]
IMPROBABLE: Severity = "improbable"
DOUBTFUL: Severity = "à vérifier"
SEVERITIES: dict[Severity, tuple[str, str]] = {
    IMPROBABLE: ("improbable", "improbable"),
    DOUBTFUL: ("à vérifier", "to check"),
}

KINDS: dict[str, tuple[str, str]] = {
    "asset": ("équipement", "equipment"),
    "data_centre": ("centre de données", "data centre"),
    "reading": ("relevé", "reading"),
    "machine": ("machine virtuelle", "virtual machine"),
    "pool": ("grappe ou machine", "cluster or machine"),
    "application": ("application", "application"),
    "service": ("service acheté", "service bought"),
    "platform": ("plateforme", "platform"),
    "run": ("mesure", "measurement"),
    "factor": ("facteur", "factor"),
    "site": ("site", "site"),
    "estate": ("parc", "estate"),
    "card": ("fiche de modèle", "model card"),
}

LONGEST = 80  # characters of a name in a sentence


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of check: its stable code, what it looks at, where its range comes from, what to do."""

    code: str
    label_fr: str
    label_en: str
    source_fr: str
    source_en: str
    do_fr: str
    do_en: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One value outside its expected range.

    `value`, `low` and `high` are in `unit`; a bound is None where there is none. `source_*` says where the
    range comes from: the id of a factor or a rule. `fr` and `en` are the whole sentence.
    """

    code: str
    severity: Severity
    kind: str  # of KINDS
    subject: str  # the name as the inventory writes it
    field: str
    value: float | str
    unit: str
    low: float | None
    high: float | None
    source_fr: str
    source_en: str
    fr: str
    en: str
    do_fr: str
    do_en: str


def finding(
    rule: Rule,
    severity: Severity,
    kind: str,
    subject: str,
    field: str,
    value: float | str,
    unit: str = "",
    *,
    low: float | None = None,
    high: float | None = None,
    source: str = "",
    hint: tuple[str, str] = ("", ""),
) -> Finding:
    """A finding of this rule, with its sentence; `source` names the factor the range comes from."""
    if isinstance(value, float) and not math.isfinite(value):
        value = str(value)  # no number that JSON or a chart could take
    fr, en = (_sentence(rule, subject, value, unit, low, high, hint, french=fr) for fr in (True, False))
    named = (f"{source} ; {rule.source_fr}", f"{source}; {rule.source_en}") if source else None
    source_fr, source_en = named or (rule.source_fr, rule.source_en)
    return Finding(
        rule.code, severity, kind, subject, field, value, unit, low, high,
        source_fr, source_en, fr, en, rule.do_fr, rule.do_en,
    )  # fmt: skip


def _sentence(
    rule: Rule,
    subject: str,
    value: float | str,
    unit: str,
    low: float | None,
    high: float | None,
    hint: tuple[str, str],
    *,
    french: bool,
) -> str:
    written = shown(value) if isinstance(value, str) else figure(value, french=french)
    unit = f"{NARROW}{unit}" if unit else ""
    label = rule.label_fr if french else rule.label_en
    start = f"« {shown(subject)} » : {label} {written}{unit}" if french else ""
    start = start or f"“{shown(subject)}”: {label} {written}{unit}"
    expected = expectation(low, high, french=french)
    told = hint[0 if french else 1]
    return f"{start}{expected}{unit if expected else ''}.{' ' if told else ''}{told}"


def expectation(low: float | None, high: float | None, *, french: bool) -> str:
    """The end of a sentence: ", attendu 0,8 à 2,5"; "" without a bound."""
    low_text, high_text = (None if x is None else figure(x, french=french) for x in (low, high))
    if low_text and high_text:
        return f", attendu {low_text} à {high_text}" if french else f", expected {low_text} to {high_text}"
    if high_text:
        return f", attendu au plus {high_text}" if french else f", expected at most {high_text}"
    if low_text:
        return f", attendu au moins {low_text}" if french else f", expected at least {low_text}"
    return ""


def figure(value: float, *, french: bool) -> str:
    """Up to four significant figures, no trailing zeros, thousands apart; far from 1, a power of ten."""
    if not math.isfinite(value):
        return "?"
    if value and not 1e-4 <= abs(value) < 1e10:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{_marks(mantissa, french)}e{int(exponent)}"
    rounded = float(f"{value:.3e}")
    decimals = max(0, 3 - (math.floor(math.log10(abs(rounded))) if rounded else 0))
    text = f"{rounded:,.{decimals}f}"
    return _marks(text.rstrip("0").rstrip(".") if "." in text else text, french)


def _marks(text: str, french: bool) -> str:
    return text.replace(",", NARROW).replace(".", ",") if french else text


def shown(text: str) -> str:
    """The text with everything that is not printable written as an escape, and not longer than a line."""
    safe = "".join(letter if harmless(letter) else ascii(letter)[1:-1] for letter in text)
    return safe if len(safe) <= LONGEST else safe[: LONGEST - 1] + "…"


def harmless(letter: str) -> bool:
    """Whether a letter only draws itself: no control, no change of direction; spaces of any width are."""
    return letter.isprintable() or unicodedata.category(letter) == "Zs"
