"""Read XML that comes from outside: one pass, no entity, no DOCTYPE, bounded size, depth and text.

Each event tells its line and its byte, so that a fault can be shown and the original bytes spliced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO, Protocol
from xml.parsers import expat

from pos_map.grids import Unreadable

LIMIT_BYTES = 200 * 1024 * 1024
LIMIT_DEPTH = 200
# A documentation of a million characters is an accident or an attack.
LIMIT_TEXT = 1_000_000
_CHUNK_BYTES = 1 << 18
# What expat says of bytes that are not of the encoding declared.
_INVALID_TOKEN = 4
_SHORT_NAMES = {
    "http://www.w3.org/2001/XMLSchema-instance type": "xsi:type",
    "http://www.w3.org/XML/1998/namespace lang": "xml:lang",
}


class Visitor(Protocol):
    """What follows the events of a file; `names` are the open elements, root first, the one told last.

    An element is named without its prefix when it is of the namespace of the root or of none.
    """

    def start(self, names: Sequence[str], attributes: dict[str, str], line: int, byte: int) -> None:
        """An element opens at `byte`, the place of its "<"."""

    def end(self, names: Sequence[str], text: str, line: int, byte: int) -> None:
        """An element closes; `text` is what stands since the last tag. `byte`: its "</", or after "/>"."""

    def comment(self, names: Sequence[str], text: str, byte: int) -> None:
        """A comment, at the place of its "<"."""


class Silent:
    """A visitor that does nothing: readers override what they follow."""

    def start(self, names: Sequence[str], attributes: dict[str, str], line: int, byte: int) -> None:
        """Nothing."""

    def end(self, names: Sequence[str], text: str, line: int, byte: int) -> None:
        """Nothing."""

    def comment(self, names: Sequence[str], text: str, byte: int) -> None:
        """Nothing."""


def scan(stream: BinaryIO, visitor: Visitor, encoding: str | None = None) -> str:
    """Tell every element of `stream` to `visitor`; `encoding` overrules the one the file declares.

    Returns the encoding declared ("" without any). Raises Unreadable for anything else than well-formed XML
    within the limits.
    """
    return _Scan(visitor, encoding).run(stream)


class _Scan:
    def __init__(self, visitor: Visitor, encoding: str | None) -> None:
        self._visitor = visitor
        self._names: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._root_space = ""
        self._known: dict[str, str] = dict(_SHORT_NAMES)
        self._declared = ""
        self._parser = parser = expat.ParserCreate(encoding, " ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.CommentHandler = self._comment
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.EntityDeclHandler = _refuse_doctype

    def run(self, stream: BinaryIO) -> str:
        read_bytes = 0
        try:
            while chunk := stream.read(_CHUNK_BYTES):
                read_bytes += len(chunk)
                if read_bytes > LIMIT_BYTES:
                    raise too_large()
                self._parser.Parse(chunk, False)
            self._parser.Parse(b"", True)
        except expat.ExpatError as cause:
            raise _malformed(cause, self._declared) from None
        except (LookupError, ValueError):
            # What Python raises for an encoding it does not know, or that is not of one byte a character.
            raise _unknown_encoding(self._declared) from None
        return self._declared

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        names, parser, known = self._names, self._parser, self._known
        if not names:
            self._root_space = name.rpartition(" ")[0]
        if len(names) >= LIMIT_DEPTH:
            raise _too_deep(parser.CurrentLineNumber)
        names.append(known.get(name) or self._short(name))
        if attributes:
            if max(map(len, attributes.values())) > LIMIT_TEXT:
                raise _too_long(parser.CurrentLineNumber)
            attributes = {known.get(key) or self._short(key): value for key, value in attributes.items()}
        self._clear()
        self._visitor.start(names, attributes, parser.CurrentLineNumber, parser.CurrentByteIndex)

    def _end(self, _name: str) -> None:
        parser = self._parser
        text = "".join(self._text)
        self._clear()
        self._visitor.end(self._names, text, parser.CurrentLineNumber, parser.CurrentByteIndex)
        self._names.pop()

    def _characters(self, data: str) -> None:
        self._length += len(data)
        if self._length > LIMIT_TEXT:
            raise _too_long(self._parser.CurrentLineNumber)
        self._text.append(data)

    def _comment(self, text: str) -> None:
        self._visitor.comment(self._names, text, self._parser.CurrentByteIndex)

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self._declared = encoding or ""

    def _clear(self) -> None:
        if self._text:
            self._text.clear()
        self._length = 0

    def _short(self, name: str) -> str:
        """Without the namespace of the root; names of other namespaces stay whole, and match nothing."""
        found = self._known.get(name)
        if found is None:
            space, _, local = name.rpartition(" ")
            found = local if space in ("", self._root_space) else name
            if len(self._known) < 10_000:
                self._known[name] = found
        return found


def _refuse_doctype(*_: object) -> None:
    raise Unreadable(
        "unsafe-xml",
        "Le fichier contient une déclaration DOCTYPE ou une entité : par sécurité il n'est pas lu. "
        "Réexportez-le depuis l'outil de modélisation, qui n'en écrit pas.",
        "The file holds a DOCTYPE declaration or an entity: for safety it is not read. "
        "Export it again from the modelling tool, which writes none.",
    )


def _malformed(cause: expat.ExpatError, declared: str) -> Unreadable:
    if cause.code == _INVALID_TOKEN:
        encoding = declared or "UTF-8"
        return Unreadable(
            "bad-xml",
            f"Le XML est incorrect ici, ou n'est pas dans l'encodage annoncé ({encoding}) : réexportez-le depuis "
            "l'outil de modélisation, ou enregistrez-le en UTF-8.",
            f"The XML is wrong here, or not in the encoding it declares ({encoding}): export it again from the "
            "modelling tool, or save it as UTF-8.",
            cause.lineno,
        )
    reason = expat.ErrorString(cause.code) or "XML"
    return Unreadable(
        "bad-xml",
        f"Le XML est incorrect ou coupé à cette ligne ({reason}) : réexportez-le depuis l'outil de modélisation.",
        f"The XML is wrong or cut at this line ({reason}): export it again from the modelling tool.",
        cause.lineno,
    )


def _unknown_encoding(declared: str) -> Unreadable:
    return Unreadable(
        "bad-encoding",
        f"L'encodage annoncé « {declared[:40]} » n'est pas lu : enregistrez le fichier en UTF-8.",
        f"The declared encoding “{declared[:40]}” is not read: save the file as UTF-8.",
    )


def too_large() -> Unreadable:
    """The refusal of a file beyond the limit, once unpacked."""
    limit_mb = LIMIT_BYTES // 1024**2
    return Unreadable(
        "too-large",
        f"Le fichier dépasse {limit_mb} Mo une fois décompressé : n'exportez que la vue applicative et technique.",
        f"The file exceeds {limit_mb} MB once unpacked: export the application and technology layers only.",
    )


def _too_deep(line: int) -> Unreadable:
    return Unreadable(
        "too-deep",
        f"Plus de {LIMIT_DEPTH} éléments XML sont emboîtés : ce n'est pas un modèle ArchiMate ordinaire.",
        f"More than {LIMIT_DEPTH} XML elements are nested: this is no ordinary ArchiMate model.",
        line,
    )


def _too_long(line: int) -> Unreadable:
    return Unreadable(
        "too-long",
        f"Un texte dépasse {LIMIT_TEXT} caractères : il n'est pas lu.",
        f"A text exceeds {LIMIT_TEXT} characters: it is not read.",
        line,
    )
