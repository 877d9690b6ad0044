"""Build the tree of the map from the labels of each row, with codes and positions that stay from year to year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest

from pos_map.model import Node
from pos_map.spelling import plain, slug

LEVELS = ("zone", "quartier", "îlot", "bloc", "sous-bloc")
# Where an application stands when no file says its place: shown on the map, never dropped.
UNPLACED = "non rattaché"
SEPARATOR = " > "
# Five levels make a code that the store and an address hold.
_LONGEST_SLUG = 50


def path_of(written: str) -> list[str]:
    """The labels of a path, from the top: "Opérations > Droits"."""
    return [label for part in written.split(">") if (label := " ".join(part.split()))]


class MapBuilder:
    """The boxes met so far. The same label under the same parent is the same box, whatever its case.

    `previous` are the boxes of the year before or of the last import: met again, by identifier of the source or
    by label, they keep their code and position; new boxes come after them.
    """

    def __init__(self, previous: Sequence[Node] = ()) -> None:
        self._nodes: dict[str, Node] = {}
        self._codes: dict[tuple[str | None, str], str] = {}
        self._next: dict[str | None, int] = {}
        self._old_codes = {(node.parent, plain(node.label)): node.code for node in reversed(previous)}
        counted = Counter(node.ref for node in previous if node.ref)
        # An identifier that two boxes bear tells nothing.
        self._old_refs = {node.ref: node.code for node in previous if counted[node.ref] == 1}
        self._called: dict[str, str] = {}
        self._old = {node.code: node for node in previous}
        for node in previous:
            self._next[node.parent] = max(self._next.get(node.parent, 0), node.position + 1)

    def place(self, labels: Sequence[str], levels: Sequence[str] = ()) -> str:
        """Code of the box under `labels`, from the top; boxes are made as needed.

        `levels` names the levels where they are not zone, quartier, îlot, bloc. A blank label is a level that
        is not used. All blank: the box "non rattaché".
        """
        code: str | None = None
        names = zip_longest(labels, levels, LEVELS[: len(labels)], fillvalue="")
        for label, own, usual in names:
            if label:
                code = self._box(code, own or usual or LEVELS[-1], label)
        return code if code is not None else self._box(None, LEVELS[0], UNPLACED)

    def declare(self, node: Node) -> None:
        """Add a box that a file names by its own code, its parent before it; `position` below 0: after the others."""
        old = self._old.get(node.code)
        position = node.position
        if position < 0:
            position = old.position if old and old.parent == node.parent else self._after(node.parent)
        self._keep(Node(node.code, node.parent, node.level, node.label, position, node.ref))

    def find(self, written: str) -> str | None:
        """Code of the box a cell names, by its code or by its path of labels; None when there is none."""
        if (called := self._called.get(written, written)) in self._nodes:
            return called
        code: str | None = None
        for label in path_of(written):
            code = self._codes.get((code, plain(label)))
            if code is None:
                return None
        return code

    def call(self, written: str, code: str) -> None:
        """Understand a code that a file writes as that of a box that keeps another."""
        self._called[written] = code

    def node(self, code: str) -> Node | None:
        """The box of a code, None when it was not met."""
        return self._nodes.get(code)

    def nodes(self) -> tuple[Node, ...]:
        """The boxes in the order they were met, every parent before its children."""
        return tuple(self._nodes.values())

    def _box(self, parent: str | None, level: str, label: str) -> str:
        identity = (parent, plain(label))
        if identity not in self._codes:
            code = self._old_codes.get(identity)
            if code is None or code in self._nodes:
                code = self._free_code(parent, label)
            old = self._old.get(code)
            position = old.position if old is not None else self._after(parent)
            self._keep(Node(code, parent, level, label, position, old.ref if old else ""))
        return self._codes[identity]

    def _keep(self, node: Node) -> None:
        self._next[node.parent] = max(self._next.get(node.parent, 0), node.position + 1)
        self._codes.setdefault((node.parent, plain(node.label)), node.code)
        # One given again comes after those above it, which may be new.
        self._nodes.pop(node.code, None)
        self._nodes[node.code] = node

    def _after(self, parent: str | None) -> int:
        return self._next.get(parent, 0)

    def code_of(self, ref: str) -> str:
        """The code a box of this source identifier had, "" when it is new: renamed there, it is the same here."""
        return self._old_refs.get(ref, "")

    def _free_code(self, parent: str | None, label: str) -> str:
        """A slug; two labels that give the same one ("R+", "R-") are told apart by a number."""
        stem = "/".join(part for part in (parent, slug(label)[:_LONGEST_SLUG].strip("-") or "x") if part)
        code, rank = stem, 1
        while code in self._nodes or code in self._old:
            rank += 1
            code = f"{stem}-{rank}"
        return code
