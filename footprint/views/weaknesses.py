"""Weaknesses of the data behind a total, said beside its letter: (fr, en)."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow.compute as pc

from footprint import record_quality
from footprint.formats import percent
from footprint.kept import Kept
from footprint.store import tables as t
from footprint.views.book import Book
from footprint.wording import STAGES

RUN = "execution:"
ELECTRICITY = "electricity / "


def missing(book: Book, code: str) -> Iterable[tuple[str, str]]:
    """The machines and measured runs an application draws on that are not fully assessed, each named."""
    for gap in book.missing.get(code, ()):
        yield not_assessed(*gap)


def not_assessed(asset: str, stage: str, missing_key: str) -> tuple[str, str]:
    """The sentence of one gap: a machine, or a measured run (in a zone no factor is known of, say)."""
    fr, en = STAGES.get(stage, (stage, stage))
    run = asset.removeprefix(RUN)
    if asset.startswith(RUN) and missing_key.startswith(ELECTRICITY):
        zone = missing_key.removeprefix(ELECTRICITY).removeprefix("gwp / ")
        return (
            f"L’exécution {run} a été mesurée dans une zone électrique inconnue (« {zone} ») : son électricité n’est "
            "pas évaluée, le total est un minimum.",
            f"Run {run} was measured in an unknown electricity zone (“{zone}”): its electricity is not assessed, "
            "the total is a minimum.",
        )
    name_fr, name_en = (f"L’exécution {run}", f"Run {run}") if asset.startswith(RUN) else (asset, asset)
    verb = "évaluée" if asset.startswith(RUN) else "évalué"
    return (
        f"{name_fr} n’est pas {verb} pour l’étape « {fr} » (il manque : {missing_key}) : le total est un minimum.",
        f"{name_en} is not assessed for stage “{en}” (missing: {missing_key}): the total is a minimum.",
    )


def of_record(application: t.Application) -> Iterable[tuple[str, str]]:
    """What the record of an application leaves blank; "sans objet" is an answer."""
    blank = record_quality.unanswered(application)
    if blank:
        share = percent(record_quality.filled(application))
        fr, en = (", ".join(words) for words in zip(*blank, strict=True))
        yield (
            f"La fiche est renseignée à {share} ; il manque : {fr}.",
            f"The record is {share} filled; missing: {en}.",
        )


def of_sharing(kept: Kept, code: str) -> Iterable[tuple[str, str]]:
    """Weaknesses of the allocation (M4)."""
    lines = kept.lines.filter(pc.equal(kept.lines["subject"], code))
    keys, splits = set(lines["key_kind"].to_pylist()), set(lines["split_kind"].to_pylist())
    if "egale" in keys:
        yield (
            "Une grappe ou un serveur est réparti à parts égales, faute de taille des machines virtuelles.",
            "A cluster or server is shared equally, for want of the sizes of its virtual machines.",
        )
    if "egale" in splits:
        yield (
            "Une machine virtuelle est partagée à égalité entre applications, faute de clé déclarée.",
            "A virtual machine is split equally between applications, for want of a declared key.",
        )
