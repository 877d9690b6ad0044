"""What the command-line parser says, in French: the frames of its help and its sentences are English only."""

from __future__ import annotations

import re
from typing import Any

import typer

from footprint.texts import language, say

# Names of arguments, as the code has them -> as people read them.
_ARGUMENTS = {
    "command": "commande", "factor_id": "facteur", "file": "fichier", "files": "fichiers", "first": "premier",
    "id_or_key": "facteur", "kind": "genre", "login": "identifiant", "model": "modèle", "name": "nom",
    "path": "chemin", "paths": "chemins", "pattern": "nom", "request_id": "demande", "second": "second",
    "state": "état", "subject": "sujet", "target": "cible", "trace": "trace", "words": "mots",
}  # fmt: skip
_TYPES = {"str": "texte", "path": "chemin", "int": "entier", "float": "nombre"}
# English sentence of the parser -> French; the first that matches holds.
SENTENCES = (
    (r"Missing option (.+)\.$", r"Il manque l’option \1."),
    (r"Missing command\.$", r"Il manque une commande."),
    (r"No such option: (\S+) \(Possible options?: (.+)\)$", r"Option inconnue : \1. Vouliez-vous \2 ?"),
    (r"No such option: (\S+) Did you mean (.+)\?$", r"Option inconnue : \1. Vouliez-vous \2 ?"),
    (r"No such option: (\S+)$", r"Option inconnue : \1."),
    (r"No such command (.+?)\. Did you mean (.+)\?$", r"Commande inconnue : \1. Vouliez-vous \2 ?"),
    (r"No such command (.+)\.$", r"Commande inconnue : \1."),
    (r"Got unexpected extra arguments?(?:\(s\)|s)? \((.+)\)$", r"Arguments en trop : \1."),
    (r"Option (.+) requires an argument\.$", r"L’option \1 attend une valeur."),
    (r"Option (.+) requires (\d+) arguments\.$", r"L’option \1 attend \2 valeurs."),
    (r"Option (.+) does not take a value\.$", r"L’option \1 n’attend pas de valeur."),
    (r"Could not open file (.+?): (.+)$", r"Le fichier \1 ne peut pas être ouvert : \2"),
    (r"Invalid value: (.+)$", r"Valeur refusée : \1"),
)
DETAILS = (
    (r"'(.+?)' is not one of (.+?)\.$", r"« \1 » n’est pas parmi \2."),
    (r"'(.+?)' does not match the formats? (.+?)\.$", r"« \1 » n’est pas une date : \2 attendu."),
    (r"'?(.+?)'? is not a valid (?:integer|int)\.?", r"« \1 » n’est pas un nombre entier."),
    (r"'?(.+?)'? is not a valid float\.?", r"« \1 » n’est pas un nombre."),
    (r"'?(.+?)'? is not in the range (.+)", r"« \1 » est hors de l’intervalle \2"),
    (r"(?:File|Directory|Path) '(.+?)' does not exist\.", r"« \1 » n’existe pas."),
    (r"(?:File|Directory|Path) '(.+?)' is not readable\.", r"« \1 » ne peut pas être lu."),
    (r"(?:File|Directory|Path) '(.+?)' is not writable\.", r"« \1 » ne peut pas être écrit."),
    (r"(?:File|Directory|Path) '(.+?)' is a file\.", r"« \1 » est un fichier."),
    (r"(?:File|Directory|Path) '(.+?)' is a directory\.", r"« \1 » est un dossier."),
    (r"Input should be a valid integer.*", r"un nombre entier est attendu."),
    (r"Input should be a valid number.*", r"un nombre est attendu."),
    (r"Input should be a finite number.*", r"un nombre fini est attendu."),
    (r"Input should be greater than or equal to (\S+)", r"au moins \1 est attendu"),
    (r"Input should be less than or equal to (\S+)", r"au plus \1 est attendu"),
    (r"Input should be greater than (\S+)", r"plus de \1 est attendu"),
    (r"Input should be less than (\S+)", r"moins de \1 est attendu"),
    (r"(\d+) values are required, but (\d+) given\.", r"\1 valeurs sont attendues, \2 données."),
)
# Frames of the help.
_FRAMES = (
    (r"\[OPTIONS\]", "[OPTIONS]"),
    (r"COMMAND \[ARGS\]\.\.\.", "COMMANDE [ARGUMENTS]..."),
    (r"^Commands$", "Commandes"),
    (r"^Show this message and exit\.$", "Afficher cette aide."),
    (r"(?<=[\[ ])required\]", "obligatoire]"),
    (r"(?<=[\[ ])default: ", "défaut : "),
    (r"(?<=[\[ ])env var: ", "variable : "),
    (r"\(dynamic\)", "(calculé)"),
    (r"<%Y-%m-%d\|%d/%m/%Y>", "<AAAA-MM-JJ|JJ/MM/AAAA>"),
)


def sentence(message: str) -> str:
    """The parser's sentence in the current language; an unknown one stays as it is."""
    message = message.replace("Value error, ", "")
    if language() == "en":
        return message
    if found := re.match(r"Invalid value for (.+?): (.+)$", message):
        return f"Valeur refusée pour {_hint(found[1])} : {_first(found[2], DETAILS)}"
    if found := re.match(r"Missing argument (.+)\.$", message):
        return f"Il manque l’argument {_hint(found[1])}."
    return _first(message, SENTENCES)


def _first(message: str, known: tuple[tuple[str, str], ...]) -> str:
    """The message by the first pattern that matches it from its start; as it is where none does."""
    return next(
        (re.sub(english, french, message) for english, french in known if re.match(english, message)), message
    )


def _hint(written: str) -> str:
    """The argument a sentence names: 'files' -> 'fichiers'."""
    return re.sub(r"^'(\w+)'$", lambda found: f"'{_ARGUMENTS.get(found[1], found[1])}'", written)


def speaking(command: Any) -> Any:
    """This command, its help and that of all those under it framed in the current language."""
    command.context_class = _Context
    for under in getattr(command, "commands", {}).values():
        speaking(under)
    return command


def _framed(text: str) -> str:
    if language() == "en":
        return text
    for english, french in _FRAMES:
        text = re.sub(english, french, text)
    return text


def _typed(text: str) -> str:
    """The name of an argument and the type of a value, in the first column: "files... <list[Path]>"."""
    if language() == "en":
        return text
    named = re.sub(r"^(\w+)(?=(?:\.\.\.)? <)", lambda found: _ARGUMENTS.get(found[1], found[1]), text)
    return re.sub(r"<[^>]+>$|<[^>]+>(?=\.)", lambda found: _type(found[0]), _framed(named))


def _type(written: str) -> str:
    """The type of a value: "<list[str]>", "<int range>", "<int,int>"; choices stay as they are."""
    words = re.sub(r"list\[(\w+)\]", r"\1", written[1:-1]).replace(" range", "").lower().split(",")
    return f"<{','.join(_TYPES[word] for word in words)}>" if set(words) <= set(_TYPES) else written


_Base: Any = typer.Context.formatter_class


class _Formatter(_Base):  # type: ignore[misc]
    """The formatter of the help, in the current language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The first line: how the command is called."""
        if language() == "fr":
            args = re.sub(
                r"(?<=[\[{])(\w+)(?=[\]}])", lambda found: _ARGUMENTS.get(found[1], found[1]), _framed(args)
            )
        super().write_usage(prog, args, prefix or say("Usage : ", "Usage: "))

    def write_heading(self, heading: str) -> None:
        """The title of a section."""
        super().write_heading(_framed(heading) + say(" ", ""))

    def write_dl(self, rows: Any, *args: Any, **options: Any) -> None:
        """Two columns: what is written, what it means."""
        super().write_dl([(_typed(first), _framed(second)) for first, second in rows], *args, **options)


class _Context(typer.Context):
    """The context of a command, whose help speaks the current language."""

    formatter_class = _Formatter
