"""init, check: campaigns opened, files checked without importing them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.cli import campaigns, importing, reconciling
from footprint.cli.faults_text import fault_line, profiles_of, unknown_types
from footprint.cli.files import writing
from footprint.cli.importing import Files, Profiles
from footprint.texts import language, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pos_map import Fault


class Form(StrEnum):
    """How faults are told."""

    text = "text"
    json = "json"
    xlsx = "xlsx"


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


def check(
    files: Files,
    profile: Profiles = None,
    form: Annotated[
        Form, typer.Option("--format", help=say("text, json ou xlsx.", "text, json or xlsx."))
    ] = Form.text,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=say("Fichier à écrire (obligatoire pour xlsx).",
                                       "File to write (needed for xlsx).")),
    ] = None,
) -> None:  # fmt: skip
    """Check files without importing them."""
    import pos_map

    if form is Form.xlsx and out is None:
        raise typer.BadParameter(
            say("avec --format xlsx, donnez --out FICHIER.xlsx", "with --format xlsx, give --out FILE.xlsx")
        )
    found = pos_map.gather(files, profiles=profiles_of(profile or ()))
    faults = [*found.faults, *unknown_types(found.inventory)]
    errors = sum(fault.severity == "error" for fault in faults)
    _tell(faults, files, form, out)
    if form is not Form.json or out is not None:
        typer.echo(
            say(
                f"{errors} erreur(s), {len(faults) - errors} avertissement(s).",
                f"{errors} error(s), {len(faults) - errors} warning(s).",
            )
        )
    if errors:
        raise typer.Exit(1)


def _tell(faults: Sequence[Fault], files: Sequence[Path], form: Form, out: Path | None) -> None:
    """Write the faults in the form asked for, in a file or on the output."""
    from pos_map.validation import faults_json, write_faults_xlsx

    if form is Form.xlsx and out is not None:
        with writing(out):
            write_faults_xlsx(faults, files, out, language())
        return
    text = faults_json(faults) if form is Form.json else "".join(f"{fault_line(fault)}\n" for fault in faults)
    if out is not None:
        with writing(out):
            out.write_text(text, encoding="utf-8")
    else:
        typer.echo(text, nl=False)


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("init", help=say("Ouvrir une campagne (organisme, année).", "Open a campaign (body, year)."))(
        init
    )
    app.command(
        "check", help=say("Vérifier des fichiers sans les importer.", "Check files, importing nothing.")
    )(check)
    for module in (importing, campaigns, reconciling):
        module.register(app)
