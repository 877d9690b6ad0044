"""Near matches, proposed when a name is not known."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Types, statuses, places: an estate says a few thousand words, a million times.
_REMEMBERED = 16_384
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=_REMEMBERED)
def plain(text: str) -> str:
    """Lower case, without accents: "Îlot Général" gives "ilot general"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@lru_cache(maxsize=_REMEMBERED)
def slug(text: str) -> str:
    """Letters and digits of a label joined by hyphens: "Îlot d'accueil" gives "ilot-d-accueil"."""
    return _NOT_ALPHANUMERIC.sub("-", plain(text)).strip("-")


@lru_cache(maxsize=_REMEMBERED)
def key(text: str) -> str:
    """Only letters and digits, so that spellings compare equal: "Nom de l'îlot" gives "nomdelilot"."""
    return _NOT_ALPHANUMERIC.sub("", plain(text))


def near(name: str, candidates: Iterable[str], cutoff: float = 0.6) -> tuple[str, ...]:
    """Up to three candidates most like `name`, best first, whatever the case, accents and punctuation.

    `cutoff` is the least likeness kept, 0 to 1 (difflib ratio).
    """
    spelled: dict[str, str] = {}
    for candidate in candidates:
        spelled.setdefault(key(candidate), candidate)
    found = difflib.get_close_matches(key(name), spelled, n=3, cutoff=cutoff)
    return tuple(spelled[match] for match in found)
