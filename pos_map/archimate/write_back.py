"""Put scores and colours into the model file they are about, and take them out; the rest stays byte for byte."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

from pos_map.archimate.colouring import check_colour, coloured, uncoloured
from pos_map.archimate.container import DAMAGE, MODEL_ENTRY, damaged, entry_bytes, is_zip
from pos_map.archimate.markup import LIMIT_BYTES, too_large
from pos_map.archimate.reading import kind_of_bytes
from pos_map.archimate.spans import (
    COMMENT,
    MARK,
    Finder,
    Span,
    blanks_before,
    own_definitions,
    own_properties,
)
from pos_map.archimate.splicing import Edit, applied, deeper, line_start, prefix_of, put_in, take_out
from pos_map.grids import Unreadable

Scores = Mapping[str, Mapping[str, str]]
_NOTHING: Mapping[str, str] = {}
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_NAME = re.compile(r"[^A-Za-z0-9_.-]")
# Sections of an exchange file that come before its property definitions.
_BEFORE = ("elements", "relationships", "organizations", "organization")


def write_scores(data: bytes, scores: Scores, colours: Mapping[str, str] = _NOTHING) -> bytes:
    """The model file with properties on its elements and colours on the nodes that show them.

    `scores`: element identifier -> property name (it starts with "footprint:") -> value; `colours`: element
    identifier -> "#rrggbb". What an earlier write-back left is replaced. Identifiers the file does not hold
    are passed over. Raises Unreadable for a file that is not ArchiMate XML, ValueError for other names or colours.
    """
    for name in {name for held in scores.values() for name in held}:
        if not name.startswith(MARK):
            raise ValueError(f"not a property of ours: {name!r}")
    for colour in colours.values():
        check_colour(colour)
    return _within(
        data, lambda xml: _transcoded(xml, lambda plain, fixed: _written(plain, fixed, scores, colours))
    )


def remove_scores(data: bytes) -> bytes:
    """The model file as it was before any write-back. Raises Unreadable."""
    return _within(data, lambda xml: _transcoded(xml, _removed))


def _within(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Change the XML, in its zip if it is in one: the other entries keep their bytes, names and dates."""
    if len(data) > LIMIT_BYTES:
        raise too_large()
    if not is_zip(data):
        return change(data)
    target = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as made:
            entries = source.infolist()
            names = [entry.filename for entry in entries]
            if len(set(names)) < len(names) or MODEL_ENTRY not in names:
                raise damaged()
            made.comment = source.comment
            size = 0
            for entry in entries:
                held = entry_bytes(source, entry)
                size += len(held)
                if size > LIMIT_BYTES:
                    raise too_large()
                new = change(held) if entry.filename == MODEL_ENTRY else held
                if entry.filename == MODEL_ENTRY and new == held:
                    return data
                made.writestr(entry, new)
    except DAMAGE as cause:
        raise damaged() from cause
    return target.getvalue()


def _transcoded(data: bytes, change: Callable[[bytes, str | None], bytes]) -> bytes:
    """Change XML in bytes where "<" is one byte: UTF-16 goes through UTF-8 and comes back."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            try:
                plain = data[len(mark) :].decode(encoding).encode()
            except UnicodeError:
                raise _not_utf16() from None
            return mark + change(plain, "utf-8").decode().encode(encoding)
    if b"\0" in data[:100]:
        raise _not_utf16()
    return change(data, None)


def _not_utf16() -> Unreadable:
    return Unreadable(
        "bad-encoding",
        "Le fichier n'est pas un UTF-16 lisible : enregistrez-le en UTF-8.",
        "The file is not readable UTF-16: save it as UTF-8.",
    )


def _kind(data: bytes) -> str:
    if kind := kind_of_bytes(data[: 1 << 16]):
        return kind
    raise Unreadable(
        "unknown-format",
        "Ce fichier n'est ni un modèle d'échange ArchiMate ni un modèle Archi : rien n'y est écrit.",
        "This file is neither an ArchiMate exchange model nor an Archi model: nothing is written to it.",
    )


def _removed(data: bytes, encoding: str | None) -> bytes:
    _kind(data)
    if MARK.encode() not in data:
        return data
    ours = own_definitions(data, encoding)
    found = Finder(data, (), (), ours).run(encoding)
    edits: list[Edit] = []
    for element in found.elements:
        edits += _bare(data, element, ours)
    for section in found.sections:
        if section.name in ("propertyDefinitions", "propertydefs"):
            edits += _without_definitions(data, section, ours)
    for node in found.nodes:
        edits += uncoloured(data, node)
    return applied(data, edits)


def _bare(data: bytes, element: Span, ours: set[str]) -> list[Edit]:
    """Take our properties out of an element, and the block that held them when it was ours."""
    own = own_properties(element, ours)
    holder = element.child("properties")
    if holder is None:
        return take_out(data, element, own)[0]
    edits, emptied = take_out(data, holder, own)
    # A block that was self-closed says so; one that is empty without a mark was made by us.
    if emptied and not holder.all(COMMENT):
        return take_out(data, element, [holder])[0]
    return edits


def _without_definitions(data: bytes, section: Span, ours: set[str]) -> list[Edit]:
    own = [one for one in section.children if one.name != COMMENT and one.identifier in ours]
    if not own:
        return []
    edits, emptied = take_out(data, section, own)
    if emptied and not section.all(COMMENT):
        start = blanks_before(data, section.start, 0)
        return [(start, section.end, b"")]
    return edits


def _written(data: bytes, encoding: str | None, scores: Scores, colours: Mapping[str, str]) -> bytes:
    data = _removed(data, encoding)
    kind = _kind(data)
    wanted = {identifier for identifier, held in scores.items() if held}
    found = Finder(data, wanted, colours.keys(), ()).run(encoding)
    writer = _Writer(data, encoding or found.declared or "utf-8")
    edits: list[Edit] = []
    scored = [one for one in found.elements if one.identifier in wanted]
    if kind == "archi":
        edits += [writer.archi(one, scores[one.identifier]) for one in scored]
    else:
        names = sorted({name for one in scored for name in scores[one.identifier]})
        identifiers = _identifiers(names, found.taken)
        edits += [writer.exchange(one, scores[one.identifier], identifiers) for one in scored]
        if identifiers:
            edits.append(writer.definitions(found.sections, identifiers))
    for node in found.nodes:
        edits += coloured(data, node, colours[node.shown])
    return applied(data, edits)


def _identifiers(names: Sequence[str], taken: set[str]) -> dict[str, str]:
    """An identifier of its own for each property: "footprint:note" -> "footprint-note"."""
    found: dict[str, str] = {}
    for name in names:
        stem = "footprint-" + _NOT_NAME.sub("_", name.removeprefix(MARK))
        identifier, rank = stem, 1
        while identifier in taken:
            rank += 1
            identifier = f"{stem}-{rank}"
        taken.add(identifier)
        found[name] = identifier
    return found


class _Writer:
    """Writes properties in the manner of the file: its prefixes, line breaks and encoding."""

    def __init__(self, data: bytes, encoding: str) -> None:
        self._data, self._encoding = data, encoding
        self._modern = b"http://www.opengroup.org/xsd/archimate/3" in data[: 1 << 16]

    def archi(self, element: Span, held: Mapping[str, str]) -> Edit:
        """Properties of an Archi element, after those it has, else after its documentation."""
        start = line_start(self._data, element)
        lines = [
            b'<property key="' + self._text(name) + b'" value="' + self._text(value) + b'"/>'
            for name, value in held.items()
        ]
        before = element.all("property") or element.all("documentation")
        text = b"".join(deeper(start) + line for line in lines)
        return put_in(self._data, element, before[-1].end if before else None, text, start)

    def exchange(self, element: Span, held: Mapping[str, str], identifiers: Mapping[str, str]) -> Edit:
        """Properties of an element of an exchange file: name, documentation, then properties."""
        prefix, start = prefix_of(self._data, element), line_start(self._data, element)
        inner = deeper(start)
        attribute = b"propertyDefinitionRef" if self._modern else b"identifierref"
        lines = b"".join(
            deeper(inner) + b"<" + prefix + b"property " + attribute + b'="' + identifiers[name].encode() + b'"><'
            + prefix + b"value>" + self._text(value) + b"</" + prefix + b"value></" + prefix + b"property>"
            for name, value in held.items()
        )  # fmt: skip
        if holder := element.child("properties"):
            short = b"<!--footprint:court-->" if holder.closed else b""
            before = holder.all("property")
            return put_in(self._data, holder, before[-1].end if before else None, short + lines, inner)
        block = inner + b"<" + prefix + b"properties>" + lines + inner + b"</" + prefix + b"properties>"
        before = element.all("name", "label", "documentation")
        return put_in(self._data, element, before[-1].end if before else None, block, start)

    def definitions(self, sections: Sequence[Span], identifiers: Mapping[str, str]) -> Edit:
        """Definitions of our properties: with those of the file, else in a section of their own before the views."""
        names = ("propertyDefinitions", "propertydefs")
        section = next((one for one in sections if one.name in names), None)
        beside = section or next(one for one in reversed(sections) if one.name in _BEFORE)
        prefix, start = prefix_of(self._data, beside), line_start(self._data, beside)
        inner = deeper(start)
        lines = b"".join(inner + self._definition(prefix, *one) for one in identifiers.items())
        if section is None:
            tag = prefix + (b"propertyDefinitions" if self._modern else b"propertydefs")
            return (beside.end, beside.end, start + b"<" + tag + b">" + lines + start + b"</" + tag + b">")
        short = b"<!--footprint:court-->" if section.closed else b""
        before = section.all("propertyDefinition", "propertydef")
        return put_in(self._data, section, before[-1].end if before else None, short + lines, start)

    def _definition(self, prefix: bytes, name: str, identifier: str) -> bytes:
        if not self._modern:
            written = f'propertydef identifier="{identifier}" name="'.encode()
            return b"<" + prefix + written + self._text(name) + b'" type="string"/>'
        written = f'propertyDefinition identifier="{identifier}" type="string"'.encode()
        named = b"><" + prefix + b"name>" + self._text(name) + b"</" + prefix + b"name></"
        return b"<" + prefix + written + named + prefix + b"propertyDefinition>"

    def _text(self, text: str) -> bytes:
        """Text for an attribute or a content, without what XML cannot hold."""
        safe = escape(_ILLEGAL.sub("", text), {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
        return safe.encode(self._encoding, "xmlcharrefreplace")
