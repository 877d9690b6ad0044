"""One application: its score, where it comes from, and the explanation down to factor and source."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from dash import Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from dashboard import figures
from dashboard.components import letters
from dashboard.components.bars import breakdown, interval_bar, stacked
from dashboard.components.explanation import tree
from dashboard.components.run_words import PHASES, phase_name
from dashboard.components.scores import score_panel
from dashboard.components.tables import facts
from dashboard.components.tornado import tornado
from dashboard.page import Page, model_link
from footprint import formats, views
from footprint.sheets import Amount, ApplicationSheet, Part
from footprint.store.database import Store
from footprint.texts import say

PATH = "/application/"
NAME = ("Application", "Application")
RUNS_SHOWN = 3  # measured runs listed one by one


def layout(page: Page, subject: str) -> Any:
    """The whole page of the application of this code."""
    sheet = views.application_sheet(page.store, subject)
    blocks = [
        _title(sheet),
        html.Div([_total(sheet), score_panel(sheet.tile.score, say("Note", "Letter"))], className="pair"),
        _flags(sheet),
        _origin(sheet),
        tornado(views.swings(page.store, "application", subject), subject),
        _explanation(sheet),
    ]
    return [block for block in blocks if block is not None]


def register(app: Dash, store: Store) -> None:
    """The chart, drawn when asked for: plotly is loaded only then."""

    @app.callback(
        Output("application-chart", "children"),
        Input("application-show-chart", "n_clicks"),
        State("url", "pathname"),
        prevent_initial_call=True,
    )  # type: ignore[untyped-decorator]
    async def show_chart(clicks: int | None, path: str) -> Any:
        if not clicks:
            raise PreventUpdate
        return await asyncio.to_thread(chart, store, unquote(path.removeprefix(PATH)))


def chart(store: Store, code: str) -> Any:
    """The chart of an application's machines."""
    sheet = views.application_sheet(store, code)
    figure = figures.machines(sheet.by_machine)
    return dcc.Graph(figure=figure, config={"displayModeBar": False, "responsive": True})


def _title(sheet: ApplicationSheet) -> Any:
    crumbs = [html.Li(html.A(say("Carte", "Map"), href="/")), *(html.Li(label) for label in sheet.path)]
    return html.Div(
        [
            html.Nav(
                html.Ol(crumbs, className="crumbs"), **{"aria-label": say("Vous êtes ici", "You are here")}
            ),
            html.H1([sheet.tile.name, " ", html.Span(sheet.tile.code, className="code")]),
        ],
        className="page-title",
    )


def _total(sheet: ApplicationSheet) -> Any:
    total = sheet.tile.total
    title = html.H2(say("Émissions annuelles", "Yearly emissions"))
    attributes = facts([(say(fr, en), value) for fr, en, value in sheet.attributes])
    if total is None:
        unknown = say(
            "Non évaluée : aucune machine rattachée n’a pu l’être.",
            "Not assessed: none of its machines could be.",
        )
        return html.Section([title, html.P(unknown, className="figure-note"), attributes], className="card")
    between = say(
        f"de {formats.interval(total)}, intervalle à 90 %", f"{formats.interval(total)}, 90% interval"
    )
    p90 = say(f"P90 : {formats.kg(total.p90)}", f"P90: {formats.kg(total.p90)}")
    return html.Section(
        [
            title,
            html.P(formats.kg(total), className="big"),
            interval_bar(total, say("Émissions annuelles", "Yearly emissions")),
            html.P(f"{between} · {p90}", className="figure-note"),
            attributes,
            _models(sheet),
        ],
        className="card",
    )


def _models(sheet: ApplicationSheet) -> Any:
    if not sheet.models:
        return None
    links = [html.Li(html.A(model, href=model_link(model))) for model in sheet.models]
    return html.Div([html.H3(say("Modèles d’IA", "AI models")), html.Ul(links)], className="models")


def _flags(sheet: ApplicationSheet) -> Any:
    if not sheet.flags:
        return None
    title = say("Faiblesses des données", "Weaknesses of the data")
    items = [html.Li(say(fr, en)) for fr, en in sheet.flags]
    return html.Section([html.H2(title), html.Ul(items)], className="card card-quiet")


def _origin(sheet: ApplicationSheet) -> Any:
    if sheet.tile.total is None:
        return None
    stage = say("Par étape du cycle de vie", "By life-cycle stage")
    return html.Section(
        [
            html.H2(say("D’où vient l’empreinte", "Where the footprint comes from")),
            html.Div(
                [
                    _part(stage, say("Étape", "Stage"), sheet.by_stage, bar=True),
                    _part(
                        say("Par niveau de preuve", "By evidence tier"),
                        say("Preuve", "Evidence"),
                        sheet.by_tier,
                        bar=True,
                    ),
                    _part(
                        say("Par environnement", "By environment"),
                        say("Environnement", "Environment"),
                        environments(sheet.by_environment),
                        bar=True,
                    ),
                ],
                className="columns",
            ),
            _machines(sheet),
        ],
        className="card",
    )


def _machines(sheet: ApplicationSheet) -> Any:
    show = say("Afficher en graphique", "Show as a chart")
    return html.Div(
        [
            _part(
                say("Par machine ou grappe", "By machine or cluster"),
                say("Machine", "Machine"),
                with_runs_folded(sheet.by_machine),
            ),
            html.Button(show, id="application-show-chart", type="button", className="button button-small"),
            html.Div(id="application-chart", className="chart", **{"aria-live": "polite"}),
        ],
        className="machines",
    )


def environments(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Environments first, then the phases of measured runs, said to be so; a blank name gets one."""
    runs = [replace(part, label=_run_label(part.key)) for part in parts if part.key in PHASES]
    named = {"": say("sans environnement", "no environment")}
    others = [
        replace(part, label=named.get(part.key, part.label)) for part in parts if part.key not in PHASES
    ]
    return (*others, *runs)


def _run_label(phase: str) -> str:
    return say(f"exécutions mesurées, {phase_name(phase)}", f"measured runs, {phase_name(phase)}")


def with_runs_folded(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The measured runs as a single row when there are more than three, at the rank of its amount.

    Their bounds are added: runs share the factor and the kind of evidence, so that they err together.
    """
    runs = [part for part in parts if part.key.startswith("execution:")]
    if len(runs) <= RUNS_SHOWN:
        return parts
    sums = [sum(getattr(run.amount, name) for run in runs) for name in ("value", "low", "high", "p90")]
    label = say(f"exécutions mesurées ({len(runs)})", f"measured runs ({len(runs)})")
    whole = Part("execution", label, Amount(*sums), sum(run.share for run in runs))
    rest = [part for part in parts if not part.key.startswith("execution:")]
    return tuple(sorted([*rest, whole], key=lambda part: -part.amount.value))


def _part(title: str, head: str, parts: tuple[Part, ...], *, bar: bool = False) -> Any:
    if not parts:
        return None
    bars = [stacked(parts, title)] if bar else []
    return html.Div([html.H3(title), *bars, breakdown(title, head, parts, swatches=bar)], className="part")


def _explanation(sheet: ApplicationSheet) -> Any:
    if sheet.explanation.amount is None or not sheet.explanation.children:
        return None
    return html.Section(
        [
            html.H2(say("Explication", "Explanation")),
            html.P(
                say(
                    "Chaque montant se déplie jusqu’à sa formule, ses données, son facteur et sa source.",
                    "Each amount unfolds to its formula, inputs, factor and source.",
                ),
                className="hint",
            ),
            tree(sheet.explanation),
            letters.hidden(say("Fin de l’explication", "End of the explanation")),
        ],
        className="card",
        id="explication",
    )
