"""The nested boxes of the map on the page: how big, where, with which titles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from footprint.report.map_picture.strips import Rect, grid, places, step_up, strips, tile_level
from footprint.sheets import MapNode

# Px of titles and of the room around boxes, by depth: on a roomy map, on the densest one.
TITLES = ((18.0, 14.0), (15.0, 12.0), (13.0, 9.5), (12.0, 8.0), (11.0, 8.0))
PADS = ((9.0, 4.0), (7.0, 3.0), (5.0, 2.0), (4.0, 1.5), (3.0, 1.0))
ROOMY = 2600.0  # px² a place has on a map whose titles are full size
USED = 0.55  # of the page, about, is tiles: the rest is titles and rooms between
BAR = 1.5  # height of a title bar, in heights of its text
NARROWEST = 3.5  # width below which a box has no title, in heights of its text
SHORT = 6.0  # width a box should have, in heights of the text of its title
LABEL = 9.0  # width its weight counts for its title, in the same
OWN = (74.0, 34.0)  # px: least width of a column, or height of a row, of a node's own applications
MOST_OWN = 0.4  # of the box, at most, when that least is more than their share


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes that depend on how crowded the map is: px² of a place, and a factor 0..1 for titles."""

    unit: float
    ease: float

    def title(self, depth: int) -> float:
        """Px of the text of a title."""
        return _between(TITLES[min(depth, len(TITLES) - 1)], self.ease)

    def least(self, depth: int) -> tuple[float, float]:
        """Px, wide and high, below which a box has no room for its title and a row of tiles."""
        tiles = min(18.0, 0.6 * math.sqrt(self.unit))
        return SHORT * self.title(depth), BAR * self.title(depth) + 2 * self.pad(depth) + tiles

    def pad(self, depth: int) -> float:
        """Px between the border of a box and what it holds."""
        return _between(PADS[min(depth, len(PADS) - 1)], self.ease)


@dataclass(frozen=True, slots=True)
class Box:
    """A node placed: `title` px of its text (0: no room for one), a rectangle for each of its tiles."""

    node: MapNode
    depth: int
    rect: Rect
    title: float
    count: int  # applications in it and below, second places left out
    children: tuple[Box, ...]
    tiles: tuple[Rect, ...]


@dataclass(frozen=True, slots=True)
class _Weighed:
    node: MapNode
    weight: float
    count: int
    children: tuple[_Weighed, ...]


def boxes(nodes: Sequence[MapNode], page: Rect) -> tuple[Box, ...]:
    """The top nodes and everything below, in their order, filling the page."""
    scale = scale_of(nodes, page)
    weighed = [_weigh(node, 0, scale) for node in nodes]
    rects = strips([item.weight for item in weighed], page, scale.pad(0), scale.least(0))
    return tuple(_box(item, 0, rect, scale) for item, rect in zip(weighed, rects, strict=True))


def scale_of(nodes: Sequence[MapNode], page: Rect) -> Scale:
    """How crowded a map is, by steps: one application more seldom changes it."""
    kept = step_up(max(sum(_places_in(node) for node in nodes), 1))
    unit = USED * page.width * page.height / kept
    return Scale(unit, min(1.0, math.sqrt(unit / ROOMY)))


def _places_in(node: MapNode) -> int:
    own = places(len(node.applications)) + 1  # a title costs about a place
    return own + sum(_places_in(child) for child in node.children)


def _weigh(node: MapNode, depth: int, scale: Scale) -> _Weighed:
    children = tuple(_weigh(child, depth + 1, scale) for child in node.children)
    own = float(places(len(node.applications)))
    held = step_up(max(own + sum(child.weight for child in children), 1.0))
    side = math.sqrt(held * scale.unit)
    title = scale.title(depth)
    around = max(1.25 * side, LABEL * title) * BAR * title + 4 * side * scale.pad(depth)
    count = sum(one.part == 1 for one in node.applications) + sum(child.count for child in children)
    return _Weighed(node, held + around / scale.unit, count, children)


def _box(item: _Weighed, depth: int, rect: Rect, scale: Scale) -> Box:
    pad, title = scale.pad(depth), scale.title(depth)
    if rect.height < 1.6 * BAR * title or rect.width < NARROWEST * title:
        title = 0.0
    room = rect.inside(min(pad, rect.width / 8, rect.height / 8), BAR * title * 0.85)
    mine, rest = _own(item, room, pad, scale)
    rects = strips([child.weight for child in item.children], rest, pad, scale.least(depth + 1))
    children = [_box(child, depth + 1, at, scale) for child, at in zip(item.children, rects, strict=True)]
    tiles = grid(len(item.node.applications), mine)
    return Box(item.node, depth, rect, title, item.count, tuple(children), tuple(tiles))


def _own(item: _Weighed, room: Rect, pad: float, scale: Scale) -> tuple[Rect, Rect]:
    """The part of a box for its own applications, a row above or a column at the left, and the part below it."""
    count = len(item.node.applications)
    if not count or not item.children:
        return room, room
    share = places(count) / (places(count) + sum(child.weight for child in item.children))
    wide, high = (_least(least, scale) for least in OWN)
    width = max(room.width * share, min(wide, MOST_OWN * room.width))
    height = max(room.height * share, min(high, MOST_OWN * room.height))
    column, row = replace(room, width=width), replace(room, height=height)
    if tile_level(count, column) > tile_level(count, row):
        moved = width + pad
        return column, replace(room, x=room.x + moved, width=max(room.width - moved, 0.0))
    moved = height + pad
    return row, replace(room, y=room.y + moved, height=max(room.height - moved, 0.0))


def _least(least: float, scale: Scale) -> float:
    return least * min(1.0, math.sqrt(scale.unit / ROOMY) * 1.3)


def _between(sizes: tuple[float, float], ease: float) -> float:
    full, least = sizes
    return least + (full - least) * ease
