"""init: campaigns opened; with what files are checked and imported by."""

from __future__ import annotations

from typing import Annotated

import typer

from footprint.cli import campaigns, checking, importing, reconciling
from footprint.texts import say


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


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("init", help=say("Ouvrir une campagne (organisme, année).", "Open a campaign (body, year)."))(
        init
    )
    for module in (checking, importing, campaigns, reconciling):
        module.register(app)
