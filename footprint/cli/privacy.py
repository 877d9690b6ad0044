"""privacy: every field that is kept, why and how long, for a register of processing activities."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Annotated

import typer

from footprint import privacy as kept
from footprint.privacy_words import NEVER, SOURCES, Activity, Words
from footprint.texts import say, set_language


class Format(StrEnum):
    """Ways to print the register."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    MD = "md"


class Lang(StrEnum):
    """Languages of the register."""

    FR = "fr"
    EN = "en"


def privacy(
    form: Annotated[
        Format, typer.Option("--format", help=say("text, csv, json ou md.", "text, csv, json or md."))
    ] = Format.TEXT,
    lang: Annotated[
        Lang | None, typer.Option("--lang", help=say("Langue du texte.", "Language of the text."))
    ] = None,
) -> None:
    """Print the register."""
    if lang is not None:
        set_language("en" if lang is Lang.EN else "fr")
    sys.stdout.write(_PRINTERS[form]())


def as_text() -> str:
    """The register as plain text, fields one a line."""
    lines = [_title(), "", *_wrapped(_words(NEVER)), ""]
    for activity, fields in kept.register():
        lines += [_words(activity.title).upper(), *(f"  {name} : {text}" for name, text in _facts(activity))]
        lines += ["", *(f"  {_place(field)}.{field.name} — {_what(field)}" for field in fields), ""]
    lines.append(say("CE QUE LIT CHAQUE COLLECTEUR", "WHAT EACH COLLECTOR READS"))
    for source in SOURCES:
        lines += [f"  {_words(source.name)} : {_words(source.reads)}.", f"    → {_words(source.keeps)}."]
    return "\n".join([*lines, *_limits()]) + "\n"


def as_markdown() -> str:
    """The register as Markdown, one table an activity."""
    lines = [f"# {_title()}", "", _words(NEVER), ""]
    for activity, fields in kept.register():
        lines += [f"## {_words(activity.title)}", ""]
        lines += [f"- **{name}** : {text}" for name, text in _facts(activity)]
        header = say("| champ | contenu | donnée personnelle |", "| field | content | personal data |")
        lines += ["", header, "|---|---|---|"]
        lines += [
            f"| `{_place(field)}.{field.name}` | {_words(field.what)} | {_degree(field)} |"
            for field in fields
        ]
        lines.append("")
    lines += [say("## Ce que lit chaque collecteur", "## What each collector reads"), ""]
    lines += [say("| collecteur | lit | garde |", "| collector | reads | keeps |"), "|---|---|---|"]
    lines += [f"| {_words(s.name)} | {_words(s.reads)} | {_words(s.keeps)} |" for s in SOURCES]
    return "\n".join([*lines, *_limits()]) + "\n"


def as_csv() -> str:
    """The register as CSV (`;`), one line a field."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(
        say(
            "traitement;finalité;base légale;personnes;conservation;accès;enregistrement;champ;contenu;"
            "donnée personnelle",
            "activity;purpose;legal basis;people;retention;access;record;field;content;personal data",
        ).split(";")
    )
    for activity, fields in kept.register():
        facts = [text for _, text in _facts(activity)]
        for field in fields:
            row = (_place(field), field.name, _words(field.what), _degree(field))
            writer.writerow([_words(activity.title), *facts, *row])
    return out.getvalue()


def as_json() -> str:
    """The register as JSON, in the current language; codes are stable."""
    entries = [
        {
            "code": activity.code,
            "title": _words(activity.title),
            "purpose": _words(activity.purpose),
            "legal_basis": _words(activity.basis),
            "people": _words(activity.people),
            "retention": _words(activity.retention),
            "access": _words(activity.readers),
            "fields": [
                {
                    "place": field.place, "record": field.record, "field": field.name,
                    "personal": field.personal, "content": _words(field.what),
                }
                for field in fields
            ],
        }
        for activity, fields in kept.register()
    ]  # fmt: skip
    sources = [
        {"collector": _words(s.name), "reads": _words(s.reads), "keeps": _words(s.keeps)} for s in SOURCES
    ]
    value = {"never_kept": _words(NEVER), "activities": entries, "collectors": sources,
             "store_listed": kept.has_store()}  # fmt: skip
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


_PRINTERS: dict[Format, Callable[[], str]] = {
    Format.TEXT: as_text,
    Format.CSV: as_csv,
    Format.JSON: as_json,
    Format.MD: as_markdown,
}


def _title() -> str:
    return say(
        "Données gardées par footprint, pour le registre des traitements (RGPD, article 30)",
        "Data kept by footprint, for the record of processing activities (GDPR, article 30)",
    )


def _facts(activity: Activity) -> Iterator[tuple[str, str]]:
    yield say("Finalité", "Purpose"), _words(activity.purpose)
    yield say("Base légale", "Legal basis"), _words(activity.basis)
    yield say("Personnes concernées", "People concerned"), _words(activity.people)
    yield say("Conservation", "Retention"), _words(activity.retention)
    yield say("Accès", "Access"), _words(activity.readers)


def _limits() -> list[str]:
    """What this installation cannot list."""
    if kept.has_store():
        return []
    return [
        "",
        say(
            "Installation de mesure seule : les tables du magasin (extra « server ») ne sont pas listées.",
            "Measuring install only: the tables of the store (extra “server”) are not listed.",
        ),
    ]


def _what(field: kept.Field) -> str:
    degree = "" if field.personal == "non" else f" [{_degree(field)}]"
    return _words(field.what) + degree


def _degree(field: kept.Field) -> str:
    return say(*kept.DEGREES[field.personal])


def _place(field: kept.Field) -> str:
    return field.record if field.place == field.record else f"{field.place}.{field.record}"


def _words(words: Words) -> str:
    return say(words.fr, words.en)


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return wrap(text, 110)


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command(
        "privacy",
        help=say(
            "Lister chaque champ gardé, sa finalité et sa durée (registre RGPD).",
            "List every field kept, its purpose and retention (GDPR register).",
        ),
    )(privacy)
