"""What the pages of the inventory share: their tabs, the words of tables, imports and differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard.page import Page
from footprint import formats
from footprint.store.content import WORDS
from footprint.texts import say
from footprint.uploads.found import Different
from pos_map.changes_text import KIND_WORDS, SIGNS
from pos_map.columns import TABLES

TABS = (
    ("/import", "Imports", "Imports"),
    ("/rattachements", "Rattachements", "Matching"),
    ("/campagnes", "Campagnes", "Campaigns"),
)
OPEN = 10
"""Differences of a kind that are shown without being asked for."""


def title(page: Page, name: tuple[str, str], lead: str) -> Any:
    """The title of a page of the inventory, above the tabs that lead to the others."""
    links = []
    for path, fr, en in TABS:
        current = {"aria-current": "page"} if page.path == path else {}
        links.append(html.Li(html.A(say(fr, en), href=path, **current)))
    label = say("Pages de l’inventaire", "Pages of the inventory")
    return html.Div(
        [
            html.Nav(html.Ul(links), className="tabs", **{"aria-label": label}),
            html.H1(say(*name)),
            html.P(lead, className="lead"),
        ],
        className="page-title",
    )


def table_word(kind: str) -> str:
    """What a table is called."""
    if kind in WORDS:
        return say(*WORDS[kind])
    found = next((table for table in TABLES if table.kind == kind), None)
    return say(found.fr, found.en) if found else kind


def counted(counts: Mapping[str, Mapping[str, int]]) -> list[Any]:
    """How many entries an import changed, one line a table: "applications – ajouts : 3, retraits : 1"."""
    found = []
    for table, kinds in counts.items():
        said = ", ".join(_numbered(kind, number) for kind, number in kinds.items() if number)
        if said:
            found.append(html.Span(f"{table_word(table)} – {said}", className="block"))
    return found


def _numbered(kind: str, number: int) -> str:
    (_one, fr), (_one_en, en) = KIND_WORDS[kind]  # type: ignore[index]
    many = formats.integer(number)
    return say(f"{fr} : {many}", f"{en}: {many}")


def differences(changes: Sequence[Different]) -> list[Any]:
    """What changes, table by table, each kind folded with its first lines."""
    blocks = []
    for table in dict.fromkeys(each.table for each in changes):
        folds = [_fold(each) for each in changes if each.table == table]
        name = table_word(table)
        blocks.append(html.Div([html.H3(name[:1].upper() + name[1:]), *folds], className="diff"))
    return blocks


def _fold(each: Different) -> Any:
    sign = html.Span(SIGNS[each.kind], className=f"sign sign-{each.kind}", **{"aria-hidden": "true"})
    head = html.Summary([sign, _numbered(each.kind, each.count)])
    items = [html.Li(say(fr, en)) for fr, en in each.lines]
    more = each.count - len(each.lines)
    rest = [
        html.P(
            say(f"et {formats.integer(more)} autres", f"and {formats.integer(more)} more"), className="hint"
        )
    ]
    return html.Details(
        [head, html.Ul(items, className="lines"), *(rest if more > 0 else [])],
        className="fold",
        open=each.count <= OPEN,
    )
