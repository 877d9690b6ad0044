"""Names that nothing bears, decided by a person: proposals, rules kept, the spreadsheet round trip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.components import native
from dashboard.components.dates import day
from dashboard.components.forms import suggestions
from dashboard.components.inventory import title
from dashboard.components.names import kind_word
from dashboard.components.tables import table
from dashboard.page import Page
from footprint import formats
from footprint.plausibility import shown
from footprint.reconciling_sheet import KIND_WORDS, known_names
from footprint.server.matching import LEFT
from footprint.store import matching
from footprint.store.imports import inventory_of
from footprint.store.referential import current_campaign
from footprint.texts import say
from pos_map import Inventory, Unmatched
from pos_map.matching import LONGEST_PATTERN

PATH = "/rattachements"
NAME = ("Rattachements", "Matching")
SHOWN = 50
"""Names a page lists for a kind; the spreadsheet holds them all."""
LISTED = 2000
"""Known names a field proposes."""


def layout(page: Page, _subject: str = "") -> Any:
    """The whole page."""
    campaign = current_campaign(page.store)
    found = matching.unmatched(page.store, campaign)
    may = page.who.person.may_import and not campaign.frozen_at
    lead = say(
        "Des noms cités par un fichier que rien ne porte ailleurs. Chaque décision devient une règle, gardée pour "
        "l’an prochain, et s’applique comme un import qui peut s’annuler.",
        "Names a file cites that nothing bears elsewhere. Each decision becomes a rule, kept for next year, and is "
        "applied as an import that can be undone.",
    )
    inventory = inventory_of(page.store, campaign)
    return [
        title(page, NAME, lead),
        _counts(found),
        _names(page, found, may) if found else _nothing(),
        _lists(inventory) if may else None,
        _sheet(page, may),
        _rules(page, campaign.organisation, may),
    ]


def _counts(found: Sequence[Unmatched]) -> Any:
    """How many names of each kind, those without application or place first."""
    counts = Counter(each.kind for each in found)
    order = [
        "machine_application",
        "place",
        *(kind for kind in KIND_WORDS if kind not in ("machine_application", "place")),
    ]
    cards = [
        html.Div(
            [
                html.P(_many(kind), className="figure-name"),
                html.P(
                    html.A(formats.integer(counts[kind]), href=f"#genre-{kind}"), className="figure-value"
                ),
            ],
            className="figure",
        )
        for kind in order
        if counts[kind]
    ]
    return html.Div(cards, className="figures figures-even") if cards else None


def _many(kind: str) -> str:
    return say(
        {
            "machine_application": "machines sans application", "place": "applications sans emplacement",
            "application": "applications citées, inconnues", "machine": "machines citées, inconnues",
            "host": "hôtes cités, inconnus", "cluster": "grappes citées, inconnues",
            "data_centre": "centres cités, inconnus", "organisation": "organismes cités, inconnus",
        }.get(kind, kind),
        {
            "machine_application": "machines without application", "place": "applications without a place",
            "application": "applications named, unknown", "machine": "machines named, unknown",
            "host": "hosts named, unknown", "cluster": "clusters named, unknown",
            "data_centre": "data centres named, unknown", "organisation": "bodies named, unknown",
        }.get(kind, kind),
    )  # fmt: skip


def _nothing() -> Any:
    said = say("Tous les noms sont rattachés.", "Every name is matched.")
    return html.Section([html.P(said)], className="card")


def _names(page: Page, found: Sequence[Unmatched], may: bool) -> Any:
    kinds = dict.fromkeys(each.kind for each in found)
    ranked = list(enumerate(found))
    groups = [
        _group(page, kind, [(rank, each) for rank, each in ranked if each.kind == kind], may)
        for kind in kinds
    ]
    if not may:
        return html.Div(groups, className="stack")
    save = html.Div(
        [
            html.Button(
                say("Garder les décisions cochées", "Keep the ticked decisions"),
                type="submit",
                className="button",
            ),
            html.Span(
                say("Seules les lignes cochées comptent.", "Only ticked rows count."), className="hint"
            ),
        ],
        className="actions actions-sticky",
    )
    return native.post(page, PATH, [*groups, save], name="stack")


def _group(page: Page, kind: str, names: list[tuple[int, Unmatched]], may: bool) -> Any:
    listed = names[:SHOWN]
    name = _many(kind)
    head = html.H2(f"{name[:1].upper()}{name[1:]} ({formats.integer(len(names))})", id=f"genre-{kind}")
    heads = [say("Nom", "Name"), say("Lignes", "Rows"), say("Ressemble à", "Looks like")]
    if may:
        heads += [say("Ou bien", "Or else"), say("Garder", "Keep")]
    rows = [_row(page, rank, each, may) for rank, each in listed]
    blocks = [head, table(name, heads, rows, numeric=(1,), hide_caption=True)]
    if len(names) > len(listed):
        rest = formats.integer(len(names) - len(listed))
        blocks.append(
            html.P(
                say(
                    f"Les {rest} autres sont dans le classeur, plus bas.",
                    f"The {rest} others are in the workbook, below.",
                ),
                className="hint",
            )
        )
    return html.Section(blocks, className="card")


def _row(page: Page, rank: int, each: Unmatched, may: bool) -> list[Any]:
    name, count = shown(each.name), formats.integer(each.count)
    if not may:
        like = ", ".join(f"{shown(p.target)} ({formats.percent(p.likeness)})" for p in each.proposals)
        return [name, count, like or say("rien de proche", "nothing close")]
    options = [
        html.Option(f"{shown(p.target)} ({formats.percent(p.likeness)})", value=p.target)
        for p in each.proposals
    ]
    none = html.Option(say("rien de proche", "nothing close"), value="")
    left = html.Option(say("laisser non rattaché", "leave unattached"), value=LEFT)
    chosen = say(f"Ce qu’est {name}", f"What {name} is")
    written = say(f"Autre nom pour {name}", f"Another name for {name}")
    keep = say(f"Garder la décision pour {name}", f"Keep the decision for {name}")
    return [
        [native.hidden(f"genre-{rank}", each.kind), native.hidden(f"nom-{rank}", each.name), name],
        count,
        html.Div(
            html.Select([*(options or [none]), left], name=f"choix-{rank}", **{"aria-label": chosen}), className="field"
        ),
        html.Div(
            native.Input(
                name=f"autre-{rank}", list=f"connus-{each.kind}", autoComplete="off", maxLength=300,
                value=page.typed(f"autre-{rank}"), **{"aria-label": written},
            ),
            className="field",
        ),
        html.Div(
            native.Input(type="checkbox", name="retenu", value=str(rank), **{"aria-label": keep}),
            className="tick-alone",
        ),
    ]  # fmt: skip


def _lists(inventory: Inventory) -> Any:
    """The names each kind may be, which the fields propose while one types."""
    names = {app.code: app.name for app in inventory.applications}
    return html.Div(
        [
            suggestions(f"connus-{kind}", [(name, names.get(name, "")) for name in known[:LISTED]])
            for kind, known in known_names(inventory).items()
        ]
    )


def _sheet(page: Page, may: bool) -> Any:
    head = html.H2(say("Décider dans un tableur", "Decide in a spreadsheet"), id="tableur")
    lead = say(
        "Le classeur liste tous les noms, leurs propositions et une colonne à remplir. Renvoyé ici, il vaut décision.",
        "The workbook lists every name, its proposals and a column to fill. Sent back here, it is a decision.",
    )
    link = html.P(
        html.A(
            say("Télécharger le classeur (.xlsx)", "Download the workbook (.xlsx)"),
            href=f"{PATH}/feuille.xlsx",
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
        blocks.append(native.post(page, f"{PATH}/feuille", [field, send], files=True, name="form form-one"))
    return html.Section(blocks, className="card")


def _rules(page: Page, organisation: str, may: bool) -> Any:
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
        blocks.append(table(say("Règles gardées", "Rules kept"), heads, rows, hide_caption=True))
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
        row.append(native.act(page, f"{PATH}/regles/suppression", said, fields, kind="link"))  # type: ignore[arg-type]
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
    form = native.post(page, f"{PATH}/regles", fields)
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
