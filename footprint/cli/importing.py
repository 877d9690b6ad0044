"""import: files into the campaign, the differences first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from footprint.cli import imports_past, inspecting
from footprint.cli.asking import Yes, at_terminal, or_stop
from footprint.cli.faults_text import counted, print_faults, profiles_of, unlisted_names
from footprint.cli.files_first import DEFAULT, FilesFirst
from footprint.texts import say

if TYPE_CHECKING:
    from footprint.store.imports import Prepared

Files = Annotated[
    list[Path],
    typer.Argument(help=say("Fichiers ou dossiers (CSV, classeurs, ArchiMate…).",
                            "Files or folders (CSV, workbooks, ArchiMate…).")),
]  # fmt: skip
Profiles = Annotated[
    list[str] | None,
    typer.Option(
        "--profile",
        help=say("Profil de colonnes : fichier YAML ou nom (servicenow, itop…). Répétable.",
                 "Column profile: YAML file or name (servicenow, itop…). Repeatable."),
    ),
]  # fmt: skip
Mode = Annotated[
    Literal["replace", "complete"],
    typer.Option(
        "--mode",
        help=say("replace : les fichiers sont tout l’inventaire ; complete : ils s’y ajoutent.",
                 "replace: the files are the whole inventory; complete: they add to it."),
    ),
]  # fmt: skip
AsJson = Annotated[bool, typer.Option("--json", help=say("Sortie JSON.", "JSON output."))]

app = typer.Typer(
    cls=FilesFirst,
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say(
        "Importer le POS et l’inventaire : footprint import FICHIERS. Les différences sont montrées d’abord.",
        "Import the map and the inventory: footprint import FILES. The differences are shown first.",
    ),
)


@app.command(DEFAULT, help=say("Importer des fichiers (par défaut).", "Import files (the default)."))
def files_(
    files: Files,
    mode: Mode = "replace",
    profile: Profiles = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help=say("Montrer les différences seulement.", "Only show the differences.")),
    ] = False,
    yes: Yes = False,
    everything: Annotated[
        bool,
        typer.Option("--all", help=say("Toutes les différences, tous les constats.", "Every difference and finding.")),
    ] = False,
    assess: Annotated[
        bool, typer.Option("--assess", help=say("Évaluer ensuite la campagne.", "Then assess the campaign."))
    ] = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Import files into the current campaign."""
    from footprint.cli.importing_text import print_applied, print_import_json, print_prepared
    from footprint.cli.results import assess_now
    from footprint.errors import ImportRefused
    from footprint.store.database import open_store
    from footprint.store.imports import apply, prepare
    from footprint.store.referential import current_campaign

    store = open_store()
    campaign = current_campaign(store)
    with reading() as tell:
        profiles = profiles_of(profile or ())
        prepared = prepare(store, campaign, files, mode=mode, profiles=profiles, progress=tell)
    faults = [*prepared.faults, *unlisted_names(prepared.inventory)]
    if prepared.errors:
        print_faults(prepared.faults, files, everything)
        raise ImportRefused(prepared.errors)
    print_faults(faults, files, everything)
    if faults:
        typer.echo(counted(faults), err=True)
    if not as_json:
        print_prepared(campaign, prepared, everything, dry_run)
    applied = None
    if not dry_run:
        _confirm(prepared, yes, as_json)
        applied = apply(store, campaign, prepared, "CLI")
    if as_json:
        print_import_json(campaign, prepared, applied)
    elif applied is None:
        typer.echo(say("Rien n’a été écrit (--dry-run).", "Nothing was written (--dry-run)."))
    else:
        print_applied(campaign, prepared, applied, assess)
    if assess and applied is not None:
        assess_now(store, tell=not as_json)


@contextmanager
def reading() -> Iterator[Callable[[str, int], None]]:
    """Say on the error output, in a terminal, which file is read and how many rows there are so far."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    with console.status(say("Lecture…", "Reading…")) as status:

        def tell(file: str, rows: int) -> None:
            status.update(say(f"{file} : {rows} lignes lues", f"{file}: {rows} rows read"))

        yield tell


def _confirm(prepared: Prepared, yes: bool, by_program: bool) -> None:
    """In a terminal, ask before anything shown is removed or changed; elsewhere, refuse to empty a table.

    Raises Abort, CampaignError.
    """
    if yes:
        return
    if by_program or not at_terminal():
        _refuse_loss(prepared)
    elif prepared.written.loses or prepared.changes.loses:
        or_stop(
            say("Appliquer ces différences ?", "Apply these differences?"),
            say("Rien n’a été importé.", "Nothing was imported."),
        )


def _refuse_loss(prepared: Prepared) -> None:
    from footprint.cli.importing_text import lost
    from footprint.errors import CampaignError

    if prepared.lost:
        tables = lost(prepared)
        raise CampaignError(
            f"Cet import viderait entièrement : {tables}. Rien n’a été importé. Pour ajouter ces fichiers à "
            "l’inventaire : --mode complete. Pour le remplacer tout de même : --yes.",
            f"This import would empty altogether: {tables}. Nothing was imported. To add these files to the "
            "inventory: --mode complete. To replace it all the same: --yes.",
        )


def register(root: typer.Typer) -> None:
    """Add these commands to the application."""
    imports_past.register(app)
    inspecting.register(app)
    root.add_typer(app, name="import")
