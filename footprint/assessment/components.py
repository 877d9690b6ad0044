"""Embodied impact of a server from its configuration: M3, part by part, one expression for all the servers.

    amount of one server = Σ over its parts  units x factor

Units are cm2 of die for processors, memory and SSDs, kg for power supplies, pieces for the rest:

    processor die   cpus x fixed area + cores x area of a core
    memory die      ram_gb / density           memory base   ceil(ram_gb / size of a module)
    SSD die         ssd_gb / density           SSD base      ceil(ssd_gb / size of a drive)
    power supply    psus x weight of one       blade         its case and 1/16 of an enclosure

Factors and parameters are rows of `factors/tables/components.csv` (docs/composants.md). The spread of a
parameter is folded into that of the factor it multiplies, so that one factor stays one draw (M7).

Configuration of an asset, per unit: `cpus`, `cores` (in all), `ram_gb`, `ssd_gb`, `hdds`, `psus`, `gpus`,
`gpu` (model, as written), all unknown when null.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

Table = Any  # an Ibis table; Ibis ships no types that mypy --strict can follow

SERVERS = ("server", "blade-server", "gpu-server", "ai-server")
GPU_SERVERS = ("gpu-server", "ai-server")
GPU = "component-gpu"
ASSUMED = ("cpus", "cores", "psus", "gpu")

COMPONENT_COLUMNS = (
    "asset", "indicator", "stage", "component", "units", "factor_id", "factor", "factor_sigma",
    "amount_per_unit", "assumed",
)  # fmt: skip


def component_impacts(assets: Table, t: dict[str, Table]) -> Table:
    """One row an asset, indicator and part, for one unit of the asset: kgCO2e, kgSbeq or MJ.

    `assets`: `asset`, `item` and the configuration; `t`: the tables of `component_tables`. Servers that are
    not configured (see `configured`) have no row: their generic value stays. An indicator that lacks the
    factor of one part has no row either: a missing part is never zero (M0). `assumed` names the fields that
    took a default in this row and widened `factor_sigma`.
    """
    servers = configured(assets).cross_join(t["component_settings"])
    completed = servers.mutate(
        cpus=_.cpus.fill_null(_.default_cpus),
        psus=_.psus.fill_null(_.default_psus),
        cpus_spread=ibis.ifelse(_.cpus.isnull(), _.default_cpus_sigma**2, 0.0),
        cores_spread=ibis.ifelse(_.cores.isnull(), _.default_cores_sigma**2, 0.0),
        psus_spread=ibis.ifelse(_.psus.isnull(), _.default_psus_sigma**2, 0.0),
        cpus_assumed=ibis.ifelse(_.cpus.isnull(), "cpus ", ""),
        cores_assumed=ibis.ifelse(_.cores.isnull(), "cores ", ""),
        psus_assumed=ibis.ifelse(_.psus.isnull(), "psus ", ""),
    )
    completed = completed.mutate(cores=_.cores.fill_null(_.cpus * _.default_cores))
    parts = ibis.union(_parts(completed, t["components"]), _cards(completed, t))
    parts = parts.mutate(missing=ibis.ifelse(_.factor.isnull() | _.units.isnull(), 1, 0))
    whole = ibis.window(group_by=["asset", "indicator"])
    parts = parts.mutate(missing=_.missing.sum().over(whole)).filter(_.missing == 0)
    return parts.mutate(amount_per_unit=_.units * _.factor).select(*COMPONENT_COLUMNS)


def configured(assets: Table) -> Table:
    """The servers known well enough to be counted by parts, what makes no sense read as unknown.

    Processors or cores, and memory, and at least one of SSD and hard disks: memory and storage make most of
    a server's manufacture, and without one of them the sum would be lower than the generic value for want of
    data. Where one kind of storage is given, the other is taken as absent. A GPU server also tells its GPUs.
    """
    above = {name: _known(assets[name], assets[name] > 0) for name in ("cpus", "cores", "ram_gb", "psus")}
    least = {name: _known(assets[name], assets[name] >= 0) for name in ("ssd_gb", "hdds", "gpus")}
    servers = assets.filter(assets.item.isin(SERVERS)).select(
        "asset", "item", gpu=assets.gpu.fill_null(""), **above, **least
    )
    servers = servers.filter(
        (_.cpus.notnull() | _.cores.notnull())
        & _.ram_gb.notnull()
        & (_.ssd_gb.notnull() | _.hdds.notnull())
        & (~_.item.isin(GPU_SERVERS) | (_.gpus > 0))
    )
    return servers.mutate(**{name: _[name].fill_null(0.0) for name in ("ssd_gb", "hdds", "gpus")})


def _known(value: Any, valid: Any) -> Any:
    return ibis.ifelse(valid, value.cast("float64"), ibis.null("float64"))


def _parts(servers: Table, components: Table) -> Table:
    """Every part but the GPUs."""
    rows = servers.cross_join(components.filter(_.component != GPU))
    units, spreads = _units(rows), _spreads(rows)
    none = ibis.literal("")
    assumed = {
        "component-cpu-base": rows.cpus_assumed,
        "component-cpu-die": rows.cpus_assumed + rows.cores_assumed,
        "component-psu": rows.psus_assumed,
    }
    rows = rows.mutate(
        units=_by_component(rows, units, ibis.null("float64")),
        factor_sigma=(rows.factor_sigma**2 + _by_component(rows, spreads, ibis.literal(0.0))).sqrt(),
        assumed=_by_component(rows, assumed, none).strip(),
    )
    return rows.filter(_.units.isnull() | (_.units > 0)).select(*_COUNTED)


_COUNTED = (
    "asset", "indicator", "stage", "component", "units", "factor_id", "factor", "factor_sigma", "assumed",
)  # fmt: skip


def _by_component(rows: Table, values: dict[str, Any], otherwise: Any) -> Any:
    return ibis.cases(*((rows.component == code, value) for code, value in values.items()), else_=otherwise)


def _units(s: Table) -> dict[str, Any]:
    """How much of each part one server holds: cm2, kg or pieces."""
    blade = s.item == "blade-server"
    one = ibis.literal(1.0)
    return {
        "component-cpu-base": s.cpus,
        "component-cpu-die": s.cpus * s.area_fixed + s.cores * s.area_core,
        "component-ram-base": (s.ram_gb / s.module_gb).ceil().cast("float64"),
        "component-ram-die": s.ram_gb / s.ram_density,
        "component-ssd-base": (s.ssd_gb / s.drive_gb).ceil().cast("float64"),
        "component-ssd-die": s.ssd_gb / s.ssd_density,
        "component-hdd": s.hdds,
        "component-motherboard": one,
        "component-psu": s.psus * s.psu_kg,
        "component-rack-case": ibis.ifelse(blade, 0.0, 1.0),
        "component-blade-case": ibis.ifelse(blade, 1.0, 0.0),
        "component-blade-chassis": ibis.ifelse(blade, 1.0 / s.slots, 0.0),
        "component-assembly": one,
    }


def _spreads(s: Table) -> dict[str, Any]:
    """Variance of ln(units) of each part whose units rest on a parameter or a default."""
    area = ibis.greatest(s.area_fixed_sigma, s.area_core_sigma)
    return {
        "component-cpu-base": s.cpus_spread,
        "component-cpu-die": area**2 + s.cpus_spread + s.cores_spread,
        "component-ram-base": s.module_gb_sigma**2,
        "component-ram-die": s.ram_density_sigma**2,
        "component-ssd-base": s.drive_gb_sigma**2,
        "component-ssd-die": s.ssd_density_sigma**2,
        "component-psu": s.psu_kg_sigma**2 + s.psus_spread,
    }


def _cards(servers: Table, t: dict[str, Table]) -> Table:
    """The GPUs: the factor of the model, the generic card where the model is not in the catalogue."""
    holders = servers.filter(_.gpus > 0)
    models = _models(holders, t["gpu_words"]).rename(written="gpu")
    named = holders.left_join(models, holders.gpu == models.written).mutate(model=_.model.fill_null(""))
    cards = t["components"].filter(_.component == GPU)
    rows = named.join(cards, named.model == cards.model)
    return rows.mutate(units=_.gpus, assumed=ibis.ifelse(_.model == "", "gpu", "")).select(*_COUNTED)


def _models(holders: Table, words: Table) -> Table:
    """The catalogue's model of each name people write: gpu, model.

    A model is recognised by its own word (h100, l40s), then by how many of its other words (sxm, 80gb) are
    there; where several remain, the heaviest is taken: what the name leaves out is not assumed to be small.
    """
    names = holders.select("gpu").distinct()
    text = ibis.literal(" ") + names.gpu.lower().re_replace("[^a-z0-9]+", " ") + " "
    # "80 Go", "80Go" and "80 GB" are "80gb".
    text = text.replace("go ", "gb ").replace(" gb ", "gb ")
    found = names.mutate(text=text).cross_join(words)
    found = found.filter(found.text.contains(found.word))
    scored = found.group_by("gpu", "model").aggregate(
        own=_.own.max(), words=_.word.count(), mass=_.mass.max()
    )
    best = ibis.window(group_by="gpu", order_by=[_.words.desc(), _.mass.desc(), _.model.asc()])
    scored = scored.filter(_.own == 1)
    return scored.mutate(place=ibis.row_number().over(best)).filter(_.place == 0).select("gpu", "model")
