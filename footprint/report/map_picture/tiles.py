"""A tile as SVG: as much text as it holds, then a mark, then a square."""

from __future__ import annotations

from footprint import formats
from footprint.report.map_picture.colours import INK, Look
from footprint.report.map_picture.lettering import clean, escaped, line, shrunk, width
from footprint.report.map_picture.strips import Rect
from footprint.sheets import Tile
from footprint.texts import say

NAMED = 50.0  # px high from which the name has its line
TWO_LINES = (57.0, 25.5)  # px wide and high from which code and value have each theirs
ONE_LINE = (57.0, 11.0)
LEAST = 7.5  # px of a code made smaller rather than cut
MARKED = 12.0  # px of the smallest tile with its letter
LONGEST = 80  # characters of a name that pops up


def tile(item: Tile, rect: Rect, look: Look) -> str:
    """An application: its rectangle, its texts, and its name in full for a pointer that stops on it."""
    if rect.width <= 0 or rect.height <= 0:
        return ""
    return f"<g><title>{escaped(told(item))}</title>{mark(rect, look)}{_texts(item, rect, look)}</g>"


def told(item: Tile) -> str:
    """An application in a sentence: code, name, letter, total."""
    name = clean(item.name)
    name = name if len(name) <= LONGEST else name[:LONGEST] + "…"
    letter = [say("note ", "letter ") + item.score.letter] if item.score.letter else []
    second = [] if item.part == 1 else [say("second emplacement", "second place")]
    return ", ".join([code(item), name, *second, *letter, value(item)])


def code(item: Tile) -> str:
    """The code, with the part of the application that stands here where it is a second place."""
    return item.code if item.part == 1 else f"{item.code} ({formats.percent(item.part)})"


def value(item: Tile) -> str:
    """The total as tiles say it: a mass without its "CO2e", "≥" when it is incomplete, or that there is none."""
    if item.total is None:
        return say("non évaluée", "not assessed")
    mass = formats.kg(item.total).removesuffix("CO2e")
    return mass if item.score.complete else f"≥ {mass}"


def mark(rect: Rect, look: Look) -> str:
    """A tile without texts; the dashes of a dark one are drawn inside it, in white."""
    least = min(rect.width, rect.height)
    thin = 1.0 if least >= 8 else 0.5
    weak = look.weak and least >= 6
    if not weak:
        return _rect(rect, look.fill, f'stroke="{INK}" stroke-opacity="0.45" stroke-width="{thin}"')
    dash = "4 3" if least >= 12 else "2 2"
    dashed = f'stroke="{look.ink}" stroke-opacity="0.8" stroke-width="{thin}" stroke-dasharray="{dash}"'
    if look.ink == INK or least < MARKED:
        return _rect(rect, look.fill, dashed)
    return _rect(rect, look.fill, 'stroke="none"') + _rect(rect.inside(1.2 * thin), "none", dashed)


def _rect(rect: Rect, fill: str, stroke: str) -> str:
    least = min(rect.width, rect.height)
    corner = f' rx="{min(4.0, least / 8):.1f}"' if least >= 8 else ""
    return (
        f'<rect x="{rect.x:.1f}" y="{rect.y:.1f}" width="{rect.width:.1f}" height="{rect.height:.1f}"{corner} '
        f'fill="{fill}" {stroke}/>'
    )


def _texts(item: Tile, rect: Rect, look: Look) -> str:
    if rect.width >= TWO_LINES[0] and rect.height >= TWO_LINES[1]:
        return _lines(item, rect, look)
    if rect.width >= ONE_LINE[0] and rect.height >= ONE_LINE[1]:
        return _one_line(item, rect, look)
    if min(rect.width, rect.height) >= MARKED and len(look.mark) == 1:
        size = min(14.0, 0.75 * min(rect.width, rect.height))
        middle = rect.x + rect.width / 2
        base = rect.y + rect.height / 2 + size * 0.36
        return line(look.mark, middle, base, size, rect.width, fill=look.ink, bold=True, anchor="middle")
    return ""


def _lines(item: Tile, rect: Rect, look: Look) -> str:
    """Code, name when there is room, value, and the mark in the lower right corner."""
    named = rect.height >= NAMED
    side = min(8.0, rect.width * 0.07)
    size = max(9.5, min(17.0, rect.height * (0.22 if named else 0.28), rect.width / 7.5))
    room, left = rect.width - 2 * side, rect.x + side
    small, big = max(9.0, size * 0.85), size * 1.25 if len(look.mark) == 1 else size
    top, bottom = rect.y + size + min(6.0, rect.height * 0.07), rect.y + rect.height - max(3.5, side * 0.8)
    written = [(code(item), top, shrunk(code(item), size, LEAST, room, bold=True), room, True)]
    if named:
        written.append((item.name, top + small * 1.3, small, room, False))
    beside = room - (width(look.mark, big, bold=True) + 4 if look.mark else 0.0)
    written.append((value(item), bottom, shrunk(value(item), small, LEAST, beside), beside, False))
    plates = "" if look.assessed else "".join(_plate(text, left, y, s, r) for text, y, s, r, _b in written)
    texts = "".join(line(text, left, y, s, r, fill=look.ink, bold=b) for text, y, s, r, b in written)
    return plates + texts + _corner(look, rect, bottom, big, side)


def _one_line(item: Tile, rect: Rect, look: Look) -> str:
    size = max(9.0, min(13.0, rect.height * 0.62))
    base, side = rect.y + rect.height / 2 + size * 0.36, 4.0
    room = rect.width - 2 * side - (width(look.mark, size, bold=True) + 3 if look.mark else 0.0)
    named, small = code(item), shrunk(code(item), size, LEAST, room)
    plate = "" if look.assessed else _plate(named, rect.x + side, base, small, room)
    text = line(named, rect.x + side, base, small, room, fill=look.ink)
    return plate + text + _corner(look, rect, base, size, side)


def _corner(look: Look, rect: Rect, base: float, size: float, side: float) -> str:
    x = rect.x + rect.width - side
    return line(look.mark, x, base, size, rect.width, fill=look.ink, bold=True, anchor="end")


def _plate(text: str, x: float, y: float, size: float, room: float) -> str:
    """White behind a text on a hatched ground."""
    wide = min(width(clean(text), size, bold=True), room)
    return (
        f'<rect x="{x - 1.5:.1f}" y="{y - size * 0.85:.1f}" width="{wide + 3:.1f}" height="{size * 1.1:.1f}" '
        'fill="#ffffff"/>'
    )
