"""What the command-line parser says of a wrong call, in French; its own sentences are English only."""

from __future__ import annotations

import re

from footprint.texts import language

# English sentence of the parser -> French.
SENTENCES = (
    (r"Missing option (.+)\.$", r"Il manque l’option \1."),
    (r"Missing argument (.+)\.$", r"Il manque l’argument \1."),
    (r"Missing command\.$", r"Il manque une commande."),
    (r"No such option: (\S+)(?: Did you mean (.+)\?)?$", r"Option inconnue : \1"),
    (r"No such command (.+)\.(?: Did you mean (.+)\?)?$", r"Commande inconnue : \1."),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)$", r"Arguments en trop : \1."),
    (r"Option (.+) requires an argument\.$", r"L’option \1 attend une valeur."),
    (r"Invalid value for (.+?): (.+)$", r"Valeur refusée pour \1 : \2"),
    (r"Invalid value: (.+)$", r"Valeur refusée : \1"),
)
DETAILS = (
    (r"'?(.+?)'? is not a valid (?:integer|int)\.?", r"« \1 » n’est pas un nombre entier."),
    (r"'?(.+?)'? is not a valid float\.?", r"« \1 » n’est pas un nombre."),
    (r"'?(.+?)'? is not in the range (.+)", r"« \1 » est hors de l’intervalle \2"),
    (r"Input should be a valid integer.*", r"un nombre entier est attendu."),
    (r"Input should be a valid number.*", r"un nombre est attendu."),
    (r"Input should be greater than or equal to (\S+)", r"au moins \1 est attendu"),
    (r"Input should be less than or equal to (\S+)", r"au plus \1 est attendu"),
)


def sentence(message: str) -> str:
    """The parser's sentence in the current language; an unknown one stays as it is."""
    if language() == "en":
        return message
    for english, french in SENTENCES:
        if re.match(english, message):
            message = re.sub(english, french, message)
            break
    for english, french in DETAILS:
        message = re.sub(english, french, message)
    return message
