"""The map: nodes, applications and their totals, in the body's own order."""

from __future__ import annotations

from dataclasses import replace

from footprint.sheets import MapNode, Tile
from footprint.store import tables as t
from footprint.store.database import Store
from footprint.views.applications import tile_of
from footprint.views.book import applications, campaign_rows, open_book
from pos_map.placement import UNPLACED
from pos_map.spelling import slug


def map_tree(store: Store) -> tuple[MapNode, ...]:
    """The map: top nodes with everything below, in the body's own order; what has no place comes last."""
    _campaign, book = open_book(store)
    children: dict[str | None, list[t.Node]] = {}
    nodes = campaign_rows(store, t.Node)
    codes = {node.code for node in nodes}
    unplaced = slug(UNPLACED)
    for node in sorted(nodes, key=lambda n: (n.code == unplaced, n.position, n.code)):
        children.setdefault(node.parent if node.parent in codes else None, []).append(node)
    placed: dict[str, list[t.Application]] = {}
    known = applications(store)
    for application in known.values():
        placed.setdefault(application.node, []).append(application)
    second: dict[str, list[Tile]] = {}
    for place in campaign_rows(store, t.Placement):
        if place.application in known:
            tile = replace(tile_of(book, known[place.application]), part=place.share)
            second.setdefault(place.node, []).append(tile)

    def build(node: t.Node) -> MapNode:
        return MapNode(
            node.code,
            node.level,
            node.label,
            book.amount("node", node.code),
            tuple(build(child) for child in children.get(node.code, [])),
            tuple(tile_of(book, application) for application in placed.get(node.code, [])),
            tuple(second.get(node.code, ())),
        )

    return tuple(build(node) for node in children.get(None, []))
