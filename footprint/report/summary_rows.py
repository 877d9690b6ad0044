"""The first sheet: the total and its interval, where it comes from, and the proof that everything adds up."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from footprint.formats import amount, integer, interval, kg, percent
from footprint.report.application_rows import perimeter
from footprint.report.beges import beges, ghg_protocol
from footprint.report.material import Material
from footprint.report.tables import Block, Cell, Chart, Column, Formula, Sheet
from footprint.sheets import Amount, ModelSheet, Part
from footprint.texts import say
from footprint.views import Book
from footprint.wording import word

Rows = tuple[tuple[Cell, ...], ...]
BIGGEST = 5


def summary_sheet(material: Material) -> Sheet:
    """The balance at a glance. The first block must stay first: the names of its cells are used elsewhere."""
    m = material.summary
    by_post = material.book.parts("post")
    blocks = (
        _result(material),
        _control(material),
        _parts(say("Par nature d’équipement", "By kind of equipment"), by_post),
        _parts(say("Par étape du cycle de vie", "By life-cycle stage"), m.by_stage),
        _parts(say("Par niveau de preuve (M1)", "By evidence tier (M1)"), m.by_tier),
        _parts(say("Non affecté, par motif", "Unallocated, by reason"), m.unallocated),
        _beges(material),
        _biggest(material),
        _letters(m.letters),
        _perimeters(material),
        _reconciliation(material),
        _indicators(material),
        *([_models(material.models)] if material.models else []),
    )
    return Sheet(
        name=say("Synthèse", "Summary"),
        title=say("Bilan carbone allégé du système d’information", "Light carbon balance of the information system"),
        intro=(
            f"{m.organisation}, {m.year}",
            say(
                f"Total : {kg(m.total)}, intervalle à 90 % : {interval(m.total)}. "
                f"{integer(m.assets_assessed)} lignes d’équipement évaluées en entier sur {integer(m.assets)} en service.",
                f"Total: {kg(m.total)}, 90 % interval: {interval(m.total)}. "
                f"{integer(m.assets_assessed)} equipment lines fully assessed out of {integer(m.assets)} in service.",
            ),
        ),
        blocks=blocks,
        widths=(50, 17, 17, 17, 15, 15, 15),
        charts=_charts(by_post, m.by_stage),
    )  # fmt: skip


def _result(material: Material) -> Block:
    """The total and its three parts; its cells are named for the other sheets' checks."""
    total = material.summary.total.value
    kinds = (
        ("application", say("dont applications", "of which applications")),
        ("non_affecte", say("dont non affecté", "of which unallocated")),
        ("poste", say("dont postes hors applications (terminaux, impression…)", "of which posts outside applications (terminals, printing…)")),
    )  # fmt: skip
    parts = [(name, material.book.amount("kind", kind)) for kind, name in kinds]
    rows = [
        (say("Total du système d’information", "Total of the information system"), material.summary.total),
        *parts,
    ]
    head = tuple(
        (name, *_spread(value), "kgCO2e", value.value / total if value and total else None)
        for name, value in rows
    )
    nobody = say("non calculé : effectif non renseigné", "not computed: headcount not given")
    agent = (
        say("Par agent et par an", "Per agent and year"),
        nobody,
        nobody,
        nobody,
        "kgCO2e",
        say("sans objet", "not applicable"),
    )
    columns = (
        Column(say("Grandeur", "Quantity")),
        *_interval_columns(),
        Column(say("Unité", "Unit")),
        Column(say("Part du total", "Share of the total"), "share"),
    )
    return Block(say("Résultat", "Result"), columns, (*head, agent))


def _interval_columns() -> tuple[Column, ...]:
    return (
        Column(say("Valeur, kgCO2e/an", "Value, kgCO2e/year"), "amount"),
        Column(say("Borne basse (5 %)", "Low bound (5 %)"), "amount"),
        Column(say("Borne haute (95 %)", "High bound (95 %)"), "amount"),
    )


def _spread(value: Amount | None) -> tuple[Cell, Cell, Cell]:
    return (value.value, value.low, value.high) if value else (None, None, None)


def _control(material: Material) -> Block:
    """Formulas that recompute the total from the other sheets."""
    m = material.summary
    lines = math.fsum(row["amount"] for row in material.lines)
    gap = lines - m.total.value
    applications = math.fsum(row["amount"] for _key, row in material.book.rows.get("application", {}).items())
    return Block(
        say("Contrôle par formules", "Check by formulas"),
        (Column(say("Contrôle", "Check")), Column(say("Résultat", "Result"), "gap")),
        (
            (say("Somme de la feuille Lignes, kgCO2e", "Sum of the Lines sheet, kgCO2e"), Formula("=SUM(fp_lines)", lines)),
            (say("Écart au total, kgCO2e", "Difference from the total, kgCO2e"), Formula("=SUM(fp_lines)-fp_total", gap)),
            (
                say("Écart relatif (admis : 1E-9)", "Relative difference (allowed: 1E-9)"),
                Formula("=IF(fp_total=0,0,ABS(SUM(fp_lines)-fp_total)/fp_total)", abs(gap) / m.total.value if m.total.value else 0.0),
            ),
            (
                say("Somme de la feuille Applications, kgCO2e", "Sum of the Applications sheet, kgCO2e"),
                Formula("=SUM(fp_applications)", applications),
            ),
            (
                say("Écart au total des applications, kgCO2e", "Difference from the total of applications, kgCO2e"),
                Formula("=SUM(fp_applications)-fp_applications_total", applications - m.applications_total.value),
            ),
        ),
    )  # fmt: skip


def _parts(title: str, parts: Iterable[Part]) -> Block:
    columns = (
        Column(say("Part", "Part")),
        *_interval_columns(),
        Column(say("Part du total du tableau", "Share of the table"), "share"),
    )
    return Block(title, columns, tuple((part.label, *_spread(part.amount), part.share) for part in parts))


def _beges(material: Material) -> Block:
    total = material.summary.total.value
    posts: dict[str, list[float]] = defaultdict(list)
    ghg: dict[str, str] = {}
    for row in material.lines:
        posts[beges(row["stage"])].append(row["amount"])
        ghg[beges(row["stage"])] = ghg_protocol(row["stage"])
    columns = (
        Column(say("Poste du BEGES (v5)", "BEGES post (v5)")),
        Column(say("Valeur, kgCO2e/an", "Value, kgCO2e/year"), "amount"),
        Column(say("Part du total", "Share of the total"), "share"),
        Column("GHG Protocol"),
    )
    rows = tuple(
        (post, math.fsum(v), math.fsum(v) / total if total else None, ghg[post])
        for post, v in sorted(posts.items())
    )
    return Block(
        say("Par poste du BEGES (correspondance indicative)", "By BEGES post (indicative)"), columns, rows
    )


def _biggest(material: Material) -> Block:
    total = material.summary.total.value
    items: dict[str, list[float]] = defaultdict(list)
    for row in material.lines:
        items[row["item"]].append(row["amount"])
    ranked = sorted(((math.fsum(v), code) for code, v in items.items()), reverse=True)[:BIGGEST]
    columns = (
        Column(say("Type d’équipement", "Type of equipment")),
        Column(say("Valeur, kgCO2e/an", "Value, kgCO2e/year"), "amount"),
        Column(say("Part du total", "Share of the total"), "share"),
    )
    rows = tuple((material.item(code), value, value / total if total else None) for value, code in ranked)
    return Block(say("Cinq premiers types d’équipement", "Five biggest types of equipment"), columns, rows)


def _letters(letters: dict[str, int]) -> Block:
    named = sorted(letters.items(), key=lambda pair: pair[0] or "~")
    rows = tuple((letter or say("sans lettre", "no letter"), count) for letter, count in named)
    columns = (Column(say("Lettre", "Letter")), Column(say("Applications", "Applications"), "count"))
    return Block(
        say(
            "Applications par lettre (M8, échelle provisoire)",
            "Applications by letter (M8, provisional scale)",
        ),
        columns,
        rows,
    )


def _perimeters(material: Material) -> Block:
    found: dict[str, list[float | None]] = defaultdict(list)
    for tile in material.tiles:
        found[material.applications[tile.code].perimeter].append(tile.total.value if tile.total else None)
    columns = (
        Column(say("Périmètre", "Perimeter")),
        Column(say("Valeur, kgCO2e/an", "Value, kgCO2e/year"), "amount"),
        Column(say("Applications", "Applications"), "count"),
        Column(say("dont non évaluées", "of which not assessed"), "count"),
    )
    rows = tuple(
        (perimeter(code), _known_sum(values), len(values), values.count(None))
        for code, values in sorted(found.items())
    )
    return Block(
        say("Applications par périmètre du RCP SI", "Applications by perimeter of the RCP SI"), columns, rows
    )


def _known_sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) if known else None


def _reconciliation(material: Material) -> Block:
    columns = (
        Column(say("Étape du cycle de vie", "Life-cycle stage")),
        Column(say("Applications, kgCO2e", "Applications, kgCO2e"), "amount"),
        Column(say("Non affecté, kgCO2e", "Unallocated, kgCO2e"), "amount"),
        Column(say("Postes, kgCO2e", "Posts, kgCO2e"), "amount"),
        Column(say("Équipements, kgCO2e", "Equipment, kgCO2e"), "amount"),
        Column(say("Écart relatif", "Relative difference"), "gap"),
    )
    rows = tuple(
        (word(r.stage), r.applications, r.unallocated, r.posts, r.assets, r.relative_difference)
        for r in material.summary.reconciliation
        if r.indicator == "gwp"
    )
    return Block(
        say("Conservation : parts et équipements (M4)", "Conservation: parts and equipment (M4)"),
        columns,
        rows,
    )


def _indicators(material: Material) -> Block:
    """The other indicators, with how much of the inventory they cover: partial, hence no share."""
    names = (
        (
            "adpe",
            say("ressources minérales et métalliques (ADPe)", "mineral and metal resources (ADPe)"),
            "kgSbeq",
        ),
        ("pe", say("énergie primaire", "primary energy"), "MJ"),
        ("water", say("eau, pondérée par la rareté", "water, weighted by scarcity"), "L"),
    )
    priced: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    for row in material.book.kept.asset_impacts.select(["indicator", "asset", "stage"]).to_pylist():
        priced[row["indicator"]].add((row["asset"], row["stage"] == "use"))
    columns = (
        Column(say("Indicateur", "Indicator")),
        Column(say("Valeur par an", "Value a year"), "amount"),
        Column(say("Borne basse (5 %)", "Low bound (5 %)"), "amount"),
        Column(say("Borne haute (95 %)", "High bound (95 %)"), "amount"),
        Column(say("Unité", "Unit")),
        Column(say("Couverture de l’usage", "Coverage of use"), "share"),
        Column(say("Couverture du reste", "Coverage of the rest"), "share"),
    )
    rows = tuple(
        (name, *_spread(Book(material.book.kept, code).amount("total")), unit,
         *(_coverage(priced[code], priced["gwp"], use) for use in (True, False)))
        for code, name, unit in names
    )  # fmt: skip
    title = say(
        "Autres indicateurs (partiels : équipements qui ont un facteur)",
        "Other indicators (partial: equipment that has a factor)",
    )
    return Block(title, columns, rows)


def _coverage(found: set[tuple[str, bool]], climate: set[tuple[str, bool]], use: bool) -> float | None:
    """Share of the equipment with a climate amount that also has this indicator, for use or for the rest."""
    whole = [pair for pair in climate if pair[1] == use]
    return sum(pair in found for pair in whole) / len(whole) if whole else None


def _models(models: tuple[ModelSheet, ...]) -> Block:
    none = say("non mesuré", "not measured")
    columns = (
        Column(say("Modèle d’IA", "AI model")),
        Column(say("Entraînement, kWh", "Training, kWh"), "number"),
        Column(say("Entraînement, kgCO2e", "Training, kgCO2e"), "amount"),
        Column(say("Lettre d’entraînement", "Training letter")),
        Column(say("Wh pour 1 000 requêtes", "Wh per 1,000 requests")),
        Column(say("gCO2e pour 1 000 requêtes", "gCO2e per 1,000 requests")),
        Column(say("Lettre d’inférence", "Inference letter")),
    )
    rows = tuple(
        (
            model.model,
            none if model.training_kwh is None else model.training_kwh,
            none if model.training is None else model.training.value,
            model.training_score.letter or say("sans lettre", "no letter"),
            none if model.wh_per_1000 is None else amount(model.wh_per_1000),
            none if model.gwp_per_1000 is None else amount(model.gwp_per_1000),
            model.inference_score.letter or say("sans lettre", "no letter"),
        )
        for model in models
    )
    return Block(say("Modèles d’IA (déjà dans le total)", "AI models (already in the total)"), columns, rows)


def _charts(by_post: tuple[Part, ...], by_stage: tuple[Part, ...]) -> tuple[Chart, ...]:
    """Two bar charts beside the tables they draw; the words of a chart are those of its table."""
    names = (
        (say("Émissions par nature d’équipement, kgCO2e/an", "Emissions by kind of equipment, kgCO2e/year"), 2, by_post),
        (say("Émissions par étape du cycle de vie, kgCO2e/an", "Emissions by life-cycle stage, kgCO2e/year"), 3, by_stage),
    )  # fmt: skip
    return tuple(
        Chart(
            title,
            block,
            0,
            1,
            f"{title}. " + " ; ".join(f"{p.label} {kg(p.amount)} ({percent(p.share)})" for p in parts) + ".",
        )
        for title, block, parts in names
        if parts
    )
