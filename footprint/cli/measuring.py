"""run, runs, agent, push: what was measured here."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from footprint.texts import say

Application = Annotated[
    str,
    typer.Option(
        "--application", "-a", help=say("Code de l’application sur le POS.", "Code of the application.")
    ),
]
Zone = Annotated[
    str | None,
    typer.Option("--zone", help=say("Zone électrique (FR par défaut).", "Electricity zone (FR by default).")),
]
AsJson = Annotated[bool, typer.Option("--json", help=say("Sortie JSON.", "JSON output."))]


def run(
    command: Annotated[
        list[str], typer.Argument(help=say("La commande, après --.", "The command, after --."))
    ],
    application: Application,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help=say("Modèle et version.", "Model and version."))
    ] = None,
    phase: Annotated[
        str | None, typer.Option("--phase", help=say("training, inference…", "training, inference…"))
    ] = None,
    zone: Zone = None,
    requests: Annotated[
        int | None, typer.Option("--requests", min=1, help=say("Requêtes servies.", "Requests served."))
    ] = None,
    functional_act: Annotated[
        str | None,
        typer.Option("--functional-act", help=say("Acte fonctionnel servi.", "Functional act served.")),
    ] = None,
) -> None:
    """Measure a command."""
    from footprint.running import run_command

    sys.exit(
        run_command(
            command, application, model, phase, zone=zone, requests=requests, functional_act=functional_act
        )
    )


def runs(as_json: AsJson = False) -> None:
    """List what was measured here."""
    from footprint.runs import runs as recorded

    found = recorded()
    if as_json:
        typer.echo(json.dumps([asdict(summary) for summary in found], ensure_ascii=False, indent=2))
        return
    if not found:
        typer.echo(
            say(
                "Rien n’a encore été mesuré ici. Essayez : footprint run --application CODE -- commande",
                "Nothing was measured here yet. Try: footprint run --application CODE -- command",
            )
        )
        return
    from footprint.cli.tables import run_table, show

    show(run_table(found))


def agent(
    seconds: Annotated[
        float,
        typer.Option("--seconds", min=1.0, help=say("Durée de l’échantillon.", "Length of the sample.")),
    ] = 60.0,
    zone: Zone = None,
    asset: Annotated[
        str | None,
        typer.Option(
            "--asset",
            help=say("Nom de ce serveur dans l’inventaire.", "Name of this server in the inventory."),
        ),
    ] = None,
) -> None:
    """Sample this host as a server."""
    from footprint.cli.tables import progress
    from footprint.formats import energy
    from footprint.hosting import sample_host

    with progress(say("Mesure de cette machine", "Sampling this machine")) as advance:
        result = sample_host(seconds, zone=zone, asset=asset, progress=advance)
    typer.echo(
        say(
            f"Machine mesurée : {energy(result['energy_kwh'])} en {seconds:g} s.",
            f"Machine sampled: {energy(result['energy_kwh'])} in {seconds:g} s.",
        )
    )


def push() -> None:
    """Store the local runs."""
    from footprint.ingest import ingest
    from footprint.store.database import open_store

    done = ingest(open_store())
    tell_damaged(done.damaged)
    n = len(done.stored)
    typer.echo(
        say(
            f"{n} exécution{'s' if n > 1 else ''} enregistrée{'s' if n > 1 else ''}. Ensuite : footprint assess",
            f"{n} run{'s' if n != 1 else ''} stored. Next: footprint assess",
        )
    )


def tell_damaged(names: tuple[str, ...]) -> None:
    """Name the spool files set aside, on the error output."""
    for name in names:
        typer.echo(
            say(
                f"Mesure illisible, laissée dans le dossier spool : {name}.",
                f"Record that can't be read, left in the spool folder: {name}.",
            ),
            err=True,
        )


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    passed = {"allow_interspersed_args": False}
    app.command("run", context_settings=passed, help=say("Mesurer une commande.", "Measure a command."))(run)
    app.command("runs", help=say("Lister ce qui a été mesuré ici.", "List what was measured here."))(runs)
    app.command("agent", help=say("Mesurer cette machine comme serveur.", "Sample this host as a server."))(
        agent
    )
    app.command("push", help=say("Enregistrer les exécutions locales.", "Store the local runs."))(push)
