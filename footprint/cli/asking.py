"""Questions of the command line, answered by yes or no in the language they are asked in."""

from __future__ import annotations

import typer

from footprint.texts import language, say

_YES = {"fr": ("o", "oui", "y", "yes"), "en": ("y", "yes")}
_NO = {"fr": ("", "n", "non", "no"), "en": ("", "n", "no")}


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
