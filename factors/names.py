"""Names compared as people write them: accents, case, punctuation and plural do not count."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping

#: Letters that Unicode does not take apart, as people type them without a French keyboard.
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss"})


def plain(name: str) -> str:
    """`name` without accents, case, punctuation or plural s: "Baies de stockage" -> "baie de stockage"."""
    apart = unicodedata.normalize("NFKD", name.translate(_LIGATURES))
    folded = "".join(letter for letter in apart if not unicodedata.combining(letter)).lower()
    words = re.findall(r"[a-z0-9]+", folded)
    return " ".join(_singular(word) for word in words)


def _singular(word: str) -> str:
    """`word` without its final s; short words and "ss" endings are kept (GPS, wireless)."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def near(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Up to three of `known` that look like `name`, best first, each as it is written in `known`."""
    written: dict[str, str] = {}
    for candidate in known:
        written.setdefault(plain(candidate), candidate)
    found = difflib.get_close_matches(plain(name), list(written), n=3, cutoff=0.6)
    return tuple(written[match] for match in found)


def near_names(name: str, codes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Up to three names near `name`, one a code; `codes` gives all the names of each code."""
    owner: dict[str, tuple[str, str]] = {}
    for code, names in codes.items():
        for alias in names:
            owner.setdefault(plain(alias), (code, alias))
    found = difflib.get_close_matches(plain(name), list(owner), n=9, cutoff=0.6)
    best: dict[str, str] = {}
    for match in found:
        code, alias = owner[match]
        best.setdefault(code, alias)
    return tuple(best.values())[:3]
