"""Names that nothing bears: what kind they are, how many, and what they may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.components.tables import table
from footprint import formats
from footprint.plausibility import shown
from footprint.reconciling_sheet import KIND_WORDS
from footprint.texts import say
from pos_map import Unmatched

SHOWN = 100


def kind_word(kind: str) -> str:
    """What a name of this kind is."""
    return say(*KIND_WORDS.get(kind, (kind, kind)))


def names_nothing_bears(found: Sequence[Unmatched]) -> Any:
    """The section of a check; deciding is on the page of matching, once imported. None without any."""
    if not found:
        return None
    head = html.H2(
        say(f"Noms que rien ne porte ({formats.integer(len(found))})",
            f"Names nothing bears ({formats.integer(len(found))})"), id="noms",
    )  # fmt: skip
    lead = say(
        "Ils s’importent et restent visibles sous «\u00a0non rattaché\u00a0». Une fois l’import fait, la page "
        "Rattachements permet de décider, et de garder ces décisions.",
        "They are imported and stay visible under “non rattaché”. Once imported, the Matching page lets you decide, "
        "and keep these decisions.",
    )
    heads = (
        say("Nom", "Name"), say("Ce que c’est", "What it is"), say("Lignes", "Rows"), say("Ressemble à", "Looks like"),
    )  # fmt: skip
    rows = [
        [shown(each.name), kind_word(each.kind), formats.integer(each.count), _likenesses(each)]
        for each in found[:SHOWN]
    ]
    grid = table(
        say("Noms que rien ne porte", "Names nothing bears"),
        heads,
        rows,
        numeric=(2,),
        hide_caption=True,
        cards=True,
    )
    fold = html.Details([html.Summary(say("Voir ces noms", "See these names")), grid], className="fold")
    return html.Section([head, html.P(lead), fold], className="card")


def _likenesses(each: Unmatched) -> str:
    return ", ".join(f"{shown(p.target)} ({formats.percent(p.likeness)})" for p in each.proposals)
