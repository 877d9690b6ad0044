"""The sheet of hypotheses: method, settings, what was assumed on this data, what is left out."""

from __future__ import annotations

import math
from collections import defaultdict

from footprint.formats import integer, kg, number
from footprint.report.exclusion_rows import default_intervals, exclusions, subject_columns
from footprint.report.material import Material
from footprint.report.setting_rows import rules
from footprint.report.tables import Block, Cell, Column, Sheet
from footprint.texts import say

Rows = tuple[tuple[Cell, ...], ...]


def hypotheses_sheet(material: Material) -> Sheet:
    """What a reader must know before comparing or reusing a figure (checklist of the RCP SI)."""
    settings = (*_identity(material), *rules(material))
    return Sheet(
        name=say("Hypothèses", "Hypotheses"),
        title=say("Méthode, hypothèses et exclusions", "Method, hypotheses and exclusions"),
        intro=(
            say(
                "Référence : RCP « Systèmes d’information » de l’ADEME (2024), suivi sauf mention contraire ici.",
                "Reference: ADEME's RCP “Systèmes d’information” (2024), followed unless said otherwise here.",
            ),
        ),
        blocks=(
            Block(say("Méthode et réglages", "Method and settings"), subject_columns(), settings),
            _assumptions(material),
            exclusions(material),
            default_intervals(material),
            _quantities(material),
        ),
        widths=(48, 40, 90, 14, 34),
    )


def _identity(material: Material) -> Rows:
    """What was computed, with which versions."""
    m, manifest = material.summary, material.book.kept.manifest
    return (
        (
            say("Unité fonctionnelle", "Functional unit"),
            f"{m.organisation}, {m.year}",
            say(
                "Le système d’information de l’organisme, fourni et utilisé pendant une année civile.",
                "The body's information system, provided and used for one calendar year.",
            ),
        ),
        (
            say("Méthode", "Method"),
            m.method,
            say("Règles M1 à M8, citées par chaque ligne.", "Rules M1 to M8, cited by each line."),
        ),
        (
            say("Échelle des lettres", "Scale of letters"),
            m.scale,
            say(
                "Seuils fixes, provisoires pour les applications (M8).",
                "Fixed thresholds, provisional for applications (M8).",
            ),
        ),
        (
            say("Jeu de facteurs", "Factor set"),
            m.factor_set,
            say("Détail et sources : feuille Facteurs.", "Detail and sources: Factors sheet."),
        ),
        (
            say("Évaluation", "Assessment"),
            m.assessment_id,
            say(
                f"Calculée le {m.created_at} (UTC), version {manifest['code']}. "
                "Les mêmes entrées redonnent cet identifiant.",
                f"Computed on {m.created_at} (UTC), version {manifest['code']}. "
                "The same inputs give this identifier again.",
            ),
        ),
    )


def _assumptions(material: Material) -> Block:
    rows = (*_assumed_of_equipment(material), *_assumed_of_sharing(material))
    title = say("Hypothèses prises sur ces données", "Assumptions made on this data")
    return Block(title, subject_columns(), rows)


def _assumed_of_equipment(material: Material) -> Rows:
    """What was assumed for want of data; 0 says that the case was looked for and not met."""
    served, centres = material.in_service, material.data_centres
    located = {code for code, centre in centres.items() if centre.location}
    default_pue = {row["asset"] for row in material.impacts if row["pue_id"] and ":" not in row["pue_id"]}
    return (
        (
            say("Lignes d’équipement sans date d’achat", "Equipment lines without a purchase date"),
            integer(sum(asset.purchased is None for asset in served)),
            say(
                "Réputées en service et dans leur durée de vie toute l’année : fabrication comptée (prudent).",
                "Taken as in service and within their life all year: manufacture counted (conservative).",
            ),
        ),
        (
            say("Lignes d’équipement sans pays", "Equipment lines without a country"),
            integer(sum(not asset.country and asset.data_centre not in located for asset in served)),
            say(
                "Ni pays, ni lieu du centre de données : zone électrique par défaut.",
                "Neither country nor place of the data centre: default electricity zone.",
            ),
        ),
        (
            say("Lignes sans part professionnelle", "Lines without a professional share"),
            integer(sum(asset.share is None for asset in served)),
            say("Réputées professionnelles à 100 %.", "Taken as 100 % professional."),
        ),
        (
            say("Équipements et exécutions au PUE par défaut", "Equipment and runs at the default PUE"),
            integer(len(default_pue)),
            say("Site sans PUE mesuré ni déclaré.", "Site without a measured or declared PUE."),
        ),
        (
            say("Propriété et exploitation", "Ownership and operation"),
            say("l’organisme", "the body"),
            say(
                "Équipements réputés achetés et exploités par l’organisme. Loués, ils relèvent du poste "
                "BEGES 4.4 ; hébergés par un tiers, du 4.5.",
                "Equipment taken as bought and run by the body. Rented, it belongs to BEGES post 4.4; "
                "hosted by a third party, to 4.5.",
            ),
        ),
    )


def _assumed_of_sharing(material: Material) -> Rows:
    equal = [row for row in material.lines if row["key_kind"] == "egale"]
    touched = kg(math.fsum(row["amount"] for row in equal))
    return (
        (
            say("Grappes et machines réparties à parts égales", "Clusters and machines shared equally"),
            integer(len({row["pool"] for row in equal})),
            say(
                f"Faute de taille des machines virtuelles : {touched} concernés.",
                f"For want of the sizes of virtual machines: {touched} concerned.",
            ),
        ),
        (
            say("Exécutions d’IA sans part de machine", "AI runs without a share of the machine"),
            integer(_runs_without_seat(material)),
            say(
                "Leur électricité est comptée, leur part de fabrication est inconnue.",
                "Their electricity is counted, their part of manufacture is unknown.",
            ),
        ),
        (
            say("Machines observées moins de sept jours", "Machines observed for less than seven days"),
            "M2",
            say(
                "La mesure n’est pas étendue à l’année : le niveau de preuve suivant s’applique.",
                "The measurement is not extended to the year: the next evidence tier applies.",
            ),
        ),
    )


def _runs_without_seat(material: Material) -> int:
    """Measured runs that have a use amount and no embodied one."""
    runs = [row for row in material.impacts if row["asset"].startswith("execution:")]
    built = {row["asset"] for row in runs if row["stage"] != "use"}
    return len({row["asset"] for row in runs} - built)


def _quantities(material: Material) -> Block:
    """Quantities in service and lifetimes by type, as the RCP asks for."""
    quantities: dict[str, dict[str, float]] = defaultdict(dict)
    lives: dict[str, set[tuple[float, str]]] = defaultdict(set)
    for row in material.impacts:
        if row["item"] and not row["asset"].startswith("execution:"):
            quantities[row["item"]][row["asset"]] = row["quantity"]
            if row["lifetime_y"] is not None:
                lives[row["item"]].add((row["lifetime_y"], row["activity_id"]))
    columns = (
        Column(say("Type d’équipement évalué", "Type of equipment assessed"), "wrap"),
        Column(say("Quantité en service dans l’année", "Quantity in service in the year"), "count"),
        Column(say("Justification de la durée de vie", "Justification of the lifetime"), "wrap"),
        Column(say("Durée de vie, ans", "Lifetime, years"), "number"),
        Column(say("Facteur", "Factor")),
    )
    rows = tuple(
        _quantity(material, item, math.fsum(quantities[item].values()), sorted(lives[item]))
        for item in sorted(quantities)
    )
    return Block(say("Quantités et durées de vie", "Quantities and lifetimes"), columns, rows)


def _quantity(
    material: Material, item: str, quantity: float, lives: list[tuple[float, str]]
) -> tuple[Cell, ...]:
    if not lives:
        none = say("sans objet", "not applicable")
        past = say("Aucune fabrication imputée cette année.", "No manufacture charged this year.")
        return (material.item(item), quantity, past, none, none)
    years = sorted({life for life, _factor in lives})
    shown: Cell = years[0]
    if len(years) > 1:
        shown = say(f"{number(years[0])} à {number(years[-1])}", f"{number(years[0])} to {number(years[-1])}")
    sources = dict.fromkeys(_life_source(material, *life) for life in lives)
    ids = dict.fromkeys(factor for _life, factor in lives if factor)
    return (material.item(item), quantity, " ; ".join(sources), shown, ", ".join(ids) or say("aucun", "none"))


def _life_source(material: Material, life: float, factor_id: str) -> str:
    """Where a lifetime comes from: the type's factor, the inventory, or both (second-hand, reuse; M3)."""
    factor = material.factor(factor_id) if factor_id else None
    if factor is None:
        return say("déclarée dans l’inventaire", "declared in the inventory")
    source = f"{factor.source}, {factor.year}"
    if factor.value == life:
        return source
    return say(f"{source}, allongée (reconditionné, réemploi)", f"{source}, made longer (second-hand, reuse)")
