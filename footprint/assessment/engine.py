"""Running the steps on a back end and keeping what they give.

`assess` returns Arrow tables; nothing is written here. Rows are sorted by all their keys, so that the same
inputs give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa
from ibis import _

from footprint.assessment import assets as a
from footprint.assessment import gaps as g
from footprint.assessment import lines as li
from footprint.assessment import pools as p
from footprint.assessment.inputs import Inputs
from footprint.assessment.rollup import roll_up

Table = Any
METHOD = "footprint 2026.1 (M1–M8)"


@dataclass(frozen=True)
class Assessed:
    """What an assessment gives: impact lines and their totals, the asset impacts they come from, the gaps."""

    lines: pa.Table
    totals: pa.Table
    asset_impacts: pa.Table
    parts: pa.Table
    gaps: pa.Table
    assets_in_service: int


class Bench:
    """A back end with named intermediate tables.

    Ibis' own cache breaks on release with DuckDB 2, hence tables by name; so does its drop of the view
    behind an Arrow table, hence the memtable made here.
    """

    def __init__(self, backend: Any | None = None) -> None:
        self.backend = backend if backend is not None else ibis.duckdb.connect()

    def put(self, name: str, table: Any) -> Table:
        """Create (or replace) a table from Arrow or an expression, and return it."""
        expression = ibis.memtable(table) if isinstance(table, pa.Table) else table
        return self.backend.create_table(name, expression, overwrite=True)


def assess(inputs: Inputs, backend: Any | None = None) -> Assessed:
    """Assess one campaign: M1 to M4 and M6, every indicator the catalogue has."""
    bench = Bench(backend)
    t = {name: bench.put(f"in_{name}", table) for name, table in inputs.tables.items()}
    assets = bench.put("assets", a.resolved(t))
    runs = bench.put("run_rows", _known(a.run_rows(t), t["applications"]))
    energies = bench.put("energies", a.energy(assets, t))
    impacts = ibis.union(a.use_impacts(assets, energies, t), a.embodied_impacts(assets, t))
    impacts = ibis.union(ibis.union(impacts, a.run_use(runs, t)), a.run_embodied(runs, t))
    impacts = bench.put("asset_impacts", impacts)
    parts = bench.put("parts", _parts(bench, assets, runs, t))
    lines = bench.put("lines", li.impact_lines(bench.put("pools", li.pool_impacts(impacts)), parts))
    gaps = bench.put("gaps", g.gaps(assets, impacts, t))
    return Assessed(
        lines=_sorted(lines),
        totals=_sorted(roll_up(lines, t["ancestry"])),
        asset_impacts=_sorted(impacts),
        parts=_sorted(parts),
        gaps=_sorted(gaps),
        assets_in_service=int(assets.filter(_.days > 0).count().to_pyarrow().as_py()),
    )


def _known(runs: Table, applications: Table) -> Table:
    codes = applications.select(known_code=_.code)
    return runs.left_join(codes, runs.application == codes.known_code).mutate(known=_.known_code.notnull())


def _parts(bench: Bench, assets: Table, runs: Table, t: dict[str, Table]) -> Table:
    drawers = bench.put("tenants", p.tenants(t, assets))
    of_tenants = bench.put("tenant_shares", p.tenant_shares(drawers, p.capacities(assets)))
    drawn = bench.put("drawn", p.shares(of_tenants, p.application_shares(t)))
    # A pool's post is its first in the alphabet of its machines: a cluster holds machines of one post.
    pools = assets.group_by("pool").aggregate(
        post=_.post.min().fill_null("autres"), housed=_.in_data_centre.any()
    )
    return ibis.union(ibis.union(drawn, p.remainders(pools, drawn)), li.run_parts(runs))


def _sorted(table: Table) -> pa.Table:
    return table.order_by(*table.columns).to_pyarrow()
