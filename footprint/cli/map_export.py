"""map export: the picture of the map, for slides and paper."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from footprint.cli.results import warn_if_stale
from footprint.texts import say, set_language

map_ = typer.Typer(no_args_is_help=True, help=say("La carte en image.", "The map as a picture."))


class MapColour(StrEnum):
    """What the colour of an application tells."""

    note = "note"
    total = "total"
    quality = "quality"


class MapLanguage(StrEnum):
    """The languages of a picture."""

    fr = "fr"
    en = "en"


@map_.command("export", help=say("Écrire l’image de la carte, en 16:9 (.svg, .png, .pdf).",
                                 "Write the picture of the map, 16:9 (.svg, .png, .pdf)."))  # fmt: skip
def export(
    path: Annotated[
        Path, typer.Argument(help=say("Image à écrire (.svg, .png ou .pdf).",
                                      "Picture to write (.svg, .png or .pdf)."))
    ],
    colour: Annotated[
        MapColour,
        typer.Option("--colour", help=say("Couleur : note, total (classe) ou quality (part générique).",
                                          "Colour: note (letter), total (class) or quality (generic share).")),
    ] = MapColour.note,
    lang: Annotated[
        MapLanguage | None,
        typer.Option("--lang", help=say("Langue de l’image.", "Language of the picture.")),
    ] = None,
) -> None:  # fmt: skip
    """Write the picture of the current campaign's map."""
    from footprint.errors import FootprintError
    from footprint.report.map_picture import FORMS, write_picture
    from footprint.store.database import open_store
    from footprint.texts import language

    form = next((known for known in FORMS if path.suffix.lower() == f".{known}"), None)
    if form is None:
        raise FootprintError(
            f"Donnez un nom en .svg, .png ou .pdf, non « {path.name} ».",
            f"Give a name in .svg, .png or .pdf, not “{path.name}”.",
        )
    store, spoken = open_store(), language()
    warn_if_stale(store)
    if lang is not None:
        set_language("en" if lang is MapLanguage.en else "fr")
    try:
        written = write_picture(store, path, form, colour.value)
    finally:
        set_language(spoken)
    typer.echo(say(f"Carte écrite : {written}", f"Map written: {written}"))


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.add_typer(map_, name="map")
