"""Sheets made by hand, with hostile names, unknown values and every kind of mark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from footprint.people import Person, SignedIn
from footprint.plausibility.finding import IMPROBABLE, Rule, finding
from footprint.sheets import (
    Amount,
    ApplicationSheet,
    Explanation,
    Gap,
    Input,
    Letter,
    MapNode,
    Metered,
    ModelSheet,
    Part,
    RunLine,
    Score,
    Summary,
    Swing,
    Tile,
    UseCase,
)

HOSTILE = '<img src=x onerror="alert(1)">'
TOTAL = Amount(1234.0, 810.0, 1700.0, 1600.0)
CRITERION = Letter("par acte", "per act", "C", "D", Amount(0.9, 0.5, 3.0, 2.6, "gCO2e"), 0.7)
MISSING = Letter(
    "par utilisateur", "per user", None, None, None, None, "Utilisateurs inconnus.", "Users unknown."
)
SCORE = Score("C", "D", (CRITERION, MISSING), 3, True, "2026.1")
NONE = Score(None, None, (MISSING,), None, True, "2026.1", "Rien d’évalué.", "Nothing assessed.")
WEAK = Tile("FAIBLE", HOSTILE, SCORE, TOTAL, {"generic": 0.8, "model": 0.2})
SOLID = Tile("A/B 1", "Solide", SCORE, TOTAL, {"sensor": 1.0})
UNASSESSED = Tile("VIDE", "Non évaluée", NONE, None, {})
NO_LETTER = Tile("SANS", "Sans acte", NONE, TOTAL, {"declared": 1.0})
ILOT = MapNode("z/q/i", "îlot", "Courrier", TOTAL, (), (SOLID, UNASSESSED))
QUARTIER = MapNode("z/q", "quartier", "Relation", TOTAL, (ILOT,), (NO_LETTER,))
ZONE = MapNode("z", "zone", f"Zone {HOSTILE}", None, (QUARTIER,), (WEAK,))


def part(key: str, share: float) -> Part:
    return Part(key, f"libellé {key}", Amount(share * 1000, share * 800, share * 1300, share * 1200), share)


PARTS = (part("a", 0.7), part("b", 0.2997), part("c", 0.0003))
SUMMARY = Summary(
    "f" * 64, f"Caisse {HOSTILE}", 2026, "2026.1", "M", "2026.1", "2026-11-22T00:00:00Z", False, TOTAL,
    Amount(700.0, 500.0, 900.0, 850.0), (part("x", 0.2),), (part("y", 0.1),), PARTS, PARTS, (), 10, 8,
    (Gap("baie-1", "use", "PUE", ("pue/x",)),), mode="purchase_year", spread=("idle", "network"),
    meters=(Metered(HOSTILE, "it", 31.0, 1000.0, 900.0), Metered("DC", "total", 31.0, 1500.0, None)),
    market=Amount(12.0, 9.0, 15.0, 14.0), market_covers=500.0, factor_changes=(("overlay", "nous.csv ab12"),),
    profiles=("FR",),
)  # fmt: skip
SWINGS = (
    Swing("libellé électricité", 0.7, 800.0, 1900.0, 1234.0),
    Swing(HOSTILE, 0.0003, 1230.0, 1240.0, 1234.0),
)
LEAF = Explanation(
    "serveur", 1234.0, "kgCO2e", "M2", "énergie x PUE x facteur", "generic",
    (Input("énergie", "energy", 5000.0, "kWh"), Input("électricité FR", "electricity FR", 0.0519, "kgCO2e/kWh",
     "elec/FR/2024", HOSTILE, "2024"), Input("clé", "key", "parts égales")),
)  # fmt: skip
EXPLANATION = Explanation(
    "A/B 1", 1234.0, "kgCO2e", children=(Explanation("part", 0.25, "1", "M4", children=(LEAF,)),)
)
SHEET = ApplicationSheet(
    SOLID, ("Zone", "Quartier"), (("Statut", "Status", "en service"), ("Branche", "Branch", "")),
    PARTS, tuple(part(str(i), 1 / 14) for i in range(14)), PARTS, (Part("training", "training", TOTAL, 1.0),),
    ("tri:1.0",), EXPLANATION, (("Faiblesse.", "Weakness."),),
)  # fmt: skip
RULE = Rule("memoire", "mémoire", "memory", "règle", "rule", "À corriger.", "To mend.")
DOUBT = finding(RULE, IMPROBABLE, "asset", "srv\x1b[2J", "ram_gb", 4e6, "Go", high=6000.0)
CASE = UseCase(
    "CU-1",
    HOSTILE,
    "A/B 1",
    "tri:1.0",
    "ML",
    "pilote",
    "courrier",
    None,
    "",
    "À la main",
    "L’agent confirme",
    "Résumé",
)
ROBOT = UseCase(
    "CU-2", "Clôture", "A/B 1", "", "RPA", "industrialisé", "", None, "", "", "Un agent relit", ""
)
RUN = RunLine(
    "r" * 20,
    "inference",
    "complete",
    "2026-03-04T09:05:06Z",
    75.0,
    0.002,
    0.0016,
    0.0026,
    "model",
    "m5",
    4000.0,
    (),
)
MODEL = ModelSheet(
    "tri:1.0", ("A/B 1",), SCORE, NONE, 0.02, Amount(0.0032, 0.0018, 0.005, 0.0047), "courrier",
    Amount(0.5, 0.4, 0.6, 0.6, "Wh"),
    Amount(0.46, 0.2, 0.9, 0.8, "gCO2e"), (RUN,), CASE, EXPLANATION,
)  # fmt: skip


def signed_in(role: str = "admin", login: str = "moi") -> SignedIn:
    return SignedIn(Person(1, login, "Anne Roy", "DSI", role, True), "jeton-csrf", "clé")


def walk(node: Any) -> Iterator[Any]:
    """Every component and text of a layout."""
    if isinstance(node, list | tuple):
        for child in node:
            yield from walk(child)
    elif node is not None:
        yield node
        if not isinstance(node, str | int | float):
            yield from walk(getattr(node, "children", None))


def text_of(node: Any) -> str:
    """Everything a page says, in order."""
    return " ".join(str(part) for part in walk(node) if isinstance(part, str | int | float))


def find(node: Any, kind: str, **wanted: object) -> list[Any]:
    """Components of a type with these attributes."""
    return [
        part
        for part in walk(node)
        if type(part).__name__ == kind
        and all(getattr(part, name, None) == value for name, value in wanted.items())
    ]
