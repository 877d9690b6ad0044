"""Any total of the current assessment, unfolded down to its formulas (footprint.explain)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footprint import explain
from footprint.factor_set import catalogue_of
from footprint.kept import current
from footprint.placing import parts_above
from footprint.sheets import Explanation
from footprint.store import tables as t
from footprint.store.database import Store
from footprint.store.referential import current_campaign, told_lives
from footprint.texts import say
from footprint.views.book import applications, campaign_rows
from footprint.wording import VIEWS, word


def explained(store: Store, view: str, indicator: str = "gwp", *, unfold: bool = True) -> Explanation:
    """The tree of "total", "post:postes", "node:CODE", "application_stage:CODE:use"… (views of `rollup`).

    `unfold` False leaves the applications of a node folded. Raises UnknownSubject with near names.
    """
    kept = current(store, current_campaign(store))
    name, key, sub = explain.parse(kept, view, indicator)
    return explain.explain_total(
        kept, catalogue_of(store.home), name, key, sub, indicator, lives(store),
        members=below(store, key) if name == "node" else {}, unfold=unfold,
    )  # fmt: skip


def label_of(store: Store, view: str, indicator: str = "gwp") -> str:
    """The name of a total, as its page is titled: the label of a node, the words of a post or stage…"""
    name, key, sub = explain.parse(current(store, current_campaign(store)), view, indicator)
    if name == "total":
        return say("Total du système d’information", "Total of the information system")
    if name == "node":
        row = next((row for row in campaign_rows(store, t.Node) if row.code == key), None)
        return _titled(f"{row.level} {row.label}".strip()) if row else key
    words = " – ".join(word(code) for code in (key, sub) if code)
    return _titled(say(f"{VIEWS[name][0]} : {words}", f"{VIEWS[name][1]}: {words}"))


def _titled(text: str) -> str:
    """The text with a capital first, the rest as written."""
    return text[:1].upper() + text[1:]


def lives(store: Store) -> Mapping[str, Any]:
    """The lines of the inventory that tell how their lifetime or share is composed."""
    campaign = current_campaign(store)
    with store.session() as session:
        return told_lives(session, campaign.id or 0)


def below(store: Store, node: str) -> dict[str, float]:
    """The applications under a node of the map, each with its part there."""
    parents = {row.code: row.parent for row in campaign_rows(store, t.Node)}
    main = {code: row.node for code, row in applications(store).items()}
    second = [(row.application, row.node, row.share) for row in campaign_rows(store, t.Placement)]
    return {code: part for code, box, part in parts_above(parents, main, second) if box == node}
