"""How much a column looks like one of our fields: by its name first, by what its cells hold next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from pos_map.cells import DATES, NUMBERS, plain
from pos_map.columns import TABLES
from pos_map.jargon import ALIASES, NOISE
from pos_map.persons import personal
from pos_map.spelling import key
from pos_map.spelling import plain as bare
from pos_map.units import unit_of, without
from pos_map.values import BadValue, Cell, day, number, share

_WORDS = re.compile(r"[a-z0-9]+")
_SHARES = frozenset({"share", "refurbished", "reuse", "rgaa", "rgesn", "key"})
# Nearly all: a stray cell does not change what a column is.
_MOST = 0.8


def _words(listed: str) -> frozenset[str]:
    return frozenset(key(word) for word in listed.split("|"))


_TYPES = _words(
    "Serveur|Server|Baie de stockage|Storage|Commutateur|Switch|Routeur|Router|Pare-feu|Firewall|"
    "Écran|Moniteur|Monitor|Imprimante|Printer|Ordinateur portable|Laptop|Notebook|Ordinateur fixe|"
    "Desktop|Tower|Tablette|Tablet|Smartphone|Téléphone fixe|Workstation|Portable|Unité centrale|"
    "Station de travail|Rack Mount Chassis"
)
_COUNTRIES = _words(
    "France|Belgique|Allemagne|Germany|Suisse|Luxembourg|Espagne|Italie|Irlande|Ireland|Pays-Bas|"
    "La Réunion|Martinique|Guadeloupe|Guyane|Mayotte|États-Unis|FR|FRA|DE|BE|IE|NL"
)
_ENVIRONMENTS = _words(
    "Production|Prod|Préproduction|Préprod|Recette|Développement|Dev|Test|Formation|QA|UAT|Staging"
)


@cache
def aliases(kind: str) -> dict[str, tuple[str, ...]]:
    """The names of each field of a table, plain, ours first; fields never kept are left out."""
    table = next(table for table in TABLES if table.kind == kind)
    jargon = ALIASES.get(kind, {})
    return {
        column.field: tuple(
            dict.fromkeys(
                _plain_words(name)
                for name in (
                    column.header,
                    *column.aliases,
                    *filter(None, jargon.get(column.field, "").split("|")),
                )
            )
        )
        for column in table.columns
        if column.need != "dropped"
    }


def is_personal(name: str, samples: Sequence[Cell]) -> bool:
    """Whether a column is about persons, by its name, or by the e-mails, telephones and names in it."""
    return personal(name, [plain(cell) for cell in samples])


@lru_cache(maxsize=50_000)
def name_likeness(name: str, names: tuple[str, ...]) -> float:
    """How much a header looks like the best of some plain names, 0 to 1."""
    from rapidfuzz import fuzz

    written = _plain_words(name)
    short = written.replace(" ", "")
    best = 0.0
    for other in names:
        joined = other.replace(" ", "")
        if short == joined:
            return 1.0
        if min(len(short), len(joined)) < 4:
            # Two letters in common mean nothing.
            continue
        alike = max(fuzz.ratio(written, other), 0.92 * fuzz.token_sort_ratio(written, other)) / 100
        covered = min(len(short), len(joined)) / max(len(short), len(joined))
        alike = max(alike, (0.6 + 0.3 * covered) * fuzz.token_set_ratio(written, other) / 100)
        best = max(best, alike)
    return best


def is_noise(name: str) -> bool:
    """Whether a column is one of those every tool exports and no field of ours awaits."""
    return name_likeness(name, _noise()) >= 0.95


@cache
def _noise() -> tuple[str, ...]:
    return tuple(map(_plain_words, NOISE))


def _plain_words(name: str) -> str:
    """The words of a name, the "u_" of custom columns taken off."""
    words = _WORDS.findall(bare(name))
    return " ".join(words[1:] if words[:1] == ["u"] and len(words) > 1 else words)


@dataclass(frozen=True, slots=True)
class Traits:
    """What the cells of a column are: parts of them, 0 to 1, that read as dates, numbers, shares or known words."""

    held: bool = False
    dates: float = 0.0
    numbers: float = 0.0
    shares: float = 0.0
    types: float = 0.0
    places: float = 0.0
    environments: float = 0.0


def traits(cells: Sequence[Cell]) -> Traits:
    """The traits of the filled cells of a column."""
    if not cells:
        return Traits()
    words = [key(plain(cell)) for cell in cells]
    return Traits(
        True,
        sum(map(_is_date, cells)) / len(cells),
        sum(map(_is_number, cells)) / len(cells),
        sum(map(_is_share, cells)) / len(cells),
        sum(word in _TYPES for word in words) / len(words),
        sum(word in _COUNTRIES for word in words) / len(words),
        sum(word in _ENVIRONMENTS for word in words) / len(words),
    )


def value_likeness(field: str, held: Traits) -> float:
    """What cells say of a field: above 0 they fit it, below they do not, 0 they say nothing. From -0.5 to 0.2."""
    if not held.held:
        return 0.0
    if field in DATES:
        return 0.2 if held.dates > _MOST else -0.5
    if field in _SHARES:
        return 0.1 if held.shares > _MOST else -0.4
    if field in NUMBERS:
        return 0.05 if held.numbers > _MOST else -0.4
    known = {
        "type": held.types,
        "country": held.places,
        "location": held.places,
        "environment": held.environments,
    }
    if field in known:
        return 0.2 if known[field] >= 0.5 else 0.0
    if held.dates > _MOST:
        return -0.4
    return -0.2 if field not in ("ref", "code", "version") and held.numbers > _MOST else 0.0


def likeness(name: str, held: Traits, kind: str, field: str) -> float:
    """How much a column looks like a field, 0 to 1; not at all where its unit measures something else."""
    if not unit_of(field, name).fits:
        return 0.0
    names = aliases(kind)[field]
    alike = name_likeness(name, names)
    if field in NUMBERS and alike < 1:
        alike = max(alike, name_likeness(without(name), names))
    return max(0.0, min(1.0, alike + value_likeness(field, held)))


def _is_number(cell: Cell) -> bool:
    try:
        return number(cell) is not None
    except BadValue:
        return False


def _is_share(cell: Cell) -> bool:
    try:
        return share(cell) is not None
    except BadValue:
        return False


def _is_date(cell: Cell) -> bool:
    try:
        return day(cell, year_alone=True) is not None
    except BadValue:
        return False
