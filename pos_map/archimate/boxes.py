"""The boxes of the map drawn as elements: Grouping, Capability, functions… nested by relations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pos_map.archimate.graph import Graph
from pos_map.archimate.model import Element, Relation, first
from pos_map.archimate.tables import Rows
from pos_map.archimate.words import SHARE_KEYS, is_box, level_of
from pos_map.columns import NODES
from pos_map.landscape import DEEPEST
from pos_map.placement import LEVELS
from pos_map.spelling import plain, slug

TYPES = frozenset(
    {"Grouping", "Capability", "BusinessFunction", "ApplicationFunction", "ApplicationCollaboration"}
)
_HOLDS = ("Composition", "Aggregation")
_SERVES = ("Realization", "Assignment")


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the map: labels and levels ("" where unsaid) from the top; `share` when the file says it.

    `steps` are the relations that lead there, `boxes` the elements it is made of, if any.
    """

    labels: tuple[str, ...]
    levels: tuple[str, ...] = ()
    share: str = ""
    written: str = ""
    steps: tuple[int, ...] = ()
    boxes: tuple[str, ...] = ()


@dataclass
class Boxes:
    """The elements that are boxes and the one each stands in, with the relation that says so."""

    graph: Graph
    elements: Mapping[str, Element]
    parents: dict[str, tuple[str, int]] = field(default_factory=dict)
    folded: set[str] = field(default_factory=set)
    chains: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = field(default_factory=dict)

    def chain(self, box: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The boxes from the top down to this one, no deeper than a map may be, and the relations followed."""
        above = [box]
        while above[-1] not in self.chains and above[-1] in self.parents:
            above.append(self.parents[above[-1]][0])
        for one in reversed(above):
            if one in self.chains:
                continue
            parent = self.parents.get(one)
            boxes, steps = self.chains[parent[0]] if parent else ((), ())
            if len(boxes) >= DEEPEST:
                self.folded.add(one)
                self.chains[one] = (boxes, steps)
            else:
                self.chains[one] = ((*boxes, one), (*steps, parent[1]) if parent else steps)
        return self.chains[box]

    def marked(self, box: str) -> bool:
        """Whether the box, or one above it, calls itself a zone, a quartier, an îlot or a bloc."""
        return any(is_box(self.elements[one]) for one in self.chain(box)[0])

    def place(self, box: str, relation: Relation, rank: int) -> Place:
        """The place of an element that stands in a box."""
        boxes, steps = self.chain(box)
        elements = [self.elements[one] for one in boxes]
        return Place(
            tuple(label(one) for one in elements),
            tuple(level_of(one) for one in elements),
            first(relation.properties, *SHARE_KEYS),
            relation.type,
            (rank, *steps),
            boxes,
        )


def label(element: Element) -> str:
    """The label of a box: ">" parts the labels of a path, and cannot be kept inside one."""
    return tidy(element.name) or element.identifier


def tidy(text: str) -> str:
    """A label on one line, without the mark that parts the labels of a path."""
    return " ".join(text.replace(">", "›").split())


def find_boxes(graph: Graph, components: Mapping[str, str]) -> Boxes:
    """The boxes of the model; `components` are not boxes unless they say so."""
    elements = {
        one.identifier: one
        for one in graph.model.elements.values()
        if one.identifier not in components and (one.type in TYPES or is_box(one))
    }
    boxes = Boxes(graph, elements)
    several = []
    for identifier in elements:
        found = [
            (owner.identifier, rank)
            for kind in _HOLDS
            for rank, _, owner in graph.reaching(identifier, kind)
            if owner.identifier in elements
        ] or [
            (owner.identifier, rank)
            for rank, _, owner in graph.leaving(identifier, "Realization")
            if owner.identifier in elements
        ]
        if found:
            boxes.parents[identifier] = found[0]
        if len({owner for owner, _ in found}) > 1:
            several.append(elements[identifier])
    _cut_circles(boxes)
    if several:
        graph.say(
            several[0].line,
            "box-in-several",
            f"{len(several)} regroupement(s), dont « {several[0].name} », sont dans plusieurs autres : le premier "
            "du fichier est gardé (Composition avant Aggregation).",
            f"{len(several)} group(s), among them “{several[0].name}”, stand in several others: the first of the "
            "file is kept (Composition before Aggregation).",
            several[0].name,
        )
    return boxes


def _cut_circles(boxes: Boxes) -> None:
    """A box that stands in itself through others becomes a top one; said once."""
    cut: list[Element] = []
    sound: set[str] = set()
    for start in boxes.elements:
        path: list[str] = []
        seen: set[str] = set()
        box = start
        while box not in sound and box in boxes.parents:
            path.append(box)
            seen.add(box)
            box = boxes.parents[box][0]
            if box in seen:
                del boxes.parents[box]
                cut.append(boxes.elements[box])
                break
        sound.update(path)
    if cut:
        boxes.graph.say(
            cut[0].line,
            "cycle",
            f"{len(cut)} regroupement(s), dont « {cut[0].name} », se contiennent eux-mêmes par leurs relations : "
            "lus comme des niveaux du sommet.",
            f"{len(cut)} group(s), among them “{cut[0].name}”, hold themselves through their relations: read as "
            "boxes of the top.",
            cut[0].name,
        )


def places_in(boxes: Boxes, identifier: str) -> list[Place]:
    """The boxes an element stands in: those that hold it, else those it realizes or is assigned to.

    When some call themselves zone, îlot…, the others are not places of the map.
    """
    graph = boxes.graph
    found = [
        (owner.identifier, relation, rank)
        for rank, relation, owner in graph.reaching(identifier, *_HOLDS)
        if owner.identifier in boxes.elements
    ]
    if not found:
        found = [
            (owner.identifier, relation, rank)
            for rank, relation, owner in graph.leaving(identifier, *_SERVES)
            if owner.identifier in boxes.elements
        ] + [
            (owner.identifier, relation, rank)
            for rank, relation, owner in graph.reaching(identifier, "Assignment")
            if owner.identifier in boxes.elements
        ]
        # What only names what the application does, alone at the top, says less than a box in a tree.
        found = [one for one in found if one[0] in boxes.parents] or found
    found = [one for one in found if boxes.marked(one[0])] or found
    return [boxes.place(*one) for one in found]


def node_rows(boxes: Boxes, used: set[str]) -> Rows:
    """Rows of the boxes of the map: those used, and those that stand under the same tops or name a level."""
    rows = Rows(NODES, {"code": "identifier", "label": "name", "level": "niveau", "ref": "identifier"})
    tops = {boxes.chain(box)[0][0] for box in used}
    codes: dict[tuple[str, ...], str] = {}
    taken: set[str] = set()
    for box, element in boxes.elements.items():
        chain, steps = boxes.chain(box)
        if chain[0] not in tops and not is_box(element):
            continue
        boxes.graph.used.add(box)
        boxes.graph.followed.update(steps)
        path: tuple[str, ...] = ()
        for depth, one in enumerate(chain):
            held = boxes.elements[one]
            parent = codes.get(path, "")
            path = (*path, plain(label(held)))
            if path in codes:
                continue
            codes[path] = _code(held, parent, taken)
            level = level_of(held) or LEVELS[min(depth, len(LEVELS) - 1)]
            values: dict[str, object] = {
                "code": codes[path],
                "label": label(held),
                "level": level,
                "ref": one,
            }
            if parent:
                values["parent"] = parent
            if rank := held.first("rang"):
                values["position"] = rank
            rows.add(held.line, values)
    return rows


def _code(element: Element, parent: str, taken: set[str]) -> str:
    """The code the file gives, else a path of slugs; a number tells apart those that would be the same."""
    stem = element.first("codeniveau") or "/".join(
        part for part in (parent, slug(label(element)) or "x") if part
    )
    code, rank = stem, 1
    while code in taken:
        rank += 1
        code = f"{stem}-{rank}"
    taken.add(code)
    return code


def say_folded(boxes: Boxes) -> None:
    """One warning for the boxes deeper than a map may be: what they hold stands in the last level kept."""
    if boxes.folded:
        deepest = boxes.elements[min(boxes.folded, key=lambda box: boxes.elements[box].line)]
        boxes.graph.say(
            deepest.line,
            "too-deep",
            f"{len(boxes.folded)} regroupement(s) sont à plus de {DEEPEST} niveaux du sommet, dont "
            f"« {deepest.name} » : leurs applications sont placées au niveau {DEEPEST}.",
            f"{len(boxes.folded)} group(s) are more than {DEEPEST} levels from the top, among them "
            f"“{deepest.name}”: their applications are placed at level {DEEPEST}.",
            deepest.name,
        )
