"""The map: nodes, applications and their totals, in the body's own order."""

from __future__ import annotations

from footprint.sheets import MapNode
from footprint.store import tables as t
from footprint.store.database import Store
from footprint.views.applications import tile_of
from footprint.views.book import applications, campaign_rows, open_book


def map_tree(store: Store) -> tuple[MapNode, ...]:
    """The map: top nodes with everything below, in the body's own order."""
    _campaign, book = open_book(store)
    children: dict[str | None, list[t.Node]] = {}
    nodes = campaign_rows(store, t.Node)
    codes = {node.code for node in nodes}
    for node in sorted(nodes, key=lambda n: (n.position, n.code)):
        children.setdefault(node.parent if node.parent in codes else None, []).append(node)
    placed: dict[str, list[t.Application]] = {}
    for application in applications(store).values():
        placed.setdefault(application.node, []).append(application)

    def build(node: t.Node) -> MapNode:
        return MapNode(
            node.code,
            node.level,
            node.label,
            book.amount("node", node.code),
            tuple(build(child) for child in children.get(node.code, [])),
            tuple(tile_of(book, application) for application in placed.get(node.code, [])),
        )

    return tuple(build(node) for node in children.get(None, []))
