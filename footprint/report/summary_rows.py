"""The first sheet: the total and its interval, where it comes from, and the proof that everything adds up."""

from __future__ import annotations

import math
from collections.abc import Iterable

from footprint.formats import integer, interval, kg, percent
from footprint.report import breakdown_rows as by
from footprint.report.breakdown_rows import interval_columns, spread
from footprint.report.material import Material
from footprint.report.tables import Block, Cell, Chart, Column, Formula, Sheet
from footprint.sheets import Amount, Part
from footprint.texts import say

BY_POST, BY_STAGE = 2, 3  # places of the blocks the charts draw


def summary_sheet(material: Material) -> Sheet:
    """The balance at a glance. The first block must stay first: its totals are named for the checks."""
    m = material.summary
    by_post = material.book.parts("post")
    blocks = (
        _result(material),
        _control(material),
        _parts(say("Par nature d’équipement", "By kind of equipment"), by_post),
        _parts(say("Par étape du cycle de vie", "By life-cycle stage"), m.by_stage),
        _parts(say("Par niveau de preuve (M1)", "By evidence tier (M1)"), m.by_tier),
        _parts(say("Non affecté, par motif", "Unallocated, by reason"), m.unallocated),
        by.beges_posts(material),
        by.biggest_items(material),
        by.letters(m.letters),
        by.perimeters(material),
        by.reconciliation(material),
        by.indicators(material),
        by.market(material),
        *([by.ai_models(material.models)] if material.models else []),
    )
    return Sheet(
        name=say("Synthèse", "Summary"),
        title=say(
            "Bilan carbone allégé du système d’information", "Light carbon balance of the information system"
        ),
        intro=(f"{m.organisation}, {m.year}", _sentence(material)),
        blocks=blocks,
        widths=(50, 20, 20, 20, 20, 20, 20),
        charts=_charts(by_post, m.by_stage),
    )


def _sentence(material: Material) -> str:
    m, total = material.summary, material.total
    done, whole = integer(m.assets_assessed), integer(m.assets)
    return say(
        f"Total : {kg(total)}, intervalle à 90 % : {interval(total)}. "
        f"{done} lignes d’équipement évaluées en entier sur {whole} en service.",
        f"Total: {kg(total)}, 90 % interval: {interval(total)}. "
        f"{done} equipment lines fully assessed out of {whole} in service.",
    )


def _result(material: Material) -> Block:
    """The total and its three parts, then the amount an agent, which needs a headcount."""
    kinds = (
        ("application", say("dont applications", "of which applications")),
        ("non_affecte", say("dont non affecté", "of which unallocated")),
        ("poste", say("dont postes hors applications (terminaux…)", "of which posts apart (terminals…)")),
    )
    rows = (
        (say("Total du système d’information", "Total of the information system"), material.total),
        *((name, material.book.amount("kind", kind)) for kind, name in kinds),
    )
    columns = (
        Column(say("Grandeur", "Quantity")),
        *interval_columns(),
        Column(say("Unité", "Unit")),
        Column(say("Part du total", "Share of the total"), "share"),
    )
    return Block(
        say("Résultat", "Result"),
        columns,
        (*(_result_row(name, value, material.total.value) for name, value in rows), _per_agent()),
    )


def _result_row(name: str, value: Amount | None, total: float) -> tuple[Cell, ...]:
    if value is None:
        none = say("aucune ligne", "no line")
        return (name, none, none, none, "kgCO2e", none)
    return (name, *spread(value), "kgCO2e", value.value / total)


def _per_agent() -> tuple[Cell, ...]:
    unknown = say("effectif non renseigné", "headcount not given")
    return (say("Par agent et par an", "Per agent and year"), *(unknown,) * 3, "kgCO2e", unknown)


def _control(material: Material) -> Block:
    """Formulas that recompute the totals from the other sheets, and the differences."""
    total = material.total.value
    lines = math.fsum(row["amount"] for row in material.lines)
    owned = math.fsum(part.amount.value for part in material.book.parts("application"))
    assessed = material.summary.applications_total
    rows: tuple[tuple[Cell, ...], ...] = (
        (
            say("Somme de la feuille Lignes, kgCO2e", "Sum of the Lines sheet, kgCO2e"),
            Formula("=SUM(fp_lines)", lines),
        ),
        (
            say("Écart au total, kgCO2e", "Difference from the total, kgCO2e"),
            Formula("=SUM(fp_lines)-fp_total", lines - total),
        ),
        (
            say("Écart relatif (admis : 1E-9)", "Relative difference (allowed: 1E-9)"),
            Formula("=ABS(SUM(fp_lines)-fp_total)/fp_total", abs(lines - total) / total),
        ),
        (
            say("Somme de la feuille Applications, kgCO2e", "Sum of the Applications sheet, kgCO2e"),
            Formula("=SUM(fp_applications)", owned),
        ),
        (
            say("Écart au total des applications, kgCO2e", "Difference from the applications, kgCO2e"),
            Formula(
                "=SUM(fp_applications)-N(fp_applications_total)",
                owned - (assessed.value if assessed else 0.0),
            ),
        ),
    )
    columns = (Column(say("Contrôle", "Check")), Column(say("Résultat", "Result"), "gap"))
    return Block(say("Contrôle par formules", "Check by formulas"), columns, rows)


def _parts(title: str, parts: Iterable[Part]) -> Block:
    columns = (
        Column(say("Part", "Part")),
        *interval_columns(),
        Column(say("Part du tableau", "Share of the table"), "share"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (part.label, *spread(part.amount), part.share) for part in parts
    )
    none = say("aucune ligne", "no line")
    return Block(title, columns, rows or ((none,) * len(columns),))


def _charts(by_post: tuple[Part, ...], by_stage: tuple[Part, ...]) -> tuple[Chart, ...]:
    """Two bar charts beside the tables they draw; the words of a chart are those of its table."""
    names = (
        (
            say(
                "Émissions par nature d’équipement, kgCO2e/an", "Emissions by kind of equipment, kgCO2e/year"
            ),
            BY_POST,
            by_post,
        ),
        (
            say(
                "Émissions par étape du cycle de vie, kgCO2e/an", "Emissions by life-cycle stage, kgCO2e/year"
            ),
            BY_STAGE,
            by_stage,
        ),
    )
    return tuple(Chart(title, block, 0, 1, _spoken(title, parts)) for title, block, parts in names)


def _spoken(title: str, parts: tuple[Part, ...]) -> str:
    words = (f"{part.label} {kg(part.amount)} ({percent(part.share)})" for part in parts)
    return f"{title}. {' ; '.join(words)}."
