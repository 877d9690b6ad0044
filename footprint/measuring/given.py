"""What a program gives to a run, made safe to say to the recorder. Standard library only."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

LONGEST_TEXT = 200


class RunOptions(TypedDict, total=False):
    """What `measure` takes besides application, model, phase and on_budget; same names, units and meaning."""

    zone: str | None
    functional_act: str | None
    requests: int | None
    budget_kwh: float | None
    budget_kgco2e: float | None
    gpu_share: float | None
    home: Path | None


def ended_well(kind: type[BaseException] | None, error: BaseException | None) -> bool:
    """Whether a block reached its end: no exception, or an exit asked for with success."""
    if kind is None:
        return True
    return issubclass(kind, SystemExit) and getattr(error, "code", None) in (None, 0)


def text(value: object) -> str | None:
    """A text of at most LONGEST_TEXT characters, None for None."""
    return None if value is None else str(value)[:LONGEST_TEXT]


def plain(value: object) -> object:
    """What can be said in JSON, for the recorder to accept or refuse; the text of anything else."""
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def count(value: object) -> int | None:
    """A whole number, None for what is none."""
    try:
        return None if value is None else int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return None
