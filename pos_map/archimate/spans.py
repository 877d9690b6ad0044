"""Where things stand in the bytes of a model file, so that scores are spliced in and the rest is untouched."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from pos_map.archimate.markup import Silent, scan

# Comments of ours tell how to undo what the file alone would not show.
MARK = "footprint:"
COMMENT = "<!--"
_DEFINITIONS = ("propertyDefinition", "propertydef")
# What may be inside what is written to; the rest is let go as it is read.
_KEPT_IN = frozenset(
    {"element", "properties", "property", "node", "child", "style", *_DEFINITIONS, "propertyDefinitions",
     "propertydefs"}
)  # fmt: skip
_NODES = ("node", "child")


@dataclass(slots=True)
class Span:
    """An XML element in the bytes: `start` its "<", `inside` after its start tag, `outside` its end tag, `end`.

    A self-closed element has `inside == outside == end`. A comment of ours is a span named "<!--".
    """

    name: str
    attributes: dict[str, str]
    start: int
    inside: int
    outside: int = 0
    end: int = 0
    text: str = ""
    children: list[Span] = field(default_factory=list)

    @property
    def closed(self) -> bool:
        """Whether it is self-closed ("<a/>")."""
        return self.inside == self.end

    def all(self, *names: str) -> list[Span]:
        """The children of these names."""
        return [one for one in self.children if one.name in names]

    def child(self, name: str) -> Span | None:
        """The first child of a name."""
        return next((one for one in self.children if one.name == name), None)

    @property
    def identifier(self) -> str:
        """Its identifier in either format."""
        return self.attributes.get("identifier") or self.attributes.get("id", "")

    @property
    def shown(self) -> str:
        """The element a node of a view shows, "" for none."""
        found = self.attributes
        return found.get("elementRef") or found.get("elementref") or found.get("archimateElement", "")


def tag_end(data: bytes, start: int) -> int:
    """The byte after the ">" of the tag starting at `start`, quotes being respected."""
    at = start
    while True:
        close = data.index(b">", at)
        double, single = data.find(b'"', at, close), data.find(b"'", at, close)
        if double < 0 and single < 0:
            return close + 1
        quote = b'"' if single < 0 or 0 <= double < single else b"'"
        at = data.index(quote, (double if quote == b'"' else single) + 1) + 1


class Finder(Silent):
    """Spans of what a write-back touches: the sections of the file, elements, nodes of views, definitions.

    Elements are kept when they are wanted or bear a property of ours, nodes when they are to be coloured or
    bear a comment of ours. `ours`: identifiers of the definitions of our properties.
    """

    def __init__(
        self, data: bytes, wanted: Collection[str], coloured: Collection[str], ours: Collection[str]
    ) -> None:
        self._data, self._wanted, self._coloured, self._ours = data, wanted, coloured, ours
        self._open: list[Span] = []
        self.sections: list[Span] = []
        self.elements: list[Span] = []
        self.nodes: list[Span] = []
        # Identifiers a definition of ours may not take.
        self.taken: set[str] = set()
        self.declared = ""

    def run(self, encoding: str | None) -> Finder:
        """Read the whole file. Raises Unreadable."""
        self.declared = scan(io.BytesIO(self._data), self, encoding)
        return self

    def start(self, names: Sequence[str], attributes: dict[str, str], line: int, byte: int) -> None:
        """Open a span."""
        self._open.append(Span(names[-1], attributes, byte, tag_end(self._data, byte)))

    def comment(self, names: Sequence[str], text: str, byte: int) -> None:
        """Keep our own comments."""
        if text.startswith(MARK) and self._open and self._open[-1].name in _KEPT_IN:
            end = self._data.index(b"-->", byte) + 3
            self._open[-1].children.append(Span(COMMENT, {}, byte, byte, byte, end, text))

    def end(self, names: Sequence[str], text: str, line: int, byte: int) -> None:
        """Close it, and keep it where it matters."""
        span, depth = self._open.pop(), len(names)
        closed = self._data[span.inside - 2 : span.inside] == b"/>"
        span.outside = span.inside if closed else byte
        span.end = span.inside if closed else self._data.index(b">", byte) + 1
        span.text = text
        if span.identifier.startswith("footprint-"):
            self.taken.add(span.identifier)
        if depth == 2:
            self.sections.append(span)
        if span.name == "element" and (depth == 3 or "id" in span.attributes):
            if span.identifier in self._wanted or own_properties(span, self._ours):
                self.elements.append(span)
        elif span.name in _NODES:
            self._node(span)
        elif self._open and self._open[-1].name in _KEPT_IN:
            self._open[-1].children.append(span)

    def _node(self, span: Span) -> None:
        marked = span.child(COMMENT) or any(style.child(COMMENT) for style in span.all("style"))
        if marked or (span.shown and span.shown in self._coloured):
            self.nodes.append(span)


def own_properties(span: Span, ours: Collection[str]) -> list[Span]:
    """The properties of ours an element bears, in either format."""
    holder = span.child("properties")
    if holder is None:
        return [one for one in span.all("property") if one.attributes.get("key", "").startswith(MARK)]
    return [one for one in holder.all("property") if definition_of(one) in ours]


def definition_of(span: Span) -> str:
    """The identifier of the definition of a property of an exchange file."""
    return span.attributes.get("propertyDefinitionRef") or span.attributes.get("identifierref", "")


class _Definitions(Silent):
    def __init__(self) -> None:
        self.ours: set[str] = set()
        self._identifier = ""

    def start(self, names: Sequence[str], attributes: dict[str, str], line: int, byte: int) -> None:
        if names[-1] in _DEFINITIONS:
            self._identifier = attributes.get("identifier", "")
            if attributes.get("name", "").startswith(MARK):
                self.ours.add(self._identifier)

    def end(self, names: Sequence[str], text: str, line: int, byte: int) -> None:
        if names[-1] == "name" and names[-2:-1] == ["propertyDefinition"] and text.strip().startswith(MARK):
            self.ours.add(self._identifier)


def own_definitions(data: bytes, encoding: str | None) -> set[str]:
    """The identifiers of the property definitions of an exchange file that are ours. Raises Unreadable."""
    visitor = _Definitions()
    scan(io.BytesIO(data), visitor, encoding)
    return visitor.ours


def blanks_before(data: bytes, at: int, least: int) -> int:
    """The start of the run of blanks that ends at `at`, not before `least`."""
    while at > least and data[at - 1 : at] in (b" ", b"\t", b"\n", b"\r"):
        at -= 1
    return at
