"""The sheet of applications: letters, total, per act, per user, size, owner."""

from __future__ import annotations

import math

from footprint.formats import unknown
from footprint.report.material import Material
from footprint.report.tables import Block, Cell, Column, Formula, Sheet
from footprint.scores import scaled
from footprint.sheets import Amount, Tile
from footprint.store import tables as t
from footprint.texts import say

TOTAL = 7  # column of the totals


def applications_sheet(material: Material) -> Sheet:
    """One row an application of the map, scored or not, then those the map no longer holds."""
    known = material.summary.applications_total
    assessed = known.value if known else 0.0
    rows = tuple(_cells(material, tile) for tile in material.tiles) + _unmapped(material)
    amounts = math.fsum(cell for row in rows if isinstance(cell := row[TOTAL], float))
    return Sheet(
        name=say("Applications", "Applications"),
        title=say(
            "Applications : lettre, total, par acte et par utilisateur",
            "Applications: letter, total, per act and per user",
        ),
        intro=(
            say(
                f"Échelle {material.summary.scale}, provisoire tant qu’elle n’est pas calée sur trente applications "
                "réelles (M8). "
                "La lettre est la pire des critères calculables ; la décision se prend sur le P90.",
                f"Scale {material.summary.scale}, provisional until calibrated on thirty real applications "
                "(M8). "
                "The letter is the worst of the criteria that can be computed; decisions use the P90.",
            ),
        ),
        checks=(
            (
                say("Somme des applications, kgCO2e", "Sum of the applications, kgCO2e"),
                Formula("=SUM(fp_applications)", amounts),
            ),
            (
                say("Écart à la synthèse, kgCO2e", "Difference from the summary, kgCO2e"),
                Formula("=SUM(fp_applications)-N(fp_applications_total)", amounts - assessed),
            ),
        ),
        blocks=(Block("", _columns(), rows, (("fp_applications", TOTAL),)),),
        widths=(22, 32, 44, 9, 11, 12, 34, 12, 12, 12, 12, 26, 13, 12, 12, 13, 10, 24, 14, 20),
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column(say("Code", "Code")),
        Column(say("Application", "Application")),
        Column(say("Place sur le POS", "Place on the map")),
        Column(say("Lettre", "Letter")),
        Column(say("Lettre de décision (P90)", "Decision letter (P90)")),
        Column(say("Probabilité de la lettre", "Probability of the letter"), "share"),
        Column(say("Pourquoi pas de lettre", "Why no letter"), "wrap"),
        Column(say("Total, kgCO2e/an", "Total, kgCO2e/year"), "amount"),
        Column(say("Borne basse (5 %)", "Low bound (5 %)"), "amount"),
        Column(say("Borne haute (95 %)", "High bound (95 %)"), "amount"),
        Column("P90", "amount"),
        Column(say("Acte fonctionnel", "Functional act")),
        Column(say("Actes par an", "Acts a year"), "count"),
        Column(say("gCO2e par acte", "gCO2e per act"), "amount"),
        Column(say("Utilisateurs actifs", "Active users"), "count"),
        Column(say("kgCO2e par utilisateur et par an", "kgCO2e per user and year"), "amount"),
        Column(say("Classe de taille (1 à 5)", "Size class (1 to 5)"), "count"),
        Column(say("Propriétaire", "Owner")),
        Column(say("Hébergement", "Hosting")),
        Column(say("Périmètre", "Perimeter")),
    )


def _cells(material: Material, tile: Tile) -> tuple[Cell, ...]:
    application, total, score = material.applications[tile.code], tile.total, tile.score
    none = say("sans lettre", "no letter")
    chances = [
        c.probability
        for c in score.criteria
        if c.letter and c.letter == score.letter and c.probability is not None
    ]
    per_act = (
        scaled(total, 1000.0 / application.act_volume, "gCO2e") if total and application.act_volume else None
    )
    per_user = scaled(total, 1.0 / application.users, "kgCO2e") if total and application.users else None
    why = say(score.why_fr, score.why_en) if score.letter is None else ""
    return (
        tile.code,
        tile.name,
        place(material.nodes, application.node),
        score.letter or none,
        score.decision_letter or none,
        min(chances) if chances else say("sans objet", "not applicable"),
        why or say("sans objet", "not applicable"),
        *_spread(total),
        application.act_label or unknown(),
        application.act_volume,
        per_act.value if per_act else None,
        application.users,
        per_user.value if per_user else None,
        score.size_class,
        application.owner or unknown(),
        application.hosting or unknown(),
        perimeter(application.perimeter),
    )


def _unmapped(material: Material) -> tuple[tuple[Cell, ...], ...]:
    """Applications that have lines but left the map since: without them the column would not sum."""
    gone = sorted(set(material.book.rows.get("application", {})) - set(material.applications))
    why = say("Application absente du POS importé depuis.", "Application absent from the map imported since.")
    blank: tuple[Cell, ...] = (None,) * 5
    return tuple(
        (
            code,
            code,
            unknown(),
            say("sans lettre", "no letter"),
            say("sans lettre", "no letter"),
            None,
            why,
            *_spread(material.book.amount("application", code)),
            unknown(),
            *blank,
            unknown(),
            unknown(),
            unknown(),
        )
        for code in gone
    )


def _spread(total: Amount | None) -> tuple[Cell, ...]:
    return (total.value, total.low, total.high, total.p90) if total else (None, None, None, None)


def place(nodes: dict[str, t.Node], code: str) -> str:
    """The labels from the top of the map down to a node."""
    labels: list[str] = []
    seen: set[str] = set()
    while code in nodes and code not in seen:
        seen.add(code)
        labels.append(nodes[code].label)
        code = nodes[code].parent or ""
    return " › ".join(reversed(labels)) or unknown()


def perimeter(code: str) -> str:
    """The words of a perimeter: the body's own system, or a service to the insured (RCP SI)."""
    words = {
        "interne": ("SI interne", "internal system"),
        "usagers": ("services aux usagers", "services to users"),
    }
    return say(*words[code]) if code in words else code or unknown()
