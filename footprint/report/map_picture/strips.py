"""Where things stand: counts rounded up to places, boxes in rows in their order, tiles in a grid.

Nothing here knows a value in kgCO2e: the same map keeps its shape whatever its applications emit. Lengths are
in px of a page of 1920 by 1080.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

STEP = 1.2  # from one number of places to the next: what a box may gain before it grows
BOX_ASPECT = 1.6  # width over height that boxes tend to
MOST_WEIGHED, LONGEST_ROW = 120, 40  # boxes: more are put in even rows; in a row, at most
TILE_ASPECT = 2.2
SMALLEST_TEXT = 13.0  # px high: below, a tile is a square
WIDEST, HIGHEST = 240.0, 104.0  # px of a tile
# Px wide and high from which a tile holds three lines, two, one: bigger tiles of less text are no gain.
LEVELS = ((130.0, 50.0), (74.0, 29.0), (61.0, SMALLEST_TEXT))


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle of the page, px."""

    x: float
    y: float
    width: float
    height: float

    def inside(self, side: float, top: float = 0.0) -> Rect:
        """What is left within `side` px on each side, and `top` px more above."""
        width, height = self.width - 2 * side, self.height - 2 * side - top
        return Rect(self.x + side, self.y + side + top, max(width, 0.0), max(height, 0.0))


def places(count: int) -> int:
    """Places kept for so many applications: 0, 2, 4, 6, 8, 10, 12, 15, 18… by two, then by a fifth."""
    if count <= 0:
        return 0
    step = 2
    while step < count:
        step = max(step + 2, math.ceil(step * STEP))
    return step


def step_up(weight: float) -> float:
    """The power of STEP at or above a weight: a parent too grows by steps only."""
    if weight <= 0:
        return 0.0
    return float(STEP ** math.ceil(math.log(weight, STEP) - 1e-9))


def strips(
    weights: Sequence[float], room: Rect, gap: float, least: tuple[float, float] = (0.0, 0.0)
) -> list[Rect]:
    """Rectangles of these weights in rows that fill `room`, read as a text: left to right, then down.

    Boxes below `least` px, wide and high, are avoided.
    """
    if not weights:
        return []
    rows = _best_rows(weights, room, least) if len(weights) <= MOST_WEIGHED else _even_rows(weights, room)
    return _placed(rows, room, gap)


def _best_rows(weights: Sequence[float], room: Rect, least: tuple[float, float]) -> list[list[float]]:
    """Weights in rows, in order, each as high as its share of the whole: the breaks of least badness."""
    total = sum(weights)
    best, starts = [0.0], [0]  # of the first n weights: the least badness, and where their last row starts
    for end in range(1, len(weights) + 1):
        choices = []
        for start in range(max(0, end - LONGEST_ROW), end):
            row = weights[start:end]
            height = max(room.height * sum(row) / total, 1e-9)
            choices.append((best[start] + _badness(row, height, max(room.width, 1e-9), least), start))
        least_bad, start = min(choices)
        best.append(least_bad)
        starts.append(start)
    return _cut(weights, starts)


def _even_rows(weights: Sequence[float], room: Rect) -> list[list[float]]:
    """Many weights in rows of about the same sum, without weighing every way."""
    count = max(1, round(math.sqrt(BOX_ASPECT * len(weights) * room.height / max(room.width, 1e-9))))
    total, before = sum(weights), 0.0
    rows: dict[int, list[float]] = {}
    for weight in weights:
        rows.setdefault(int((before + weight / 2) / total * count), []).append(weight)
        before += weight
    return list(rows.values())


def _cut(weights: Sequence[float], starts: list[int]) -> list[list[float]]:
    rows, end = [], len(weights)
    while end:
        rows.append(list(weights[starts[end] : end]))
        end = starts[end]
    return rows[::-1]


def _badness(row: Sequence[float], height: float, wide: float, least: tuple[float, float]) -> float:
    """How far the boxes of a row are from BOX_ASPECT and below their least size, the worst counting most."""
    found, whole = 0.0, sum(row)
    for weight in row:
        width = wide * weight / whole
        off = abs(math.log(width / height / BOX_ASPECT)) + _lack(width, least[0]) + _lack(height, least[1])
        found += off * off
    return found


def _lack(length: float, least: float) -> float:
    """How much a length below its least weighs: much more than a shape far from ideal."""
    return 4 * math.log(least / length) if length < least else 0.0


def _placed(rows: list[list[float]], room: Rect, gap: float) -> list[Rect]:
    total, y, found = sum(map(sum, rows)), room.y, []
    high = max(room.height - gap * (len(rows) - 1), 0.0)
    for row in rows:
        height, x = high * sum(row) / total, room.x
        wide = max(room.width - gap * (len(row) - 1), 0.0)
        for weight in row:
            width = wide * weight / sum(row)
            found.append(Rect(x, y, width, height))
            x += width + gap
        y += height + gap
    return found


def grid(count: int, room: Rect) -> list[Rect]:
    """`count` equal tiles in order in `room`, which keeps `places(count)`; squares when text has no room."""
    kept = places(count)
    if not kept or room.width <= 0 or room.height <= 0:
        return [Rect(room.x, room.y, 0.0, 0.0)] * count
    columns, width, height = _columns(kept, room)
    gap = _gap(width, height)
    return [
        Rect(room.x + i % columns * width, room.y + i // columns * height, width - gap, height - gap)
        for i in range(count)
    ]


def tile_level(count: int, room: Rect) -> tuple[int, float]:
    """How readable the tiles of a room are: lines of text each holds, then its size in px."""
    if not count or room.width <= 0 or room.height <= 0:
        return 0, 0.0
    _kept, width, height = _columns(places(count), room)
    return _level(width, height), _size(width, height)


def _columns(kept: int, room: Rect) -> tuple[int, float, float]:
    """How many columns make the most readable tiles, and the width and height of a tile with its gap."""
    ideal = math.sqrt(kept * room.width / room.height)
    fewest = min(kept, max(1, int(ideal * 0.3)))
    tried = range(fewest, min(kept, int(ideal * 1.5) + 2) + 1)
    sizes = []
    for columns in tried:
        width, height = _sized(room.width / columns, room.height / math.ceil(kept / columns))
        sizes.append((_level(width, height), round(_size(width, height), 6), columns, width, height))
    columns, width, height = max(sizes)[2:]
    return columns, width, height


def _sized(width: float, height: float) -> tuple[float, float]:
    """A tile no bigger than need be, a square when it holds no text."""
    width, height = min(width, WIDEST), min(height, HIGHEST)
    if not _level(width, height):
        side = min(width, height)
        return side, side
    return width, max(min(height, 0.75 * width), LEVELS[-1][1])


def _level(width: float, height: float) -> int:
    return next((3 - i for i, (wide, high) in enumerate(LEVELS) if width >= wide and height >= high), 0)


def _size(width: float, height: float) -> float:
    return min(width / TILE_ASPECT, height) if _level(width, height) else min(width, height)


def _gap(width: float, height: float) -> float:
    return min(4.0, max(0.5, 0.1 * min(width, height)))
