"""A pilot of a served model: its counters and its energy over the same intervals, at several loads (M6).

The pilot makes no load of its own: someone changes it between levels, or a command makes it. A level gives
energy per request and per token; two levels or more give the fit of M6, with which a year is computed.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collectors.llm.serving import QUANTITIES, SPELLINGS, Exporter, ServingUnreadable
from collectors.records import EnergyRow, Notice
from footprint.llm.errors import LlmRefused
from footprint.llm.fit import Fit, Level, fit
from footprint.llm.used import Source, Used
from footprint.measuring.outcome import energy_of
from footprint.records.deposits import Deposit, deposit, imported_id

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = "llm-pilot"
PERIOD_S = 1.0
READ_EVERY_S = 10.0
FEW_REQUESTS = 30
"""Below, requests cut by the ends of the level weigh too much (own rule)."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One level: counts, energy and what to know of it.

    `started`: UTC epoch seconds; tokens and `running` (mean number of requests being served) are None when
    the server does not tell; energies of the machine, without the building's PUE; `cpu_s`: see Used.
    """

    started: float
    level: Level
    tokens_in: float | None
    tokens_out: float | None
    running: float | None
    tier: str
    rows: tuple[EnergyRow, ...]
    context: dict[str, Any]
    notices: tuple[Notice, ...]
    cpu_s: float | None = None

    @property
    def requests_per_s(self) -> float:
        """Requests served a second."""
        return self.level.requests / self.level.seconds

    def wh_per_1000(self, count: float | None) -> tuple[float, float, float] | None:
        """Wh per 1,000 of these (requests, tokens), low and high; None without any."""
        if not count:
            return None
        low, value, high = self.level.low_kwh, self.level.energy_kwh, self.level.high_kwh
        return value * 1e6 / count, low * 1e6 / count, high * 1e6 / count


@dataclass(frozen=True, slots=True)
class Pilot:
    """Levels, and their fit or the reason there is none."""

    levels: tuple[Measured, ...]
    fit: Fit | None
    no_fit: LlmRefused | None


def pilot(
    url: str,
    server: str,
    source: Source,
    levels: int,
    seconds: float,
    *,
    before: Callable[[int], None] | None = None,
    load: Sequence[Sequence[str]] = (),
    progress: Callable[[float, float], None] | None = None,
    period_s: float = PERIOD_S,
) -> Pilot:
    """Measure `levels` levels of `seconds` seconds each.

    `url`: the server's metrics; `server`: "vllm" or "tgi"; `before(number)`: called before each level, for
    whoever changes the load; `load`: one command a level, started with it and ended with it, the level ending
    with the command when that comes first. Raises LlmRefused and the collector's ServingUnreadable.
    """
    if server not in SPELLINGS:
        known = ", ".join(SPELLINGS)
        raise LlmRefused(
            f"Serveur inconnu : « {server} » ({known}).", f"Unknown server: “{server}” ({known})."
        )
    if load and len(load) != levels:
        raise LlmRefused(
            f"{levels} niveaux et {len(load)} commandes de charge : donnez une commande par niveau.",
            f"{levels} levels and {len(load)} load commands: give one command a level.",
        )
    exporter = Exporter(url, SPELLINGS[server])
    exporter.read()
    exporter.require("requests")
    done = []
    for number in range(1, levels + 1):
        if before is not None:
            before(number)
        command = load[number - 1] if load else ()
        done.append(_level(Exporter(url, SPELLINGS[server]), source, seconds, command, progress, period_s))
    return _fitted(tuple(done))


def deposit_levels(
    found: Pilot,
    application: str,
    model: str | None,
    *,
    functional_act: str | None = None,
    zone: str | None = None,
    home: Path | None = None,
) -> tuple[str, ...]:
    """Put each level that served requests in the spool, as a measured run of inference; ids of the new ones."""
    stored = []
    for one in found.levels:
        if not one.level.requests:
            continue
        run_id = imported_id(SOURCE, application, model, one.started, one.level.seconds, one.level.energy_kwh)
        header = {
            "subject": "run", "application": application, "model": model, "phase": "inference",
            "functional_act": functional_act, "requests": round(one.level.requests), "zone": zone,
            "start": one.started, "source": SOURCE, "tokens_in": one.tokens_in, "tokens_out": one.tokens_out,
        }  # fmt: skip
        sample = {
            "t": one.started + one.level.seconds, "seconds": one.level.seconds, "utilisation": None,
            "cpu_s": one.cpu_s, "energy": [list(row) for row in one.rows],
        }  # fmt: skip
        if deposit(home, Deposit(run_id, header, [sample], one.context, one.notices)):
            stored.append(run_id)
    return tuple(stored)


def _level(
    exporter: Exporter,
    source: Source,
    seconds: float,
    command: Sequence[str],
    progress: Callable[[float, float], None] | None,
    period_s: float,
) -> Measured:
    with _loading(command) as process:
        source.begin()
        try:
            started, began = time.time(), time.monotonic()
            exporter.read()
            _wait(exporter, source, seconds, process, progress, period_s)
            used = source.end()
            exporter.read()
            elapsed = time.monotonic() - began
        finally:
            source.close()
    return _measured(exporter, used, started, elapsed)


def _wait(
    exporter: Exporter,
    source: Source,
    seconds: float,
    process: subprocess.Popen[bytes] | None,
    progress: Callable[[float, float], None] | None,
    period_s: float,
) -> None:
    """Sample until the end of the level; counters are read on the way so that a restart loses little."""
    began = read = time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        if process is not None and process.poll() is not None:
            if process.returncode != 0:
                raise LlmRefused(
                    f"La commande de charge s’est arrêtée en erreur (code {process.returncode}).",
                    f"The load command failed (code {process.returncode}).",
                )
            return
        time.sleep(min(period_s, seconds - passed))
        source.tick()
        if time.monotonic() - read >= READ_EVERY_S:
            read = time.monotonic()
            with suppress(ServingUnreadable):  # the reading at the end must succeed, this one may fail
                exporter.read()
        if progress is not None:
            progress(min(time.monotonic() - began, seconds), seconds)


def _measured(exporter: Exporter, used: Used, started: float, elapsed: float) -> Measured:
    gained = exporter.gained()
    requests, tokens_in, tokens_out = (gained.totals.get(quantity) for quantity in QUANTITIES)
    energy = energy_of(used.rows)
    if not energy["energy_kwh"] > 0:
        raise LlmRefused(
            "Énergie nulle pendant le niveau : allongez --seconds, vérifiez --pid, ou mesurez toute la machine "
            "(--energy host) : un serveur au repos ne consomme rien en propre.",
            "No energy during the level: lengthen --seconds, check --pid, or measure the whole machine "
            "(--energy host): a server at rest uses nothing of its own.",
        )
    level = Level(
        elapsed, requests or 0.0, energy["energy_kwh"], energy["energy_low_kwh"], energy["energy_high_kwh"],
        used.independent,
    )  # fmt: skip
    notices = [*used.notices]
    if gained.resets:
        notices.append(_restarted(gained.resets))
    if 0 < level.requests < FEW_REQUESTS:
        notices.append(_few(level.requests))
    return Measured(
        started, level, tokens_in, tokens_out, exporter.running(), str(energy["tier"]), used.rows,
        used.context, tuple(notices), used.cpu_s,
    )  # fmt: skip


def _fitted(levels: tuple[Measured, ...]) -> Pilot:
    try:
        return Pilot(levels, fit([one.level for one in levels]), None)
    except LlmRefused as refused:
        return Pilot(levels, None, refused)


@contextmanager
def _loading(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes] | None]:
    """Run a load command during a level; ended, first gently, when the level ends."""
    if not command:
        yield None
        return
    try:
        process = subprocess.Popen(
            list(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        from pos_map.reasons import reason

        fr, en = reason(error)
        raise LlmRefused(
            f"Commande de charge impossible à lancer : {command[0]} ({fr}).",
            f"Load command can't be started: {command[0]} ({en}).",
        ) from error
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command and its descendants: it has a process group of its own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, 15)
    try:
        process.wait(5.0)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()


def _restarted(count: int) -> Notice:
    return Notice(
        "serveur_redemarre",
        f"Compteurs du serveur repartis de zéro ({count}) : les requêtes perdues manquent, refaites ce niveau.",
        f"The server's counters restarted from zero ({count}): lost requests are missing, measure again.",
    )


def _few(requests: float) -> Notice:
    return Notice(
        "peu_de_requetes",
        f"{requests:.0f} requêtes seulement : celles coupées par les bords du niveau pèsent. Allongez --seconds.",
        f"Only {requests:.0f} requests: those cut by the ends of the level weigh. Lengthen --seconds.",
    )
