"""The sheet of lines: everything that sums to the total, with its rule, its factor and its interval."""

from __future__ import annotations

import math

from footprint.report.beges import beges, ghg_protocol
from footprint.report.material import Material, Row
from footprint.report.tables import Block, Cell, Column, Formula, Sheet
from footprint.texts import say
from footprint.wording import environment, machine, word

Z95 = 1.6448536269514722
SIGMAS = ("factor_sigma", "activity_sigma", "pue_sigma")
KINDS = {
    "application": ("application", "application"),
    "non_affecte": ("non affecté", "unallocated"),
    "poste": ("poste", "post"),
}
AMOUNT = 7  # column of the amounts


def lines_sheet(material: Material) -> Sheet:
    """Every application, machine and stage, then what is unallocated and the posts."""
    total = material.total.value
    amounts = math.fsum(row["amount"] for row in material.lines)
    rows = tuple(_cells(material, row) for row in material.lines)
    return Sheet(
        name=say("Lignes", "Lines"),
        title=say("Lignes du bilan carbone allégé", "Lines of the light carbon balance"),
        intro=(
            say(
                "Une ligne par sujet, étape et machine. Les montants s’additionnent jusqu’au total ; les "
                "bornes à 90 % ne s’additionnent pas (M7).",
                "One line a subject, stage and machine. Amounts add up to the total; 90 % bounds don’t "
                "add up (M7).",
            ),
        ),
        checks=(
            (say("Somme des lignes, kgCO2e", "Sum of the lines, kgCO2e"), Formula("=SUM(fp_lines)", amounts)),
            (
                say(
                    "Écart au total de la synthèse, kgCO2e",
                    "Difference from the total of the summary, kgCO2e",
                ),
                Formula("=SUM(fp_lines)-fp_total", amounts - total),
            ),
            (
                say(
                    "Somme des lignes affichées par le filtre, kgCO2e",
                    "Sum of the lines the filter shows, kgCO2e",
                ),
                Formula("=SUBTOTAL(109,fp_lines)", amounts),
            ),
        ),
        blocks=(Block("", _columns(), rows, (("fp_lines", AMOUNT),)),),
        widths=(12, 24, 36, 16, 32, 26, 24, 13, 12, 12, 11, 27, 18, 7, 32, 34, 22, 27, 18),
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column(say("Nature", "Kind")),
        Column(say("Code", "Code")),
        Column(say("Libellé", "Label")),
        Column(say("Environnement ou phase", "Environment or phase")),
        Column(say("Étape du cycle de vie", "Life-cycle stage")),
        Column(say("Machine ou grappe", "Machine or cluster")),
        Column(say("Équipement", "Equipment")),
        Column(say("Montant, kgCO2e/an", "Amount, kgCO2e/year"), "amount"),
        Column(say("Borne basse (5 %)", "Low bound (5 %)"), "amount"),
        Column(say("Borne haute (95 %)", "High bound (95 %)"), "amount"),
        Column(say("Part de la machine", "Share of the machine"), "share"),
        Column(say("Clé de répartition", "Allocation key")),
        Column(say("Niveau de preuve", "Evidence tier")),
        Column(say("Règle", "Rule")),
        Column(say("Facteur d’émission", "Emission factor")),
        Column(say("Donnée d’activité", "Activity data")),
        Column("PUE"),
        Column(say("Poste BEGES", "BEGES post")),
        Column("GHG Protocol"),
    )


def _cells(material: Material, row: Row) -> tuple[Cell, ...]:
    low, high = bounds(row["amount"], tuple(row[name] for name in SIGMAS))
    none = say("sans objet", "not applicable")
    return (
        say(*KINDS[row["subject_kind"]]),
        row["subject"],
        label(material, row),
        environment(row["environment"]) if row["environment"] else none,
        word(row["stage"]),
        machine(row["pool"]),
        material.item(row["item"]),
        row["amount"],
        low,
        high,
        row["part"],
        word(row["key_kind"]) or none,
        word(row["tier"]),
        row["rule"],
        row["factor_id"],
        row["activity_id"] or none,
        row["pue_id"] or none,
        beges(row["stage"], row["post"]),
        ghg_protocol(row["stage"], row["post"]),
    )


def label(material: Material, row: Row) -> str:
    """The name of a line's subject: that of the application, or the words of a reason or post."""
    if row["subject_kind"] != "application":
        return word(row["subject"])
    known = material.applications.get(row["subject"])
    return known.name if known else str(row["subject"])


def bounds(amount: float, sigmas: tuple[float, ...]) -> tuple[float, float]:
    """P5 and P95 of a product of independent lognormals of mean `amount` (M7): a lognormal, of σ² = Σ σ²."""
    sigma = math.hypot(*sigmas)
    median = amount * math.exp(-(sigma**2) / 2)
    return median * math.exp(-Z95 * sigma), median * math.exp(Z95 * sigma)
