"""A file of unknown shape: what each of its columns seems to be, as a form where she says better."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import native
from dashboard.components.tables import table
from dashboard.page import Page, check_link
from footprint import formats
from footprint.plausibility import shown
from footprint.texts import say
from footprint.uploads.correcting import choices
from footprint.uploads.found import UnknownFile
from pos_map.columns import TABLES
from pos_map.inspecting import ColumnView, SheetView
from pos_map.proposing import Guess

_COLUMNS_SHOWN = 120


def column_choices(page: Page, upload: str, rank: int, file: UnknownFile) -> Any:
    """The section of one unknown file; the table of a sheet is chosen by the address (?table-0-1=machines)."""
    seen = file.inspection
    name = shown(file.file)
    sheets = [(place, sheet) for place, sheet in enumerate(seen.sheets) if sheet.columns and not sheet.hidden]
    if not sheets:
        return None
    kinds = {place: _kind(page, rank, place, sheet) for place, sheet in sheets}
    how = ", ".join(part for part in (seen.format, seen.encoding) if part)
    lead = say(
        f"Aucune de nos tables ne s’y reconnaît ({how}). Dites ce que sont ses colonnes : la réponse devient un "
        "profil, gardé pour l’année prochaine.",
        f"None of our tables is recognised in it ({how}). Say what its columns are: the answer becomes a "
        "profile, kept for next year.",
    )
    blocks = [_sheet(page, place, sheet, kinds[place]) for place, sheet in sheets]
    stem = file.file.rpartition(".")[0] or file.file
    keep = html.Div(
        [
            html.Label(say("Nom du profil", "Name of the profile"), htmlFor=f"nom-{rank}"),
            native.Input(
                id=f"nom-{rank}", name="nom", value=stem[:60], required=True, maxLength=60, autoComplete="off"
            ),
        ],
        className="field",
    )
    save = html.Button(
        say("Garder ce profil et relire", "Keep this profile and read again"),
        type="submit",
        className="button",
    )
    fields = [native.hidden("fichier", str(rank)), *blocks, keep, save]
    form = native.post(page, f"{check_link(upload)}/correspondance", fields, name="form form-one")
    yaml = html.P(
        html.A(
            say(
                "Télécharger la proposition (YAML) pour l’écrire à la main",
                "Download the proposal (YAML) to write it by hand",
            ),
            href=f"{check_link(upload)}/profil-{rank}.yaml",
        )
    )
    head = html.H2(say(f"Colonnes de {name}", f"Columns of {name}"), id=f"colonnes-{rank}")
    other = [_other_table(upload, rank, place, sheet, kinds[place]) for place, sheet in sheets]
    return html.Section([head, html.P(lead), *other, form, yaml], className="card")


def _kind(page: Page, rank: int, place: int, sheet: SheetView) -> str:
    said = page.query.get(f"table-{rank}-{place}", "")
    return said if said in {table.kind for table in TABLES} else sheet.kind or "map"


def _other_table(upload: str, rank: int, place: int, sheet: SheetView, kind: str) -> Any:
    """Another table for a sheet: its own form, which only changes what the lists propose."""
    name = f"table-{rank}-{place}"
    options = [
        html.Option(say(each.fr, each.en), value=each.kind, selected=each.kind == kind) for each in TABLES
    ]
    of = f" « {shown(sheet.name)} »" if sheet.name else ""
    label = html.Label(say(f"Cette feuille{of} est la table", f"This sheet{of} is the table"), htmlFor=name)
    change = html.Button(
        say("Changer de table", "Change table"), type="submit", className="button button-small"
    )
    return html.Form(
        [html.Div([label, html.Select(options, id=name, name=name)], className="field"), change],
        method="get", action=f"{check_link(upload)}#colonnes-{rank}", className="inline-choice",
    )  # fmt: skip


def _sheet(page: Page, place: int, sheet: SheetView, kind: str) -> Any:
    heads = (
        say("Colonne du fichier", "Column of the file"), say("Exemples", "Samples"),
        say("Ce qu’elle est", "What it is"), say("Confiance", "Confidence"),
    )  # fmt: skip
    rows = [_row(page, place, column, kind) for column in sheet.columns[:_COLUMNS_SHOWN]]
    name = say(f"Colonnes de {shown(sheet.name)}", f"Columns of {shown(sheet.name)}") if sheet.name else say(
        "Colonnes", "Columns"
    )  # fmt: skip
    return table(name, heads, rows, numeric=(3,), hide_caption=not sheet.name, cards=True)


def _row(page: Page, place: int, column: ColumnView, kind: str) -> list[Any]:
    name = shown(column.name)
    if column.personal:
        personal = say("donnée personnelle, jamais lue", "personal data, never read")
        return [name, "", html.Span(personal, className="hint"), ""]
    samples = [html.Span(shown(sample), className="sample") for sample in column.samples]
    sure = _proposed(column, kind)
    name_of_field = f"c{place}-{column.index}"
    chosen = f"{sure.kind}.{sure.field}" if sure else ""
    if page.refusal:
        chosen = page.typed(name_of_field)
    options: list[Any] = [html.Option(say("(laissée de côté)", "(left aside)"), value="")]
    for table_of, columns in choices(kind):
        known = [
            html.Option(
                each.header,
                value=f"{table_of.kind}.{each.field}",
                selected=chosen == f"{table_of.kind}.{each.field}",
            )
            for each in columns
        ]
        options.append(html.Optgroup(known, label=say(table_of.fr, table_of.en)))
    label = say(f"Ce qu’est la colonne {name}", f"What the column {name} is")
    # Two unknown files have each their form: the names of their fields may be the same.
    chooser = html.Select(options, name=name_of_field, **{"aria-label": label})
    confidence = formats.percent(sure.confidence) if sure else ""
    return [name, html.Div(samples, className="samples"), html.Div(chooser, className="field"), confidence]


def _proposed(column: ColumnView, kind: str) -> Guess | None:
    """What a column is thought to be, in a sheet of this kind: what an inspection writes, never a lesser guess."""
    guess = column.guess
    return guess if guess and guess.kind in (kind, "links") else None
