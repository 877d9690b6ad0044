"""What is behind the figures of the map, folded: breakdowns, and what could not be assessed."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components.bars import breakdown
from dashboard.components.tables import table
from dashboard.page import explanation_link
from footprint.plausibility import shown
from footprint.sheets import Part, Summary
from footprint.texts import say
from footprint.wording import machine, word


def details(summary: Summary) -> Any:
    """The breakdowns behind the figures, folded; and what could not be assessed."""
    parts = [
        _fold(
            say("Par étape du cycle de vie", "By life-cycle stage"),
            say("Étape", "Stage"),
            summary.by_stage,
            "stage",
        ),
        _fold(
            say("Postes et équipements", "Posts and equipment"),
            say("Poste", "Post"),
            summary.posts,
            "reason:poste",
        ),
        _fold(
            say("Non affecté, par motif", "Unallocated, by reason"),
            say("Motif", "Reason"),
            summary.unallocated,
            "reason:non_affecte",
        ),
        _gaps(summary),
    ]
    return html.Div([part for part in parts if part is not None], className="folds")


def _fold(title: str, head: str, parts: tuple[Part, ...], view: str) -> Any:
    if not parts:
        return None
    table_of = breakdown(title, head, parts, link=lambda key: explanation_link(f"{view}:{key}"))
    return html.Details([html.Summary(title), table_of], className="fold")


def _gaps(summary: Summary) -> Any:
    if not summary.gaps:
        return None
    count = len(summary.gaps)
    plural = "s" if count > 1 else ""
    title = say(
        f"Non évalués : {count} manque{plural}, jamais comptés comme zéro",
        f"Not assessed: {count} gap{plural}, never counted as zero",
    )
    heads = (
        say("Équipement", "Equipment"),
        say("Étape", "Stage"),
        say("Clé manquante", "Missing key"),
        say("Clés proches", "Close keys"),
    )
    rows = [
        [shown(machine(gap.asset)), word(gap.stage), shown(gap.missing), ", ".join(gap.near)]
        for gap in summary.gaps
    ]
    return html.Details([html.Summary(title), table(title, heads, rows, hide_caption=True)], className="fold")
