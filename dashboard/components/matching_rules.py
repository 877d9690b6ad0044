"""Deciding what names are beside the list: in a spreadsheet, and by the rules kept."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import native
from dashboard.components.dates import day
from dashboard.components.names import kind_word
from dashboard.components.tables import table
from dashboard.page import Page
from footprint.plausibility import shown
from footprint.reconciling_sheet import KIND_WORDS
from footprint.store import matching
from footprint.texts import say
from pos_map.matching import LONGEST_PATTERN

PAGE = "/rattachements"


def spreadsheet(page: Page, may: bool) -> Any:
    """The section of the workbook; `may`: whether it can be sent back."""
    head = html.H2(say("Décider dans un tableur", "Decide in a spreadsheet"), id="tableur")
    lead = say(
        "Le classeur liste tous les noms, leurs propositions et une colonne à remplir. Renvoyé ici, il vaut décision.",
        "The workbook lists every name, its proposals and a column to fill. Sent back here, it is a decision.",
    )
    link = html.P(
        html.A(
            say("Télécharger le classeur (.xlsx)", "Download the workbook (.xlsx)"),
            href=f"{PAGE}/feuille.xlsx",
        )
    )
    blocks = [head, html.P(lead), link]
    if may:
        field = native.files(
            "feuille", say("Classeur rempli", "Filled workbook"),
            say("Le classeur téléchargé ci-dessus.", "The workbook downloaded above."), accept=".xlsx", required=True,
        )  # fmt: skip
        send = html.Button(
            say("Appliquer le classeur", "Apply the workbook"), type="submit", className="button button-quiet"
        )
        blocks.append(native.post(page, f"{PAGE}/feuille", [field, send], files=True, name="form form-one"))
    return html.Section(blocks, className="card")


def rules(page: Page, organisation: str, may: bool) -> Any:
    """The section of the rules of a body; `may`: whether they can be changed."""
    kept = matching.rules(page.store, organisation)
    head = html.H2(say("Règles gardées", "Rules kept"), id="regles")
    blocks: list[Any] = [head]
    if kept:
        heads = [
            say("Nom ou expression", "Name or expression"), say("Ce que c’est", "What it is"),
            say("Devient", "Becomes"), say("Par", "By"), say("Le", "On"), say("Motif", "Reason"),
        ]  # fmt: skip
        heads += [say("Oublier", "Forget")] if may else []
        rows = [_rule(page, each, may) for each in kept]
        blocks.append(table(say("Règles gardées", "Rules kept"), heads, rows, hide_caption=True, cards=True))
    else:
        blocks.append(html.P(say("Aucune règle pour l’instant.", "No rule so far.")))
    if may:
        blocks.append(_new_rule(page))
    return html.Section(blocks, className="card")


def _rule(page: Page, each: matching.KeptRule, may: bool) -> list[Any]:
    rule = each.rule
    name: list[Any] = [html.Code(shown(rule.pattern))]
    if rule.regex:
        name.append(html.Span(say("expression", "expression"), className="chip chip-quiet"))
    target = shown(rule.target) or say("laissé non rattaché", "left unattached")
    row: list[Any] = [name, kind_word(rule.kind), target, shown(each.actor), day(each.at), shown(each.reason)]
    if may:
        fields = {"genre": rule.kind, "expression": rule.pattern, "regex": "1" if rule.regex else "0"}
        said = [say("Oublier", "Forget"), html.Span(f" {shown(rule.pattern)}", className="visually-hidden")]
        row.append(native.act(page, f"{PAGE}/regles/suppression", said, fields, kind="link"))
    return row


def _new_rule(page: Page) -> Any:
    kinds = [
        html.Option(kind_word(kind), value=kind, selected=page.typed("genre") == kind) for kind in KIND_WORDS
    ]
    fields = [
        _field("genre", say("Genre de nom", "Kind of name"), html.Select(kinds, id="genre", name="genre")),
        _text(page, "expression", say("Nom ou expression", "Name or expression"), LONGEST_PATTERN, required=True),
        _text(page, "cible", say("Devient (vide : laisser non rattaché)", "Becomes (blank: leave unattached)"), 300),
        _text(page, "motif", say("Motif", "Reason"), 300),
        html.Div(
            native.tick(
                "regex", "1",
                say(
                    "C’est une expression régulière : elle vaut pour tout nom qu’elle décrit en entier ; \\1 reprend "
                    "ce qui est entre parenthèses.",
                    "It is a regular expression: it holds for any name it describes whole; \\1 takes up what is in "
                    "brackets.",
                ),
                chosen=page.typed("regex") == "1",
            ),
            className="field-wide",
        ),
        html.Button(say("Ajouter la règle", "Add the rule"), type="submit", className="button button-quiet"),
    ]  # fmt: skip
    form = native.post(page, f"{PAGE}/regles", fields)
    opened = page.refusal is not None and bool(page.typed("expression"))
    summary = html.Summary(say("Ajouter une règle", "Add a rule"))
    return html.Details([summary, form], className="fold", open=opened)


def _field(name: str, label: str, control: Any) -> Any:
    return html.Div([html.Label(label, htmlFor=name), control], className="field")


def _text(page: Page, name: str, label: str, longest: int, *, required: bool = False) -> Any:
    control = native.Input(
        id=name, name=name, value=page.typed(name), required=required, maxLength=longest, autoComplete="off"
    )
    return _field(name, label, control)
