"""The application object, its options and the one place where errors become sentences and exit codes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from footprint import __version__
from footprint.cli import (
    agent,
    collecting,
    comparing,
    energy,
    factors,
    launch,
    llm,
    map_export,
    measuring,
    plausibility,
    privacy,
    referential,
    results,
    server_components,
    service,
    tokens,
)
from footprint.cli.usage import sentence, speaking
from footprint.texts import say

# Which extra brings which module, for the measuring install.
EXTRAS = {
    "server": ("sqlmodel", "sqlalchemy", "alembic", "ibis", "duckdb", "pyarrow", "pandas", "fastapi", "uvicorn",
               "dash", "plotly", "argon2", "openpyxl", "re2"),
    "reports": ("xlsxwriter", "typst"),
    "codecarbon": ("codecarbon",),
    "llm": ("ecologits",),
    "demo": ("sklearn", "numpy"),
    "postgres": ("psycopg",),
}  # fmt: skip

app = typer.Typer(
    name="footprint",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=say(
        "Empreinte carbone du système d’information et de l’IA : mesurer, rattacher, noter, décider.",
        "Carbon footprint of information systems and AI: measure, join, score, decide.",
    ),
)
for module in (
    measuring,
    agent,
    collecting,
    llm,
    referential,
    factors,
    results,
    map_export,
    comparing,
    energy,
    server_components,
    launch,
    service,
    tokens,
    privacy,
    plausibility,
):
    module.register(app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"footprint {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help=say("Version.", "Version.")),
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    """Run the command line; an error of ours is one clear sentence and exit code 1."""
    try:
        sys.exit(speaking(typer.main.get_command(app))(standalone_mode=False))
    except ModuleNotFoundError as error:
        extra = next(
            (name for name, modules in EXTRAS.items() if (error.name or "").split(".")[0] in modules), None
        )
        if extra is None:
            raise
        sys.exit(
            say(
                f"Cette commande demande un complément : dans le dépôt, pip install '.[{extra}]'.",
                f"This command needs an extra: in the checkout, pip install '.[{extra}]'.",
            )
        )
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except Exception as error:
        told = _sentence(error) or _usage(error)
        if told is None:
            raise
        typer.echo(told, err=True)
        sys.exit(getattr(error, "exit_code", 1))


def _sentence(error: Exception) -> str | None:
    """The message of an error that carries one in both languages; None for a bug."""
    fr, en = getattr(error, "fr", None), getattr(error, "en", None)
    return say(fr, en) if isinstance(fr, str) and isinstance(en, str) else None


def _usage(error: Exception) -> str | None:
    """What is wrong with the call, and where help is; None for anything but an error of the parser."""
    if not hasattr(error, "format_message"):
        return None
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "footprint"
    return f"{sentence(error.format_message())}\n" + say(f"Aide : {path} --help", f"Help: {path} --help")
