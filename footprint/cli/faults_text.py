"""What is wrong in files, in the terminal: one line a fault, as compilers write theirs, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from footprint.cli.files import opening, quoted
from footprint.texts import count, message, say

if TYPE_CHECKING:
    from pos_map import Fault, Inventory
    from pos_map.mapping import Profile

# Beyond, a terminal is of no help: the workbook of faults is.
_MOST_ERRORS = 200
# A warning that comes more often is told by its first lines.
_OFTEN, _FIRST = 5, 3


def fault_line(fault: Fault, files: Sequence[Path] = ()) -> str:
    """A fault as compilers write theirs, "file:line: column: error: sentence", and below what to write or do.

    `files` are those named on the command line: the file of a fault is one of them, or in one of them.
    """
    sheet = f" [{fault.sheet}]" if fault.sheet else ""
    line = f":{fault.line}" if fault.line else ""
    colon = say(" :", ":")
    column = f" {fault.column}{colon}" if fault.column else ""
    kind = say("erreur", "error") if fault.severity == "error" else say("attention", "warning")
    todo = ""
    if fault.mend:
        todo = say(f"\n    → écrire « {fault.mend} »", f"\n    → write “{fault.mend}”")
    elif fault.code == "unknown-format":
        todo = f"\n    → footprint import inspect {quoted(_path(fault.file, files))}"
    return f"{fault.file}{sheet}{line}:{column} {kind}{colon} {message(fault)} [{fault.code}]{todo}"


def _path(name: str, files: Sequence[Path]) -> Path:
    """The file of a fault, from where the command runs."""
    inside = (file / name if file.is_dir() else file for file in files)
    return next((path for path in inside if path.name == Path(name).name and path.exists()), Path(name))


def fault_lines(
    faults: Iterable[Fault], files: Sequence[Path] = (), everything: bool = False
) -> Iterator[str]:
    """The lines that tell faults: errors, then warnings, those that come often by their first ones.

    `everything`: none is left out.
    """
    errors: list[Fault] = []
    warnings: dict[str, list[Fault]] = {}
    for fault in faults:
        (errors if fault.severity == "error" else warnings.setdefault(fault.code, [])).append(fault)
    most = len(errors) if everything else _MOST_ERRORS
    yield from (fault_line(fault, files) for fault in errors[:most])
    cut = len(errors) > most
    if cut:
        yield _more(len(errors) - most, say("erreurs", "errors"))
    # Those that come seldom first: they would be lost among the others.
    for code, found in sorted(warnings.items(), key=lambda item: len(item[1]) > _OFTEN):
        shown = found if everything or len(found) <= _OFTEN else found[:_FIRST]
        yield from (fault_line(fault, files) for fault in shown)
        if len(shown) < len(found):
            cut = True
            yield _more(len(found) - len(shown), say(f"« {code} »", f"“{code}”"))
    if cut:
        yield say(
            "Pour tout voir : --all, ou footprint check … --format xlsx --out constats.xlsx",
            "To see all: --all, or footprint check … --format xlsx --out findings.xlsx",
        )


def _more(many: int, what: str) -> str:
    number = count(many, ("autre", "autres"), ("other", "others"))
    return f"    … {say('et', 'and')} {number} {what}"


def counted(faults: Iterable[Fault]) -> str:
    """How many errors and warnings: "2 erreurs, 1 avertissement."."""
    kinds = Counter(fault.severity for fault in faults)
    errors = count(kinds["error"], ("erreur", "erreurs"), ("error", "errors"))
    return (
        f"{errors}, {count(kinds['warning'], ('avertissement', 'avertissements'), ('warning', 'warnings'))}."
    )


def print_faults(faults: Iterable[Fault], files: Sequence[Path] = (), everything: bool = False) -> None:
    """Tell faults on the error output, as `fault_lines` does."""
    for line in fault_lines(faults, files, everything):
        typer.echo(line, err=True)


def profiles_of(names: Sequence[str]) -> tuple[Profile, ...]:
    """The mapping profiles named on the command line, YAML files, names of the body's own or of those shipped; then
    the body's own that can be used, which read the other files, as on the import page.

    Ends the command with the faults of a profile that cannot be used. Raises UnknownSubject.
    """
    from footprint.home import home
    from footprint.uploads.own_profiles import usable

    return (*(_profile(name) for name in names), *usable(home()))


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
                return replace(load(path), asked=True)
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
