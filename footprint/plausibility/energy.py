"""Declared electricity of equipment against what its type can draw (M1, tier `declared`)."""

from __future__ import annotations

import math
from typing import Any

import pyarrow.compute as pc

from factors import Catalogue
from footprint.plausibility.columns import TEXT, Bounds, both, flagged, mapped, ratio, texts
from footprint.plausibility.estate import DOUBT, KWH_OF_A_WATT, SURE, Estate, energy_ranges
from footprint.plausibility.finding import Finding, Rule

POWER = Rule(
    "P-SRV-POWER",
    "puissance moyenne",
    "mean power",
    "règle : du cinquième de la source la plus basse au quintuple de la plus haute ; improbable au-delà de vingt fois",
    "rule: from a fifth of the lowest source to five times the highest; improbable beyond twenty times",
    "Vérifiez l’électricité annuelle déclarée (kWh par an, pour une unité, PUE exclu) et le type de la machine.",
    "Check the declared yearly electricity (kWh a year, for one unit, PUE excluded) and the type of the machine.",
)
ENERGY = Rule(
    "P-EQ-ENERGY",
    "électricité annuelle d’une unité",
    "yearly electricity of one unit",
    POWER.source_fr,
    POWER.source_en,
    "Vérifiez l’électricité annuelle déclarée (kWh par an, pour une unité) et le type d’équipement.",
    "Check the declared yearly electricity (kWh a year, for one unit) and the type of equipment.",
)
UNIT = Rule(
    "P-KWH-UNIT",
    "électricité annuelle d’une unité",
    "yearly electricity of one unit",
    "règle : écart de 300 à 3 500 fois avec le type, signe d’une unité mal lue",
    "rule: 300 to 3,500 times away from the type, the mark of a unit misread",
    "Convertissez la valeur en kWh par an à la source, puis réimportez.",
    "Convert the value to kWh a year at the source, then import again.",
)
LINE = Rule(
    "P-KWH-LINE",
    "électricité annuelle d’une unité",
    "yearly electricity of one unit",
    "règle : divisée par la quantité, la valeur rentre dans la plage du type",
    "rule: divided by the quantity, the value is back in the range of the type",
    "La valeur attendue est celle d’une seule unité : divisez par la quantité, puis réimportez.",
    "The value expected is that of one unit: divide by the quantity, then import again.",
)

#: Mean power of one unit (W) where no source gives a yearly electricity; house rule, from what one rack feeds.
RACK_W: dict[str, tuple[float, float]] = {
    "storage-array": (20.0, 20_000.0),
    "storage-array-flash": (20.0, 20_000.0),
    "switch": (2.0, 10_000.0),
    "router": (2.0, 15_000.0),
    "firewall": (2.0, 10_000.0),
}
ANY_W = (0.0, 20_000.0)  # any other type without a source: a keyboard may well draw nothing
AI_TYPES = ("gpu-server", "ai-server")
AI_IDLE_W = 100.0  # a server with accelerators never averages less
GPUS = 8.0  # accelerators of a server that does not say how many
THOUSAND = (300.0, 3500.0)


def ai_server_w(catalogue: Catalogue) -> tuple[float, float, str]:
    """Power of a server for AI without its accelerators, of its largest accelerator (W), and the factors' ids."""
    host = catalogue.find("ai-server", "power")
    card = max((f for f in catalogue.factors if f.item == "gpu" and f.stage == "full"), key=lambda f: f.value)
    return host.value, card.value, f"{host.id} + {card.id}"


def declared_energy(estate: Estate) -> list[Finding]:
    """P-SRV-POWER, P-EQ-ENERGY, P-KWH-UNIT, P-KWH-LINE: one finding a line at most."""
    kwh, quantity = estate.asset("yearly_kwh"), estate.asset("quantity")
    low, high, ids, usual = _expected(estate)
    doubt, sure = (
        (pc.divide(low, DOUBT), pc.multiply(high, DOUBT)),
        # Nothing at all is a machine kept off, or a blank typed as 0: for someone to say.
        (pc.if_else(pc.equal(kwh, 0.0), 0.0, pc.divide(low, SURE)), pc.multiply(high, SURE)),
    )
    out = pc.or_(pc.less(kwh, doubt[0]), pc.greater(kwh, doubt[1]))
    by_unit = ratio(kwh, quantity)
    near = pc.and_(
        pc.greater_equal(by_unit, pc.divide(low, 2.0)), pc.less_equal(by_unit, pc.multiply(high, 2.0))
    )
    whole = both(pc.greater(kwh, doubt[1]), pc.greater(quantity, 1.0), near)
    high_unit = both(out, _between(ratio(kwh, usual), *THOUSAND))
    low_unit = both(out, _between(ratio(usual, kwh), *THOUSAND))
    unit = both(pc.invert(whole), pc.or_(high_unit, low_unit))
    rest = both(pc.invert(whole), pc.invert(unit))
    servers = pc.equal(estate.posts, "serveurs")
    watts = [pc.divide(bound, KWH_OF_A_WATT) for bound in (*doubt, *sure)]
    wide = Bounds(*doubt, *sure)
    of_unit: dict[str, Any] = {"names": estate.names, "field": "yearly_kwh", "sources": ids}
    return [
        *flagged(LINE, "asset", values=kwh, unit="kWh", bounds=wide, where=whole,
                 hint=lambda row: _line_hint(quantity[row].as_py()), **of_unit),
        *flagged(UNIT, "asset", values=kwh, unit="kWh", bounds=wide, where=unit,
                 hint=lambda row: WH_HINT if high_unit[row].as_py() else MWH_HINT, **of_unit),
        *flagged(POWER, "asset", values=pc.divide(kwh, KWH_OF_A_WATT), unit="W", bounds=Bounds(*watts),
                 where=both(rest, servers), **of_unit),
        *flagged(ENERGY, "asset", values=kwh, unit="kWh", bounds=wide,
                 where=both(rest, pc.invert(pc.fill_null(servers, False))), **of_unit),
    ]  # fmt: skip


WH_HINT = ("Des Wh pris pour des kWh ?", "Wh taken for kWh?")
MWH_HINT = ("Des MWh pris pour des kWh ?", "MWh taken for kWh?")


def _line_hint(quantity: float) -> tuple[str, str]:
    return (
        f"C’est sans doute le total des {quantity:g} unités de la ligne.",
        f"It is probably the total of the {quantity:g} units of the line.",
    )


def _expected(estate: Estate) -> tuple[Any, Any, Any, Any]:
    """kWh a year of one unit by line: the sources' lowest and highest, where they come from, and the usual.

    A server with accelerators: from its host to all of them at full load. Other types without a source: what
    a rack feeds, already a wide range, so it is narrowed by what `DOUBT` will widen.
    """
    ranges = energy_ranges(estate.catalogue)
    for item in estate.catalogue.items:
        low_w, high_w = RACK_W.get(item.code, ANY_W)
        bounds = (low_w * KWH_OF_A_WATT * DOUBT, high_w * KWH_OF_A_WATT / DOUBT)
        ranges.setdefault(item.code, (*bounds, "", math.sqrt(bounds[0] * bounds[1])))
    host_w, card_w, ids = ai_server_w(estate.catalogue)
    gpus = pc.fill_null(estate.asset("gpus"), GPUS)
    is_ai = pc.fill_null(pc.is_in(estate.items, value_set=texts(AI_TYPES)), False)
    full = pc.multiply(pc.add(pc.multiply(gpus, card_w), host_w), KWH_OF_A_WATT / DOUBT)
    low, high = (mapped(estate.items, {code: r[side] for code, r in ranges.items()}) for side in (0, 1))
    # A type nobody knows is not assessed, but a power no rack can feed is wrong all the same.
    low = pc.fill_null(low, ANY_W[0] * KWH_OF_A_WATT * DOUBT)
    high = pc.fill_null(high, ANY_W[1] * KWH_OF_A_WATT / DOUBT)
    usual = mapped(estate.items, {code: r[3] for code, r in ranges.items()})
    sources = mapped(estate.items, {code: found[2] for code, found in ranges.items()}, TEXT)
    return (
        pc.if_else(is_ai, AI_IDLE_W * KWH_OF_A_WATT * DOUBT, low),
        # Twice the cards known: the next generation draws more than those of the table.
        pc.if_else(is_ai, pc.multiply(full, 2.0), high),
        pc.if_else(is_ai, ids, sources),
        pc.if_else(is_ai, pc.multiply(full, DOUBT), usual),
    )


def _between(values: Any, low: float, high: float) -> Any:
    return pc.and_(pc.greater_equal(values, low), pc.less_equal(values, high))
