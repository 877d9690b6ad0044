"""What applications run on: physical machines, virtual ones, clusters, and the rooms they stand in."""

from __future__ import annotations

from dataclasses import dataclass, field

from pos_map.archimate.graph import Graph
from pos_map.archimate.model import Element
from pos_map.archimate.tables import Attributes, Rows, unique
from pos_map.archimate.words import CONTAINER, ENVIRONMENT_KEYS, TYPE_KEYS, VIRTUAL, kind_of
from pos_map.columns import ASSETS, MACHINES
from pos_map.spelling import key

MACHINE_TYPES = ("Node", "Device")
# Elements that are equipment only when they say which.
TYPED = ("Equipment", "CommunicationNetwork", "DistributionNetwork", "TechnologyInterface")
_CARRIES = ("Assignment", "Composition", "Aggregation", "Realization")
_HOLDS = ("Composition", "Aggregation")
# Properties only a virtual machine has.
_VIRTUAL_KEYS = ("typeeqv", "vcpu", "nomequipementphysique", "nomequipementvirtuel")
_USUAL_TYPE = "Serveur"


@dataclass
class Estate:
    """Names of the machines of the model, by identifier: physical ones, clusters, virtual ones.

    `carrier`: what a virtual machine runs on. `members`: the cluster a device belongs to.
    """

    assets: dict[str, str] = field(default_factory=dict)
    clusters: dict[str, str] = field(default_factory=dict)
    machines: dict[str, str] = field(default_factory=dict)
    carrier: dict[str, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)

    def is_machine(self, identifier: str) -> bool:
        """Whether an application may run on this element."""
        return identifier in self.assets or identifier in self.machines


def find_machines(graph: Graph) -> Estate:
    """Tell physical machines, clusters and virtual machines apart; each takes a unique name."""
    estate = Estate()
    found = {one.identifier: one for one in graph.of_types(*MACHINE_TYPES)}
    found.update((one.identifier, one) for one in graph.of_types(*TYPED) if kind_of(one))
    clusters = _clusters(graph, found, estate)
    for identifier in found:
        if identifier not in clusters and (carrier := _carrier(graph, identifier, found)):
            estate.carrier[identifier] = carrier
    _cut_circles(graph, estate)
    taken: dict[bool, set[str]] = {True: set(), False: set()}
    renamed: list[Element] = []
    for identifier, element in found.items():
        kind = key(kind_of(element))
        virtual = (
            identifier in estate.carrier
            or identifier in clusters
            or kind in VIRTUAL | CONTAINER
            or bool(element.first(*_VIRTUAL_KEYS))
        )
        name = unique(element.name or identifier, identifier, taken[virtual])
        if element.name and name != element.name:
            renamed.append(element)
        if identifier in clusters:
            estate.clusters[identifier] = name
        (estate.machines if virtual else estate.assets)[identifier] = name
    graph.used.update(found)
    if renamed:
        graph.say(
            renamed[0].line,
            "same-name",
            f"{len(renamed)} machine(s) portent le nom d'une autre (ici « {renamed[0].name} ») : leur identifiant "
            "est ajouté à leur nom.",
            f"{len(renamed)} machine(s) bear the name of another (here “{renamed[0].name}”): their identifier is "
            "added to their name.",
            renamed[0].name,
        )
    return estate


def _clusters(graph: Graph, found: dict[str, Element], estate: Estate) -> set[str]:
    """Nodes made of several devices; a node made of one device runs on it."""
    clusters = set()
    for identifier, element in found.items():
        if element.type != "Node" or key(kind_of(element)) in VIRTUAL | CONTAINER:
            continue
        devices = [
            (rank, part.identifier)
            for rank, _, part in graph.leaving(identifier, *_HOLDS)
            if part.type == "Device" and part.identifier in found
        ]
        if len({device for _, device in devices}) > 1:
            clusters.add(identifier)
            for rank, device in devices:
                estate.members.setdefault(device, identifier)
                graph.followed.add(rank)
        elif devices:
            estate.carrier[identifier] = devices[0][1]
            graph.followed.add(devices[0][0])
    return clusters


def _carrier(graph: Graph, identifier: str, found: dict[str, Element]) -> str:
    """The machine a node runs on, "" without; a device is carried by nothing unless it says it is virtual."""
    element = found[identifier]
    virtual = key(kind_of(element)) in VIRTUAL | CONTAINER
    if element.type in TYPED or (element.type == "Device" and not virtual):
        return ""
    below = [
        (rank, owner)
        for rank, _, owner in graph.reaching(identifier, *_CARRIES)
        if owner.identifier in found and owner.type in MACHINE_TYPES
    ]
    # Written the other way round by some: the node assigned to its device.
    below += [
        (rank, owner)
        for rank, _, owner in graph.leaving(identifier, "Assignment", "Realization")
        if owner.identifier in found and owner.type == "Device"
    ]
    if not below:
        return ""
    graph.followed.update(rank for rank, _ in below[:1])
    if len({owner.identifier for _, owner in below}) > 1:
        graph.say(
            element.line,
            "several-hosts",
            f"« {element.name} » est sur plusieurs machines : « {below[0][1].name} » est gardée. "
            "Pour une grappe, composez un Node de ses Device.",
            f"“{element.name}” runs on several machines: “{below[0][1].name}” is kept. "
            "For a cluster, compose a Node of its Devices.",
            element.name,
        )
    return below[0][1].identifier


def _cut_circles(graph: Graph, estate: Estate) -> None:
    """A machine that carries itself through others is physical: nobody can say what it runs on."""
    sound: set[str] = set()
    for start in list(estate.carrier):
        seen: dict[str, None] = {}
        current = start
        while current not in sound and current in estate.carrier and current not in seen:
            seen[current] = None
            current = estate.carrier[current]
        if current in seen:
            del estate.carrier[current]
            element = graph.element(current)
            graph.say(
                element.line,
                "cycle",
                f"« {element.name} » porte la machine qui le porte : il est lu comme une machine physique.",
                f"“{element.name}” carries the machine that carries it: it is read as a physical machine.",
                element.name,
            )
        sound.update(seen)


def asset_rows(graph: Graph, estate: Estate, rooms: dict[str, str]) -> Rows:
    """Rows of physical machines; `rooms` gives the code of the data centre of some."""
    rows = Rows(ASSETS, {"name": "name", "type": "type", "quantity": "quantite", "data_centre": "Facility"})
    attributes = Attributes(
        ASSETS, frozenset({"name", "type", "ref"}), frozenset({*TYPE_KEYS, *ENVIRONMENT_KEYS, "nom", "name"})
    )
    for identifier, name in estate.assets.items():
        element = graph.element(identifier)
        values, written = attributes.read(element)
        values.setdefault("quantity", "1")
        values.update(name=name, type=kind_of(element) or _USUAL_TYPE, ref=identifier)
        if identifier in rooms:
            values["data_centre"] = rooms[identifier]
        if cluster := estate.members.get(identifier):
            values["cluster"] = estate.clusters[cluster]
        rows.add(element.line, values, {**written, "ref": "identifier"})
    attributes.say_unknown(graph)
    return rows


def machine_rows(graph: Graph, estate: Estate, linked: set[str]) -> Rows:
    """Rows of virtual machines; a cluster is one only when an application runs on it (`linked`) or it says so."""
    rows = Rows(
        MACHINES, {"name": "name", "host": "Device", "cluster": "Node", "inside": "Node", "vcpu": "vCPU"}
    )
    attributes = Attributes(
        MACHINES, frozenset({"name", "ref"}), frozenset({*TYPE_KEYS, *ENVIRONMENT_KEYS, "nom", "name"})
    )
    for identifier, name in estate.machines.items():
        element = graph.element(identifier)
        if identifier in estate.clusters and identifier not in linked and not element.first(*_VIRTUAL_KEYS):
            continue
        values, written = attributes.read(element)
        values.update(name=name, ref=identifier)
        values.update(_support(identifier, estate))
        if "kind" not in values and ("inside" in values or key(kind_of(element)) in CONTAINER):
            values["kind"] = "conteneur"
        rows.add(element.line, values, {**written, "ref": "identifier"})
    attributes.say_unknown(graph)
    return rows


def _support(identifier: str, estate: Estate) -> dict[str, object]:
    """What a virtual machine draws on: a host, a cluster, or another virtual machine."""
    if identifier in estate.clusters:
        return {"cluster": estate.clusters[identifier]}
    carrier = estate.carrier.get(identifier, "")
    if carrier in estate.assets:
        return {"host": estate.assets[carrier]}
    if carrier in estate.clusters:
        return {"cluster": estate.clusters[carrier]}
    return {"inside": estate.machines[carrier]} if carrier in estate.machines else {}
