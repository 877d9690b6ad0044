"""Zipped spreadsheets read without trust: sizes counted on the bytes really read, XML without any DTD."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from xml.parsers import expat

from pos_map.grids import Line, Unreadable

# An ordinary workbook holds tens of MB of XML, a million rows about one GB; beyond, it is an attack.
LIMIT_BYTES = 2 * 1024**3
# XML shrinks 10 to 50 times in a workbook; a bomb shrinks a thousand times.
MAX_RATIO = 400
_SMALL_BYTES = 64 * 1024**2
_CHUNK_BYTES = 1 << 16
_LONGEST_TAG_BYTES = 8 * 1024**2


class Package:
    """A zip archive opened for reading; `limit_bytes` bounds each part once unpacked."""

    def __init__(self, path: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self.path = path
        self.limit_bytes = limit_bytes
        with self._opened() as archive:
            entries = archive.infolist()
        self.names = frozenset(entry.filename for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        unpacked = sum(entry.file_size for entry in entries)
        if any(entry.flag_bits & 1 for entry in entries):
            raise protected()
        # The sizes a file declares come first; those really read are counted below.
        if unpacked > limit_bytes or (unpacked > _SMALL_BYTES and unpacked > MAX_RATIO * max(packed, 1)):
            raise too_large(limit_bytes)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, piece by piece. Raises Unreadable when it is damaged or too large."""
        total = 0
        try:
            with self._opened() as archive, archive.open(name) as part:
                while chunk := part.read(_CHUNK_BYTES):
                    total += len(chunk)
                    if total > self.limit_bytes:
                        raise too_large(self.limit_bytes)
                    yield chunk
        except Unreadable:
            raise
        except Exception as cause:  # zipfile, zlib, bz2 and lzma each have their own errors
            raise damaged() from cause

    def read(self, name: str, most_bytes: int) -> bytes:
        """A whole small part, at most `most_bytes`."""
        found = b""
        for chunk in self.chunks(name):
            found += chunk
            if len(found) > most_bytes:
                raise too_large(most_bytes)
        return found

    @contextmanager
    def _opened(self) -> Iterator[zipfile.ZipFile]:
        stream: IO[bytes] = self.path.open("rb")
        with stream:
            try:
                archive = zipfile.ZipFile(stream)
            except Exception as cause:  # a forged directory provokes more than BadZipFile
                raise damaged() from cause
            with archive:
                yield archive


Start = Callable[[str, dict[str, str]], None]


class XmlReader:
    """Feeds the elements of an XML part to handlers, as written with their prefix; DTDs are refused."""

    def __init__(self, start: Start, end: Callable[[str], None], text: Callable[[str], None]) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _refuse_dtd
        self._parser = parser
        self._fed_bytes = 0

    def feed(self, chunk: bytes, last: bool = False) -> None:
        """Parse more bytes. Raises Unreadable when they are not XML, or hold a DTD."""
        self._fed_bytes += len(chunk)
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as cause:
            raise damaged() from cause
        # What the parser holds back is one unfinished tag: no real one is that long.
        if self._fed_bytes - self._parser.CurrentByteIndex > _LONGEST_TAG_BYTES:
            raise damaged()


def lines_of(chunks: Iterator[bytes], reader: XmlReader, found: list[Line]) -> Iterator[Line]:
    """The lines that `reader` adds to `found`, given as soon as they are read."""
    for chunk in chunks:
        reader.feed(chunk)
        if found:
            yield from found
            found.clear()
    reader.feed(b"", True)
    yield from found
    found.clear()


def local(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


def _refuse_dtd(*_: object) -> None:
    raise Unreadable(
        "dtd-refused",
        "Le classeur contient une déclaration DTD, qu'aucun tableur n'écrit : il est refusé. "
        "Rouvrez-le dans un tableur et enregistrez-le de nouveau.",
        "The workbook holds a DTD, which no spreadsheet writes: it is refused. "
        "Open it in a spreadsheet and save it again.",
    )


def damaged() -> Unreadable:
    """A file that is not the workbook it seems to be."""
    return Unreadable(
        "unreadable",
        "Le classeur est endommagé ou n'est pas un .xlsx ni un .ods : "
        "rouvrez-le dans un tableur et enregistrez-le en .xlsx ou en .ods.",
        "The workbook is damaged or not an .xlsx or .ods file: "
        "open it in a spreadsheet and save it as .xlsx or .ods.",
    )


def protected() -> Unreadable:
    """A workbook that only a password opens."""
    return Unreadable(
        "password",
        "Le classeur est protégé par un mot de passe : ouvrez-le, retirez le mot de passe d'ouverture, "
        "enregistrez-le puis réessayez.",
        "The workbook is protected by a password: open it, remove the opening password, "
        "save it and try again.",
    )


def too_large(limit_bytes: int) -> Unreadable:
    """A workbook whose content passes what is read."""
    size = f"{limit_bytes / 1024**2:.0f} "
    return Unreadable(
        "too-large",
        f"Le classeur dépasse {size}Mo une fois décompressé, ou gonfle trop pour un vrai classeur : "
        "découpez-le ou exportez-le en CSV.",
        f"The workbook exceeds {size}MB once unpacked, or swells too much for a real workbook: "
        "split it or export it as CSV.",
    )
