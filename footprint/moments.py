"""Dates as people read them: 22/11/2026 in French, 2026-11-22 in English; instants are UTC."""

from __future__ import annotations

from footprint.texts import say


def day(iso: str) -> str:
    """A date given as YYYY-MM-DD…; what is not one shows as it is."""
    year, _, rest = iso[:10].partition("-")
    month, _, number = rest.partition("-")
    return say(f"{number}/{month}/{year}", iso[:10]) if number else iso


def moment(iso: str) -> str:
    """An instant given as YYYY-MM-DDTHH:MM…, to the minute."""
    return f"{day(iso)} {iso[11:16]}".strip()
