"""The tables under the summary: BEGES posts, biggest equipment, letters, perimeters, conservation, AI models."""

from __future__ import annotations

import math
from collections import defaultdict

import pyarrow.compute as pc

from footprint.assessment.vocabulary import MARKET
from footprint.formats import amount
from footprint.report.application_rows import perimeter
from footprint.report.beges import beges, ghg_protocol
from footprint.report.material import Material
from footprint.report.tables import Block, Cell, Column
from footprint.sheets import Amount, ModelSheet
from footprint.texts import say
from footprint.views import Book
from footprint.wording import word

BIGGEST = 5


def interval_columns() -> tuple[Column, Column, Column]:
    """Value and 90 % bounds, in kgCO2e a year."""
    return (
        Column(say("Valeur, kgCO2e/an", "Value, kgCO2e/year"), "amount"),
        Column(say("Borne basse (5 %)", "Low bound (5 %)"), "amount"),
        Column(say("Borne haute (95 %)", "High bound (95 %)"), "amount"),
    )


def spread(value: Amount | None) -> tuple[Cell, Cell, Cell]:
    """The cells of a value and its bounds; None when unknown."""
    return (value.value, value.low, value.high) if value else (None, None, None)


def beges_posts(material: Material) -> Block:
    """The total by BEGES post. Posts sum to the total; the GHG Protocol column is indicative (see `beges`)."""
    posts: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in material.lines:
        posts[beges(row["stage"], row["post"]), ghg_protocol(row["stage"], row["post"])].append(row["amount"])
    columns = (
        Column(say("Poste du BEGES (v5)", "BEGES post (v5)")),
        Column(say("Valeur, kgCO2e/an", "Value, kgCO2e/year"), "amount"),
        Column(say("Part du total", "Share of the total"), "share"),
        Column("GHG Protocol"),
    )
    rows = tuple(
        (post, math.fsum(values), math.fsum(values) / material.total.value, ghg)
        for (post, ghg), values in sorted(posts.items())
    )
    title = say("Par poste du BEGES (correspondance indicative)", "By BEGES post (indicative)")
    return Block(title, columns, rows)


def biggest_items(material: Material) -> Block:
    """The types of equipment that weigh most."""
    items: dict[str, list[float]] = defaultdict(list)
    for row in material.lines:
        items[row["item"]].append(row["amount"])
    ranked = sorted(((-math.fsum(values), code) for code, values in items.items()))[:BIGGEST]
    columns = (
        Column(say("Type d’équipement", "Type of equipment")),
        Column(say("Valeur, kgCO2e/an", "Value, kgCO2e/year"), "amount"),
        Column(say("Part du total", "Share of the total"), "share"),
    )
    rows = tuple((material.item(code), -value, -value / material.total.value) for value, code in ranked)
    title = say("Types d’équipement qui pèsent le plus", "Types of equipment that weigh most")
    return Block(title, columns, rows)


def letters(counts: dict[str, int]) -> Block:
    """Applications by letter, those without one last."""
    named = sorted(counts.items(), key=lambda pair: pair[0] or "~")
    rows = tuple((letter or say("sans lettre", "no letter"), count) for letter, count in named)
    columns = (Column(say("Lettre", "Letter")), Column("Applications", "count"))
    title = say(
        "Applications par lettre (M8, échelle provisoire)", "Applications by letter (M8, provisional scale)"
    )
    return Block(title, columns, rows)


def perimeters(material: Material) -> Block:
    """The body's own system and its services to the insured apart, as the RCP SI wants them."""
    found: dict[str, list[float | None]] = defaultdict(list)
    for tile in material.tiles:
        total = tile.total.value if tile.total else None
        found[material.applications[tile.code].perimeter].append(total)
    columns = (
        Column(say("Périmètre", "Perimeter")),
        Column(say("Valeur, kgCO2e/an", "Value, kgCO2e/year"), "amount"),
        Column("Applications", "count"),
        Column(say("dont non évaluées", "of which not assessed"), "count"),
    )
    rows = tuple(
        (perimeter(code), _known_sum(values), len(values), values.count(None))
        for code, values in sorted(found.items())
    )
    title = say("Applications par périmètre du RCP SI", "Applications by perimeter of the RCP SI")
    return Block(title, columns, rows)


def _known_sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) if known else None


def reconciliation(material: Material) -> Block:
    """M4 by stage: what subjects received against what the equipment emits."""
    columns = (
        Column(say("Étape du cycle de vie", "Life-cycle stage")),
        Column("Applications, kgCO2e", "amount"),
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
    title = say("Conservation : parts et équipements (M4)", "Conservation: parts and equipment (M4)")
    return Block(title, columns, rows)


def indicators(material: Material) -> Block:
    """The other indicators, with how much of the inventory they cover: partial, hence never compared."""
    names = (
        ("adpe", say("ressources minérales (ADPe)", "mineral resources (ADPe)"), "kgSbeq"),
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
        Column(say("Couverture, utilisation", "Coverage, use"), "share"),
        Column(say("Couverture, fabrication", "Coverage, manufacture"), "share"),
    )
    rows = tuple(
        (
            name,
            *spread(Book(material.book.kept, code).amount("total")),
            unit,
            *(_coverage(priced[code], priced["gwp"], use) for use in (True, False)),
        )
        for code, name, unit in names
    )
    title = say(
        "Autres indicateurs (partiels : équipements dont un facteur est connu)",
        "Other indicators (partial: equipment with a known factor)",
    )
    return Block(title, columns, rows)


def market(material: Material) -> Block:
    """Electricity under contract: the market-based figure beside what the total counts, never added (M2)."""
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    impacts = material.book.kept.asset_impacts
    columns_read = ["indicator", "stage", "asset", "data_centre", "amount"]
    used = impacts.filter(pc.equal(impacts["stage"], "use")).select(columns_read).to_pylist()
    covered = {row["asset"] for row in used if row["indicator"] == MARKET}
    for row in used:
        if row["asset"] in covered and row["indicator"] in ("gwp", MARKET):
            sums[row["data_centre"]][row["indicator"]] += row["amount"]
    columns = (
        Column(say("Centre de données", "Data centre")),
        Column(
            say("Approche géographique, dans le total, kgCO2e", "Location-based, in the total, kgCO2e"),
            "amount",
        ),
        Column(say("Approche marché, à part, kgCO2e", "Market-based, apart, kgCO2e"), "amount"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (centre, found.get("gwp"), found[MARKET]) for centre, found in sorted(sums.items())
    )
    none = say("aucun contrat déclaré", "no contract declared")
    title = say(
        "Électricité sous contrat (M2) : jamais additionnée au total",
        "Electricity under contract (M2): never added",
    )
    return Block(title, columns, rows or ((none,) * len(columns),))


def _coverage(found: set[tuple[str, bool]], climate: set[tuple[str, bool]], use: bool) -> float | None:
    """Share of the equipment with a climate amount that also has this indicator, for use or for the rest."""
    whole = [pair for pair in climate if pair[1] == use]
    return sum(pair in found for pair in whole) / len(whole) if whole else None


def ai_models(models: tuple[ModelSheet, ...]) -> Block:
    """The measured models and those of the register; their runs are already lines of the balance."""
    columns = (
        Column(say("Modèle d’IA", "AI model")),
        Column(say("Entraînement, kWh", "Training, kWh"), "amount"),
        Column(say("Entraînement, kgCO2e", "Training, kgCO2e"), "amount"),
        Column(say("Lettre, entraînement", "Letter, training")),
        Column(say("Énergie pour 1 000 requêtes", "Energy per 1,000 requests")),
        Column(say("Carbone pour 1 000 requêtes", "Carbon per 1,000 requests")),
        Column(say("Lettre, inférence", "Letter, inference")),
    )
    rows = tuple(_model_row(model) for model in models)
    title = say("Modèles d’IA mesurés (déjà dans le total)", "Measured AI models (already in the total)")
    return Block(title, columns, rows)


def _model_row(model: ModelSheet) -> tuple[Cell, ...]:
    none, no_letter = say("non mesuré", "not measured"), say("sans lettre", "no letter")
    return (
        model.model,
        none if model.training_kwh is None else model.training_kwh,
        none if model.training is None else model.training.value,
        model.training_score.letter or no_letter,
        none if model.wh_per_1000 is None else amount(model.wh_per_1000),
        none if model.gwp_per_1000 is None else amount(model.gwp_per_1000),
        model.inference_score.letter or no_letter,
    )
