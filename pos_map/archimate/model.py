"""An ArchiMate model as the three file formats tell it, small and neutral.

Types are those of ArchiMate 3 without prefix or suffix ("ApplicationComponent", "Serving").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pos_map.grids import Unreadable
from pos_map.spelling import key

LIMIT_RECORDS = 1_000_000
Properties = tuple[tuple[str, str], ...]

# Names of ArchiMate 2 and of British spelling, in files of the first exchange format.
_RENAMED = {
    "InfrastructureService": "TechnologyService",
    "InfrastructureFunction": "TechnologyFunction",
    "InfrastructureInterface": "TechnologyInterface",
    "CommunicationPath": "Path",
    "Network": "CommunicationNetwork",
    "UsedBy": "Serving",
    "Realisation": "Realization",
    "Specialisation": "Specialization",
}


def type_name(written: str) -> str:
    """The type without prefix or suffix, as ArchiMate 3 names it: "archimate:UsedByRelationship" -> "Serving"."""
    name = written.rpartition(":")[2].strip()[:80].removesuffix("Relationship")
    return _RENAMED.get(name, name)


@dataclass(frozen=True, slots=True)
class Element:
    """An element; `specialization` is the name of its profile (stereotype), "" without one."""

    identifier: str
    type: str
    name: str
    line: int
    properties: Properties = ()
    documentation: str = ""
    specialization: str = ""

    def first(self, *keys: str) -> str:
        """The first non blank value of a property, by `spelling.key` of its name."""
        return first(self.properties, *keys)


@dataclass(frozen=True, slots=True)
class Relation:
    """A directed relation between two elements (or relations)."""

    identifier: str
    type: str
    source: str
    target: str
    line: int
    name: str = ""
    properties: Properties = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A node of a view: the element it shows ("" for a plain group, which has a `label`), the box it is in.

    `parent` is the rank of that box in `Model.boxes`, None at the top of its view.
    """

    view: str
    element: str
    label: str
    parent: int | None


@dataclass(frozen=True, slots=True)
class Model:
    """All that was read. `folders`: for an element, the labels of its folders, from below the layer's own.

    `repeated` gives, for elements whose identifier was already taken, the identifier and the line.
    """

    elements: Mapping[str, Element]
    relations: Sequence[Relation]
    folders: Mapping[str, Sequence[tuple[str, ...]]]
    boxes: Sequence[Box]
    repeated: Sequence[tuple[str, int]] = ()


@dataclass
class Draft:
    """A model being read."""

    elements: dict[str, Element] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    folders: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    boxes: list[Box] = field(default_factory=list)
    repeated: list[tuple[str, int]] = field(default_factory=list)

    def add(self, element: Element) -> None:
        """Keep an element; of two with one identifier, the first. Raises Unreadable beyond the limit."""
        if element.identifier in self.elements:
            self.repeated.append((element.identifier, element.line))
        else:
            self.elements[element.identifier] = element
        self.check()

    def check(self) -> None:
        """Raises Unreadable when the file holds more than we can keep in memory."""
        if len(self.elements) + len(self.relations) + len(self.boxes) + len(self.repeated) > LIMIT_RECORDS:
            raise Unreadable(
                "too-large",
                f"Le modèle dépasse {LIMIT_RECORDS} éléments, relations et boîtes : exportez-en une partie.",
                f"The model exceeds {LIMIT_RECORDS} elements, relations and boxes: export a part of it.",
            )

    def model(self) -> Model:
        """What was read."""
        return Model(self.elements, self.relations, self.folders, self.boxes, self.repeated)


def first(properties: Properties, *keys: str) -> str:
    """The first non blank value of the properties so named, in the order of `keys` (see `spelling.key`)."""
    for wanted in keys:
        for name, value in properties:
            if value.strip() and key(name) == wanted:
                return " ".join(value.split())
    return ""
