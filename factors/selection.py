"""Which rows are advised: choices, rows switched off, rows added. Pure functions of tuples of factors.

They all keep two rules: one advised row a key, and never a total beside the stages it is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from factors.errors import ClashingChoices
from factors.model import SPLIT_STAGES, Factor, Key, whole

Factors = tuple[Factor, ...]


def rivals(factor: Factor) -> tuple[Key, ...]:
    """Keys that can't have an advised row beside this one: its own, and the whole or the parts it excludes."""
    others = {"embodied": SPLIT_STAGES, **dict.fromkeys(SPLIT_STAGES, ("embodied",))}
    stages = (factor.stage, *others.get(factor.stage, ()))
    return tuple((factor.item, factor.indicator, stage, factor.zone) for stage in stages)


def advise(factors: Sequence[Factor], chosen: Sequence[Factor]) -> Factors:
    """The rows with `chosen` advised in place of those of the same key, or of the whole, or of its parts.

    A stage chosen where a total was advised brings the other stages its source gives, so that the total is
    not lost for a part. Raises ClashingChoices for two chosen rows that exclude one another.
    """
    holders: dict[Key, Factor] = {}
    for factor in chosen:
        for key in rivals(factor):
            if (first := holders.get(key, factor)) is not factor:
                raise ClashingChoices(first.id, factor.id)
        holders[factor.key] = factor
    excluded = {key for factor in chosen for key in rivals(factor)}
    wanted = {factor.id for factor in chosen} | _siblings(factors, chosen, set(holders))
    return tuple(_marked(f, f.id in wanted or (f.default and f.key not in excluded)) for f in factors)


def _siblings(factors: Sequence[Factor], chosen: Sequence[Factor], held: set[Key]) -> set[str]:
    """Ids of the other stages of the source of each chosen stage that takes the place of a total."""
    totals = {f.key for f in factors if f.default and f.stage == "embodied"}
    found: dict[Key, str] = {}
    for stage in (f for f in chosen if f.stage in SPLIT_STAGES and whole(f.key) in totals):
        for other in factors:
            same = other.family == stage.family and other.source == stage.source
            if same and other.stage in SPLIT_STAGES and other.key not in held:
                found.setdefault(other.key, other.id)
    return set(found.values())


def without(factors: Sequence[Factor], off: Callable[[Factor], bool]) -> Factors:
    """The rows with none advised for which `off` holds.

    A key takes the first row in table order that is not off. An embodied impact whose advised stages or
    total are off takes, whole: rows of the same stages, else the first total, else the stages of the first
    source that gives its manufacture. Where nothing remains the key has no advised row any more: a part is
    never left to stand for the whole.
    """
    families = {factor.family for factor in factors if factor.default and off(factor)}
    rows: dict[Key, list[Factor]] = {family: [] for family in families}
    for factor in factors:
        if factor.family in families:
            rows[factor.family].append(factor)
    wanted = {row.id for family in rows.values() for row in _replacement(family, off)}
    return tuple(_marked(f, f.id in wanted if f.family in families else f.default) for f in factors)


def _replacement(rows: Sequence[Factor], off: Callable[[Factor], bool]) -> list[Factor]:
    """What stands for the advised rows of a family, some of which are off; nothing when it can't."""
    remaining = [row for row in rows if not off(row)]
    first: dict[Key, Factor] = {}
    for row in remaining:
        first.setdefault(row.key, row)
    advised = [row for row in rows if row.default]
    found = [first.get(row.key) if off(row) else row for row in advised]
    complete = [row for row in found if row is not None]
    if len(complete) == len(found):
        return complete
    totals = [row for row in remaining if row.stage == "embodied"]
    return totals[:1] or _stages_of_a_source(rows, remaining)


def _stages_of_a_source(rows: Sequence[Factor], remaining: Sequence[Factor]) -> list[Factor]:
    """The stages of the first source that gives its manufacture and none of whose stages is off."""
    for maker in (row for row in remaining if row.stage == "manufacture"):
        given = {row.stage for row in rows if row.source == maker.source and row.stage in SPLIT_STAGES}
        found: dict[str, Factor] = {}
        for row in remaining:
            if row.source == maker.source and row.stage in given:
                found.setdefault(row.stage, row)
        if len(found) == len(given):
            return list(found.values())
    return []


def add(factors: Sequence[Factor], new: Iterable[Factor]) -> Factors:
    """The rows and new ones after them; a new row marked advised takes the place of its rivals."""
    added = tuple(new)
    excluded = {key for factor in added if factor.default for key in rivals(factor)}
    return (*(_marked(f, f.default and f.key not in excluded) for f in factors), *added)


def unclear(factor: Factor) -> bool:
    """Whether the source's terms of reuse are not settled."""
    return factor.reuse == "unclear"


def _marked(factor: Factor, default: bool) -> Factor:
    return factor if factor.default == default else replace(factor, default=default)
