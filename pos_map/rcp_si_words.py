"""Words of the PCR-SI draft: keys, types of items, tags, and the slips its published examples have."""

from __future__ import annotations

import re

from pos_map.loose_json import Slip
from pos_map.spelling import key, plain

KWH = "yearly_electricity_consumption"
QUANTITY = "quantity"
# Tags that say what they are, as we write them: "datacenter:DC-NORD".
TAG_KINDS = ("datacenter", "site", "entity", "application", "environment", "provider")

_SERVICES = frozenset({"virtualmachine", "vm", "cloud", "cloudservice", "saas", "paas", "iaas", "service"})
_PIECES = frozenset({"", "piece", "pieces", "unit", "units", "unite", "unites", "u", "pcs"})
_CENTRE = re.compile(r"data\s*cent(?:er|re)|centre de donnees|\bdc\b|\bsalle\b|server room")
SLIPS: dict[Slip, tuple[str, str]] = {
    "comment": ("Un commentaire, qu'un JSON n'a pas : il est laissé de côté.",
                "A comment, which JSON has not: it is left out."),
    "missing-comma": ("Il manque une virgule avant cet élément : il est lu tout de même.",
                      "A comma is missing before this element: it is read all the same."),
    "extra-comma": ("Une virgule est en trop : elle est laissée de côté.", "A comma too many: it is left out."),
    "ellipsis": ("Des points de suspension tiennent la place d'un contenu : rien n'y est lu.",
                 "An ellipsis stands for some content: nothing is read there."),
    "placeholder": ("Un mot sans guillemets tient la place d'un contenu : rien n'y est lu.",
                    "A word without quotation marks stands for some content: nothing is read there."),
    "repeated-key": ("Cette clé est donnée deux fois : la dernière valeur est gardée.",
                     "This key is given twice: the last value is kept."),
}  # fmt: skip


def is_service(kind: str) -> bool:
    """Whether a type of item is bought as a service: a virtual machine of a cloud, SaaS…"""
    return key(kind) in _SERVICES


def is_non_it(kind: str) -> bool:
    """Whether a type of item is what surrounds equipment in a room."""
    return key(kind).startswith("nonit")


def is_piece(unit: str) -> bool:
    """Whether a unit counts pieces."""
    return key(unit) in _PIECES


def is_centre(tag: str) -> bool:
    """Whether a tag names a data centre."""
    return bool(_CENTRE.search(plain(tag)))
