"""What the picture says, gathered once from the store."""

from __future__ import annotations

from dataclasses import dataclass, replace

from footprint.sheets import MapNode, Summary
from footprint.store import tables as t
from footprint.store.database import Store
from footprint.store.referential import campaigns, current_campaign, rows
from footprint.views import map_tree, summary, tiles


@dataclass(frozen=True, slots=True)
class Content:
    """The assessed map: `outside` counts the applications that stand in no box of it."""

    summary: Summary
    nodes: tuple[MapNode, ...]
    outside: int = 0

    @property
    def complete(self) -> bool:
        """Whether everything the total should hold is assessed; it is a lower bound otherwise."""
        return self.summary.complete and all(node.complete for node in self.nodes)


def content(store: Store) -> Content:
    """The current campaign's map. Raises CampaignError when there is none or it is not assessed."""
    since = first_years(store)
    nodes = tuple(in_order(node, since) for node in map_tree(store))
    return Content(summary(store), nodes, len(tiles(store)) - sum(map(count, nodes)))


def count(node: MapNode) -> int:
    """Applications in a node and below, second places left out."""
    return sum(one.part == 1 for one in node.applications) + sum(map(count, node.children))


def in_order(node: MapNode, since: dict[tuple[str, str], int]) -> MapNode:
    """The node with its applications by the year they came to their box, then by code: who comes, comes last.

    Those of which it is a second place stand after its own.
    """
    last = max(since.values(), default=0) + 1
    own = sorted(node.applications, key=lambda one: (since.get((node.code, one.code), last), one.code))
    return replace(
        node,
        children=tuple(in_order(child, since) for child in node.children),
        applications=(*own, *sorted(node.second, key=lambda one: one.code)),
        second=(),
    )


def first_years(store: Store) -> dict[tuple[str, str], int]:
    """(node, application) -> first year it stood there, in the campaigns before of the same organisation."""
    here = current_campaign(store)
    before = [
        one for one in campaigns(store) if one.organisation == here.organisation and one.year < here.year
    ]
    found: dict[tuple[str, str], int] = {}
    with store.session() as session:
        for campaign in sorted(before, key=lambda one: one.year):
            assert campaign.id is not None
            for row in rows(session, t.Application, campaign.id):
                found.setdefault((row.node, row.code), campaign.year)
    return found
