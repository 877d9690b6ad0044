"""How well the record of an application is filled: what a letter needs, and what is known of the rest.

A field that does not apply is answered; one that is blank is not. Neither is a zero.
"""

from __future__ import annotations

from typing import Protocol

from pos_map.placement import UNPLACED
from pos_map.spelling import slug

Bilingual = tuple[str, str]
"""A few words in French and in English."""

REQUIRED: dict[str, Bilingual] = {
    "name": ("le nom", "the name"),
    "node": ("l’emplacement sur le POS", "the place on the map"),
    "owner": ("le propriétaire", "the owner"),
    "status": ("le statut", "the status"),
    "hosting": ("l’hébergement", "the hosting"),
}
"""What an application must say to be given a letter (pos_map.model.landscape.REQUIRED, its code apart)."""
WANTED: dict[str, Bilingual] = {
    "branch": ("branche", "branch"),
    "perimeter": ("périmètre", "perimeter"),
    "users": ("utilisateurs", "users"),
    "act_label": ("acte fonctionnel", "functional act"),
    "act_volume": ("volume annuel d’actes", "yearly volume of acts"),
    "criticality": ("criticité", "criticality"),
    "environments": ("environnements", "environments"),
    "kind": ("nature", "kind"),
    "technology": ("technologie", "technology"),
    "installed": ("mise en service", "first use"),
    "yearly_cost_eur": ("coût annuel", "yearly cost"),
    "cigref_service": ("service Cigref", "Cigref service"),
    "rgaa": ("taux RGAA", "RGAA rate"),
    "rgesn": ("score RGESN", "RGESN score"),
    "security": ("besoins de sécurité", "security needs"),
}
"""What a good record says beside; the share of it that is answered lowers or raises the quality mark."""
LOW = 0.25
"""Below this share of answers, the quality of a record is said low."""


class Record(Protocol):
    """An application of the store: its fields and `na`, the names of those that do not apply."""

    na: str
    node: str


def lacking(record: Record) -> tuple[Bilingual, ...]:
    """The required fields that are blank: without them, no letter (M8)."""
    unplaced = record.node == slug(UNPLACED)
    return (*((REQUIRED["node"],) if unplaced else ()), *_blank(record, REQUIRED))


def unanswered(record: Record) -> tuple[Bilingual, ...]:
    """The wanted fields that are blank."""
    return _blank(record, WANTED)


def filled(record: Record) -> float:
    """The share of the wanted fields that are answered, 0 to 1."""
    return 1.0 - len(unanswered(record)) / len(WANTED)


def _blank(record: Record, fields: dict[str, Bilingual]) -> tuple[Bilingual, ...]:
    answered = set(record.na.split())
    return tuple(
        words
        for field, words in fields.items()
        if getattr(record, field) in (None, "") and field not in answered
    )
