"""An inventory as the rows of our tables: what the template, and a folder of CSV files, hold.

Read back, they give the same inventory: codes and names are the identifiers.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from pos_map.columns import TERMINALS
from pos_map.landscape import DEEPEST
from pos_map.marks import plainly
from pos_map.model import Inventory, PhysicalAsset
from pos_map.placement import SEPARATOR, MapBuilder
from pos_map.spelling import slug
from pos_map.template.guide import NOT_APPLICABLE, SHEETS, Guide, guides
from pos_map.writing import safe_cell

Value = str | float | date | None
Rows = dict[str, tuple[tuple[str, ...], list[tuple[Value, ...]]]]

# Kind of table -> table of the inventory; office equipment is the end of the equipment.
_TABLES = {"map": "applications"}
# Equipment of a room even when its room is not said.
_ROOM_WORDS = frozenset(
    {"serveur", "server", "lame", "baie", "commutateur", "routeur", "pare", "switch", "router"}
)


def table_rows(inventory: Inventory) -> Rows:
    """For each kind of table: its headers, and a row for each entry, in order. Unknown is None, never 0."""
    places = places_of(inventory)
    office = _office(inventory)
    entries: dict[str, Sequence[Any]] = {
        table.kind: getattr(inventory, _TABLES.get(table.kind, table.kind), ()) for table in SHEETS
    }
    entries["assets"] = inventory.assets[: len(inventory.assets) - office]
    entries["terminals"] = inventory.assets[len(inventory.assets) - office :]
    found: Rows = {}
    for kind, columns in guides().items():
        readers = [_reader(column, places) for column in columns]
        rows = [tuple(read(entry) for read in readers) for entry in entries[kind]]
        found[kind] = tuple(column.column.header for column in columns), rows
    return found


def write_csv(folder: Path, inventory: Inventory) -> list[Path]:
    """Write a CSV for each table that has rows, in a folder made if need be: UTF-8 with BOM, semicolons,
    decimal commas, no text that a spreadsheet takes for a formula. Returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    rows = table_rows(inventory)
    for rank, table in enumerate(SHEETS, 1):
        header, lines = rows[table.kind]
        if not lines:
            continue
        months = frozenset(at for at, guide in enumerate(guides()[table.kind]) if guide.kind == "month")
        path = folder / f"{rank:02d}-{slug(table.sheet)}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream, delimiter=";")
            writer.writerow(header)
            writer.writerows(
                [_written(value, at in months) for at, value in enumerate(line)] for line in lines
            )
        written.append(path)
    return written


def _written(value: Value, month: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe_cell(value)
    if isinstance(value, date):
        return f"{value:%Y-%m}" if month else value.isoformat()
    return plainly(repr(value).removesuffix(".0").replace(".", ","))


def _reader(guide: Guide, places: Mapping[str, str]) -> Callable[[Any], Value]:
    """How the cell of a column is made from an entry."""
    kind, name = guide.table.kind, guide.column.field
    if kind == "map" and name == "path":
        return lambda app: places.get(app.node, app.node)
    if kind == "placements" and name == "node":
        return lambda placement: places.get(placement.node, placement.node)
    if kind == "map" and name in ("zone", "quartier", "ilot", "bloc", "level5", "levels"):
        return lambda _app: None
    return lambda entry: _value(entry, name)


def _value(entry: Any, name: str) -> Value:
    value = getattr(entry, name)
    if value is None or value == "":
        return NOT_APPLICABLE if name in getattr(entry, "na", "").split() else None
    if isinstance(value, bool):
        return "oui" if value else "non"
    return value if isinstance(value, (str, date)) else float(value)


def places_of(inventory: Inventory) -> dict[str, str]:
    """For each box, its labels from the top; its code where the labels would be read as another box."""
    boxes, nodes = MapBuilder(), {node.code: node for node in inventory.nodes}
    for node in inventory.nodes:
        boxes.declare(node)
    found = {}
    for code in nodes:
        labels: list[str] = []
        above: str | None = code
        while above is not None and above in nodes and len(labels) < DEEPEST:
            labels.insert(0, nodes[above].label)
            above = nodes[above].parent
        path = SEPARATOR.join(labels)
        found[code] = path if boxes.find(path) == code else code
    return found


def _office(inventory: Inventory) -> int:
    """How many of the last lines of equipment can stand in the sheet of office equipment."""
    hosts = {machine.host for machine in inventory.machines} | {link.host for link in inventory.links}
    own = {column.field for column in TERMINALS.columns}
    blank = PhysicalAsset("", "", "", 0)
    others = [field.name for field in fields(PhysicalAsset) if field.name not in own and field.name != "na"]
    count = 0
    for asset in reversed(inventory.assets):
        room = not _ROOM_WORDS.isdisjoint(slug(asset.type).split("-"))
        fits = all(getattr(asset, name) == getattr(blank, name) for name in others)
        if room or not fits or asset.name in hosts or not set(asset.na.split()) <= own:
            break
        count += 1
    return count
