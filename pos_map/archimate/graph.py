"""A model ready to be interpreted: relations by their ends, what was understood, what there is to say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pos_map.archimate.model import Element, Model, Relation
from pos_map.faults import Fault, Place, Severity

# A product of many applications and many machines through one service may not fill the memory.
LIMIT_ROWS = 1_000_000
LIMIT_SAID = 200


@dataclass
class Graph:
    """`out` and `into` give, for an element, the ranks of the relations leaving and reaching it.

    `used` and `followed` note the elements and relations that were understood. `file` names the file in faults.
    """

    model: Model
    file: str
    out: dict[str, list[int]] = field(default_factory=dict)
    into: dict[str, list[int]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    followed: set[int] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        elements = self.model.elements
        for rank, relation in enumerate(self.model.relations):
            if relation.source == relation.target:
                continue
            if relation.source in elements and relation.target in elements:
                self.out.setdefault(relation.source, []).append(rank)
                self.into.setdefault(relation.target, []).append(rank)

    def element(self, identifier: str) -> Element:
        """The element of an identifier that is known to be in the model."""
        return self.model.elements[identifier]

    def of_types(self, *types: str) -> Iterator[Element]:
        """The elements of these types, in the order of the file."""
        return (element for element in self.model.elements.values() if element.type in types)

    def leaving(self, identifier: str, *types: str) -> Iterator[tuple[int, Relation, Element]]:
        """The relations of these types from an element: rank, relation, element at the other end."""
        for rank in self.out.get(identifier, ()):
            relation = self.model.relations[rank]
            if relation.type in types:
                yield rank, relation, self.model.elements[relation.target]

    def reaching(self, identifier: str, *types: str) -> Iterator[tuple[int, Relation, Element]]:
        """The relations of these types to an element: rank, relation, element at the other end."""
        for rank in self.into.get(identifier, ()):
            relation = self.model.relations[rank]
            if relation.type in types:
                yield rank, relation, self.model.elements[relation.source]

    def say(
        self, line: int, code: str, fr: str, en: str, value: str = "", severity: Severity = "warning"
    ) -> None:
        """Note a fault at a line of the file; of one code, the first hundreds are enough to see what is wrong."""
        self.said[code] += 1
        if self.said[code] == LIMIT_SAID + 1:
            fr = f"D'autres défauts du même genre que « {fr} » ne sont pas listés : corrigez d'abord ceux-ci."
            en = f"More faults of the same kind as “{en}” are not listed: mend these first."
        if self.said[code] <= LIMIT_SAID + 1:
            self._note(line, code, fr, en, value, severity)

    def _note(self, line: int, code: str, fr: str, en: str, value: str, severity: Severity) -> None:
        self.faults.append(Place(self.file, "", line or None).fault(code, severity, fr, en, "", value))

    def say_unread(self) -> None:
        """One warning a type of element or relation that was not understood, with their number."""
        repeated = self.model.repeated
        for identifier, line in repeated:
            self.say(
                line,
                "duplicate-identifier",
                f"L'identifiant « {identifier} » est déjà celui de l'élément de la ligne "
                f"{self.model.elements[identifier].line} : un identifiant unique est attendu "
                f"({len(repeated)} répétition(s) dans le fichier).",
                f"The identifier “{identifier}” is already that of the element at line "
                f"{self.model.elements[identifier].line}: a unique identifier is expected "
                f"({len(repeated)} repetition(s) in the file).",
                identifier,
                "error",
            )
        self._say_dangling()
        lines: dict[str, int] = {}
        counts: Counter[str] = Counter()
        for element in self.model.elements.values():
            if element.identifier not in self.used:
                counts[element.type] += 1
                lines.setdefault(element.type, element.line)
        for kind, count in counts.items():
            self.say(
                lines[kind],
                "unread-elements",
                f"{count} élément(s) {kind or 'sans type'} hors du POS et du parc : non lus (le premier est ici).",
                f"{count} {kind or 'untyped'} element(s) outside the map and the equipment: not read "
                "(the first is here).",
                kind,
            )
        self._say_relations()

    def _say_relations(self) -> None:
        lines: dict[str, int] = {}
        counts: Counter[str] = Counter()
        for rank, relation in enumerate(self.model.relations):
            if rank not in self.followed and {relation.source, relation.target} & self.used:
                counts[relation.type] += 1
                lines.setdefault(relation.type, relation.line)
        for kind, count in counts.items():
            self.say(
                lines[kind],
                "unread-relations",
                f"{count} relation(s) {kind or 'sans type'} de ce qui est lu n'apportent rien au POS ni au parc : "
                "non suivies (la première est ici).",
                f"{count} {kind or 'untyped'} relation(s) of what is read add nothing to the map nor to the "
                "equipment: not followed (the first is here).",
                kind,
            )

    def _say_dangling(self) -> None:
        known = self.model.elements
        dangling = [
            relation for relation in self.model.relations
            if relation.source not in known or relation.target not in known
        ]  # fmt: skip
        if not dangling:
            return
        related = {relation.identifier for relation in self.model.relations}
        lost = [one for one in dangling if not {one.source, one.target} <= (known.keys() | related)]
        if lost:
            ends = (lost[0].source, lost[0].target)
            missing = next(end for end in ends if end not in known and end not in related)
            self.say(
                lost[0].line,
                "relation-to-nothing",
                f"{len(lost)} relation(s) partent d'un élément absent du fichier ou y mènent (ici « {missing} ») : "
                "non suivies. Exportez le modèle entier.",
                f"{len(lost)} relation(s) start from or lead to an element that is not in the file (here "
                f"“{missing}”): not followed. Export the whole model.",
                missing,
            )
