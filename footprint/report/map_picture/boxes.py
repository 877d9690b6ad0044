"""A box of the map as SVG: frame, title, total or count, and everything in it."""

from __future__ import annotations

from footprint import formats
from footprint.report.map_picture import words
from footprint.report.map_picture.colours import CARD, INK, LINE, PAPER, SOFT, STRONG, Colour, look
from footprint.report.map_picture.layout import PADS, Box
from footprint.report.map_picture.lettering import line, shrunk, width
from footprint.report.map_picture.tiles import MARKED, tile

TOTAL_SHARE = 0.55  # of a title bar, at most, for the total
SMALLER = 0.75  # of its size, a label is made smaller before it is cut
LEAST_LABEL = 5.0  # heights of text a label needs beside a total


def box(one: Box, colour: Colour) -> str:
    """A box and everything in it."""
    parts = [_frame(one), *_title(one)]
    pairs = zip(one.node.applications, one.tiles, strict=True)
    parts += [tile(item, rect, look(item, colour)) for item, rect in pairs]
    parts += [box(child, colour) for child in one.children]
    return "\n".join(part for part in parts if part)


def _frame(one: Box) -> str:
    rect, fill = one.rect, PAPER if one.depth % 2 else CARD
    stroke = STRONG if one.depth == 0 else LINE
    radius = max(1.0, 6.0 - one.depth)
    return (
        f'<rect x="{rect.x:.1f}" y="{rect.y:.1f}" width="{rect.width:.1f}" height="{rect.height:.1f}" '
        f'rx="{radius:.1f}" fill="{fill}" stroke="{stroke}"/>'
    )


def _title(one: Box) -> list[str]:
    """The label, and at the right the total, with the count where tiles have no text; never the one over the other."""
    if not one.title:
        return []
    size, rect, first = one.title, one.rect, one.depth == 0
    side = min(PADS[min(one.depth, len(PADS) - 1)][0], rect.width * 0.06)
    base, room = rect.y + side * 0.4 + size * 1.1, rect.width - 2 * side
    small, total_width = size * 0.88, 0.0
    told = next((text for text in _totals(one) if _holds(text, small, size, room)), "")
    if told:
        total_width = width(told, small, bold=first) + size * 0.6
    at, ink = rect.x + rect.width - side, INK if first else SOFT
    bold, left = one.depth < 2, room - total_width
    label = shrunk(one.node.label, size, max(8.0, SMALLER * size), left, bold=bold)
    return [
        line(one.node.label, rect.x + side, base, label, left, fill=INK, bold=bold),
        line(told, at, base, small, room, fill=ink, bold=first, anchor="end"),
    ]  # fmt: skip


def _holds(text: str, small: float, size: float, room: float) -> bool:
    wide = width(text, small, bold=True) + size * 0.6
    return wide <= room * TOTAL_SHARE and room - wide >= LEAST_LABEL * size


def _totals(one: Box) -> list[str]:
    """What a title says of its box, from the longest to the shortest."""
    total, count = words.total(one.node.total, complete=one.node.complete), formats.integer(one.count)
    if not one.count:
        return [words.applications(0), "0"]
    if wordless(one):
        return [f"{words.applications(one.count)} · {total}", f"{count} · {total}", count]
    return [total]


def wordless(one: Box) -> bool:
    """Whether some tile in a box is too small for any text."""
    return any(rect.height < MARKED for rect in one.tiles) or any(map(wordless, one.children))
