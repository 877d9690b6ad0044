"""Estates to judge, from the dataclasses of pos_map or from columns written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

import factors
from footprint.plausibility import Estate, Finding, judged
from pos_map import DataCentre, Inventory, PhysicalAsset
from tests import estates as e

CATALOGUE = factors.load()


def estate(
    *,
    runs: Sequence[dict[str, Any]] = (),
    agents: float | None = None,
    totals: pa.Table | None = None,
    tables: dict[str, list[dict[str, Any]]] | None = None,
    catalogue: factors.Catalogue = CATALOGUE,
    **parts: Any,
) -> Estate:
    """The estate of an inventory of these parts; `tables` replaces or adds frames, written row by row."""
    frames = e.frames(e.inventory(**parts))
    for name, rows in (tables or {}).items():
        frames[name] = pa.Table.from_pylist(rows)
    return Estate(frames, e.run_frame(runs), catalogue, e.YEAR, "FR", totals, agents, CATALOGUE)


def whole(inventory: Inventory, **values: Any) -> Estate:
    """The estate of a whole inventory, assessed."""
    totals = e.assessed(inventory).totals
    made = Estate(e.frames(inventory), e.run_frame(), CATALOGUE, e.YEAR, "FR", totals, None, CATALOGUE)
    return replace(made, **values)


def office(kind: str, quantity: float, **values: Any) -> PhysicalAsset:
    """A line of office equipment in France."""
    fields = {"name": f"{kind} {quantity:g}", "model": "", "country": "France", **values}
    return PhysicalAsset(type=kind, quantity=quantity, **fields)


def room(pue: float | None, **values: Any) -> DataCentre:
    """The data centre DC with this PUE."""
    return DataCentre("DC", "Centre", pue=pue, location="France", **values)


def found(of: Estate) -> set[tuple[str, str, str]]:
    """Code, severity and subject of every finding."""
    return {(one.code, one.severity, one.subject) for one in judged(of)}


def only(of: Estate) -> Finding:
    """The one finding of an estate."""
    (one,) = judged(of)
    return one
