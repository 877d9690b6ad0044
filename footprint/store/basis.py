"""What reading files rests on besides the files: had it changed, what was shown would not be what is written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from footprint.store import events
from footprint.store.batches import State
from pos_map.matching import Rule

if TYPE_CHECKING:
    from pos_map.mapping import Profile


def basis_of(
    rules: Sequence[Rule], profiles: Sequence[Profile], year: int | None = None, before: State | None = None
) -> str:
    """SHA-256 of the matching rules, in the order they are tried, the profiles, the year of the campaign, and
    the state of the campaign of the year before (None: there is none)."""
    said = [_plain(part) for part in (rules, profiles, year, before)]
    return hashlib.sha256(events.canonical({"basis": said}).encode()).hexdigest()


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
