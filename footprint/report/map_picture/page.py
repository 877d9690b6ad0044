"""The whole picture as SVG: title and total above, the map, the legend below."""

from __future__ import annotations

from footprint.report.map_picture import words
from footprint.report.map_picture.boxes import box
from footprint.report.map_picture.colours import (
    ACCENT,
    BLANK,
    HATCH,
    INK,
    PAPER,
    SOFT,
    Colour,
    Look,
    indicator,
    steps,
)
from footprint.report.map_picture.content import Content
from footprint.report.map_picture.layout import boxes
from footprint.report.map_picture.lettering import STACK, attribute, escaped, fitted, line, width
from footprint.report.map_picture.strips import Rect
from footprint.report.map_picture.tiles import mark
from footprint.texts import language, say

WIDTH, HEIGHT = 1920, 1080
MARGIN = 28.0
ROOM = WIDTH - 2 * MARGIN
MAP = Rect(MARGIN, 100.0, ROOM, 898.0)
HEADING = (42.0, 66.0, 89.0)  # px: base lines above the map
LEGEND, FOOT = 1012.0, 1066.0  # px: top of the legend, base line of the last line
HATCHED = (
    '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="7" height="7" fill="#ffffff"/><rect width="1.6" height="7" fill="#b9c2bf"/></pattern></defs>'
)


def svg(content: Content, colour: Colour, family: str = STACK) -> str:
    """The picture as an SVG document, in the current language; `family` is the list of fonts it names."""
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="title desc" lang="{language()}" '
        f'font-family="{attribute(family)}">',
        f'<title id="title">{escaped(words.title(content))}</title>',
        f'<desc id="desc">{escaped(words.description(content, colour))}</desc>',
        HATCHED,
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
    ]
    placed = [box(one, colour) for one in boxes(content.nodes, MAP)] or [_nothing()]
    parts = [*head, *_heading(content, colour), *placed, *_legend(colour), *_foot(content), "</svg>\n"]
    return "\n".join(part for part in parts if part)


def _heading(content: Content, colour: Colour) -> list[str]:
    """Whose map, of which year, by which indicator; the total and what it stands on at the right."""
    found, right = content.summary, WIDTH - MARGIN
    total = words.total(found.total, complete=content.complete)
    if found.total is not None:
        total += say(" par an", " a year")
    under, made = f"{words.between(found)} · {words.coverage(content)}", words.made_of(found)
    left_room = ROOM - max(width(total, 30, bold=True), width(under, 17), width(made, 17)) - 40
    year = f", {found.year}"
    organisation_room = left_room - width(year, 30, bold=True)
    name = fitted(found.organisation, 30, organisation_room, bold=True) + year
    kind = f"{words.heading()} · {say('émissions annuelles en CO2e', 'yearly emissions in CO2e')}"
    first, second, third = HEADING
    return [
        line(name, MARGIN, first, 30, left_room, fill=INK, bold=True),
        line(kind, MARGIN, second, 17, left_room, fill=SOFT),
        line(say("Couleur : ", "Colour: ") + indicator(colour), MARGIN, third, 17, left_room, fill=SOFT),
        line(total, right, first, 30, ROOM, fill=ACCENT, bold=True, anchor="end"),
        line(under, right, second, 17, ROOM, fill=SOFT, anchor="end"),
        line(made, right, third, 17, ROOM, fill=SOFT, anchor="end"),
    ]


def _nothing() -> str:
    middle = MAP.y + MAP.height / 2
    return line(
        say("Aucune application sur la carte.", "No application on the map."),
        WIDTH / 2, middle, 24, ROOM, fill=SOFT, anchor="middle",
    )  # fmt: skip


def _legend(colour: Colour) -> list[str]:
    """What colours, hatching, dashes and signs mean, on a line."""
    x, found = MARGIN, []
    for fill, ink, text in steps(colour):
        wide = max(34.0, width(text, 14, bold=True) + 18)
        found.append(mark(Rect(x, LEGEND, wide, 22), Look(fill, ink, "", weak=False)))
        found.append(line(text, x + wide / 2, LEGEND + 16, 14, wide, fill=ink, bold=True, anchor="middle"))
        x += wide + 3
    x += 10
    for drawn, text in _signs(colour):
        if drawn is not None:
            found.append(mark(Rect(x, LEGEND, 30, 22), drawn))
            x += 38
        found.append(line(text, x, LEGEND + 16, 15, WIDTH - MARGIN - x, fill=INK))
        x += width(text, 15) + 24
    return found


def _signs(colour: Colour) -> list[tuple[Look | None, str]]:
    sense = {
        "note": say("de la plus sobre à la plus lourde", "lightest to heaviest"),
        "total": say("par an", "a year"),
        "quality": say("de valeurs génériques", "of generic values"),
    }[colour]
    none = [(Look(BLANK, INK, "", weak=False), say("sans note", "no letter"))] if colour == "note" else []
    return [
        (None, sense),
        *none,
        (Look(HATCH, INK, "", weak=False, assessed=False), say("non évaluée", "not assessed")),
        (Look(BLANK, INK, "", weak=True), say("données surtout génériques", "mostly generic data")),
        (None, say("≥ évaluation incomplète", "≥ incomplete assessment")),
        (None, say("masses en CO2e par an", "masses in CO2e a year")),
    ]


def _foot(content: Content) -> list[str]:
    told, where = words.provenance(content.summary), words.twin()
    return [
        line(told, MARGIN, FOOT, 15, ROOM - width(where, 15) - 30, fill=SOFT),
        line(where, WIDTH - MARGIN, FOOT, 15, ROOM, fill=SOFT, anchor="end"),
    ]
