"""The sheet of hypotheses: method, settings, what was assumed on this data, what is left out."""

from __future__ import annotations

import math
from collections import defaultdict

from footprint.formats import integer, kg, number
from footprint.report.exclusion_rows import default_intervals, exclusions, subject_columns
from footprint.report.material import Material
from footprint.report.tables import Block, Cell, Column, Sheet
from footprint.texts import say

Rows = tuple[tuple[Cell, ...], ...]
MODES = {"amortised": ("amorti", "amortised"), "purchase_year": ("année d’achat", "purchase year")}


def hypotheses_sheet(material: Material) -> Sheet:
    """What a reader must know before comparing or reusing a figure (checklist of the RCP SI)."""
    settings = (*_identity(material), *_rules(material))
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


def _rules(material: Material) -> Rows:
    """The settings of the calculation and the rules that shape it most."""
    manifest, catalogue = material.book.kept.manifest, material.catalogue
    room = catalogue.find("pue", "pue", "", "room")
    threads = catalogue.find("server", "threads_per_core")
    mode = manifest["mode"]
    return (
        (
            say("Imputation de la fabrication", "Charging of manufacture"),
            say(*MODES.get(mode, (mode, mode))),
            say(
                "Étalée sur la durée de vie, rien après (M3). Un bilan a un seul mode : "
                "ne pas l’additionner avec un bilan en année d’achat.",
                "Spread over the lifetime, nothing after (M3). A balance has one mode: "
                "don't add it to one by purchase year.",
            ),
        ),
        (
            say("Électricité, zone par défaut", "Electricity, default zone"),
            manifest["zone"],
            say(
                "Mix moyen de consommation de la zone et de l’année, approche géographique (M2). "
                "Aucun contrat d’électricité verte n’est déduit.",
                "Average consumption mix of zone and year, location-based (M2). "
                "No green electricity contract is deducted.",
            ),
        ),
        (
            say("PUE par défaut", "Default PUE"),
            number(room.value, 3),
            say(
                f"Salle sans PUE mesuré ni déclaré ({room.source}, {room.year}). "
                "Aucun PUE pour les postes de travail.",
                f"Room without a measured or declared PUE ({room.source}, {room.year}). "
                "No PUE for office equipment.",
            ),
        ),
        (
            say("Fils d’exécution par cœur", "Threads per core"),
            number(threads.value),
            say(
                "Convertit les cœurs d’un serveur en vCPU pour sa capacité (M4).",
                "Turns the cores of a server into vCPUs for its capacity (M4).",
            ),
        ),
        (
            say("Répartition des machines", "Sharing of machines"),
            "M4",
            say(
                "Parts de la capacité : ce que personne n’utilise reste visible en « non affecté » "
                "et n’est pas reporté sur les applications.",
                "Shares of capacity: what nobody uses stays visible as “unallocated” "
                "and is not charged to applications.",
            ),
        ),
        (
            say("Exécutions d’IA", "AI runs"),
            "M6",
            say(
                "Énergie mesurée, plus la part de la machine pendant l’exécution. Règle propre au projet, "
                "non normative pour les GPU : les RCP ne les répartissent pas.",
                "Measured energy, plus the share of the machine during the run. A rule of this project, "
                "not normative for GPUs: the RCPs do not allocate them.",
            ),
        ),
        (
            say("Intervalle", "Interval"),
            say("90 %", "90 %"),
            say(
                "Un facteur, un tirage : les lignes d’un même facteur varient ensemble (M7). "
                "Deux chiffres sont significatifs.",
                "One factor, one draw: lines of a same factor move together (M7). "
                "Two figures are significant.",
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
    lives: dict[str, tuple[float, str]] = {}
    for row in material.impacts:
        if row["item"] and not row["asset"].startswith("execution:"):
            quantities[row["item"]][row["asset"]] = row["quantity"]
            if row["lifetime_y"] is not None:
                lives[row["item"]] = (row["lifetime_y"], row["activity_id"])
    columns = (
        Column(say("Type d’équipement évalué", "Type of equipment assessed"), "wrap"),
        Column(say("Quantité en service dans l’année", "Quantity in service in the year"), "count"),
        Column(say("Justification de la durée de vie", "Justification of the lifetime"), "wrap"),
        Column(say("Durée de vie, ans", "Lifetime, years"), "number"),
        Column(say("Facteur", "Factor")),
    )
    rows = tuple(
        _quantity(material, item, math.fsum(quantities[item].values()), lives.get(item))
        for item in sorted(quantities)
    )
    return Block(say("Quantités et durées de vie", "Quantities and lifetimes"), columns, rows)


def _quantity(
    material: Material, item: str, quantity: float, life: tuple[float, str] | None
) -> tuple[Cell, ...]:
    if life is None:
        none = say("sans objet", "not applicable")
        past = say("Aucune fabrication imputée cette année.", "No manufacture charged this year.")
        return (material.item(item), quantity, past, none, none)
    factor = material.factor(life[1])
    source = f"{factor.source}, {factor.year}" if factor else say("déclarée", "declared")
    return (material.item(item), quantity, source, life[0], life[1])
