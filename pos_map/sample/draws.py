"""Seeded draws built on `Random.random` alone, the one method Python promises never to change."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")


class Draws:
    """A reproducible sequence of draws: the same seed gives the same sample on any Python."""

    def __init__(self, seed: int) -> None:
        self._next = random.Random(seed).random

    def chance(self, probability: float) -> bool:
        """True with this probability, 0 to 1."""
        return self._next() < probability

    def pick(self, among: Sequence[T]) -> T:
        """One of the values, all alike."""
        return among[int(self._next() * len(among))]

    def between(self, low: float, high: float) -> float:
        """A number from low to high."""
        return low + (high - low) * self._next()

    def day(self, first_year: int, last_year: int) -> date:
        """A day of these years, the last included."""
        start = date(first_year, 1, 1)
        return start + timedelta(days=int(self._next() * (date(last_year, 12, 31) - start).days))


def decimal(value: float, digits: int = 1) -> str:
    """A number as French spreadsheets write it, with a decimal comma."""
    return f"{value:.{digits}f}".replace(".", ",")


def french_day(value: date) -> str:
    """A date as French spreadsheets write it: 08/07/2020."""
    return f"{value:%d/%m/%Y}"
