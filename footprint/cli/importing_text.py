"""What an import changes, wrote and leaves to do, in the terminal and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from footprint.cli.changes_text import changes_json, counts_line, print_changes, print_counts
from footprint.texts import count, say

if TYPE_CHECKING:
    from footprint.store.imports import Applied, Prepared
    from footprint.store.tables import Campaign


def print_prepared(campaign: Campaign, prepared: Prepared, everything: bool, dry_run: bool) -> None:
    """The differences, and the tables they empty. Of a first import, where everything is new, only the counts, and
    only when it is not done."""
    title = f"{campaign.organisation} {campaign.year}"
    if prepared.against is not None:
        before = prepared.against
        typer.echo(
            say(f"Par rapport à {before}, la campagne d’avant :", f"Compared with {before}, the year before:")
        )
    elif prepared.state.last:
        typer.echo(say(f"Différences avec {title} :", f"Differences from {title}:"))
    elif not everything:
        if dry_run:
            print_counts(prepared.changes)
        return
    if prepared.changes.is_empty:
        typer.echo(say("aucune", "none"))
    print_changes(prepared.changes, everything)
    if prepared.against is not None and not prepared.written.is_empty:
        counts = counts_line(prepared.written.counts())
        typer.echo(say(f"À écrire dans {title} : {counts}", f"To write to {title}: {counts}"))
    if prepared.lost:
        typer.echo(
            say(
                f"Attention : un import remplace tout l’inventaire. N’y seront plus : {lost(prepared)}. Pour ajouter "
                "seulement : --mode complete.",
                f"Warning: an import replaces the whole inventory. No longer in it: {lost(prepared)}. To add only: "
                "--mode complete.",
            ),
            err=True,
        )


def lost(prepared: Prepared) -> str:
    """The tables an import would empty."""
    from footprint.store.content import WORDS

    return ", ".join(say(*WORDS[table]) for table in prepared.lost)


def print_applied(campaign: Campaign, prepared: Prepared, applied: Applied, assess: bool) -> None:
    """What was imported, how to undo it, and what comes next."""
    if not applied.changed:
        typer.echo(
            say("Inventaire déjà à jour : rien n’a changé.", "Inventory already up to date: nothing changed.")
        )
        return
    body = f"{campaign.organisation} {campaign.year}"
    imported = _imported(prepared)
    typer.echo(say(f"{body} : {imported}.", f"{body}: {imported}."))
    number, counts = applied.batch_id, counts_line(applied.counts)
    typer.echo(
        say(
            f"Import n° {number} ({counts}). Pour l’annuler : footprint import undo {number}",
            f"Import no. {number} ({counts}). To undo it: footprint import undo {number}",
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


def _imported(prepared: Prepared) -> str:
    inventory = prepared.inventory
    return ", ".join(
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


def print_import_json(campaign: Campaign, prepared: Prepared, applied: Applied | None) -> None:
    """The differences and what was written, for programs."""
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
            "lost": list(prepared.lost),
            "warnings": [asdict(fault) for fault in prepared.warnings],
            "unmatched": [asdict(name) for name in prepared.unmatched],
            **changes_json(prepared.changes),
        }
    )
