"""A line at the bottom of the terminal that shows a run as it goes, under what the command prints.

The last row is taken out of the part of the screen that scrolls, so the command's own output is never
touched. Only for a terminal in which this process is in front; the screen is given back at the end.
"""

from __future__ import annotations

import os
import sys
from typing import TextIO

from rich.cells import set_cell_size

from footprint.formats import duration, energy, kg, percent
from footprint.measuring import Run
from footprint.measuring.live import Live
from footprint.texts import say

_SAVE, _RESTORE = "\0337", "\0338"
_LEAST_ROWS = 4


class LiveLine:
    """The last row of a terminal."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal
        self._rows = 0
        self._text = ""

    @staticmethod
    def of_terminal() -> LiveLine | None:
        """The line of the error output, None where it is no terminal to draw on."""
        terminal = sys.stderr  # None when the caller closed it
        if terminal is None or os.environ.get("TERM", "dumb") == "dumb":
            return None
        try:
            in_front = terminal.isatty() and os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
        except (OSError, ValueError):
            in_front = False
        return LiveLine(terminal) if in_front else None

    def show(self, text: str) -> None:
        """Draw the text, cut to the width of the terminal; nothing on a terminal that is gone."""
        try:
            size = os.get_terminal_size(self._terminal.fileno())
        except (OSError, ValueError):
            return
        if size.lines < _LEAST_ROWS:
            return
        self._text = text
        if size.lines != self._rows:
            self._reserve(size.lines)
        cut = set_cell_size(text, size.columns) if len(text) > size.columns else text
        self._write(f"{_SAVE}\033[{self._rows};1H\033[2K\033[2m{cut}\033[22m{_RESTORE}")

    def resize(self) -> None:
        """The terminal changed size: take the new last row."""
        if self._rows:
            self._rows = 0
            self.show(self._text)

    def hide(self) -> None:
        """Empty the line, before something else is printed."""
        if self._rows:
            self._write(f"{_SAVE}\033[{self._rows};1H\033[2K{_RESTORE}")

    def close(self) -> None:
        """Give the whole screen back."""
        if self._rows:
            self.hide()
            self._write(f"{_SAVE}\033[r{_RESTORE}")
            self._rows = 0

    def _reserve(self, rows: int) -> None:
        """Keep the last of `rows` out of what scrolls; a cursor that was on it goes up with the rest."""
        self._write(f"\n{_SAVE}\033[1;{rows - 1}r{_RESTORE}\033[1A")
        self._rows = rows

    def _write(self, text: str) -> None:
        try:
            self._terminal.write(text)
            self._terminal.flush()
        except (OSError, ValueError):
            self._rows = 0


def words(run: Run, seen: Live) -> str:
    """The run in one line: what matters most first, since a narrow terminal cuts the end."""
    return " · ".join([str(run.application), *figures(seen)])


def figures(seen: Live) -> list[str]:
    """Time, energy, carbon, progress, forecast, budget, power."""
    parts = [duration(seen.seconds), energy(seen.energy_kwh)]
    if seen.gwp_kgco2e is not None:
        parts.append(kg(seen.gwp_kgco2e))
    if seen.total and seen.done is not None:
        parts.append(percent(seen.done / seen.total))
    if seen.forecast_kwh is not None:
        whole = energy(seen.forecast_kwh)
        parts.append(say(f"prévu {whole} en ", f"forecast {whole} in ") + duration(seen.forecast_s))
    if seen.budget is not None:
        parts.append(f"budget {percent(seen.budget)}")
    if seen.power_w is not None:
        parts.append(f"{seen.power_w:.0f} W")
    return parts


def budget_words(share: float) -> str:
    """The part of the budget that is used."""
    return say(f"{percent(share)} du budget est utilisé.", f"{percent(share)} of the budget is used.")


def silent_words(seconds: float) -> str:
    """Nothing was heard of a program of which a number of steps is awaited."""
    return say(
        f"aucun avancement reçu en {seconds:g} s : sans footprint.progress(fait, total) dans le programme, l'essai "
        "ne s'arrête pas ; sinon donnez une durée (--estimate 5m). La commande continue.",
        f"no progress heard in {seconds:g} s: without footprint.progress(done, total) in the program, the trial "
        "does not stop; else give a duration (--estimate 5m). The command goes on.",
    )
