"""token create, list, revoke: what collectors show to send their records."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from footprint.moments import day
from footprint.texts import say

token = typer.Typer(no_args_is_help=True, help=say("Jetons des collecteurs.", "Tokens of collectors."))

STATES = {"open": ("ouvert", "open"), "expired": ("expiré", "expired"), "revoked": ("révoqué", "revoked")}


@token.command(
    "create", help=say("Créer un jeton et l’imprimer, une seule fois.", "Make a token, told once.")
)
def create(
    name: Annotated[
        str,
        typer.Option(
            "--name",
            help=say("Machine ou agent qui le détient, jamais une personne.", "Machine or agent, no person."),
        ),
    ],
    days: Annotated[
        int, typer.Option("--days", min=1, max=1825, help=say("Durée de vie en jours.", "Life in days."))
    ] = 365,
    scope: Annotated[
        str,
        typer.Option(
            "--scope",
            help=say(
                "collect : envoyer des mesures ; import : importer des fichiers. Rien d’autre.",
                "collect: send records; import: import files. Nothing else.",
            ),
        ),
    ] = "collect",
) -> None:
    """Print the secret alone on the standard output, so that it can be redirected to a file."""
    from footprint import tokens
    from footprint.store.database import open_store

    made, secret = tokens.create(open_store(), name, days, scope)
    typer.echo(
        say(
            f"Jeton « {made.name} », jusqu’au {day(made.expires_at)}. Il ne sera plus affiché : gardez-le dans "
            f"un fichier lisible par le seul programme qui s’en sert (chmod 600), {_use(scope)[0]}.",
            f"Token “{made.name}”, until {day(made.expires_at)}. It is not shown again: keep it in a file only "
            f"the program that uses it can read (chmod 600), {_use(scope)[1]}.",
        ),
        err=True,
    )
    typer.echo(secret)


def _use(scope: str) -> tuple[str, str]:
    """How a token is shown to the server."""
    if scope == "collect":
        return "donné par --token-file", "given by --token-file"
    header = "Authorization: Bearer"
    return (
        f"montré dans l’en-tête « {header} JETON » (curl -K ; exemple dans docs/tableau-de-bord.md)",
        f"shown in the header “{header} TOKEN” (curl -K; example in docs/tableau-de-bord.md)",
    )


@token.command(
    "list", help=say("Lister les jetons, sans leur secret.", "List the tokens, not their secrets.")
)
def list_(
    as_json: Annotated[bool, typer.Option("--json", help=say("Sortie JSON.", "JSON output."))] = False,
) -> None:
    """Every token: name, scope, state, end, last day of use."""
    from footprint import tokens
    from footprint.store import events
    from footprint.store.database import open_store

    found, now = tokens.tokens(open_store()), events.now()
    if as_json:
        rows = [{**asdict(one), "state": one.state(now)} for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for one in found:
        used = day(one.last_used or "") or say("jamais servi", "never used")
        typer.echo(f"{one.name}\t{one.scope}\t{say(*STATES[one.state(now)])}\t{day(one.expires_at)}\t{used}")


@token.command("revoke", help=say("Révoquer un jeton, tout de suite.", "Revoke a token, at once."))
def revoke(name: Annotated[str, typer.Argument(help=say("Nom du jeton.", "Name of the token."))]) -> None:
    """End a token; what it sent stays."""
    from footprint import tokens
    from footprint.store.database import open_store

    ended = tokens.revoke(open_store(), name)
    typer.echo(say(f"Jeton « {ended.name} » révoqué.", f"Token “{ended.name}” revoked."))


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.add_typer(token, name="token")
