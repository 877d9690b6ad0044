"""import inspect and template: what a file is and how it could be read; our own workbook to fill."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from footprint.cli.files import opening, writing
from footprint.texts import language, say


def inspect(
    file: Annotated[Path, typer.Argument(help=say("Le fichier.", "The file."))],
    write: Annotated[
        Path | None,
        typer.Option("--write", help=say("Écrire le profil proposé (YAML).", "Write the proposed profile (YAML).")),
    ] = None,
) -> None:  # fmt: skip
    """Recognise a file, show what each column may be, and write a profile to correct by hand."""
    from footprint.errors import FootprintError
    from pos_map import inspecting
    from pos_map.profile_writing import to_profile
    from pos_map.sources import Unreadable

    try:
        with opening(file):
            found = inspecting.inspect(file)
    except Unreadable as cause:
        raise FootprintError(f"{file.name} : {cause.fr}", f"{file.name}: {cause.en}") from cause
    for line in inspecting.describe(found, english=language() == "en"):
        typer.echo(line)
    if write is not None:
        with writing(write):
            write.write_text(to_profile(found), encoding="utf-8")
        typer.echo(
            say(
                f"Profil écrit : relisez {write}, puis footprint import {file} --profile {write}",
                f"Profile written: read {write} over, then footprint import {file} --profile {write}",
            )
        )


def template(
    file: Annotated[
        Path, typer.Argument(help=say("Le classeur à écrire (.xlsx).", "The workbook to write (.xlsx)."))
    ],
    filled: Annotated[
        bool, typer.Option("--filled", help=say("Rempli de la campagne.", "Filled from the campaign."))
    ] = False,
) -> None:
    """Our own workbook, blank or filled from the current campaign, to correct and import again."""
    from pos_map.template import write_template

    inventory = None
    if filled:
        from footprint.store.database import open_store
        from footprint.store.imports import inventory_of
        from footprint.store.referential import current_campaign

        store = open_store()
        inventory = inventory_of(store, current_campaign(store))
    with writing(file):
        write_template(file, inventory)
    typer.echo(
        say(
            f"Classeur écrit : {file}. Une fois rempli : footprint import {file}",
            f"Workbook written: {file}. Once filled: footprint import {file}",
        )
    )


def register(group: typer.Typer) -> None:
    """Add this command to the group of imports."""
    group.command(
        "inspect",
        help=say(
            "Dire ce qu’est un fichier et proposer un profil.", "Say what a file is and propose a profile."
        ),
    )(inspect)
    group.command(
        "template",
        help=say("Écrire notre classeur, vierge ou rempli.", "Write our workbook, blank or filled."),
    )(template)
