"""The differences an import makes, in the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from footprint.texts import count, message, say

if TYPE_CHECKING:
    from pos_map.changes import Changes

_FIRST_LINES = 10  # of each kind, unless all are asked for
_LONGEST_LINE = 240
_ORDER = ("added", "removed", "changed", "moved", "merged")


def print_changes(changes: Changes, everything: bool = False) -> None:
    """The counts by table, then the first lines of each kind of change (`everything`: all of them)."""
    from pos_map.changes_text import SIGNS, lines

    print_counts(changes)
    shown = dict.fromkeys(_ORDER, 0)
    for change in lines(changes):
        shown[change.kind] += 1
        if everything or shown[change.kind] <= _FIRST_LINES:
            typer.echo(f"  {SIGNS[change.kind]} {_cut(message(change), everything)}")
    for kind, sign in SIGNS.items():
        more = 0 if everything else shown[kind] - _FIRST_LINES
        if more > 0:
            typer.echo(
                f"  {sign} … {say('et', 'and')} {count(more, ('autre', 'autres'), ('other', 'others'))}"
            )


def print_counts(changes: Changes) -> None:
    """How many entries of each table change, and how."""
    from footprint.store.content import WORDS
    from pos_map.changes_text import KIND_WORDS, SIGNS

    for table, counts in changes.counts().items():
        said = [
            f"{sign}{_gap()}{count(counts[kind], *KIND_WORDS[kind])}"
            for kind, sign in SIGNS.items()
            if counts[kind]
        ]
        typer.echo(f"{say(*WORDS[table])}{say(' :', ':')} {', '.join(said)}")


def _gap() -> str:
    """What French puts between a sign and its number."""
    return say(" ", "")


def _cut(said: str, everything: bool) -> str:
    """A line that a terminal shows in two or three at most."""
    return said if everything or len(said) <= _LONGEST_LINE else f"{said[:_LONGEST_LINE]}…"


def changes_json(changes: Changes) -> dict[str, Any]:
    """Counts by table and every change, for programs."""
    from pos_map.changes_text import lines

    return {
        "counts": changes.counts(),
        "changes": [
            {
                "kind": change.kind,
                "table": change.table,
                "identity": [part if isinstance(part, str) else str(part) for part in change.identity],
                "fr": change.fr,
                "en": change.en,
            }
            for change in lines(changes)
        ],
    }


def counts_line(counts: Mapping[str, Mapping[str, int]]) -> str:
    """Counts of all tables on one line: "+ 12, − 3, ~ 40" ("+12…" in English); an import that changes none changes
    warnings."""
    from pos_map.changes_text import SIGNS

    totals = {kind: sum(table.get(kind, 0) for table in counts.values()) for kind in SIGNS}
    return ", ".join(f"{SIGNS[kind]}{_gap()}{total}" for kind, total in totals.items() if total) or say(
        "avertissements seuls", "warnings only"
    )
