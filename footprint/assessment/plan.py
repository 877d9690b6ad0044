"""The plan of an assessment: named steps, each an Ibis expression over the steps before, compiled to SQL.

The expressions only depend on the columns of the inputs, so their SQL is compiled once for a process and a
dialect; assessing again (a lever, another year) costs the queries alone.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import _

from footprint.assessment import assets as a
from footprint.assessment import embodied as e
from footprint.assessment import gaps as g
from footprint.assessment import lines as li
from footprint.assessment import measured as m
from footprint.assessment import platforms as pf
from footprint.assessment import pools as p
from footprint.assessment import reconciling as rc
from footprint.assessment import rollup as ru
from footprint.assessment import runs as r
from footprint.assessment import services as sv
from footprint.assessment import sharing as sh
from footprint.assessment import use as u
from footprint.assessment.backends.compiling import compiled
from footprint.assessment.steps import Columns, Step

Table = Any

TYPES = {
    "string": "string", "double": "float64", "int64": "int64", "int32": "int32", "bool": "boolean",
    "date32[day]": "date",
}  # fmt: skip
"""What Arrow calls the columns of the inputs, in the words of Ibis."""


class Plan:
    """Steps in the order they run; `add` compiles an expression and returns the table it will be."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.steps: list[Step] = []

    def add(self, name: str, expression: Table) -> Table:
        """Compile a step."""
        sql = compiled(expression, self.dialect)
        self.steps.append(Step(name, sql, tuple(expression.columns)))
        return ibis.table(expression.schema(), name=name)


def plan(columns: Columns, dialect: str, hourly: bool, ranks: int) -> tuple[Step, ...]:
    """The steps for inputs with these columns: (table, ((column, type), …)), in a database's dialect.

    The first step alone, "shapes", reads the hours of energy. `hourly`: some zone has an hourly profile;
    `ranks`: how many platforms stand one on the other (M4).
    """
    t = {
        name: ibis.table(ibis.schema({field: TYPES[kind] for field, kind in fields}), name=f"in_{name}")
        for name, fields in columns
    }
    made = Plan(dialect)
    shape = made.add("shapes", m.shapes(t["hours"], t["profiles"])) if hourly else None
    by_month = made.add("spent", m.spent(t["energy"], shape))
    measured = made.add("measured", m.with_energy(t["runs"], by_month))
    of_months = made.add("site_months", m.site_months(t))
    assets = made.add("assets", a.resolved(t, m.site_years(of_months)))
    counted = made.add("counted", r.counted_once(measured, t))
    runs = made.add("run_rows", _known(r.run_rows(counted, t), t["applications"]))
    services = made.add("service_rows", sv.service_rows(t))
    seen = made.add("seen", u.sessions(measured, t["assets"].select(asset_name=_.name)))
    weighed = made.add("weighed", m.asset_months(seen, by_month, measured, assets, of_months, t["zones"]))
    proofs = made.add("evidence", u.evidence(assets, seen, weighed, t))
    inside = made.add("inside", r.inside_listed(counted, assets, proofs, t))
    energies = made.add("energies", u.energy(assets, proofs, inside))
    unit = made.add("made", e.made_of(assets, made.add("component_parts", e.parts_of(assets, t)), t))
    impacts = _impacts(assets, energies, unit, inside, runs, services, t)
    impacts = made.add("asset_impacts", impacts)
    guests = made.add("guests", u.sessions(measured, _guests(t)))
    own = p.own_energies(t, guests, r.inside_guests(counted, t))
    parts = _parts(made, assets, energies, own, runs, services, t)
    pools = made.add("pools", li.pool_impacts(impacts))
    missing = made.add("gaps", g.gaps(assets, runs, services, impacts, unit, t))
    lines = _lines(made, pools, parts, missing, t, ranks)
    _totals(made, lines, t)
    made.add("served", assets.filter(_.days > 0).aggregate(machines=_.count()))
    made.add("reconciliation", rc.reconciliation(assets, energies, measured, t))
    return tuple(made.steps)


def _known(runs: Table, applications: Table) -> Table:
    codes = applications.select(known_code=_.code)
    return runs.left_join(codes, runs.application == codes.known_code).mutate(known=_.known_code.notnull())


def _impacts(
    assets: Table,
    energies: Table,
    unit: Table,
    inside: Table,
    runs: Table,
    services: Table,
    t: dict[str, Table],
) -> Table:
    return ibis.union(
        u.use_impacts(assets, energies, t),
        e.embodied_impacts(assets, unit, inside, t),
        r.run_use(runs, t),
        r.run_embodied(runs, t),
        sv.service_impacts(services, t),
    )


def _parts(
    made: Plan,
    assets: Table,
    energies: Table,
    own: Table,
    runs: Table,
    services: Table,
    t: dict[str, Table],
) -> Table:
    """Every part of every pool and who takes it, what nobody takes included (M4)."""
    drawers = made.add("tenants", p.tenants(t, assets))
    powers = made.add("powers", p.pool_energies(energies))
    of_tenants = p.tenant_shares(drawers, own, powers, p.capacities(assets), t)
    of_tenants = made.add("tenant_shares", of_tenants)
    of_applications = made.add("application_shares", sh.application_shares(t))
    drawn = made.add("drawn", sh.shares(of_tenants, of_applications, t["refused"]))
    common = sh.common_parts(drawn, drawers, of_applications, energies, assets, t["weights"])
    taken = made.add("taken", ibis.union(drawn, common))
    # A pool takes the first post of its machines, in the alphabet: a cluster holds machines of one post.
    pools = assets.group_by("pool").aggregate(
        post=_.post.min().fill_null("autres"), housed=_.in_data_centre.any()
    )
    rest = sh.remainders(pools, taken, t["weights"])
    bought = sv.service_parts(services, t["weights"], t["applications"])
    return made.add("parts", ibis.union(taken, rest, li.run_parts(runs, t["weights"]), bought))


def _totals(made: Plan, lines: Table, t: dict[str, Table]) -> None:
    """Every view of the lines with its interval (M7)."""
    sets = made.add("draw_sets", ru.draw_sets(lines))
    drawn = made.add("drawn_lines", ru.drawn(lines, sets))
    kinds = made.add("by_kind", ru.by_kind(drawn))
    applications = made.add("by_application", ru.by_application(drawn))
    nodes = made.add("by_node", ru.by_node(applications, t["ancestry"]))
    views = made.add("views", ru.viewed((*ru.coarse(kinds, applications, nodes), *ru.fine(drawn))))
    keys = made.add("view_keys", ru.keyed(views))
    shares = made.add("view_shares", ru.terms(views, keys, sets))
    made.add("totals", ru.totals(keys, shares))


def _guests(t: dict[str, Table]) -> Table:
    """Virtual machines that bear the name of no equipment: a session that names one is theirs."""
    names = t["machines"].select(asset_name=_.name)
    return names.anti_join(t["assets"], names.asset_name == t["assets"].name)


def _lines(made: Plan, pools: Table, parts: Table, missing: Table, t: dict[str, Table], ranks: int) -> Table:
    """Impact lines, platforms spread rank after rank (M4); the gaps of applications follow the same way."""
    keys = pf.keyed(t)
    lines = li.impact_lines(pools, parts)
    held = lines.filter(ibis.literal(False))
    for rank in range(ranks):
        before = made.add(f"lines_{rank}", lines)
        lines, of_platforms = pf.spread(before, keys, rank, li.LINE_COLUMNS)
        held = ibis.union(held, of_platforms)
    final = made.add("lines", lines)
    made.add("platform_lines", held)
    made.add(
        "application_gaps", pf.spread_gaps(g.application_gaps(missing, parts, t["unattached"]), keys, ranks)
    )
    return final
