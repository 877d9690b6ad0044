"""What is wrong in sent files: by severity, with the place, what was read and what is expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard.components.tables import table
from footprint import formats
from footprint.plausibility import shown
from footprint.texts import say

SHOWN = 200
"""Remarks listed for each severity; the rest is in the files to download."""


def remarks(faults: Sequence[Mapping[str, Any]], errors: int, warnings: int, folder: str) -> Any:
    """The section of the remarks, None without any; `folder` is the address the files are under."""
    if not errors + warnings:
        return None
    head = html.H2(say("Remarques sur les fichiers", "Remarks on the files"), id="remarques")
    links = html.P(
        [
            say(
                "Pour les renvoyer à qui tient les fichiers\u00a0: ", "To send back to who keeps the files: "
            ),
            html.A(
                say("classeur coloré (.xlsx)", "coloured workbook (.xlsx)"), href=f"{folder}/remarques.xlsx"
            ),
            ", ",
            html.A("JSON", href=f"{folder}/remarques.json"),
        ]
    )
    blocks = [
        _group(faults, "error", errors, say("Erreurs\u00a0: rien ne s’importe tant qu’il en reste",
                                            "Errors: nothing is imported while there are any")),
        _group(faults, "warning", warnings, say("Avertissements\u00a0: importés, et gardés avec ce qu’ils concernent",
                                                "Warnings: imported, and kept with what they are about")),
    ]  # fmt: skip
    return html.Section([head, links, *blocks], className="card")


def _group(faults: Sequence[Mapping[str, Any]], severity: str, count: int, name: str) -> Any:
    if not count:
        return None
    listed = [fault for fault in faults if fault["severity"] == severity][:SHOWN]
    heads = (
        say("Fichier", "File"), say("Ligne", "Line"), say("Colonne", "Column"), say("Valeur lue", "Value read"),
        say("Ce qui ne va pas, ce qui est attendu", "What is wrong, what is expected"),
    )  # fmt: skip
    grid = table(name, heads, [_row(fault) for fault in listed], numeric=(1,), hide_caption=True, cards=True)
    head = html.Summary([_mark(severity), f"{name} ({formats.integer(count)})"])
    rest = count - len(listed)
    more = html.P(
        say(
            f"Les {formats.integer(rest)} autres sont dans les fichiers à télécharger.",
            f"The {formats.integer(rest)} others are in the files to download.",
        ),
        className="hint",
    )
    # Errors are to be mended; warnings may be many, and wait to be asked for.
    return html.Details(
        [head, grid, *([more] if rest > 0 else [])], className="fold remarks", open=severity == "error"
    )


def _mark(severity: str) -> Any:
    return html.Span(className=f"mark mark-{severity}", **{"aria-hidden": "true"})


def _row(fault: Mapping[str, Any]) -> list[Any]:
    # What the factors do not know is told of the whole inventory, under this name.
    whole = fault["file"] == "inventaire" and fault["line"] is None
    file: list[Any] = [say("inventaire", "inventory") if whole else shown(fault["file"])]
    if fault["sheet"]:
        name = shown(fault["sheet"])
        file.append(html.Span(say(f"feuille {name}", f"sheet {name}"), className="hint block"))
    line = formats.integer(fault["line"]) if fault["line"] is not None else ""
    value = html.Code(shown(fault["value"])) if fault["value"] else ""
    said: list[Any] = [say(fault["fr"], fault["en"])]
    if mend := fault["mend"]:
        said.append(
            html.Span([say("À écrire\u00a0: ", "To write: "), html.Code(shown(mend))], className="mend block")
        )
    return [file, line, shown(fault["column"]), value, html.Div(said, className="sentence")]
