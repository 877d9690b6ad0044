"""What changes between two catalogues: rows, values, and what is advised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from factors.catalogue import Catalogue
from factors.model import Factor, Key

#: Kinds of changes, in the order they are listed.
KINDS = ("added", "removed", "changed", "advised")


@dataclass(frozen=True, slots=True)
class Change:
    """One change from a catalogue to another.

    `kind`: a row "added", "removed" or "changed" (any cell but `default`), or the rows "advised" for a key.
    An embodied impact is one key (stage "embodied"): its rows are then a total or the stages that make it up.
    """

    kind: str
    key: Key
    before: tuple[Factor, ...]
    after: tuple[Factor, ...]

    @property
    def relative(self) -> float | None:
        """(after - before) / before, of the sums of values; None when either side is absent or before is 0."""
        first, then = total(self.before), total(self.after)
        if first is None or then is None or first == 0:
            return None
        return (then - first) / first


def total(factors: Iterable[Factor]) -> float | None:
    """The sum of the values; None without any, for an absent value is not zero."""
    values = [factor.value for factor in factors]
    return sum(values) if values else None


def diff(a: Catalogue, b: Catalogue) -> tuple[Change, ...]:
    """The changes from `a` to `b`, by kind (KINDS), then in the order of the tables."""
    old, new = ({factor.id: factor for factor in side.factors} for side in (a, b))
    added = [Change("added", f.key, (), (f,)) for f in b.factors if f.id not in old]
    removed = [Change("removed", f.key, (f,), ()) for f in a.factors if f.id not in new]
    changed = [
        Change("changed", f.key, (old[f.id],), (f,))
        for f in b.factors
        if f.id in old and replace(f, default=False) != replace(old[f.id], default=False)
    ]
    return (*added, *removed, *changed, *_advised(a, b))


def _advised(a: Catalogue, b: Catalogue) -> list[Change]:
    """The keys whose advised rows are not the same ones; a changed value of the same row is not one."""
    old, new = _families(a), _families(b)
    found = []
    for key in dict.fromkeys((*new, *old)):
        before, after = old.get(key, ()), new.get(key, ())
        if {f.id for f in before} != {f.id for f in after}:
            found.append(Change("advised", key, before, after))
    return found


def _families(catalogue: Catalogue) -> dict[Key, tuple[Factor, ...]]:
    """The advised rows by key, the stages of an embodied impact together."""
    found: dict[Key, list[Factor]] = {}
    for factor in catalogue.factors:
        if factor.default:
            found.setdefault(factor.family, []).append(factor)
    return {key: tuple(rows) for key, rows in found.items()}
