"""The sheet of hypotheses: method, settings, what was assumed on this data, what is left out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from footprint.formats import integer, kg, number
from footprint.report.material import Material, Row
from footprint.report.quality_rows import TIERS
from footprint.report.tables import Block, Cell, Column, Sheet
from footprint.texts import say
from footprint.wording import word


def hypotheses_sheet(material: Material) -> Sheet:
    """What a reader must know before comparing or reusing a figure (checklist of the RCP SI)."""
    return Sheet(
        name=say("Hypothèses", "Hypotheses"),
        title=say("Méthode, hypothèses et exclusions", "Method, hypotheses and exclusions"),
        intro=(
            say(
                "Référence : RCP « Systèmes d’information » de l’ADEME (2024) ; l’outil s’y conforme sauf mention contraire ici.",
                "Reference: ADEME's RCP “Systèmes d’information” (2024); followed unless said otherwise here.",
            ),
        ),
        blocks=(_method(material), _assumed(material), _quantities(material), _intervals(material), _left_out(material)),
        widths=(44, 40, 90, 14, 34),
    )  # fmt: skip


def _three() -> tuple[Column, ...]:
    return (
        Column(say("Sujet", "Subject"), "wrap"),
        Column(say("Valeur", "Value"), "wrap"),
        Column(say("Explication", "Explanation"), "wrap"),
    )


def _method(material: Material) -> Block:
    m, catalogue = material.summary, material.catalogue
    manifest = material.book.kept.manifest
    room = catalogue.find("pue", "pue", "", "room")
    threads = catalogue.find("server", "threads_per_core")
    mode = {"amortised": say("amorti", "amortised"), "purchase_year": say("année d’achat", "purchase year")}
    rows = (
        (say("Méthode", "Method"), m.method, say("Règles M1 à M8, citées par chaque ligne.", "Rules M1 to M8, cited by each line.")),
        (say("Échelle des lettres", "Scale of letters"), m.scale, say("Seuils fixes, provisoires pour les applications (M8).", "Fixed thresholds, provisional for applications (M8).")),
        (say("Jeu de facteurs", "Factor set"), m.factor_set, say("Détail et sources : feuille Facteurs.", "Detail and sources: Factors sheet.")),
        (say("Évaluation", "Assessment"), m.assessment_id, say(
            f"Calculée le {m.created_at} (UTC), version {manifest['code']} ; les mêmes entrées redonnent cet identifiant.",
            f"Computed on {m.created_at} (UTC), version {manifest['code']}; the same inputs give this identifier again.")),
        (say("Unité fonctionnelle", "Functional unit"), f"{m.organisation}, {m.year}", say(
            "Le système d’information de l’organisme, mis à disposition et utilisé pendant une année civile.",
            "The body's information system, provided and used for one calendar year.")),
        (say("Mode d’imputation de la fabrication", "Charging of manufacture"), mode.get(manifest["mode"], manifest["mode"]), say(
            "Étalée sur la durée de vie, rien après (M3). Un bilan a un seul mode : ne pas additionner avec un bilan en année d’achat.",
            "Spread over the lifetime, nothing after (M3). A balance has one mode: don't add it to one by purchase year.")),
        (say("Électricité", "Electricity"), say(f"zone par défaut : {manifest['zone']}", f"default zone: {manifest['zone']}"), say(
            "Mix moyen de consommation de la zone et de l’année, amont et pertes compris, approche géographique (M2). Aucun contrat d’électricité verte n’est déduit.",
            "Average consumption mix of zone and year, upstream and losses included, location-based (M2). No green contract is deducted.")),
        (say("PUE par défaut", "Default PUE"), number(room.value, 3), say(
            f"Salle sans PUE mesuré ni déclaré. {room.source}, {room.year}. Sans PUE pour les postes de travail.",
            f"Room without a measured or declared PUE. {room.source}, {room.year}. No PUE for office equipment.")),
        (say("Fils d’exécution par cœur", "Threads per core"), number(threads.value), say(
            "Convertit les cœurs d’un serveur en vCPU pour sa capacité (M4).",
            "Turns the cores of a server into vCPUs for its capacity (M4).")),
        (say("Répartition des machines", "Sharing of machines"), "M4", say(
            "Parts de la capacité : ce que personne n’utilise reste visible en « non affecté » et n’est pas reporté sur les applications.",
            "Shares of capacity: what nobody uses stays visible as “unallocated” and is not charged to applications.")),
        (say("Intervalle", "Interval"), "90 %", say(
            "Un facteur, un tirage : les lignes d’un même facteur varient ensemble (M7). Deux chiffres significatifs à la lecture.",
            "One factor, one draw: lines of a same factor move together (M7). Read two significant figures.")),
        (say("Part de machine d’un modèle d’IA", "Share of a machine for an AI model"), "M6", say(
            "Règle propre au projet, non normative : les RCP ne répartissent pas les GPU.",
            "A rule of this project, not normative: the RCPs do not allocate GPUs.")),
    )  # fmt: skip
    return Block(say("Méthode et réglages", "Method and settings"), _three(), rows)


def _assumed(material: Material) -> Block:
    """What was assumed for want of data, with how much it touches; a count of 0 says the case was looked for."""
    served = material.in_service
    undated = [a for a in served if a.purchased is None]
    centres = material.data_centres
    placeless = [
        a
        for a in served
        if not a.country and not (a.data_centre in centres and centres[a.data_centre].location)
    ]
    unshared = [a for a in served if a.share is None]
    default_pue = {row["asset"] for row in material.impacts if row["pue_id"] and ":" not in row["pue_id"]}
    equal = [row for row in material.lines if row["key_kind"] == "egale"]
    in_parts = {(r["pool"], r["stage"]) for r in equal}
    seats = _runs_without_seat(material.impacts)
    rows = (
        (say("Lignes d’équipement sans date d’achat", "Equipment lines without a purchase date"), integer(len(undated)), say(
            "Réputées en service et dans leur durée de vie toute l’année : la fabrication est comptée (prudent).",
            "Taken as in service and within their life all year: manufacture is counted (conservative).")),
        (say("Lignes d’équipement sans pays", "Equipment lines without a country"), integer(len(placeless)), say(
            "Ni pays ni lieu du centre de données : zone électrique de la campagne.",
            "No country nor place of the data centre: electricity zone of the campaign.")),
        (say("Lignes d’équipement sans part professionnelle", "Equipment lines without a professional share"), integer(len(unshared)), say(
            "Réputées professionnelles à 100 %.", "Taken as 100 % professional.")),
        (say("Équipements et exécutions au PUE par défaut", "Equipment and runs at the default PUE"), integer(len(default_pue)), say(
            "Le site n’a pas de PUE mesuré ni déclaré.", "The site has no measured or declared PUE.")),
        (say("Grappes et machines réparties à parts égales", "Clusters and machines shared equally"), integer(len({pool for pool, _stage in in_parts})), say(
            f"Faute de taille des machines virtuelles : {kg(math.fsum(r['amount'] for r in equal))} concernés.",
            f"For want of the sizes of virtual machines: {kg(math.fsum(r['amount'] for r in equal))} concerned.")),
        (say("Exécutions d’IA sans part de machine", "AI runs without a share of the machine"), integer(seats), say(
            "Leur électricité est comptée, pas leur fabrication.", "Their electricity is counted, not their manufacture.")),
        (say("Machines observées moins de sept jours", "Machines observed for less than seven days"), "M2", say(
            "La mesure n’est pas étendue à l’année : le niveau de preuve suivant s’applique.",
            "The measurement is not extended to the year: the next evidence tier applies.")),
        (say("Propriété et exploitation", "Ownership and operation"), say("l’organisme", "the body"), say(
            "Équipements réputés achetés et exploités par l’organisme ; un équipement loué relève du poste BEGES 4.4, un hébergement tiers du 4.5.",
            "Equipment taken as bought and run by the body; rented equipment belongs to BEGES post 4.4, third-party hosting to 4.5.")),
    )  # fmt: skip
    return Block(say("Hypothèses prises sur ces données", "Assumptions made on this data"), _three(), rows)


def _runs_without_seat(impacts: Iterable[Row]) -> int:
    """Measured runs that have a use amount and no embodied one."""
    used: set[str] = set()
    built: set[str] = set()
    for row in impacts:
        if row["asset"].startswith("execution:"):
            (used if row["stage"] == "use" else built).add(row["asset"])
    return len(used - built)


def _quantities(material: Material) -> Block:
    """Quantities in service and lifetimes by type, as the RCP asks for."""
    quantities: dict[str, dict[str, float]] = defaultdict(dict)
    lives: dict[str, tuple[float, str]] = {}
    for row in material.impacts:
        if row["asset"].startswith("execution:") or not row["item"]:
            continue
        quantities[row["item"]][row["asset"]] = row["quantity"]
        if row["lifetime_y"] is not None:
            lives[row["item"]] = (row["lifetime_y"], row["activity_id"])
    columns = (
        Column(say("Type d’équipement évalué", "Type of equipment assessed")),
        Column(say("Quantité en service dans l’année", "Quantity in service in the year"), "count"),
        Column(say("Justification de la durée de vie", "Justification of the lifetime"), "wrap"),
        Column(say("Durée de vie, ans", "Lifetime, years"), "number"),
        Column(say("Facteur", "Factor")),
    )
    rows = tuple(
        _quantity(material, item, sum(quantities[item].values()), lives.get(item))
        for item in sorted(quantities)
    )
    return Block(say("Quantités et durées de vie", "Quantities and lifetimes"), columns, rows)


def _quantity(
    material: Material, item: str, quantity: float, life: tuple[float, str] | None
) -> tuple[Cell, ...]:
    past = say("aucune fabrication imputée cette année", "no manufacture charged this year")
    if life is None:
        return (material.item(item), quantity, past, past, say("sans objet", "not applicable"))
    factor = material.factor(life[1])
    source = f"{factor.source}, {factor.year}" if factor else say("déclarée", "declared")
    return (material.item(item), quantity, source, life[0], life[1])


def _intervals(material: Material) -> Block:
    columns = (
        Column(say("Niveau de preuve", "Evidence tier")),
        Column(say("Intervalle à 90 % par défaut (multiplicateurs)", "Default 90 % interval (multipliers)")),
        Column(say("Origine", "Origin"), "wrap"),
    )
    found = [(tier, material.catalogue.find("uncertainty", "uncertainty", "", tier)) for tier in TIERS]
    rows = tuple((word(tier), f"× {number(f.low)} – × {number(f.high)}", f.source) for tier, f in found)
    return Block(say("Intervalles par défaut (M7)", "Default intervals (M7)"), columns, rows)


def _left_out(material: Material) -> Block:
    """Exclusions said visibly, with what they touch here when it can be counted."""
    bare = sum(tile.total is None for tile in material.tiles)
    out = say("exclu", "left out")
    rows = (
        (say("Applications sans machine dans l’inventaire", "Applications without a machine in the inventory"), integer(bare), say(
            "Nuage, logiciel en service ou inventaire incomplet : leur empreinte est inconnue, pas nulle.",
            "Cloud, software as a service or incomplete inventory: their footprint is unknown, not zero.")),
        (say("Compensation et émissions évitées", "Offsets and avoided emissions"), out, say(
            "Jamais déduites du total ni des lettres.", "Never deducted from the total or the letters.")),
        (say("Services en nuage et API de modèles de langue", "Cloud services and language-model APIs"), out, say(
            "Hors ce qui a été mesuré ; poste BEGES 4.5.", "Except what was measured; BEGES post 4.5.")),
        (say("Réseaux d’opérateurs et box", "Operators' networks and home boxes"), out, say("Poste BEGES 4.5, ou télétravail.", "BEGES post 4.5, or telework.")),
        (say("Télétravail et déplacements des équipes de la DSI", "Telework and trips of the IT staff"), out, say("Postes BEGES 3.3 et 3.5.", "BEGES posts 3.3 and 3.5.")),
        (say("Prestations informatiques et licences", "IT services and licences"), out, say("Poste BEGES 4.5.", "BEGES post 4.5.")),
        (say("Consommables, claviers, souris, casques, emballages", "Consumables, keyboards, mice, headsets, packaging"), out, say("Poste BEGES 4.1.", "BEGES post 4.1.")),
        (say("Groupes électrogènes et fuites de fluides frigorigènes", "Generators and refrigerant leaks"), out, say("Postes BEGES 1.1 et 1.4.", "BEGES posts 1.1 and 1.4.")),
        (say("Terminaux des assurés et des entreprises", "Terminals of insured people and companies"), out, say("Étude séparée selon le RCP SI ; poste BEGES 6.1, facultatif.", "A separate study in the RCP SI; BEGES post 6.1, optional.")),
        (say("Ce qu’un facteur laisse de côté", "What a factor leaves aside"), say("feuille Facteurs", "Factors sheet"), say(
            "La remarque de chaque facteur dit les étapes que sa source ne compte pas.",
            "The note of each factor says which stages its source does not count.")),
    )  # fmt: skip
    return Block(say("Exclusions et limites", "Exclusions and limits"), _three(), rows)
