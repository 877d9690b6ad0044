"""Bodies by one name: former names and mergers, so that one body is not three.

Entities and owners are text in every source; where the table of bodies knows them, they take its name, and that
of the body that had taken them over by the end of the year.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pos_map.matching import Matcher, Rule
from pos_map.model import Inventory, Organisation
from pos_map.references import MOST_MERGERS

if TYPE_CHECKING:
    from pos_map.estate import Estate, Located


def name_bodies(estate: Estate, base: Inventory, rules: Sequence[Rule], year: int | None) -> None:
    """Give every entity and owner the name its body bears in `year` (None: mergers are left aside)."""
    bodies = {
        body.code: body for body in (*base.organisations, *(line.entry for line in estate.organisations))
    }
    if not bodies:
        return
    named = Bodies(bodies.values(), rules, year)
    for entries, fields in (
        (estate.applications, ("owner",)), (estate.data_centres, ("entity", "host_entity")),
        (estate.assets, ("entity",)), (estate.machines, ("entity",)),
    ):  # fmt: skip
        _rename(entries, fields, named)


def _rename(entries: list[Located[Any]], fields: tuple[str, ...], bodies: Bodies) -> None:
    for place, located in enumerate(entries):
        kept = {field: bodies.name(getattr(located.entry, field)) for field in fields}
        changed = {field: name for field, name in kept.items() if name != getattr(located.entry, field)}
        if changed:
            entries[place] = type(located)(replace(located.entry, **changed), located.row)


class Bodies:
    """The bodies of an inventory, found by code, name, former name or rule."""

    def __init__(self, bodies: Iterable[Organisation], rules: Sequence[Rule], year: int | None) -> None:
        self._by_code = {body.code: body for body in bodies}
        self._codes = {
            name: body.code
            for body in self._by_code.values()
            for name in (*aliases(body), body.name, body.code)
        }
        self._matcher = Matcher("organisation", self._codes, rules)
        self._year = year
        self._names: dict[str, str] = {}

    def name(self, written: str) -> str:
        """The name of the body a cell names; as written when it is not known."""
        if written not in self._names:
            found, _how = self._matcher.find(written) if written else ("", "")
            self._names[written] = self._after_mergers(self._codes[found]).name if found else written
        return self._names[written]

    def _after_mergers(self, code: str) -> Organisation:
        body = self._by_code[code]
        for _merger in range(MOST_MERGERS):
            later = self._by_code.get(body.successor)
            if later is None or self._year is None or body.closed is None or body.closed.year > self._year:
                break
            body = later
        return body


def aliases(body: Organisation) -> tuple[str, ...]:
    """The other names of a body."""
    return tuple(name for part in body.aliases.split(";") if (name := " ".join(part.split())))
