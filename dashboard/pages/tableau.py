"""The map as a table: the same applications, letters and values, in lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dash import html

from dashboard.components import letters
from dashboard.components.tables import table
from dashboard.page import Page, application_link
from footprint import formats, views
from footprint.sheets import MapNode, Tile
from footprint.texts import say
from footprint.wording import word

PATH = "/tableau"
NAME = ("Carte en tableau", "Map as a table")


def layout(page: Page, _subject: str = "") -> Any:
    """The whole page."""
    rows = [_row(path, tile) for node in views.map_tree(page.store) for path, tile in walk(node)]
    heads = (
        say("Application", "Application"),
        say("Note", "Letter"),
        say("Émissions", "Emissions"),
        say("Intervalle à 90 %", "90% interval"),
        say("Note de décision", "Decision letter"),
        say("Nom", "Name"),
        say("Place sur la carte", "Place on the map"),
        say("Preuve principale", "Main evidence"),
    )
    caption = say(
        f"{len(rows)} applications, dans l’ordre de la carte", f"{len(rows)} applications, in the map's order"
    )
    return [
        html.Div(
            [
                html.H1(say("La carte en tableau", "The map as a table")),
                html.P(html.A(say("Voir la carte", "Show the map"), href="/")),
            ],
            className="page-title",
        ),
        table(caption, heads, rows, numeric=(2, 3)),
    ]


def walk(node: MapNode, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Tile]]:
    """Every application under a node with the labels that lead to it, in the body's order."""
    path = (*above, node.label)
    for tile in node.applications:
        yield path, tile
    for child in node.children:
        yield from walk(child, path)


def _row(path: tuple[str, ...], tile: Tile) -> list[Any]:
    main = max(tile.quality, key=lambda tier: tile.quality[tier]) if tile.quality else ""
    share = f"{word(main)} {formats.percent(tile.quality[main])}" if main else ""
    return [
        html.A(tile.code, href=application_link(tile.code)),
        letters.badge(tile.score.letter, "s"),
        formats.kg(tile.total) if tile.total else say("non évaluée", "not assessed"),
        formats.interval(tile.total) if tile.total else "",
        letters.badge(tile.score.decision_letter, "s", say("note de décision", "decision letter")),
        tile.name,
        " › ".join(path),
        share,
    ]
