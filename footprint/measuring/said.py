"""What a run says of itself to the program: coded notices, in both languages. Standard library only."""

from __future__ import annotations

import errno
from typing import NamedTuple

from footprint.texts import say

_FEW_DESCRIPTORS = 32
"""Below this limit a recorder that died may have died of it."""


class Notice(NamedTuple):
    """A coded warning of a run, in both languages."""

    code: str
    fr: str
    en: str

    def __str__(self) -> str:
        return say(self.fr, self.en)


def used_already() -> Notice:
    """A run is started a second time."""
    return Notice(
        "deja_demarree",
        "Cette mesure a déjà servi ; créez-en une autre avec measure().",
        "This run was already used; make another one with measure().",
    )


def unknown_field(name: str) -> Notice:
    """A name that `set` does not know."""
    return Notice(
        "champ_inconnu",
        f"« {name} » n'est pas un champ d'une mesure ; il est ignoré.",
        f"“{name}” is not a field of a run; it is ignored.",
    )


def unusable(name: str, value: object) -> Notice:
    """A value that can't be used: not a number, infinite, negative or too large; or without a text."""
    shown = repr(value)[:40] if type(value) in (float, str) else type(value).__name__
    return Notice(
        "valeur_refusee",
        f"{name} = {shown} : valeur inutilisable, sans effet ; donnez un nombre fini et positif, ou un texte.",
        f"{name} = {shown}: unusable value, no effect; give a finite, positive number, or a text.",
    )


def recorder_lost() -> Notice:
    """The recorder died before the end of the run."""
    few = few_descriptors()
    return Notice(
        "enregistreur_perdu",
        "L'enregistreur s'est arrêté avant la fin ; le résultat s'arrête à son dernier relevé."
        + (f" Cause possible : {few[0]}." if few else ""),
        "The recorder stopped before the end; the result stops at its last sample."
        + (f" Possible cause: {few[1]}." if few else ""),
    )


def impossible(code: str, error: BaseException) -> Notice:
    """Measuring failed; a limit of descriptors, known or probable, is named with what lifts it."""
    kind = type(error).__name__
    full = getattr(error, "errno", None) == errno.EMFILE
    few = descriptors() if full else few_descriptors() if isinstance(error, ConnectionError) else None
    return Notice(
        code,
        f"La mesure n'a pas pu se faire ({kind} : {error}{f' ; {few[0]}' if few else ''}) ; "
        "votre programme n'en dépend pas.",
        f"Measuring was not possible ({kind}: {error}{f'; {few[1]}' if few else ''}); "
        "your program does not depend on it.",
    )


def few_descriptors() -> tuple[str, str] | None:
    """The limit of descriptors in words, when it is low enough to stop a recorder."""
    limit = _limit()
    return descriptors() if limit is not None and limit < _FEW_DESCRIPTORS else None


def descriptors() -> tuple[str, str]:
    """The limit of descriptors in words, French and English, with what raises it."""
    limit = _limit()
    known = "" if limit is None else f" ({limit})"
    return (
        f"limite de descripteurs ouverts{known} trop basse, à relever avec « ulimit -n »",
        f"limit of open descriptors{known} too low, raise it with “ulimit -n”",
    )


def _limit() -> int | None:
    try:
        import resource
    except ImportError:
        return None
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if soft == resource.RLIM_INFINITY else soft
