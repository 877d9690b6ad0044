"""assess, score, explain, report: what the campaign emits, who, why."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footprint.cli.explanations import explain
from footprint.cli.files import check_workbook_name
from footprint.cli.measuring import AsJson, tell_damaged
from footprint.texts import say

if TYPE_CHECKING:
    from footprint.store.database import Store


class Method(StrEnum):
    """The rules one may assess by."""

    footprint = "footprint"
    numecoeval = "numecoeval"


def assess(
    mode: Annotated[
        str | None,
        typer.Option(
            "--mode",
            help=say("Fabrication : amortised (étalée) ou purchase_year (année d’achat). Gardé.",
                     "Manufacture: amortised or purchase_year. Kept."),
        ),
    ] = None,
    spread: Annotated[
        str | None,
        typer.Option(
            "--spread",
            help=say("Réparti sur les applications : idle,network,storage, ou none. Gardé.",
                     "Spread over applications: idle,network,storage, or none. Kept."),
        ),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            "--engine", help=say("Autre base de calcul (URL).", "Another database to compute with (URL).")
        ),
    ] = "",
    method: Annotated[
        Method, typer.Option("--method", help=say("Règles du calcul.", "Rules of the calculation."))
    ] = Method.footprint,
    references: Annotated[
        Path | None,
        typer.Option("--references", help=say("NumEcoEval : dossier des référentiels.",
                                              "NumEcoEval: folder of reference tables.")),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=say("NumEcoEval : dossier où écrire les CSV.",
                                       "NumEcoEval: folder to write the CSV files in.")),
    ] = None,
    criteria: Annotated[
        list[str] | None,
        typer.Option("--criterion", help=say("NumEcoEval : critère, répétable.", "NumEcoEval: criterion, repeatable.")),
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Assess the newest campaign and print the reconciliation."""
    _consistent(method, (mode, spread, engine), (references, out, criteria))
    from footprint.records.ingest import ingest
    from footprint.store.database import open_store

    store = open_store()
    if references is not None:
        from footprint.cli.compatible import assess_compatible

        assess_compatible(store, references, as_json, out, criteria or ())
        return
    tell_damaged(ingest(store).damaged)
    new = _assessed(store, mode, spread, engine)
    _print_assessed(store, new, as_json)


def assess_now(store: Store, tell: bool) -> None:
    """Store the records that wait and assess the current campaign as it is set; print the outcome when told to."""
    from footprint.records.ingest import ingest

    tell_damaged(ingest(store).damaged)
    new = _assessed(store, None, None, "")
    if tell:
        _print_assessed(store, new, False)


def _consistent(method: Method, own: tuple[Any, ...], compatible: tuple[Any, ...]) -> None:
    """Refuse options of one method with the other, and the compatible mode without its tables."""
    from footprint.errors import FootprintError

    if method is Method.numecoeval and compatible[0] is None:
        raise FootprintError(
            "Les règles de NumEcoEval demandent les référentiels de l’organisme : --references DOSSIER.",
            "The rules of NumEcoEval need the body's reference tables: --references FOLDER.",
        )
    if any(own) and method is Method.numecoeval:
        raise FootprintError(
            "--mode, --spread et --engine ne règlent pas la méthode numecoeval : ôtez-les.",
            "--mode, --spread and --engine do not apply to the numecoeval method: leave them out.",
        )
    if any(compatible) and method is Method.footprint:
        raise FootprintError(
            "--references, --out et --criterion vont avec --method numecoeval.",
            "--references, --out and --criterion go with --method numecoeval.",
        )


def _assessed(store: Store, mode: str | None, spread: str | None, engine: str) -> bool:
    """Keep the settings asked for, then assess; whether the result is new."""
    from footprint.assessment.settings import changed, settings_of
    from footprint.assessments import assess_campaign
    from footprint.cli.tables import step
    from footprint.store.referential import change_settings, current_campaign

    campaign = current_campaign(store)
    if mode is not None or spread is not None:
        change_settings(store, campaign, changed(settings_of(campaign.settings), mode, spread), "CLI")
    with step(say("évaluation", "assessment")):
        kept, new = assess_campaign(store, campaign, "CLI", engine)
    if campaign.frozen_at and kept.id != campaign.assessment_id:
        typer.echo(
            say(
                f"Campagne figée : l’évaluation calculée ({kept.id}) n’est pas montrée, celle d’avant le reste.",
                f"Frozen campaign: the assessment computed ({kept.id}) is not shown, the one before still is.",
            ),
            err=True,
        )
    return new


def _print_assessed(store: Store, new: bool, as_json: bool) -> None:
    from footprint.views import summary

    found = summary(store)
    if as_json:
        rows = [{**asdict(r), "relative_difference": r.relative_difference} for r in found.reconciliation]
        meters = [{**asdict(meter), "gap": meter.gap} for meter in found.meters]
        print_json({**asdict(found), "reconciliation": rows, "meters": meters, "new": new})
        return
    from footprint.cli.summary_text import print_summary

    print_summary(found, new=new)


def score(
    as_json: AsJson = False,
    top: Annotated[int, typer.Option("--top", min=0, help=say("Lignes (0 : toutes).", "Rows (0: all)."))] = 0,
) -> None:
    """The letters of applications and models."""
    from footprint.store.database import open_store
    from footprint.views import model_sheet, models, tiles

    store = open_store()
    warn_if_stale(store)
    applications = tiles(store)
    sheets = [model_sheet(store, name) for name in models(store)]
    if as_json:
        print_json(
            {
                "applications": [asdict(tile) for tile in applications],
                "models": [_without_tree(asdict(sheet)) for sheet in sheets],
            }
        )
        return
    from footprint.cli.tables import application_table, model_table, show

    show(application_table(applications, top))
    if sheets:
        show(model_table(sheets))


def report(
    path: Annotated[
        Path, typer.Argument(help=say("Classeur à écrire (.xlsx).", "Workbook to write (.xlsx)."))
    ] = Path("bilan-carbone-allege.xlsx"),
) -> None:
    """Write the light carbon balance."""
    from footprint.report import write_workbook
    from footprint.store.database import open_store

    check_workbook_name(path)
    store = open_store()
    warn_if_stale(store)
    written = write_workbook(store, path)
    typer.echo(say(f"Bilan écrit : {written}", f"Balance written: {written}"))


def warn_if_stale(store: Store) -> None:
    """Say on the error output that the inventory changed since the assessment shown."""
    from footprint.views import summary

    if summary(store).stale:
        typer.echo(
            say(
                "Attention : l’inventaire a changé depuis cette évaluation. Relancez : footprint assess.",
                "Warning: the inventory changed since this assessment. Run again: footprint assess.",
            ),
            err=True,
        )


def _without_tree(sheet: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sheet.items() if name != "explanation"}


def print_json(value: Any) -> None:
    """Print for programs, in a constant order."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("assess", help=say("Évaluer la campagne et vérifier la conservation.",
                                   "Assess the campaign and check conservation."))(assess)  # fmt: skip
    app.command(
        "score", help=say("Notes des applications et des modèles.", "Letters of applications and models.")
    )(score)
    app.command("explain", help=say("D’où vient un total, jusqu’au facteur et à sa source.",
                                    "Where a total comes from, down to factor and source."))(explain)  # fmt: skip
    app.command("report", help=say("Écrire le bilan carbone allégé (.xlsx).",
                                   "Write the light carbon balance (.xlsx)."))(report)  # fmt: skip
