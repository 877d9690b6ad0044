"""The assessment at a glance, for the terminal: totals, settings, conservation, meters, evidence, gaps."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from footprint import formats as f
from footprint.cli.tables import show, table_of
from footprint.sheets import Part, Summary
from footprint.texts import count, say
from footprint.wording import machine, scope, settings_words, word


def print_summary(found: Summary, *, new: bool) -> None:
    """Totals, conservation, coverage, tiers and gaps."""
    state = say("nouvelle", "new") if new else say("inchangée", "unchanged")
    assessed = count(
        found.assets_assessed,
        ("ligne d’équipement entièrement évaluée", "lignes d’équipement entièrement évaluées"),
        ("equipment line fully assessed", "equipment lines fully assessed"),
    )
    show(
        Text(f"{found.organisation} {found.year}", style="bold"),
        *(
            [
                say(
                    "L’inventaire a changé depuis : relancez footprint assess.",
                    "The inventory changed since: run footprint assess again.",
                )
            ]
            if found.stale
            else []
        ),
        say(
            f"Évaluation {found.assessment_id} ({state}), facteurs {found.factor_set}, échelle {found.scale}",
            f"Assessment {found.assessment_id} ({state}), factors {found.factor_set}, scale {found.scale}",
        ),
        _settings(found),
        _totals(found),
        *([_market(found)] if found.market else []),
        _reconciliation(found),
        *([_meters(found)] if found.meters else []),
        _parts(say("Par niveau de preuve", "By evidence tier"), found.by_tier),
        say(
            f"Couverture : {assessed} sur {found.assets}.",
            f"Coverage: {assessed} of {found.assets} in service.",
        ),
    )
    if found.gaps:
        show(_gaps(found))


def _totals(found: Summary) -> Table:
    table = table_of(
        say("Émissions de l’année", "Emissions of the year"),
        ("", False), (say("Par an", "A year"), True), (say("Intervalle à 90 %", "90 % interval"), True),
    )  # fmt: skip
    table.add_row(say("Total", "Total"), f.kg(found.total), f.interval(found.total), style="bold")
    table.add_row("Applications", f.kg(found.applications_total), f.interval(found.applications_total))
    for part in found.unallocated:
        label = say("Non affecté : ", "Not allocated: ") + part.label
        table.add_row(label, f.kg(part.amount), f.interval(part.amount))
    for part in found.posts:
        table.add_row(say("Poste : ", "Post: ") + part.label, f.kg(part.amount), f.interval(part.amount))
    return table


def _reconciliation(found: Summary) -> Table:
    table = table_of(
        say("Conservation (M4) : Σ applications + Σ non affecté + Σ postes = Σ équipements",
            "Conservation (M4): Σ applications + Σ not allocated + Σ posts = Σ assets"),
        (say("Indicateur", "Indicator"), False), (say("Étape", "Stage"), False), ("Σ applications", True),
        (say("Σ non affecté", "Σ not allocated"), True), (say("Σ postes", "Σ posts"), True),
        (say("Σ équipements", "Σ assets"), True), (say("Écart relatif", "Relative difference"), True),
    )  # fmt: skip
    for row in found.reconciliation:
        sums = (row.applications, row.unallocated, row.posts, row.assets)
        table.add_row(
            row.indicator,
            word(row.stage),
            *(f.number(value, 6) for value in sums),
            f"{row.relative_difference:.1e}".replace(".", say(",", ".")),
        )
    return table


def _settings(found: Summary) -> str:
    """What the method leaves to the body, as it was chosen (M3, M4)."""
    mode, spread = settings_words(found.mode, found.spread)
    return say(
        f"Réglages : fabrication {mode} (M3) ; réparti sur les applications : {spread} (M4).",
        f"Settings: manufacture {mode} (M3); spread over applications: {spread} (M4).",
    )


def _market(found: Summary) -> str:
    """The market-based figure, said apart: it is never added to the total (M2)."""
    said, same = f.kg(found.market), f.kg(found.market_covers)
    between = f.interval(found.market)
    return say(
        f"À part, selon les contrats d’électricité (market-based, jamais additionné) : {said} ({between}), "
        f"là où le total compte {same}.",
        f"Apart, by electricity contracts (market-based, never added): {said} ({between}), where the total "
        f"counts {same}.",
    )


def _meters(found: Summary) -> Table:
    table = table_of(
        say("Compteurs contre inventaire, par centre (M1), sur les jours relevés",
            "Meters against inventory, by data centre (M1), over the days read"),
        (say("Centre", "Data centre"), False), (say("Périmètre", "Scope"), False), (say("Jours", "Days"), True),
        (say("Compteur", "Metered"), True), (say("Calculé", "Computed"), True), (say("Écart", "Gap"), True),
    )  # fmt: skip
    for meter in found.meters:
        table.add_row(
            Text(meter.data_centre),
            scope(meter.scope),
            f.integer(meter.days),
            f.energy(meter.metered_kwh, 3),
            f.energy(meter.computed_kwh, 3),
            f.signed_percent(meter.gap),
        )
    return table


def _parts(title: str, parts: Sequence[Part]) -> Table:
    table = table_of(title, ("", False), (say("Part", "Share"), True), (say("Par an", "A year"), True))
    for part in parts:
        table.add_row(part.label, f.percent(part.share), f.kg(part.amount))
    return table


def _gaps(found: Summary) -> Table:
    table = table_of(
        say("Non évalué (jamais compté zéro)", "Not assessed (never counted as zero)"),
        (say("Équipement", "Equipment"), False), (say("Étape", "Stage"), False),
        (say("Il manque", "Missing"), False), (say("Proches", "Close names"), False),
    )  # fmt: skip
    for gap in found.gaps:
        table.add_row(Text(machine(gap.asset)), word(gap.stage), Text(gap.missing), Text(", ".join(gap.near)))
    return table
