"""What a source of energy is, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from collectors.records import EnergyRow, Notice


@dataclass(frozen=True, slots=True)
class Used:
    """Energy of one level, what is known of the machine, and what to know of the figure.

    `cpu_s`: processor seconds that were the service's, None when unknown; they tell its part of the machine.
    `independent`: the part of the error that is this level's alone, as a standard deviation of the logarithm.
    """

    rows: tuple[EnergyRow, ...]
    context: dict[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    cpu_s: float | None = None
    independent: float = 0.0


class Source(Protocol):
    """Energy over an interval: `begin`, `tick` once a second, then `end`, or `close` when it fails.

    The first three may raise LlmRefused or ServingUnreadable.
    """

    def begin(self) -> None:
        """Note where the counter stands."""

    def tick(self) -> None:
        """Take a sample, for those that need one."""

    def end(self) -> Used:
        """The energy since `begin`."""

    def close(self) -> None:
        """Let go, without a figure. Never raises; does nothing after `end`."""
