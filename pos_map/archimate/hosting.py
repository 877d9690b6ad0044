"""Which machines an application runs on: followed through services, software and artifacts."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from pos_map.archimate.applications import Applications
from pos_map.archimate.graph import Graph
from pos_map.archimate.model import Element, Relation, first
from pos_map.archimate.tables import Rows
from pos_map.archimate.technology import Estate
from pos_map.archimate.words import ENVIRONMENT_KEYS, SHARE_KEYS
from pos_map.columns import LINKS

_PROVIDES = ("Assignment", "Realization", "Serving", "Composition", "Aggregation")
# What may stand between an application and its machine.
_BETWEEN = frozenset(
    {"ApplicationService", "ApplicationInterface", "TechnologyService", "TechnologyFunction",
     "TechnologyProcess", "TechnologyInteraction", "TechnologyInterface", "TechnologyCollaboration",
     "SystemSoftware", "Artifact"}
)  # fmt: skip
_FARTHEST = 4
# (element, environment said, share said, relations followed)
_State = tuple[str, str, str, tuple[int, ...]]


def link_rows(graph: Graph, found: Applications, estate: Estate) -> tuple[Rows, set[str]]:
    """Rows of what each application runs on, and the identifiers of the machines that serve."""
    rows = Rows(
        LINKS,
        {
            "application": "identifier",
            "environment": "environnement",
            "vm": "Node",
            "host": "Device",
            "share": "part",
        },
    )
    linked: set[str] = set()
    for application, code in found.codes.items():
        done: set[tuple[str, str]] = set()
        for identifier, environment, share, line in _machines(graph, found, estate, application):
            if (identifier, environment) in done:
                continue
            done.add((identifier, environment))
            linked.add(identifier)
            virtual = estate.machines.get(identifier, "")
            rows.add(
                line,
                {
                    "application": code,
                    "environment": environment or graph.element(identifier).first(*ENVIRONMENT_KEYS),
                    "vm": virtual,
                    "host": "" if virtual else estate.assets[identifier],
                    "share": share,
                },
            )
    return rows, linked


def _machines(
    graph: Graph, found: Applications, estate: Estate, application: str
) -> Iterator[tuple[str, str, str, int]]:
    """Machines at a short distance, nearest first: identifier, environment, share, line of the relation."""
    parts = found.parts[application]
    waiting: deque[_State] = deque((part, "", "", ()) for part in parts)
    seen: set[tuple[str, str, str]] = {(part, "", "") for part in parts}
    while waiting:
        identifier, environment, share, steps = waiting.popleft()
        if len(steps) >= _FARTHEST:
            continue
        for rank, relation, other in _next(graph, identifier, not steps):
            said = first(relation.properties, *ENVIRONMENT_KEYS) or environment
            part = first(relation.properties, *SHARE_KEYS) or share
            state = (other.identifier, said, part)
            if state in seen:
                continue
            if estate.is_machine(other.identifier):
                seen.add(state)
                path = (*steps, rank)
                graph.followed.update(path)
                for one in path:
                    step = graph.model.relations[one]
                    graph.used.update((step.source, step.target))
                yield other.identifier, said, part, graph.model.relations[path[0]].line
            elif other.type in _BETWEEN:
                seen.add(state)
                waiting.append((*state, (*steps, rank)))


def _next(graph: Graph, identifier: str, at_application: bool) -> Iterator[tuple[int, Relation, Element]]:
    """What provides for an element; for an application, relations are also taken the other way round."""
    yield from graph.reaching(identifier, *_PROVIDES)
    if at_application:
        for rank, relation, other in graph.leaving(
            identifier, "Assignment", "Realization", "Composition", "Aggregation"
        ):
            if other.type not in ("ApplicationService", "ApplicationInterface"):
                yield rank, relation, other
    elif graph.element(identifier).type == "Artifact":
        # An artifact is realized by nothing: what it is assigned to holds it, in either direction.
        yield from graph.leaving(identifier, "Assignment")
