"""Sizes, counts and dates of equipment and virtual machines."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from footprint.plausibility.columns import DAY, Bounds, both, column, flagged, mapped, ratio, text
from footprint.plausibility.estate import DOUBT, SURE, Estate, embodied_ranges
from footprint.plausibility.finding import DOUBTFUL, IMPROBABLE, Finding, Rule, finding

RAM = Rule(
    "P-RAM", "mémoire", "memory",
    "règle : plus grosses machines vendues (32 To par serveur, 24 To par machine virtuelle)",
    "rule: the largest machines sold (32 TB a server, 24 TB a virtual machine)",
    "Donnez la mémoire d’une unité en Go.", "Give the memory of one unit in GB.",
)  # fmt: skip
CORES = Rule(
    "P-CORES", "cœurs", "cores",
    "règle : plus grosses machines vendues (8 processeurs de 128 cœurs en 2025)",
    "rule: the largest machines sold (8 processors of 128 cores in 2025)",
    "Donnez les cœurs physiques d’une unité, non ceux de la ligne.",
    "Give the physical cores of one unit, not those of the line.",
)  # fmt: skip
QUANTITY = Rule(
    "P-QTY", "quantité", "quantity",
    "règle : un nombre entier d’unités, à la taille d’un organisme",
    "rule: a whole number of units, of the size of a body",
    "Vérifiez la quantité : séparateur décimal, total répété, lignes regroupées.",
    "Check the quantity: decimal sign, total repeated, lines grouped.",
)  # fmt: skip
FUTURE = Rule(
    "P-DATE-FUTURE", "date d’achat", "purchase date",
    "règle : acheté avant la fin de l’année de la campagne",
    "rule: bought before the end of the campaign’s year",
    "Vérifiez la date d’achat, ou l’année de la campagne.", "Check the purchase date, or the campaign’s year.",
)  # fmt: skip
AGE = Rule(
    "P-AGE", "années en service", "years in service",
    "règle : trois fois la durée de vie de référence d’un serveur (server-lifetime-ademe : 5 ans)",
    "rule: three times the reference life of a server (server-lifetime-ademe: 5 years)",
    "Vérifiez la date d’achat ; si l’équipement ne sert plus, donnez sa date de retrait (M3).",
    "Check the purchase date; if the equipment no longer serves, give its date of withdrawal (M3).",
)  # fmt: skip
ORDER = Rule(
    "P-DATE-ORDER", "date de retrait", "date of withdrawal",
    "règle : on retire après avoir acheté", "rule: withdrawn after it was bought",
    "Vérifiez les deux dates : jour et mois inversés, colonnes échangées.",
    "Check both dates: day and month swapped, columns exchanged.",
)  # fmt: skip
LIFE = Rule(
    "P-LIFE", "durée de vie déclarée", "declared life",
    "règle : de 1 à 15 ans", "rule: 1 to 15 years",
    "Donnez la durée en années : des mois se lisent comme des années.",
    "Give the life in years: months read as years.",
)  # fmt: skip
EMBODIED = Rule(
    "P-EMBODIED", "empreinte de fabrication déclarée", "declared embodied footprint",
    "règle : du cinquième de la borne basse au quintuple de la haute ; improbable au-delà de vingt fois",
    "rule: from a fifth of the low bound to five times the high one; improbable beyond twenty times",
    "Donnez la valeur du constructeur pour une unité, hors usage, en kgCO2e.",
    "Give the maker’s value for one unit, use excluded, in kgCO2e.",
)  # fmt: skip

MB_HINT = ("Des Mo pris pour des Go ?", "MB taken for GB?")
GRAM_HINT = ("Des grammes pris pour des kilogrammes ?", "Grams taken for kilograms?")
DAYS_A_YEAR = 365.25


def memory(estate: Estate) -> list[Finding]:
    """P-RAM: GB of one unit; megabytes typed as gigabytes are a thousand times too much."""
    found, machines = estate.asset("ram_gb"), estate.table("machines")
    room = pc.fill_null(estate.housed, True)
    bounds = Bounds(
        pc.if_else(room, 1.0, 0.5), pc.if_else(room, 6144.0, 512.0), 0.0, pc.if_else(room, 32768.0, 4096.0)
    )
    virtual = column(machines, "ram_gb")
    own = Bounds(0.125, 1536.0, 0.0, 24576.0)
    hints = (_hint_above(found, 512.0, MB_HINT), _hint_above(virtual, 512.0, MB_HINT))
    return [
        *flagged(RAM, "asset", estate.names, "ram_gb", found, "Go", bounds, hint=hints[0]),
        *flagged(RAM, "machine", text(machines, "name"), "ram_gb", virtual, "Go", own, hint=hints[1]),
    ]


def cores(estate: Estate) -> list[Finding]:
    """P-CORES: physical cores of one unit, vCPU of a virtual machine."""
    found, machines = estate.asset("cores"), estate.table("machines")
    room = pc.fill_null(estate.housed, True)
    bounds = Bounds(1.0, pc.if_else(room, 1024.0, 128.0), 0.0, pc.if_else(room, 4096.0, 1024.0))
    fewer = pc.less(found, estate.asset("cpus"))
    virtual = column(machines, "vcpu")
    return [
        *flagged(CORES, "asset", estate.names, "cores", found, "", bounds),
        *flagged(
            CORES, "asset", estate.names, "cores", found, "",
            Bounds(low=estate.asset("cpus"), low_sure=estate.asset("cpus")),
            where=both(fewer, pc.greater_equal(found, 1.0)),
            hint=lambda _row: ("Moins de cœurs que de processeurs.", "Fewer cores than processors."),
        ),
        *flagged(CORES, "machine", text(machines, "name"), "vcpu", virtual, "", Bounds(0.05, 256.0, 0.0, 1920.0)),
    ]  # fmt: skip


def quantities(estate: Estate) -> list[Finding]:
    """P-QTY: whole, not negative, and not more than a body holds."""
    found = estate.asset("quantity")
    room = pc.fill_null(estate.housed, False)
    bounds = Bounds(0.0, pc.if_else(room, 10_000.0, 300_000.0), 0.0, pc.if_else(room, 200_000.0, 3_000_000.0))
    part = both(pc.not_equal(pc.floor(found), found), pc.greater(found, 0.0))
    return [
        *flagged(QUANTITY, "asset", estate.names, "quantity", found, "", bounds),
        *[
            finding(QUANTITY, DOUBTFUL, "asset", estate.names[row].as_py(), "quantity", found[row].as_py(),
                    hint=("Un nombre entier est attendu.", "A whole number is expected."))
            for row in pc.indices_nonzero(part).to_pylist()
        ],
    ]  # fmt: skip


def dates(estate: Estate) -> list[Finding]:
    """P-DATE-FUTURE, P-AGE, P-DATE-ORDER, against the campaign's year: nothing here reads today's date."""
    bought, left = estate.asset("purchased", DAY), estate.asset("retired", DAY)
    after = pa.scalar(date(estate.year + 1, 1, 1), DAY)
    late = pc.greater_equal(bought, after)
    very_late = pc.greater_equal(bought, pa.scalar(date(estate.year + 2, 1, 1), DAY))
    wrong_order = pc.less(left, bought)
    # Until when it serves: its withdrawal, or the end of the year.
    until = pc.min_element_wise(pc.fill_null(left, after), after)
    years = pc.divide(_days(pc.subtract(until.cast(pa.int32()), bought.cast(pa.int32()))), DAYS_A_YEAR)
    serves = pc.greater_equal(pc.fill_null(left, after), pa.scalar(date(estate.year, 1, 1), DAY))
    return [
        *_dated(FUTURE, estate, "purchased", bought, late, very_late),
        *_dated(ORDER, estate, "retired", left, wrong_order, wrong_order),
        *flagged(AGE, "asset", estate.names, "purchased", years, "a", Bounds(None, 15.0, None, 30.0), where=serves),
    ]  # fmt: skip


def _dated(rule: Rule, estate: Estate, field: str, days: Any, doubtful: Any, sure: Any) -> list[Finding]:
    sure = pc.fill_null(sure, False)
    return [
        finding(rule, IMPROBABLE if sure[row].as_py() else DOUBTFUL, "asset", estate.names[row].as_py(), field,
                days[row].as_py().isoformat())
        for row in pc.indices_nonzero(pc.fill_null(doubtful, False)).to_pylist()
    ]  # fmt: skip


def lives(estate: Estate) -> list[Finding]:
    """P-LIFE: a declared life in years; months make 36 or 60."""
    found = estate.asset("lifetime_y")
    return flagged(LIFE, "asset", estate.names, "lifetime_y", found, "a", Bounds(1.0, 15.0, 0.1, 30.0))


def embodied(estate: Estate) -> list[Finding]:
    """P-EMBODIED: the maker's kgCO2e of one unit against the catalogue's range (M3)."""
    declared = estate.asset("embodied_kgco2e")
    ranges = embodied_ranges(estate.catalogue)
    low, high = (mapped(estate.items, {code: r[side] for code, r in ranges.items()}) for side in (0, 1))
    ids = mapped(estate.items, {code: r[2] for code, r in ranges.items()}, pa.string())
    bounds = Bounds(
        pc.divide(low, DOUBT), pc.multiply(high, DOUBT), pc.divide(low, SURE), pc.multiply(high, SURE)
    )
    hint = _hint_above(ratio(declared, pc.sqrt(pc.multiply(low, high))), 250.0, GRAM_HINT)
    return flagged(
        EMBODIED, "asset", estate.names, "embodied_kgco2e", declared, "kgCO2e", bounds, sources=ids, hint=hint
    )


def _hint_above(values: Any, limit: float, hint: tuple[str, str]) -> Any:
    return lambda row: hint if (values[row].as_py() or 0.0) > limit else ("", "")


def _days(values: Any) -> Any:
    return values.cast(pa.float64())
