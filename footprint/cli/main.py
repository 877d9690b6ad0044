"""The application object, its options and the one place where errors become sentences and exit codes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from footprint import __version__
from footprint.cli import launch, measuring, referential, results, service
from footprint.texts import say

# Which extra brings which module, for the measuring install.
EXTRAS = {
    "server": ("sqlmodel", "sqlalchemy", "alembic", "ibis", "duckdb", "pyarrow", "pandas", "fastapi", "uvicorn",
               "dash", "plotly", "argon2", "openpyxl"),
    "reports": ("xlsxwriter",),
    "codecarbon": ("codecarbon",),
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
for module in (measuring, referential, results, launch, service):
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
        app()
    except ModuleNotFoundError as error:
        extra = next(
            (name for name, modules in EXTRAS.items() if (error.name or "").split(".")[0] in modules), None
        )
        if extra is None:
            raise
        sys.exit(
            say(
                f"Cette commande demande un complément : pip install 'footprint-si[{extra}]'.",
                f"This command needs an extra: pip install 'footprint-si[{extra}]'.",
            )
        )
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        typer.echo(sentence, err=True)
        sys.exit(1)


def _sentence(error: Exception) -> str | None:
    """The message of an error that carries one in both languages; None for a bug."""
    fr, en = getattr(error, "fr", None), getattr(error, "en", None)
    return say(fr, en) if isinstance(fr, str) and isinstance(en, str) else None
