"""What the assessment rests on: settings, factors, meters against the inventory, what is doubtful, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.components.tables import facts, table
from dashboard.page import Page
from footprint import formats, views
from footprint.plausibility import KINDS, SEVERITIES, Finding, shown
from footprint.sheets import Gap, Metered, Summary
from footprint.texts import count, message, say
from footprint.wording import machine, scope, settings_words, word

PATH = "/qualite"
NAME = ("Qualité des données", "Data quality")
SHOWN = 200  # findings listed; the rest by `footprint plausibility`


def layout(page: Page, _subject: str = "") -> Any:
    """The whole page."""
    summary = views.summary(page.store)
    blocks = [
        html.Div(
            [
                html.H1(say(*NAME)),
                html.P(f"{summary.organisation}, {summary.year}", className="lead"),
            ],
            className="page-title",
        ),
        settings(summary),
        meters(summary.meters),
        doubts(views.doubts(page.store)),
        gaps(summary.gaps),
    ]
    return [block for block in blocks if block is not None]


def settings(summary: Summary) -> Any:
    """How the campaign is assessed, with which factors, and the market-based figure apart."""
    mode, spread = settings_words(summary.mode, summary.spread)
    changes = [" ".join(change) for change in summary.factor_changes]
    pairs = [
        (say("Fabrication (M3)", "Manufacture (M3)"), mode),
        (say("Réparti sur les applications (M4)", "Spread over applications (M4)"), spread),
        (say("Jeu de facteurs", "Factor set"), summary.factor_set),
        (
            say("Changements de facteurs", "Changes of factors"),
            "\n".join(shown(change) for change in changes),
        ),
        (say("Profils horaires (M2)", "Hourly profiles (M2)"), ", ".join(summary.profiles)),
        (say("Méthode", "Method"), summary.method),
    ]
    if summary.market:
        pairs.append((say("Selon les contrats (M2)", "By contracts (M2)"), _market(summary)))
    how = say(
        "Pour changer : footprint assess --mode purchase_year, --spread idle,network,storage.",
        "To change: footprint assess --mode purchase_year, --spread idle,network,storage.",
    )
    return html.Section(
        [
            html.H2(say("Réglages et facteurs", "Settings and factors")),
            facts(pairs),
            html.P(how, className="hint"),
        ],
        className="card",
    )


def _market(summary: Summary) -> str:
    said, same = formats.kg(summary.market), formats.kg(summary.market_covers)
    between = formats.interval(summary.market)
    return say(
        f"{said} ({between}) d’électricité sous contrat, là où le total compte {same}. Jamais additionné.",
        f"{said} ({between}) of electricity under contract, where the total counts {same}. Never added.",
    )


def meters(found: Sequence[Metered]) -> Any:
    """Meters against the sum of what stands in each data centre (M1)."""
    title = say("Compteurs contre inventaire", "Meters against inventory")
    if not found:
        none = say(
            "Aucun relevé de compteur importé ni collecté.", "No meter reading was imported or collected."
        )
        return html.Section(
            [html.H2(title), html.P(none, className="figure-note")], className="card card-quiet"
        )
    heads = (
        say("Centre", "Data centre"), say("Périmètre", "Scope"), say("Jours relevés", "Days read"),
        say("Compteur", "Metered"), say("Calculé", "Computed"), say("Écart", "Gap"),
    )  # fmt: skip
    rows = [
        [
            shown(meter.data_centre), scope(meter.scope), formats.integer(meter.days),
            formats.energy(meter.metered_kwh, 3), formats.energy(meter.computed_kwh, 3),
            formats.signed_percent(meter.gap),
        ]
        for meter in found
    ]  # fmt: skip
    caption = say(
        "Sur les jours relevés (M1) : comparé, jamais corrigé. Un calcul plus bas que le compteur dit souvent des "
        "machines oubliées.",
        "Over the days read (M1): compared, never mended. A computed value below the meter often means forgotten "
        "machines.",
    )
    return html.Section([html.H2(title), table(caption, heads, rows, numeric=(2, 3, 4, 5))], className="card")


def doubts(found: Sequence[Finding]) -> Any:
    """Values that are not credible: listed with their code, what to do, never mended."""
    title = say("Valeurs peu vraisemblables", "Values that are not credible")
    if not found:
        none = say("Aucune.", "None.")
        return html.Section(
            [html.H2(title), html.P(none, className="figure-note")], className="card card-quiet"
        )
    heads = (
        say("Constat", "Finding"), say("À faire", "To do"), say("Gravité", "Severity"), say("Code", "Code"),
    )  # fmt: skip
    rows = [
        [
            f"{say(*KINDS[one.kind]).capitalize()} {message(one)}", say(one.do_fr, one.do_en),
            say(*SEVERITIES[one.severity]), html.Code(one.code),
        ]
        for one in found[:SHOWN]
    ]  # fmt: skip
    sure = sum(one.severity == "improbable" for one in found)
    caption = say(
        f"Improbables : {sure} ; à vérifier : {len(found) - sure}. Rien n’a été corrigé.",
        f"Improbable: {sure}; to check: {len(found) - sure}. Nothing was corrected.",
    )
    if len(found) > SHOWN:
        caption += say(f" Les {SHOWN} premiers ; tous par footprint plausibility.",
                       f" The first {SHOWN}; all of them by footprint plausibility.")  # fmt: skip
    return html.Section([html.H2(title), table(caption, heads, rows)], className="card")


def gaps(found: Sequence[Gap]) -> Any:
    """What could not be assessed, and the key that is missing."""
    title = say("Non évalués, jamais comptés zéro", "Not assessed, never counted as zero")
    if not found:
        none = say("Tout a été évalué.", "Everything was assessed.")
        return html.Section(
            [html.H2(title), html.P(none, className="figure-note")], className="card card-quiet"
        )
    heads = (
        say("Équipement", "Equipment"), say("Étape", "Stage"), say("Clé manquante", "Missing key"),
        say("Clés proches", "Close keys"),
    )  # fmt: skip
    rows = [
        [shown(machine(gap.asset)), word(gap.stage), shown(gap.missing), ", ".join(gap.near)] for gap in found
    ]
    caption = count(len(found), ("manque", "manques"), ("gap", "gaps"))
    return html.Section([html.H2(title), table(caption, heads, rows)], className="card")
