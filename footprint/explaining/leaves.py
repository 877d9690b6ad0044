"""Machines: those alike shown once, with their count and the names of the first; servers by their components."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from footprint.explaining.formulas import component_label, formula_of
from footprint.explaining.ground import Ground
from footprint.explaining.inputs import other_evidence
from footprint.sheets import Explanation
from footprint.texts import say
from footprint.wording import machine

Row = dict[str, Any]
NAMED = 3  # names given of machines that are alike
LIFE = ("share", "ownership", "lifetime_y", "refurbished", "upstream_y", "reuse", "total_life_y")
"""Fields of the inventory that tell how an input was composed."""


def leaves(ground: Ground, rows: Iterable[Row]) -> tuple[Explanation, ...]:
    """The steps of machines, biggest first; `rows` as `ground.folded` gives them, of any pools."""
    whole: list[Explanation] = []
    parts: dict[tuple[str, ...], list[Row]] = {}
    for row in _alike(rows):
        for names in _composed_alike(ground, row["assets"]):
            mine = {**row, "assets": names, "amount": row["amount"] * len(names) / len(row["assets"])}
            if row["part"]:
                parts.setdefault(names, []).append(mine)
            else:
                whole.append(_leaf(ground, mine, names_of(names)))
    for names, components in parts.items():
        whole.append(_configured(ground, names, components))
    return tuple(sorted(whole, key=biggest))


def biggest(step: Explanation) -> float:
    """Sorting key: most first."""
    return -(step.amount or 0.0)


def names_of(assets: Iterable[str]) -> str:
    """One machine by its name; several by their count and the first names."""
    names = sorted(assets)
    if len(names) == 1:
        return machine(names[0])
    told = ", ".join(machine(name) for name in names[:NAMED]) + (" …" if len(names) > NAMED else "")
    return say(f"{len(names)} machines identiques : {told}", f"{len(names)} identical machines: {told}")


def _alike(rows: Iterable[Row]) -> Iterable[Row]:
    """Rows of several pools that share formula and inputs, added together."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = tuple(value for name, value in row.items() if name not in ("pool", "assets", "amount"))
        if key in found:
            same = found[key]
            found[key] = {
                **same,
                "amount": same["amount"] + row["amount"],
                "assets": [*same["assets"], *row["assets"]],
            }
        else:
            found[key] = row
    return found.values()


def _composed_alike(ground: Ground, names: list[str]) -> list[tuple[str, ...]]:
    """The same machines, apart where the inventory composes their life or share otherwise."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for name in names:
        record = ground.assets.get(name)
        found.setdefault(tuple(getattr(record, field, None) for field in LIFE), []).append(name)
    return [tuple(mine) for mine in found.values()]


def _leaf(ground: Ground, row: Row, label: str) -> Explanation:
    names = row["assets"]
    formula, inputs, below = formula_of(
        {**row, "asset": names[0]}, ground.assets.get(names[0]), ground.catalogue, ground.unit,
        alike=len(names), purchase_year=ground.purchase_year,
    )  # fmt: skip
    if row["stage"] == "use" and len(names) == 1 and row["unit_kwh"] is not None:
        inputs = (*inputs, *other_evidence(ground.others.get(names[0], [])))
    return Explanation(label, row["amount"], ground.unit, row["rule"], formula, row["tier"], inputs, below)


def _configured(ground: Ground, names: tuple[str, ...], rows: list[Row]) -> Explanation:
    """A server known by its configuration: the sum of its components (M3)."""
    children = tuple(
        sorted((_leaf(ground, row, component_label(row, ground.catalogue)) for row in rows), key=biggest)
    )
    return Explanation(
        label=names_of(names),
        amount=sum(child.amount or 0.0 for child in children),
        unit=ground.unit,
        formula=say("somme des composants", "sum of the components"),
        children=children,
    )
