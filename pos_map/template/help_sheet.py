"""The help sheet of the template: how to fill it, then every column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_map.template.guide import SHEETS, guides

NEEDS = {
    "required": "Obligatoire.",
    "expected": "Attendue.",
    "optional": "Facultative.",
    "dropped": "",
}
_INTRODUCTION = (
    "Une feuille par table : remplissez celles que vous avez, laissez les autres vides. Les en-têtes sont "
    "verrouillés, sans mot de passe : l'import les reconnaît à leur nom.",
    "Vide = inconnu. 0 = zéro. « sans objet » = la question ne se pose pas. Ces trois choses sont différentes : "
    "n'écrivez jamais 0 pour dire que vous ne savez pas.",
    "Le code ou le nom de la première colonne est l'identifiant : gardez-le d'une année à l'autre, c'est à lui que "
    "l'import reconnaît ce qui a changé. Il n'y a pas d'identifiant caché.",
    "Pas de donnée personnelle : un propriétaire est une fonction ou un organisme, jamais une personne.",
    "Bleu foncé : colonne obligatoire. Bleu moyen : attendue. Gris : facultative.",
    "Nombres : 12 ou 1 234,5. Parts : 0,57 ou 57 %. Dates : 08/07/2020 ou 2020-07-08.",
    "Les listes déroulantes proposent ce qui est déclaré dans les autres feuilles ; un autre nom est accepté, et "
    "signalé à l'import s'il n'existe nulle part.",
)
_HEADERS = ("Feuille", "Intitulé", "Sens", "Unité", "Présence", "Exemple")
_WIDTHS = (24, 28, 78, 22, 14, 26)


def write_help(page: Any, formats: Mapping[str, Any]) -> None:
    """Fill the sheet: a title, what to know, one line a column."""
    for at, width in enumerate(_WIDTHS):
        page.set_column(at, at, width, formats["plain"])
    page.set_row(0, 26)
    page.write_string(0, 0, "Inventaire du système d'information", formats["title"])
    for row, text in enumerate(_INTRODUCTION, 2):
        page.merge_range(row, 0, row, len(_WIDTHS) - 1, text, formats["plain"])
        page.set_row(row, 30)
    top = len(_INTRODUCTION) + 3
    for at, header in enumerate(_HEADERS):
        page.write_string(top, at, header, formats["head required"])
    row = top + 1
    for table in SHEETS:
        for guide in guides()[table.kind]:
            cells = (
                table.sheet,
                guide.column.header,
                guide.meaning,
                guide.unit,
                NEEDS[guide.need],
                guide.example,
            )
            for at, text in enumerate(cells):
                page.write_string(row, at, text, formats["plain"])
            row += 1
    page.protect("", {"format_columns": True, "format_rows": True})
