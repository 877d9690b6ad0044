"""The parts of an .xlsx beside its sheets: which sheets there are, shared strings, which formats are dates."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from pos_map.packages import Package, XmlReader, damaged, local, too_large

_PART_BYTES = 32 * 1024**2
# A million distinct labels; beyond, they would fill the memory.
_STRINGS_BYTES = 256 * 1024**2
_MAX_SHEETS = 1000
_LONGEST_TEXT = 100_000
_DATE_FORMATS = frozenset({14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 57, 58})
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Book:
    """`sheets`: name, whether hidden, part of the archive; `strings` and `styles`: parts, "" without."""

    sheets: tuple[tuple[str, bool, str], ...]
    strings: str
    styles: str
    from_1904: bool


@dataclass
class _BookParser:
    """Elements of workbook.xml."""

    sheets: list[tuple[str, bool, str]] = field(default_factory=list)
    from_1904: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        given = {local(key): value for key, value in attributes.items()}
        if local(name) == "workbookPr":
            self.from_1904 = given.get("date1904") in ("1", "true")
        if local(name) == "sheet" and len(self.sheets) < _MAX_SHEETS:
            # The relation is the only "id", whatever its prefix; "sheetId" is another name.
            self.sheets.append(
                (given.get("name", ""), given.get("state", "visible") != "visible", given.get("id", ""))
            )


def read_book(package: Package) -> Book:
    """What workbook.xml says. Raises Unreadable when it is not there or not sound."""
    root = _relations(package, "", "_rels/.rels")
    part = next((target for kind, target in root.values() if kind == "officeDocument"), "xl/workbook.xml")
    if part not in package.names:
        raise damaged()
    parser = _BookParser()
    _parse(package, part, _PART_BYTES, parser.start)
    folder, name = posixpath.split(part)
    links = _relations(package, folder, f"{folder}/_rels/{name}.rels")
    by_kind = {kind: target for kind, target in links.values() if target in package.names}
    sheets = tuple(
        (title, hidden, links[link][1])
        for title, hidden, link in parser.sheets
        # A sheet may be a chart: it has no cells.
        if link in links and links[link][0] == "worksheet" and links[link][1] in package.names
    )
    if not sheets:
        raise damaged()
    return Book(sheets, by_kind.get("sharedStrings", ""), by_kind.get("styles", ""), parser.from_1904)


def _relations(package: Package, folder: str, part: str) -> dict[str, tuple[str, str]]:
    """Kind and part of each relation, by identifier."""
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            kind = attributes.get("Type", "").rpartition("/")[2]
            path = target[1:] if target.startswith("/") else posixpath.join(folder, target)
            found[attributes.get("Id", "")] = (kind, posixpath.normpath(path))

    if part in package.names:
        _parse(package, part, _PART_BYTES, start)
    return found


def read_dates(package: Package, part: str) -> frozenset[str]:
    """The cell styles that show a number as a date."""
    customs: dict[str, str] = {}
    styles: list[str] = []
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        inside.append(tag)
        if tag == "numFmt":
            customs[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        if tag == "xf" and "cellXfs" in inside[:-1]:
            styles.append(attributes.get("numFmtId", "0"))

    if part:
        _parse(package, part, _PART_BYTES, start, lambda _: inside.pop() and None)
    return frozenset(str(index) for index, style in enumerate(styles) if _is_date(style, customs))


def _is_date(style: str, customs: dict[str, str]) -> bool:
    if style in customs:
        code = _NOT_FORMAT.sub("", customs[style].partition(";")[0]).lower()
        # Hours alone are not a day.
        return "y" in code or "d" in code
    return style.isascii() and style.isdigit() and int(style) in _DATE_FORMATS


@dataclass
class _StringsParser:
    """Elements of sharedStrings.xml: text runs joined, phonetic guides left out."""

    found: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    reading: bool = False
    phonetic: bool = False
    length: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag == "si":
            self.parts, self.length = [], 0
        elif tag == "rPh":
            self.phonetic = True
        elif tag == "t":
            self.reading = not self.phonetic

    def end(self, name: str) -> None:
        tag = local(name)
        if tag == "si":
            self.found.append(unescape("".join(self.parts)))
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "t":
            self.reading = False

    def text(self, text: str) -> None:
        if self.reading and self.length < _LONGEST_TEXT:
            self.parts.append(text)
            self.length += len(text)


def read_strings(package: Package, part: str) -> list[str]:
    """The labels that cells point to. Raises Unreadable."""
    parser = _StringsParser()
    if part:
        reader = XmlReader(parser.start, parser.end, parser.text)
        total = 0
        for chunk in package.chunks(part):
            total += len(chunk)
            if total > _STRINGS_BYTES:
                raise too_large(_STRINGS_BYTES)
            reader.feed(chunk)
        reader.feed(b"", True)
    return parser.found


def unescape(text: str) -> str:
    """Characters that XML cannot hold, written _x000D_ in workbooks."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def _parse(package: Package, part: str, most_bytes: int, start: object, end: object = None) -> None:
    reader = XmlReader(start, end or (lambda _: None), lambda _: None)  # type: ignore[arg-type]
    reader.feed(package.read(part, most_bytes), True)
