"""Read the native file of Archi (.archimate), once out of its zip if it was in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

from pos_map.archimate.markup import Silent, scan
from pos_map.archimate.model import Box, Draft, Element, Model, Relation, type_name

_VIEWS = ("ArchimateDiagramModel", "SketchModel", "CanvasModel")


def read_archi(stream: BinaryIO) -> Model:
    """The model of an Archi file. Raises Unreadable."""
    reader = _Reader()
    scan(stream, reader)
    return reader.model()


class _Reader(Silent):
    def __init__(self) -> None:
        self._draft = Draft()
        # Of the open folders: name and type ("application", "relations"…; "" for inner ones).
        self._folders: list[tuple[str, str]] = []
        self._profiles: dict[str, str] = {}
        self._current: dict[str, str] = {}
        self._depth = 0
        self._properties: list[tuple[str, str]] = []
        self._documentation = ""
        self._line = 0
        self._view = ""
        self._boxes: list[int] = []

    def model(self) -> Model:
        """What was read, profiles named (they are defined last in the file)."""
        for identifier, element in self._draft.elements.items():
            if element.specialization:
                named = self._profiles.get(element.specialization, "")
                self._draft.elements[identifier] = replace(element, specialization=named)
        return self._draft.model()

    def start(self, names: Sequence[str], attributes: dict[str, str], line: int, byte: int) -> None:
        """Open a folder, an element, a relation, a view or a box of it."""
        name = names[-1]
        if name == "folder":
            self._folders.append((" ".join(attributes.get("name", "").split()), attributes.get("type", "")))
        elif name == "element":
            self._current, self._line, self._depth = attributes, line, len(names)
            self._properties, self._documentation = [], ""
            if type_name(attributes.get("xsi:type", "")) in _VIEWS:
                self._view = attributes.get("id", "")
        elif name == "property" and len(names) == self._depth + 1:
            self._properties.append((attributes.get("key", ""), attributes.get("value", "")))
        elif name == "child" and self._view:
            self._child(attributes)
        elif name == "profile":
            self._profiles[attributes.get("id", "")] = " ".join(attributes.get("name", "").split())

    def end(self, names: Sequence[str], text: str, line: int, byte: int) -> None:
        """Close it."""
        name = names[-1]
        if name == "folder" and self._folders:
            self._folders.pop()
        elif name == "documentation" and len(names) == self._depth + 1:
            self._documentation = text.strip()
        elif name == "child" and self._boxes:
            self._boxes.pop()
        elif name == "element" and len(names) == self._depth:
            self._close()
            self._depth = 0

    def _close(self) -> None:
        found, kind = self._current, type_name(self._current.get("xsi:type", ""))
        if self._view or kind in _VIEWS:
            self._view = ""
            return
        name = " ".join(found.get("name", "").split())
        if "source" in found and "target" in found:
            source, target = found["source"], found["target"]
            line, properties = self._line, tuple(self._properties)
            self._draft.relations.append(
                Relation(found.get("id", ""), kind, source, target, line, name, properties)
            )
            self._draft.check()
            return
        identifier = found.get("id", "")
        profile = found.get("profiles", "").partition(" ")[0]
        properties = tuple(self._properties)
        self._draft.add(Element(identifier, kind, name, self._line, properties, self._documentation, profile))
        labels = tuple(label for label, layer in self._folders if not layer and label)
        if labels:
            self._draft.folders.setdefault(identifier, [labels])

    def _child(self, attributes: dict[str, str]) -> None:
        parent = self._boxes[-1] if self._boxes else None
        self._boxes.append(len(self._draft.boxes))
        label = " ".join(attributes.get("name", "").split())
        self._draft.boxes.append(Box(self._view, attributes.get("archimateElement", ""), label, parent))
        self._draft.check()
