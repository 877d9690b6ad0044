"""The page of our fields, for who writes a profile: every table, every column, in French and Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from pos_map.columns import Column, Table
from pos_map.template.guide import SHEETS, WORDS, Guide, guides
from pos_map.template.help_sheet import NEEDS

_KINDS = {
    "text": "texte", "number": "nombre", "whole": "nombre entier", "share": "part (0,57 ou 57 %)", "date": "date",
    "month": "mois (2026-03)", "list": "liste", "open": "texte", "yes": "oui ou non",
    "ref": "nom ou code déclaré ailleurs",
}  # fmt: skip
# Columns of the State's format that our template does not offer.
_BESIDE = {
    ("links", "domain"): "Place de l'application quand aucun POS n'est donné : premier niveau.",
    ("links", "sub_domain"): "Place de l'application quand aucun POS n'est donné : second niveau.",
    ("links", "entity"): "Organisme, propriétaire de l'application quand aucun POS n'est donné.",
    ("machines", "infrastructure"): "Format G4IT : dit les machines en nuage, qui ne sont pas comptées ici.",
    ("machines", "quantity"): "Format G4IT : une ligne de plusieurs machines est signalée.",
}
_HEAD = """\
# Les champs de nos tables

Page produite par `footprint import fields` : ne la corrigez pas à la main.

Un [profil de correspondance](import-tableurs.md) nomme une table par son `kind` et une colonne par son **champ** ;
un fichier à notre format porte l'**en-tête**. Majuscules, accents, espaces et ponctuation des en-têtes ne comptent pas.

- Obligatoire : sans cette colonne, la table est refusée. Attendue : son absence est signalée.
- Cellule vide : inconnu. `sans objet` : la question ne se pose pas. `0` : zéro.
- Nombres : 12 ou 1 234,5. Dates : 08/07/2020 ou 2020-07-08.
- « Jamais lu » : colonne connue et laissée de côté ; un profil ne peut pas la viser.
"""


def fields_page() -> str:
    """The page, as docs/champs.md holds it."""
    parts = [_HEAD, *("\n".join(_table(table)) + "\n" for table in SHEETS)]
    return "\n".join(parts)


def _table(table: Table) -> Iterator[str]:
    known = {guide.column.field: guide for guide in guides()[table.kind]}
    yield f"## `{table.kind}` : {table.fr}"
    yield ""
    yield "| champ | en-tête (autres noms lus) | présence | contenu | exemple |"
    yield "|---|---|---|---|---|"
    for column in table.columns:
        guide = known.get(column.field)
        cells = (
            f"`{column.field}`",
            _headers(column),
            "" if column.need == "dropped" else NEEDS[column.need].rstrip(".").lower(),
            _contents(table, column, guide),
            guide.example if guide else "",
        )
        yield f"| {' | '.join(cell.replace('|', ' ') for cell in cells)} |"


def _headers(column: Column) -> str:
    others = f" ({', '.join(column.aliases)})" if column.aliases else ""
    return f"{column.header}{others}"


def _contents(table: Table, column: Column, guide: Guide | None) -> str:
    if column.need == "dropped":
        return "**donnée personnelle, jamais lue**" if column.personal else "jamais lu"
    if guide is None:
        return _BESIDE[table.kind, column.field]
    kind = _KINDS[guide.kind] + (f", {guide.unit}" if guide.unit else "")
    words = WORDS.get(guide.words, ()) if guide.kind == "list" else ()
    listed = f" Un mot parmi : {', '.join(words)}." if words else ""
    return f"{guide.meaning} *{kind}*{listed}"
