"""What the compatible mode (M12) says to people: errors of rows, and why two methods differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from footprint import formats as f
from footprint.texts import say
from pos_map import near

FULL_YEAR = 0.99  # charged for less of the year than this: worth a word
SAME = 0.005  # two lifespans or PUE closer than this are told as one

# Errors that only follow from another row's.
FOLLOWING = ("equipement", "machine_en_erreur")

# Code of an error: the column of the inventory it comes from, what was expected.
ERRORS: dict[str, tuple[str, str, str]] = {
    "type": ("type", "un type de itemType.csv", "a type of itemType.csv"),
    "item": (
        "type",
        "un type qui a refDefaultItem dans itemType.csv, ou un modèle dans matchingItem.csv",
        "a type with refDefaultItem in itemType.csv, or a model in matchingItem.csv",
    ),
    "facteur": (
        "modele",
        "un facteur de cet élément pour ce critère et cette étape dans itemImpact.csv",
        "a factor of this item for this criterion and step in itemImpact.csv",
    ),
    "duree": (
        "dateAchat, dateRetrait",
        "deux dates, ou defaultLifespan de ce type, ou dureeVieParDefaut dans hypothesis.csv",
        "two dates, or defaultLifespan of this type, or dureeVieParDefaut in hypothesis.csv",
    ),
    "dates": ("dateAchat, dateRetrait", "un retrait après l’achat", "a withdrawal after the purchase"),
    "consommation": (
        "consoElecAnnuelle",
        "une consommation déclarée, ou avgElectricityConsumption de cet élément dans itemImpact.csv",
        "a declared consumption, or avgElectricityConsumption of this item in itemImpact.csv",
    ),
    "mix": (
        "localisation, paysDUtilisation",
        "un lieu qui a un mix électrique pour ce critère dans itemImpact.csv",
        "a place with an electricity mix for this criterion in itemImpact.csv",
    ),
    "pue": (
        "pue",
        "le PUE de la salle, ou PUEParDefaut dans hypothesis.csv",
        "the PUE of the room, or PUEParDefaut in hypothesis.csv",
    ),
    "hote": ("nomEquipementPhysique", "un équipement de l’inventaire", "equipment of the inventory"),
    "equipement": ("nomEquipementPhysique", "un équipement évalué", "equipment that was evaluated"),
    "sans_machine": (
        "nomEquipementVirtuel",
        "un équipement virtuel : NumEcoEval ne répartit pas un équipement physique entre applications",
        "virtual equipment: NumEcoEval does not share physical equipment between applications",
    ),
    "machine": ("nomEquipementVirtuel", "un équipement virtuel de l’inventaire", "virtual equipment of the inventory"),
    "machine_en_erreur": ("nomEquipementVirtuel", "un équipement virtuel évalué", "virtual equipment evaluated"),
}  # fmt: skip


def error_sentence(code: str, value: str, known: Iterable[str] = ()) -> str:
    """What is wrong with a row: column, value, expected; and names like it among `known`."""
    column, fr, en = ERRORS[code]
    close = near(value, known) if value else ()
    told = say(
        f"colonne {column} : « {value} » ; attendu : {fr}", f"column {column}: “{value}”; expected: {en}"
    )
    return told + (say(" ; proches : ", "; close: ") + ", ".join(close) if close else "") + "."


def why(row: dict[str, Any], steps: Iterable[str]) -> str:
    """Which rules make the difference for an application: a row of footprint.assessment.numecoeval.comparing."""
    if row["numecoeval"] is None:
        return say("Toutes ses lignes sont en ERREUR.", "All its rows are in error (ERREUR).")
    if row["footprint"] is None:
        return say(
            "footprint n’a rien évalué de cette application.",
            "footprint evaluated nothing of this application.",
        )
    embodied = any(step != "USING" for step in steps)
    using = "USING" in steps
    told = [*_errors(row), *_idle(row), *(_lifespan(row) if embodied else []), *(_use(row) if using else [])]
    told.append(
        say(
            "facteurs de l’organisme contre ceux du catalogue",
            "factors of the body v. those of the catalogue",
        )
    )
    text = say(" ; ", "; ").join(told)
    return text[0].upper() + text[1:] + "."


def _errors(row: dict[str, Any]) -> list[str]:
    n = row["errors"]
    if not n:
        return []
    return [say(f"{n} ligne(s) en ERREUR, non comptées", f"{n} row(s) in error (ERREUR), not counted")]


def _idle(row: dict[str, Any]) -> list[str]:
    if not row["idle"]:
        return []
    share = f.percent(row["idle"])
    return [
        say(
            f"jusqu’à {share} d’un hôte reste en non affecté ici, NumEcoEval le répartit",
            f"up to {share} of a host stays not allocated here, NumEcoEval shares it out",
        )
    ]


def _lifespan(row: dict[str, Any]) -> list[str]:
    theirs = _range(row["numecoeval_life_min"], row["numecoeval_life_max"])
    ours = _range(row["footprint_life_min"], row["footprint_life_max"])
    told = []
    if theirs and ours and theirs != ours:
        told.append(
            say(
                f"durée de vie {theirs} ans (dates ou défaut de l’organisme) contre {ours}",
                f"lifespan {theirs} years (dates or default of the body) v. {ours}",
            )
        )
    if row["charged"] is not None and row["charged"] < FULL_YEAR:
        years = f.number(row["charged"])
        told.append(
            say(
                f"fabrication : une année entière contre {years} an imputé (achat, durée de vie, retrait)",
                f"embodied: a whole year v. {years} year charged (purchase, lifetime, withdrawal)",
            )
        )
    return told


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    if high - low < SAME:
        return f.number(low)
    return say(f"{f.number(low)} à {f.number(high)}", f"{f.number(low)} to {f.number(high)}")


def _use(row: dict[str, Any]) -> list[str]:
    told = []
    theirs, ours = row["numecoeval_pue"], row["footprint_pue"]
    if theirs is not None and ours is not None and abs(theirs - ours) > SAME:
        told.append(f"PUE {f.exact(theirs)} " + say("contre", "v.") + f" {f.exact(ours)}")
    if row["measured"]:
        told.append(
            say("énergie mesurée contre déclarée ou moyenne", "measured energy v. declared or average")
        )
    return told
