"""What an import must keep to be undone: the entries it removed or changed, the names of those it added."""

from __future__ import annotations

import dataclasses
import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any

from sqlmodel import Session

from footprint.store.batches import last_batch
from footprint.store.content import ENTRIES, fields
from footprint.store.tables import ImportBatch
from pos_map import Gathered, Inventory
from pos_map.changes import Changes, Identity, TableChanges
from pos_map.following import Made, standing
from pos_map.model import IDENTITIES


def pack(
    changes: Changes,
    notes: Sequence[dict[str, Any]],
    rules: Sequence[Mapping[str, Any]] = (),
    by_rule: Collection[Made] = (),
) -> bytes:
    """What undoes these changes, as compressed canonical JSON, with the warnings they drop and the rules replaced.

    `by_rule` is what rules alone made in the inventory they lead to, kept beside.
    """
    tables = {name: _kept(name, found) for name, found in changes.tables.items()}
    text = json.dumps(
        {"tables": tables, "notes": list(notes), "rules": list(rules), "by_rule": sorted(by_rule)},
        sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=date.isoformat,
    )  # fmt: skip
    return zlib.compress(text.encode(), level=6)


def unpack(packed: bytes) -> tuple[Changes, list[dict[str, Any]], list[dict[str, Any]]]:
    """The changes that undo an import, ready for `content.write`, the warnings and the rules to give back.

    Entries that it removes are named only: their values are None.
    """
    kept = json.loads(zlib.decompress(packed))
    tables = {name: _reversed(name, found) for name, found in kept["tables"].items()}
    return Changes(tables), kept["notes"], kept.get("rules", [])


def made_by_rules(session: Session, campaign_id: int) -> frozenset[Made]:
    """What rules alone made in a campaign as it stands; nothing is known of imports of an older version."""
    last = last_batch(session, campaign_id)
    row = None if last is None else session.get(ImportBatch, last.id)
    kept = {} if row is None else json.loads(zlib.decompress(row.before))
    return frozenset((table, name, target) for table, name, target in kept.get("by_rule", ()))


def after_completing(before: Inventory, made: Collection[Made], found: Gathered) -> frozenset[Made]:
    """What rules alone made, once files complete an inventory: what the files give again is theirs."""
    given = {id(entry) for entry in (*before.links, *before.applications)}
    links, applications = found.inventory.links, found.inventory.applications
    old = replace(
        Inventory(),
        links=tuple(link for link in links if id(link) in given),
        applications=tuple(app for app in applications if id(app) in given),
    )
    return standing(old, made) | found.by_rule


def _kept(name: str, found: TableChanges) -> dict[str, Any]:
    names = fields(name)
    get = attrgetter(*names)
    return {
        "columns": names,
        "removed": [get(entry) for entry in found.removed.values()],
        "added": list(found.added),
        "changed": [
            [key, {field: before for field, (before, _after) in values.items()}]
            for key, values in found.changed.items()
        ],
    }


def _reversed(name: str, kept: dict[str, Any]) -> TableChanges:
    make, days = ENTRIES[name], _days(name)
    restored: dict[Identity, Any] = {}
    for row in kept["removed"]:
        values = dict(zip(kept["columns"], row, strict=True))
        for field in days & values.keys():
            values[field] = _day(values[field])
        entry = make(**values)
        restored[_identity(name, values)] = entry
    gone: dict[Identity, Any] = {_key(name, key): None for key in kept["added"]}
    changed = {
        _key(name, key): {
            field: (None, _day(value) if field in days else value) for field, value in values.items()
        }
        for key, values in kept["changed"]
    }
    return TableChanges(added=restored, removed=gone, changed=changed)


@cache
def _days(name: str) -> frozenset[str]:
    """The fields of a table that are dates."""
    return frozenset(
        field.name for field in dataclasses.fields(ENTRIES[name]) if str(field.type).startswith("date")
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _identity(name: str, values: dict[str, Any]) -> Identity:
    return tuple(values[field] for field in IDENTITIES[name])


def _key(name: str, key: Sequence[Any]) -> Identity:
    days = _days(name)
    return tuple(
        _day(part) if field in days else part for field, part in zip(IDENTITIES[name], key, strict=True)
    )
