"""Factors for the terminal and for programs: rows, a row with its alternatives, changes, what is in force."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from factors import Catalogue, Change, Choice, Factor
from factors.model import written
from footprint import formats as f
from footprint.cli.tables import MISSING, table_of
from footprint.texts import count, say

WIDE = 130  # columns that hold every column of a table of rows
CHANGES = {
    "added": ("ajoutée", "added"),
    "removed": ("retirée", "removed"),
    "changed": ("modifiée", "changed"),
    "advised": ("retenue", "advised"),
}
APPLIED = {
    "choice": ("choix", "choice"),
    "without_unclear": ("sans les lignes à éclaircir", "without unclear rows"),
    "overlay": ("lignes de l’organisme", "body's own rows"),
}


def value(factor: Factor) -> str:
    """The value with its bounds: "69,8 [65,1 – 353]"; an unknown bound is a dash."""
    if factor.low is None and factor.high is None:
        return f.exact(factor.value)
    low, high = (MISSING if bound is None else f.exact(bound, 3) for bound in (factor.low, factor.high))
    return f"{f.exact(factor.value)} [{low} – {high}]"


def reuse(factor: Factor) -> str:
    """Whether the row may be reused."""
    return say("libre", "open") if factor.reuse == "open" else say("à éclaircir", "unclear")


def rows_table(title: str, rows: Sequence[Factor]) -> Table:
    """Rows of the catalogue; ★ marks the advised one of its key. A narrow terminal does without some columns."""
    console = Console()
    spare = (say("Réutilisation", "Reuse"), say("Année", "Year"), "Source", say("Libellé", "Label"))
    table = table_of(
        title,
        ("★", False),
        (say("Identifiant", "Id"), False),
        (say("Libellé", "Label"), False),
        (say("Valeur (bornes)", "Value (bounds)"), True),
        (say("Unité", "Unit"), False),
        (say("Année", "Year"), False),
        ("Source", False),
        (say("Réutilisation", "Reuse"), False),
        spare=spare if console.is_terminal and console.width < WIDE else (),
    )
    table.columns[1].no_wrap = True  # an id is copied whole
    for row in rows:
        table.add_row(
            "★" if row.default else "",
            Text(row.id),
            Text(say(row.label_fr, row.label_en)),
            value(row),
            row.unit,
            Text(row.year),
            Text(row.source),
            reuse(row),
        )
    return table


def row_table(row: Factor) -> Table:
    """Everything one row says."""
    table = table_of(say(row.label_fr, row.label_en), ("", False), ("", False))
    sigma = MISSING if row.sigma is None else f.exact(row.sigma, 3)
    for fr, en, text in (
        ("Identifiant", "Id", row.id),
        ("Clé", "Key", written(row.key)),
        ("Valeur (bornes à 90 %)", "Value (90 % bounds)", f"{value(row)} {row.unit}"),
        ("Écart-type de ln X (M7)", "Standard deviation of ln X (M7)", sigma),
        ("Retenue", "Advised", say("oui", "yes") if row.default else say("non", "no")),
        ("Année", "Year", row.year),
        ("Source", "Source", row.source),
        ("Référence", "Reference", row.reference),
        ("Licence", "Licence", row.licence),
        ("Réutilisation", "Reuse", reuse(row)),
        ("Remarque", "Note", say(row.note_fr, row.note_en) or MISSING),
    ):
        table.add_row(say(fr, en), Text(text))
    return table


def why(choice: Choice | None, rows: Sequence[Factor], shipped: Sequence[Factor]) -> str:
    """Why the shipped set advises what it does, and whether something else is in force."""
    if choice is None:
        return say("Aucun désaccord relevé entre sources.", "No disagreement between sources on record.")
    seen = say(
        f"Valeurs vues : {f.exact(choice.low)} à {f.exact(choice.high)} {choice.unit}.",
        f"Values seen: {f.exact(choice.low)} to {f.exact(choice.high)} {choice.unit}.",
    )
    text = say(f"Pourquoi ce choix : {choice.why_fr} {seen}", f"Why this choice: {choice.why_en} {seen}")
    if {row.id for row in rows} == {row.id for row in shipped}:
        return text
    ids = ", ".join(row.id for row in shipped)
    return text + "\n" + say(
        f"C’est le choix du jeu livré ({ids}) ; un autre est en vigueur ici.",
        f"This is the choice of the shipped set ({ids}); another one is in force here.",
    )  # fmt: skip


def changes_table(title: str, changes: Sequence[Change]) -> Table:
    """What changes from a catalogue to another."""
    table = table_of(
        title,
        (say("Ligne", "Row"), False),
        (say("Clé", "Key"), False),
        (say("Avant", "Before"), False),
        (say("Après", "After"), False),
        (say("Écart", "Change"), True),
    )
    for change in changes:
        table.add_row(
            say(*CHANGES[change.kind]),
            Text(written(change.key)),
            _side(change.before),
            _side(change.after),
            _relative(change),
        )
    return table


def _side(rows: Sequence[Factor]) -> Text:
    if not rows:
        return Text(say("aucune", "none"))
    total = f.exact(sum(row.value for row in rows))
    return Text(f"{total} {rows[0].unit} ({', '.join(row.id for row in rows)})")


def _relative(change: Change) -> str:
    if change.relative is None:
        return MISSING
    sign = "+" if change.relative > 0 else "−" if change.relative < 0 else ""
    return sign + f.percent(abs(change.relative))


def told(changes: Sequence[Change], title: str) -> Table | str:
    """The table of changes, or the sentence that nothing changes."""
    return changes_table(title, changes) if changes else say("Aucune différence.", "No difference.")


def in_force(catalogue: Catalogue, shipped: Catalogue) -> str:
    """The version in force and what it was derived by."""
    rows = count(len(catalogue.factors), ("ligne", "lignes"), ("row", "rows"))
    advised = count(
        sum(row.default for row in catalogue.factors), ("retenue", "retenues"), ("advised", "advised")
    )
    lines = [
        say(
            f"Facteurs en vigueur : {catalogue.version} ({rows}, {advised} ; jeu livré {shipped.version}).",
            f"Factors in force: {catalogue.version} ({rows}, {advised}; shipped set {shipped.version}).",
        )
    ]
    lines += [f"  {say(*APPLIED[step.kind])} {step.detail}".rstrip() for step in catalogue.applied]
    return "\n".join(lines)


def row_json(row: Factor) -> dict[str, Any]:
    """A row for programs; `advised` says whether it is the one of its key."""
    found = asdict(row)
    found["advised"] = found.pop("default")
    return found


def change_json(change: Change) -> dict[str, Any]:
    """A change for programs."""
    return {
        "kind": change.kind,
        "key": dict(zip(("item", "indicator", "stage", "zone"), change.key, strict=True)),
        "before": [row_json(row) for row in change.before],
        "after": [row_json(row) for row in change.after],
        "relative": change.relative,
    }


def force_json(catalogue: Catalogue) -> dict[str, Any]:
    """What is in force, for programs."""
    return {
        "version": catalogue.version,
        "base_version": catalogue.base_version,
        "applied": [step._asdict() for step in catalogue.applied],
        "rows": len(catalogue.factors),
        "advised": sum(row.default for row in catalogue.factors),
    }


def print_json(found: Any) -> None:
    """Print for programs."""
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True))
