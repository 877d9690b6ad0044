"""import: files into the campaign, the differences first; undo, history."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from footprint.cli import inspecting
from footprint.cli.asking import confirmed
from footprint.cli.changes_text import changes_json, counts_line, print_changes, print_counts
from footprint.cli.faults_text import print_faults, profiles_of, unlisted_names
from footprint.cli.files_first import DEFAULT, FilesFirst
from footprint.moments import moment
from footprint.texts import count, say

if TYPE_CHECKING:
    from footprint.store.imports import Applied, Prepared
    from footprint.store.tables import Campaign

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
Yes = Annotated[bool, typer.Option("--yes", help=say("Ne rien demander.", "Ask nothing."))]

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
        bool, typer.Option("--all", help=say("Toutes les différences.", "Every difference."))
    ] = False,
    assess: Annotated[
        bool, typer.Option("--assess", help=say("Évaluer ensuite la campagne.", "Then assess the campaign."))
    ] = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Import files into the current campaign."""
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
    if prepared.errors:
        print_faults(prepared.faults)
        raise ImportRefused(prepared.errors)
    print_faults([*prepared.warnings, *unlisted_names(prepared.inventory)])
    if not as_json:
        _print_prepared(campaign, prepared, everything, dry_run)
    applied = None
    if not dry_run:
        _ask(prepared, yes)
        applied = apply(store, campaign, prepared, "CLI")
    if as_json:
        _print_json(campaign, prepared, applied)
    elif applied is None:
        typer.echo(say("Rien n’a été écrit (--dry-run).", "Nothing was written (--dry-run)."))
    else:
        _print_applied(campaign, prepared, applied, assess)
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


def _print_prepared(campaign: Campaign, prepared: Prepared, everything: bool, dry_run: bool) -> None:
    """The differences; only their counts for a first import, where everything is new, when it is not done."""
    if prepared.against is not None:
        typer.echo(
            say(
                f"Différences avec la campagne {prepared.against} :",
                f"Differences from the {prepared.against} campaign:",
            )
        )
    elif prepared.state.last:
        title = f"{campaign.organisation} {campaign.year}"
        typer.echo(say(f"Différences avec {title} :", f"Differences from {title}:"))
    elif not everything:
        if dry_run:
            print_counts(prepared.changes)
        return
    if prepared.changes.is_empty:
        typer.echo(say("aucune", "none"))
    print_changes(prepared.changes, everything)


def _ask(prepared: Prepared, yes: bool) -> None:
    """In a terminal, ask before anything is removed or changed. Raises Abort."""
    if yes or not prepared.written.loses or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    if not confirmed(say("Appliquer ces différences ?", "Apply these differences?")):
        typer.echo(say("Rien n’a été importé.", "Nothing was imported."), err=True)
        raise typer.Abort


def _print_applied(campaign: Campaign, prepared: Prepared, applied: Applied, assess: bool) -> None:
    from footprint.store.content import WORDS

    if not applied.changed:
        typer.echo(
            say("Inventaire déjà à jour : rien n’a changé.", "Inventory already up to date: nothing changed.")
        )
        return
    inventory = prepared.inventory
    imported = ", ".join(
        (
            count(
                len(inventory.applications), ("application", "applications"), ("application", "applications")
            ),
            count(
                len(inventory.assets),
                ("ligne d’équipement", "lignes d’équipement"),
                ("equipment line", "equipment lines"),
            ),
            count(
                len(inventory.machines),
                ("machine virtuelle", "machines virtuelles"),
                ("virtual machine", "virtual machines"),
            ),
        )
    )
    body = f"{campaign.organisation} {campaign.year}"
    typer.echo(say(f"{body} : {imported}.", f"{body}: {imported}."))
    if prepared.lost:
        lost = ", ".join(say(*WORDS[table]) for table in prepared.lost)
        typer.echo(
            say(
                f"Attention : un import remplace tout l’inventaire. N’y sont plus : {lost}. Pour ajouter seulement : "
                "--mode complete.",
                f"Warning: an import replaces the whole inventory. No longer in it: {lost}. To add only: "
                "--mode complete.",
            ),
            err=True,
        )
    typer.echo(
        say(
            f"Import n° {applied.batch_id} ({counts_line(applied.counts)}). Pour l’annuler : footprint import undo",
            f"Import no. {applied.batch_id} ({counts_line(applied.counts)}). To undo it: footprint import undo",
        )
    )
    if prepared.unmatched:
        names = count(
            len(prepared.unmatched),
            ("nom à rapprocher", "noms à rapprocher"),
            ("name to match", "names to match"),
        )
        typer.echo(say(f"{names} : footprint match list", f"{names}: footprint match list"))
    if not assess:
        typer.echo(say("Ensuite : footprint assess", "Next: footprint assess"))


def _print_json(campaign: Campaign, prepared: Prepared, applied: Applied | None) -> None:
    from footprint.cli.results import print_json

    print_json(
        {
            "organisation": campaign.organisation,
            "year": campaign.year,
            "mode": prepared.mode,
            "against": prepared.against,
            "files": [asdict(file) for file in prepared.files],
            "sha256": prepared.digest,
            "import": applied.batch_id if applied else None,
            "written": applied.counts if applied else {},
            "warnings": [asdict(fault) for fault in prepared.warnings],
            "unmatched": [asdict(name) for name in prepared.unmatched],
            **changes_json(prepared.changes),
        }
    )


@app.command("undo", help=say("Annuler le dernier import.", "Undo the last import."))
def undo() -> None:
    """Bring back the inventory as it was before the last import of the current campaign."""
    from footprint.store.database import open_store
    from footprint.store.imports import undo as undo_last
    from footprint.store.referential import current_campaign

    store = open_store()
    undone = undo_last(store, current_campaign(store), "CLI")
    batch = undone.batch
    counts = counts_line(batch.counts)
    typer.echo(
        say(
            f"Import n° {batch.id} du {moment(batch.at)} annulé ({counts}) : l’inventaire est celui d’avant.",
            f"Import no. {batch.id} of {moment(batch.at)} undone ({counts}): the inventory is that of before.",
        )
    )
    if undone.rules:
        decisions = count(
            undone.rules,
            ("décision de rattachement est défaite", "décisions de rattachement sont défaites"),
            ("matching decision is undone", "matching decisions are undone"),
        )
        typer.echo(say(f"{decisions} avec lui.", f"{decisions} with it."))


@app.command("history", help=say("Les imports de la campagne.", "The imports of the campaign."))
def history(as_json: AsJson = False) -> None:
    """Who imported what, when, and what was undone; the newest first."""
    from rich.text import Text

    from footprint.cli.results import print_json
    from footprint.cli.tables import show, table_of
    from footprint.store.database import open_store
    from footprint.store.imports import batches
    from footprint.store.referential import current_campaign
    from footprint.wording import IMPORT_MODES

    store = open_store()
    campaign = current_campaign(store)
    found = batches(store, campaign)
    if as_json:
        print_json([asdict(batch) for batch in found])
        return
    table = table_of(
        f"{campaign.organisation} {campaign.year}",
        (say("N°", "No."), True), (say("Le", "At"), False), (say("Par", "By"), False), ("Mode", False),
        (say("Changements", "Changes"), False), (say("Fichiers", "Files"), False), (say("Annulé le", "Undone"), False),
    )  # fmt: skip
    for batch in found:
        files = ", ".join(file.name for file in batch.files)
        table.add_row(
            str(batch.id), moment(batch.at), batch.actor, say(*IMPORT_MODES[batch.mode]), counts_line(batch.counts),
            Text(files), moment(batch.undone_at or ""),
        )  # fmt: skip
    show(table)


def register(root: typer.Typer) -> None:
    """Add these commands to the application."""
    inspecting.register(app)
    root.add_typer(app, name="import")
