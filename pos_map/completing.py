"""Files that complete an inventory: what they do not say of an entry stays as it was.

A column that is absent, a blank cell and what a profile gives by default say nothing; "inconnu" and "sans objet"
do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from pos_map.landscape import PLACE_FIELDS
from pos_map.matching import Matcher, spelled
from pos_map.model import IDENTITIES, Inventory, identity

if TYPE_CHECKING:
    from pos_map.estate import Estate
    from pos_map.rows import Row

# Tables whose entries a name tells.
_NAMED = ("applications", "data_centres", "assets", "machines", "services", "organisations")
# The place of an application stands in several columns: `landscape.mapped` keeps it.
_APART = frozenset({"na", "node"})


def same_names(estate: Estate, base: Inventory) -> None:
    """Give the entries whose name `base` spells otherwise, and bears once, the name it has there.

    References being not resolved yet. Where the files also hold the name as `base` spells it, they are two.
    """
    if base == Inventory():
        return
    homes = {app.code: app.node for app in base.applications}
    for table in _NAMED:
        (field,) = IDENTITIES[table]
        lines = estate.located()[table]
        names = {getattr(line.entry, field) for line in lines}
        known = {getattr(entry, field) for entry in getattr(base, table)}
        matcher = Matcher(table, known - names)
        forms = Counter(spelled(name) for name in names - known)
        for place, located in enumerate(lines):
            name, row = getattr(located.entry, field), located.row
            found = None if name in known or forms[spelled(name)] > 1 else matcher.spelled(name)
            if found is None:
                continue
            row.warning(
                field,
                "other-spelling",
                f"« {name} » s'écrit « {found} » dans l'inventaire : c'est ce nom qui est retenu.",
                f"“{name}” is written “{found}” in the inventory: that name is kept.",
                found,
            )
            entry = replace(located.entry, **{field: found})
            if table == "applications" and not any(map(row.says, PLACE_FIELDS)):
                entry = replace(entry, node=homes[found])
            lines[place] = type(located)(entry, row)


def complete(estate: Estate, base: Inventory) -> None:
    """Give the entries that `base` knows what their rows leave unsaid; references being resolved."""
    if base == Inventory():
        return
    _same_environments(estate, base)
    for table, lines in estate.located().items():
        known = base.by_identity(table)
        for place, located in enumerate(lines):
            before = known.get(identity(table, located.entry))
            if before is not None:
                kept = _completed(located.entry, before, located.row, IDENTITIES[table])
                lines[place] = type(located)(kept, located.row)


def _same_environments(estate: Estate, base: Inventory) -> None:
    """Links whose file says nothing of the environment are those known between the same application and machine."""
    environments: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for link in base.links:
        environments[link.application, link.vm, link.host].append(link.environment)
    for place, located in enumerate(estate.link_rows):
        link, row = located.entry, located.row
        known = environments.get((link.application, link.vm, link.host), [])
        if link.environment or row.says("environment") or not known or "" in known:
            continue
        if len(known) > 1 and link.share is not None:
            said = ", ".join(sorted(known))
            row.error(
                "environment",
                "which-environment",
                f"« {link.application} » est sur « {link.vm or link.host} » dans plusieurs environnements ({said}) : "
                "dites duquel est cette part.",
                f"“{link.application}” is on “{link.vm or link.host}” in several environments ({said}): say of which "
                "this share is.",
            )
        estate.link_rows[place] = type(located)(replace(link, environment=known[0]), row)


def _completed(entry: Any, before: Any, row: Row, named: Collection[str]) -> Any:
    apart = _APART.union(named)
    unsaid = [field.name for field in fields(entry) if field.name not in apart and not row.says(field.name)]
    kept = {name: getattr(before, name) for name in unsaid}
    if hasattr(entry, "na"):
        still = {name for name in before.na.split() if not row.says(name)}
        kept["na"] = " ".join(sorted(still | set(entry.na.split())))
    return replace(entry, **kept)
