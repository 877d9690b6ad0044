"""import inspect, profiles, fields and template: what a file is, how it could be read; our workbook to fill."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from footprint.cli.files import check_workbook_name, keep, opening, quoted, writing
from footprint.texts import language, say

Force = Annotated[
    bool,
    typer.Option("--force", help=say("Écraser le fichier s’il existe.", "Overwrite the file if it exists.")),
]


def inspect(
    file: Annotated[Path, typer.Argument(help=say("Le fichier.", "The file."))],
    write: Annotated[
        Path | None,
        typer.Option("--write", help=say("Écrire le profil proposé (YAML).", "Write the proposed profile (YAML).")),
    ] = None,
    force: Force = False,
) -> None:  # fmt: skip
    """Recognise a file, show what each column may be, and write a profile to correct by hand."""
    from footprint.errors import FootprintError
    from pos_map import inspecting
    from pos_map.profile_writing import left_to_write, to_profile
    from pos_map.sources import Unreadable

    if write is not None:
        keep(write, force)
    try:
        with opening(file):
            found = inspecting.inspect(file)
    except Unreadable as cause:
        raise FootprintError(f"{file.name} : {cause.fr}", f"{file.name}: {cause.en}") from cause
    for line in inspecting.describe(found, english=language() == "en"):
        typer.echo(line)
    if write is not None:
        text = to_profile(found)
        with writing(write):
            write.write_text(text, encoding="utf-8")
        command = f"footprint import {quoted(file)} --profile {quoted(write)}"
        lines = ", ".join(map(str, left_to_write(text)))
        more_fr = f" et remplacez « À PRÉCISER » (lignes : {lines})" if lines else ""
        more_en = f" and replace “À PRÉCISER” (lines: {lines})" if lines else ""
        typer.echo(
            say(
                f"Profil écrit : relisez {write}{more_fr}, puis {command}",
                f"Profile written: read {write} over{more_en}, then {command}",
            )
        )


def profiles(
    name: Annotated[
        str | None, typer.Argument(help=say("Le profil à montrer (YAML).", "The profile to show (YAML)."))
    ] = None,
) -> None:
    """List the column profiles, the body's own first; or print the YAML of one."""
    from footprint.errors import UnknownSubject
    from footprint.home import home
    from footprint.uploads.own_profiles import paths
    from pos_map import near
    from pos_map import profiles as shipped

    own = paths(home())
    if name is None:
        _list_profiles(own)
        return
    try:
        if name in own:
            with opening(own[name]):
                text = own[name].read_text(encoding="utf-8")
        else:
            text = shipped.written(name)
    except KeyError:
        known = [*own, *shipped.names()]
        raise UnknownSubject("profil", "profile", name, near(name, known) or tuple(known)) from None
    typer.echo(text, nl=False)


def _list_profiles(own: dict[str, Path]) -> None:
    from footprint.cli.tables import show, table_of
    from pos_map import profiles as shipped

    table = table_of(
        say("Profils de colonnes", "Column profiles"),
        (say("Nom", "Name"), False), (say("Pour", "For"), False), (say("Origine", "Origin"), False),
    )  # fmt: skip
    for name, path in own.items():
        try:
            profile = shipped.load(path)
            title = say(profile.fr, profile.en)
        except shipped.BadProfile as bad:
            title = say(f"inutilisable : {bad.faults[0].fr}", f"can't be used: {bad.faults[0].en}")
        table.add_row(name, title, say(f"le vôtre : {path}", f"your own: {path}"))
    for name in shipped.names():
        profile = shipped.named(name)
        table.add_row(name, say(profile.fr, profile.en), say("fourni", "shipped"))
    show(table)
    typer.echo(
        say(
            "Pour en voir un : footprint import profiles NOM. Champs de chaque table : footprint import fields.",
            "To see one: footprint import profiles NAME. Fields of each table: footprint import fields.",
        )
    )


def fields() -> None:
    """The fields a profile may fill, table by table: the page docs/champs.md."""
    from pos_map.template.fields_page import fields_page

    typer.echo(fields_page(), nl=False)


def template(
    file: Annotated[
        Path, typer.Argument(help=say("Le classeur à écrire (.xlsx).", "The workbook to write (.xlsx)."))
    ],
    filled: Annotated[
        bool, typer.Option("--filled", help=say("Rempli de la campagne.", "Filled from the campaign."))
    ] = False,
    force: Force = False,
) -> None:
    """Our own workbook, blank or filled from the current campaign, to correct and import again."""
    from pos_map.template import write_template

    check_workbook_name(file)
    keep(file, force)
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
            f"Classeur écrit : {file}. Une fois rempli : footprint import {quoted(file)}",
            f"Workbook written: {file}. Once filled: footprint import {quoted(file)}",
        )
    )


def register(group: typer.Typer) -> None:
    """Add these commands to the group of imports."""
    group.command(
        "profiles",
        help=say(
            "Lister les profils de colonnes, ou en montrer un (vierge : toutes les options).",
            "List the column profiles, or show one (vierge: every option).",
        ),
    )(profiles)
    group.command(
        "inspect",
        help=say(
            "Dire ce qu’est un fichier et proposer un profil.", "Say what a file is and propose a profile."
        ),
    )(inspect)
    group.command(
        "fields",
        help=say(
            "Les champs de nos tables, pour écrire un profil.",
            "The fields of our tables, to write a profile (in French).",
        ),
    )(fields)
    group.command(
        "template",
        help=say("Écrire notre classeur, vierge ou rempli.", "Write our workbook, blank or filled."),
    )(template)
