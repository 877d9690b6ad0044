"""What changes, one line an entry, in French and in English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from pos_map.changes import Changes, Identity, TableChanges
from pos_map.columns import TABLES
from pos_map.saying import day_fr

Kind = Literal["added", "removed", "changed", "moved", "merged"]
SIGNS: Mapping[Kind, str] = {"added": "+", "removed": "−", "changed": "~", "moved": "↷", "merged": "⇒"}
# What is counted, of one and of several, in French and in English.
KIND_WORDS: Mapping[Kind, tuple[tuple[str, str], tuple[str, str]]] = {
    "added": (("ajout", "ajouts"), ("added", "added")),
    "removed": (("retrait", "retraits"), ("removed", "removed")),
    "changed": (("modification", "modifications"), ("changed", "changed")),
    "moved": (("déplacement", "déplacements"), ("moved", "moved")),
    "merged": (
        ("reprise par un autre", "reprises par un autre"),
        ("taken over by another", "taken over by others"),
    ),
}
# One entry of a table, in French and English.
ENTRY_WORDS: Mapping[str, tuple[str, str]] = {
    "nodes": ("niveau", "box"),
    "applications": ("application", "application"),
    "data_centres": ("centre de données", "data centre"),
    "assets": ("équipement", "equipment"),
    "machines": ("machine virtuelle", "virtual machine"),
    "links": ("lien", "link"),
    "use_cases": ("cas d'usage", "use case"),
    "readings": ("relevé", "reading"),
    "services": ("service", "service"),
    "platform_keys": ("clé de plateforme", "platform key"),
    "placements": ("emplacement secondaire", "secondary place"),
    "flows": ("flux", "flow"),
    "organisations": ("organisme", "body"),
}
_KINDS_OF_TABLE = {"applications": "map"}


@dataclass(frozen=True, slots=True)
class Change:
    """One change to show; `fr` and `en` say it without its sign (`SIGNS`)."""

    kind: Kind
    table: str
    identity: Identity
    fr: str
    en: str


def lines(changes: Changes) -> Iterator[Change]:
    """Every change, table by table: added, removed, changed, moved, merged."""
    for table, found in changes.tables.items():
        yield from _of_table(table, found, changes.places)


def _of_table(table: str, found: TableChanges, places: Mapping[str, str]) -> Iterator[Change]:
    for name, entry in found.newcomers():
        yield _said("added", table, name, _label(name, entry), _label(name, entry))
    for name, entry in found.gone():
        yield _said("removed", table, name, _label(name, entry), _label(name, entry))
    for old, new in found.renamed.items():
        yield _said("changed", table, new, f" → « {_name(new)} »", f" → “{_name(new)}”", shown=old)
    for name, values in found.altered(table):
        said = [(_header(table, field), *pair) for field, pair in values.items()]
        fr = " ; ".join(f"{header} : {_value(a, 'fr')} → {_value(b, 'fr')}" for header, a, b in said)
        en = "; ".join(f"{header}: {_value(a, 'en')} → {_value(b, 'en')}" for header, a, b in said)
        yield _said("changed", table, name, f" : {fr}", f": {en}")
    for name, (before, after) in found.moved.items():
        here, there = places.get(before, before), places.get(after, after)
        fr = f" : {_value(here, 'fr')} → {_value(there, 'fr')}"
        yield _said("moved", table, name, fr, f": {_value(here, 'en')} → {_value(there, 'en')}")
    for old, new in found.merged.items():
        yield _said(
            "merged", table, old, f" : repris par « {_name(new)} »", f": taken over by “{_name(new)}”"
        )


def _said(kind: Kind, table: str, name: Identity, fr: str, en: str, shown: Identity | None = None) -> Change:
    word_fr, word_en = ENTRY_WORDS[table]
    called = _name(shown or name)
    return Change(kind, table, name, f"{word_fr} « {called} »{fr}", f"{word_en} “{called}”{en}")


def _name(identity: Identity) -> str:
    """What names an entry: its parts that are not blank."""
    return " · ".join(str(part) for part in identity if part not in ("", None))


def _label(identity: Identity, entry: Any) -> str:
    """The name of an entry where it says more than its code."""
    said = getattr(entry, "label", None) or getattr(entry, "title", None) or getattr(entry, "name", "")
    return f" ({said})" if said and said != _name(identity) else ""


def _value(value: Any, language: str) -> str:
    if value is None or value == "":
        return "(vide)" if language == "fr" else "(blank)"
    if isinstance(value, bool):
        return ("oui" if value else "non") if language == "fr" else ("yes" if value else "no")
    if isinstance(value, float):
        text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        return text.replace(".", ",") if language == "fr" else text
    if isinstance(value, date):
        return day_fr(value) if language == "fr" else value.isoformat()
    return str(value)


@cache
def _headers() -> dict[tuple[str, str], str]:
    return {(table.kind, column.field): column.header for table in TABLES for column in table.columns}


def _header(table: str, field: str) -> str:
    """The header of a field in our files."""
    return _headers().get((_KINDS_OF_TABLE.get(table, table), field), field)
