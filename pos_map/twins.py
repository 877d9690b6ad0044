"""Boxes of the map that may be one, written twice: neighbours whose labels differ by an article, a plural, a letter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pos_map.matching import spelled
from pos_map.model import Node
from pos_map.spelling import plain

_LIKE = 92.0
_LIKE_WORD = 80.0
_ARTICLES = frozenset(
    {"de", "des", "du", "d", "la", "le", "les", "l", "et", "a", "au", "aux", "the", "of", "and"}
)
# Comparisons made in all: beyond, labels written alike are still found.
_MOST = 500_000


def twins(nodes: Iterable[Node]) -> Iterator[tuple[Node, Node]]:
    """Pairs of boxes under the same parent whose labels may say one thing, the one met first before the other."""
    siblings: dict[str | None, list[Node]] = defaultdict(list)
    for node in nodes:
        siblings[node.parent].append(node)
    left = _MOST
    for boxes in siblings.values():
        words = [_words(box.label) for box in boxes]
        found = dict(_same(boxes, words))
        wanted = len(boxes) * (len(boxes) - 1) // 2
        if wanted <= left:
            left -= wanted
            found = {**dict(_alike(boxes, words)), **found}
        for later in sorted(found):
            yield boxes[found[later]], boxes[later]


def _same(boxes: Sequence[Node], words: Sequence[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """By rank, each box and the first one whose label has the same words, or the same letters."""
    first: dict[object, int] = {}
    for rank, box in enumerate(boxes):
        forms = (words[rank], "".join(spelled(box.label)))
        earlier = min((first.setdefault(form, rank) for form in forms if form), default=rank)
        if earlier != rank:
            yield rank, earlier


def _alike(boxes: Sequence[Node], words: Sequence[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """By rank, each box and an earlier one whose label is very like its own."""
    from rapidfuzz import fuzz

    labels = [plain(box.label) for box in boxes]
    for rank, label in enumerate(labels):
        for earlier in range(rank):
            if fuzz.ratio(label, labels[earlier], score_cutoff=_LIKE) and _slips(words[rank], words[earlier]):
                yield rank, earlier
                break


def _slips(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the words that differ are each a slip of the other: never numbers, marks or another word."""
    from rapidfuzz import fuzz

    if len(one) != len(other):
        return False
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return all(min(len(a), len(b)) > 3 and fuzz.ratio(a, b) >= _LIKE_WORD for a, b in pairs) and not any(
        a.isdigit() or b.isdigit() for a, b in pairs
    )


def _words(label: str) -> tuple[str, ...]:
    """The words that count, in the singular."""
    found = [word for word in spelled(label) if word not in _ARTICLES]
    return tuple(word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in found)
