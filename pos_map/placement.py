"""Build the tree of the map from the labels of each row, with codes that stay from year to year."""

from __future__ import annotations

from collections.abc import Sequence

from pos_map.model import Node
from pos_map.spelling import plain, slug

LEVELS = ("zone", "quartier", "îlot", "bloc")
# Where an application stands when no file says its place: shown on the map, never dropped.
UNPLACED = "non rattaché"


class MapBuilder:
    """The boxes met so far. The same label under the same parent is the same box, whatever its case."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._codes: dict[tuple[str | None, str], str] = {}
        self._children: dict[str | None, int] = {}

    def place(self, labels: Sequence[str]) -> str:
        """Code of the box under `labels`, from zone to bloc; boxes are made as needed.

        A blank label is a level that is not used. All blank: the box "non rattaché".
        """
        code: str | None = None
        for level, label in zip(LEVELS, labels, strict=False):
            if label:
                code = self._box(code, level, label)
        return code if code is not None else self._box(None, LEVELS[0], UNPLACED)

    def nodes(self) -> tuple[Node, ...]:
        """The boxes in the order they were met, every parent before its children."""
        return tuple(self._nodes.values())

    def _box(self, parent: str | None, level: str, label: str) -> str:
        identity = (parent, plain(label))
        if identity not in self._codes:
            code = self._free_code(parent, label)
            position = self._children.get(parent, 0)
            self._children[parent] = position + 1
            self._codes[identity] = code
            self._nodes[code] = Node(code, parent, level, label, position)
        return self._codes[identity]

    def _free_code(self, parent: str | None, label: str) -> str:
        """A slug; two labels that give the same one ("R+", "R-") are told apart by a number."""
        stem = "/".join(part for part in (parent, slug(label) or "x") if part)
        code, rank = stem, 1
        while code in self._nodes:
            rank += 1
            code = f"{stem}-{rank}"
        return code
