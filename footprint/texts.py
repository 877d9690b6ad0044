"""Two languages, side by side: French first, English complete.

A text is written where it is used, in both languages, so neither can be missing:
`say("empreinte", "footprint")`. The language is a context variable: the server sets it for each
request, the command line once, from FOOTPRINT_LANG, then LC_ALL, LC_MESSAGES, LANG.
"""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import Literal, Protocol

Language = Literal["fr", "en"]


class Bilingual(Protocol):
    """Anything that carries its message in both languages (errors and faults of the leaves)."""

    @property
    def fr(self) -> str:
        """The French text."""

    @property
    def en(self) -> str:
        """The English text."""


def language_of_environment() -> Language:
    """Language asked for by the environment; French unless English is named."""
    for name in ("FOOTPRINT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "fr"
    return "fr"


_language: ContextVar[Language | None] = ContextVar("footprint_language", default=None)


def language() -> Language:
    """Language of the current request or process."""
    return _language.get() or language_of_environment()


def set_language(value: Language) -> None:
    """Choose the language for the current context."""
    _language.set(value)


def say(fr: str, en: str) -> str:
    """The text in the current language."""
    return en if language() == "en" else fr


def count(many: int, fr: tuple[str, str], en: tuple[str, str]) -> str:
    """A number and what it counts, said of one and of several: "1 nom", "1 200 noms"; none is singular in French."""
    if language() == "en":
        return f"{many:,} {en[many != 1]}"
    return f"{many:,}".replace(",", "\u202f") + f" {fr[many > 1]}"


def message(text: Bilingual) -> str:
    """The message of an error or fault, in the current language."""
    return say(text.fr, text.en)
