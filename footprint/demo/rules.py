"""The alternative without AI: a letter goes to the service whose keywords it holds most.

What a team writes in an afternoon, kept honest: it ignores case and accents, a tie goes to the service named
first in the letter, and no keyword at all leaves it to hand sorting, counted as wrong.
"""

from __future__ import annotations

from footprint.demo.letters import plain

BY_HAND = "tri manuel"
KEYWORDS: dict[str, tuple[str, ...]] = {
    "remboursements": ("rembours", "feuille de soins", "pharmac", "mutuelle", "prise en charge", "decompte"),
    "arrêt de travail": ("arret", "indemnites", "attestation de salaire", "mi-temps", "maladie", "accident"),
    "carte": ("carte vitale", "carte", "photo", "puce", "borne"),
    "affiliation": (
        "affili",
        "ouvrir mes droits",
        "attestation de droits",
        "regime",
        "inscription",
        "couvert",
    ),
    "retraite": ("retraite", "trimestre", "pension", "carriere", "reversion"),
    "prestations familiales": ("allocation", "enfant", "logement", "creche", "garde", "quotient"),
    "réclamation": ("conteste", "recours", "mediateur", "reclame", "inacceptable", "dette"),
    "changement d'adresse": ("demenag", "adresse", "coordonnees", "domicile", "installe"),
}


def triage(text: str) -> str:
    """The service of a letter by keywords, or `BY_HAND` when none is found."""
    simple = plain(text).lower()
    found: dict[str, tuple[int, int]] = {}
    for service, words in KEYWORDS.items():
        places = [simple.find(word) for word in words if word in simple]
        if places:
            found[service] = (len(places), -min(places))
    return max(found, key=lambda service: found[service]) if found else BY_HAND
