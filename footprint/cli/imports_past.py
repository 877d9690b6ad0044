"""import undo and history: what was imported, and the last of it taken back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.cli.asking import Yes, at_terminal, or_stop
from footprint.cli.changes_text import counts_line
from footprint.moments import moment
from footprint.texts import count, say

if TYPE_CHECKING:
    from footprint.store.batches import Batch


def undo(
    number: Annotated[
        int | None,
        typer.Argument(help=say("Son numéro, pour n’annuler que lui.", "Its number, to undo no other."),
                       show_default=False),
    ] = None,
    yes: Yes = False,
) -> None:  # fmt: skip
    """Bring back the inventory as it was before the last import of the current campaign."""
    from footprint.store.database import open_store
    from footprint.store.imports import batches
    from footprint.store.imports import undo as undo_last
    from footprint.store.referential import current_campaign

    store = open_store()
    campaign = current_campaign(store)
    last = next((batch for batch in batches(store, campaign) if batch.undone_at is None), None)
    if last is not None:
        _check_last(number, last)
        if not campaign.frozen_at:
            _ask(last, yes)
    # None, or another one by now: the store says so.
    undone = undo_last(store, campaign, "CLI", last.id if last else number)
    batch = undone.batch
    typer.echo(
        say(
            f"{_called_fr(batch)} annulé ({counts_line(batch.counts)}) : l’inventaire est celui d’avant.",
            f"{_called_en(batch)} undone ({counts_line(batch.counts)}): the inventory is that of before.",
        )
    )
    if undone.rules:
        decisions = count(
            undone.rules,
            ("décision de rattachement est défaite", "décisions de rattachement sont défaites"),
            ("matching decision is undone", "matching decisions are undone"),
        )
        typer.echo(say(f"{decisions} avec lui.", f"{decisions} with it."))


def _check_last(number: int | None, last: Batch) -> None:
    """Refuse a number that is not that of the last import. Raises CampaignError."""
    from footprint.errors import CampaignError

    if number not in (None, last.id):
        raise CampaignError(
            f"L’import n° {number} n’est pas le dernier à annuler de cette campagne : c’est l’import n° {last.id} "
            f"du {moment(last.at)}. Rien n’a changé. Pour les voir : footprint import history.",
            f"Import no. {number} is not the last to undo of this campaign: import no. {last.id} of "
            f"{moment(last.at)} is. Nothing changed. To see them: footprint import history.",
        )


def _ask(batch: Batch, yes: bool) -> None:
    """In a terminal, say what is about to be undone and ask. Raises Abort."""
    if yes or not at_terminal():
        return
    files = ", ".join(file.name for file in batch.files[:5]) + ("…" if len(batch.files) > 5 else "")
    read = f" ({files})" if files else ""
    counts = counts_line(batch.counts)
    typer.echo(
        say(f"{_called_fr(batch)}{read} : {counts}.", f"{_called_en(batch)}{read}: {counts}."), err=True
    )
    or_stop(
        say("L’annuler ?", "Undo it?"),
        say("Rien n’a été annulé.", "Nothing was undone."),
    )


def _called_fr(batch: Batch) -> str:
    return f"Import n° {batch.id} du {moment(batch.at)}"


def _called_en(batch: Batch) -> str:
    return f"Import no. {batch.id} of {moment(batch.at)}"


def history(
    as_json: Annotated[bool, typer.Option("--json", help=say("Sortie JSON.", "JSON output."))] = False,
) -> None:
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


def register(group: typer.Typer) -> None:
    """Add these commands to the group of imports."""
    group.command("undo", help=say("Annuler le dernier import.", "Undo the last import."))(undo)
    group.command("history", help=say("Les imports de la campagne.", "The imports of the campaign."))(history)
