"""Regular expressions written by people, run by RE2: no expression takes long, whatever the name.

Its syntax is that of Python without back-references nor look-arounds; \\w and \\d mean ASCII, \\pL any letter.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

LONGEST_NAME = 300
# What an expression compiles to: an instruction for each letter it holds, a few hundred for \pL.
_MOST_INSTRUCTIONS = 4000

# What RE2 says -> in French.
_REASONS = {
    "missing )": "il manque une parenthèse",
    "unexpected )": "une parenthèse est en trop",
    "missing ]": "il manque un crochet",
    "trailing \\": "elle finit par \\",
    "invalid escape sequence": "échappement inconnu (les renvois comme \\1 n'en font pas partie)",
    "invalid perl operator": "signe inconnu après une parenthèse (les regards n'en font pas partie)",
    "invalid repetition size": "répétition trop grande",
    "no argument for repetition operator": "rien à répéter",
    "bad repetition operator": "répétition d'une répétition",
    "invalid character class range": "suite de caractères à l'envers",
    "invalid named capture group": "nom de groupe inconnu",
    "pattern too large - compile failed": "elle est trop lourde, abrégez-la",
}


def expression_fault(pattern: str, target: str) -> tuple[str, str] | None:
    """Why an expression, or what it leads to, can't be kept, in French and English; None for good ones."""
    import re2

    try:
        expression = _compiled(pattern)
        blank = _compiled(f"(?:{pattern})|").fullmatch("")
        if blank:
            blank.expand(target)
    except re2.error as error:
        said = error.args[0].decode("utf-8", "replace") if error.args else ""
        what, _, where = said.partition(": ")
        fr = " : ".join(part for part in (_REASONS.get(what, what), where) if part)
        return f"Expression illisible : {fr}.", f"Unreadable expression: {said}."
    except (IndexError, ValueError):
        return (
            "Nom retenu illisible : après \\, le numéro d'un groupe de l'expression est attendu (\\1 pour sa première "
            "parenthèse). Un \\ s'écrit \\\\.",
            "Unreadable name kept: after \\, the number of a group of the expression is expected (\\1 for its first "
            "parenthesis). A \\ is written \\\\.",
        )
    if expression.programsize > _MOST_INSTRUCTIONS:
        return "L'expression est trop lourde : abrégez-la.", "The expression is too heavy: shorten it."
    return None


class Expression:
    """An expression and what the names it matches whole become."""

    def __init__(self, pattern: str, target: str) -> None:
        self._target = target
        self._compiled = None if expression_fault(pattern, target) else _compiled(pattern)

    def becomes(self, name: str) -> str | None:
        """The target, its groups filled from the name; None when the expression does not match the name whole, or
        when the groups of a target are all blank in the name: only a blank target leaves a name unattached.

        An expression that can't be read matches nothing: another version kept it.
        """
        if self._compiled is None or len(name) > LONGEST_NAME:
            return None
        try:
            match = self._compiled.fullmatch(name)
        except UnicodeEncodeError:  # half a character, from a \ud800 in JSON
            return None
        if match is None:
            return None
        said = str(match.expand(self._target))
        return None if self._target and not said.strip() else said


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)
