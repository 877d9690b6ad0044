"""push --server: what was sent, refused, left."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typer

from footprint.records.posting import PushFailed
from footprint.texts import say


def push_to(url: str, token_file: Path | None, ca: Path | None, *, as_json: bool = False) -> None:
    """Send the finished records. Raises PushFailed; what had gone through is told first."""
    from footprint.records.pushing import Pushed, push

    try:
        done = push(None, url, read_token(token_file), ca=ca)
    except PushFailed as failed:
        if isinstance(failed.done, Pushed):
            tell(failed.done, as_json=as_json)
        raise
    tell(done, as_json=as_json)
    if done.refused:
        raise typer.Exit(1)


def read_token(path: Path | None) -> str:
    """The token a file holds. Raises PushFailed."""
    if path is None:
        raise PushFailed(
            "Donnez le jeton par --token-file FICHIER (ou FOOTPRINT_TOKEN_FILE) ; il n’est jamais pris en argument.",
            "Give the token with --token-file FILE (or FOOTPRINT_TOKEN_FILE); it is never taken as an argument.",
        )
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PushFailed(
            f"Le fichier de jeton {path} ne peut être lu ({type(error).__name__}).",
            f"The token file {path} can't be read ({type(error).__name__}).",
        ) from error


def tell(done: object, *, as_json: bool) -> None:
    """Print what a push did: counts, then each refusal and what was set aside."""
    from footprint.cli.measuring import tell_damaged
    from footprint.records.pushing import Pushed

    assert isinstance(done, Pushed)
    if as_json:
        typer.echo(json.dumps(asdict(done), ensure_ascii=False, indent=2))
        return
    for refused in done.refused:
        typer.echo(str(refused), err=True)
    tell_damaged(done.aside)
    sent, already, refused_n, waiting = (
        len(part) for part in (done.sent, done.already, done.refused, done.waiting)
    )
    typer.echo(
        say(
            f"Envoyées : {sent} ; déjà là-bas : {already} ; refusées : {refused_n} ; en attente : {waiting}.",
            f"Sent: {sent}; already there: {already}; refused: {refused_n}; waiting: {waiting}.",
        )
    )
