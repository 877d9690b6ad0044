"""agent: measure this host as a server, for ever or for a while."""

from __future__ import annotations

import signal
import threading
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
    from footprint.cli.tables import progress
    from footprint.formats import energy

    with progress(say("Mesure de cette machine", "Sampling this machine")) as advance:
        result = run_agent(config, tell=_tell, progress=advance)
    typer.echo(
        say(
            f"Machine mesurée : {energy(result['energy_kwh'])} en {config.seconds:g} s.",
            f"Machine sampled: {energy(result['energy_kwh'])} in {config.seconds:g} s.",
        )
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
    run_agent(config, stop=stop, tell=_tell, listening=_listening)
    _tell(say("Mesure close.", "Record closed."))


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


def _listening(port: int) -> None:
    _tell(say(f"Compteurs Prometheus sur le port {port}.", f"Prometheus counters on port {port}."))


def _tell(line: str) -> None:
    typer.echo(line, err=True)


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command("agent", help=say("Mesurer cette machine comme serveur.", "Sample this host as a server."))(
        agent
    )
