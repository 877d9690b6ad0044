"""Items of a PCR-SI request: their cells, their tags, what they declare."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from pos_map.loose_json import Json, Object
from pos_map.rcp_si_words import KWH, QUANTITY, TAG_KINDS, is_centre
from pos_map.spelling import key
from pos_map.values import Cell
from pos_map.writing import unguarded


@dataclass(slots=True)
class Item:
    """One line of the inventory of a request."""

    given: Object
    name: str
    tags: dict[str, str]
    loose: list[str]

    def cell(self, name: str) -> Cell:
        """A value as a cell."""
        return cell_of(self.given.values.get(name))

    def text(self, name: str) -> str:
        """A text, "" without one."""
        value = self.given.values.get(name)
        return " ".join(value.split()) if isinstance(value, str) else ""

    def number(self, name: str) -> float | None:
        """A finite number."""
        value = self.given.values.get(name)
        return value if isinstance(value, float) and math.isfinite(value) else None

    @property
    def centre(self) -> str:
        """The data centre its tags name."""
        return self.tags.get("datacenter", "")

    @property
    def yearly_kwh(self) -> float | None:
        """Electricity of the whole line."""
        each, quantity = self.number(KWH), self.number(QUANTITY)
        if each is None and key(self.text("unit")) == "kwh":
            return quantity
        return None if each is None or quantity is None else each * quantity


def item_of(given: Object, name: str, shared: set[str]) -> Item:
    """An item, its tags sorted; those of `shared` name data centres."""
    tags: dict[str, str] = {}
    loose = []
    for tag in tags_of(given):
        kind, _colon, value = tag.partition(":")
        if kind in TAG_KINDS and value.strip():
            tags.setdefault(kind, value.strip())
        elif is_centre(tag) or tag in shared:
            tags.setdefault("datacenter", tag)
        else:
            loose.append(tag)
    return Item(given, name, tags, loose)


def tags_of(given: Object) -> Iterator[str]:
    """The tags of an item, under either of the names the draft uses."""
    for name in ("tags", "tag"):
        value = given.values.get(name)
        for tag in value if isinstance(value, list) else [value]:
            if isinstance(tag, str) and tag.strip():
                yield " ".join(tag.split())


def type_of(given: Object) -> str:
    """The type of an item as written."""
    return text_of(given, "type")


def text_of(given: Object, name: str) -> str:
    """A text of an item, or a number as text."""
    value = given.values.get(name)
    if isinstance(value, float):
        return f"{value:.15g}"
    return " ".join(value.split()) if isinstance(value, str) else ""


def application_of(item: Item) -> str:
    """The application a tag names; without one, the service stands for its own."""
    return item.tags.get("application", "") or item.name


def gwp_of(impacts: Json) -> float | None:
    """Climate change of an ImpactObject, all life-cycle steps; None when it says none."""
    if not isinstance(impacts, Object):
        return None
    steps = [impacts, *(step for step in impacts.values.values() if isinstance(step, Object))]
    found = [value for step in steps if isinstance(value := step.values.get("GWP"), float)]
    return sum(found) if found else None


def cell_of(value: Json) -> Cell:
    """A value as a cell; what is no scalar is shown, to be refused where a number is expected."""
    if isinstance(value, str):
        # A text made safe for a spreadsheet is unguarded when read: this one is what it is.
        return f"'{value}" if unguarded(value) != value else value
    if isinstance(value, (list, Object)):
        return "[…]"
    return str(value).lower() if isinstance(value, bool) else value


def free_name(stem: str, taken: set[str]) -> str:
    """A name that no other item bears."""
    name, rank = stem, 1
    while name in taken:
        rank += 1
        name = f"{stem} ({rank})"
    taken.add(name)
    return name
