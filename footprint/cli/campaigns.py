"""campaign: list, freeze, reopen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footprint.cli.importing import AsJson
from footprint.moments import day, moment
from footprint.texts import say

if TYPE_CHECKING:
    from footprint.store.database import Store
    from footprint.store.tables import Campaign

Year = Annotated[
    int | None,
    typer.Option("--year", "-y", help=say("Une autre année du même organisme.", "Another year of the same body.")),
]  # fmt: skip

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say("Campagnes : lister, figer, rouvrir.", "Campaigns: list, freeze, reopen."),
)


def _campaign(store: Store, year: int | None) -> Campaign:
    from footprint.campaign_years import campaign_of_year
    from footprint.store.referential import current_campaign

    return current_campaign(store) if year is None else campaign_of_year(store, year)


@app.command("list", help=say("Les campagnes, la courante d’abord.", "The campaigns, the current one first."))
def list_(as_json: AsJson = False) -> None:
    """Every campaign: body, year, zone, whether it is frozen, what was imported last."""
    from rich.text import Text

    from footprint.cli.results import print_json
    from footprint.cli.tables import show, table_of
    from footprint.store.database import open_store
    from footprint.store.imports import batches
    from footprint.store.referential import campaigns

    store = open_store()
    rows = []
    for rank, campaign in enumerate(campaigns(store)):
        standing = [batch for batch in batches(store, campaign) if batch.undone_at is None]
        rows.append(
            {
                "year": campaign.year,
                "current": rank == 0,
                "organisation": campaign.organisation,
                "zone": campaign.zone,
                "frozen_at": campaign.frozen_at,
                "imports": len(standing),
                "last_import": standing[0].at if standing else None,
                "assessment": campaign.assessment_id,
            }
        )
    if as_json:
        print_json(rows)
        return
    table = table_of(
        say("Campagnes", "Campaigns"),
        (say("Année", "Year"), True), (say("Organisme", "Body"), False), ("Zone", False), (say("État", "State"), False),
        ("Imports", True), (say("Dernier", "Last"), False), (say("Évaluation", "Assessment"), False),
    )  # fmt: skip
    for row in rows:
        frozen = day(str(row["frozen_at"] or ""))
        state = say(f"figée le {frozen}", f"frozen on {frozen}") if frozen else say("ouverte", "open")
        if row["current"]:
            state += say(", courante", ", current")
        table.add_row(
            str(row["year"]), Text(str(row["organisation"])), str(row["zone"]), state, str(row["imports"]),
            moment(str(row["last_import"] or "")), str(row["assessment"] or "")[:12],
        )  # fmt: skip
    show(table)


@app.command("freeze", help=say("Figer : rien n’y change plus.", "Freeze: nothing of it changes any more."))
def freeze(
    year: Year = None,
    reason: Annotated[str, typer.Option("--reason", help=say("Motif, gardé.", "Reason, kept."))] = "",
) -> None:
    """Freeze a campaign: imports, settings and the assessment shown stay as they are."""
    from footprint.store import campaigns
    from footprint.store.database import open_store

    store = open_store()
    campaign = _campaign(store, year)
    was_open = campaigns.freeze(store, campaign, "CLI", reason)
    title = f"{campaign.year} · {campaign.organisation}"
    if was_open:
        typer.echo(say(f"Campagne figée : {title}.", f"Campaign frozen: {title}."))
    else:
        typer.echo(say(f"Campagne déjà figée : {title}.", f"Campaign already frozen: {title}."))


@app.command("reopen", help=say("Rouvrir une campagne figée.", "Reopen a frozen campaign."))
def reopen(
    reason: Annotated[str, typer.Option("--reason", help=say("Motif, gardé au journal.", "Reason, kept in the log."))],
    year: Year = None,
) -> None:  # fmt: skip
    """Reopen a frozen campaign; who, when and why stay in the log."""
    from footprint.store import campaigns
    from footprint.store.database import open_store

    store = open_store()
    campaign = _campaign(store, year)
    was_frozen = campaigns.reopen(store, campaign, "CLI", reason)
    title = f"{campaign.year} · {campaign.organisation}"
    if was_frozen:
        typer.echo(say(f"Campagne rouverte : {title}.", f"Campaign reopened: {title}."))
    else:
        typer.echo(say(f"Campagne déjà ouverte : {title}.", f"Campaign already open: {title}."))


def register(root: typer.Typer) -> None:
    """Add these commands to the application."""
    root.add_typer(app, name="campaign")
