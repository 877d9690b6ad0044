"""agent: measure this host as a server, for ever or for a while."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from footprint.texts import say


def agent(
    seconds: Annotated[
        float | None,
        typer.Option(
            "--seconds", min=1.0, help=say("Durée ; sans elle, sans fin.", "Length; without it, for ever.")
        ),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(
            "--zone", help=say("Zone électrique (FR par défaut).", "Electricity zone (FR by default).")
        ),
    ] = None,
    asset: Annotated[
        str | None,
        typer.Option(
            "--asset",
            envvar="FOOTPRINT_ASSET",
            help=say("Nom de ce serveur dans l’inventaire.", "Name of this server in the inventory."),
        ),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(
            "--rules",
            envvar="FOOTPRINT_RULES",
            help=say(
                "Règles : quelle application pour quel service (TOML).",
                "Rules: which application is what (TOML).",
            ),
        ),
    ] = None,
    metrics: Annotated[
        str | None,
        typer.Option(
            "--metrics",
            envvar="FOOTPRINT_METRICS",
            help=say("Montrer les compteurs à Prometheus : [HÔTE:]PORT.", "Serve Prometheus: [HOST:]PORT."),
        ),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(
            "--server", envvar="FOOTPRINT_SERVER", help=say("Serveur où envoyer.", "Server to send to.")
        ),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file", envvar="FOOTPRINT_TOKEN_FILE", help=say("Fichier du jeton.", "File of the token.")
        ),
    ] = None,
    ca: Annotated[
        Path | None,
        typer.Option("--ca", help=say("Autorité de certification du serveur.", "Authority of the server.")),
    ] = None,
    max_disk: Annotated[
        str, typer.Option("--max-disk", help=say("Place des mesures.", "Space for the records."))
    ] = "200M",
) -> None:
    """Measure this host as a server."""
    from collectors.rules import Rules, load_rules
    from footprint.agent.access import missing_access
    from footprint.agent.config import AgentConfig, read_address, read_seconds, read_size
    from footprint.home import home

    config = AgentConfig(
        home().absolute(), seconds=read_seconds(seconds), zone=zone, asset=asset,
        rules=load_rules(rules) if rules else Rules(),
        metrics=read_address(metrics) if metrics else None,
        sending=_sending(server, token_file, ca), max_disk=read_size(max_disk),
    )  # fmt: skip
    for sentence in missing_access(config.rules):
        _tell(sentence)
    if config.seconds is None:
        _for_ever(config)
    else:
        _for_a_while(config)


def _for_a_while(config: Any) -> None:
    from footprint.agent.loop import run_agent
    from footprint.agent.telling import result_lines

    told: set[str] = set()

    def tell(line: str) -> None:
        told.add(line)
        _tell(line)

    with _progress() as advance:
        result = run_agent(config, tell=tell, progress=advance, listening=partial(_listening, config))
    for line in result_lines(result, config.asset):
        typer.echo(line)
    for warning in result["warnings"]:
        line = say(warning["fr"], warning["en"])
        if line not in told:
            tell(line)
    _refuse_nothing(config, result)


def _progress() -> AbstractContextManager[Any]:
    """A bar where somebody looks; elsewhere it would leave an empty line."""
    from footprint.cli.tables import progress

    return (
        progress(say("Mesure de cette machine", "Sampling this machine"))
        if sys.stderr.isatty()
        else nullcontext()
    )


def _for_ever(config: Any) -> None:
    from footprint.agent.loop import run_agent

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    n = len(config.rules.rules)
    _tell(
        say(
            f"Cette machine est mesurée une fois par seconde, {n} règle{'s' if n > 1 else ''} d’attribution.",
            f"This machine is measured once a second, {n} rule{'' if n == 1 else 's'} of attribution.",
        )
    )
    result = run_agent(config, stop=stop, tell=_tell, listening=partial(_listening, config))
    _tell(say("Mesure close.", "Record closed."))
    _refuse_nothing(config, result)


def _refuse_nothing(config: Any, result: dict[str, Any]) -> None:
    """Raises AgentError when not one sample could be written: what was measured is lost."""
    from footprint.agent.config import AgentError
    from footprint.agent.telling import nothing_kept

    if nothing_kept(config.home, result):
        raise AgentError(
            f"Rien n’a pu être écrit dans {config.home} : la mesure n’est pas gardée. Donnez un dossier "
            "accessible par FOOTPRINT_HOME.",
            f"Nothing could be written in {config.home}: the record is not kept. Name a writable folder with "
            "FOOTPRINT_HOME.",
        )


def _sending(server: str | None, token_file: Path | None, ca: Path | None) -> Any:
    from footprint.agent.config import AgentError, Sending, read_token

    if server is None:
        return None
    if token_file is None:
        raise AgentError(
            "--server demande --token-file : le fichier du jeton donné par « footprint token create ».",
            "--server needs --token-file: the file of the token given by “footprint token create”.",
        )
    return Sending(server, read_token(token_file), ca)


def _listening(config: Any, port: int) -> None:
    host = config.metrics[0]
    where = f"http://{f'[{host}]' if ':' in host else host}:{port}/metrics"
    _tell(say(f"métriques sur {where}", f"metrics at {where}"))


def _tell(line: str) -> None:
    # sys.stderr as it is now: the progress bar, while it is there, lets lines pass above it.
    print(line, file=sys.stderr, flush=True)


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command("agent", help=say("Mesurer cette machine comme serveur.", "Sample this host as a server."))(
        agent
    )
