"""The map: zones, quartiers, îlots as nested boxes in the body's order; each application a link."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import letters
from dashboard.components.bars import shade, share_text, stacked
from dashboard.components.map_details import details
from dashboard.page import Page, application_link, explanation_link
from footprint import formats, views
from footprint.sheets import Amount, MapNode, Part, Summary, Tile
from footprint.texts import say
from footprint.wording import settings_words, word

LOOSE = ("vm_sans_application", "sans_rattachement", "cle_incomplete", "service_non_rattache")
"""Reasons of what is not allocated that matching names can mend."""

PATH = "/"
NAME = ("Carte", "Map")


def layout(page: Page, _subject: str = "") -> Any:
    """The whole page."""
    summary, nodes = views.summary(page.store), views.map_tree(page.store)
    return [
        html.Div(
            [
                html.H1(say("Empreinte du système d’information", "Footprint of the information system")),
                html.P(f"{summary.organisation}, {summary.year}", className="lead"),
            ],
            className="page-title",
        ),
        figures(summary, complete=all(node.complete for node in nodes)),
        evidence(summary),
        html.P(_settings(summary), className="hint"),
        legend(),
        html.Div([zone(node) for node in nodes], className="map"),
        unattached(summary),
        details(summary),
    ]


def figures(summary: Summary, *, complete: bool = True) -> Any:
    """The totals in a line: all, applications (`complete`: each wholly assessed), non affecté, posts, coverage."""
    assets = f"{formats.integer(summary.assets_assessed)} / {formats.integer(summary.assets)}"
    unfold = say("Déplier ce total", "Unfold this total")
    total = formats.at_least(summary.total, complete=complete and summary.complete)
    cards = [
        _figure(
            say("Total annuel", "Yearly total"),
            html.A(total, href=explanation_link("total"), title=unfold),
            _between(summary.total),
            "figure-main",
        ),
        _figure(
            say("Applications", "Applications"),
            formats.at_least(summary.applications_total, complete=complete),
            formats.percent(_share(summary.applications_total, summary)),
        ),
        _figure_of(say("Non affecté", "Unallocated"), summary.unallocated, summary),
        _figure_of(say("Postes et équipements", "Posts and equipment"), summary.posts, summary),
        _figure(
            say("Équipements évalués", "Equipment assessed"),
            assets,
            say("lignes de l’inventaire", "inventory lines"),
        ),
    ]
    return html.Div(cards, className="figures")


def _settings(summary: Summary) -> list[Any]:
    """The settings in a line, and the way to what the assessment rests on."""
    mode, spread = settings_words(summary.mode, summary.spread)
    return [
        say(
            f"Fabrication {mode} ; réparti sur les applications : {spread}. ",
            f"Manufacture {mode}; spread over applications: {spread}. ",
        ),
        html.A(say("Réglages, compteurs, doutes", "Settings, meters, doubts"), href="/qualite"),
    ]


def _between(total: Amount | None) -> str:
    if total is None:
        return ""
    return say(f"de {formats.interval(total)}, à 90 %", f"{formats.interval(total)}, at 90%")


def _share(part: Amount | float | None, summary: Summary) -> float | None:
    value = part.value if isinstance(part, Amount) else part
    return value / summary.total.value if value is not None and summary.total else None


def _figure_of(name: str, parts: tuple[Part, ...], summary: Summary) -> Any:
    value = sum(part.amount.value for part in parts) if summary.total else None
    return _figure(name, formats.kg(value), formats.percent(_share(value, summary)))


def _figure(name: str, value: Any, note: str, kind: str = "") -> Any:
    return html.Div(
        [
            html.P(name, className="figure-name"),
            html.P(value, className="figure-value"),
            html.P(note, className="figure-note"),
        ],
        className=f"figure {kind}".strip(),
    )


def evidence(summary: Summary) -> Any:
    """What the total rests on: share by tier (M1)."""
    what = say("Part du total par niveau de preuve", "Share of the total by evidence tier")
    keys = [
        html.Li(
            [
                html.Span(className=f"swatch {shade(i)}", **{"aria-hidden": "true"}),
                f"{part.label} {share_text(part.share)}",
            ]
        )
        for i, part in enumerate(summary.by_tier)
    ]
    return html.Div(
        [
            html.P(what, className="strip-name"),
            stacked(summary.by_tier, what),
            html.Ul(keys, className="keys"),
        ],
        className="strip",
    )


def legend() -> Any:
    """What colours and borders mean, and the way to the table."""
    scale = [html.Span(letter, className=f"legend-step {letters.tone(letter)}") for letter in letters.LETTERS]
    marks = [
        ("legend-none", say("sans note", "no letter")),
        ("legend-unassessed", say("non évaluée", "not assessed")),
        ("legend-weak", say("surtout générique", "mostly generic")),
    ]
    return html.Div(
        [
            html.H2(say("Les applications sur la carte", "Applications on the map")),
            html.Div(
                [
                    html.Span(scale, className="legend-scale"),
                    html.Span(say("de la plus sobre à la plus lourde", "lightest to heaviest")),
                    *(html.Span([html.Span(className=f"legend-mark {c}"), text]) for c, text in marks),
                    html.Span(say("en kg ou t de CO2e par an", "in kg or t of CO2e a year")),
                    html.Span(say("≥ évaluation incomplète", "≥ incomplete assessment")),
                    html.A(say("Voir en tableau", "Show as a table"), href="/tableau", className="to-table"),
                    html.A(say("Image (.png)", "Picture (.png)"), href="/carte.png"),
                    html.A(say("pour imprimer (.pdf)", "to print (.pdf)"), href="/carte.pdf"),
                ],
                className="legend",
            ),
            html.P(
                say(
                    "Notes provisoires : seuils en attente d’un calage sur trente applications réelles.",
                    "Provisional letters: thresholds await calibration on thirty real applications.",
                ),
                className="hint",
            ),
        ],
        className="map-head",
    )


def zone(node: MapNode) -> Any:
    """A top box with its title bar and total."""
    return html.Section(
        [_title(node, html.H3), _tiles(node), *(box(child) for child in node.children)],
        className="zone",
        **{"aria-label": f"{node.level} {node.label}"},
    )


def unattached(summary: Summary) -> Any:
    """What the inventory holds that no application of the map uses: never dropped, to be matched."""
    loose = [part for part in summary.unallocated if part.key in LOOSE]
    if not loose:
        return None
    items = [
        html.Li(
            [
                html.A(word(part.key), href=explanation_link(f"reason:non_affecte:{part.key}")),
                f" {formats.kg(part.amount)}",
            ]
        )
        for part in loose
    ]
    text = say("Machines et serveurs non rattachés", "Machines and servers not attached")
    match = html.A(
        say("Rattacher", "Match"), href="/rattachements", className="button button-quiet button-small"
    )
    return html.Section(
        [html.Div([html.H3(text), match], className="box-title"), html.Ul(items)], className="card card-quiet",
        **{"aria-label": text},
    )  # fmt: skip


def box(node: MapNode, depth: int = 0) -> Any:
    """A box inside a box."""
    heading = (html.H4, html.H5, html.H6)[min(depth, 2)]
    inner = [box(child, depth + 1) for child in node.children]
    return html.Div(
        [_title(node, heading), _tiles(node), *([html.Div(inner, className="boxes")] if inner else [])],
        className=f"box box-{min(depth, 2)}",
    )


def _title(node: MapNode, heading: Any) -> Any:
    if node.total is None:
        total: Any = say("non évalué", "not assessed")
    else:
        unfold = say(f"Déplier le total de {node.label}", f"Unfold the total of {node.label}")
        link = explanation_link(f"node:{node.code}")
        value = formats.at_least(node.total, complete=node.complete)
        total = html.A([value, letters.hidden(f", {unfold}")], href=link, title=unfold)
    return html.Div([heading(node.label), html.Span(total, className="box-total")], className="box-title")


def _tiles(node: MapNode) -> Any:
    if not node.applications and not node.second:
        return None
    items = [html.Li(tile(item)) for item in (*node.applications, *node.second)]
    return html.Ul(items, className="tiles")


def tile(item: Tile) -> Any:
    """An application: code, letter, value; a link to its page."""
    kinds = ["tile", letters.tone(item.score.letter)]
    said = [item.name]
    if item.total is None:
        kinds = ["tile", "tile-unassessed"]
    elif letters.low_quality(item.quality):
        kinds.append("tile-weak")
        said.append(say("données surtout génériques", "mostly generic data"))
    if not item.score.complete:
        said.append(say("évaluation incomplète, au moins", "incomplete assessment, at least"))
    code = item.code if item.part == 1 else f"{item.code} ({share_text(item.part)})"
    letter = [letters.hidden(say("note ", "letter ")), item.score.letter] if item.score.letter else []
    if item.part < 1:
        kinds.append("tile-part")
        said.append(say("second emplacement", "second place"))
    value = short(item.total) if item.total else say("non évaluée", "not assessed")
    if item.total and not item.score.complete:
        value = "≥ " + value
    return html.A(
        [
            html.Span(code, className="tile-code"),
            letters.hidden(", ".join(["", *said, ""])),
            html.Span(value, className="tile-value"),
            html.Span(letter, className="tile-letter"),
        ],
        href=application_link(item.code),
        className=" ".join(kinds),
        title=item.name,
    )


def short(total: Amount) -> str:
    """A mass without its "CO2e", which the legend says once for all tiles."""
    return formats.kg(total).removesuffix("CO2e")
