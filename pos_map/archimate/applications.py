"""Which ApplicationComponents are applications, what they are made of, and the flows between them."""

from __future__ import annotations

from dataclasses import dataclass, field

from pos_map.archimate.graph import Graph
from pos_map.archimate.model import Element, first
from pos_map.archimate.tables import Rows, unique
from pos_map.archimate.words import CODE_KEYS, is_box
from pos_map.columns import FLOWS

COMPONENT = "ApplicationComponent"
_PARTS = ("Composition", "Aggregation")
# Behaviour and interfaces that stand for the component that has them.
_FACETS = (
    "ApplicationFunction",
    "ApplicationProcess",
    "ApplicationService",
    "ApplicationInterface",
    "ApplicationInteraction",
    "ApplicationEvent",
)
_HAS = ("Composition", "Aggregation", "Assignment", "Realization")


@dataclass
class Applications:
    """`codes`: the code of each application, by identifier. `root`: the application of each component.

    `parts`: the components of an application, itself first.
    """

    codes: dict[str, str] = field(default_factory=dict)
    root: dict[str, str] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)

    def of(self, graph: Graph, element: Element) -> tuple[str, int | None]:
        """The application an element is or belongs to, "" without; and the relation that says so."""
        if element.identifier in self.root:
            return self.root[element.identifier], None
        if element.type in _FACETS:
            for rank, _, owner in graph.reaching(element.identifier, *_HAS):
                if owner.identifier in self.root:
                    return self.root[owner.identifier], rank
        return "", None


def applications(graph: Graph) -> Applications:
    """Tell applications from their components; the codes of applications are unique unless two are written."""
    found = Applications()
    components = {one.identifier: one for one in graph.of_types(COMPONENT) if not is_box(one)}
    owners = _owners(graph, components)
    for identifier in components:
        _settle(identifier, owners, found.root, graph)
    for identifier in components:
        root = found.root[identifier]
        found.parts.setdefault(root, [root])
        if root != identifier:
            found.parts[root].append(identifier)
    _codes(graph, found)
    inner = len(components) - len(found.codes)
    if inner:
        part = next(one for one in components.values() if found.root[one.identifier] != one.identifier)
        graph.say(
            part.line,
            "components",
            f"{inner} ApplicationComponent font partie d'un autre (Composition, Aggregation ou Specialization) : "
            "ce sont des composants, comptés avec leur application. Donnez un code à ceux qui sont des applications.",
            f"{inner} ApplicationComponent(s) are parts of another (Composition, Aggregation or Specialization): "
            "they are components, counted with their application. Give a code to those that are applications.",
            part.name,
        )
    graph.used.update(components)
    return found


def _owners(graph: Graph, components: dict[str, Element]) -> dict[str, tuple[str, int]]:
    """The component each one is a part of. One that bears its own code stays an application unless composed."""
    owners: dict[str, tuple[str, int]] = {}
    for identifier, component in components.items():
        candidates = [
            (relation.type, owner.identifier, rank)
            for rank, relation, owner in graph.reaching(identifier, *_PARTS)
            if owner.identifier in components
        ]
        candidates += [
            ("Specialization", general.identifier, rank)
            for rank, _, general in graph.leaving(identifier, "Specialization")
            if general.identifier in components
        ]
        if component.first(*CODE_KEYS):
            candidates = [one for one in candidates if one[0] == "Composition"]
        # A part before a loose member, a loose member before a kind.
        candidates.sort(key=lambda one: ("Composition", "Aggregation", "Specialization").index(one[0]))
        if candidates:
            owners[identifier] = candidates[0][1:]
    return owners


def _settle(start: str, owners: dict[str, tuple[str, int]], roots: dict[str, str], graph: Graph) -> None:
    """Give its topmost owner to a component and those above; in a circle nobody is part of anybody."""
    path: list[str] = []
    seen: set[str] = set()
    current = start
    while current not in roots and current in owners and current not in seen:
        path.append(current)
        seen.add(current)
        current = owners[current][0]
    if current in seen:
        circle = path[path.index(current) :]
        roots.update((one, one) for one in circle)
        element = graph.element(current)
        graph.say(
            element.line,
            "cycle",
            f"« {element.name} » est une partie de lui-même par ses relations : il est lu comme une application.",
            f"“{element.name}” is a part of itself through its relations: it is read as an application.",
            element.name,
        )
    root = roots.setdefault(current, current)
    for one in path:
        if one not in roots:
            roots[one] = root
            graph.followed.add(owners[one][1])


def _codes(graph: Graph, found: Applications) -> None:
    """The code each application bears, in the order of the file; written codes come before names."""
    own = [graph.element(one) for one, root in found.root.items() if one == root]
    # Two applications with one written code are for the checks of the map to refuse.
    taken = {code for element in own if (code := element.first(*CODE_KEYS))}
    nameless = []
    for element in own:
        identifier = element.identifier
        name = element.name or identifier
        written = element.first(*CODE_KEYS)
        code = found.codes[identifier] = written or unique(name, identifier, taken)
        if not element.name:
            nameless.append(element)
        elif not written and code != name:
            graph.say(
                element.line,
                "same-name",
                f"Une autre application s'appelle « {name} » : celle-ci prend le code « {code} ». "
                "Donnez-lui un code ou un autre nom.",
                f"Another application is called “{name}”: this one takes the code “{code}”. "
                "Give it a code or another name.",
                name,
            )
    if nameless:
        graph.say(
            nameless[0].line,
            "nameless",
            f"{len(nameless)} application(s) sans nom : leur identifiant en tient lieu.",
            f"{len(nameless)} application(s) without a name: their identifier stands for it.",
        )


def flows(graph: Graph, found: Applications) -> Rows:
    """Flow relations between applications, or between what belongs to them; one a pair and nature."""
    rows = Rows(FLOWS, {"source": "source", "target": "target", "nature": "name"})
    seen: set[tuple[str, str, str]] = set()
    for rank, relation in enumerate(graph.model.relations):
        elements = graph.model.elements
        if relation.type != "Flow" or relation.source not in elements or relation.target not in elements:
            continue
        source, before = found.of(graph, graph.element(relation.source))
        target, after = found.of(graph, graph.element(relation.target))
        if not source or not target or source == target:
            continue
        graph.used.update((relation.source, relation.target))
        graph.followed.update(one for one in (rank, before, after) if one is not None)
        nature = first(relation.properties, "nature") or relation.name
        flow = (found.codes[source], found.codes[target], nature)
        if flow in seen:
            continue
        seen.add(flow)
        values: dict[str, object] = dict(zip(("source", "target", "nature"), flow, strict=True))
        for name, keys in (
            ("encrypted", ("chiffre", "encrypted")),
            ("bidirectional", ("bidirectionnel", "bidirectional")),
        ):
            if said := first(relation.properties, *keys):
                values[name] = said
        rows.add(relation.line, values)
    return rows
