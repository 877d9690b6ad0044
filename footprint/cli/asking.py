"""Questions of the command line, answered by yes or no in the language they are asked in."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from footprint.texts import language, say

Yes = Annotated[bool, typer.Option("--yes", help=say("Ne rien demander.", "Ask nothing."))]

_YES = {"fr": ("o", "oui", "y", "yes"), "en": ("y", "yes")}
_NO = {"fr": ("", "n", "non", "no"), "en": ("", "n", "no")}


def at_terminal() -> bool:
    """Whether a person is there to answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def confirmed(question: str) -> bool:
    """Ask on the error output until the answer is yes or no; nothing typed is no. Raises Abort at the end of input."""
    while True:
        asked = f"{question} {say('[o/N]', '[y/N]')}"
        said = str(
            typer.prompt(asked, default="", show_default=False, prompt_suffix=say(" : ", ": "), err=True)
        )
        answer = said.strip().lower()
        if answer in _YES[language()]:
            return True
        if answer in _NO[language()]:
            return False
        typer.echo(say("Répondez o (oui) ou n (non).", "Answer y (yes) or n (no)."), err=True)


def or_stop(question: str, refused: str) -> None:
    """Ask, and end the command saying that nothing was done unless the answer is yes. Raises Abort."""
    try:
        if confirmed(question):
            return
    except typer.Abort:
        # Ctrl-C and Ctrl-D leave the cursor on the line of the question.
        typer.echo(err=True)
    typer.echo(refused, err=True)
    raise typer.Abort
