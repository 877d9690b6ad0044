"""init, import, check: campaigns and inventories."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.texts import message, say

if TYPE_CHECKING:
    from pos_map import Fault, Inventory

Files = Annotated[
    list[Path],
    typer.Argument(help=say("Fichiers ou dossiers (CSV NumEcoEval/G4IT, classeur .xlsx).",
                            "Files or folders (NumEcoEval/G4IT CSV, .xlsx workbook).")),
]  # fmt: skip


def init(
    organisation: Annotated[
        str, typer.Option("--organisation", "-o", help=say("Nom de l’organisme.", "Body."))
    ],
    year: Annotated[
        int, typer.Option("--year", "-y", min=2000, max=2100, help=say("Année civile.", "Year."))
    ],
    zone: Annotated[
        str, typer.Option("--zone", help=say("Zone électrique par défaut.", "Default electricity zone."))
    ] = "",
) -> None:
    """Open a campaign, or choose one already open."""
    from footprint.factor_set import catalogue_of
    from footprint.home import home
    from footprint.store.database import open_store
    from footprint.store.referential import ensure_campaign

    catalogue = catalogue_of(home())
    if zone:
        catalogue.electricity(zone)  # refuses a zone without a factor, with near names
    store = open_store()
    campaign = ensure_campaign(store, organisation, year, catalogue.zone(zone) if zone else None)
    typer.echo(
        say(
            f"Campagne {campaign.year} de {campaign.organisation} (zone {campaign.zone}), courante dans {store.home}.",
            f"Campaign {campaign.year} of {campaign.organisation} (zone {campaign.zone}), current in {store.home}.",
        )
    )


def import_(files: Files) -> None:
    """Import an inventory into the newest campaign."""
    from footprint.errors import ImportRefused
    from footprint.store.database import open_store
    from footprint.store.referential import current_campaign, import_files

    store = open_store()
    campaign = current_campaign(store)
    try:
        report = import_files(store, campaign, files, actor="CLI")
    except ImportRefused as refused:
        _print_faults(refused.faults)
        raise
    _print_faults([*report.warnings, *unknown_types(report.inventory)])
    inventory = report.inventory
    counts = (len(inventory.applications), len(inventory.assets), len(inventory.machines))
    body = f"{campaign.organisation} {campaign.year}"
    if not report.changed:
        typer.echo(
            say("Inventaire déjà à jour : rien n’a changé.", "Inventory already up to date: nothing changed.")
        )
        return
    typer.echo(
        say(
            "{} : {} applications, {} lignes d’équipement, {} machines virtuelles importées.".format(
                body, *counts
            ),
            "{}: {} applications, {} equipment lines, {} virtual machines imported.".format(body, *counts),
        )
    )
    if report.lost:
        typer.echo(
            say(
                f"Attention : un import remplace tout l’inventaire. N’y sont plus : {', '.join(report.lost)}.",
                f"Warning: an import replaces the whole inventory. No longer in it: {', '.join(report.lost)}.",
            ),
            err=True,
        )
    typer.echo(say("Ensuite : footprint assess", "Next: footprint assess"))


def check(files: Files) -> None:
    """Check files without importing them."""
    import pos_map

    inventory, faults = pos_map.read(files)
    faults += unknown_types(inventory)
    for fault in faults:
        typer.echo(fault_line(fault))
    errors = sum(fault.severity == "error" for fault in faults)
    typer.echo(
        say(
            f"{errors} erreur(s), {len(faults) - errors} avertissement(s).",
            f"{errors} error(s), {len(faults) - errors} warning(s).",
        )
    )
    if errors:
        raise typer.Exit(1)


def _print_faults(faults: Iterable[Fault]) -> None:
    """One line a fault, on the error output."""
    for fault in faults:
        typer.echo(fault_line(fault), err=True)


def fault_line(fault: Fault) -> str:
    """A fault as compilers write theirs: "file:line: column: error: sentence"."""
    sheet = f" [{fault.sheet}]" if fault.sheet else ""
    line = f":{fault.line}" if fault.line else ""
    column = f" {fault.column} :" if fault.column else ""
    kind = say("erreur", "error") if fault.severity == "error" else say("attention", "warning")
    return f"{fault.file}{sheet}{line}:{column} {kind} : {message(fault)} [{fault.code}]"


def unknown_types(inventory: Inventory) -> list[Fault]:
    """A warning for each type of equipment the catalogue does not know: it will not be assessed."""
    import factors
    import pos_map
    from footprint.factor_set import catalogue_of
    from footprint.home import home

    catalogue, found = catalogue_of(home()), []
    for name in dict.fromkeys(asset.type for asset in inventory.assets):
        try:
            catalogue.item(name)
        except factors.UnknownItem as unknown:
            users = [asset.name for asset in inventory.assets if asset.type == name]
            fr = f"« {name} » ({len(users)} ligne(s), dont {users[0]}) n’est pas un type connu : non évalué."
            en = f"“{name}” ({len(users)} line(s), {users[0]} among them) is not a known type: not assessed."
            if unknown.near:
                fr += f" Proches : {', '.join(unknown.near)}."
                en += f" Close: {', '.join(unknown.near)}."
            found.append(
                pos_map.Fault("inventaire", "", None, "type", name, "unknown-type", "warning", fr, en)
            )
    return found


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("init", help=say("Ouvrir une campagne (organisme, année).", "Open a campaign (body, year)."))(
        init
    )
    app.command("import", help=say("Importer le POS et l’inventaire.", "Import the map and the inventory."))(
        import_
    )
    app.command(
        "check", help=say("Vérifier des fichiers sans les importer.", "Check files, importing nothing.")
    )(check)
