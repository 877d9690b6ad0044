"""What explanations are read from, for one assessment and indicator."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from factors import Catalogue
from footprint.explaining.inputs import Assets
from footprint.kept import Kept
from footprint.wording import UNITS

Row = dict[str, Any]
UNFOLDED = ("asset", "amount", "model", "application", "data_centre", "in_data_centre", "item", "post")
"""What may differ between machines whose formula and inputs are the same."""


class Ground:
    """Impacts of machines by pool and stage, lines of platforms, factors, and the inventory as it stands.

    `tier` keeps the impacts of one evidence tier. The inventory only tells how a lifetime or a share was
    composed; a value it no longer gives is shown as it was used.
    """

    def __init__(
        self, kept: Kept, catalogue: Catalogue, indicator: str, assets: Assets | None = None, tier: str = ""
    ) -> None:
        self.kept, self.catalogue, self.indicator = kept, catalogue, indicator
        self.assets: Assets = assets or {}
        self.unit = UNITS[indicator]
        self.purchase_year = kept.manifest.get("mode") == "purchase_year"
        wanted = {"indicator": indicator, **({"tier": tier} if tier else {})}
        self.impacts = where(kept.asset_impacts, **wanted)
        self.lines = where(kept.lines, **wanted)
        self.platform_lines = where(kept.platform_lines, **wanted)
        self._loaded: set[str] = set()
        self._machines: dict[tuple[str, str], list[Row]] = {}

    def load(self, pools: Iterable[str]) -> None:
        """Read the machines of these pools, all at once."""
        missing = set(pools) - self._loaded
        if not missing:
            return
        self._loaded |= missing
        chosen = self.impacts.filter(pc.is_in(self.impacts["pool"], pa.array(sorted(missing), pa.string())))
        for row in folded(chosen, by_pool=True):
            self._machines.setdefault((row["pool"], row["stage"]), []).append(row)

    def machines(self, pool: str, stage: str) -> list[Row]:
        """The machines of a loaded pool at a stage, those alike in one row (see `folded`)."""
        return self._machines.get((pool, stage), [])

    @cached_property
    def others(self) -> dict[str, list[Row]]:
        """The energies that were not chosen, by asset (M1)."""
        table = self.kept.evidence
        found: dict[str, list[Row]] = {}
        for row in table.filter(pc.invert(table["chosen"])).to_pylist():
            found.setdefault(row["asset"], []).append(row)
        return found


def where(table: pa.Table, **equal: str) -> pa.Table:
    """The rows whose columns have these values."""
    mask: Any = None
    for column, value in equal.items():
        test = pc.equal(table[column], value)
        mask = test if mask is None else pc.and_(mask, test)
    return table if mask is None else table.filter(mask)


def folded(impacts: pa.Table, *, by_pool: bool = False) -> list[Row]:
    """Asset impacts with one row for all that share formula and inputs: `assets` (names), `amount` (their sum)."""
    plain = impacts
    for column, pattern in (("factor_id", "^(declare:fabrication):.*$"), ("activity_id", "^(mesure):.*$")):
        place = plain.schema.get_field_index(column)
        named = pc.replace_substring_regex(plain[column], pattern, r"\1")
        plain = plain.set_column(place, column, named)
    keys = [name for name in plain.column_names if name not in UNFOLDED and (by_pool or name != "pool")]
    grouped = plain.group_by(keys, use_threads=False).aggregate([("amount", "sum"), ("asset", "list")])
    renamed = grouped.rename_columns(
        [{"amount_sum": "amount", "asset_list": "assets"}.get(name, name) for name in grouped.column_names]
    )
    rows: list[Row] = renamed.to_pylist()
    return rows
