"""What the compatible mode starts from: frames of the inventory and reference tables, as flat tables (M12)."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from footprint.numecoeval import References
from footprint.numecoeval_forms import MIX
from pos_map.spelling import key

# What the rules read of each frame; a column a frame does not have is empty.
COLUMNS: dict[str, dict[str, pa.DataType]] = {
    "data_centres": {"code": pa.string(), "pue": pa.float64(), "location": pa.string()},
    "assets": {
        "name": pa.string(), "model": pa.string(), "type": pa.string(), "quantity": pa.float64(),
        "data_centre": pa.string(), "purchased": pa.date32(), "retired": pa.date32(), "status": pa.string(),
        "country": pa.string(), "entity": pa.string(), "yearly_kwh": pa.float64(), "share": pa.float64(),
        "ownership": pa.string(),
    },
    "machines": {
        "name": pa.string(), "host": pa.string(), "cluster": pa.string(), "kind": pa.string(),
        "key": pa.float64(), "vcpu": pa.float64(), "storage_gb": pa.float64(), "entity": pa.string(),
    },
    "links": {"application": pa.string(), "environment": pa.string(), "vm": pa.string(), "host": pa.string()},
    "applications": {"code": pa.string(), "node": pa.string(), "owner": pa.string()},
    "nodes": {"code": pa.string(), "label": pa.string()},
}  # fmt: skip


def prepare(
    frames: dict[str, pa.Table], references: References, criteria: Sequence[str]
) -> dict[str, pa.Table]:
    """The tables the plan runs on, for these criteria (codes of criterion.csv)."""
    tables = {name: _picked(frames[name], columns) for name, columns in COLUMNS.items()}
    tables["assets"] = _dated(tables["assets"])
    impacts = references.impacts.to_pylist()
    factors = [row for row in impacts if row["category"] != MIX]
    mixes = [row for row in impacts if row["category"] == MIX and row["value"] is not None]
    schema = references.impacts.schema
    return {
        **tables,
        "criteria": _criteria(references, criteria),
        "steps": references.steps.select(["step"]),
        "types": references.types.select(["type", "lifespan_y", "default_item"]),
        "factors": pa.Table.from_pylist(factors, schema).select(
            ["criterion", "step", "name", "kwh", "value", "source"]
        ),
        "mixes": pa.Table.from_pylist(mixes, schema).select(["criterion", "location", "value", "source"]),
        "matches": references.matches.select(["model", "item"]),
        "settings": _settings(references),
    }


def _picked(frame: pa.Table, columns: dict[str, pa.DataType]) -> pa.Table:
    arrays = [
        frame[name].cast(kind) if name in frame.column_names else pa.nulls(frame.num_rows, kind)
        for name, kind in columns.items()
    ]
    return pa.Table.from_arrays(arrays, schema=pa.schema(list(columns.items())))


def _dated(assets: pa.Table) -> pa.Table:
    """Dates as days since 1970, to be subtracted, and as text, to be told."""
    for name in ("purchased", "retired"):
        dates = assets[name]
        at = assets.schema.get_field_index(name)
        assets = assets.append_column(f"{name}_on", dates.cast(pa.string()))
        assets = assets.set_column(at, name, dates.cast(pa.int32()).cast(pa.int64()))
    return assets


def _criteria(references: References, criteria: Sequence[str]) -> pa.Table:
    """Criteria asked for, with what one person may emit of each (null when no table says)."""
    packages = {key(row["label"]): row["package"] for row in references.packages.to_pylist()}
    rows = [
        {**row, "package": packages.get(key(row["label"]))}
        for row in references.criteria.to_pylist()
        if row["criterion"] in criteria
    ]
    fields = [(name, pa.string()) for name in ("criterion", "label", "unit")]
    return pa.Table.from_pylist(rows, pa.schema([*fields, ("package", pa.float64())]))


def _settings(references: References) -> pa.Table:
    """The one row of hypotheses; null where hypothesis.csv has no such code."""
    codes = {
        "default_pue": "PUEParDefaut",
        "default_life_y": "dureeVieParDefaut",
        "cope": "taux_utilisation_COPE",
        "byod": "taux_utilisation_BYOD",
    }
    schema = pa.schema([(name, pa.float64()) for name in codes])
    return pa.Table.from_pylist([{name: references.hypothesis(code) for name, code in codes.items()}], schema)
