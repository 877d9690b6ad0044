"""map: its picture for slides and paper, its ArchiMate model, and scores written back into one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from footprint.cli.results import warn_if_stale
from footprint.texts import count, say, set_language

map_ = typer.Typer(
    no_args_is_help=True,
    help=say("La carte : image, modèle ArchiMate, notes.", "The map: picture, ArchiMate model, scores."),
)


class MapColour(StrEnum):
    """What the colour of an application tells."""

    note = "note"
    total = "total"
    quality = "quality"


class MapLanguage(StrEnum):
    """The languages of a picture."""

    fr = "fr"
    en = "en"


@map_.command("export", help=say("Écrire la carte : image 16:9 (.svg, .png, .pdf) ou ArchiMate (.xml).",
                                 "Write the map: 16:9 picture (.svg, .png, .pdf) or ArchiMate (.xml)."))  # fmt: skip
def export(
    path: Annotated[
        Path, typer.Argument(help=say("Fichier à écrire (.svg, .png, .pdf ou .xml).",
                                      "File to write (.svg, .png, .pdf or .xml)."))
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
    """Write the picture of the current campaign's map, or its ArchiMate model (Open Group exchange format)."""
    from footprint.errors import FootprintError
    from footprint.report.map_picture import FORMS, write_picture
    from footprint.store.database import open_store
    from footprint.texts import language

    if path.suffix.lower() == ".xml":
        _write_model(path)
        return
    form = next((known for known in FORMS if path.suffix.lower() == f".{known}"), None)
    if form is None:
        raise FootprintError(
            f"Donnez un nom en .svg, .png, .pdf ou .xml, non « {path.name} ».",
            f"Give a name in .svg, .png, .pdf or .xml, not “{path.name}”.",
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


def _write_model(path: Path) -> None:
    from footprint.store.database import open_store, plain_errors
    from footprint.store.imports import inventory_of
    from footprint.store.referential import current_campaign
    from pos_map.archimate import write_exchange

    store = open_store()
    campaign = current_campaign(store)
    model = write_exchange(inventory_of(store, campaign), f"{campaign.organisation} {campaign.year}")
    with plain_errors(path.parent):
        path.write_bytes(model)
    typer.echo(say(f"Modèle ArchiMate écrit : {path}", f"ArchiMate model written: {path}"))


@map_.command("scores", help=say("Écrire les notes dans le modèle ArchiMate d’où vient la carte.",
                                 "Write the scores into the ArchiMate model the map came from."))  # fmt: skip
def scores(
    model: Annotated[
        Path, typer.Argument(help=say("Modèle : .archimate ou XML d’échange.", "Model: .archimate or exchange XML."))
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help=say("Fichier à écrire (sinon le modèle lui-même).",
                                       "File to write (the model itself otherwise).")),
    ] = None,
    colours: Annotated[
        bool, typer.Option("--colours/--no-colours", help=say("Colorer aussi les vues.", "Colour the views too."))
    ] = True,
    remove: Annotated[
        bool, typer.Option("--remove", help=say("Retirer les notes écrites.", "Take out the scores written."))
    ] = False,
) -> None:  # fmt: skip
    """Properties footprint:kgCO2e_an, footprint:note… on the applications of a model, the rest byte for byte."""
    from footprint.errors import FootprintError
    from footprint.report.archimate_scores import model_with_scores
    from footprint.store.database import open_store, plain_errors
    from pos_map.archimate import remove_scores
    from pos_map.sources import Unreadable

    target = out or model
    try:
        data = model.read_bytes()
        if remove:
            written, scored = remove_scores(data), 0
        else:
            store = open_store()
            warn_if_stale(store)
            written, scored = model_with_scores(store, data, coloured=colours)
    except Unreadable as error:
        raise FootprintError(f"{model.name} : {error.fr}", f"{model.name}: {error.en}") from None
    except OSError as error:
        from pos_map.reasons import reason

        fr, en = reason(error)
        raise FootprintError(
            f"{model} ne peut pas être ouvert ({fr}).",
            f"{model} cannot be opened ({en}).",
        ) from None
    if not remove and not scored:
        # Writing nothing would take out what an earlier assessment wrote.
        raise FootprintError(
            f"{model.name} ne contient aucune application évaluée de cette campagne : rien n’est écrit. "
            "La carte vient-elle de ce modèle ?",
            f"{model.name} holds no assessed application of this campaign: nothing is written. "
            "Does the map come from this model?",
        )
    draft = target.with_name(f".{target.name}.footprint")
    with plain_errors(target.parent):
        draft.write_bytes(written)
        draft.replace(target)
    if remove:
        typer.echo(say(f"Notes retirées : {target}", f"Scores taken out: {target}"))
        return
    told = count(
        scored, ("application notée", "applications notées"), ("application scored", "applications scored")
    )
    typer.echo(say(f"{told} dans {target}", f"{told} in {target}"))


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.add_typer(map_, name="map")
