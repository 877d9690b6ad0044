"""Small maps for the picture."""

from __future__ import annotations

from footprint.report.map_picture.content import Content, count
from footprint.scores import size_class
from footprint.sheets import Amount, MapNode, Score, Summary, Tile

HOSTILE = "<script>alert(\"x\")</script> & 'q' ]]> --> \x00\x1b[31m \u202eabc \n "


def amount(value: float) -> Amount:
    return Amount(value, value * 0.6, value * 1.7, value * 1.5)


def tile(
    code: str,
    total: float | None = 200.0,
    letter: str | None = "B",
    *,
    generic: float = 0.1,
    complete: bool = True,
) -> Tile:
    size = size_class(total) if total is not None else None
    letter = letter if total is not None else None
    score = Score(letter, letter, (), size, provisional=True, scale="2026.1", complete=complete)
    found = amount(total) if total is not None else None
    return Tile(code, f"Gestion {code}", score, found, {"generic": generic} if found else {})


def node(
    label: str,
    children: tuple[MapNode, ...] = (),
    applications: tuple[Tile, ...] = (),
    total: float | None = 1000.0,
) -> MapNode:
    return MapNode(label, "zone", label, None if total is None else amount(total), children, applications)


def estate(zones: int, quartiers: int, applications: int, total: float = 200.0) -> tuple[MapNode, ...]:
    """Zones of quartiers of so many applications each."""
    return tuple(
        node(
            f"Zone {z}",
            tuple(
                node(
                    f"Quartier {z}.{q}", (), tuple(tile(f"Z{z}Q{q}A{a}", total) for a in range(applications))
                )
                for q in range(quartiers)
            ),
        )
        for z in range(zones)
    )


def content(nodes: tuple[MapNode, ...], organisation: str = "Caisse", total: float | None = 1.2e6) -> Content:
    whole = None if total is None else amount(total)
    letters = {"B": sum(map(count, nodes))}
    summary = Summary(
        "a" * 64, organisation, 2026, "2026.1", "m", "2026.1", "2026-11-26T10:00:00Z", False, whole, whole,
        (), (), (), (), (), 120, 110, (), letters,
    )  # fmt: skip
    return Content(summary, nodes)
