"""Terminals and screens an agent: the ratios of digital intensity."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from footprint.plausibility.columns import DAY, Bounds, column, flagged, ratio, sums, text, texts
from footprint.plausibility.estate import Estate
from footprint.plausibility.finding import Finding, Rule

SCREENS = Rule(
    "P-SCREENS", "écrans par agent", "screens an agent",
    "règle : 2,5 écrans par agent au plus ; sans effectif, par ordinateur",
    "rule: 2.5 screens an agent at most; without a headcount, by computer",
    "Vérifiez les quantités d’écrans (stock, écrans d’affichage, total répété par site) et l’effectif.",
    "Check the numbers of screens (stock, signage, total repeated by site) and the headcount.",
)  # fmt: skip
TERMINALS = Rule(
    "P-TERMINALS", "ordinateurs par agent", "computers an agent",
    "règle : de 0,5 à 2 ordinateurs par agent", "rule: 0.5 to 2 computers an agent",
    "Vérifiez les quantités (stock dormant, machines retirées sans date) et l’effectif donné.",
    "Check the numbers (sleeping stock, machines withdrawn without a date) and the headcount given.",
)  # fmt: skip
PHONES = Rule(
    "P-PHONES", "smartphones par agent", "smartphones an agent",
    "règle : 1,5 smartphone par agent au plus", "rule: 1.5 smartphones an agent at most",
    "Vérifiez les quantités (stock, lignes résiliées) et l’effectif donné.",
    "Check the numbers (stock, closed lines) and the headcount given.",
)  # fmt: skip

COMPUTERS = ("laptop", "desktop", "workstation", "all-in-one", "thin-client")
ENOUGH = 10.0  # computers: below, a ratio says nothing
MANY = 50.0  # from here on, no screen at all is a gap of the inventory
PER_SCREEN = Bounds(0.2, 2.5, None, 4.0)


def per_agent(estate: Estate) -> list[Finding]:
    """P-SCREENS, P-TERMINALS, P-PHONES for the whole body; per computer when the headcount is unknown."""
    counts = {"screens": ("monitor",), "computers": COMPUTERS, "phones": ("smartphone",)}
    totals = {name: _total(_counted(estate, items)) for name, items in counts.items()}
    people, screens = estate.agents or totals["computers"], SCREENS
    found: list[Finding] = []
    if people >= ENOUGH:
        low = PER_SCREEN.low if people >= MANY else None
        bounds = Bounds(low, PER_SCREEN.high, None, PER_SCREEN.high_sure)
        found += _whole(screens, estate, totals["screens"] / people, bounds, per_computer=not estate.agents)
    if estate.agents:
        found += _whole(TERMINALS, estate, totals["computers"] / people, Bounds(0.5, 2.0, 0.05, 4.0))
        found += _whole(PHONES, estate, totals["phones"] / people, Bounds(None, 1.5, None, 4.0))
    return found


def per_site(estate: Estate) -> list[Finding]:
    """P-SCREENS by site, per computer: where a total was typed twice, or stock counted as in use."""
    sites = text(estate.table("assets"), "site")
    screens, computers = _counted(estate, ("monitor",)), _counted(estate, COMPUTERS)
    table = sums(sites, screens=screens, computers=computers)
    names = text(table, "key")
    known = pc.and_(pc.greater_equal(column(table, "computers"), ENOUGH), pc.not_equal(names, ""))
    found = ratio(column(table, "screens"), column(table, "computers"))
    bounds = Bounds(None, PER_SCREEN.high, None, PER_SCREEN.high_sure)
    return flagged(
        SCREENS, "site", names, "quantity", found, "", bounds, where=known, hint=lambda _row: PER_COMPUTER
    )


PER_COMPUTER = (
    "Compté par ordinateur : l’effectif n’est pas donné.",
    "Counted by computer: the headcount is not given.",
)


def _whole(
    rule: Rule, estate: Estate, value: float, bounds: Bounds, per_computer: bool = False
) -> list[Finding]:
    hint = PER_COMPUTER if per_computer else ("", "")
    values, name = pa.array([value], pa.float64()), texts([str(estate.year)])
    return flagged(rule, "estate", name, "quantity", values, "", bounds, hint=lambda _row: hint)


def _counted(estate: Estate, items: tuple[str, ...]) -> Any:
    """Quantity of each line when it is of these items and still serves in the year, else 0."""
    kind = pc.fill_null(pc.is_in(estate.items, value_set=texts(items)), False)
    left = column(estate.table("assets"), "retired", DAY)
    serves = pc.fill_null(pc.greater_equal(left, pa.scalar(date(estate.year, 1, 1), DAY)), True)
    return pc.if_else(pc.and_(kind, serves), pc.fill_null(estate.asset("quantity"), 0.0), 0.0)


def _total(values: Any) -> float:
    return float(pc.sum(values).as_py() or 0.0)
