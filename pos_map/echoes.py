"""Recognise persons of a sheet where they come back shortened: initials, logins, surnames.

echoes     what the persons named in some cells are shortened to
initials   whether a column may hold initials of persons, by its name and cells
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pos_map import person_words as words
from pos_map.persons import person, shown
from pos_map.spelling import plain

_WORD = re.compile(r"[a-z0-9]+(?:[._][a-z0-9]+)*")
_PART = re.compile(r"[a-z]+")
_SURNAME = 3
_MOST_PERSONS = 2_000
# Columns of accounts, whatever their cells; of initials, where the cells look like some.
_ACCOUNTS = frozenset(("compte", "comptes", "nni", "uid", "acteur", "acteurs"))
_INITIALS = frozenset(("trigramme", "trigrammes", "initiales", "initials", "trigram"))
_LOGIN = re.compile(r"[a-z]{4,}\d{0,2}|[a-z]\d{5,7}|[a-z]+[._][a-z]+")
_LETTERS = re.compile(r"[A-Z]{2,4}\d?")
_MOST, _THIRD = 2 / 3, 1 / 3


def echoes(cells: Iterable[str]) -> frozenset[str]:
    """The initials, logins and surnames, plain, of the persons that cells (texts) are the names of."""
    found: set[str] = set()
    named = dict.fromkeys(cell for cell in cells if person(cell) == "sure")
    for cell in list(named)[:_MOST_PERSONS]:
        parts = _PART.findall(plain(cell))
        for first in parts:
            for last in parts:
                if first != last and len(last) >= _SURNAME and last not in words.GIVEN_NAMES:
                    found |= {last, first[0] + last, f"{first[0]}.{last}", f"{first}.{last}", last + first[0]}
                    found |= {first[0] + last[0], first[0] + last[:2], first[0] + last[0] + last[-1]}
    return frozenset(found)


def echoing(text: str, known: frozenset[str]) -> bool:
    """Whether a word of a text is one of the echoes `known`."""
    return bool(known) and not known.isdisjoint(_WORD.findall(plain(text)))


def shortened(name: str, cells: Sequence[str], known: frozenset[str]) -> bool:
    """Whether a column (its filled cells) is of persons, shortened: most of its cells echo them, begin by an initial
    ("J. Exemple"), or are accounts."""
    if not cells:
        return False
    if len(set(cells)) > 1 and sum(plain(cell) in known for cell in cells) >= _MOST * len(cells):
        return True
    if sum(bool(person(cell)) and not shown(cell) for cell in cells) >= _MOST * len(cells):
        return True
    called = plain(name).strip()
    return called in _ACCOUNTS and sum(bool(_LOGIN.fullmatch(cell)) for cell in cells) >= _THIRD * len(cells)


def initials(name: str, cells: Sequence[str]) -> bool:
    """Whether a column may hold initials of persons: its name says so, and its cells do not say otherwise."""
    called = plain(name).strip()
    return called in _INITIALS and sum(bool(_LETTERS.fullmatch(cell)) for cell in cells) >= _MOST * len(cells)
