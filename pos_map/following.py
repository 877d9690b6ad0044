"""Rules that change: what they alone made follows them, what a file says stays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from pos_map.estate import Located
from pos_map.matching import Matcher, Rule
from pos_map.model import ApplicationLink, Inventory
from pos_map.placement import UNPLACED, MapBuilder
from pos_map.resolving import Resolution

Made = tuple[str, str, str]
FOLLOWED = frozenset({"machine_application", "place"})
"""The kinds of rules that what they made follows; the others give a name for another, which is kept no more."""


def take_back(resolution: Resolution, rules: Sequence[Rule], made: Collection[Made]) -> None:
    """Remove the links and places that rules alone made (see `Estate.by_rule`) and that they say otherwise now.

    What is left of `made` is noted in the estate. A rule that was forgotten says nothing: what it made stays.
    """
    estate = resolution.estate
    codes = [line.entry.code for line in estate.applications]
    users, places = Matcher("machine_application", codes, rules), Matcher("place", (), rules)
    gone = set()
    for table, name, target in made:
        if table == "links":
            said = resolution.user(users, name)
        elif table == "applications":
            said = places.rule(name)
            said = (estate.map.find(said) or "") if said else said
        else:
            continue
        if said is not None and said != target:
            gone.add((table, name, target))
    estate.link_rows[:] = [line for line in estate.link_rows if _link(line.entry) not in gone]
    for at, line in enumerate(estate.applications):
        if ("applications", line.entry.code, line.entry.node) in gone:
            estate.applications[at] = Located(replace(line.entry, node=estate.map.place(())), line.row)
    estate.by_rule |= set(made) - gone


def standing(inventory: Inventory, made: Collection[Made]) -> frozenset[Made]:
    """What rules made and that is still so in an inventory."""
    now = {_link(link) for link in inventory.links}
    now |= {("applications", app.code, app.node) for app in inventory.applications}
    now |= {("nodes", node.code, "") for node in inventory.nodes}
    return frozenset(made) & now


def overruled(inventory: Inventory, rules: Sequence[Rule]) -> tuple[str, ...]:
    """The machines and applications of an inventory that stand elsewhere than where these rules lead: their link or
    place is that of a file, or of a rule forgotten since."""
    users = Matcher("machine_application", (app.code for app in inventory.applications), rules)
    serve: dict[str, set[str]] = {}
    for link in inventory.links:
        if link.vm:
            serve.setdefault(link.vm, set()).add(link.application)
    found = []
    for vm, served in serve.items():
        said = users.rule(vm)
        if said is not None and said not in served and (not said or said in users.known):
            found.append(vm)
    boxes = MapBuilder()
    for node in inventory.nodes:
        boxes.declare(node)
    places, unplaced = Matcher("place", (), rules), boxes.find(UNPLACED)
    for app in inventory.applications:
        said = places.rule(app.code)
        if said is not None and app.node != (boxes.find(said) if said else unplaced):
            found.append(app.code)
    return tuple(found)


def without_empty_boxes(inventory: Inventory, made: Collection[Made]) -> Inventory:
    """The inventory without the boxes that rules made and that hold nothing any more."""
    boxes = {name for table, name, _target in made if table == "nodes"}
    while True:
        held = {
            *(app.node for app in inventory.applications),
            *(place.node for place in inventory.placements),
            *(node.parent for node in inventory.nodes),
        }
        left = tuple(node for node in inventory.nodes if node.code not in boxes or node.code in held)
        if len(left) == len(inventory.nodes):
            return inventory
        inventory = replace(inventory, nodes=left)


def _link(link: ApplicationLink) -> Made | None:
    """A link as a rule makes it: of a machine, and no more."""
    bare = ApplicationLink(link.application, "", vm=link.vm)
    return ("links", link.vm, link.application) if link == bare else None
