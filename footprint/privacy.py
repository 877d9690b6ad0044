"""Everything footprint keeps, ready for a register of processing activities (RGPD, article 30).

The list of fields is that of the allow-lists themselves: the lines of a spool (collectors.spool.FIELDS), the
result of a run (outcome.build) and the tables of the store. Their sentences are in privacy_fields.csv; a
field without one shows as not described, and a test refuses it. Only facts of the code are said here: what a
body decides (legal basis, own deadlines) is left to it, with a hint.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from collectors.spool import FIELDS
from footprint.measuring.outcome import build
from footprint.privacy_words import ACTIVITIES, Activity, Words

TABLE = Path(__file__).with_name("privacy_fields.csv")
DEGREES = {
    "oui": ("donnée personnelle", "personal data"),
    "pseudonyme": ("pseudonyme de machine", "pseudonym of a machine"),
    "possible": ("peut être une donnée personnelle", "may be personal data"),
    "non": ("non", "no"),
}
NOT_DESCRIBED = ("non décrit", "not described")


@dataclass(frozen=True, slots=True)
class Field:
    """One field kept. `place`: "spool", "result" or "store"; `personal`: see `DEGREES`."""

    place: str
    record: str
    name: str
    personal: str
    what: Words


class Entry(NamedTuple):
    """A processing activity and every field it keeps."""

    activity: Activity
    fields: tuple[Field, ...]


def kept() -> tuple[Field, ...]:
    """Every field of the allow-lists, described or not, in the order of the lists."""
    described = _described()
    names = [("spool", kind, name) for kind, fields in FIELDS.items() for name in sorted(fields)]
    names += [("result", "result", name) for name in build({}, {}, None, (), reason="")]
    names += [("store", table, column) for table, columns in _tables().items() for column in columns]
    return tuple(described.get(key) or Field(*key, "possible", Words(*NOT_DESCRIBED)) for key in names)


def register() -> tuple[Entry, ...]:
    """The processing activities, each with the fields of its records; a record of none joins the first."""
    fields = kept()
    named = {record for activity in ACTIVITIES for record in activity.records}
    entries = []
    for number, activity in enumerate(ACTIVITIES):
        own = [
            f for f in fields if _record(f) in activity.records or (number == 0 and _record(f) not in named)
        ]
        entries.append(Entry(activity, tuple(own)))
    return tuple(entries)


def unplaced() -> tuple[str, ...]:
    """Records that no activity names."""
    named = {record for activity in ACTIVITIES for record in activity.records}
    return tuple(dict.fromkeys(_record(f) for f in kept() if _record(f) not in named))


def undescribed() -> tuple[str, ...]:
    """Fields that are kept and that no sentence describes, as "place/record/field"."""
    return tuple(f"{f.place}/{f.record}/{f.name}" for f in kept() if f.what == Words(*NOT_DESCRIBED))


def outdated() -> tuple[str, ...]:
    """Sentences about fields that are kept no more."""
    now = {(f.place, f.record, f.name) for f in kept()}
    return tuple("/".join(key) for key in _described() if key not in now)


def has_store() -> bool:
    """Whether this installation can hold a store (extra "server"); without it, its tables are not listed."""
    return find_spec("sqlmodel") is not None


def _record(field: Field) -> str:
    return f"{field.place}/{field.record}"


def _described() -> dict[tuple[str, str, str], Field]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return {
        (row["place"], row["record"], row["field"]): Field(
            row["place"], row["record"], row["field"], row["personal"], Words(row["fr"], row["en"])
        )
        for row in rows
    }


def _tables() -> dict[str, list[str]]:
    """Tables of the store and their columns."""
    if not has_store():
        return {}
    from sqlmodel import SQLModel

    from footprint.store import tables

    names = SQLModel.metadata.tables if tables else {}
    return {name: [column.name for column in table.columns] for name, table in names.items()}
