"""Tell columns and cells about persons from those about bodies: personal data are neither kept nor shown.

told_by_name   what the name of a column says of it
personal       whether a column is about persons, by its name and its cells
person         whether a text is the name of a person
shown          whether a text may be shown: it neither reaches nor names a person
body_left      the name of a body, the means to reach someone taken off
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from pos_map import person_words as words
from pos_map.contacts import LEFT_OUT, contact, redacted
from pos_map.spelling import plain as bare

_REMEMBERED = 16_384
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ALPHANUMERIC = re.compile(r"[a-z0-9]+")
_ASIDE = re.compile(r"\([^()]*\)|<[^<>]*>|\[[^\[\]]*\]")
_SEVERAL = re.compile(r"[;/|\n&]")
_CIVILITY = re.compile(r"(?:M|MM|Mr|Mme|Mlle|Dr|Monsieur|Madame)\.? +[^\W\d_]{2,}.*")
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_INITIAL = re.compile(
    r"(?:[^\W\d_]\.[ -]?){1,2} *[^\W\d_][\w'’-]{2,}|[^\W\d_][\w'’-]{2,} +(?:[^\W\d_]\.-?){1,2}"
)
_CIVIL_NAME = re.compile(
    r"(?<!\w)(?:M|MM|Mr|Mme|Mlle|Dr|Monsieur|Madame)\.? +(?=[^\W\d_a-zà-ÿ])[^\W\d_][\w'’-]+"
)
_INITIAL_NAME = re.compile(r"(?<![\w.])[A-Z]\.[ -]?(?=[^\W\d_a-zà-ÿ])(?P<name>[^\W\d_][\w'’-]{2,})")
# What surrounds the name of a body, and says how to reach someone.
_LABEL = re.compile(
    r"(?<!\w)(?:t[eé]l(?:[eé]phone)?|port(?:able)?|mob(?:ile)?|gsm|fax|e-?mail|mailto|mail|courriel|contact|poste \d+)"
    r"(?!\w)[ .:]*",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"\([\s,;:.-]*\)|<[\s,;:.-]*>|\[[\s,;:.-]*\]")
_PIECES = re.compile(r"[;/|\n&]| [-–] ")
_MARKS = " -–,;:/|.()<>[]\"'«»"
_SCANNED = 2_000
_LOGIN = re.compile(r"([a-z]{2,})[._]([a-z]{2,})")
_LONGEST = 80
# A third of e-mails, telephones or names makes a column of persons; half, where they only look like names.
_THIRD, _HALF = 1 / 3, 1 / 2

About = Literal["", "owner", "counted", "persons"]


@lru_cache(maxsize=_REMEMBERED)
def told_by_name(name: str) -> About:
    """What the name of a column says: "persons"; "owner", a body or a person; "counted", a count or persons."""
    found = _ALPHANUMERIC.findall(bare(_CAMEL.sub(" ", name)))
    found = found[1:] if found[:1] == ["u"] else found
    joined = "".join(found)
    if not found or not words.ABOUT.isdisjoint(found):
        return ""
    about_persons = (
        not words.PERSONS.isdisjoint(found)
        or joined in words.EXACTLY
        or any(part in joined for part in words.PARTLY)
    )
    owner = not words.OWNERS.isdisjoint(found)
    if found[0] in words.BODIES or found[-1] in words.BODIES_LAST:
        return "owner" if about_persons or owner else ""
    if about_persons:
        return "persons"
    if joined in words.COUNTED:
        return "counted"
    return "owner" if owner else ""


def personal(name: str, cells: Sequence[str]) -> bool:
    """Whether a column is about persons: its name says so, or its cells (texts, filled) hold contacts or names."""
    about = told_by_name(name)
    if about == "persons":
        return True
    if about == "counted":
        return not cells or not all(_is_count(cell) for cell in cells)
    if not cells:
        return False
    sure = sum(contact(cell) or person(cell) == "sure" for cell in cells)
    if sure >= _THIRD * len(cells):
        return True
    likely = sum(person(cell) == "likely" for cell in cells)
    return about == "owner" and sure + likely >= _HALF * len(cells)


def _is_count(cell: str) -> bool:
    return bool(re.fullmatch(r"\d{1,3}(?:[ .,\u00a0\u202f]?\d{3}){0,2}(?:[.,]0*)?", cell)) and cell[:1] != "0"


def masked(text: str) -> str:
    """A text to repeat in a message: what stands for it when it names or reaches a person."""
    return text if shown(text) else LEFT_OUT


@lru_cache(maxsize=_REMEMBERED)
def person(text: str) -> Literal["", "likely", "sure"]:
    """Whether a text names a person: "sure" by a first name, a civility or an initial, "likely" by its shape.

    Nothing tells a surname alone from an acronym.
    """
    if len(text) > _LONGEST or not text:
        return ""
    found = [_one(piece.strip()) for piece in _SEVERAL.split(_ASIDE.sub(" ", text)) if piece.strip()]
    return "sure" if "sure" in found else "likely" if "likely" in found else ""


def _one(text: str) -> Literal["", "likely", "sure"]:
    if login := _LOGIN.fullmatch(text):
        return "sure" if not words.GIVEN_NAMES.isdisjoint(login.groups()) else ""
    parts = text.replace(",", " ").split()
    plain = [bare(part) for part in parts]
    pieces = [piece for part in plain for piece in _ALPHANUMERIC.findall(part)]
    if not words.NOT_PERSONS.isdisjoint(pieces):
        return ""
    if _CIVILITY.fullmatch(text):
        return "sure"
    if _INITIAL.fullmatch(text):
        # "C. Exemple" may shorten the name of a body.
        return "sure" if max(parts, key=len).isupper() else "likely"
    if not 2 <= len(parts) <= 4 or not all(_NAME_WORD.fullmatch(part) for part in parts):
        return ""
    # A particle ("de", "Le") may stand in lower case between the two ends.
    if not (parts[0][0].isupper() and parts[-1][0].isupper()):
        return ""
    ends = {plain[0].split("-")[0], plain[-1].split("-")[0]}
    if not words.GIVEN_NAMES.isdisjoint(ends):
        return "sure"
    shouted = [part.isupper() and len(part) > 2 for part in parts]
    return "likely" if len(parts) == 2 and sum(shouted) == 1 else ""


@lru_cache(maxsize=_REMEMBERED)
def shown(text: str) -> bool:
    """Whether a text may be shown as a sample or repeated in a message."""
    return not contact(text) and person(text) != "sure" and not _names(text)


def _names(text: str) -> bool:
    """Whether a text names a person among other words: "voir Mme Durand", "suivi J. Dupont"."""
    if _CIVIL_NAME.search(text):
        return True
    if any(bare(match["name"]) not in words.NOT_PERSONS for match in _INITIAL_NAME.finditer(text)):
        return True
    parts = [part.strip(_MARKS) for part in text[:_SCANNED].split()]
    return any(_full_name(*three) for three in zip(["", *parts], parts, parts[1:], strict=False))


def _full_name(before: str, first: str, last: str) -> bool:
    """Whether two words that follow another are a first name and a name, in any order: "Pôle Jean Moulin" is not."""
    if not (
        first[:1].isupper()
        and last[:1].isupper()
        and _NAME_WORD.fullmatch(first)
        and _NAME_WORD.fullmatch(last)
    ):
        return False
    told = {bare(before), bare(first), bare(last)}
    return words.NOT_PERSONS.isdisjoint(told) and not words.GIVEN_NAMES.isdisjoint(
        {bare(first).split("-")[0], bare(last).split("-")[0]}
    )


def body_left(text: str) -> str:
    """Of the name of a body, what stays once telephones and e-mails are taken off; "" when no body is told."""
    rest = _EMPTY.sub(" ", _LABEL.sub(" ", redacted(text, " ")))
    pieces = [" ".join(piece.split()).strip(_MARKS) for piece in _PIECES.split(rest)]
    kept = " - ".join(piece for piece in pieces if piece and not person(piece))
    parts = _NAME_WORD.findall(kept)
    # An acronym of more letters may be a surname.
    told = any(bare(part) in words.NOT_PERSONS or (part.isupper() and 2 <= len(part) <= 4) for part in parts)
    return kept if told and not person(" ".join(pieces)) and shown(kept) else ""
