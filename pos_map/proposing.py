"""Propose a table for a sheet and a field for each of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos_map.columns import TABLES
from pos_map.jargon import ALIASES
from pos_map.likeness import Traits, aliases, is_noise, likeness, name_likeness, traits
from pos_map.values import BadValue, Cell, number

# Below this likeness a column is left unread.
_SURE = 0.72
_POSSIBLE = 0.5
_MISSING_COST = 0.7
# A column that one table alone has: a host is what only virtual machines name.
_TELLING = {"machines": "host", "flows": "target", "readings": "month"}
_TELLING_BONUS = 2.0
_TOLD = 0.9
# A column without a filled cell gives way to another as like.
_BLANK_COST = 0.25
_SECOND_COST = 0.1
# A second table the rows may also feed: the fields to look for, the first of which must be there.
_SECOND = {
    "machines": ("application", "environment"),
    "assets": ("application", "environment"),
    "map": ("vm", "host"),
}


@dataclass(frozen=True, slots=True)
class Guess:
    """A field a column may be, with a confidence from 0 to 1; `sure` for the one proposed."""

    kind: str
    field: str
    confidence: float
    sure: bool = True


def proposals(
    names: Sequence[str], cells: Sequence[Sequence[Cell]], personal: Sequence[bool]
) -> tuple[str, list[list[Guess]]]:
    """The table a sheet looks like ("" for none), and for each column its guesses, the proposed one first."""
    open_columns = [
        index for index, name in enumerate(names) if name and not personal[index] and not is_noise(name)
    ]
    held = [traits(column) for column in cells]
    best: tuple[float, str, dict[int, Guess]] = (0.0, "", {})
    for kind in ALIASES:
        chosen = _chosen(names, held, kind, open_columns)
        total = sum(guess.confidence for guess in chosen.values()) - _missing(kind, chosen)
        if any(_tells(names[index], kind, guess) for index, guess in chosen.items()):
            total += _TELLING_BONUS
        own = sum(guess.kind == kind for guess in chosen.values())
        # A sheet that says but a name of its machines is about what uses them.
        total -= _SECOND_COST if own == 1 < len(chosen) else 0.0
        if total > best[0]:
            best = (total, kind, chosen)
    _, kind, chosen = best
    if not kind:
        return "", [[] for _ in names]
    return kind, [
        _ordered(names, held, kind, index, chosen.get(index)) if index in open_columns else []
        for index in range(len(names))
    ]


def _tells(name: str, kind: str, guess: Guess) -> bool:
    """Whether a column says which table it is, by its name: many columns hold dates."""
    return guess.field == _TELLING.get(kind) and name_likeness(name, aliases(kind)[guess.field]) > _TOLD


def _chosen(
    names: Sequence[str], held: Sequence[Traits], kind: str, columns: Sequence[int]
) -> dict[int, Guess]:
    """The fields of a table and, for columns that look more like them, those of the second table it feeds."""
    scores = _scores(names, held, kind, columns)
    fields = _SECOND.get(kind)
    if not fields:
        return _assigned(scores, kind)
    second = _assigned(_scores(names, held, "links", columns, fields), "links")
    if not any(guess.field == fields[0] for guess in second.values()):
        return _assigned(scores, kind)
    likest = {index: max((score for score, at, _ in scores if at == index), default=0.0) for index in second}
    kept = {index: guess for index, guess in second.items() if guess.confidence > likest[index]}
    return _assigned([score for score in scores if score[1] not in kept], kind) | kept


def rate_header(names: Sequence[str], cells: Sequence[Cell]) -> float:
    """How much a line looks like names of columns: texts that are known, or at least many and distinct."""
    texts = [name for name, cell in zip(names, cells, strict=True) if name and not _numeric(cell)]
    if len(set(texts)) < 2 or len(texts) < len([name for name in names if name]):
        return 0.1 * len(set(texts)) if len(texts) == len([name for name in names if name]) else 0.0
    known = max(
        sum(max(name_likeness(text, words) for words in aliases(kind).values()) > _SURE for text in texts)
        for kind in ALIASES
    )
    return known + 0.1 * len(set(texts)) - 0.5 * (len(texts) - len(set(texts)))


def _numeric(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return cell is not None
    try:
        return number(cell) is not None
    except BadValue:
        return False


def _scores(
    names: Sequence[str],
    held: Sequence[Traits],
    kind: str,
    columns: Sequence[int],
    fields: Sequence[str] = (),
) -> list[tuple[float, int, str]]:
    found = [
        (likeness(names[index], held[index], kind, field), index, field)
        for index in columns
        for field in fields or aliases(kind)
    ]
    # Of two columns as like, the first; of two fields as like, the one declared first.
    costs = {index: 0.0 if held[index].held else _BLANK_COST for index in columns}
    return sorted(
        (score for score in found if score[0] >= _POSSIBLE), key=lambda score: costs[score[1]] - score[0]
    )


def _assigned(scores: Sequence[tuple[float, int, str]], kind: str) -> dict[int, Guess]:
    """One column a field and one field a column, the likest first."""
    chosen: dict[int, Guess] = {}
    taken: set[str] = set()
    for score, index, field in scores:
        if score >= _SURE and index not in chosen and field not in taken:
            chosen[index] = Guess(kind, field, round(score, 2))
            taken.add(field)
    return chosen


def _missing(kind: str, chosen: dict[int, Guess]) -> float:
    table = next(table for table in TABLES if table.kind == kind)
    present = {guess.field for guess in chosen.values() if guess.kind == kind}
    lacking = {column.field for column in table.columns if column.need == "required"} - present
    if kind == "map" and "name" in present:
        # Many tools know an application by its name alone.
        lacking.discard("code")
    return _MISSING_COST * len(lacking)


def _ordered(
    names: Sequence[str], held: Sequence[Traits], kind: str, index: int, proposed: Guess | None
) -> list[Guess]:
    """The guesses of a column, the proposed one first."""
    found = [proposed] if proposed else []
    for table in (kind, "links") if kind in _SECOND else (kind,):
        found += [
            Guess(table, field, round(score, 2), False)
            for score, _, field in _scores(names, held, table, [index])[:4]
            if proposed is None or (table, field) != (proposed.kind, proposed.field)
        ]
    return found
