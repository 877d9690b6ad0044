"""Measure the energy of a block of code: `with measure(application="TRI-COURRIER") as run: …`.

The measuring is done by the recorder, a separate process (recorder.py). Here, in the user's process, only
the standard library is loaded, and three promises are kept: nothing is ever raised into the user's code,
nothing blocks it (the end of a run waits for the result for two seconds at most), nothing ends it. What
fails becomes a coded warning, and an energy that is not known is None, never 0.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from footprint.home import home as default_home
from footprint.home import spool_dir
from footprint.measuring.given import RunOptions, count, ended_well, plain, text
from footprint.measuring.live import Live
from footprint.measuring.nesting import enclosing, tell_outer, under_way
from footprint.measuring.outcome import unknown_energy
from footprint.texts import say

if TYPE_CHECKING:
    from footprint.measuring.link import Link

STOP_TIMEOUT_S = 2.0
SPAWN_TIMEOUT_S = 2.0
NOW_TIMEOUT_S = 0.2
_TEXTS = ("application", "model", "phase", "zone", "functional_act")


class Notice(NamedTuple):
    """A coded warning of a run, in both languages."""

    code: str
    fr: str
    en: str

    def __str__(self) -> str:
        return say(self.fr, self.en)


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
    home: Path | None = None,
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
        self.application, self.model, self.phase = application, model, phase
        self.zone, self.functional_act = options.get("zone"), options.get("functional_act")
        self.warnings: list[Notice] = []
        self.result: dict[str, Any] = {}
        self.state: str | None = None
        self.duration_s: float | None = None
        self._requests = options.get("requests")
        self._tokens: dict[str, int | None] = {"tokens_in": None, "tokens_out": None}
        self._limits = {"on_budget": plain(on_budget)}
        for name in ("budget_kwh", "budget_kgco2e", "gpu_share"):
            self._limits[name] = plain(options.get(name))
        self.outlived = False
        self._home = options.get("home")
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
        try:
            self._start()
        except Exception as error:
            self._fail("enregistreur_non_demarre", error)
        return self

    def stop(self, complete: bool = True) -> Run:
        """End the run and read its result, within two seconds. Never raises, does nothing the second time.

        `complete`: False when the measured code did not reach its end.
        """
        if self.state != "running" or os.getpid() != self._pid:
            return self
        self.state = "interrupted"
        with suppress(ValueError):
            under_way.remove(self)
        try:
            self._stop("complete" if complete else "exception")
        except Exception as error:
            self._fail("fin_impossible", error)
        return self

    @property
    def requests(self) -> int | None:
        """Number of requests served, or None."""
        return self._requests

    @requests.setter
    def requests(self, value: int | None) -> None:
        self.set(requests=value)

    def progress(self, done: float, total: float | None = None) -> None:
        """Say how far the work is (`done` of `total` steps, epochs…), for the forecast. Never raises or waits."""
        with suppress(TypeError, ValueError):
            whole = None if total is None else float(total)
            self._tell({"progress": [float(done), whole, time.monotonic()]})
            tell_outer(done, total)

    def now(self) -> Live | None:
        """The run as it stands, or None when it is not running or the recorder does not answer in 0.2 s."""
        if self.state != "running" or os.getpid() != self._pid:
            return None
        try:
            seen = self._link.ask("now", NOW_TIMEOUT_S) if self._link is not None else None
            if seen is None:
                return None
            values: dict[str, Any] = {name: seen.get(name) for name in Live._fields}
            return Live(**values)
        except Exception:
            return None

    def set(self, **values: Any) -> None:
        """Give `requests`, `functional_act`, `tokens_in` or `tokens_out` once known. Never raises."""
        for name, value in values.items():
            if name == "requests":
                self._requests = value
            elif name in self._tokens:
                self._tokens[name] = value
            elif name == "functional_act":
                self.functional_act = value
            else:
                self._warn(
                    "champ_inconnu",
                    f"« {name} » n'est pas un champ d'une mesure ; il est ignoré.",
                    f"“{name}” is not a field of a run; it is ignored.",
                )
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
        if self.state is not None:
            self._warn(
                "deja_demarree",
                "Cette mesure a déjà servi ; créez-en une autre avec measure().",
                "This run was already used; make another one with measure().",
            )
            return
        self.state = "failed"
        from footprint.measuring.spawning import origin, start_recorder

        self._link = start_recorder(SPAWN_TIMEOUT_S)
        begin = origin()
        self._began = (begin["monotonic"], begin["process_s"])
        folder = (self._home or default_home()).expanduser().absolute()
        header = {
            **{name: text(getattr(self, name)) for name in _TEXTS},
            **self._given(),
            **self._limits,
            "inside": enclosing(),
            "outlived": self.outlived,
        }
        self._link.send({"run_id": self.run_id, "home": str(folder), **header, "origin": begin})
        self.state = "running"
        under_way.append(self)

    def _stop(self, reason: str) -> None:
        assert self._began is not None
        assert self._link is not None
        now = time.monotonic()
        self.duration_s = now - self._began[0]
        spent = time.process_time() - self._began[1]
        reply: dict[str, Any] | None = None
        try:
            message = {"stop": reason, "monotonic": now, "cpu_s": spent, "set": self._given()}
            self._link.send(message, STOP_TIMEOUT_S)
            reply = self._link.hear("result", STOP_TIMEOUT_S)
        except (OSError, ValueError):
            reply = None
        finally:
            self._link.close()
            self._link = None
        self._finish(reply if reply is not None else self._rebuild())

    def _finish(self, result: dict[str, Any]) -> None:
        self.result = result
        self.state = result["state"]
        self._show(result)
        for warning in result["warnings"]:
            self._warn(warning["code"], warning["fr"], warning["en"])

    def _rebuild(self) -> dict[str, Any]:
        """The result as the spool of a lost recorder allows it."""
        from footprint.measuring.outcome import build, from_log
        from footprint.measuring.spawning import spool_reader

        self._warn(
            "enregistreur_perdu",
            "L'enregistreur s'est arrêté avant la fin ; le résultat s'arrête à son dernier relevé.",
            "The recorder stopped before the end; the result stops at its last sample.",
        )
        path = spool_dir((self._home or default_home()).expanduser()) / f"{self.run_id}.jsonl"
        try:
            return from_log(spool_reader().read_spool(path))
        except OSError:
            header = {
                "run_id": self.run_id,
                **{name: getattr(self, name) for name in _TEXTS},
                **self._given(),
            }
            return build(header, {}, None, (), reason="recorder_lost")

    def _given(self) -> dict[str, Any]:
        tokens = {name: count(value) for name, value in self._tokens.items()}
        return {"requests": count(self._requests), "functional_act": text(self.functional_act), **tokens}

    def _tell(self, message: dict[str, Any]) -> None:
        """Tell the recorder, if the run is under way and here; what can't be heard now is dropped."""
        if self._link is not None and self.state == "running" and os.getpid() == self._pid:
            with suppress(Exception):
                self._link.send(message, 0.0)

    def _warn(self, code: str, fr: str, en: str) -> None:
        self.warnings.append(Notice(code, fr, en))

    def _fail(self, code: str, error: Exception) -> None:
        self.state = "failed"
        kind = type(error).__name__
        self._warn(
            code,
            f"La mesure n'a pas pu se faire ({kind} : {error}) ; votre programme n'en dépend pas.",
            f"Measuring was not possible ({kind}: {error}); your program does not depend on it.",
        )
