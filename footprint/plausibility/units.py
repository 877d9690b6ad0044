"""Grams read as kilograms, percentages as ratios: factors and declared footprints a thousand times off."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from factors import Catalogue, Factor, FactorError
from footprint.plausibility.columns import (
    NUMBER,
    Array,
    Bounds,
    both,
    column,
    flagged,
    mapped,
    ratio,
    text,
    texts,
)
from footprint.plausibility.estate import Estate
from footprint.plausibility.finding import DOUBTFUL, IMPROBABLE, Finding, Rule, finding

GRAMS = Rule(
    "P-GRAMS", "empreinte déclarée", "declared footprint",
    "règle : écart de 300 à 3 500 fois avec l’électricité déclarée × facteur de la zone (M2)",
    "rule: 300 to 3,500 times away from the declared electricity × the factor of the zone (M2)",
    "Convertissez la valeur en kgCO2e à la source, puis réimportez.",
    "Convert the value to kgCO2e at the source, then import again.",
)  # fmt: skip
SERVICE = Rule(
    "P-SERVICE", "empreinte par kWh", "footprint a kWh",
    "règle : de 0,001 à 2 kgCO2e par kWh, fabrication comprise",
    "rule: 0.001 to 2 kgCO2e a kWh, embodied included",
    "Demandez au fournisseur le périmètre de chaque valeur (kWh du service, kgCO2e, compensation).",
    "Ask the supplier the boundary of each value (kWh of the service, kgCO2e, offsets).",
)  # fmt: skip
SPEND = Rule(
    "P-SPEND", "empreinte par euro", "footprint a euro",
    "règle : au plus 5 kgCO2e par euro dépensé", "rule: at most 5 kgCO2e a euro spent",
    "Vérifiez la dépense (milliers d’euros ?) et les kgCO2e du fournisseur.",
    "Check the spend (thousands of euros?) and the supplier’s kgCO2e.",
)  # fmt: skip
ELECTRICITY = Rule(
    "P-ELEC-FACTOR", "facteur d’électricité", "electricity factor",
    "règle : au plus 2 kgCO2e par kWh ; le plus haut livré est electricity-MQ-arrete-2012 (0,825)",
    "rule: at most 2 kgCO2e a kWh; the highest shipped is electricity-MQ-arrete-2012 (0.825)",
    "Donnez le facteur en kgCO2e par kWh : des grammes se divisent par 1 000.",
    "Give the factor in kgCO2e a kWh: divide grams by 1,000.",
)  # fmt: skip
FACTOR = Rule(
    "P-FACTOR-UNIT", "valeur du facteur", "value of the factor",
    "règle : comparé à la valeur livrée de la même clé", "rule: compared with the shipped value of the same key",
    "Vérifiez l’unité de la ligne ajoutée : kgCO2e et non gCO2e, kWh et non Wh.",
    "Check the unit of the row added: kgCO2e not gCO2e, kWh not Wh.",
)  # fmt: skip

GRAM_HINT = ("Des grammes pris pour des kilogrammes ?", "Grams taken for kilograms?")
TONNE_HINT = ("Des tonnes prises pour des kilogrammes ?", "Tonnes taken for kilograms?")
THOUSAND = (300.0, 3500.0)
ELECTRICITY_BOUNDS = Bounds(0.001, 1.3, None, 2.0)


def thousand_hint(times: float) -> tuple[str, str]:
    """What a value a thousand times too big, or too small, probably is."""
    if THOUSAND[0] <= times <= THOUSAND[1]:
        return GRAM_HINT
    return TONNE_HINT if times > 0 and THOUSAND[0] <= 1 / times <= THOUSAND[1] else ("", "")


def services(estate: Estate) -> list[Finding]:
    """P-GRAMS, P-SERVICE, P-SPEND: what suppliers declare of a service, against its own electricity and bill."""
    table = estate.table("services")
    names, kg, kwh = text(table, "name"), column(table, "kgco2e"), column(table, "yearly_kwh")
    estimate = pc.multiply(kwh, _electricity(estate, text(table, "country")))
    off, by_kwh = ratio(kg, estimate), ratio(kg, kwh)
    thousand = pc.or_(_between(off), _between(ratio(estimate, kg)))
    limits = Bounds(*(pc.multiply(estimate, times) for times in (0.1, 10.0, 0.01, 100.0)))
    return [
        *flagged(GRAMS, "service", names, "kgco2e", kg, "kgCO2e", limits, where=thousand,
                 hint=lambda row: thousand_hint(off[row].as_py())),
        *flagged(SERVICE, "service", names, "kgco2e", by_kwh, "kgCO2e", Bounds(1e-3, 2.0, 1e-5, 20.0),
                 where=both(pc.invert(pc.fill_null(thousand, False)))),
        *flagged(SPEND, "service", names, "spend_eur", ratio(kg, column(table, "spend_eur")), "kgCO2e",
                 Bounds(None, 5.0, None, 100.0)),
    ]  # fmt: skip


def _between(values: Array) -> Array:
    return pc.fill_null(
        pc.and_(pc.greater_equal(values, THOUSAND[0]), pc.less_equal(values, THOUSAND[1])), False
    )


def _electricity(estate: Estate, places: Array) -> Array:
    """kgCO2e a kWh of each place, the campaign's zone where it is blank; null where there is no factor (M2)."""
    # A place that is written but unknown stays unknown: another grid would hide it.
    zones = pc.if_else(pc.equal(places, ""), estate.zone, estate.zones(places))
    known = {zone: factor_of(estate.catalogue, zone) for zone in pc.unique(zones).to_pylist() if zone}
    return mapped(zones, known)


def factor_of(catalogue: Catalogue, zone: str) -> float | None:
    """kgCO2e a kWh in a zone, or None when no factor is known."""
    try:
        return catalogue.electricity(zone).value
    except FactorError:
        return None


def factors_in_use(estate: Estate) -> list[Finding]:
    """P-ELEC-FACTOR, P-FACTOR-UNIT: factors a body adds, against what is shipped; contracts of data centres."""
    used = [f for f in estate.catalogue.factors if f.item == "electricity" and f.indicator == "gwp"]
    centres = estate.table("data_centres")
    values = pa.array([f.value for f in used], NUMBER)
    contracts = column(centres, "contract_kgco2e_kwh")
    shipped = estate.shipped.factors if estate.shipped else ()
    known, same = {f.key: f for f in shipped if f.default}, {f.id: f.value for f in shipped}
    added = [f for f in estate.catalogue.factors if f.key in known and same.get(f.id) != f.value]
    return [
        *flagged(ELECTRICITY, "factor", texts([f.id for f in used]), "value", values, "kgCO2e/kWh", ELECTRICITY_BOUNDS,
                 hint=lambda row: GRAM_HINT if values[row].as_py() > 10.0 else ("", "")),
        *flagged(ELECTRICITY, "data_centre", text(centres, "code"), "contract_kgco2e_kwh", contracts, "kgCO2e/kWh",
                 Bounds(None, 1.3, None, 2.0),
                 hint=lambda row: GRAM_HINT if contracts[row].as_py() > 10.0 else ("", "")),
        *[found for f in added if (found := _compared(f, known[f.key]))],
    ]  # fmt: skip


def _compared(used: Factor, shipped: Factor) -> Finding | None:
    """One factor against the shipped one of its key: ten times off is to check, a hundred is improbable."""
    if used.value <= 0 or shipped.value <= 0:
        return None
    times = used.value / shipped.value
    if 0.1 <= times <= 10.0:
        return None
    severity = IMPROBABLE if not 0.01 <= times <= 100.0 else DOUBTFUL
    return finding(FACTOR, severity, "factor", used.id, "value", used.value, used.unit, source=shipped.id,
                   low=shipped.value / 10.0, high=shipped.value * 10.0, hint=thousand_hint(times))  # fmt: skip
