"""Read the Open Group's model exchange file (XML), of ArchiMate 3 and 2.1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

from pos_map.archimate.markup import Silent, scan
from pos_map.archimate.model import Box, Draft, Element, Model, Relation, type_name
from pos_map.spelling import key

# Folders that only repeat the layer, as tools write them at the top.
_LAYER = frozenset(
    {"application", "applications", "applicationlayer", "coucheapplication", "coucheapplicative"}
)
_ORGANISED = ("organizations", "organization")


def read_exchange(stream: BinaryIO) -> Model:
    """The model of an exchange file. Raises Unreadable."""
    reader = _Reader()
    scan(stream, reader)
    return reader.model()


class _Reader(Silent):
    def __init__(self) -> None:
        self._draft = Draft()
        self._definitions: dict[str, str] = {}
        self._current: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._property = ""
        self._properties: list[tuple[str, str]] = []
        self._line = 0
        self._definition = ""
        # Of the open <item>s: label, and identifiers met before the label.
        self._items: list[str] = []
        self._view = ""
        self._nodes: list[int] = []

    def model(self) -> Model:
        """What was read, the names of properties put in place of their identifiers (defined last in the file)."""
        draft, known = self._draft, self._definitions

        def named(properties: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
            return tuple((known.get(ref, ref), value) for ref, value in properties)

        for identifier, element in draft.elements.items():
            if element.properties:
                draft.elements[identifier] = replace(element, properties=named(element.properties))
        draft.relations = [
            replace(relation, properties=named(relation.properties)) if relation.properties else relation
            for relation in draft.relations
        ]
        return draft.model()

    def start(self, names: Sequence[str], attributes: dict[str, str], line: int, byte: int) -> None:
        """Open an element, a relation, a property, a folder or a node of a view."""
        name, depth = names[-1], len(names)
        if depth == 3 and name in ("element", "relationship"):
            self._current, self._line = attributes, line
            self._names, self._properties = {}, []
        elif name == "property":
            self._property = attributes.get("propertyDefinitionRef") or attributes.get("identifierref", "")
        elif name in ("propertyDefinition", "propertydef"):
            self._definition = attributes.get("identifier", "")
            self._definitions[self._definition] = attributes.get("name", self._definition)
        elif name == "item" and depth > 2 and names[1] in _ORGANISED:
            self._item(attributes)
        elif name == "view":
            self._view = attributes.get("identifier", "")
        elif name == "node" and "view" in names:
            self._node(attributes)
        elif name in ("name", "label", "documentation"):
            self._lang = attributes.get("xml:lang", "")

    def end(self, names: Sequence[str], text: str, line: int, byte: int) -> None:
        """Close it."""
        name, depth = names[-1], len(names)
        if name in ("name", "label", "documentation"):
            self._text(names, "documentation" if name == "documentation" else "name", text)
        elif name == "value" and names[-2] == "property" and depth == 6:
            self._properties.append((self._property, text))
        elif depth == 3 and name == "element":
            self._draft.add(self._element())
        elif depth == 3 and name == "relationship":
            self._draft.relations.append(self._relation())
            self._draft.check()
        elif name == "item" and self._items:
            self._items.pop()
        elif name == "node" and self._nodes:
            self._nodes.pop()

    def _text(self, names: Sequence[str], role: str, text: str) -> None:
        """A text of a language; French is kept rather than another, else the first."""
        parent, depth = names[-2] if len(names) > 1 else "", len(names)
        if depth == 4 and parent in ("element", "relationship"):
            if role not in self._names or self._lang.lower().startswith("fr"):
                self._names[role] = text
        elif parent in ("propertyDefinition", "propertydef"):
            self._definitions[self._definition] = " ".join(text.split())
        elif parent == "item" and self._items and not self._items[-1]:
            self._items[-1] = " ".join(text.split())
        elif parent == "node" and self._nodes:
            rank = self._nodes[-1]
            if not self._draft.boxes[rank].label:
                self._draft.boxes[rank] = replace(self._draft.boxes[rank], label=" ".join(text.split()))

    def _element(self) -> Element:
        return Element(
            self._current.get("identifier", ""),
            type_name(self._current.get("xsi:type", "")),
            " ".join(self._names.get("name", "").split()),
            self._line,
            tuple(self._properties),
            self._names.get("documentation", "").strip(),
        )

    def _relation(self) -> Relation:
        return Relation(
            self._current.get("identifier", ""),
            type_name(self._current.get("xsi:type", "")),
            self._current.get("source", ""),
            self._current.get("target", ""),
            self._line,
            " ".join(self._names.get("name", "").split()),
            tuple(self._properties),
        )

    def _item(self, attributes: dict[str, str]) -> None:
        ref = attributes.get("identifierRef") or attributes.get("identifierref", "")
        if ref:
            labels = [label for label in self._items if label]
            if labels and key(labels[0]) in _LAYER:
                labels = labels[1:]
            places = self._draft.folders.setdefault(ref, [])
            if labels and tuple(labels) not in places:
                places.append(tuple(labels))
        self._items.append("")

    def _node(self, attributes: dict[str, str]) -> None:
        parent = self._nodes[-1] if self._nodes else None
        element = attributes.get("elementRef") or attributes.get("elementref", "")
        self._nodes.append(len(self._draft.boxes))
        self._draft.boxes.append(Box(self._view, element, "", parent))
        self._draft.check()
