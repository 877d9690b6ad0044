"""Tell columns and cells about persons from those about bodies: personal data are neither kept nor shown.

told_by_name   what the name of a column says of it
personal       whether a column is about persons, by its name and its cells
contact        whether a text holds an e-mail address or a telephone number
person         whether a text names a person
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from pos_map import person_words as words
from pos_map.spelling import plain as bare

PERSONAL_FR, PERSONAL_EN = "donnée personnelle écartée", "personal data left out"
_REMEMBERED = 16_384
_EMAIL = re.compile(r"[^\s@<>();:,]{1,64}@[^\s@<>();:,]{1,190}\.[a-zA-Z]{2,24}")
# French numbers with any marks between the pairs, then those of any country.
_PHONE = re.compile(
    r"(?<![\w.,-])(?:(?:\+|00) ?33[ .]?(?:\(0\))?[ .-]?|0|\(0\) ?)[1-9](?:[ ./\u00a0\u202f-]?\d{2}){4}(?![\w:])"
    r"|(?<![\w.,+])(?:\+|00[ ]?)[1-9]\d{0,2}(?:[ ./()\u00a0\u202f-]{0,2}\d{1,4}){2,5}(?![\w:])"
    r"|(?<!\d)33[1-9]\d{8}(?!\d)"
)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:.*)?")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ALPHANUMERIC = re.compile(r"[a-z0-9]+")
_ASIDE = re.compile(r"\([^()]*\)|<[^<>]*>|\[[^\[\]]*\]")
_SEVERAL = re.compile(r"[;/|\n&]")
_CIVILITY = re.compile(r"(?:M|MM|Mr|Mme|Mlle|Dr|Monsieur|Madame)\.? +[^\W\d_]{2,}.*")
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_INITIAL = re.compile(
    r"(?:[^\W\d_]\.[ -]?){1,2} *[^\W\d_][\w'’-]{2,}|[^\W\d_][\w'’-]{2,} +(?:[^\W\d_]\.-?){1,2}"
)
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


@lru_cache(maxsize=_REMEMBERED)
def contact(text: str) -> bool:
    """Whether a text holds an e-mail address or a telephone number."""
    if "@" in text and _EMAIL.search(text):
        return True
    return sum(map(str.isdigit, text)) >= 9 and not _DATE.fullmatch(text) and bool(_PHONE.search(text))


def masked(text: str) -> str:
    """A text to repeat in a message: what stands for it when it names or reaches a person."""
    return text if shown(text) else f"({PERSONAL_FR})"


def without_mail(text: str) -> str:
    """A value to repeat in a message: an identifier may look like a telephone, an e-mail address is one."""
    return f"({PERSONAL_FR})" if "@" in text and _EMAIL.search(text) else text


def redacted(text: str) -> str:
    """A text whose e-mail addresses and telephone numbers are struck out."""
    return _PHONE.sub(f"({PERSONAL_FR})", _EMAIL.sub(f"({PERSONAL_FR})", text))


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


def shown(text: str) -> bool:
    """Whether a text may be shown as a sample."""
    return not contact(text) and person(text) != "sure"
