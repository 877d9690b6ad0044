"""Budgets of a run: a warning at 80 %, and at 100 % a mark or a signal."""

from __future__ import annotations

import math
import signal
from typing import NamedTuple

from collectors.records import Notice

WARNING_SHARE = 0.8
MARK = "mark"
_STOP = "SIGTERM"


class Limits(NamedTuple):
    """Energy in kWh and carbon in kgCO2e a run may use, and what then: "mark", "stop" or a signal's name."""

    budget_kwh: float | None = None
    budget_kgco2e: float | None = None
    on_budget: str = MARK

    def share(self, kwh: float, kgco2e: float | None) -> float | None:
        """Part of the budget used, the larger of the two; None without a budget that can be told."""
        shares = [
            used / limit
            for used, limit in ((kwh, self.budget_kwh), (kgco2e, self.budget_kgco2e))
            if limit is not None and used is not None
        ]
        return max(shares, default=None)

    @property
    def signal(self) -> int | None:
        """The signal to send when the budget is used up, None to mark only."""
        if self.on_budget == MARK:
            return None
        name = _STOP if self.on_budget == "stop" else self.on_budget
        return getattr(signal, name, None)


def checked(limits: Limits) -> tuple[Limits, tuple[Notice, ...]]:
    """The limits that make sense, and what is said of the others; a wrong budget never stops a run."""
    notices = []
    values: dict[str, float | None] = {}
    for name in ("budget_kwh", "budget_kgco2e"):
        value = getattr(limits, name)
        right = value is None or (
            isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf
        )
        values[name] = value if right else None
        if not right:
            notices.append(_refused(name, value))
    what = limits.on_budget
    names = {MARK, "stop", *(each.name for each in signal.Signals)}
    if what not in names:
        notices.append(_refused("on_budget", what))
        what = MARK
    return Limits(values["budget_kwh"], values["budget_kgco2e"], what), tuple(notices)


def nearly_used(limits: Limits) -> Notice:
    """80 % of the budget is used."""
    return Notice(
        "budget_80",
        f"80 % du budget ({_french(limits)}) est utilisé.",
        f"80 % of the budget ({_text(limits)}) is used.",
    )


def used_up(limits: Limits) -> Notice:
    """The budget is used up."""
    if limits.signal is None:
        fr, en = "la mesure continue", "measuring goes on"
    else:
        name = signal.Signals(limits.signal).name
        fr, en = f"arrêt demandé ({name})", f"asked to stop ({name})"
    return Notice(
        "budget_depasse",
        f"Le budget ({_french(limits)}) est dépassé : {fr}.",
        f"The budget ({_text(limits)}) is exceeded: {en}.",
    )


def no_factor() -> Notice:
    """A carbon budget can't be followed without an electricity factor."""
    return Notice(
        "budget_carbone_ignore",
        "Le budget en kgCO2e ne peut pas être suivi : pas de facteur d'électricité pour cette zone.",
        "The kgCO2e budget can't be followed: no electricity factor for this zone.",
    )


def _text(limits: Limits) -> str:
    parts = ((limits.budget_kwh, "kWh"), (limits.budget_kgco2e, "kgCO2e"))
    return ", ".join(f"{value:g} {unit}" for value, unit in parts if value is not None)


def _french(limits: Limits) -> str:
    return _text(limits).replace(".", ",")


def _refused(name: str, value: object) -> Notice:
    return Notice(
        "budget_refuse",
        f"{name} = {value!r} refusé : donnez un nombre positif, ou « mark », « stop », SIGINT… ; sans effet.",
        f"{name} = {value!r} refused: give a positive number, or “mark”, “stop”, SIGINT…; no effect.",
    )
