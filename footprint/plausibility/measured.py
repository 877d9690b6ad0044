"""What was measured against what the machine can do, its type and its place."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from footprint.plausibility.columns import (
    TEXT,
    Array,
    Bounds,
    both,
    column,
    flagged,
    looked_up,
    mapped,
    ratio,
    text,
)
from footprint.plausibility.energy import GPUS, ai_server_w
from footprint.plausibility.estate import KWH_OF_A_WATT, Estate, energy_ranges
from footprint.plausibility.finding import DOUBTFUL, Finding, Rule, finding

POWER = Rule(
    "P-RUN-POWER", "puissance moyenne mesurée", "mean power measured",
    "règle : un serveur d’IA de huit GPU ; sans GPU mesuré, deux fois la pleine charge des fils plus 100 W",
    "rule: an AI server of eight GPUs; without a GPU measured, twice the full load of its threads plus 100 W",
    "Vérifiez le canal (compteur de plusieurs machines, Wh lus en kWh) et le fichier de site (site.toml).",
    "Check the channel (a meter of several machines, Wh read as kWh) and the site file (site.toml).",
)  # fmt: skip
GENERIC = Rule(
    "P-HOST-GENERIC", "énergie mesurée, ramenée à l’année", "energy measured, over a year",
    "règle : du dixième de la source la plus basse au décuple de la plus haute du type",
    "rule: from a tenth of the lowest source to ten times the highest of the type",
    "Vérifiez que la mesure est bien celle de cette machine, et le type déclaré à l’inventaire.",
    "Check that the measurement is that of this machine, and the type the inventory declares.",
)  # fmt: skip
ZONE = Rule(
    "P-RUN-ZONE", "zone de la mesure", "zone of the measurement",
    "règle : la zone mesurée est celle du pays de l’équipement, à défaut de son centre de données",
    "rule: the zone measured is that of the equipment’s country, else of its data centre",
    "Corrigez FOOTPRINT_ZONE (ou site.toml) sur la machine, ou le pays à l’inventaire.",
    "Correct FOOTPRINT_ZONE (or site.toml) on the machine, or the country in the inventory.",
)  # fmt: skip

JOULES = 3.6e6  # in a kWh
HOUR_S = 3600.0  # shorter samples say nothing of a year


def run_power(estate: Estate) -> list[Finding]:
    """P-RUN-POWER: mean watts of each run, service and host; the meter of a whole site is not judged.

    The column `gpu_kwh` of the runs (energy of their accelerators) narrows the range where it exists.
    """
    runs = estate.runs
    watts, subject = _watts(runs), text(runs, "subject")
    thread = max(f.value for f in estate.catalogue.factors if f.item == "vcpu" and f.stage == "full")
    host_w, card_w, _ids = ai_server_w(estate.catalogue)
    whole = host_w + GPUS * card_w
    # Without an accelerator, known by its part of the energy, a machine is bounded by its threads (M5).
    bare = pc.equal(pc.fill_null(column(runs, "gpu_kwh"), 0.0), 0.0)
    bare = both(bare, pc.is_valid(column(runs, "threads")), pc.equal(text(runs, "tier"), "model"))
    bare = pc.and_(bare, "gpu_kwh" in runs.column_names)
    threads = pc.add(pc.multiply(column(runs, "threads"), 2.0 * thread), 100.0)
    high = pc.if_else(bare, threads, whole)
    silent = both(pc.equal(subject, "host"), pc.invert(column(runs, "virtual", pa.bool_())))
    bounds = Bounds(pc.if_else(silent, 1.0, 0.0), high, 0.0, pc.multiply(high, 3.0))
    return flagged(
        POWER,
        "run",
        text(runs, "run_id"),
        "energy_kwh",
        watts,
        "W",
        bounds,
        where=pc.not_equal(subject, "site"),
    )


def _watts(runs: pa.Table) -> Array:
    return pc.multiply(ratio(column(runs, "energy_kwh"), column(runs, "duration_s")), JOULES)


def hosts_and_types(estate: Estate) -> list[Finding]:
    """P-HOST-GENERIC: a sampled host over a year, against the yearly electricity of its type (M1)."""
    runs = estate.runs
    ranges = energy_ranges(estate.catalogue)
    items = looked_up(text(runs, "asset"), estate.names, estate.items)
    low, high = (mapped(items, {code: r[side] for code, r in ranges.items()}) for side in (0, 1))
    ids = mapped(items, {code: r[2] for code, r in ranges.items()}, TEXT)
    kwh = pc.multiply(_watts(runs), KWH_OF_A_WATT)
    long = both(pc.equal(text(runs, "subject"), "host"), pc.greater_equal(column(runs, "duration_s"), HOUR_S))
    bounds = Bounds(
        *(pc.multiply(side, k) for side, k in ((low, 0.1), (high, 10.0), (low, 0.01), (high, 100.0)))
    )
    return flagged(
        GENERIC, "run", text(runs, "run_id"), "energy_kwh", kwh, "kWh", bounds, where=long, sources=ids
    )


def zones(estate: Estate) -> list[Finding]:
    """P-RUN-ZONE: the zone a host was measured in, against its place in the inventory (M2)."""
    runs, assets, centres = estate.runs, estate.table("assets"), estate.table("data_centres")
    country = text(assets, "country")
    site = pc.fill_null(
        looked_up(text(assets, "data_centre"), text(centres, "code"), text(centres, "location")), ""
    )
    places = pc.if_else(pc.equal(country, ""), site, country)
    place = looked_up(text(runs, "asset"), estate.names, places)
    expected, measured = estate.zones(pc.fill_null(place, "")), estate.zones(text(runs, "zone"))
    differs = both(pc.equal(text(runs, "subject"), "host"), pc.not_equal(expected, measured))
    names = text(runs, "asset")
    return [
        finding(ZONE, DOUBTFUL, "asset", names[row].as_py(), "zone", measured[row].as_py(),
                hint=(f"Attendu : {expected[row].as_py()}.", f"Expected: {expected[row].as_py()}."))
        for row in pc.indices_nonzero(differs).to_pylist()
    ]  # fmt: skip
