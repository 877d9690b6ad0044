"""factors search, show, diff, list, overlay, choose, without-unclear: factors, and what the body changes in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.texts import count, say

if TYPE_CHECKING:
    from factors import Catalogue, Factor

AsJson = Annotated[bool, typer.Option("--json", help=say("Sortie JSON.", "JSON output."))]
FILE_HELP = say("CSV des mêmes colonnes que les tables.", "CSV of the same columns as the tables.")

factors_app = typer.Typer(
    no_args_is_help=True, help=say("Facteurs d’émission : chercher, comparer, choisir.",
                                   "Emission factors: search, compare, choose.")
)  # fmt: skip


@factors_app.command("search", help=say("Chercher des facteurs.", "Search factors."))
def search(
    words: Annotated[
        list[str], typer.Argument(help=say("Mots, sans souci des accents.", "Words; accents do not count."))
    ],
    as_json: AsJson = False,
) -> None:
    """Rows that hold all the words, advised ones first."""
    from factors.searching import search as found_by
    from footprint.cli import factors_text as text

    rows = found_by(_in_force(), " ".join(words))
    if as_json:
        text.print_json([text.row_json(row) for row in rows])
        return
    from footprint.cli.tables import show as print_

    many = count(len(rows), ("facteur", "facteurs"), ("factor", "factors"))
    title = say(f"{many}, ★ retenu", f"{many}, ★ advised")
    print_(text.rows_table(title, rows))


@factors_app.command(
    "show",
    help=say(
        "Une ligne ou une clé : tout, les alternatives, pourquoi ce choix.",
        "A row or a key: everything, the alternatives, why this choice.",
    ),
)
def show(
    id_or_key: Annotated[
        str,
        typer.Argument(
            metavar="ID_OR_KEY",
            help=say(
                "Identifiant, ou clé « laptop », « PC portable / energy »…",
                "Id, or key “laptop”, “laptop / energy”…",
            ),
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Everything a row says, what other sources say, and why it is advised."""
    from factors.searching import rows_of
    from footprint.cli import factors_text as text

    catalogue = _in_force()
    rows = rows_of(catalogue, id_or_key)
    others = {row.id: row for one in rows for row in catalogue.alternatives(one)}
    # For an alternative, the advised rows are what it is compared with.
    family = [row for row in catalogue.factors if row.family == rows[0].family]
    advised = [row for row in family if row.default]
    others |= {row.id: row for row in advised}
    others = {key: row for key, row in others.items() if row not in rows}
    choice = catalogue.choice(rows[0])
    if as_json:
        text.print_json(
            {
                "rows": [text.row_json(row) for row in rows],
                "alternatives": [text.row_json(row) for row in others.values()],
                "choice": _choice_json(catalogue, rows[0]),
            }
        )
        return
    from rich.text import Text

    from footprint.cli.tables import show as print_

    shipped = [row for row in _shipped(catalogue).factors if row.family == rows[0].family and row.default]
    print_(*(text.row_table(row) for row in rows))
    if others:
        print_(text.rows_table(say("En regard (★ retenu)", "Beside it (★ advised)"), list(others.values())))
    print_(Text(text.why(choice, advised, shipped)))


@factors_app.command(
    "diff", help=say("Ce qui change entre deux jeux de facteurs.", "What changes between two sets.")
)
def diff(
    first: Annotated[
        str | None,
        typer.Argument(
            metavar="A", help=say("Version livrée (par défaut celle en vigueur).", "Shipped version.")
        ),
    ] = None,
    second: Annotated[
        str | None,
        typer.Argument(
            metavar="B",
            help=say("Version (par défaut ce qui est en vigueur).", "Version (default: in force)."),
        ),
    ] = None,
    overlay_file: Annotated[
        Path | None,
        typer.Option(
            "--overlay",
            metavar="FILE",
            help=say("Ce que changerait ce fichier.", "What this file would change."),
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The shipped set against what is in force; two versions; or what an overlay would change."""
    import factors
    from footprint.factor_choices import with_file
    from footprint.home import home

    in_force = _in_force()
    if overlay_file is not None:
        before, after = in_force, with_file(home(), overlay_file)
    else:
        before = factors.load(version=first) if first else _shipped(in_force)
        after = factors.load(version=second) if second else in_force
    _print_changes(before, after, as_json)


@factors_app.command("list", help=say("Ce qui est en vigueur.", "What is in force."))
def list_(as_json: AsJson = False) -> None:
    """The version in force, what it was derived by, and how it departs from the shipped set."""
    from factors import diff as differences
    from factors import versions
    from footprint.cli import factors_text as text

    catalogue = _in_force()
    changes = differences(_shipped(catalogue), catalogue)
    if as_json:
        changed = [text.change_json(change) for change in changes]
        text.print_json({**text.force_json(catalogue), "versions": versions(), "changes": changed})
        return
    from rich.text import Text

    from footprint.cli.tables import show as print_

    print_(Text(text.in_force(catalogue, _shipped(catalogue))))
    if changes:
        print_(text.changes_table(say("Écarts au jeu livré", "Departures from the shipped set"), changes))


@factors_app.command(
    "overlay", help=say("Ajouter ou retirer des lignes de l’organisme.", "Add or remove the body's own rows.")
)
def overlay(
    file: Annotated[Path | None, typer.Argument(help=FILE_HELP)] = None,
    remove: Annotated[
        str | None,
        typer.Option("--remove", metavar="NAME", help=say("Nom du fichier à retirer.", "File to remove.")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a file, show what it changes, copy it into the home; or take one out."""
    from footprint.factor_choices import add_overlay, drop_overlay
    from footprint.home import home

    if file is not None and remove is None:
        _tell(*add_overlay(home(), file), as_json)
    elif remove is not None and file is None:
        _tell(*drop_overlay(home(), remove), as_json)
    else:
        raise typer.BadParameter(say("donnez un fichier, ou --remove NOM.", "give a file, or --remove NAME."))


@factors_app.command(
    "choose", help=say("Retenir une autre ligne pour sa clé.", "Advise another row for its key.")
)
def choose(
    factor_id: Annotated[str | None, typer.Argument(metavar="ID", help=say("Identifiant.", "Id."))] = None,
    reset: Annotated[
        str | None,
        typer.Option(
            "--reset", metavar="KEY_OR_ID", help=say("Revenir au choix livré.", "Back to the shipped choice.")
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Advise a row in place of the one of its key, or go back to the shipped choice."""
    from footprint import factor_choices
    from footprint.home import home

    if factor_id is not None and reset is None:
        _tell(*factor_choices.choose(home(), factor_id), as_json)
    elif reset is not None and factor_id is None:
        _tell(*factor_choices.reset(home(), reset), as_json)
    else:
        raise typer.BadParameter(say("donnez un identifiant, ou --reset CLÉ.", "give an id, or --reset KEY."))


@factors_app.command(
    "without-unclear",
    help=say(
        "Écarter les lignes dont la réutilisation est à éclaircir (on), ou les rétablir (off).",
        "Switch off the rows whose terms of reuse are unclear (on), or back on (off).",
    ),
)
def without_unclear(
    state: Annotated[str, typer.Argument(metavar="on|off")],
    as_json: AsJson = False,
) -> None:
    """Leave out the rows whose terms of reuse are not settled, as a set."""
    from footprint.factor_choices import switch_unclear
    from footprint.home import home

    if state not in ("on", "off"):
        raise typer.BadParameter(say("donnez on ou off.", "give on or off."))
    _tell(*switch_unclear(home(), state == "on"), as_json)


def _in_force() -> Catalogue:
    from footprint.factor_set import catalogue_of
    from footprint.home import home

    return catalogue_of(home())


def _shipped(catalogue: Catalogue) -> Catalogue:
    """The shipped set a catalogue was derived from."""
    import factors

    return factors.load(version=catalogue.base_version)


def _choice_json(catalogue: Catalogue, row: Factor) -> dict[str, object] | None:
    from dataclasses import asdict

    choice = catalogue.choice(row)
    return asdict(choice) if choice else None


def _tell(before: Catalogue, after: Catalogue, as_json: bool) -> None:
    """What was changed, and what comes next."""
    _print_changes(before, after, as_json)
    if not as_json:
        typer.echo(
            say(
                f"En vigueur : {after.version}. Ensuite : footprint assess",
                f"In force: {after.version}. Next: footprint assess",
            )
        )


def _print_changes(before: Catalogue, after: Catalogue, as_json: bool) -> None:
    from factors import diff as differences
    from footprint.cli import factors_text as text

    changes = differences(before, after)
    if as_json:
        listed = [text.change_json(change) for change in changes]
        text.print_json({"before": before.version, "after": after.version, "changes": listed})
        return
    from footprint.cli.tables import show as print_

    title = say(f"De {before.version} à {after.version}", f"From {before.version} to {after.version}")
    print_(text.told(changes, title))


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.add_typer(factors_app, name="factors")
