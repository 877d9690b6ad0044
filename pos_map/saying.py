"""Dates and numbers as people read them in French; in English they are as Python writes them."""

from __future__ import annotations

from datetime import date


def day_fr(value: date) -> str:
    """A date: 12/03/2026."""
    return f"{value:%d/%m/%Y}"


def number_fr(value: float) -> str:
    """A number, its decimals after a comma, six figures at most: 12,5."""
    return f"{value:g}".replace(".", ",")
