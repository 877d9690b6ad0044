"""Dates as people read them: 22/11/2026 in French, 2026-11-22 in English; instants are UTC."""

from __future__ import annotations

from footprint.texts import say


def day(iso: str) -> str:
    """A date given as YYYY-MM-DD…; what is not one shows as it is."""
    return say(day_fr(iso), iso[:10]) if iso[4:5] == "-" else iso


def day_fr(iso: str) -> str:
    """A date given as YYYY-MM-DD…, for a French sentence: 22/11/2026."""
    return "/".join(reversed(iso[:10].split("-")))


def moment(iso: str) -> str:
    """An instant given as YYYY-MM-DDTHH:MM…, to the minute."""
    return f"{day(iso)} {iso[11:16]}".strip()
