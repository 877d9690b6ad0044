"""The probability of each letter (M8): a bar of seven segments, and the table that says the same."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import letters
from dashboard.components.bars import share_text
from dashboard.components.tables import table
from footprint.letter_odds import score_odds
from footprint.sheets import Score
from footprint.texts import say


def letter_odds(score: Score, title: str) -> Any:
    """The odds of the letters of a score; None when it has none (no letter, or parts missing)."""
    odds = score_odds(score)
    if not odds:
        return None
    name = say("Probabilité de chaque note", "Probability of each letter")
    shown = {letter: odds[letter] for letter in letters.LETTERS if odds[letter] > 0}
    said = ", ".join(f"{letter} {share_text(share)}" for letter, share in shown.items())
    segments = [
        html.Span(
            letter if share >= 0.06 else "", className=f"odds-step {letters.tone(letter)}",
            style={"flexGrow": f"{share:.4f}"},
        )
        for letter, share in shown.items()
    ]  # fmt: skip
    rows = [[letter, share_text(odds[letter])] for letter in letters.LETTERS]
    heads = (say("Note", "Letter"), say("Probabilité", "Probability"))
    return html.Div(
        [
            html.H3(name),
            html.Div(segments, className="odds", role="img", **{"aria-label": f"{title}, {name} : {said}"}),
            html.Details(
                [
                    html.Summary(say("Voir en tableau", "Show as a table")),
                    table(f"{title}, {name}", heads, rows, numeric=(1,), hide_caption=True),
                ],
                className="fold",
            ),
        ],
        className="odds-block",
    )
