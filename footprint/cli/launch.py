"""gate: launch requests (M9) from the terminal. Who acts signs in with their password."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from footprint.cli.measuring import AsJson
from footprint.moments import moment
from footprint.texts import say

Login = Annotated[str, typer.Option("--login", prompt=True, help=say("Identifiant.", "Identifier."))]
Password = Annotated[
    str,
    typer.Option(
        "--password", prompt=True, hide_input=True, envvar="FOOTPRINT_PASSWORD",
        help=say("Mot de passe (demandé, ou FOOTPRINT_PASSWORD).", "Password (asked, or FOOTPRINT_PASSWORD)."),
    ),
]  # fmt: skip
RequestId = Annotated[str, typer.Argument(help=say("Numéro de la demande.", "Request number."))]
Reason = Annotated[str, typer.Option("--reason", prompt=True, help=say("Motif.", "Reason."))]

gate = typer.Typer(no_args_is_help=True, help=say("Demandes de lancement.", "Launch requests."))


@gate.command("list", help=say("Lister les demandes.", "List the requests."))
def list_(as_json: AsJson = False) -> None:
    """Every request with its state."""
    from footprint.launch import requests
    from footprint.store.database import open_store

    found = requests(open_store())
    if as_json:
        _print(found)
        return
    for request in found:
        typer.echo(
            f"{request.id}  {request.state:<10}  {request.form.title}  ({moment(request.submitted_at)})"
        )
    if not found:
        typer.echo(say("Aucune demande.", "No request."))


@gate.command("show", help=say("Montrer une demande et son historique.", "Show a request and its history."))
def show(request_id: RequestId) -> None:
    """One request, as JSON."""
    from footprint.launch import get
    from footprint.store.database import open_store

    _print(get(open_store(), request_id))


@gate.command("submit", help=say("Soumettre une demande.", "Submit a request."))
def submit(
    login: Login,
    password: Password,
    title: Annotated[str, typer.Option("--title", help=say("Titre.", "Title."))],
    application: Annotated[str, typer.Option("--application", help=say("Application.", "Application."))] = "",
    model: Annotated[str, typer.Option("--model", help=say("Modèle.", "Model."))] = "",
    functional_act: Annotated[
        str, typer.Option("--functional-act", help=say("Acte fonctionnel.", "Functional act."))
    ] = "",
    yearly_volume: Annotated[
        float | None, typer.Option("--yearly-volume", help=say("Actes par an.", "Acts a year."))
    ] = None,
    purpose: Annotated[str, typer.Option("--purpose", help=say("Finalité.", "Purpose."))] = "",
    alternative: Annotated[
        str, typer.Option("--alternative", help=say("Alternative étudiée.", "Alternative considered."))
    ] = "",
) -> None:
    """A new request; the current scores are frozen into it."""
    from footprint import launch, people
    from footprint.store.database import open_store

    store = open_store()
    who = people.authenticate(store, login, password)
    form = launch.RequestForm(title, application, model, functional_act, yearly_volume, purpose, alternative)
    request = launch.submit(store, who, form)
    advice = say(request.recommendation.fr, request.recommendation.en) if request.recommendation else ""
    typer.echo(f"{request.id}  {request.state}  {advice}")


@gate.command("decide", help=say("Décider d’une demande.", "Decide a request."))
def decide(
    request_id: RequestId,
    login: Login,
    password: Password,
    decision: Annotated[
        str,
        typer.Option("--decision", help="approuvee | approuvee_sous_conditions | refusee"),
    ],
    reason: Reason,
    condition: Annotated[
        list[str] | None,
        typer.Option(
            "--condition",
            help=say(
                "Condition « texte|responsable|mesure|AAAA-MM-JJ ».",
                "Condition “text|owner|metric|YYYY-MM-DD”.",
            ),
        ),
    ] = None,
) -> None:
    """A named person decides, with a reason."""
    from footprint import launch, people
    from footprint.store.database import open_store

    store = open_store()
    who = people.authenticate(store, login, password)
    conditions = [_condition(text) for text in condition or ()]
    request = launch.decide(store, who, request_id, decision, reason, conditions)
    typer.echo(f"{request.id}  {request.state}  {decision}")


@gate.command("contest", help=say("Contester une décision.", "Contest a decision."))
def contest(request_id: RequestId, login: Login, password: Password, reason: Reason) -> None:
    """A decision is contested: it must be taken again."""
    from footprint import launch, people
    from footprint.store.database import open_store

    store = open_store()
    request = launch.contest(store, people.authenticate(store, login, password), request_id, reason)
    typer.echo(f"{request.id}  {request.state}")


def _condition(text: str) -> Any:
    from footprint.launch import Condition

    parts = [part.strip() for part in text.split("|")]
    if len(parts) != 4:
        raise typer.BadParameter(
            say("attendu : texte|responsable|mesure|AAAA-MM-JJ", "expected: text|owner|metric|YYYY-MM-DD")
        )
    return Condition(*parts)


def _print(value: Any) -> None:
    rows = [asdict(item) for item in value] if isinstance(value, tuple) else asdict(value)
    typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, sort_keys=True))


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.add_typer(gate, name="gate")
