"""Edits of bytes: put something into an element or take it out again, so that the original comes back exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pos_map.archimate.spans import COMMENT, MARK, Span, blanks_before

# (start, end, what comes in place)
Edit = tuple[int, int, bytes]

# An element that was there but empty, and one that was self-closed although the format asks for content.
EMPTY, SHORT = "vide", "court"
_BREAK = re.compile(rb"(\r\n|\n|\r)[ \t]*$")


def applied(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with the edits made; they may not overlap."""
    pieces, at = [], 0
    for start, end, text in sorted(edits):
        pieces += [data[at:start], text]
        at = end
    return b"".join([*pieces, data[at:]])


def mark(text: str) -> bytes:
    """A comment of ours."""
    return f"<!--{MARK}{text}-->".encode("ascii")


def line_start(data: bytes, span: Span) -> bytes:
    """The line break and indentation before an element; b"" when it does not begin its line."""
    before = data[max(span.start - 400, 0) : span.start]
    found = _BREAK.search(before)
    return found.group(0) if found else b""


def deeper(start: bytes) -> bytes:
    """A line break one level further in."""
    return start + (b"\t" if b"\t" in start else b"  ") if start else b""


def prefix_of(data: bytes, span: Span) -> bytes:
    """The namespace prefix of a tag with its colon, b"" without."""
    name = data[span.start + 1 : span.inside].split(None, 1)[0].rstrip(b"/>")
    return name.rpartition(b":")[0] + b":" if b":" in name else b""


def put_in(data: bytes, span: Span, at: int | None, text: bytes, last: bytes = b"") -> Edit:
    """Put `text` into an element at `at` (None: first); one that is self-closed opens, `last` before its end tag.

    Blank content is marked, so that taking the text out does not close the element.
    """
    if span.closed:
        name = data[span.start + 1 : span.inside].split(None, 1)[0].rstrip(b"/>")
        return (span.inside - 2, span.inside, b">" + text + last + b"</" + name + b">")
    where = span.inside if at is None else at
    blank = not data[span.inside : span.outside].strip()
    return (where, where, (mark(EMPTY) if blank else b"") + text)


def take_out(data: bytes, span: Span, pieces: Sequence[Span]) -> tuple[list[Edit], bool]:
    """Take pieces and their leading blanks out of an element; True when nothing but our work was in it.

    In that case the edits close the element as it was, unless it was marked as empty before.
    """
    marks = [one for one in span.all(COMMENT) if one.text in (MARK + EMPTY, MARK + SHORT)]
    edits: list[Edit] = []
    least = span.inside
    for piece in sorted([*pieces, *marks], key=lambda one: one.start):
        edits.append(
            (blanks_before(data, piece.start, least) if piece not in marks else piece.start, piece.end, b"")
        )
        least = piece.end
    rest, at = b"", span.inside
    for start, end, _ in edits:
        rest += data[at:start]
        at = end
    rest += data[at : span.outside]
    said = {one.text for one in marks}
    if MARK + SHORT in said or (not rest.strip() and MARK + EMPTY not in said):
        return [(span.inside - 1, span.end, b"/>")], True
    return edits, False
