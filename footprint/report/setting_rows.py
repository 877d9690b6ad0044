"""Rows of the hypotheses that say how the campaign was assessed: settings, factors, hours, sharing."""

from __future__ import annotations

from footprint.formats import number
from footprint.report.material import Material
from footprint.report.tables import Cell
from footprint.texts import say
from footprint.wording import settings_words

Rows = tuple[tuple[Cell, ...], ...]
CHANGES = {
    "choice": ("source choisie", "source chosen"),
    "overlay": ("facteurs de l’organisme", "the body's own factors"),
    "without_unclear": ("sans les conditions à éclaircir", "without unclear terms"),
}


def rules(material: Material) -> Rows:
    """The settings of the calculation and the rules that shape it most."""
    manifest, catalogue = material.book.kept.manifest, material.catalogue
    room = catalogue.find("pue", "pue", "", "room")
    threads = catalogue.find("server", "threads_per_core")
    return (
        _charging(manifest["mode"]),
        *_factors(material),
        (
            say("Électricité, zone par défaut", "Electricity, default zone"),
            manifest["zone"],
            say(
                "Mix moyen de consommation de la zone et de l’année, approche géographique (M2). "
                "Aucun contrat d’électricité verte n’est déduit : l’approche marché est à part (feuille Synthèse).",
                "Average consumption mix of zone and year, location-based (M2). No green electricity contract "
                "is deducted: the market-based figure is apart (Summary sheet).",
            ),
        ),
        _hours(material),
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
        _sharing(material),
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


def _charging(mode: str) -> tuple[Cell, ...]:
    """How manufacture is charged to the year (M3)."""
    spread = say(
        "Étalée sur la durée de vie, rien après (M3). Un bilan a un seul mode : ne pas l’additionner avec un bilan "
        "en année d’achat.",
        "Spread over the lifetime, nothing after (M3). A balance has one mode: don't add it to one by purchase year.",
    )
    bought = say(
        "Toute la fabrication l’année de l’achat (M3, GHG Protocol). Un bilan a un seul mode : ne pas l’additionner "
        "avec un bilan étalé.",
        "All the manufacture in the year of purchase (M3, GHG Protocol). A balance has one mode: don't add it to a "
        "spread one.",
    )
    words, _spread = settings_words(mode, ())
    why = bought if mode == "purchase_year" else spread
    return (say("Imputation de la fabrication", "Charging of manufacture"), words, why)


def _factors(material: Material) -> Rows:
    """What the body changed in the factors, one row a change."""
    return tuple(
        (
            say("Changement de facteurs", "Change of factors"),
            " ".join(change[1:]) or say("oui", "yes"),
            say(*CHANGES.get(change[0], (change[0], change[0]))),
        )
        for change in material.summary.factor_changes
    )


def _hours(material: Material) -> tuple[Cell, ...]:
    """Whether the hour of what was measured counted (M2)."""
    zones = ", ".join(material.summary.profiles)
    return (
        say("Profils horaires de l’électricité", "Hourly profiles of electricity"),
        zones or say("aucun", "none"),
        say(
            "L’énergie mesurée prend le facteur de son heure, autour du facteur annuel de la zone (M2).",
            "Measured energy takes the factor of its hour, around the yearly factor of the zone (M2).",
        ),
    )


def _sharing(material: Material) -> tuple[Cell, ...]:
    """What the campaign spreads over applications (M4)."""
    _mode, spread = settings_words(material.summary.mode, material.summary.spread)
    return (
        say("Réparti sur les applications", "Spread over applications"),
        spread,
        say(
            "Parts de la capacité : ce que personne n’utilise reste visible en « non affecté », sauf ce qui est "
            "nommé ici (M4).",
            "Shares of capacity: what nobody uses stays visible as “unallocated”, but what is named here (M4).",
        ),
    )
