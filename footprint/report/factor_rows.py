"""The sheet of factors: each one the balance used, with its source, its terms of reuse and where it served."""

from __future__ import annotations

from collections import Counter

from footprint.report.material import Material
from footprint.report.tables import Block, Cell, Column, Sheet
from footprint.texts import say

ROLES = ("factor_id", "activity_id", "pue_id")
REUSE = {"open": ("libre", "open"), "unclear": ("à éclaircir", "unclear")}


def factors_sheet(material: Material) -> Sheet:
    """One row a factor, in the order of the catalogue."""
    counts = uses(material)
    order = {factor.id: rank for rank, factor in enumerate(material.catalogue.factors)}
    ids = sorted(counts, key=lambda name: (order.get(name, len(order)), name))
    return Sheet(
        name=say("Facteurs", "Factors"),
        title=say("Facteurs utilisés et leurs sources", "Factors used and their sources"),
        intro=(
            say(
                f"Jeu de facteurs {material.summary.factor_set}. "
                "Une borne inconnue prend l’intervalle par défaut de son niveau de preuve (M7).",
                f"Factor set {material.summary.factor_set}. "
                "An unknown bound takes the default interval of its evidence tier (M7).",
            ),
        ),
        blocks=(Block("", _columns(), tuple(_cells(material, name, counts[name]) for name in ids)),),
        widths=(36, 40, 12, 12, 12, 14, 18, 34, 44, 34, 14, 9, 60),
    )


def uses(material: Material) -> Counter[str]:
    """How many lines each factor of the catalogue serves, whatever its part in the formula."""
    served: Counter[str] = Counter()
    for row in material.lines:
        # Activities of the body itself ("declare:…", "mesure:…", "pue:…") are no factors.
        served.update({row[role] for role in ROLES if row[role] and ":" not in row[role]})
    return served


def _columns() -> tuple[Column, ...]:
    return (
        Column(say("Identifiant", "Identifier")),
        Column(say("Libellé", "Label"), "wrap"),
        Column(say("Valeur", "Value"), "number"),
        Column(say("Borne basse (5 %)", "Low bound (5 %)"), "number"),
        Column(say("Borne haute (95 %)", "High bound (95 %)"), "number"),
        Column(say("Unité", "Unit")),
        Column(say("Année", "Year"), "wrap"),
        Column(say("Source", "Source"), "wrap"),
        Column(say("Référence", "Reference"), "wrap"),
        Column(say("Licence", "Licence"), "wrap"),
        Column(say("Réutilisation", "Reuse")),
        Column(say("Lignes", "Lines"), "count"),
        Column(say("Remarque", "Note"), "wrap"),
    )


def _cells(material: Material, name: str, count: int) -> tuple[Cell, ...]:
    factor = material.factor(name)
    if factor is None:
        gone = say("absent du jeu de facteurs livré", "absent from the shipped factor set")
        return (name, gone, None, None, None, *[gone] * 6, count, gone)
    return (
        factor.id,
        say(factor.label_fr, factor.label_en),
        factor.value,
        factor.low,
        factor.high,
        factor.unit,
        factor.year,
        factor.source,
        factor.reference,
        factor.licence,
        say(*REUSE.get(factor.reuse, (factor.reuse, factor.reuse))),
        count,
        say(factor.note_fr, factor.note_en) or say("aucune", "none"),
    )
