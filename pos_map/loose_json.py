"""Read JSON with the line of each object, and the slips of drafts: comments, missing or trailing commas, "…".

Each slip is noted with its line; anything else is refused. Sizes and depths are bounded.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pos_map.grids import Unreadable

MAX_BYTES = 64 * 1024**2
_DEEPEST = 60
_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n\ufeff]+)|(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)
    |(?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<mark>[{}\[\]:,])|(?P<ellipsis>\.\.\.|…)|(?P<word>[A-Za-z_][\w-]*)""",
    re.VERBOSE,
)
_WORDS = {"true": True, "false": False, "null": None}
Slip = Literal["comment", "missing-comma", "extra-comma", "ellipsis", "placeholder", "repeated-key"]


@dataclass(slots=True)
class Object:
    """An object: its values by key, the line it begins at from 1, and that of each key."""

    line: int
    values: dict[str, Json] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


Json: TypeAlias = "bool | float | str | list[Json] | Object | None"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


def parse(text: str) -> tuple[Json, list[tuple[int, Slip]]]:
    """The value of a text and its slips, by line. Raises Unreadable, with the line, for what is no JSON."""
    reader = _Reader(text)
    value = reader.value(0)
    if reader.token.kind != "end":
        raise _refused(reader.token)
    return value, sorted(reader.slips)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at, self._line = text, 0, 1
        self.slips: list[tuple[int, Slip]] = []
        self.token = self._next()

    def _next(self) -> _Token:
        while self._at < len(self._text):
            match = _TOKEN.match(self._text, self._at)
            if match is None:
                raise _refused(_Token("", self._text[self._at : self._at + 20], self._line))
            line, written, kind = self._line, match.group(), match.lastgroup or ""
            self._at = match.end()
            self._line += written.count("\n")
            if kind == "comment":
                self.slips.append((line, "comment"))
            elif kind != "blank":
                return _Token(kind, written, line)
        return _Token("end", "", self._line)

    def _take(self) -> _Token:
        taken, self.token = self.token, self._next()
        return taken

    def _is(self, mark: str) -> bool:
        return self.token.kind == "mark" and self.token.text == mark

    def value(self, depth: int) -> Json:
        if depth > _DEEPEST:
            raise _refused(self.token)
        if self._is("{"):
            return self._object(depth)
        if self._is("["):
            return self._array(depth)
        taken = self._take()
        if taken.kind == "string":
            return _string(taken)
        if taken.kind == "number":
            return float(taken.text)
        if taken.kind == "word" and taken.text in _WORDS:
            return _WORDS[taken.text]
        if taken.kind in ("word", "ellipsis"):
            self.slips.append((taken.line, "placeholder" if taken.kind == "word" else "ellipsis"))
            return None
        raise _refused(taken)

    def _object(self, depth: int) -> Object:
        found = Object(self._take().line)
        while not self._is("}"):
            if self._aside():
                continue
            name = self._take()
            if name.kind != "string" or not self._is(":"):
                raise _refused(name if name.kind != "string" else self.token)
            self._take()
            key = _string(name)
            if key in found.values:
                self.slips.append((name.line, "repeated-key"))
            found.values[key] = self.value(depth + 1)
            found.lines[key] = name.line
            self._comma("}")
        self._take()
        return found

    def _array(self, depth: int) -> list[Json]:
        self._take()
        found: list[Json] = []
        while not self._is("]"):
            if self._is("{") or not self._aside():
                found.append(self.value(depth + 1))
                self._comma("]")
        self._take()
        return found

    def _aside(self) -> bool:
        """Pass over what stands in the place of an element: "…", a bare word, a comma too many."""
        token = self.token
        if token.kind == "ellipsis":
            slip: Slip = "ellipsis"
        elif token.kind == "word" and token.text not in _WORDS:
            slip = "placeholder"
        elif self._is(","):
            slip = "extra-comma"
        else:
            return False
        self.slips.append((self._take().line, slip))
        if slip != "extra-comma" and self._is(","):
            self._take()
        return True

    def _comma(self, end: str) -> None:
        """The comma after an element: missing before another one, or one too many before the end."""
        if self._is(","):
            line = self._take().line
            if self._is(end):
                self.slips.append((line, "extra-comma"))
        elif not self._is(end) and self.token.kind != "end":
            self.slips.append((self.token.line, "missing-comma"))


def _string(token: _Token) -> str:
    try:
        return str(json.loads(token.text))
    except ValueError:
        raise _refused(token) from None


def _refused(token: _Token) -> Unreadable:
    shown = " ".join(token.text.split())[:20]
    if token.kind == "end":
        return Unreadable(
            "bad-json",
            "Le fichier JSON s'arrête avant la fin : une accolade ou un crochet n'est pas fermé.",
            "The JSON file stops before its end: a brace or a bracket is not closed.",
            token.line,
        )
    return Unreadable(
        "bad-json",
        f"Le JSON ne peut pas être lu à partir de « {shown} » : vérifiez guillemets, deux-points et accolades.",
        f"The JSON cannot be read from “{shown}”: check quotation marks, colons and braces.",
        token.line,
    )
