"""check: files checked without importing them, for the campaign they are meant for when there is one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.cli.faults_text import counted, fault_lines, profiles_of, unlisted_names
from footprint.cli.files import check_workbook_name, writing
from footprint.cli.importing import Files, Mode, Profiles
from footprint.texts import language, say

if TYPE_CHECKING:
    from footprint.store.database import Store
    from footprint.store.tables import Campaign
    from pos_map import Fault, Inventory, Rule
    from pos_map.mapping import Profile

    Found = tuple[Sequence[Fault], Inventory]


class Form(StrEnum):
    """How faults are told."""

    text = "text"
    json = "json"
    xlsx = "xlsx"


def check(
    files: Files,
    mode: Mode = "replace",
    year: Annotated[
        int | None,
        typer.Option("--year", "-y", min=2000, max=2100,
                     help=say("Année civile ; par défaut, celle de la campagne courante.",
                              "Year; by default, that of the current campaign.")),
    ] = None,
    profile: Profiles = None,
    form: Annotated[
        Form, typer.Option("--format", help=say("text, json ou xlsx.", "text, json or xlsx."))
    ] = Form.text,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=say("Fichier à écrire (obligatoire pour xlsx).",
                                       "File to write (needed for xlsx).")),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help=say("Tous les constats, un par ligne.", "Every finding, one a line."))
    ] = False,
) -> None:  # fmt: skip
    """Check files without importing them."""
    if form is Form.xlsx and out is None:
        raise typer.BadParameter(
            say("avec --format xlsx, donnez --out FICHIER.xlsx", "with --format xlsx, give --out FILE.xlsx")
        )
    if form is Form.xlsx and out is not None:
        check_workbook_name(out)
    asked = profiles_of(profile or ())
    found, inventory = _found(files, mode, year, asked)
    faults = [*found, *unlisted_names(inventory)]
    if out is not None:
        _write(faults, files, form, out, asked)
        typer.echo(say(f"Constats écrits : {out}", f"Findings written: {out}"))
    elif form is Form.json:
        from pos_map.validation import faults_json

        typer.echo(faults_json(faults), nl=False)
    else:
        for line in fault_lines(faults, files, everything):
            typer.echo(line)
    if form is not Form.json or out is not None:
        typer.echo(counted(faults))
    if any(fault.severity == "error" for fault in faults):
        raise typer.Exit(1)


def _found(files: Sequence[Path], mode: Mode, year: int | None, profiles: Sequence[Profile]) -> Found:
    """The faults and the inventory of the files: for the campaign of that year, else by themselves."""
    current = _current()
    if current is None:
        return _alone(files, mode, year, profiles)
    from footprint.errors import CampaignError
    from footprint.store.imports import prepare
    from footprint.store.matching import rules
    from pos_map.faults import Place

    store, campaign = current
    kept = [each.rule for each in rules(store, campaign.organisation)]
    found = _of_year(store, campaign, year)
    if found is None:
        return _alone(files, mode, year, profiles, kept)
    about = f"{found.organisation} {found.year}"
    if mode == "complete":
        said = say(f"Vérifié en complément de {about}.", f"Checked as a complement to {about}.")
    else:
        said = say(
            f"Vérifié pour {about}, comme tout son inventaire.", f"Checked for {about}, as all its inventory."
        )
    typer.echo(said, err=True)
    try:
        prepared = prepare(store, found, files, mode=mode, profiles=profiles)
    except CampaignError as nothing:
        # Files that would empty the campaign are checked all the same.
        faults, inventory = _alone(files, "replace", found.year, profiles, kept)
        empty = Place(files[0].name).fault("nothing-read", "error", nothing.fr, nothing.en)
        return [empty, *faults], inventory
    return prepared.faults, prepared.inventory


def _alone(
    files: Sequence[Path],
    mode: Mode,
    year: int | None,
    profiles: Sequence[Profile],
    rules: Sequence[Rule] = (),
) -> Found:
    """What the files are by themselves. Raises CampaignError when they were to complete something."""
    import pos_map

    if mode == "complete":
        from footprint.errors import CampaignError

        raise CampaignError(
            f"Aucune campagne{f' {year}' if year else ''} à compléter. Ouvrez-la : footprint init --organisation NOM "
            "--year ANNÉE.",
            f"No {f'{year} ' if year else ''}campaign to complete. Open it: footprint init --organisation NAME "
            "--year YEAR.",
        )
    found = pos_map.gather(files, profiles=profiles, rules=rules, year=year)
    return found.faults, found.inventory


def _current() -> tuple[Store, Campaign] | None:
    """The store and its current campaign; None, and no store made, where there is none."""
    from footprint.home import home

    if not os.environ.get("FOOTPRINT_STORE") and not (home() / "footprint.db").exists():
        return None
    from footprint.store.database import open_store
    from footprint.store.referential import campaigns

    store = open_store()
    found = campaigns(store)
    return (store, found[0]) if found else None


def _of_year(store: Store, current: Campaign, year: int | None) -> Campaign | None:
    """The campaign of the same body and that year, None when it is not open."""
    from footprint.store.referential import campaigns

    if year in (None, current.year):
        return current
    same = (each for each in campaigns(store) if each.organisation == current.organisation)
    return next((each for each in same if each.year == year), None)


def _write(
    faults: Sequence[Fault], files: Sequence[Path], form: Form, out: Path, profiles: Sequence[Profile]
) -> None:
    """Write every fault in a file, in the form asked for. Raises FootprintError."""
    from pos_map.validation import faults_json, write_faults_xlsx

    with writing(out):
        if form is Form.xlsx:
            write_faults_xlsx(faults, files, out, language(), profiles)
        elif form is Form.json:
            out.write_text(faults_json(faults), encoding="utf-8")
        else:
            lines = fault_lines(faults, files, everything=True)
            out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command(
        "check", help=say("Vérifier des fichiers sans les importer.", "Check files, importing nothing.")
    )(check)
