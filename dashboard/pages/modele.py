"""One AI model: training, cost of a thousand requests, letters, runs, use case, explanation."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components.bars import interval_bar
from dashboard.components.dates import moment
from dashboard.components.explanation import tree
from dashboard.components.run_words import phase_name, state_name
from dashboard.components.scores import score_panel
from dashboard.components.tables import facts, table
from dashboard.page import Page
from dashboard.pages.modeles import application_names, is_ai, known_codes
from footprint import formats, views
from footprint.sheets import Amount, ModelSheet, RunLine, UseCase
from footprint.texts import say
from footprint.wording import word

PATH = "/modele/"
NAME = ("Modèle d’IA", "AI model")


def layout(page: Page, subject: str) -> Any:
    """The whole page of this model."""
    sheet = views.model_sheet(page.store, subject)
    blocks = [
        _title(page, sheet),
        html.Div(
            [
                _training(sheet),
                score_panel(
                    sheet.training_score, say("Note d’entraînement", "Training letter"), yearly=False
                ),
            ],
            className="pair",
        ),
        html.Div(
            [_serving(sheet), score_panel(sheet.inference_score, say("Note d’usage", "Inference letter"))],
            className="pair",
        ),
        _flags(sheet),
        _runs(sheet.runs),
        _use_case(sheet.use_case),
        _explanation(sheet),
    ]
    return [block for block in blocks if block is not None]


def _title(page: Page, sheet: ModelSheet) -> Any:
    crumbs = html.Ol([html.Li(html.A(say("Modèles d’IA", "AI models"), href="/modeles"))], className="crumbs")
    codes = sheet.applications
    name = (
        say("Applications : ", "Applications: ") if len(codes) > 1 else say("Application : ", "Application: ")
    )
    served = [html.P([name, *application_names(codes, known_codes(page))])] if codes else []
    return html.Div(
        [
            html.Nav(crumbs, **{"aria-label": say("Vous êtes ici", "You are here")}),
            html.H1(sheet.model),
            *served,
        ],
        className="page-title",
    )


def _flags(sheet: ModelSheet) -> Any:
    """The runs that could not be assessed, each named."""
    if not sheet.flags:
        return None
    title = say("Faiblesses des données", "Weaknesses of the data")
    items = [html.Li(say(fr, en)) for fr, en in sheet.flags]
    return html.Section([html.H2(title), html.Ul(items)], className="card card-quiet")


def _training(sheet: ModelSheet) -> Any:
    title = say("Entraînement", "Training")
    if sheet.training is None and sheet.training_kwh is None:
        none = say("Aucun entraînement mesuré.", "No training measured.")
        return html.Section([html.H2(title), html.P(none, className="figure-note")], className="card")
    hint = say("toutes exécutions comprises, interrompues aussi", "all runs included, interrupted ones too")
    return html.Section(
        [
            html.H2(title),
            *_amount(sheet.training, title),
            html.P(f"{formats.energy(sheet.training_kwh)}, {hint}", className="figure-note"),
        ],
        className="card",
    )


def _serving(sheet: ModelSheet) -> Any:
    title = say("Pour 1 000 requêtes", "Per 1,000 requests")
    act = sheet.functional_act or (sheet.use_case.functional_act if sheet.use_case else "")
    acts = [html.P(say(f"Acte : {act}", f"Act: {act}"), className="hint")] if act else []
    if sheet.wh_per_1000 is None:
        none = say(
            'Non mesuré : mesurez un pilote avec phase="inference" et le nombre de requêtes.',
            'Not measured: measure a pilot with phase="inference" and the number of requests.',
        )
        return html.Section([html.H2(title), html.P(none, className="figure-note"), *acts], className="card")
    return html.Section(
        [
            html.H2(title),
            *_amount(sheet.gwp_per_1000, title),
            html.P(
                f"{formats.amount(sheet.wh_per_1000)} ({formats.interval(sheet.wh_per_1000)})",
                className="figure-note",
            ),
            *acts,
        ],
        className="card",
    )


def _amount(amount: Amount | None, what: str) -> list[Any]:
    if amount is None:
        return [html.P(formats.unknown(), className="big")]
    between = say(
        f"de {formats.interval(amount)}, intervalle à 90 %", f"{formats.interval(amount)}, 90% interval"
    )
    return [
        html.P(formats.amount(amount), className="big"),
        interval_bar(amount, what),
        html.P(between, className="figure-note"),
    ]


def _runs(runs: tuple[RunLine, ...]) -> Any:
    title = say("Exécutions mesurées", "Measured runs")
    if not runs:
        return None
    heads = (
        say("Début (UTC)", "Start (UTC)"),
        say("Phase", "Phase"),
        say("État", "State"),
        say("Durée", "Duration"),
        say("Énergie", "Energy"),
        say("Intervalle à 90 %", "90% interval"),
        say("Requêtes", "Requests"),
        say("Preuve", "Evidence"),
        say("Exécution", "Run"),
    )
    rows = [_run_row(run) for run in runs]
    grid = table(title, heads, rows, numeric=(3, 4, 5, 6), hide_caption=True)
    return html.Section([html.H2(title), grid], className="card")


def _run_row(run: RunLine) -> list[Any]:
    return [
        moment(run.started_at),
        phase_name(run.phase),
        state_name(run.state),
        formats.duration(run.duration_s),
        formats.energy(run.energy_kwh),
        say(
            f"{formats.energy(run.low_kwh)} à {formats.energy(run.high_kwh)}",
            f"{formats.energy(run.low_kwh)} to {formats.energy(run.high_kwh)}",
        ),
        "" if run.requests is None else formats.integer(run.requests),
        f"{word(run.tier)} ({run.channel})" if run.channel else word(run.tier),
        # Identifiers begin with the date: only their end tells runs apart.
        html.Code(run.run_id[-12:], title=run.run_id),
    ]


def _use_case(case: UseCase | None) -> Any:
    if case is None:
        return None
    volume = formats.integer(case.yearly_volume) if case.yearly_volume is not None else formats.unknown()
    pairs = [
        (say("Intitulé", "Title"), case.title),
        (say("Statut", "Status"), case.status),
        (
            say("Nature", "Kind"),
            case.automation if is_ai(case) else say("non IA", "not AI") + f" · {case.automation}",
        ),
        (say("Acte fonctionnel", "Functional act"), case.functional_act),
        (say("Volume annuel", "Yearly volume"), volume),
        (say("Décision humaine", "Human decision"), case.human_decision),
        (say("Alternative sans IA", "Non-AI alternative"), case.non_ai_alternative),
        (say("Raison de l’abandon", "Reason for abandoning"), case.abandon_reason),
        (say("Résumé", "Summary"), case.summary),
    ]
    title = say("Cas d’usage", "Use case")
    heading = html.H2([title, " ", html.Span(case.code, className="code")])
    return html.Section([heading, facts(pairs)], className="card")


def _explanation(sheet: ModelSheet) -> Any:
    if not sheet.explanation.children:
        return None
    title = say("Explication", "Explanation")
    return html.Section([html.H2(title), tree(sheet.explanation)], className="card", id="explication")
