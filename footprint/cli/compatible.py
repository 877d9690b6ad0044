"""footprint assess --method numecoeval: the rules of NumEcoEval and G4IT, beside footprint's own (M12)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from footprint.texts import count, say

if TYPE_CHECKING:
    import pyarrow as pa

    from footprint.assessment.numecoeval import Compatible
    from footprint.numecoeval import References
    from footprint.store.database import Store
    from footprint.store.tables import Campaign

SHOWN = 20  # rows of a table in the terminal; --json and --out give them all
Row = dict[str, Any]


def assess_compatible(
    store: Store,
    references: Path,
    as_json: bool,
    out: Path | None,
    criteria: Sequence[str] = (),
) -> None:
    """Evaluate the current campaign by the rules of NumEcoEval and print totals, errors and differences.

    `references` is the folder of the body's tables, `out` one for G4IT's CSV files (None: none), `criteria` codes
    of criterion.csv (empty: those with a factor for equipment). Raises ReferencesRefused for tables with faults,
    CampaignError when nothing was imported.
    """
    from footprint.assessment.numecoeval import evaluate
    from footprint.numecoeval import read_references
    from footprint.numecoeval_export import export
    from footprint.store.referential import current_campaign

    campaign = current_campaign(store)
    tables = read_references(references)
    found = evaluate(_frames(store, campaign), tables, _asked(tables, criteria))
    compared, reason = _compared(store, campaign, tables, found)
    if as_json:
        typer.echo(
            json.dumps(as_values(found, tables, compared), ensure_ascii=False, indent=2, sort_keys=True)
        )
    else:
        _print(campaign, found, tables, compared, reason)
    if out is not None:
        for path in export(found, out, campaign.organisation, campaign.year):
            typer.echo(say(f"Écrit : {path}", f"Written: {path}"), err=as_json)


def as_values(found: Compatible, tables: References, compared: Sequence[Row]) -> dict[str, Any]:
    """The results as plain values: totals by criterion, rows in error, differences with their reasons."""
    return {
        "method": "numecoeval",
        "criteria": list(found.criteria),
        "criteria_without_factors": list(found.left_out),
        "totals": totals(found),
        "errors": errors(found, tables),
        "applications": list(compared),
    }


def totals(found: Compatible) -> list[Row]:
    """By criterion and step: Σ equipment, machines and applications, and how many rows are in error."""
    rows: dict[tuple[str, str], Row] = {}
    for level in ("physical", "virtual", "applications"):
        table: pa.Table = getattr(found, level)
        grouped = table.group_by(["criterion", "step", "unit", "status"]).aggregate(
            [("amount", "sum"), ("people_eq", "sum"), ("amount", "count")]
        )
        for row in grouped.to_pylist():
            total = rows.setdefault(
                (row["criterion"], row["step"]),
                {"criterion": row["criterion"], "step": row["step"], "unit": row["unit"], "errors": 0},
            )
            if row["status"] == "OK":
                total[level] = row["amount_sum"]
                if level == "physical":
                    total["people_eq"] = row["people_eq_sum"]
        wrong = table.filter(_in_error(table)).group_by(["criterion", "step"]).aggregate([([], "count_all")])
        for row in wrong.to_pylist():
            rows[row["criterion"], row["step"]]["errors"] += row["count_all"]
    return [rows[at] for at in sorted(rows)]


def errors(found: Compatible, tables: References) -> list[Row]:
    """Rows that could not be evaluated, one for each name and reason, with the criteria and steps it touches."""
    from footprint.numecoeval_text import error_sentence

    known = {
        "type": tables.types["type"].to_pylist(),
        "mix": tables.impacts["location"].to_pylist(),
        "hote": found.physical["asset"].to_pylist(),
        "machine": found.virtual["machine"].to_pylist(),
    }
    rows: dict[tuple[int, str, str, str], Row] = {}
    levels = (
        ("equipment", found.physical, "asset"),
        ("virtual", found.virtual, "machine"),
        ("application", found.applications, "application"),
    )
    for rank, (table, level, name) in enumerate(levels):
        for row in level.filter(_in_error(level)).to_pylist():
            at = (rank, row[name], row["error"], row["error_value"])
            told = rows.setdefault(at, {"table": table, "name": row[name], "code": row["error"], "on": []})
            told["message"] = error_sentence(
                row["error"], row["error_value"], set(known.get(row["error"], ()))
            )
            told["on"].append(f"{row['criterion']} {row['step']}")
    return [{**row, "on": sorted(set(row["on"]))} for _at, row in sorted(rows.items())]


def _in_error(table: pa.Table) -> Any:
    import pyarrow.compute as pc

    return pc.equal(table["status"], "ERREUR")


def _frames(store: Store, campaign: Campaign) -> dict[str, pa.Table]:
    from footprint.errors import CampaignError
    from footprint.store.frames import inventory_frames

    with store.session() as session:
        frames = inventory_frames(session, campaign.id or 0)
    if not frames["assets"].num_rows:
        raise CampaignError(
            "Rien à évaluer : importez d’abord un inventaire (footprint import FICHIERS).",
            "Nothing to assess: import an inventory first (footprint import FILES).",
        )
    return frames


def _asked(tables: References, criteria: Sequence[str]) -> Sequence[str] | None:
    """The criteria asked for, checked; None when none is named."""
    import pos_map
    from footprint.errors import UnknownSubject

    known = tables.criteria["criterion"].to_pylist()
    for code in criteria:
        if code not in known:
            raise UnknownSubject("critère", "criterion", code, pos_map.near(code, known) or known)
    return criteria or None


def _compared(
    store: Store, campaign: Campaign, tables: References, found: Compatible
) -> tuple[list[Row], str]:
    """Differences by application with footprint's own assessment, or why there are none."""
    from footprint.assessment.numecoeval.comparing import compare
    from footprint.errors import FootprintError
    from footprint.kept import current
    from footprint.numecoeval_text import why
    from footprint.store.referential import last_import

    try:
        kept = current(store, campaign)
    except FootprintError as error:
        return [], str(error)
    with store.session() as session:
        stale = last_import(session, campaign) != kept.manifest["imported_sha256"]
    if stale:
        return [], say(
            "L’inventaire a changé depuis l’évaluation : relancez footprint assess pour comparer.",
            "The inventory changed since the assessment: run footprint assess again to compare.",
        )
    steps = tables.steps["step"].to_pylist()
    own = {name: getattr(kept, name) for name in ("totals", "parts", "asset_impacts")}
    rows = compare(found.applications, found.physical, steps, own).to_pylist()
    return [{**row, "why": why(row, steps)} for row in rows], ""


def _print(
    campaign: Campaign, found: Compatible, tables: References, compared: Sequence[Row], reason: str
) -> None:
    from rich.text import Text

    from footprint.cli.tables import show

    wrong = errors(found, tables)
    show(
        Text(f"{campaign.organisation} {campaign.year}", style="bold"),
        say(
            "Règles de NumEcoEval et G4IT, référentiels de l’organisme. Rien n’est gardé à part en non affecté.",
            "Rules of NumEcoEval and G4IT, tables of the body. Nothing is kept apart as not allocated.",
        ),
        _totals_table(totals(found)),
    )
    if found.left_out:
        names = ", ".join(found.left_out)
        show(say(f"Critères sans aucun facteur d’équipement, non évalués : {names}.",
                 f"Criteria without any factor for equipment, not evaluated: {names}."))  # fmt: skip
    if wrong:
        show(*_errors_tables(wrong))
    if compared:
        show(_compared_table(compared), *_said(compared))
    else:
        show(reason or say("Aucune application à comparer.", "No application to compare."))


def _totals_table(rows: Iterable[Row]) -> Any:
    from footprint import formats as f
    from footprint.cli.tables import MISSING, table_of

    table = table_of(
        say("Totaux par critère et étape, par an", "Totals by criterion and step, a year"),
        (say("Critère", "Criterion"), False), (say("Étape", "Step"), False), (say("Unité", "Unit"), False),
        ("Σ " + say("équipements", "equipment"), True), ("Σ " + say("éq. virtuels", "virtual eq."), True),
        ("Σ applications", True), (say("Équivalent-personnes", "People equivalent"), True), ("ERREUR", True),
    )  # fmt: skip
    for row in rows:
        amounts = (row.get(name) for name in ("physical", "virtual", "applications", "people_eq"))
        cells = [MISSING if amount is None else f.number(amount, 6) for amount in amounts]
        table.add_row(row["criterion"], row["step"], row["unit"], *cells, str(row["errors"]))
    return table


def _errors_tables(rows: Sequence[Row]) -> Iterable[Any]:
    """The rows in error by themselves, then how many only follow from them."""
    from rich.text import Text

    from footprint.cli.tables import table_of
    from footprint.numecoeval_text import FOLLOWING

    first = [row for row in rows if row["code"] not in FOLLOWING]
    title = say("En ERREUR : non évalué, jamais compté zéro", "In error (ERREUR): not evaluated, never zero")
    table = table_of(
        title + _first(first),
        ("Table", False), (say("Nom", "Name"), False), (say("Pourquoi", "Why"), False),
    )  # fmt: skip
    words = {"equipment": say("équipement", "equipment"), "virtual": say("éq. virtuel", "virtual eq.")}
    for row in first[:SHOWN]:
        table.add_row(words.get(row["table"], "application"), Text(row["name"]), Text(row["message"]))
    yield table
    if len(rows) > len(first):
        more = count(
            len(rows) - len(first),
            ("ligne qui en dépend", "lignes qui en dépendent"),
            ("row that depends on them", "rows that depend on them"),
        )
        yield say(f"Et {more}.", f"And {more}.")


def _compared_table(rows: Sequence[Row]) -> Any:
    from rich.text import Text

    from footprint import formats as f
    from footprint.cli.tables import MISSING, table_of

    table = table_of(
        say("Par application, étapes évaluées des deux côtés", "By application, steps evaluated on both sides")
        + _first(rows),
        ("Application", False), (say("Critère", "Criterion"), False), ("NumEcoEval", True), ("footprint M1–M8", True),
        (say("Écart", "Difference"), True),
    )  # fmt: skip
    for row in rows[:SHOWN]:
        amounts = (row["numecoeval"], row["footprint"], row["difference"])
        cells = (MISSING if amount is None else f.number(amount, 4) for amount in amounts)
        table.add_row(Text(row["application"]), row["criterion"], *cells)
    return table


def _said(rows: Sequence[Row]) -> list[Any]:
    """A sentence an application: which rules make the difference."""
    from rich.text import Text

    sentences: dict[str, str] = {}
    for row in rows[:SHOWN]:
        sentences.setdefault(row["application"], row["why"])
    return [
        say(
            "Ce qui diffère toujours : NumEcoEval répartit tout l’hôte, sans non affecté, et divise par la durée"
            " entre achat et retrait, même hors de cette période.",
            "What always differs: NumEcoEval shares out the whole host, with nothing unallocated, and divides by the"
            " time between purchase and withdrawal, even outside it.",
        ),
        *(Text(say(f"{name} : {told}", f"{name}: {told}")) for name, told in sentences.items()),
    ]


def _first(rows: Sequence[Row]) -> str:
    if len(rows) <= SHOWN:
        return ""
    return say(f" : {SHOWN} premières sur {len(rows)}", f": first {SHOWN} of {len(rows)}")
