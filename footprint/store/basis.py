"""What tells two states apart: what reading files rests on besides them, and what an assessment is made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from footprint.store import content, events
from footprint.store.batches import State
from pos_map.matching import Matcher, Rule

if TYPE_CHECKING:
    from pos_map import Inventory
    from pos_map.mapping import Profile


# Where a box stands on the picture of the map counts in no total.
_NOT_ASSESSED = frozenset({("nodes", "position")})


def basis_of(
    rules: Sequence[Rule], profiles: Sequence[Profile], year: int | None = None, before: State | None = None
) -> str:
    """SHA-256 of the matching rules, in the order they are tried, the profiles, the year of the campaign, and
    the state of the campaign of the year before (None: there is none)."""
    said = [_plain(part) for part in (rules, profiles, year, before)]
    return hashlib.sha256(events.canonical({"basis": said}).encode()).hexdigest()


def digest_of(inventory: Inventory, rules: Sequence[Rule]) -> str:
    """SHA-256 of an inventory, whatever the order of its entries, and of the machines that a person's rule leaves
    to no application: two equal ones give the same assessment, whichever files they came from."""
    total = hashlib.sha256()
    for table in content.TABLES:
        names = tuple(name for name in content.fields(table) if (table, name) not in _NOT_ASSESSED)
        get = attrgetter(*names)
        lines = sorted(
            json.dumps([_number(value) for value in get(entry)], default=date.isoformat)
            for entry in getattr(inventory, table)
        )
        total.update(json.dumps([table, names, lines]).encode())
    matcher = Matcher("machine_application", (), rules)
    refused = sorted(vm.name for vm in inventory.machines if matcher.rule(vm.name) == "")
    total.update(json.dumps(refused).encode())
    return total.hexdigest()


def _number(value: Any) -> Any:
    """A whole number as the store gives it back, with its decimals."""
    return float(value) if isinstance(value, int) else value


def _plain(value: Any) -> Any:
    """A value as JSON holds it, the same whatever the order of sets and mappings."""
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return sorted(([_plain(name), _plain(each)] for name, each in value.items()), key=str)
    if isinstance(value, AbstractSet):
        return sorted((_plain(each) for each in value), key=str)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, str | int) else str(value)
