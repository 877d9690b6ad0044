"""The words of the field that tell what an element is, compared by `spelling.key`."""

from __future__ import annotations

from pos_map.archimate.model import Element
from pos_map.spelling import key

# Properties that bear the code of an application, the surest first.
CODE_KEYS = (
    "codeapplication",
    "code",
    "trigramme",
    "codeappli",
    "codeapp",
    "idapplication",
    "identifiantapplication",
)
LEVELS = {
    "zone": "zone",
    "zonefonctionnelle": "zone",
    "quartier": "quartier",
    "quartierfonctionnel": "quartier",
    "ilot": "îlot",
    "ilotfonctionnel": "îlot",
    "bloc": "bloc",
    "blocfonctionnel": "bloc",
    "sousbloc": "sous-bloc",
}
LEVEL_KEYS = ("niveau", "niveaupos", "level", "typepos")
TYPE_KEYS = ("type", "typeequipement", "typedequipement")
VIRTUAL = frozenset(
    {"vm", "machinevirtuelle", "serveurvirtuel", "virtualmachine", "virtualserver", "equipementvirtuel",
     "instance"}
)  # fmt: skip
CONTAINER = frozenset({"conteneur", "container", "pod"})
SHARE_KEYS = ("part", "cle", "clerepartition", "partapplication", "share")
ENVIRONMENT_KEYS = ("environnement", "typeenvironnement", "environment")


def level_of(element: Element) -> str:
    """The level of the map an element says it is ("zone", "îlot"…, or its own word), "" when it says none."""
    if found := LEVELS.get(key(element.specialization)):
        return found
    said = element.first(*LEVEL_KEYS)
    return LEVELS.get(key(said), said)


def is_box(element: Element) -> bool:
    """Whether an element calls itself a box of the map, whatever its type: by its level, or by a box's code."""
    said = (element.specialization, element.first(*LEVEL_KEYS))
    return any(key(word) in LEVELS for word in said) or bool(element.first("codeniveau"))


def kind_of(element: Element) -> str:
    """What a piece of equipment is, by its property "type" or its specialization; "" when neither says."""
    return element.first(*TYPE_KEYS) or element.specialization
