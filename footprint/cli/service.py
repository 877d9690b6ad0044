"""serve, account, verify, demo: running the product."""

from __future__ import annotations

from typing import Annotated

import typer

from footprint.texts import count, say

Port = Annotated[int, typer.Option("--port", min=1, max=65535, help=say("Port.", "Port."))]

account = typer.Typer(no_args_is_help=True, help=say("Comptes.", "Accounts."))


def serve(
    host: Annotated[str, typer.Option("--host", help=say("Adresse d’écoute.", "Address."))] = "127.0.0.1",
    port: Port = 8050,
    link: Annotated[
        bool, typer.Option("--link", help=say("Imprimer un lien de connexion.", "Print a sign-in link."))
    ] = False,
) -> None:
    """Serve the dashboard and the API."""
    from footprint.server.serving import serve as serve_store
    from footprint.store.database import open_store

    serve_store(open_store(), host, port, open_link=link, echo=typer.echo)


def verify() -> None:
    """Check the chain of the log."""
    from footprint.store import events
    from footprint.store.database import open_store

    with open_store().session() as session:
        many, digest = events.verify(session), events.last_digest(session)
    told = count(many, ("événement", "événements"), ("event", "events"))
    # A log cut at its end still holds: whoever keeps this number and digest can tell.
    typer.echo(
        say(
            f"Journal intact : {told}, chaîne vérifiée. Dernier : {many}:{digest}",
            f"Log intact: {told}, chain verified. Last: {many}:{digest}",
        )
    )


@account.command(
    "add", help=say("Créer un compte et son lien de connexion.", "Create an account and its link.")
)
def add(
    login: Annotated[str, typer.Argument(help=say("Identifiant.", "Identifier."))],
    role: Annotated[
        str, typer.Option("--role", help="lecteur | contributeur | urbaniste | rso | approbateur | admin")
    ] = "lecteur",
    name: Annotated[str, typer.Option("--name", help=say("Nom affiché.", "Name."))] = "",
    function: Annotated[str, typer.Option("--function", help=say("Fonction.", "Function."))] = "",
) -> None:
    """Create an account; the person chooses a password when they first sign in."""
    from footprint import people
    from footprint.store.database import open_store

    store = open_store()
    people.create_account(store, login, role, name, function)
    _print_link(people.make_link(store, login))


@account.command(
    "link", help=say("Imprimer un lien de connexion à usage unique.", "Print a one-time sign-in link.")
)
def link_(login: Annotated[str, typer.Argument(help=say("Identifiant.", "Identifier."))]) -> None:
    """A new one-time link for an existing account."""
    from footprint import people
    from footprint.store.database import open_store

    _print_link(people.make_link(open_store(), login))


@account.command("close", help=say("Fermer un compte et ses sessions.", "Close an account and its sessions."))
def close(login: Annotated[str, typer.Argument(help=say("Identifiant.", "Identifier."))]) -> None:
    """Close an account; what it decided stays."""
    from footprint import people
    from footprint.store.database import open_store

    people.close_account(open_store(), login)
    typer.echo(say(f"Compte « {login} » fermé.", f"Account “{login}” closed."))


@account.command("list", help=say("Lister les comptes.", "List the accounts."))
def list_() -> None:
    """Every account with its role."""
    from footprint import people
    from footprint.store.database import open_store

    for person in people.accounts(open_store()):
        typer.echo(f"{person.login}\t{person.role}\t{person.name}\t{person.function}")


def demo(
    port: Port = 8050,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help=say("S’arrêter après le tableau.", "Stop after the table."))
    ] = False,
    again: Annotated[bool, typer.Option("--again", help=say("Mesurer à nouveau.", "Measure again."))] = False,
) -> None:
    """The whole path on the sample estate, with a real measured experiment."""
    from footprint.cli.demonstration import demonstrate

    store = demonstrate(again=again)
    if not no_serve:
        from footprint.server.serving import serve as serve_store

        serve_store(store, "127.0.0.1", port, open_link=True, echo=typer.echo)


def _print_link(token: str) -> None:
    from footprint.people import LINK_MINUTES

    typer.echo(
        say(
            f"Lien à usage unique, {LINK_MINUTES} min, une fois « footprint serve » lancé (adresse par défaut) :",
            f"One-time link, valid {LINK_MINUTES} min, once “footprint serve” runs (default address):",
        )
    )
    typer.echo(f"http://127.0.0.1:8050/entrer/{token}")


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("serve", help=say("Servir le tableau de bord et l’API.", "Serve the dashboard and the API."))(
        serve
    )
    app.add_typer(account, name="account")
    app.command("verify", help=say("Vérifier la chaîne du journal.", "Check the chain of the log."))(verify)
    app.command("demo", help=say("Tout le chemin, sur le parc d’exemple.", "The whole path, on the sample."))(
        demo
    )
