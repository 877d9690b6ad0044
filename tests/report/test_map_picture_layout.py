"""Places: inside their box, apart, in order, the same when a map hardly changes; texts inside theirs."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from map_estates import content, estate, node, tile

from footprint.report.map_picture.layout import Box, boxes
from footprint.report.map_picture.lettering import clean, fitted, shrunk, width
from footprint.report.map_picture.page import MAP, svg
from footprint.report.map_picture.strips import Rect, grid, places, step_up, strips
from footprint.sheets import MapNode

SLACK = 0.05  # px, half of what is written


def within(inner: Rect, outer: Rect) -> bool:
    return (
        inner.x >= outer.x - SLACK
        and inner.y >= outer.y - SLACK
        and inner.x + inner.width <= outer.x + outer.width + SLACK
        and inner.y + inner.height <= outer.y + outer.height + SLACK
    )


def apart(one: Rect, other: Rect) -> bool:
    return (
        one.x + one.width <= other.x + SLACK
        or other.x + other.width <= one.x + SLACK
        or one.y + one.height <= other.y + SLACK
        or other.y + other.height <= one.y + SLACK
    )


def every(found: tuple[Box, ...]) -> Iterator[Box]:
    for box in found:
        yield box
        yield from every(box.children)


def sound(found: tuple[Box, ...]) -> None:
    """Everything inside its box and nothing over anything."""
    for box in every(found):
        held = [*(child.rect for child in box.children), *box.tiles]
        assert all(within(rect, box.rect) for rect in held)
        assert all(apart(one, other) for i, one in enumerate(held) for other in held[:i])
        assert len(box.tiles) == len(box.node.applications)


labels = st.sampled_from(["A", "Îlot", "Un libellé plutôt long pour sa boîte", "W" * 80])
leaves = st.builds(
    lambda label, number: node(label, (), tuple(tile(f"{label[:9]}{i}") for i in range(number))),
    labels,
    st.integers(0, 30),
)
nodes = st.recursive(
    leaves,
    lambda below: st.builds(
        lambda label, children, number: node(
            label, tuple(children), tuple(tile(f"X{i}") for i in range(number))
        ),
        labels,
        st.lists(below, min_size=1, max_size=5),
        st.integers(0, 3),
    ),
    max_leaves=14,
)
maps = st.lists(nodes, min_size=1, max_size=6).map(tuple)


@settings(max_examples=25, deadline=None)
@given(maps)
def test_everything_is_inside_and_apart(drawn: tuple[MapNode, ...]) -> None:
    found = boxes(drawn, MAP)
    assert all(within(box.rect, MAP) for box in found)
    sound(found)


@settings(max_examples=8, deadline=None)
@given(maps)
def test_no_text_leaves_the_page_nor_stands_on_another(drawn: tuple[MapNode, ...]) -> None:
    """Texts of a line never overlap: each is measured as the widest letters of its own would be."""
    spans: dict[str, list[tuple[float, float, str]]] = {}
    for element in ET.fromstring(svg(content(drawn), "note")).iter("{http://www.w3.org/2000/svg}text"):
        text, size, x = element.text or "", float(element.get("font-size", "0")), float(element.get("x", "0"))
        wide = width(text, size, bold=element.get("font-weight") == "700")
        start = x - {"end": wide, "middle": wide / 2}.get(element.get("text-anchor", ""), 0.0)
        assert start >= 0
        assert start + wide <= 1920
        spans.setdefault(element.get("y", ""), []).append((start, start + wide, text))
    for line in spans.values():
        line.sort()
        assert all(one[1] <= other[0] + 1 for one, other in pairwise(line)), line


def test_boxes_read_as_a_text() -> None:
    found = boxes(estate(9, 2, 3), MAP)
    assert [box.node.label for box in sorted(found, key=lambda b: (b.rect.y, b.rect.x))] == [
        f"Zone {i}" for i in range(9)
    ]


def test_depth_five_with_applications_on_every_level() -> None:
    deepest = node("5", (), (tile("E"),))
    for level in range(4, 0, -1):
        deepest = node(str(level), (deepest, node(f"{level}b")), (tile(f"L{level}"),))
    found = boxes((deepest,), MAP)
    sound(found)
    assert {box.depth for box in every(found)} == {0, 1, 2, 3, 4}
    assert all(box.title for box in every(found))


def _with_one_more(found: tuple[MapNode, ...]) -> tuple[MapNode, ...]:
    first = found[0].children[0]
    grown = replace(first, applications=(*first.applications, tile("ZZZ")))
    return (replace(found[0], children=(grown, *found[0].children[1:])), *found[1:])


@pytest.mark.parametrize("held", [3, 5, 11, 13])
def test_a_newcomer_takes_a_free_place(held: int) -> None:
    before, after = estate(4, 3, held), _with_one_more(estate(4, 3, held))
    old, new = list(every(boxes(before, MAP))), list(every(boxes(after, MAP)))
    assert [box.rect for box in old] == [box.rect for box in new]
    assert new[1].tiles[:-1] == old[1].tiles
    assert [box.tiles for box in new[2:]] == [box.tiles for box in old[2:]]


def test_a_full_box_that_grows_leaves_other_zones_where_they_are() -> None:
    before = estate(6, 5, 4)
    old, new = boxes(before, MAP), boxes(_with_one_more(before), MAP)
    assert [box.rect for box in old] == [box.rect for box in new]
    assert old[1:] == new[1:]
    assert old[0].children[0].rect != new[0].children[0].rect


def test_places_leave_room() -> None:
    assert [places(n) for n in (0, 1, 2, 3, 10, 11, 13, 16)] == [0, 2, 2, 4, 10, 12, 15, 18]
    assert all(places(n) >= n for n in range(2000))
    assert step_up(0) == 0
    assert all(x <= step_up(x) * (1 + 1e-9) <= 1.2000001 * x for x in (0.3, 1.0, 1.2, 7.0, 500.0))


@pytest.mark.parametrize("number", [1, 7, 121, 3000])
def test_strips_fill_their_room(number: int) -> None:
    room = Rect(10, 20, 800, 400)
    weights = [1.0 + i % 7 for i in range(number)]
    found = strips(weights, room, 0.0)
    assert len(found) == number
    assert sum(rect.width * rect.height for rect in found) == pytest.approx(800 * 400)
    per_weight = [rect.width * rect.height / weight for rect, weight in zip(found, weights, strict=True)]
    assert max(per_weight) == pytest.approx(min(per_weight))
    assert strips([], room, 0.0) == []


def test_a_grid_without_room_still_answers() -> None:
    assert [rect.width for rect in grid(3, Rect(5, 5, 0, 10))] == [0, 0, 0]
    assert grid(0, Rect(0, 0, 10, 10)) == []


def test_ten_thousand_applications_are_squares_with_counts() -> None:
    drawing = svg(content(estate(8, 5, 250)), "note")
    assert len(drawing) < 5_000_000
    root = ET.fromstring(drawing)
    said = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert sum(words.startswith("Zone ") for words in said) == 8
    assert sum(words.startswith("Quartier ") for words in said) == 40
    assert sum("1\u202f250" in words for words in said) == 8
    assert len(list(root.iter("{http://www.w3.org/2000/svg}g"))) == 10_000
    assert not re.search(r"<text[^>]*>Z\dQ", drawing)  # no code on a square


def test_four_hundred_applications_have_their_codes() -> None:
    said = [
        e.text or ""
        for e in ET.fromstring(svg(content(estate(8, 5, 10)), "note")).iter(
            "{http://www.w3.org/2000/svg}text"
        )
    ]
    assert sum(bool(re.fullmatch(r"Z\dQ\dA\d", words)) for words in said) == 400


def test_texts_are_cut_to_their_room() -> None:
    assert fitted("court", 10, 100) == "court"
    cut = fitted("un texte bien trop long", 10, 50)
    assert cut.endswith("…")
    assert width(cut, 10) <= 50
    assert fitted("W", 10, 2) == ""
    assert shrunk("abc", 10, 7, 1000) == 10
    assert 7 <= shrunk("abcdefgh", 10, 7, width("abcdefgh", 8)) < 8
    assert shrunk("a" * 99, 10, 7, 20) == 8.5
    assert clean("a\x00b\nc\u202e\u202fd") == "ab c\u202fd"
    assert width("é", 10) == width("e", 10)
    assert width("日", 10) == 10
