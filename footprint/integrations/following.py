"""A run followed from a training loop: what the callbacks have in common. Standard library only.

Nothing here raises into the training, and the loop pays next to nothing: it is looked at once a second at
most, and the recorder is asked (0.2 s at most, and only when there is a budget) for one twentieth of the
time at most.
"""

from __future__ import annotations

import functools
import os
import time
import weakref
from collections.abc import Callable
from typing import Any, Literal, TypeVar, cast

from footprint.measuring import Notice, Run, measure
from footprint.measuring.given import RunOptions

PERIOD_S = 1.0
_REST_AFTER_ASKING = 20.0
"""The recorder is not asked again before this many times what the last answer took."""

OnBudget = Literal["stop", "mark"]
M = TypeVar("M", bound=Callable[..., None])


class Training:
    """The run of one training at a time: `begin`, `step` after each step, `end`."""

    def __init__(
        self, application: str, model: str | None, phase: str | None, on_budget: OnBudget, options: RunOptions
    ) -> None:
        """`on_budget`: "stop" makes `step` ask for the end when the budget is used up; "mark" does not.

        Raises TypeError (an option `measure` does not know) and ValueError (another `on_budget`) now,
        before the training.
        """
        if on_budget not in ("stop", "mark"):
            raise ValueError(f"on_budget: 'stop' | 'mark', not {on_budget!r}")
        measure(application, model, phase, **options)
        self.run: Run | None = None
        self._settings = (application, model, phase, on_budget, options)
        self._limited = any(options.get(name) is not None for name in ("budget_kwh", "budget_kgco2e"))
        self._finalizer: weakref.finalize[..., Any] | None = None
        self._first, self._next, self._stopping = 0.0, 0.0, False

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy sent to another process has the settings, not the run."""
        return Training, self._settings

    def begin(self, done: float = 0.0) -> None:
        """Start a run; `done`: steps made before (a training taken up again), which are not of this run.

        A run left open by a training that raised is closed first, "interrupted"; so is one whose callback
        or process goes.
        """
        self.end(complete=False)
        application, model, phase, _, options = self._settings
        self._first, self._next, self._stopping = done, time.monotonic() + PERIOD_S, False
        self.run = measure(application, model, phase, **options).start()
        self._finalizer = weakref.finalize(self, self.run.stop, False)
        if _siblings():
            self.run.warnings.append(_others_not_counted())

    def step(self, done: float, total: float | None) -> bool:
        """Say how far the training is; True when it must stop: its budget is used up.

        `done` of `total` steps (or epochs), those made before included; `total` None, 0 or infinite: unknown.
        """
        began = time.monotonic()
        if self.run is None or began < self._next:
            return self._stopping
        self._next = began + PERIOD_S
        known = total is not None and self._first < total < float("inf")
        self.run.progress(done - self._first, total - self._first if known and total is not None else None)
        if self._limited and not self._stopping:
            live = self.run.now()
            self._next = max(self._next, began + (time.monotonic() - began) * _REST_AFTER_ASKING)
            if live is not None and live.over_budget and self._settings[3] == "stop":
                self._stopping = True
                self.run.warnings.append(_stopped(done))
        return self._stopping

    def end(self, complete: bool = True) -> Run | None:
        """End the run under way; returns it, or None when there is none. `complete`: see `Run.stop`."""
        if self._finalizer is None:
            return None
        self._finalizer.detach()
        self._finalizer = None
        assert self.run is not None
        return self.run.stop(complete)

    def note(self, error: Exception) -> None:
        """Keep what went wrong in a callback as a warning of the run, once."""
        if self.run is not None and all(known.code != "rappel_en_defaut" for known in self.run.warnings):
            self.run.warnings.append(_fault(error))


def quiet(method: M) -> M:
    """A callback's method that never raises into the training: what fails becomes a warning of the run.

    The callback has its Training at `_training`.
    """

    @functools.wraps(method)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            method(self, *args, **kwargs)
        except Exception as error:
            self._training.note(error)

    return cast("M", wrapper)


def figures(run: Run, prefix: str) -> dict[str, float]:
    """What is known of a run, for a log of numbers: kWh, kgCO2e and their 90 % bounds, s; unknown is absent."""
    values = {
        "energy_kwh": run.energy_kwh,
        "energy_low_kwh": run.energy_low_kwh,
        "energy_high_kwh": run.energy_high_kwh,
        "gwp_kgco2e": run.gwp_kgco2e,
        "gwp_low_kgco2e": run.gwp_low,
        "gwp_high_kgco2e": run.gwp_high,
        "duration_s": run.duration_s,
    }
    return {prefix + name: float(value) for name, value in values.items() if value is not None}


def _siblings() -> bool:
    """Whether a launcher (torchrun) started other processes of this training beside this one."""
    count = os.environ.get("LOCAL_WORLD_SIZE", "")
    return count.isdigit() and int(count) > 1


def _others_not_counted() -> Notice:
    return Notice(
        "autres_processus_non_comptes",
        "Plusieurs processus s’entraînent sur cette machine : le temps de processeur des autres n’est pas "
        "compté ici. Pour tout compter : footprint run --application … -- torchrun …",
        "Several processes train on this machine: the processor time of the others is not counted here. To "
        "count everything: footprint run --application … -- torchrun …",
    )


def _stopped(done: float) -> Notice:
    return Notice(
        "arret_sur_budget",
        f"Budget atteint : l’entraînement a été arrêté proprement à l’étape {done:.0f}.",
        f"Budget used up: the training was stopped cleanly at step {done:.0f}.",
    )


def _fault(error: Exception) -> Notice:
    kind = type(error).__name__
    return Notice(
        "rappel_en_defaut",
        f"Le suivi de l’entraînement a échoué en partie ({kind} : {error}) ; l’entraînement n’en dépend pas.",
        f"Following the training failed in part ({kind}: {error}); the training does not depend on it.",
    )
