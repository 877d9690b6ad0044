"""What the colour of a tile tells: its letter, the class of its total, or how much of it is generic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from footprint import formats
from footprint.scores import LETTERS, SIZE_KG
from footprint.sheets import Tile
from footprint.texts import say

Colour = Literal["note", "total", "quality"]
COLOURS: tuple[Colour, ...] = get_args(Colour)

INK, SOFT, PAPER, CARD, LINE, STRONG = "#16242a", "#526267", "#f7f6f2", "#ffffff", "#d9dedb", "#85939a"
ACCENT, BLANK = "#0f5d67", "#ffffff"
# The dashboard's: one hue, light to dark.
TONES = ("#e4f2f0", "#c3e2df", "#96cbc9", "#62adb0", "#2c7f88", "#175963", "#0a3640")
DARK = 4  # from this tone on, text is white
SIZE_TONES = (0, 2, 3, 4, 6)
QUALITY_TONES = (0, 2, 4, 6)
GENERIC = (0.25, 0.5, 0.75)  # bounds of the share resting on generic values
LOW_QUALITY = 0.5  # share above which a border is dashed, as in the dashboard (M1)
HATCH = "url(#hatch)"


@dataclass(frozen=True, slots=True)
class Look:
    """How a tile looks: colours, the mark printed in it ("" none), dashed border."""

    fill: str
    ink: str
    mark: str
    weak: bool
    assessed: bool = True


def look(tile: Tile, colour: Colour) -> Look:
    """The look of an application."""
    if tile.total is None:
        return Look(HATCH, INK, "", weak=False, assessed=False)
    tone, mark = _tone(tile, colour)
    fill = BLANK if tone is None else TONES[tone]
    ink = "#ffffff" if tone is not None and tone >= DARK else INK
    return Look(fill, ink, mark, weak=generic(tile) > LOW_QUALITY)


def generic(tile: Tile) -> float:
    """The share of a total that rests on generic values, 0..1."""
    return tile.quality.get("generic", 0.0)


def _tone(tile: Tile, colour: Colour) -> tuple[int | None, str]:
    if colour == "note":
        letter = tile.score.letter
        return (LETTERS.index(letter), letter) if letter else (None, "")
    if colour == "total":
        size = tile.score.size_class
        return (SIZE_TONES[size - 1], str(size)) if size else (None, "")
    share = generic(tile)
    return QUALITY_TONES[sum(share >= bound for bound in GENERIC)], formats.percent(share)


def indicator(colour: Colour) -> str:
    """What colours say, in words."""
    return {
        "note": say("note de A à G", "letter, A to G"),
        "total": say("classe du total annuel, de 1 à 5", "class of the yearly total, 1 to 5"),
        "quality": say(
            "part du total faite de valeurs génériques", "share of the total made of generic values"
        ),
    }[colour]


def steps(colour: Colour) -> tuple[tuple[str, str, str], ...]:
    """The legend's steps: (fill, ink, words), lightest first."""
    if colour == "note":
        found = list(zip(range(len(TONES)), LETTERS, strict=True))
    elif colour == "total":
        found = list(zip(SIZE_TONES, _sizes(), strict=True))
    else:
        found = list(zip(QUALITY_TONES, _shares(), strict=True))
    return tuple((TONES[tone], "#ffffff" if tone >= DARK else INK, words) for tone, words in found)


def _sizes() -> list[str]:
    colon = say(" :", ":")
    bounds = [formats.kg(limit, 1).removesuffix("CO2e") for limit in SIZE_KG]
    return [f"{i}{colon} < {bound}" for i, bound in enumerate(bounds, 1)] + [f"5{colon} ≥ {bounds[-1]}"]


def _shares() -> list[str]:
    bounds = [formats.percent(bound) for bound in GENERIC]
    return [f"< {bound}" for bound in bounds] + [f"≥ {bounds[-1]}"]
