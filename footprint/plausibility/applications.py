"""Users, acts and footprint of applications: orders of magnitude (M8)."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from footprint.plausibility.columns import Array, Bounds, both, column, flagged, looked_up, ratio, text
from footprint.plausibility.estate import Estate
from footprint.plausibility.finding import Finding, Rule

USERS = Rule(
    "P-USERS", "utilisateurs", "users",
    "règle : d’un utilisateur à la population de la France (70 millions)",
    "rule: from one user to the population of France (70 million)",
    "Donnez les utilisateurs actifs de l’année, non les comptes ou les connexions.",
    "Give the active users of the year, not accounts or sign-ins.",
)  # fmt: skip
ACTS = Rule(
    "P-ACTS", "actes par utilisateur et par an", "acts a user and year",
    "règle : un utilisateur actif fait au moins un acte ; dix millions au plus",
    "rule: an active user does at least one act; ten million at most",
    "Vérifiez le volume annuel d’actes (mensuel ? en milliers ?) et le nombre d’utilisateurs actifs.",
    "Check the yearly volume of acts (monthly? in thousands?) and the number of active users.",
)  # fmt: skip
PER_USER = Rule(
    "P-APP-USER", "empreinte par utilisateur et par an", "footprint a user and year",
    "règle : de 1 g à 1 t ; l’échelle M8 va de 0,1 à 30 kg",
    "rule: 1 g to 1 t; the scale of M8 runs from 0.1 to 30 kg",
    "Vérifiez le nombre d’utilisateurs et les machines rattachées : footprint explain APPLICATION.",
    "Check the number of users and the machines attached: footprint explain APPLICATION.",
)  # fmt: skip
PER_ACT = Rule(
    "P-APP-ACT", "empreinte par acte", "footprint an act",
    "règle : de 1 mg à 100 kg ; l’échelle M8 va de 0,1 à 312,5 g",
    "rule: 1 mg to 100 kg; the scale of M8 runs from 0.1 to 312.5 g",
    "Vérifiez le volume annuel d’actes et les machines rattachées : footprint explain APPLICATION.",
    "Check the yearly volume of acts and the machines attached: footprint explain APPLICATION.",
)  # fmt: skip


USER_KG = Bounds(1e-3, 1e3, 1e-6, 1e5)
ACT_KG = Bounds(1e-6, 1e2, 1e-9, 1e4)


def volumes(estate: Estate) -> list[Finding]:
    """P-USERS, P-ACTS: what the map says of each application, and the yearly volume of AI use cases."""
    table = estate.table("applications")
    codes, users, acts = text(table, "code"), column(table, "users"), column(table, "act_volume")
    cases = estate.table("use_cases")
    of_application = looked_up(text(cases, "application"), codes, users)
    per_case = ratio(column(cases, "yearly_volume"), of_application)
    return [
        *flagged(USERS, "application", codes, "users", users, "", Bounds(1.0, 7e7, 0.0, 8.3e9)),
        *flagged(ACTS, "application", codes, "act_volume", ratio(acts, users), "", Bounds(1.0, 1e7, 0.0, 1e9)),
        *flagged(ACTS, "application", text(cases, "code"), "yearly_volume", per_case, "", Bounds(None, 1e7, None, 1e9)),
    ]  # fmt: skip


def intensities(estate: Estate) -> list[Finding]:
    """P-APP-USER, P-APP-ACT: kgCO2e of the last assessment by user and by act; nothing before it."""
    table = estate.table("applications")
    codes, kg = text(table, "code"), _kilograms(estate, text(table, "code"))
    assessed = both(pc.greater(kg, 0.0))
    by_user, by_act = ratio(kg, column(table, "users")), ratio(kg, column(table, "act_volume"))
    return [
        *flagged(PER_USER, "application", codes, "users", by_user, "kgCO2e", USER_KG, where=assessed),
        *flagged(PER_ACT, "application", codes, "act_volume", by_act, "kgCO2e", ACT_KG, where=assessed),
    ]


def _kilograms(estate: Estate, codes: Array) -> Array:
    """kgCO2e a year of each application in the last assessment; null where there is none."""
    if estate.totals is None:
        return pa.nulls(len(codes), pa.float64())
    mine = pc.and_(
        pc.equal(estate.totals["view"], "application"), pc.equal(estate.totals["indicator"], "gwp")
    )
    rows = estate.totals.filter(mine)
    return looked_up(codes, text(rows, "key"), column(rows, "amount"))
