"""What a program gives to a run, made safe to say to the recorder. Standard library only.

A number or a text may be of a class of the program's, whose conversion may raise anything: it is caught
here, around that call alone, but for what a signal handler raises meanwhile (faults.py).
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import TypedDict, TypeVar

from footprint.measuring.faults import by_handler

LONGEST_TEXT = 200
LARGEST_COUNT = 2**63 - 1
"""What a database can hold."""
T = TypeVar("T")


class RunOptions(TypedDict, total=False):
    """What `measure` takes besides application, model, phase and on_budget; same names, units and meaning."""

    zone: str | None
    functional_act: str | None
    requests: int | None
    budget_kwh: float | None
    budget_kgco2e: float | None
    gpu_share: float | None
    home: str | os.PathLike[str] | None


def ended_well(kind: type[BaseException] | None, error: BaseException | None) -> bool:
    """Whether a block reached its end: no exception, or an exit asked for with success."""
    if kind is None:
        return True
    return issubclass(kind, SystemExit) and getattr(error, "code", None) in (None, 0)


def text(value: object) -> str | None:
    """A text of at most LONGEST_TEXT characters that UTF-8 can hold; None for None and for what has no text.

    A lone surrogate (a byte of a command line that could not be decoded) becomes `\\udcxx`.
    """
    found = None if value is None else _converted(str, value)
    if found is None:
        return None
    return found[:LONGEST_TEXT].encode("utf-8", "backslashreplace").decode("utf-8")[:LONGEST_TEXT]


def plain(value: object) -> object:
    """What can be said in JSON, for the recorder to accept or refuse; the text of anything else."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int) and abs(value) <= LARGEST_COUNT:
        return value
    found = text(value)
    return type(value).__name__ if found is None else found


def count(value: object) -> int | None:
    """A whole number from 0 to LARGEST_COUNT, None for what is none."""
    found = None if value is None else _converted(int, value)
    return found if found is not None and 0 <= found <= LARGEST_COUNT else None


def number(value: object) -> float | None:
    """A finite number, None for what is none."""
    found = _converted(float, value)
    return found if found is not None and math.isfinite(found) else None


def _converted(convert: Callable[..., T], value: object) -> T | None:
    """The value converted, None when its class refuses, in whatever way."""
    try:
        return convert(value)
    except Exception as error:
        # Python's own numbers raise but these two: what another thread raised here is not theirs.
        own = type(value) in (int, float)
        if by_handler(error) or (own and not isinstance(error, ValueError | OverflowError)):
            raise
        return None
