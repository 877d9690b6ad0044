"""Texts in SVG: how wide they are, cut so that none leaves its box, escaped."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# The first families share the widths below; on a page without them, `textLength` holds a text in its box.
FAMILIES = ("Liberation Sans", "Arial", "Helvetica")
STACK = "'Liberation Sans', Arial, Helvetica, system-ui, sans-serif"
# Thousandths of the text's size, from the space to the tilde: metrics of Helvetica, published by Adobe.
WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667,
    556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556,
    556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722,
    500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
BOLD = 1.08  # bold is wider, at most by this on a word
WIDEST_FONT = 1.18  # a family met in the stack may be wider by this
ELLIPSIS = "…"
UNBROKEN = "\u00a0\u202f"
FORBIDDEN = {"Cc", "Cs", "Co", "Cn", "Cf"}  # nothing to see, or not allowed in XML


def clean(text: str) -> str:
    """A text on one line without what XML forbids or what turns its direction; no-break spaces stay."""
    spaced = (" " if char.isspace() and char not in UNBROKEN else char for char in text)
    return "".join(char for char in spaced if unicodedata.category(char) not in FORBIDDEN)


def attribute(text: str) -> str:
    """A list of font families for an attribute."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(chr(34), "&quot;")


def escaped(text: str) -> str:
    """A clean text for the inside of an element or of an attribute."""
    safe = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return safe.replace('"', "&quot;").replace("'", "&#39;")


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Px a text takes at this size."""
    return sum(map(_thousandths, text)) * size / 1000 * (BOLD if bold else 1.0)


@lru_cache(maxsize=4096)
def _thousandths(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    plain = unicodedata.normalize("NFKD", char)[0]
    if " " <= plain <= "~":
        return WIDTHS[ord(plain) - 32]
    if char in "’‘·":
        return 278
    return 1000


def shrunk(text: str, size: float, least: float, room: float, *, bold: bool = False) -> float:
    """The size, from `least` to `size`, at which a text holds in `room` px; a text to be cut keeps a fair one."""
    wide = width(clean(text), size, bold=bold)
    holds = size if wide <= room else size * room / wide * 0.995
    return holds if holds >= least else max(least, 0.85 * size)


def fitted(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text, cut with … to hold in `room` px; "" when not even one letter does."""
    text = clean(text)
    if width(text, size, bold=bold) <= room:
        return text
    left = room - width(ELLIPSIS, size, bold=bold)
    for end, char in enumerate(text):
        left -= width(char, size, bold=bold)
        if left < 0:
            return text[:end].rstrip() + ELLIPSIS if end else ""
    return text


def line(
    text: str,
    x: float,
    y: float,
    size: float,
    room: float,
    *,
    fill: str = "#16242a",
    bold: bool = False,
    anchor: str = "start",
) -> str:
    """A <text> on one line within `room` px from `x`, `y` its base line; "" when it has no room."""
    shown = fitted(text, size, room, bold=bold)
    if not shown:
        return ""
    wide = width(shown, size, bold=bold)
    held = f' textLength="{wide:.1f}" lengthAdjust="spacingAndGlyphs"' if wide * WIDEST_FONT > room else ""
    weight = ' font-weight="700"' if bold else ""
    side = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}" fill="{fill}"{weight}{side}{held}>'
        f"{escaped(shown)}</text>"
    )
