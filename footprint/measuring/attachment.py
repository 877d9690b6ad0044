"""Whether a run's application is on the map."""

from __future__ import annotations

from difflib import get_close_matches


def near(name: str, codes: list[str]) -> list[str]:
    """Up to three codes close to `name`, whatever the case."""
    by_folded = {code.casefold(): code for code in codes}
    return [by_folded[m] for m in get_close_matches(name.casefold(), by_folded, n=3, cutoff=0.6)]
