"""What a recording has to say of itself: coded warnings, in both languages."""

from __future__ import annotations

from collectors.records import Notice


def missed(error: Exception) -> Notice:
    """A sample failed."""
    kind = type(error).__name__
    return Notice(
        "releve_manque",
        f"Un relevé au moins a échoué ({kind}) ; le suivant couvre l'intervalle.",
        f"At least one sample failed ({kind}); the next one covers the interval.",
    )


def unwritten(error: str) -> Notice:
    """The record could not be written whole."""
    return Notice(
        "spool_non_ecrit",
        f"Le relevé n'a pas pu être écrit en entier ({error}) : libérez de la place ou donnez un dossier "
        "accessible par FOOTPRINT_HOME. Le résultat rendu est complet, mais il n'est pas gardé en entier.",
        f"The record could not be written whole ({error}): free some space, or name a writable folder with "
        "FOOTPRINT_HOME. The result returned is complete, but it is not kept whole.",
    )


def unknown_processor() -> Notice:
    """The processor is in no table."""
    return Notice(
        "processeur_inconnu",
        "Processeur absent de la table : puissance estimée par le nombre de fils, intervalle large.",
        "Processor not in the table: power estimated from the number of threads, wide interval.",
    )


def not_attached(application: str, close: list[str]) -> Notice:
    """The application is not on the map; `close`: codes near it."""
    names = ", ".join(close)
    return Notice(
        "application_non_rattachee",
        f"« {application} » n'est pas une application du POS ; la mesure est gardée, non rattachée."
        + (f" Proches : {names}." if close else ""),
        f"“{application}” is not an application of the map; the run is kept, not attached."
        + (f" Close: {names}." if close else ""),
    )


def rapl_perimeter() -> Notice:
    """What RAPL does not see."""
    return Notice(
        "perimetre_rapl",
        "RAPL mesure le processeur et sa mémoire ; carte mère, disques, ventilation et alimentation n'y "
        "sont pas. Le canal « m5 » donne la machine entière.",
        "RAPL measures the processor and its memory; board, disks, fans and power supply are not in it. "
        "Channel “m5” gives the whole machine.",
    )


def share_refused(value: object) -> Notice:
    """A part of the GPUs that is not between 0 and 1."""
    return Notice(
        "part_gpu_refusee",
        f"gpu_share = {value!r} refusé : donnez un nombre de 0 à 1 ; sans effet.",
        f"gpu_share = {value!r} refused: give a number from 0 to 1; no effect.",
    )
