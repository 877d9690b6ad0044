"""hourly, archive: the hours of electricity a body knows, and the closed months of what was measured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.texts import say

if TYPE_CHECKING:
    from rich.table import Table

    from footprint.store.archive import Archived

File = Annotated[
    Path,
    typer.Argument(
        help=say("CSV : zone, hour (UTC), value, source.", "CSV: zone, hour (UTC), value, source.")
    ),
]
Before = Annotated[
    str,
    typer.Option(
        "--before",
        help=say("Mois qui n’est plus archivé (2026-10) ; par défaut, le mois en cours.",
                 "First month left as it is (2026-10); by default, the current one."),
    ),
]  # fmt: skip
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def hourly(file: File) -> None:
    """Keep the hourly profile of a zone's electricity (M2)."""
    from footprint.factor_set import catalogue_of
    from footprint.hourly import keep
    from footprint.store.database import open_store

    home = open_store().home
    kept = keep(home, file, catalogue_of(home))
    typer.echo(
        say(
            f"Profil horaire gardé : {', '.join(kept)}. Seule sa forme compte, le facteur annuel reste celui du jeu "
            "de facteurs.\nLa prochaine évaluation l’applique à l’énergie mesurée heure par heure : footprint assess.",
            f"Hourly profile kept: {', '.join(kept)}. Only its shape counts, the yearly factor stays that of the "
            "factor set.\nThe next assessment applies it to energy measured by the hour: footprint assess.",
        )
    )


def archive(before: Before = "") -> None:
    """Move closed months of hourly energy out of the database, into Parquet files."""
    from footprint.cli.tables import show, step
    from footprint.store.archive import archive as close_months
    from footprint.store.database import open_store

    _closed(before)
    store = open_store()
    with step(say("archivage des mois clos", "archiving closed months")):
        done = close_months(store, before or None)
    if not done:
        typer.echo(say("Aucun mois clos à archiver.", "No closed month to archive."))
        return
    show(_table(done))


def _closed(before: str) -> None:
    """Refuse what is no month, and a month that would take one not closed yet. Raises FootprintError."""
    from datetime import UTC, datetime

    from footprint.errors import FootprintError

    current = datetime.now(UTC).strftime("%Y-%m")
    if not before or (MONTH.fullmatch(before) and before <= current):
        return
    raise FootprintError(
        f"--before {before} : un mois est attendu, comme 2026-10, {current} au plus (un mois en cours ne s’archive "
        "pas).",
        f"--before {before}: a month is expected, as in 2026-10, {current} at most (a month not over is not "
        "archived).",
    )


def _table(done: Sequence[Archived]) -> Table:
    from footprint import formats as f
    from footprint.cli.tables import table_of

    table = table_of(
        say("Mois archivés, hors de la base", "Months archived, out of the database"),
        (say("Mois", "Month"), False), (say("Heures", "Hours"), True), (say("Fichier", "File"), False),
    )  # fmt: skip
    for month in done:
        table.add_row(month.month, f.integer(month.rows), str(month.path))
    return table


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command(
        "hourly",
        help=say("Garder le profil horaire de l’électricité d’une zone.",
                 "Keep the hourly profile of a zone's electricity."),
    )(hourly)  # fmt: skip
    app.command(
        "archive",
        help=say("Archiver les mois clos d’énergie mesurée.", "Archive closed months of measured energy."),
    )(archive)
