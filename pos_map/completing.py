"""Files that complete an inventory: what they do not say of an entry stays as it was.

A column that is absent and a blank cell say nothing; "inconnu" and "sans objet" do.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from pos_map.model import IDENTITIES, Inventory, identity

if TYPE_CHECKING:
    from pos_map.estate import Estate
    from pos_map.rows import Row

# The place of an application stands in several columns: `landscape.mapped` keeps it.
_APART = frozenset({"na", "node"})


def complete(estate: Estate, base: Inventory) -> None:
    """Give the entries that `base` knows what their rows leave unsaid; references being resolved."""
    if base == Inventory():
        return
    for table, lines in estate.located().items():
        known = base.by_identity(table)
        for place, located in enumerate(lines):
            before = known.get(identity(table, located.entry))
            if before is not None:
                kept = _completed(located.entry, before, located.row, IDENTITIES[table])
                lines[place] = type(located)(kept, located.row)


def _completed(entry: Any, before: Any, row: Row, named: Collection[str]) -> Any:
    apart = _APART.union(named)
    unsaid = [field.name for field in fields(entry) if field.name not in apart and not row.says(field.name)]
    kept = {name: getattr(before, name) for name in unsaid}
    if hasattr(entry, "na"):
        still = {name for name in before.na.split() if not row.says(name)}
        kept["na"] = " ".join(sorted(still | set(entry.na.split())))
    return replace(entry, **kept)
