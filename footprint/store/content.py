"""The inventory of a campaign: read whole, written by its differences."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import Session, SQLModel

import pos_map
from footprint.store import tables as t
from pos_map.changes import Changes, Identity
from pos_map.model import IDENTITIES, Entry, Inventory, identity

TABLES: dict[str, type[SQLModel]] = {
    "nodes": t.Node,
    "applications": t.Application,
    "data_centres": t.DataCentre,
    "assets": t.PhysicalAsset,
    "machines": t.VirtualMachine,
    "links": t.ApplicationLink,
    "use_cases": t.AiUseCase,
    "readings": t.Reading,
    "services": t.Service,
    "platform_keys": t.PlatformKey,
    "placements": t.Placement,
    "flows": t.Flow,
    "organisations": t.Organisation,
}

ENTRIES: dict[str, type[Any]] = {
    "nodes": pos_map.Node,
    "applications": pos_map.Application,
    "data_centres": pos_map.DataCentre,
    "assets": pos_map.PhysicalAsset,
    "machines": pos_map.VirtualMachine,
    "links": pos_map.ApplicationLink,
    "use_cases": pos_map.AiUseCase,
    "readings": pos_map.Reading,
    "services": pos_map.Service,
    "platform_keys": pos_map.PlatformKey,
    "placements": pos_map.Placement,
    "flows": pos_map.Flow,
    "organisations": pos_map.Organisation,
}

WORDS = {
    "nodes": ("carte", "map"),
    "applications": ("applications", "applications"),
    "data_centres": ("centres de données", "data centres"),
    "assets": ("équipements", "equipment"),
    "machines": ("machines virtuelles", "virtual machines"),
    "links": ("liens entre applications et machines", "links between applications and machines"),
    "use_cases": ("cas d’usage d’IA", "AI use cases"),
    "readings": ("relevés des centres", "readings of data centres"),
    "services": ("services achetés", "services bought"),
    "platform_keys": ("clés des plateformes", "keys of platforms"),
    "placements": ("emplacements secondaires", "secondary places"),
    "flows": ("flux", "flows"),
    "organisations": ("organismes", "bodies"),
}
# Rows handed to the driver at once: few enough for memory, many enough for speed.
_CHUNK = 20_000


def fields(table: str) -> tuple[str, ...]:
    """The fields of an entry of this table, which are the columns of its rows."""
    return tuple(field.name for field in dataclasses.fields(ENTRIES[table]))


def read(session: Session, campaign_id: int) -> Inventory:
    """The inventory of a campaign: boxes after those above them, the rest sorted by what names it."""
    found: dict[str, Any] = {name: _entries(session, name, campaign_id) for name in TABLES}
    found["nodes"] = _from_the_top(found["nodes"])
    return Inventory(**found)


def read_nodes(session: Session, campaign_id: int) -> tuple[pos_map.Node, ...]:
    """The map of a campaign, boxes after those above them."""
    return _from_the_top(_entries(session, "nodes", campaign_id))


def is_empty(session: Session, campaign_id: int) -> bool:
    """Whether nothing was imported into a campaign."""
    return not any(
        session.execute(
            select(1).where(table.campaign_id == campaign_id).limit(1)  # type: ignore[attr-defined]
        ).first()
        for table in TABLES.values()
    )


def write(session: Session, campaign_id: int, changes: Changes) -> None:
    """Write what changes in a campaign, in the caller's transaction: rows deleted, updated, then inserted."""
    for name, found in changes.tables.items():
        _delete(session, name, campaign_id, found.removed)
        _update(session, name, campaign_id, ((key, values) for key, values in found.changed.items()))
        _insert(session, name, campaign_id, found.added.values())


def _entries(session: Session, name: str, campaign_id: int) -> tuple[Any, ...]:
    table = TABLES[name].__table__  # type: ignore[attr-defined]
    query = select(*[table.c[field] for field in fields(name)]).where(table.c.campaign_id == campaign_id)
    make = ENTRIES[name]
    chunks = session.connection().execute(query).partitions(_CHUNK)
    found = [make(*row) for chunk in chunks for row in chunk]
    found.sort(key=lambda entry: identity(name, entry))
    return tuple(found)


def _from_the_top(nodes: Sequence[pos_map.Node]) -> tuple[pos_map.Node, ...]:
    """Boxes by the position of their parents, then their own."""
    below: dict[str | None, list[pos_map.Node]] = {}
    codes = {node.code for node in nodes}
    for node in nodes:
        below.setdefault(node.parent if node.parent in codes else None, []).append(node)
    ordered: list[pos_map.Node] = []
    level = below.pop(None, [])
    while level:
        ordered += sorted(level, key=lambda node: (node.position, node.code))
        level = [child for node in ordered[-len(level) :] for child in below.pop(node.code, [])]
    # A circle hangs from nothing: kept as it is.
    return (*ordered, *(node for rest in below.values() for node in rest))


def _chunks(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rows = iter(rows)
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _keys(name: str) -> tuple[str, ...]:
    return tuple(IDENTITIES[name])


def _matches(name: str) -> list[Any]:
    """The row of one entry: its campaign and what names it, given as the parameters "key_…"."""
    table = TABLES[name].__table__  # type: ignore[attr-defined]
    return [table.c[field] == bindparam(f"key_{field}") for field in ("campaign_id", *_keys(name))]


def _named(name: str, campaign_id: int, key: Identity) -> dict[str, Any]:
    named = {f"key_{field}": value for field, value in zip(_keys(name), key, strict=True)}
    return {"key_campaign_id": campaign_id, **named}


def _delete(session: Session, name: str, campaign_id: int, keys: Iterable[Identity]) -> None:
    statement = delete(TABLES[name].__table__).where(*_matches(name))  # type: ignore[attr-defined]
    for chunk in _chunks(_named(name, campaign_id, key) for key in keys):
        session.connection().execute(statement, chunk)


def _insert(session: Session, name: str, campaign_id: int, entries: Iterable[Entry]) -> None:
    names, statement = fields(name), insert(TABLES[name].__table__)  # type: ignore[attr-defined]
    get = attrgetter(*names)
    rows = ({"campaign_id": campaign_id, **dict(zip(names, get(entry), strict=True))} for entry in entries)
    for chunk in _chunks(rows):
        session.connection().execute(statement, chunk)


def _update(session: Session, name: str, campaign_id: int, changed: Iterable[tuple[Identity, Any]]) -> None:
    """Give the fields that change their new value; entries that change the same fields go together."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for key, values in changed:
        new = {f"new_{field}": after for field, (_before, after) in values.items()}
        alike.setdefault(tuple(values), []).append({**_named(name, campaign_id, key), **new})
    for names, rows in alike.items():
        statement = update(TABLES[name].__table__).where(*_matches(name))  # type: ignore[attr-defined]
        statement = statement.values({field: bindparam(f"new_{field}") for field in names})
        for chunk in _chunks(rows):
            session.connection().execute(statement, chunk)
