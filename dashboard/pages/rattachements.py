"""Names that nothing bears, decided by a person: proposals, rules kept, the spreadsheet round trip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.components import native
from dashboard.components.forms import suggestions
from dashboard.components.inventory import title
from dashboard.components.matching_rules import rules, spreadsheet
from dashboard.components.tables import table
from dashboard.page import Page
from footprint import formats
from footprint.matching_targets import known_names
from footprint.plausibility import shown
from footprint.reconciling_sheet import KIND_WORDS
from footprint.server.matching import LEFT
from footprint.store import matching
from footprint.store.imports import inventory_of
from footprint.store.referential import current_campaign
from footprint.texts import say
from pos_map import Inventory, Unmatched

PATH = "/rattachements"
NAME = ("Rattachements", "Matching")
SHOWN = 50
"""Names a page lists for a kind; the spreadsheet holds them all."""
LISTED = 2000
"""Known names a field proposes."""
ORDER = (
    "machine_application",
    "place",
    *(kind for kind in KIND_WORDS if kind not in ("machine_application", "place")),
)
LIKELY = 95
"""Likeness, in percent, from which proposals may be ticked at once."""


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
        _ticking(found) if may else None,
        _names(page, found, may) if found else _nothing(),
        _lists(inventory) if may else None,
        spreadsheet(page, may),
        rules(page, campaign.organisation, may),
    ]


def _counts(found: Sequence[Unmatched]) -> Any:
    """How many names of each kind, those without application or place first."""
    counts = Counter(each.kind for each in found)
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
        for kind in ORDER
        if counts[kind]
    ]
    return html.Div(cards, className="figures figures-even") if cards else None


def _ticking(found: Sequence[Unmatched]) -> Any:
    """A link that ticks the likeliest proposals at once; she still reads them and sends them."""
    many = sum(_likely(each) for each in found)
    said = say(
        f"Cocher les propositions ressemblantes à {LIKELY}\u00a0% ou plus ({formats.integer(many)})",
        f"Tick the proposals {LIKELY}% alike or more ({formats.integer(many)})",
    )
    return html.P(html.A(said, href=f"{PATH}?cocher={LIKELY}")) if many else None


def _likely(each: Unmatched) -> bool:
    return bool(each.proposals) and round(each.proposals[0].likeness * 100) >= LIKELY


def _ticked(page: Page, rank: int, each: Unmatched) -> bool:
    """Whether a name is ticked: it was before a refusal, or the link above asks for it."""
    if page.refusal:
        return str(rank) in page.refusal.fields.get("retenu", ())
    return page.query.get("cocher") == str(LIKELY) and _likely(each)


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
    kinds = [kind for kind in ORDER if any(each.kind == kind for each in found)]
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
    grid = table(name, heads, rows, numeric=(1,), hide_caption=True, cards=True)
    blocks = [head, html.Div(grid, className="matching")]
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
            native.Input(
                type="checkbox", name="retenu", value=str(rank), checked=_ticked(page, rank, each),
                **{"aria-label": keep},
            ),
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
