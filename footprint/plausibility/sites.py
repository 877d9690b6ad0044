"""PUE of data centres, of their monthly readings and of measurements; meters that contradict each other (M2)."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from footprint.plausibility.columns import DAY, Array, Bounds, both, column, flagged, looked_up, ratio, text
from footprint.plausibility.estate import Estate
from footprint.plausibility.finding import Finding, Rule

PUE = Rule(
    "P-PUE", "PUE", "PUE",
    "règle : de 1 (rien que l’informatique) à 3 ; la source la plus haute du catalogue est pue-room-g4it (1,75)",
    "rule: 1 (nothing but IT) to 3; the highest source of the catalogue is pue-room-g4it (1.75)",
    "Le PUE est l’énergie totale du site divisée par celle de l’informatique : recalculez-le.",
    "The PUE is the total energy of the site divided by that of its IT: compute it again.",
)  # fmt: skip
TOTAL = Rule(
    "P-READ-TOTAL", "énergie totale du site", "total energy of the site",
    "règle : le total contient l’informatique", "rule: the total holds the IT",
    "Vérifiez les deux compteurs : colonnes échangées, unités différentes, mois incomplet.",
    "Check both meters: columns exchanged, different units, incomplete month.",
)  # fmt: skip
READ_PUE = Rule(
    "P-READ-PUE", "PUE relevé", "PUE read",
    "règle : total ÷ informatique, à 5 % près", "rule: total ÷ IT, within 5 %",
    "Gardez les énergies relevées ; le PUE s’en déduit.", "Keep the energies read; the PUE follows.",
)  # fmt: skip
MONTH = Rule(
    "P-READ-MONTH", "énergie informatique du mois", "IT energy of the month",
    "règle : au plus dix fois et au moins un dixième du mois médian du même site",
    "rule: at most ten times and at least a tenth of the median month of the same site",
    "Vérifiez l’unité (kWh) et le mois : index de compteur pris pour une consommation, MWh pris pour des kWh.",
    "Check the unit (kWh) and the month: meter index taken for a consumption, MWh taken for kWh.",
)  # fmt: skip

PUE_BOUNDS = Bounds(1.0, 3.0, 1.0, 3.0)
PERCENT = (
    "Un pourcentage pris pour un rapport (150 pour 1,5) ?",
    "A percentage taken for a ratio (150 for 1.5)?",
)
INVERSE = ("L’inverse du PUE (DCiE) ?", "The inverse of the PUE (DCiE)?")


def pues(estate: Estate) -> list[Finding]:
    """P-PUE: below 1 or above 3, whoever says so."""
    centres, readings, services = (estate.table(name) for name in ("data_centres", "readings", "services"))
    return [
        *_pue("data_centre", text(centres, "code"), column(centres, "pue")),
        *_pue("reading", _months(readings), column(readings, "pue")),
        *_pue("service", text(services, "name"), column(services, "pue")),
        *_pue("run", text(estate.runs, "run_id"), column(estate.runs, "pue")),
    ]


def _pue(kind: str, names: Array, values: Array) -> list[Finding]:
    return flagged(
        PUE, kind, names, "pue", values, "", PUE_BOUNDS, hint=lambda row: pue_hint(values[row].as_py())
    )


def pue_hint(value: float) -> tuple[str, str]:
    """What an impossible PUE probably is."""
    if 100.0 <= value <= 300.0:
        return PERCENT
    return INVERSE if 1 / 3 <= value < 1.0 else ("", "")


def readings(estate: Estate) -> list[Finding]:
    """P-READ-TOTAL, P-READ-PUE, P-READ-MONTH: the monthly meters of data centres."""
    table = estate.table("readings")
    names, it, total = _months(table), column(table, "it_kwh"), column(table, "total_kwh")
    pue, found = column(table, "pue"), ratio(total, it)
    centres = text(table, "data_centre")
    table = pa.table({"key": centres, "it": it})
    middle = table.group_by("key", use_threads=False).aggregate([("it", "approximate_median")])
    usual = looked_up(centres, text(middle, "key"), column(middle, "it_approximate_median"))
    return [
        *flagged(TOTAL, "reading", names, "total_kwh", total, "kWh", Bounds(low=it, low_sure=it)),
        *flagged(
            READ_PUE, "reading", names, "pue", pue, "",
            Bounds(pc.multiply(found, 0.95), pc.multiply(found, 1.05)), where=both(pc.greater_equal(found, 1.0)),
        ),
        *flagged(
            MONTH, "reading", names, "it_kwh", it, "kWh",
            Bounds(*(pc.multiply(usual, times) for times in (0.1, 10.0, 0.005, 200.0))),
        ),
    ]  # fmt: skip


def _months(table: pa.Table) -> Array:
    """ "DC-NORD 2026-03" for each reading."""
    months = pc.fill_null(pc.utf8_slice_codeunits(column(table, "month", DAY).cast(pa.string()), 0, 7), "?")
    return pc.binary_join_element_wise(text(table, "data_centre"), months, " ")
