"""run, runs, push: what was measured here."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.texts import say

if TYPE_CHECKING:
    from footprint.records.quarantine import SetAside

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
    estimate: Annotated[
        str | None,
        typer.Option(
            "--estimate",
            help=say(
                "Essai : s’arrêter après 60 (secondes), 10m, 200steps… et prévoir le total.",
                "Trial: stop after 60 (seconds), 10m, 200steps… and forecast the total.",
            ),
        ),
    ] = None,
    total: Annotated[
        str | None,
        typer.Option(
            "--total",
            help=say(
                "Avec --estimate : tout le travail (8h, 10000steps…), si le programme ne le dit pas.",
                "With --estimate: the whole work (8h, 10000steps…), unless the program says it.",
            ),
        ),
    ] = None,
    budget_kwh: Annotated[
        float | None, typer.Option("--budget-kwh", help=say("Budget d’énergie, kWh.", "Energy budget, kWh."))
    ] = None,
    budget_kgco2e: Annotated[
        float | None,
        typer.Option("--budget-kgco2e", help=say("Budget de carbone, kgCO2e.", "Carbon budget, kgCO2e.")),
    ] = None,
    on_budget: Annotated[
        str,
        typer.Option(
            "--on-budget",
            help=say(
                "Budget dépassé : stop (SIGTERM), SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 ou mark (noter).",
                "Budget exceeded: stop (SIGTERM), SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 or mark (note it).",
            ),
        ),
    ] = "stop",
    gpu_share: Annotated[
        float | None,
        typer.Option(
            "--gpu-share",
            min=0.0,
            max=1.0,
            help=say(
                "Part des GPU réservée, là où ils ne la disent pas.",
                "Part of the GPUs reserved, where they can’t tell.",
            ),
        ),
    ] = None,
    live: Annotated[
        bool,
        typer.Option(
            "--live/--no-live",
            help=say("Ligne de suivi en bas du terminal.", "Line at the bottom of the terminal."),
        ),
    ] = True,
) -> None:
    """Measure a command."""
    from footprint.measuring.estimate import read_estimate
    from footprint.measuring.limits import Limits, refusal
    from footprint.measuring.running import run_command

    refused = refusal(Limits(budget_kwh, budget_kgco2e, on_budget)) or _unusable(application, phase, zone)
    if refused is None and total is not None and estimate is None:
        what = say(
            "à donner avec --estimate, dont c’est le total.", "give it with --estimate, whose total it is."
        )
        refused = "--total", what
    if refused is not None:
        option, what = refused
        raise typer.BadParameter(what, param_hint=option)
    code = run_command(
        command, application, model, phase, zone=zone, requests=requests, functional_act=functional_act,
        estimate=read_estimate(estimate, total) if estimate is not None else None, live=live,
        budget_kwh=budget_kwh, budget_kgco2e=budget_kgco2e, on_budget=on_budget, gpu_share=gpu_share,
    )  # fmt: skip
    sys.exit(code)


def _unusable(application: str, phase: str | None, zone: str | None) -> tuple[str, str] | None:
    """An option that would leave the record without its application or its carbon, and what to do."""
    if not application.strip():
        return "--application", say("donnez le code de l’application.", "give the application's code.")
    if phase is not None and phase.startswith("-"):
        return "--phase", say("donnez une phase (training…).", "give a phase (training…).")
    if zone is not None:
        import factors

        try:
            factors.load().zone(zone)
        except factors.FactorError as error:
            return "--zone", say(error.fr, error.en)
    return None


def runs(as_json: AsJson = False) -> None:
    """List what was measured here."""
    from footprint.records.runs import runs as recorded

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
    from footprint.records.quarantine import listing

    show(run_table(found))
    tell_damaged(listing())


def push(
    server: Annotated[
        str | None,
        typer.Option(
            "--server",
            envvar="FOOTPRINT_SERVER",
            help=say("Envoyer à ce serveur (https://…).", "Send to this server (https://…)."),
        ),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file",
            envvar="FOOTPRINT_TOKEN_FILE",
            help=say("Fichier qui contient le jeton.", "File that holds the token."),
        ),
    ] = None,
    ca: Annotated[
        Path | None,
        typer.Option("--ca", help=say("Autorité de certification (PEM).", "Certificate authority (PEM).")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Store the local runs here, or send them to a server."""
    if server:
        from footprint.cli.pushed import push_to

        push_to(server, token_file, ca, as_json=as_json)
        return
    from footprint.records.ingest import ingest
    from footprint.store.database import open_store

    done = ingest(open_store())
    if as_json:
        typer.echo(json.dumps(asdict(done), ensure_ascii=False, indent=2))
        return
    tell_damaged((*done.damaged, *done.bad_lines))
    n = len(done.stored)
    typer.echo(
        say(
            f"{n} exécution{'s' if n > 1 else ''} enregistrée{'s' if n > 1 else ''}. Ensuite : footprint assess",
            f"{n} run{'s' if n != 1 else ''} stored. Next: footprint assess",
        )
    )


def tell_damaged(aside: Sequence[SetAside]) -> None:
    """Name what was set aside and why, on the error output."""
    for one in aside:
        typer.echo(str(one), err=True)
    if aside:
        typer.echo(
            say("Détail : dossier spool/quarantine.", "Details: folder spool/quarantine."),
            err=True,
        )


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    passed = {"allow_interspersed_args": False}
    app.command("run", context_settings=passed, help=say("Mesurer une commande.", "Measure a command."))(run)
    app.command("runs", help=say("Lister ce qui a été mesuré ici.", "List what was measured here."))(runs)
    app.command("push", help=say("Enregistrer ou envoyer les mesures.", "Store or send the records."))(push)
