"""Colour the nodes of views by element, in a way that can be undone to the byte."""

from __future__ import annotations

import re

from pos_map.archimate.spans import COMMENT, MARK, Span
from pos_map.archimate.splicing import EMPTY, SHORT, Edit, mark, prefix_of, put_in, take_out

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ATTRIBUTE = re.compile(rb"([^\s=/<>\"']+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_STYLE = "style"


def check_colour(colour: str) -> None:
    """Raises ValueError for anything but "#rrggbb"."""
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f"not a colour #rrggbb: {colour!r}")


def coloured(data: bytes, node: Span, colour: str) -> list[Edit]:
    """The edits that give its colour to a node of a view, in the way of its format."""
    if node.name == "child":
        return _archi(data, node, colour)
    return _exchange(data, node, colour)


def uncoloured(data: bytes, node: Span) -> list[Edit]:
    """The edits that give back the colour a node had before ours."""
    return _undo_archi(data, node) if node.name == "child" else _undo_exchange(data, node)


def _attributes(data: bytes, node: Span) -> list[re.Match[bytes]]:
    return list(_ATTRIBUTE.finditer(data, node.start, node.inside))


def _fill(data: bytes, node: Span) -> re.Match[bytes] | None:
    return next((one for one in _attributes(data, node) if one.group(1) == b"fillColor"), None)


def _comment(original: bytes) -> bytes | None:
    """A comment that keeps the bytes replaced; None when they cannot stand in one."""
    if b"--" in original or original.endswith(b"-"):
        return None
    return b"<!--" + MARK.encode() + original + b"-->"


def _archi(data: bytes, node: Span, colour: str) -> list[Edit]:
    fill, written = _fill(data, node), f'fillColor="{colour}"'.encode()
    comment = _comment(fill.group(0) if fill else b"")
    if comment is None:
        return []
    if fill:
        edit: Edit = (fill.start(), fill.end(), written)
    else:
        last = _attributes(data, node)[-1].end()
        edit = (last, last, b" " + written)
    return [edit, put_in(data, node, None, comment)]


def _undo_archi(data: bytes, node: Span) -> list[Edit]:
    comments = [one for one in node.all(COMMENT) if one.text not in (MARK + EMPTY, MARK + SHORT)]
    if not comments:
        return []
    edits, _ = take_out(data, node, comments[:1])
    original = data[comments[0].start + 4 + len(MARK) : comments[0].end - 3]
    if fill := _fill(data, node):
        edits.append((fill.start() - (0 if original else 1), fill.end(), original))
    return edits


def _exchange(data: bytes, node: Span, colour: str) -> list[Edit]:
    prefix = prefix_of(data, node)
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    written = b"<" + prefix + f'fillColor r="{red}" g="{green}" b="{blue}"/>'.encode()
    style = node.child(_STYLE)
    if style is None:
        before = node.all("label", "documentation", "properties")
        block = b"<" + prefix + b"style>" + mark(_STYLE) + written + b"</" + prefix + b"style>"
        return [put_in(data, node, before[-1].end if before else None, block)]
    if style.closed:
        return [put_in(data, style, None, mark(SHORT) + written)]
    if fill := style.child("fillColor"):
        comment = _comment(data[fill.start : fill.end])
        return [(fill.start, fill.end, comment + written)] if comment else []
    lines = style.all("lineColor")
    at = lines[-1].end if lines else style.inside
    return [(at, at, mark("") + written)]


def _undo_exchange(data: bytes, node: Span) -> list[Edit]:
    style = node.child(_STYLE)
    comment = style.child(COMMENT) if style else None
    if style is None or comment is None:
        return []
    if comment.text == MARK + _STYLE:
        return take_out(data, node, [style])[0]
    if comment.text == MARK + SHORT:
        return [(style.inside - 1, style.end, b"/>")]
    fills = [one for one in style.all("fillColor") if one.start == comment.end]
    original = data[comment.start + 4 + len(MARK) : comment.end - 3]
    return [(comment.start, fills[0].end if fills else comment.end, original)]
