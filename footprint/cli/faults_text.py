"""What is wrong in files, in the terminal: one line a fault, as compilers write theirs, and its mend."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from footprint.cli.files import opening
from footprint.texts import message, say

if TYPE_CHECKING:
    from pos_map import Fault, Inventory
    from pos_map.mapping import Profile

# Beyond, a terminal is of no help: the workbook of faults is.
_MOST_LINES = 200


def fault_line(fault: Fault) -> str:
    """A fault as compilers write theirs, "file:line: column: error: sentence", and below what to write instead."""
    sheet = f" [{fault.sheet}]" if fault.sheet else ""
    line = f":{fault.line}" if fault.line else ""
    column = f" {fault.column} :" if fault.column else ""
    kind = say("erreur", "error") if fault.severity == "error" else say("attention", "warning")
    mend = say(f"\n    → écrire « {fault.mend} »", f"\n    → write “{fault.mend}”") if fault.mend else ""
    return f"{fault.file}{sheet}{line}:{column} {kind} : {message(fault)} [{fault.code}]{mend}"


def print_faults(faults: Collection[Fault]) -> None:
    """One line a fault on the error output, errors first when they are too many to be all said."""
    said = sorted(faults, key=lambda fault: fault.severity) if len(faults) > _MOST_LINES else list(faults)
    for fault in said[:_MOST_LINES]:
        typer.echo(fault_line(fault), err=True)
    if len(said) > _MOST_LINES:
        typer.echo(
            say(
                f"… et {len(said) - _MOST_LINES} autres. Pour tout voir : footprint check FICHIERS --format xlsx "
                "--out constats.xlsx",
                f"… and {len(said) - _MOST_LINES} others. To see all: footprint check FILES --format xlsx --out "
                "findings.xlsx",
            ),
            err=True,
        )


def profiles_of(names: Sequence[str]) -> tuple[Profile, ...]:
    """The mapping profiles named on the command line: YAML files, names of the body's own or of those shipped.

    None named: the body's own that can be used, as on the import page. Ends the command with the faults of a
    profile that cannot be used. Raises UnknownSubject.
    """
    from footprint.home import home
    from footprint.uploads.own_profiles import usable

    return tuple(_profile(name) for name in names) or tuple(usable(home()))


def _profile(name: str) -> Profile:
    from footprint.errors import UnknownSubject
    from footprint.home import home
    from footprint.uploads.own_profiles import named, paths
    from pos_map import near
    from pos_map.profiles import BadProfile, load
    from pos_map.profiles import names as shipped

    path = Path(name)
    try:
        if path.suffix.lower() in (".yaml", ".yml") or path.exists():
            with opening(path):
                return load(path)
        return named(home(), name)
    except KeyError as error:
        known = [*paths(home()), *shipped()]
        raise UnknownSubject("profil", "profile", name, near(name, known) or tuple(known)) from error
    except BadProfile as bad:
        print_faults(bad.faults)
        raise typer.Exit(1) from bad


def unlisted_names(inventory: Inventory) -> list[Fault]:
    """A warning for each type of equipment and each country that the factors in force do not know."""
    from footprint.factor_set import catalogue_of
    from footprint.home import home
    from footprint.unlisted import unlisted

    return unlisted(inventory, catalogue_of(home()))
