"""The sheet of quality: coverage, evidence, gaps with what is missing, warnings of the import."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

from collectors.records import TIERS
from footprint.formats import unknown
from footprint.report.material import Material
from footprint.report.tables import Block, Cell, Column, Sheet
from footprint.texts import say
from footprint.wording import machine, scope, word

# What a tier is worth on the three levels of the RCP SI: a correspondence of this project.
RCP = {
    "meter": ("haute", "high"),
    "sensor": ("haute", "high"),
    "model": ("moyenne", "medium"),
    "declared": ("moyenne", "medium"),
    "generic": ("basse", "low"),
}
EVIDENCE = {
    "meter": ("mesuré", "measured"),
    "sensor": ("mesuré", "measured"),
    "model": ("estimé d’après une charge mesurée", "estimated from a measured load"),
    "declared": ("déclaré", "declared"),
    "generic": ("estimé par défaut", "estimated by default"),
}


def quality_sheet(material: Material) -> Sheet:
    """How far the balance can be trusted, and what to mend first."""
    return Sheet(
        name=say("Qualité", "Quality"),
        title=say("Qualité des données", "Quality of the data"),
        intro=(
            say(
                "Un équipement sans facteur n’est jamais compté zéro : il est listé ici comme non évalué.",
                "Equipment without a factor is never counted as zero: it is listed here as not assessed.",
            ),
        ),
        blocks=(
            _coverage(material),
            _evidence(material),
            _energy(material),
            _meters(material),
            _gaps(material),
            _imported(material),
        ),
        widths=(46, 30, 26, 20, 16, 16),
    )


def _coverage(material: Material) -> Block:
    m, served, centres = material.summary, material.in_service, material.data_centres
    applications = sum(m.letters.values())
    rows = (
        (
            say("Lignes d’équipement évaluées en entier", "Equipment lines fully assessed"),
            m.assets_assessed,
            m.assets,
        ),
        (
            say("Lignes d’équipement avec date d’achat", "Equipment lines with a purchase date"),
            sum(asset.purchased is not None for asset in served),
            len(served),
        ),
        (
            say("Centres de données avec un PUE", "Data centres with a PUE"),
            sum(centre.pue is not None for centre in centres.values()),
            len(centres),
        ),
        (
            say("Applications avec un total", "Applications with a total"),
            sum(tile.total is not None for tile in material.tiles),
            applications,
        ),
        (
            say("Applications avec une lettre", "Applications with a letter"),
            sum(count for letter, count in m.letters.items() if letter),
            applications,
        ),
    )
    columns = (
        Column(say("Couverture", "Coverage")),
        Column(say("Nombre", "Count"), "count"),
        Column(say("Sur", "Out of"), "count"),
        Column(say("Part", "Share"), "share"),
    )
    filled = tuple((*row, row[1] / row[2] if row[2] else None) for row in rows)
    return Block(say("Couverture", "Coverage"), columns, filled)


def _evidence(material: Material) -> Block:
    """Share of the total and of the lines by tier, with the level of the RCP SI it stands for."""
    counts = Counter(row["tier"] for row in material.lines)
    amounts = {part.key: part.amount.value for part in material.summary.by_tier}
    columns = (
        Column(say("Niveau de preuve (M1)", "Evidence tier (M1)")),
        Column(say("Mesuré ou estimé", "Measured or estimated"), "wrap"),
        Column(say("Qualité RCP SI (notre correspondance)", "RCP SI quality (our correspondence)"), "wrap"),
        Column(say("Montant, kgCO2e/an", "Amount, kgCO2e/year"), "amount"),
        Column(say("Part du total", "Share of the total"), "share"),
        Column(say("Part des lignes", "Share of the lines"), "share"),
    )
    rows = tuple(
        (
            word(tier),
            say(*EVIDENCE[tier]),
            say(*RCP[tier]),
            amounts.get(tier, 0.0),
            amounts.get(tier, 0.0) / material.total.value,
            counts[tier] / len(material.lines),
        )
        for tier in TIERS
    )
    title = say(
        "Total par niveau de preuve (fabrication : déclarée, par composants, ou générique)",
        "Total by evidence tier (manufacture: declared, by components, or generic)",
    )
    return Block(title, columns, rows)


def _energy(material: Material) -> Block:
    """Electricity by tier: where measuring could replace a default."""
    kwh: dict[str, list[float]] = defaultdict(list)
    for row in material.impacts:
        if row["stage"] == "use":
            kwh[row["tier"]].append(row["energy_kwh"])
    whole = math.fsum(value for values in kwh.values() for value in values)
    rows = tuple(
        (
            word(tier),
            say(*EVIDENCE[tier]),
            math.fsum(kwh[tier]),
            math.fsum(kwh[tier]) / whole if whole else None,
        )
        for tier in TIERS
    )
    columns = (
        Column(say("Niveau de preuve de l’électricité", "Evidence tier of electricity")),
        Column(say("Mesuré ou estimé", "Measured or estimated")),
        Column(say("Électricité avant PUE, kWh/an", "Electricity before PUE, kWh/year"), "amount"),
        Column(say("Part", "Share"), "share"),
    )
    return Block(say("Électricité par niveau de preuve", "Electricity by evidence tier"), columns, rows)


def _meters(material: Material) -> Block:
    """Meters against the sum of what stands in each data centre (M1): compared, never mended."""
    columns = (
        Column(say("Centre de données", "Data centre")),
        Column(say("Périmètre", "Scope"), "wrap"),
        Column(say("Jours relevés", "Days read"), "count"),
        Column(say("Compteur, kWh", "Metered, kWh"), "amount"),
        Column(say("Calculé, kWh", "Computed, kWh"), "amount"),
        Column(say("Écart (calculé − compteur)", "Gap (computed − metered)"), "signed"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (m.data_centre, scope(m.scope), round(m.days), m.metered_kwh, m.computed_kwh, m.gap)
        for m in material.summary.meters
    )
    none = say("aucun relevé", "no reading")
    return Block(
        say(
            "Compteurs contre calcul, sur les jours relevés (M1)",
            "Meters against computed, over the days read (M1)",
        ),
        columns,
        rows or ((none,) * len(columns),),
    )


def _gaps(material: Material) -> Block:
    columns = (
        Column(say("Équipement non évalué", "Equipment not assessed")),
        Column(say("Étape", "Stage")),
        Column(say("Clé manquante", "Missing key")),
        Column(say("Noms proches", "Close names"), "wrap"),
    )
    none = say("aucun", "none")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (machine(gap.asset), word(gap.stage), gap.missing, ", ".join(gap.near) or none)
        for gap in material.summary.gaps
    )
    return Block(
        say("Manques, jamais comptés zéro", "Gaps, never counted as zero"), columns, rows or ((none,) * 4,)
    )


def _imported(material: Material) -> Block:
    trace = material.last_import
    columns = (
        Column(say("Import de l’inventaire", "Import of the inventory")),
        Column(say("Valeur", "Value"), "wrap"),
    )
    rows: tuple[tuple[Cell, ...], ...] = (
        (say("Date (UTC)", "Date (UTC)"), trace.at if trace else None),
        (say("Fichiers", "Files"), (", ".join(trace.files) or unknown()) if trace else None),
        (say("Avertissements à l’import", "Warnings at import"), trace.warnings if trace else None),
    )
    return Block(say("Dernier import", "Last import"), columns, rows)
