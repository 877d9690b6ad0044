"""Facility and Location: the data centres and rooms machines stand in."""

from __future__ import annotations

from collections.abc import Mapping

from pos_map.archimate.graph import Graph
from pos_map.archimate.model import Element
from pos_map.archimate.tables import Attributes, Rows, unique
from pos_map.archimate.technology import Estate
from pos_map.columns import DATA_CENTRES

_TYPES = ("Facility", "Location")
_HOLDS = ("Composition", "Aggregation", "Assignment", "Realization")
# Properties only a data centre has.
_KEYS = ("pue", "wue", "nomcourtdatacenter", "puissancekw", "zoneelectrique", "facteurcontrat")
_CODE_KEYS = ("nomcourtdatacenter", "code")


def room_rows(graph: Graph, estate: Estate) -> tuple[Rows, dict[str, str]]:
    """Rows of the data centres, and the code of that of each asset (by identifiers).

    A Facility or Location is a data centre when machines stand in it, when a data centre does, or when it
    bears a property of one (pue…). A Location that only holds a data centre is its site.
    """
    found = {one.identifier: one for one in graph.of_types(*_TYPES)}
    direct = {asset: place for asset in estate.assets if (place := _place(graph, asset, found))}
    for asset in estate.assets:
        if asset not in direct and (place := _inherited(graph, asset, estate, found)):
            direct[asset] = place
    parents = {one: place for one in found if (place := _place(graph, one, found))}
    centres = set(direct.values()) | {one for one, element in found.items() if element.first(*_KEYS)}
    for centre in list(centres):
        seen = {centre}
        while (centre := parents.get(centre, "")) and centre not in seen:
            seen.add(centre)
            if found[centre].type == "Facility":
                centres.add(centre)
    taken: set[str] = set()
    codes = {
        one: unique(found[one].first(*_CODE_KEYS) or found[one].name or one, one, taken)
        for one in found
        if one in centres
    }
    rows = Rows(DATA_CENTRES, {"code": "name", "name": "name"})
    known = frozenset({"code", "nom", "name", "type"})
    attributes = Attributes(DATA_CENTRES, frozenset({"code", "ref"}), known)
    for one, code in codes.items():
        element = found[one]
        values, written = attributes.read(element)
        values.setdefault("name", element.name or code)
        values.update(code=code, ref=one)
        parent = parents.get(one, "")
        if parent in codes:
            values["parent"] = codes[parent]
        elif parent:
            values.setdefault("site", found[parent].name)
            graph.used.add(parent)
        rows.add(element.line, values, {**written, "ref": "identifier"})
    attributes.say_unknown(graph)
    graph.used.update(codes)
    return rows, {asset: codes[place] for asset, place in direct.items()}


def _place(graph: Graph, identifier: str, found: Mapping[str, Element]) -> str:
    """The Facility or Location an element stands in, "" without; Association only for want of better."""
    ways = [
        *graph.reaching(identifier, *_HOLDS),
        *graph.leaving(identifier, "Assignment", "Realization"),
        *graph.reaching(identifier, "Association"),
        *graph.leaving(identifier, "Association"),
    ]
    places = [(rank, other.identifier) for rank, _, other in ways if other.identifier in found]
    if identifier in found:
        # Between two places, only holding says which is inside.
        held = {rank for rank, _, _ in graph.reaching(identifier, *_HOLDS)}
        places = [one for one in places if one[0] in held]
    if not places:
        return ""
    graph.followed.add(places[0][0])
    return places[0][1]


def _inherited(graph: Graph, asset: str, estate: Estate, found: Mapping[str, Element]) -> str:
    """The place of what holds the asset: its cluster, its chassis."""
    holders = [estate.members[asset]] if asset in estate.members else []
    for rank, _, holder in graph.reaching(asset, "Composition", "Aggregation"):
        if holder.identifier in estate.assets:
            graph.followed.add(rank)
            holders.append(holder.identifier)
    return next((place for holder in holders if (place := _place(graph, holder, found))), "")
