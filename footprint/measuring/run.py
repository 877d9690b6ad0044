"""Measure the energy of a block of code: `with measure(application="TRI-COURRIER") as run: …`.

The measuring is done by the recorder, a separate process (recorder.py). Here, in the user's process, only
the standard library is loaded, and three promises are kept: nothing is ever raised into the user's code,
nothing blocks it (the end of a run waits for the result for two seconds at most), nothing ends it. What
fails becomes a coded warning, and an energy that is not known is None, never 0.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from footprint.home import home as default_home
from footprint.measuring import said
from footprint.measuring.faults import is_ours
from footprint.measuring.given import RunOptions, count, ended_well, number, plain, text
from footprint.measuring.live import Live
from footprint.measuring.nesting import enclosing, forget, tell_outer, under_way
from footprint.measuring.outcome import unknown_energy
from footprint.measuring.said import Notice

if TYPE_CHECKING:
    from footprint.measuring.link import Link

__all__ = ("Notice", "Run", "measure")
T = TypeVar("T")
STOP_TIMEOUT_S = 2.0
SPAWN_TIMEOUT_S = 2.0
NOW_TIMEOUT_S = 0.2
_COUNTS = ("requests", "tokens_in", "tokens_out")
_TEXTS = ("application", "model", "phase", "zone", "functional_act")


def measure(
    application: str,
    model: str | None = None,
    phase: str | None = None,
    *,
    zone: str | None = None,
    functional_act: str | None = None,
    requests: int | None = None,
    budget_kwh: float | None = None,
    budget_kgco2e: float | None = None,
    on_budget: str = "mark",
    gpu_share: float | None = None,
    home: str | os.PathLike[str] | None = None,
) -> Run:
    """A run to be measured, as a context manager or with `start()` and `stop()`.

    `application`: code of the application on the map; `model`: the AI model and its version; `phase`:
    "training", "evaluation", "inference"…; `zone`: electricity zone (default: FOOTPRINT_ZONE, else "FR");
    `functional_act` and `requests`: what was served and how many times, for figures per 1,000 requests;
    `budget_kwh`, `budget_kgco2e`: a warning at 80 %, and when it is used up a mark ("mark"), or the signal
    named by `on_budget` ("SIGINT", "SIGTERM"…) sent to this process; `gpu_share`: part (0 to 1) of the
    graphics processors reserved for this run, where they can't tell; `home`: folder of the local state.
    Never raises.
    """
    options: RunOptions = {
        "zone": zone, "functional_act": functional_act, "requests": requests, "budget_kwh": budget_kwh,
        "budget_kgco2e": budget_kgco2e, "gpu_share": gpu_share, "home": home,
    }  # fmt: skip
    return Run(application, model, phase, on_budget, options)


class Run:
    """A measured run. Every figure is None until the end, and stays None when it could not be known.

    Energies in kWh, `gwp…` in kgCO2e, with 90 % bounds (M7); `by_channel`, `by_tier`, `by_component`: kWh;
    `tier`: the evidence tier of most of the energy (M1); `state`: "running", then "complete",
    "interrupted" or "failed"; `warnings`: coded notices; `result`: everything, as written in the spool.
    """

    def __init__(
        self, application: str, model: str | None, phase: str | None, on_budget: str, options: RunOptions
    ) -> None:
        """See `measure`."""
        self.run_id = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{os.urandom(6).hex()}"
        self.warnings: list[Notice] = []
        self.application = self._usable("application", application, text, None)
        self.model = self._usable("model", model, text, None)
        self.phase = self._usable("phase", phase, text, None)
        self.zone = self._usable("zone", options.get("zone"), text, None)
        self.functional_act = self._usable("functional_act", options.get("functional_act"), text, None)
        self.result: dict[str, Any] = {}
        self.state: str | None = None
        self.duration_s: float | None = None
        self._counts: dict[str, int | None] = dict.fromkeys(_COUNTS)
        self._counts["requests"] = self._usable("requests", options.get("requests"), count, None)
        self._limits = {"on_budget": plain(on_budget)}
        for name in ("budget_kwh", "budget_kgco2e", "gpu_share"):
            self._limits[name] = plain(options.get(name))
        self.outlived = False
        self._home, self._folder = options.get("home"), Path()
        self._pid = os.getpid()
        self._link: Link | None = None
        self._began: tuple[float, float] | None = None
        self._show(unknown_energy())

    def _show(self, result: dict[str, Any]) -> None:
        self.energy_kwh: float | None = result["energy_kwh"]
        self.energy_low_kwh: float | None = result["energy_low_kwh"]
        self.energy_high_kwh: float | None = result["energy_high_kwh"]
        self.gwp_kgco2e: float | None = result["gwp_kgco2e"]
        self.gwp_low: float | None = result["gwp_low"]
        self.gwp_high: float | None = result["gwp_high"]
        self.tier: str | None = result["tier"]
        self.by_channel: dict[str, float] = result["by_channel"]
        self.by_tier: dict[str, float] = result["by_tier"]
        self.by_component: dict[str, float] = result["by_component"]

    # -- what the user calls ------------------------------------------------------------------

    def __enter__(self) -> Run:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.stop(complete=ended_well(kind, error))

    def start(self) -> Run:
        """Start the recorder and the run. Never raises; what fails is in `warnings`."""
        if self.state is not None:
            self._warn(said.used_already())
            return self
        self.state = "failed"
        try:
            self._start()
        except BaseException as error:
            self.state = "failed"
            forget(self)
            self._hang_up()
            if not is_ours(error):
                raise
            self._warn(said.impossible("enregistreur_non_demarre", error))
        return self

    def stop(self, complete: bool = True) -> Run:
        """End the run and read its result, within two seconds. Never raises, does nothing the second time.

        `complete`: False when the measured code did not reach its end.
        """
        if not self._is_here():
            return self
        self.state = "interrupted"
        try:
            self._stop("complete" if complete else "exception")
        except Exception as error:
            if not is_ours(error):
                raise
            self.state = "failed"
            self._warn(said.impossible("fin_impossible", error))
        finally:
            self._hang_up()
        return self

    @property
    def requests(self) -> int | None:
        """Number of requests served, or None."""
        return self._counts["requests"]

    @requests.setter
    def requests(self, value: int | None) -> None:
        self.set(requests=value)

    def progress(self, done: float, total: float | None = None) -> None:
        """Say how far the work is (`done` of `total` steps, epochs…), for the forecast. Never raises or waits."""
        known, whole = number(done), number(total)
        if known is None:
            self._warn(said.unusable("progress(done)", done))
            return
        if whole is None and total is not None:
            self._warn(said.unusable("progress(total)", total))
        self._tell({"progress": [known, whole, time.monotonic()]})
        tell_outer(known, whole)

    def now(self) -> Live | None:
        """The run as it stands, or None when it is not running or the recorder does not answer in 0.2 s."""
        link = self._link
        if link is None or not self._is_here():
            return None
        seen = link.ask("now", NOW_TIMEOUT_S)
        return None if seen is None else Live._make(seen.get(name) for name in Live._fields)

    def set(self, **values: Any) -> None:
        """Give `requests`, `functional_act`, `tokens_in` or `tokens_out` once known. Never raises.

        A value that can't be used leaves the one before, and a notice in `warnings`.
        """
        for name, value in values.items():
            if name in _COUNTS:
                self._counts[name] = self._usable(name, value, count, self._counts[name])
            elif name == "functional_act":
                self.functional_act = self._usable(name, value, text, self.functional_act)
            else:
                self._warn(said.unknown_field(name))
        self._tell({"set": self._given()})  # and again at the end

    @property
    def has_budget(self) -> bool:
        """Whether a budget was given."""
        return self._limits["budget_kwh"] is not None or self._limits["budget_kgco2e"] is not None

    def __repr__(self) -> str:
        return f"<Run {self.run_id} {self.application} {self.state}>"

    def __str__(self) -> str:
        from footprint.measuring.run_text import sentence

        return sentence(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        from footprint.integrations.notebook import html

        return html(self)

    # -- the recorder -------------------------------------------------------------------------

    def _start(self) -> None:
        from footprint.measuring.spawning import origin, start_recorder

        self._link = start_recorder(SPAWN_TIMEOUT_S)
        begin = origin()
        self._began = (begin["monotonic"], begin["process_s"])
        folder = Path(os.fsdecode(self._home)) if self._home else default_home()
        self._folder = folder.expanduser().absolute()  # once: the program may change folder
        header = {**self._described(), **self._limits, "inside": enclosing(), "outlived": self.outlived}
        if not self._link.send({"run_id": self.run_id, "home": str(self._folder), **header, "origin": begin}):
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        under_way.append(self)
        self.state = "running"

    def _stop(self, reason: str) -> None:
        assert self._began is not None
        assert self._link is not None
        forget(self)
        now = time.monotonic()
        self.duration_s = now - self._began[0]
        spent = time.process_time() - self._began[1]
        message = {"stop": reason, "monotonic": now, "cpu_s": spent, "set": self._given()}
        heard = self._link.send(message, STOP_TIMEOUT_S)
        left = max(0.0, now + STOP_TIMEOUT_S - time.monotonic())
        reply = self._link.hear("result", left) if heard else None
        self._hang_up()
        if reply is None:
            from footprint.measuring.lost import rebuilt

            self._warn(said.recorder_lost())
            reply = rebuilt(self._folder, {"run_id": self.run_id, **self._described()})
        self.result, self.state = reply, reply["state"]
        self._show(reply)
        for warning in reply["warnings"]:
            self._warn(Notice(warning["code"], warning["fr"], warning["en"]))

    def _hang_up(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def _is_here(self) -> bool:
        """Whether the run is under way, and in this process: a forked child has no part in it."""
        return self.state == "running" and os.getpid() == self._pid

    def _described(self) -> dict[str, Any]:
        """The run, as its program describes it."""
        return {**{name: text(getattr(self, name)) for name in _TEXTS}, **self._given()}

    def _given(self) -> dict[str, Any]:
        """What may be known at the end only."""
        return {"functional_act": text(self.functional_act), **self._counts}

    def _usable(
        self, name: str, value: object, convert: Callable[[object], T | None], before: T | None
    ) -> T | None:
        """The value converted; `before`, with a notice, when it can't be used."""
        found = convert(value)
        if found is None and value is not None:
            self._warn(said.unusable(name, value))
            return before
        return found

    def _tell(self, message: dict[str, Any]) -> None:
        """Tell the recorder, if the run is under way and here; what can't be heard now is dropped."""
        link = self._link
        if link is not None and self._is_here():
            link.tell(message)

    def _warn(self, notice: Notice) -> None:
        """Keep a notice, once: a loop may give the same wrong value again and again."""
        if notice not in self.warnings:
            self.warnings.append(notice)
