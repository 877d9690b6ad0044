"""From a total back to its inputs: total -> stage -> machine -> formula, values, factor, source, tier.

Every step carries the amount it adds to the one above; recomputing the printed formula from the printed
inputs gives the printed amount. Formulas are those of method.md, cited by their M-number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from factors import Catalogue, FactorError
from footprint.kept import Kept
from footprint.phases import INFERENCE
from footprint.sheets import Explanation, Input
from footprint.texts import say
from footprint.wording import machine, word

Row = dict[str, Any]
UNITS = {"gwp": "kgCO2e", "adpe": "kgSbeq", "pe": "MJ", "water": "L"}


def explain_application(kept: Kept, catalogue: Catalogue, code: str, indicator: str = "gwp") -> Explanation:
    """The tree of an application's total for one indicator, biggest parts first."""
    lines = _where(kept.lines, subject_kind="application", subject=code, indicator=indicator)
    return _tree(kept, catalogue, code, lines, indicator)


def explain_model(kept: Kept, catalogue: Catalogue, model: str, indicator: str = "gwp") -> Explanation:
    """The tree of a model's measured runs for one indicator: training, inference… apart."""
    lines = _where(kept.lines, model=model, indicator=indicator)
    phases = sorted(pc.unique(lines["environment"]).to_pylist(), key=lambda phase: phase == INFERENCE)
    trees = tuple(
        _tree(kept, catalogue, word(phase), lines.filter(pc.equal(lines["environment"], phase)), indicator)
        for phase in phases
    )
    return Explanation(
        label=model,
        amount=sum(tree.amount or 0.0 for tree in trees) if trees else None,
        unit=UNITS[indicator],
        formula=say("somme des phases mesurées", "sum of the measured phases"),
        children=trees,
    )


def _tree(kept: Kept, catalogue: Catalogue, label: str, lines: pa.Table, indicator: str) -> Explanation:
    unit = UNITS[indicator]
    pools = pc.unique(lines["pool"])
    sources = kept.asset_impacts.filter(
        pc.and_(
            pc.is_in(kept.asset_impacts["pool"], pools), pc.equal(kept.asset_impacts["indicator"], indicator)
        )
    )
    assets = _grouped(sources.to_pylist(), lambda row: (row["pool"], row["stage"]))
    stages = [
        Explanation(
            label=word(stage),
            amount=sum(child.amount or 0.0 for child in children),
            unit=unit,
            formula=say("somme des machines", "sum of the machines"),
            children=children,
        )
        for stage, rows in _grouped(lines.to_pylist(), lambda row: row["stage"]).items()
        for children in [_pools(rows, assets, catalogue, unit)]
    ]
    stages.sort(key=_biggest)
    return Explanation(
        label=label,
        amount=sum(stage.amount or 0.0 for stage in stages) if stages else None,
        unit=unit,
        formula=say("somme des étapes du cycle de vie", "sum of the life-cycle stages"),
        children=tuple(stages),
    )


def _pools(
    lines: list[Row], assets: dict[tuple[str, str], list[Row]], catalogue: Catalogue, unit: str
) -> tuple[Explanation, ...]:
    steps = []
    for pool, rows in _grouped(lines, lambda row: row["pool"]).items():
        sources = assets.get((pool, rows[0]["stage"]), [])
        total = sum(row["amount"] for row in sources)
        takes = _takes(rows)
        part = sum(share for share, _row in takes)
        steps.append(
            Explanation(
                label=machine(pool),
                amount=sum(row["amount"] for row in rows),
                unit=unit,
                rule="M4",
                formula=say(
                    "part x émissions de la machine ou grappe", "part x emissions of the machine or cluster"
                ),
                inputs=(
                    Input("part", "part", part, "1"),
                    Input(
                        "émissions de la machine ou grappe",
                        "emissions of the machine or cluster",
                        total,
                        unit,
                    ),
                ),
                children=(
                    *(_take(share, row) for share, row in takes),
                    *(_asset(row, catalogue, unit) for row in sorted(sources, key=lambda r: -r["amount"])),
                ),
            )
        )
    return tuple(sorted(steps, key=_biggest))


def _takes(rows: list[Row]) -> list[tuple[float, Row]]:
    """One part a tenant and environment: lines of a pool repeat it for each kind of equipment."""
    keyed = {(row["tenant"], row["environment"]): row for row in rows}
    return sorted(((row["part"], row) for row in keyed.values()), key=lambda pair: -pair[0])


def _take(share: float, row: Row) -> Explanation:
    kind, _, name = row["tenant"].partition(":")
    what = {"vm": say("machine virtuelle", "virtual machine"), "hote": say("serveur direct", "direct server")}
    label = f"{what[kind]} {name}" if kind in what else say("exécution mesurée", "measured run")
    if row["environment"]:
        label += f" ({row['environment']})"
    return Explanation(
        label=label,
        amount=share,
        unit="1",
        rule="M4",
        formula=say("part de la machine ou grappe", "part of the machine or cluster"),
        inputs=(
            Input("clé", "key", word(row["key_kind"])),
            Input("partage entre applications", "split between applications", word(row["split_kind"])),
        ),
    )


def _asset(row: Row, catalogue: Catalogue, unit: str) -> Explanation:
    _kind, _, run = row["asset"].partition("execution:")
    formula, inputs = _formula(row, catalogue, unit)
    return Explanation(
        label=say(f"exécution {run}", f"run {run}") if run else row["asset"],
        amount=row["amount"],
        unit=unit,
        rule=row["rule"],
        formula=formula,
        tier=row["tier"],
        inputs=inputs,
    )


def _formula(row: Row, catalogue: Catalogue, unit: str) -> tuple[str, tuple[Input, ...]]:
    if row["stage"] != "use":
        return say(
            "quantité x facteur x part professionnelle x années imputées / durée de vie",
            "quantity x factor x professional share x charged years / lifetime",
        ), _embodied_inputs(row, catalogue, unit)
    if row["unit_kwh"] is None:
        energy = Input("énergie mesurée", "measured energy", row["energy_kwh"], "kWh")
        return say("énergie x PUE x facteur", "energy x PUE x factor"), (
            energy,
            *_grid_inputs(row, catalogue, unit),
        )
    if row["inside_kwh"]:
        return say(
            "(quantité x énergie d’une unité x part de l’année − exécutions mesurées) x part professionnelle x PUE "
            "x facteur",
            "(quantity x energy of a unit x part of the year − measured runs) x professional share x PUE x factor",
        ), (*_energy_inputs(row, catalogue), *_grid_inputs(row, catalogue, unit))
    return say(
        "quantité x énergie d’une unité x part de l’année x part professionnelle x PUE x facteur",
        "quantity x energy of a unit x part of the year x professional share x PUE x factor",
    ), (*_energy_inputs(row, catalogue), *_grid_inputs(row, catalogue, unit))


def _energy_inputs(row: Row, catalogue: Catalogue) -> tuple[Input, ...]:
    inputs = [
        Input("quantité", "quantity", row["quantity"], say("unité", "unit")),
        _sourced("énergie d’une unité", "energy of a unit", row["unit_kwh"], say("kWh/an", "kWh/year"),
                 _catalogued(row["activity_id"]), catalogue),
        Input("part de l’année", "part of the year", row["served"], "1"),
        Input("part professionnelle", "professional share", row["share"], "1"),
    ]  # fmt: skip
    if row["inside_kwh"]:
        inputs.insert(3, Input("exécutions mesurées", "measured runs", row["inside_kwh"], "kWh"))
    return tuple(inputs)


def _grid_inputs(row: Row, catalogue: Catalogue, unit: str) -> tuple[Input, ...]:
    return (
        _sourced("PUE", "PUE", row["pue"], "1", _catalogued(row["pue_id"]), catalogue),
        _sourced(
            f"électricité {row['zone']}", f"electricity {row['zone']}", row["factor"], f"{unit}/kWh",
            row["factor_id"], catalogue,
        ),
    )  # fmt: skip


def _embodied_inputs(row: Row, catalogue: Catalogue, unit: str) -> tuple[Input, ...]:
    per_unit = say(f"{unit}/unité", f"{unit}/unit")
    return (
        *_quantity(row, catalogue),
        _sourced(word(row["stage"]), word(row["stage"]), row["factor"], per_unit, row["factor_id"], catalogue),
        Input("part professionnelle", "professional share", row["share"], "1"),
        Input("années imputées", "charged years", row["charged_years"], say("an", "year")),
        _sourced(
            "durée de vie", "lifetime", row["lifetime_y"], say("an", "year"),
            _lifetime_id(row, catalogue), catalogue,
        ),
    )  # fmt: skip


def _quantity(row: Row, catalogue: Catalogue) -> tuple[Input, ...]:
    """How many units; for a measured run the part of a server it took, and what a server is (M6)."""
    if row["rule"] != "M6":
        return (Input("quantité", "quantity", row["quantity"], say("unité", "unit")),)
    part = Input("part d’un serveur", "part of a server", row["quantity"], "1")
    if not row["pue_id"]:
        return (part,)
    names = ("dont fils d’exécution d’un serveur", "of which threads of a server")
    try:
        server = catalogue.get(row["pue_id"])
    except FactorError:  # another factor set: the id stays
        return (part, Input(*names, say("inconnu", "unknown"), "", row["pue_id"]))
    # Written as text: it is already inside the part.
    return (part, Input(*names, f"{server.value:g}", "", server.id, server.source, server.year))


def _lifetime_id(row: Row, catalogue: Catalogue) -> str:
    try:
        return catalogue.find(row["item"], "lifetime").id
    except FactorError:
        return ""


def _catalogued(identifier: str | None) -> str:
    """The id when it is one of the catalogue; activities of the body carry a prefix."""
    return "" if not identifier or ":" in identifier else identifier


def _sourced(fr: str, en: str, value: Any, unit: str, factor_id: str, catalogue: Catalogue) -> Input:
    if not factor_id:
        return Input(fr, en, value, unit)
    try:
        factor = catalogue.get(factor_id)
    except FactorError:  # an older factor set: the id stays, its source is no longer shipped
        return Input(fr, en, value, unit, factor_id)
    return Input(fr, en, value, unit, factor_id, factor.source, factor.year)


def _where(table: pa.Table, **equal: str) -> pa.Table:
    mask: Any = None
    for column, value in equal.items():
        test = pc.equal(table[column], value)
        mask = test if mask is None else pc.and_(mask, test)
    return table.filter(mask)


def _grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    return {name: list(group) for name, group in groupby(sorted(rows, key=key), key=key)}


def _biggest(step: Explanation) -> float:
    return -(step.amount or 0.0)
