"""What the balance leaves out, said visibly, and the default intervals it uses."""

from __future__ import annotations

from collectors.records import TIERS
from footprint.formats import integer, number
from footprint.report.material import Material
from footprint.report.tables import Block, Cell, Column
from footprint.texts import say
from footprint.wording import word

Pair = tuple[str, str]
# Perimeter of an information system (RCP SI and BEGES posts) that no line of this balance covers.
EXCLUSIONS: tuple[tuple[Pair, Pair], ...] = (
    (
        ("Compensation et émissions évitées", "Offsets and avoided emissions"),
        ("Jamais déduites du total ni des lettres.", "Never deducted from the total or the letters."),
    ),
    (
        ("Services en nuage et API de modèles de langue", "Cloud services and language-model APIs"),
        (
            "Hors ce qui a été mesuré, ou inscrit comme service acheté ; poste BEGES 4.5.",
            "Except what was measured, or listed as a service bought; BEGES post 4.5.",
        ),
    ),
    (
        ("Réseaux d’opérateurs et box", "Operators' networks and home boxes"),
        ("Poste BEGES 4.5, ou télétravail.", "BEGES post 4.5, or telework."),
    ),
    (
        ("Télétravail et déplacements des équipes de la DSI", "Telework and trips of the IT staff"),
        ("Postes BEGES 3.3 et 3.5.", "BEGES posts 3.3 and 3.5."),
    ),
    (
        ("Prestations informatiques et licences", "IT services and licences"),
        ("Poste BEGES 4.5.", "BEGES post 4.5."),
    ),
    (
        ("Consommables, claviers, souris, casques, emballages", "Consumables, keyboards, mice, packaging"),
        ("Poste BEGES 4.1.", "BEGES post 4.1."),
    ),
    (
        ("Groupes électrogènes, fuites de fluides frigorigènes", "Generators, refrigerant leaks"),
        ("Postes BEGES 1.1 et 1.4.", "BEGES posts 1.1 and 1.4."),
    ),
    (
        ("Terminaux des assurés et des entreprises", "Terminals of insured people and companies"),
        (
            "Étude séparée selon le RCP SI ; poste BEGES 6.1, facultatif.",
            "A separate study in the RCP SI; BEGES post 6.1, optional.",
        ),
    ),
    (
        ("Étapes qu’un facteur laisse de côté", "Stages a factor leaves aside"),
        (
            "La remarque de chaque facteur (feuille Facteurs) dit ce que sa source ne compte pas.",
            "The note of each factor (Factors sheet) says what its source does not count.",
        ),
    ),
)


def exclusions(material: Material) -> Block:
    """Exclusions, those that can be counted here first."""
    bare = sum(tile.total is None for tile in material.tiles)
    counted: tuple[Cell, ...] = (
        say("Applications sans machine dans l’inventaire", "Applications without a machine in the inventory"),
        integer(bare),
        say(
            "Nuage, logiciel en service ou inventaire incomplet : empreinte inconnue, pas nulle.",
            "Cloud, software as a service or incomplete inventory: footprint unknown, not zero.",
        ),
    )
    rows = tuple((say(*what), say("exclu", "left out"), say(*why)) for what, why in EXCLUSIONS)
    return Block(say("Exclusions et limites", "Exclusions and limits"), subject_columns(), (counted, *rows))


def subject_columns() -> tuple[Column, ...]:
    """The three columns of the tables of hypotheses."""
    return (
        Column(say("Sujet", "Subject"), "wrap"),
        Column(say("Valeur", "Value"), "wrap"),
        Column(say("Explication", "Explanation"), "wrap"),
    )


def default_intervals(material: Material) -> Block:
    """The interval of a value without bounds of its own, by evidence tier (M7)."""
    columns = (
        Column(say("Niveau de preuve", "Evidence tier"), "wrap"),
        Column(say("Intervalle à 90 %, multiplicateurs", "90 % interval, multipliers"), "wrap"),
        Column(say("Origine", "Origin"), "wrap"),
    )
    found = [(tier, material.catalogue.find("uncertainty", "uncertainty", "", tier)) for tier in TIERS]
    rows = tuple((word(tier), f"× {number(f.low, 3)} – × {number(f.high, 3)}", f.source) for tier, f in found)
    return Block(say("Intervalles par défaut (M7)", "Default intervals (M7)"), columns, rows)
